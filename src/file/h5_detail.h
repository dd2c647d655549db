/* What the writer and the reader of HDF5 files share; for h5_*.c only. */
#ifndef SG_FILE_H5_DETAIL_H
#define SG_FILE_H5_DETAIL_H

#include "file/h5.h"

#include <hdf5.h>
#include <zlib.h>

#define SG_H5_DEFLATE_RATIO 1032 /* deflate never packs better than this */

#define SG_H5_NAME 1024 /* bytes of a dataset's name, with its 0 */

/* HDF5 objects in use, so that every way out of a function closes them all, the last first. */
typedef struct sg_h5_ids {
    hid_t id[8];
    int count;
} sg_h5_ids;

/* Notes an id for closing and hands it back; what HDF5 refused (below 0) is not noted. */
hid_t sg_h5_keep(sg_h5_ids *ids, hid_t id);

/* Closes all; false if HDF5 could not, as when the last chunk of a dataset finds no memory. */
bool sg_h5_release(sg_h5_ids *ids);

typedef struct sg_h5_disk sg_h5_disk; /* where a file is written as it grows: h5_disk.c */

struct sg_h5 {
    hid_t file;     /* below 0: none, as after writing */
    char *path;     /* for messages; "" in a file that is being made */
    sg_status code; /* of failures */
    bool making;
    bool mapped;    /* `bytes` are the file on disk, and not to be touched but in the separate process */
    uint8_t *bytes; /* the file, on which HDF5 works in place */
    size_t size;
    sg_h5_disk *disk; /* NULL: the file is in memory */
};

/* Drops what was not published. */
void sg_h5_close_disk(sg_h5_disk *disk);

/* A new HDF5 file of equal bytes for equal content, whose metadata have checksums. */
hid_t sg_h5_make_file(const char *name, hid_t access, sg_h5_ids *ids);

/* No HDF5 function runs outside a turn, and one thread has it at a time. The public functions of h5.h take it around
 * their calls of HDF5, not around files and memory; the others below run within it. */
void sg_h5_take_turn(void);
void sg_h5_end_turn(void);

/* A failure of HDF5 itself: "PATH: WHAT (HDF5: ...)". Call it before anything is released, which forgets the reason. */
sg_status sg_h5_failed(const sg_h5 *file, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* An allocated handle without an HDF5 file yet. */
sg_status sg_h5_allocate(const char *path, sg_status code, bool making, sg_h5 **out);

/* Opens or makes the HDF5 file of a handle, on its bytes. */
sg_status sg_h5_open_memory(sg_h5 *file);

/* The answer of the separate process, in memory that it shares with the process that asked. */
typedef struct sg_h5_answer {
    bool whole; /* written last: false if the process was ended or crashed */
    sg_status status;
    char message[1024]; /* of a failure */
    _Alignas(64) uint8_t data[];
} sg_h5_answer;

/* What is read from the open file, into `answer` (`size` bytes, all 0). Runs in the separate process, within the turn
 * that the process was forked in. */
typedef sg_status sg_h5_task(sg_h5 *file, const void *question, void *answer, size_t size);

/* Opens the HDF5 file of a handle in a separate process, has it run the task, and hands out its answer, to be forgotten
 * with the same size. Whatever HDF5 does there, this returns: SG_MEMORY, or the handle's code. h5_apart.c says why. */
sg_status sg_h5_ask(sg_h5 *file, sg_h5_task *task, const void *question, size_t size, sg_h5_answer **out);
void sg_h5_forget(sg_h5_answer *answer, size_t size);

/* The same for a task that answers with a bool; true as well where it gives no answer. */
bool sg_h5_ask_whether(sg_h5 *file, sg_h5_task *task, const void *question);

/* From here on this process may take and give back memory, and end, and no more: whoever takes it over by a fault of
 * HDF5 reaches nothing. Linux on x86-64 and AArch64; elsewhere, and under sanitizers, which print, it does nothing. */
void sg_h5_lock_in(void);

/* Whether HDF5 may read texts of any length: walks all that may hold some. */
sg_status sg_h5_check_heaps(const sg_h5 *file);

/* What stands at a place in a file. */
typedef enum sg_h5_place { SG_H5_MISSING, SG_H5_HERE, SG_H5_LINK, SG_H5_BROKEN } sg_h5_place;
sg_h5_place sg_h5_find(hid_t file, const char *name);

/* An open dataset. */
typedef struct sg_h5_dataset {
    hid_t set, type, space, creation;
    int rank;
    hsize_t shape[SG_H5_RANK];
} sg_h5_dataset;

/* Opens a dataset of this file, whatever it holds; then its rank and shape are taken, then its storage is checked. */
sg_status sg_h5_open_dataset(sg_h5 *file, const char *name, sg_h5_dataset *d, sg_h5_ids *ids);
sg_status sg_h5_take_shape(const sg_h5 *file, const char *name, sg_h5_dataset *d);
sg_status sg_h5_check_storage(const sg_h5 *file, const char *name, const sg_h5_dataset *d);

/* Whether numbers are of a type that is read. */
bool sg_h5_is_plain(hid_t type);

/* Whether it is IEEE's of 16 bits. */
bool sg_h5_is_half(hid_t type, bool *big_endian);

/* Whether a dataset is packed by filters that are needed for gzip'ed HDF5, and by no others. */
bool sg_h5_filters_known(hid_t creation, bool *deflated);

/* Some of the elements of axis 0. */
typedef struct sg_h5_span {
    hsize_t first, count;
} sg_h5_span;

sg_h5_span sg_h5_whole(const sg_h5_dataset *d);

/* Fails where a chunk of the span is damaged. */
sg_status sg_h5_check_chunks(const sg_h5 *file, const char *name, const sg_h5_dataset *d, sg_h5_span span);

/* Reads a span of a checked dataset, converted to `type`. */
sg_status sg_h5_read_span(sg_h5 *file, const char *name, const sg_h5_dataset *d, sg_h5_span span, sg_h5_type type,
                          void *data, sg_h5_ids *ids);

/* Tells the kind of an open dataset, and whether its numbers are integers; false if it is of another kind. */
bool sg_h5_classify(const sg_h5_dataset *d, sg_h5_entry *entry, sg_h5_ids *ids);

/* Rows of any length, of numbers or of letters, read by hand (h5_rows.c). `element` is the type of what a row holds.
 * Both take a span of a dataset whose storage was checked, of rank 1, or of all its elements as one row. */
typedef struct sg_h5_rows {
    const sg_h5_dataset *set;
    sg_h5_span span;
    size_t element; /* bytes of one number or letter in the file */
} sg_h5_rows;

sg_status sg_h5_measure_rows(const sg_h5 *file, const char *name, const sg_h5_rows *rows, uint64_t *lengths);

/* Copies the elements of all rows, as they are in the file, one row after the other; `count` of them, or it fails. */
sg_status sg_h5_copy_rows(const sg_h5 *file, const char *name, const sg_h5_rows *rows, uint64_t count, void *to);

/* Whether each chunk of a span of a dataset that is not empty comes, unpacked, to the `bytes` of a chunk: no more and
 * no less. Its filters are known. */
bool sg_h5_chunks_are_whole(const sg_h5 *file, const sg_h5_dataset *d, sg_h5_span span, size_t bytes);

/* Packs chunks by the filters that files are written with: shuffle, deflate, Fletcher-32. */
typedef struct sg_h5_packer {
    z_stream deflate;
    uint8_t *shuffled, *packed; /* (bytes), (capacity and a sum) */
    size_t bytes, capacity;     /* of the largest chunk; of what it is at most when it is deflated */
} sg_h5_packer;

/* For chunks of at most so many bytes. SG_MEMORY. The caller closes it, after a failure too. */
sg_status sg_h5_packer_open(sg_h5_packer *packer, size_t bytes);
void sg_h5_packer_close(sg_h5_packer *packer);

/* Packs a chunk of `whole` numbers of `size` bytes each, of which the first `count` are given and the others are 0.
 * packer->packed then holds *used bytes. False where zlib fails. */
bool sg_h5_pack(sg_h5_packer *packer, const void *numbers, size_t count, size_t size, size_t whole, size_t *used);

/* A number of up to 8 bytes. */
uint64_t sg_h5_little_endian(const uint8_t *bytes, size_t count);

/* The machine's own type, and its bytes, which may be asked for outside a turn. */
hid_t sg_h5_native(sg_h5_type type);
hid_t sg_h5_stored(sg_h5_type type); /* as files have it */
size_t sg_h5_bytes(sg_h5_type type);

/* Files that are written here end in a seal: HDF5 does not read past its own end, and damage is found before HDF5,
 * which trusts what it reads, sees it. Layout: 8 bytes "SGSEAL1\n", the size of all before in 8 bytes, its CRC-32 in 4,
 * both little-endian. */
#define SG_H5_SEAL 20

/* Place in the file of the address where it ends, 8 bytes, in superblocks of version 2 and 3. */
#define SG_H5_END 28

/* The seal of `size` bytes with this CRC-32. */
void sg_h5_make_seal(uint8_t seal[SG_H5_SEAL], uint64_t size, uint32_t sum);

/* Fills the SG_H5_SEAL bytes that follow the `size` bytes of a file. */
void sg_h5_seal(uint8_t *bytes, size_t size);

/* Takes the seal off: *size becomes that of the HDF5 file. False if it does not match. Files without one are let in. */
bool sg_h5_unseal(const uint8_t *bytes, size_t *size);

#endif
