/* HDF5 files that are larger than memory should hold: written to disk as they grow, aside. HDF5 itself leaves a broken
 * library behind where the disk is full, so that the room is taken beforehand. */
#include "file/h5_detail.h"

#include "file/bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

enum { DEFLATE_LEVEL = 1, MOST_BYTES = 8 }; /* of a number */

struct sg_h5_disk {
    char path[PATH_MAX], aside[PATH_MAX];
    int file;
    sg_h5_packer packer;
};

static sg_status take_room(const sg_h5_disk *disk, uint64_t bytes) {
    int error = posix_fallocate(disk->file, 0, (off_t)bytes);
    if (!error)
        return SG_OK;
    return sg_fail(SG_IO_ERROR, "cannot write %.1024s: no room for its %llu bytes: %s", disk->path,
                   (unsigned long long)bytes, strerror(error));
}

static sg_status open_on_disk(sg_h5 *file, uint64_t most) {
    SG_TRY(take_room(file->disk, most));
    sg_status status = SG_OK;
    sg_h5_take_turn();
    H5E_BEGIN_TRY {
        sg_h5_ids ids = {0};
        hid_t access = sg_h5_keep(&ids, H5Pcreate(H5P_FILE_ACCESS));
        file->file = H5Pset_fapl_sec2(access) < 0 ? H5I_INVALID_HID : sg_h5_make_file(file->disk->aside, access, &ids);
        if (file->file < 0)
            status = sg_h5_failed(file, "cannot make an HDF5 file");
        sg_h5_release(&ids);
    }
    H5E_END_TRY;
    sg_h5_end_turn();
    return status;
}

sg_status sg_h5_create_on_disk(const char *path, uint64_t most, sg_h5 **out) {
    *out = NULL;
    sg_h5 *file;
    SG_TRY(sg_h5_allocate(path, SG_IO_ERROR, true, &file));
    sg_h5_disk *disk = calloc(1, sizeof *disk);
    sg_status status = disk ? SG_OK : sg_fail(SG_MEMORY, "no memory to write %s", path);
    if (disk) {
        snprintf(disk->path, sizeof disk->path, "%s", path);
        status = sg_aside_open(path, disk->aside, &disk->file);
        if (status != SG_OK)
            free(disk);
        else
            file->disk = disk;
    }
    if (status == SG_OK)
        status = sg_h5_packer_open(&disk->packer, SG_H5_PART * MOST_BYTES);
    if (status == SG_OK)
        status = open_on_disk(file, most);
    if (status == SG_OK)
        *out = file;
    else
        sg_h5_close(file);
    return status;
}

void sg_h5_close_disk(sg_h5_disk *disk) {
    if (!disk)
        return;
    if (disk->file >= 0)
        sg_aside_drop(disk->aside, disk->file);
    sg_h5_packer_close(&disk->packer);
    free(disk);
}

/* ------------------------------------------------------------------------------------------------------- rows */

static bool begin_rows(sg_h5 *file, const char *name, sg_h5_type type, hsize_t count, sg_h5_ids *ids) {
    const hsize_t chunk = SG_H5_PART;
    hid_t space = sg_h5_keep(ids, H5Screate_simple(1, &count, NULL));
    hid_t creation = sg_h5_keep(ids, H5Pcreate(H5P_DATASET_CREATE));
    if (space < 0 || creation < 0 || H5Pset_obj_track_times(creation, false) < 0)
        return false;
    bool is_packed = count >= chunk;
    if (is_packed && (H5Pset_chunk(creation, 1, &chunk) < 0 || H5Pset_shuffle(creation) < 0 ||
                      H5Pset_deflate(creation, DEFLATE_LEVEL) < 0 || H5Pset_fletcher32(creation) < 0))
        return false;
    return sg_h5_keep(ids,
                      H5Dcreate2(file->file, name, sg_h5_stored(type), space, H5P_DEFAULT, creation, H5P_DEFAULT)) >= 0;
}

static bool put_plainly(hid_t set, sg_h5_type type, hsize_t first, const void *data, hsize_t count, sg_h5_ids *ids) {
    hid_t there = sg_h5_keep(ids, H5Dget_space(set));
    hid_t here = sg_h5_keep(ids, H5Screate_simple(1, &count, NULL));
    return there >= 0 && here >= 0 && H5Sselect_hyperslab(there, H5S_SELECT_SET, &first, NULL, &count, NULL) >= 0 &&
           H5Dwrite(set, sg_h5_native(type), here, there, H5P_DEFAULT, data) >= 0;
}

static bool put_packed(sg_h5_packer *packer, hid_t set, sg_h5_type type, hsize_t first, const void *data,
                       hsize_t count) {
    const size_t size = sg_h5_bytes(type);
    const uint8_t *numbers = data;
    for (hsize_t left = count, some, at = first; left; left -= some, at += some, numbers += some * size) {
        size_t used;
        some = left < SG_H5_PART ? left : SG_H5_PART;
        if (!sg_h5_pack(packer, numbers, (size_t)some, size, SG_H5_PART, &used) ||
            H5Dwrite_chunk(set, H5P_DEFAULT, 0, &at, used, packer->packed) < 0)
            return false;
    }
    return true;
}

static bool put_rows(sg_h5 *file, const char *name, sg_h5_type type, hsize_t first, const void *data, hsize_t count,
                     sg_h5_ids *ids) {
    hid_t set = sg_h5_keep(ids, H5Dopen2(file->file, name, H5P_DEFAULT));
    hid_t creation = sg_h5_keep(ids, set < 0 ? H5I_INVALID_HID : H5Dget_create_plist(set));
    if (creation < 0)
        return false;
    return H5Pget_layout(creation) == H5D_CHUNKED ? put_packed(&file->disk->packer, set, type, first, data, count)
                                                  : put_plainly(set, type, first, data, count, ids);
}

sg_status sg_h5_begin_rows(sg_h5 *file, const char *name, sg_h5_type type, uint64_t count) {
    sg_h5_ids ids = {0};
    sg_status status = SG_OK;
    sg_h5_take_turn();
    H5E_BEGIN_TRY {
        if (!begin_rows(file, name, type, count, &ids))
            status = sg_h5_failed(file, "cannot make dataset %s", name);
        sg_h5_release(&ids);
    }
    H5E_END_TRY;
    sg_h5_end_turn();
    return status;
}

sg_status sg_h5_put_rows(sg_h5 *file, const char *name, sg_h5_type type, uint64_t first, const void *data,
                         uint64_t count) {
    sg_h5_ids ids = {0};
    sg_status status = SG_OK;
    if (count == 0)
        return SG_OK;
    sg_h5_take_turn();
    H5E_BEGIN_TRY {
        if (!put_rows(file, name, type, first, data, count, &ids))
            status = sg_h5_failed(file, "cannot write dataset %s", name);
        if (!sg_h5_release(&ids) && status == SG_OK)
            status = sg_h5_failed(file, "cannot finish dataset %s", name);
    }
    H5E_END_TRY;
    sg_h5_end_turn();
    return status;
}

/* ---------------------------------------------------------------------------------------------------- the end */

/* The end of the HDF5 file that its superblock tells; 0 if it cannot be read. */
static uint64_t end_of_file(int file) {
    uint8_t end[8];
    return pread(file, end, sizeof end, SG_H5_END) == sizeof end ? sg_h5_little_endian(end, sizeof end) : 0;
}

static int check_sum(int file, uint64_t size, uint32_t *sum) {
    uint8_t bytes[1 << 16];
    uLong crc = crc32(0, NULL, 0);
    for (uint64_t at = 0; at < size;) {
        size_t wanted = size - at < sizeof bytes ? (size_t)(size - at) : sizeof bytes;
        ssize_t count = pread(file, bytes, wanted, (off_t)at);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return count < 0 ? errno : EIO;
        crc = crc32(crc, bytes, (uInt)count);
        at += (uint64_t)count;
    }
    *sum = (uint32_t)crc;
    return 0;
}

/* Cuts off the room that was not needed, and puts the seal behind the rest. Returns 0, or errno. */
static int seal(int file) {
    uint8_t bytes[SG_H5_SEAL];
    uint32_t sum;
    const uint64_t end = end_of_file(file);
    if (!end)
        return EIO;
    int error = check_sum(file, end, &sum);
    if (!error && ftruncate(file, (off_t)end))
        error = errno;
    if (!error && lseek(file, (off_t)end, SEEK_SET) < 0)
        error = errno;
    sg_h5_make_seal(bytes, end, sum);
    return error ? error : sg_write_all(file, bytes, sizeof bytes);
}

sg_status sg_h5_publish(sg_h5 *file) {
    sg_status status = SG_OK;
    sg_h5_take_turn();
    H5E_BEGIN_TRY {
        if (H5Fclose(file->file) < 0)
            status = sg_h5_failed(file, "cannot finish the HDF5 file");
        file->file = H5I_INVALID_HID;
    }
    H5E_END_TRY;
    sg_h5_end_turn();
    SG_TRY(status);
    sg_h5_disk *disk = file->disk;
    const int descriptor = disk->file;
    disk->file = -1;
    return sg_aside_publish(disk->path, disk->aside, descriptor, seal(descriptor));
}
