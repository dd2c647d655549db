#include "file/h5_detail.h"

#include "base/memory.h"
#include "file/bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    PACK_ABOVE = 4096,     /* bytes; smaller datasets are left as they are */
    CHUNK_BYTES = 1 << 18, /* at most, in a chunk: some fit in HDF5's cache of 1 MiB */
    DEFLATE_LEVEL = 4,
    NAME = 1024 /* bytes of a dataset's name, with its 0 */
};

sg_status sg_h5_need(void) {
    return SG_OK;
}

sg_status sg_h5_create(sg_h5 **out) {
    *out = NULL;
    sg_h5 *file;
    SG_TRY(sg_h5_allocate("", SG_IO_ERROR, true, &file));
    sg_status status;
    sg_h5_take_turn();
    H5E_BEGIN_TRY {
        status = sg_h5_open_memory(file);
    }
    H5E_END_TRY;
    sg_h5_end_turn();
    if (status == SG_OK)
        *out = file;
    else
        sg_h5_close(file);
    return status;
}

/* Makes the groups above `name`. Not left to HDF5, which would put the time into them. */
static bool make_groups(hid_t file, const char *name, sg_h5_ids *ids) {
    hid_t creation = sg_h5_keep(ids, H5Pcreate(H5P_GROUP_CREATE));
    if (creation < 0 || H5Pset_obj_track_times(creation, false) < 0)
        return false;
    for (const char *slash = strchr(name, '/'); slash; slash = strchr(slash + 1, '/')) {
        char group[NAME];
        snprintf(group, sizeof group, "%.*s", (int)(slash - name), name);
        htri_t there = H5Lexists(file, group, H5P_DEFAULT);
        if (there > 0)
            continue;
        hid_t made = there < 0 ? H5I_INVALID_HID : H5Gcreate2(file, group, H5P_DEFAULT, creation, H5P_DEFAULT);
        if (made < 0 || H5Gclose(made) < 0)
            return false;
    }
    return true;
}

/* Halves the shape, the first axis first, until a chunk is small enough. */
static bool set_packing(hid_t creation, size_t size, int rank, const hsize_t *shape, size_t bytes) {
    hsize_t chunk[SG_H5_RANK];
    size_t count = bytes / size;
    memcpy(chunk, shape, (size_t)rank * sizeof *chunk);
    for (int i = 0; i < rank; i++)
        for (size_t others = count / chunk[i]; chunk[i] > 1 && count * size > CHUNK_BYTES; count = others * chunk[i])
            chunk[i] = (chunk[i] + 1) / 2;
    return H5Pset_chunk(creation, rank, chunk) >= 0 && H5Pset_shuffle(creation) >= 0 &&
           H5Pset_deflate(creation, DEFLATE_LEVEL) >= 0 && H5Pset_fletcher32(creation) >= 0;
}

hid_t sg_h5_stored(sg_h5_type type) {
    const hid_t types[] = {[SG_H5_F32] = H5T_IEEE_F32LE, [SG_H5_F64] = H5T_IEEE_F64LE, [SG_H5_U8] = H5T_STD_U8LE,
                           [SG_H5_U16] = H5T_STD_U16LE,  [SG_H5_U32] = H5T_STD_U32LE,  [SG_H5_U64] = H5T_STD_U64LE,
                           [SG_H5_I64] = H5T_STD_I64LE};
    return types[type];
}

/* Elements of one type in the file and of another one in memory; `packed`: their bytes, or 0. */
static bool put(sg_h5 *file, const char *name, hid_t stored, hid_t native, const void *data, int rank,
                const hsize_t *shape, size_t packed, sg_h5_ids *ids) {
    hid_t space = sg_h5_keep(ids, rank ? H5Screate_simple(rank, shape, NULL) : H5Screate(H5S_SCALAR));
    hid_t creation = sg_h5_keep(ids, H5Pcreate(H5P_DATASET_CREATE));
    if (space < 0 || creation < 0 || H5Pset_obj_track_times(creation, false) < 0 ||
        H5Pset_fill_time(creation, H5D_FILL_TIME_ALLOC) < 0)
        return false;
    if (packed && !set_packing(creation, H5Tget_size(stored), rank, shape, packed))
        return false;
    if (!make_groups(file->file, name, ids))
        return false;
    hid_t set = sg_h5_keep(ids, H5Dcreate2(file->file, name, stored, space, H5P_DEFAULT, creation, H5P_DEFAULT));
    return set >= 0 && H5Dwrite(set, native, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) >= 0;
}

/* How a dataset is put: `what` tells of it. */
typedef bool put_task(sg_h5 *file, const char *name, const void *what, sg_h5_ids *ids);

/* Runs the task in a turn of its own, and closes what it opened. */
static sg_status put_in_turn(sg_h5 *file, const char *name, put_task *task, const void *what) {
    sg_h5_ids ids = {0};
    sg_status status = SG_OK;
    sg_h5_take_turn();
    H5E_BEGIN_TRY {
        if (!task(file, name, what, &ids))
            status = sg_h5_failed(file, "cannot make dataset %s", name);
        if (!sg_h5_release(&ids) && status == SG_OK)
            status = sg_h5_failed(file, "cannot finish dataset %s", name);
    }
    H5E_END_TRY;
    sg_h5_end_turn();
    return status;
}

/* Numbers of a shape. */
typedef struct number_array {
    sg_h5_type type;
    const void *data;
    int rank;
    hsize_t shape[SG_H5_RANK];
    size_t packed; /* their bytes, or 0 */
} number_array;

static bool put_numbers(sg_h5 *file, const char *name, const void *what, sg_h5_ids *ids) {
    const number_array *array = what;
    return put(file, name, sg_h5_stored(array->type), sg_h5_native(array->type), array->data, array->rank, array->shape,
               array->packed, ids);
}

sg_status sg_h5_put(sg_h5 *file, const char *name, sg_h5_type type, const void *data, int rank, const uint64_t *shape,
                    bool pack) {
    number_array array = {.type = type, .data = data, .rank = rank};
    size_t bytes = sg_h5_bytes(type);
    if (rank < 0 || rank > SG_H5_RANK || strlen(name) >= NAME)
        return sg_fail(SG_ARGUMENT, "dataset %.40s: rank %d and a name of %zu bytes, expected at most %d and %d", name,
                       rank, strlen(name), SG_H5_RANK, NAME - 1);
    for (int i = 0; i < rank; i++) {
        array.shape[i] = shape[i];
        if (!sg_size_multiply(bytes, shape[i], &bytes))
            return sg_fail(SG_ARGUMENT, "dataset %s: its size overflows", name);
    }
    array.packed = pack && bytes > PACK_ABOVE ? bytes : 0;
    return put_in_turn(file, name, put_numbers, &array);
}

/* Texts of one length each, side by side. */
typedef struct text_block {
    const char *texts;
    size_t length, count;
} text_block;

static bool put_texts(sg_h5 *file, const char *name, const void *what, sg_h5_ids *ids) {
    const text_block *block = what;
    const hsize_t shape = block->count;
    const size_t bytes = block->length * block->count;
    hid_t type = sg_h5_keep(ids, H5Tcopy(H5T_C_S1));
    if (type < 0 || H5Tset_size(type, block->length) < 0 || H5Tset_strpad(type, H5T_STR_NULLPAD) < 0 ||
        H5Tset_cset(type, H5T_CSET_UTF8) < 0)
        return false;
    return put(file, name, type, type, block->texts, 1, &shape, bytes > PACK_ABOVE ? bytes : 0, ids);
}

sg_status sg_h5_put_texts(sg_h5 *file, const char *name, const char *const *texts, size_t count) {
    size_t longest = 1;
    for (size_t i = 0; i < count; i++)
        longest = strlen(texts[i]) > longest ? strlen(texts[i]) : longest;
    char *block = sg_array(count, longest);
    if (!block)
        return SG_MEMORY;
    for (size_t i = 0; i < count; i++)
        memcpy(block + i * longest, texts[i], strlen(texts[i]));
    sg_status status = put_in_turn(file, name, put_texts, &(text_block){block, longest, count});
    free(block);
    return status;
}

/* Texts of any length each, of a shape. */
typedef struct text_array {
    const char *const *texts;
    int rank;
    const uint64_t *shape;
} text_array;

static bool put_text_array(sg_h5 *file, const char *name, const void *what, sg_h5_ids *ids) {
    const text_array *array = what;
    hsize_t dims[SG_H5_RANK] = {0};
    for (int i = 0; i < array->rank; i++)
        dims[i] = array->shape[i];
    hid_t type = sg_h5_keep(ids, H5Tcopy(H5T_C_S1));
    return type >= 0 && H5Tset_size(type, H5T_VARIABLE) >= 0 && H5Tset_cset(type, H5T_CSET_UTF8) >= 0 &&
           put(file, name, type, type, array->texts, array->rank, dims, 0, ids);
}

sg_status sg_h5_put_text_array(sg_h5 *file, const char *name, const char *const *texts, int rank,
                               const uint64_t *shape) {
    return put_in_turn(file, name, put_text_array, &(text_array){texts, rank, shape});
}

/* The end of the file that its superblock tells, when it is closed; 0 if there is none. The bytes may go on. */
static size_t end_of_file(const sg_h5 *file) {
    if (file->size < SG_H5_END + 8)
        return 0;
    uint64_t end = sg_h5_little_endian(file->bytes + SG_H5_END, 8);
    return end <= file->size ? end : 0;
}

/* Closes the HDF5 file, which completes its bytes, and seals them. */
static sg_status finish(sg_h5 *file) {
    herr_t closed = H5Fclose(file->file);
    file->file = H5I_INVALID_HID;
    size_t end = closed < 0 ? 0 : end_of_file(file);
    if (!end)
        return sg_h5_failed(file, "cannot finish the HDF5 file");
    uint8_t *bytes = realloc(file->bytes, end + SG_H5_SEAL);
    if (!bytes)
        return sg_fail(SG_MEMORY, "no memory for an HDF5 file of %zu bytes", end);
    sg_h5_seal(bytes, end);
    file->bytes = bytes;
    file->size = end + SG_H5_SEAL;
    return SG_OK;
}

sg_status sg_h5_write(sg_h5 *file, const char *path) {
    sg_status status;
    sg_h5_take_turn();
    H5E_BEGIN_TRY {
        status = finish(file);
    }
    H5E_END_TRY;
    sg_h5_end_turn();
    return status == SG_OK ? sg_bytes_write(path, file->bytes, file->size)
                           : sg_fail_in(status, "cannot write %s", path);
}
