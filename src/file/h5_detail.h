/* What the writer and the reader of HDF5 files share; for h5_*.c only. */
#ifndef SG_FILE_H5_DETAIL_H
#define SG_FILE_H5_DETAIL_H

#include "file/h5.h"

#include <hdf5.h>

#define SG_H5_DEFLATE_RATIO 1032 /* deflate never packs better than this */

struct sg_h5 {
    hid_t file;     /* below 0: none, as after writing */
    char *path;     /* for messages; "" in a file that is being made */
    sg_status code; /* of failures */
    bool making;
    uint8_t *bytes; /* the file, on which HDF5 works in place */
    size_t size;
};

/* HDF5 objects in use, so that every way out of a function closes them all, the last first. */
typedef struct sg_h5_ids {
    hid_t id[8];
    int count;
} sg_h5_ids;

/* Notes an id for closing and hands it back; what HDF5 refused (below 0) is not noted. */
hid_t sg_h5_keep(sg_h5_ids *ids, hid_t id);

/* Closes all; false if HDF5 could not, as when the last chunk of a dataset finds no memory. */
bool sg_h5_release(sg_h5_ids *ids);

/* A failure of HDF5 itself: "PATH: WHAT (HDF5: ...)". Call it before anything is released, which forgets the reason. */
sg_status sg_h5_failed(const sg_h5 *file, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* An allocated handle without an HDF5 file yet. */
sg_status sg_h5_allocate(const char *path, sg_status code, bool making, sg_h5 **out);

/* Opens or makes the HDF5 file of a handle, on its bytes. */
sg_status sg_h5_open_memory(sg_h5 *file);

/* The machine's own type. */
hid_t sg_h5_native(sg_h5_type type);

/* Files that are written here end in a seal: HDF5 does not read past its own end, and damage is found before HDF5,
 * which trusts what it reads, sees it. Layout: 8 bytes "SGSEAL1\n", the size of all before in 8 bytes, its CRC-32 in 4,
 * both little-endian. */
#define SG_H5_SEAL 20

/* Fills the SG_H5_SEAL bytes that follow the `size` bytes of a file. */
void sg_h5_seal(uint8_t *bytes, size_t size);

/* Takes the seal off: *size becomes that of the HDF5 file. False if it does not match. Files without one are let in. */
bool sg_h5_unseal(const uint8_t *bytes, size_t *size);

#endif
