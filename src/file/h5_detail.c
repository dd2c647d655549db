#include "file/h5_detail.h"

#include "base/memory.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { GROWTH = 1 << 20 }; /* bytes by which a file in memory grows */

hid_t sg_h5_keep(sg_h5_ids *ids, hid_t id) {
    if (id >= 0)
        ids->id[ids->count++] = id;
    return id;
}

bool sg_h5_release(sg_h5_ids *ids) {
    bool good = true;
    while (ids->count)
        good &= H5Idec_ref(ids->id[--ids->count]) >= 0;
    return good;
}

/* The innermost of HDF5's reasons comes first, and says most. */
static herr_t take_first(unsigned n, const H5E_error2_t *error, void *reason) {
    if (n == 0 && error->desc)
        *(const char **)reason = error->desc;
    return 0;
}

sg_status sg_h5_failed(const sg_h5 *file, const char *format, ...) {
    char what[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    const char *reason = "no reason given";
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, take_first, &reason);
    return sg_fail(file->code, "%s%s%s (HDF5: %s)", file->path, *file->path ? ": " : "", what, reason);
}

hid_t sg_h5_native(sg_h5_type type) {
    const hid_t types[] = {
        [SG_H5_F32] = H5T_NATIVE_FLOAT,  [SG_H5_F64] = H5T_NATIVE_DOUBLE, [SG_H5_U8] = H5T_NATIVE_UINT8,
        [SG_H5_U16] = H5T_NATIVE_UINT16, [SG_H5_U32] = H5T_NATIVE_UINT32, [SG_H5_U64] = H5T_NATIVE_UINT64,
        [SG_H5_I64] = H5T_NATIVE_INT64};
    return types[type];
}

size_t sg_h5_bytes(sg_h5_type type) {
    static const size_t bytes[] = {[SG_H5_F32] = 4, [SG_H5_F64] = 8, [SG_H5_U8] = 1, [SG_H5_U16] = 2,
                                   [SG_H5_U32] = 4, [SG_H5_U64] = 8, [SG_H5_I64] = 8};
    return bytes[type];
}

sg_status sg_h5_allocate(const char *path, sg_status code, bool making, sg_h5 **out) {
    sg_h5 *file = calloc(1, sizeof *file);
    if (!file)
        return sg_fail(SG_MEMORY, "no memory to open %s", path);
    *file = (sg_h5){.file = H5I_INVALID_HID, .code = code, .making = making, .path = sg_text_copy(path)};
    if (!file->path) {
        free(file);
        return SG_MEMORY;
    }
    *out = file;
    return SG_OK;
}

/* HDF5 would keep bytes of its own: two copies of a file that is read, and one of a file that is made, which it hands
 * out with a spoilt checksum. With these it works on the handle's, which outlive its file. */
static void *lend(size_t size, H5FD_file_image_op_t operation, void *file) {
    (void)size, (void)operation;
    return ((sg_h5 *)file)->bytes;
}

static void *copy_unless_same(void *to, const void *from, size_t size, H5FD_file_image_op_t operation, void *file) {
    (void)operation, (void)file;
    return to == from ? to : memcpy(to, from, size);
}

/* New bytes are 0, so that gaps in a file do not hold what lay in memory. */
static void *resize(void *bytes, size_t size, H5FD_file_image_op_t operation, void *handle) {
    (void)operation;
    sg_h5 *file = handle;
    uint8_t *resized = file->making ? realloc(bytes, size) : NULL;
    if (!resized)
        return NULL;
    if (size > file->size)
        memset(resized + file->size, 0, size - file->size);
    file->bytes = resized;
    file->size = size;
    return resized;
}

static herr_t leave_bytes(void *bytes, H5FD_file_image_op_t operation, void *file) {
    (void)bytes, (void)operation, (void)file;
    return 0;
}

static void *same_file(void *file) {
    return file;
}

static herr_t leave_file(void *file) {
    (void)file;
    return 0;
}

static hid_t memory_access(sg_h5 *file) {
    H5FD_file_image_callbacks_t lender = {.image_malloc = lend,
                                          .image_memcpy = copy_unless_same,
                                          .image_realloc = resize,
                                          .image_free = leave_bytes,
                                          .udata_copy = same_file,
                                          .udata_free = leave_file,
                                          .udata = file};
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    if (H5Pset_fapl_core(access, GROWTH, false) >= 0 && H5Pset_file_image_callbacks(access, &lender) >= 0)
        return access;
    H5Pclose(access);
    return H5I_INVALID_HID;
}

/* HDF5 takes two files in memory for one if their names are equal; and no such name may be on disk, where HDF5 looks
 * before it makes a file. */
static void name_apart(char *name, size_t size) {
    static atomic_uint count;
    snprintf(name, size, "/dev/null/%u", atomic_fetch_add(&count, 1));
}

hid_t sg_h5_make_file(const char *name, hid_t access, sg_h5_ids *ids) {
    hid_t creation = sg_h5_keep(ids, H5Pcreate(H5P_FILE_CREATE));
    if (H5Pset_obj_track_times(creation, false) < 0 ||
        H5Pset_libver_bounds(access, H5F_LIBVER_V110, H5F_LIBVER_V110) < 0) /* metadata with checksums */
        return H5I_INVALID_HID;
    return H5Fcreate(name, H5F_ACC_TRUNC, creation, access);
}

static hid_t open_in_memory(const char *name, hid_t access, const sg_h5 *file) {
    bool set = H5Pset_file_image(access, file->bytes, file->size) >= 0;
    return set ? H5Fopen(name, H5F_ACC_RDONLY, access) : H5I_INVALID_HID;
}

sg_status sg_h5_open_memory(sg_h5 *file) {
    char name[32];
    sg_h5_ids ids = {0};
    sg_status status = SG_OK;
    name_apart(name, sizeof name);
    hid_t access = sg_h5_keep(&ids, memory_access(file));
    file->file = file->making ? sg_h5_make_file(name, access, &ids) : open_in_memory(name, access, file);
    if (file->file < 0)
        status = sg_h5_failed(file, "%s", file->making ? "cannot make an HDF5 file" : "is not a sound HDF5 file");
    sg_h5_release(&ids);
    return status;
}

static void close_hdf5(hid_t file) {
    sg_h5_take_turn();
    H5E_BEGIN_TRY {
        H5Fclose(file);
    }
    H5E_END_TRY;
    sg_h5_end_turn();
}

void sg_h5_close(sg_h5 *file) {
    if (!file)
        return;
    if (file->file >= 0)
        close_hdf5(file->file);
    sg_h5_close_disk(file->disk);
    if (file->mapped)
        munmap(file->bytes, file->size);
    else
        free(file->bytes);
    free(file->path);
    free(file);
}

bool sg_h5_ask_whether(sg_h5 *file, sg_h5_task *task, const void *question) {
    sg_h5_answer *answer;
    if (sg_h5_ask(file, task, question, sizeof(bool), &answer) != SG_OK)
        return true;
    bool is_so = *answer->data;
    sg_h5_forget(answer, sizeof(bool));
    return is_so;
}
