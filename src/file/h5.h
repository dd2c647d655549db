/* HDF5 files, whole and in memory: built in memory and then written by sg_bytes_write (so that a full disk or a kill
 * never leaves half a file), read whole and then opened. Names are paths inside the file: "layers/0/weights". */
#ifndef SG_FILE_H5_H
#define SG_FILE_H5_H

#include "base/texts.h"

typedef enum sg_h5_type { SG_H5_F32, SG_H5_F64, SG_H5_U8, SG_H5_U16, SG_H5_U32, SG_H5_U64, SG_H5_I64 } sg_h5_type;

#define SG_H5_RANK 4

/* Memory that reading a large array takes besides the array: HDF5 in the process that reads (h5_apart.c), about. */
#define SG_H5_READER_BYTES ((size_t)16 << 20)

typedef struct sg_h5 sg_h5; /* an open file */

/* SG_IO_ERROR where surgrad is built without HDF5 (h5_none.c); all that makes or opens a file fails there too. */
sg_status sg_h5_need(void);

/* A new file in memory. */
sg_status sg_h5_create(sg_h5 **out);

/* Adds a dataset of little-endian numbers; groups on the way are made. rank 0: one number (shape may be NULL).
 * Compressed (deflate, with checksums) where it holds more than 4096 bytes and `pack` is true. SG_IO_ERROR if the name
 * is taken or memory ends; SG_ARGUMENT if the rank, the name or the size is too large. */
sg_status sg_h5_put(sg_h5 *file, const char *name, sg_h5_type type, const void *data, int rank, const uint64_t *shape,
                    bool pack);

/* Adds a dataset of texts, (count), as long as the longest of them each. */
sg_status sg_h5_put_texts(sg_h5 *file, const char *name, const char *const *texts, size_t count);

/* Adds texts of any length each, as h5py writes them, in an array of this shape; rank 0: one text. */
sg_status sg_h5_put_text_array(sg_h5 *file, const char *name, const char *const *texts, int rank,
                               const uint64_t *shape);

/* Adds a text as an attribute of the file's root. */
sg_status sg_h5_put_text(sg_h5 *file, const char *name, const char *text);

/* Completes the file and writes it to disk (aside, synced, renamed), once: after it, even where it failed, only
 * sg_h5_close is left. SG_IO_ERROR. Equal content gives equal bytes. */
sg_status sg_h5_write(sg_h5 *file, const char *path);

/* A new file that is written to disk as it grows, beside `path`, for what is too much for memory. `most` is more than
 * its bytes: so much of the disk is taken first, so that a full one is found here. sg_h5_put and sg_h5_put_text fill
 * it, too; sg_h5_publish, in the place of sg_h5_write, completes it. SG_IO_ERROR. */
sg_status sg_h5_create_on_disk(const char *path, uint64_t most, sg_h5 **out);
sg_status sg_h5_publish(sg_h5 *file);

#define SG_H5_PART 65536 /* numbers of each part but the last */

/* Adds a dataset of `count` numbers at the root, whose values come part by part; then its values from `first` on, the
 * parts in their order, SG_H5_PART numbers or a multiple in each but the last. */
sg_status sg_h5_begin_rows(sg_h5 *file, const char *name, sg_h5_type type, uint64_t count);
sg_status sg_h5_put_rows(sg_h5 *file, const char *name, sg_h5_type type, uint64_t first, const void *data,
                         uint64_t count);

/* Opens a file that is there, ours or h5py's; `code` (SG_DATA or SG_MODEL) is the status of every failure to read it
 * but SG_MEMORY, and `path` opens every message. sg_h5_open_bytes takes the file's bytes (copied); `path` is then a
 * name for messages. Files of ours end in a checksum of the whole, which is verified before HDF5 sees them, so that no
 * accident reaches it. Files of others have none, and anybody can make a checksum. So HDF5 reads
 * in a separate process, with limits of time and memory (h5_apart.c). Links, external and virtual datasets, odd types
 * and filters, shapes and chunks beyond the file, and heaps that do not end are refused before. */
sg_status sg_h5_open(const char *path, sg_status code, sg_h5 **out);
sg_status sg_h5_open_bytes(const char *path, const void *bytes, size_t size, sg_status code, sg_h5 **out);

/* Whether a dataset of this name is there; true as well where the file is too damaged to tell, as reading it then says
 * what is wrong. */
bool sg_h5_has(sg_h5 *file, const char *name);

#define SG_H5_NAMES 1024 /* at the root of a file whose names are asked for */

/* Tells `each` the name of everything at the root of an opened file, whatever it is. Fails, having told none, if that
 * is more than SG_H5_NAMES. */
sg_status sg_h5_each_name(sg_h5 *file, void (*each)(void *user, const char *name), void *user);

/* The rank and shape of a dataset (0 past the rank). Fails if it is missing, is not of plain numbers, has more than
 * SG_H5_RANK dimensions, or tells more numbers than its file can hold (so that the shape is safe to allocate). */
sg_status sg_h5_shape(sg_h5 *file, const char *name, int *rank, uint64_t shape[SG_H5_RANK]);

/* Reads a whole dataset, converted to `type`, into `data`, after checking that its rank and shape are these. Refuses to
 * make integers of floating-point numbers, or to change a number that is out of the type's range. */
sg_status sg_h5_get(sg_h5 *file, const char *name, sg_h5_type type, void *data, int rank, const uint64_t *shape);

/* Adds the texts of a dataset, (count), to a list; each as far as a 0 in it. Fails where it is missing, of another
 * rank, or of no texts, or where its texts are more than its file can hold. */
sg_status sg_h5_get_texts(sg_h5 *file, const char *name, sg_texts *out);

/* The same of a dataset of any rank, with its shape; of rank 0 it is one text. */
sg_status sg_h5_get_text_array(sg_h5 *file, const char *name, int *rank, uint64_t shape[SG_H5_RANK], sg_texts *out);

/* Whether the root has an attribute of this name; true as well where the file is too damaged to tell. */
bool sg_h5_has_text(sg_h5 *file, const char *name);

/* Fails unless the root's text `format`, as in "surgrad model 1", is one of `formats` (NULL-ended); the message names
 * the first of them. */
sg_status sg_h5_check_format(sg_h5 *file, const char *const *formats);

/* Reads a text attribute of the root, as far as a 0 in it; the caller frees it (free()). */
sg_status sg_h5_get_text(sg_h5 *file, const char *name, char **out);

/* The same, interned (base/intern.h); NULL where the root has no such attribute. */
sg_status sg_h5_get_interned(sg_h5 *file, const char *name, const char **out);

/* ------------------------------------------------------------------------------------- files of others, of any size */

/* Opens a file that may be larger than memory: plain, packed by gzip, or the one file of a ZIP archive. Nothing of it
 * is kept in memory; the functions above and below read what they are asked for, in the separate process. A seal is not
 * verified, as that would read the whole. */
sg_status sg_h5_open_large(const char *path, sg_status code, sg_h5 **out);

typedef enum sg_h5_kind {
    SG_H5_GROUP,
    SG_H5_NUMBERS, /* as h5py's bool, too */
    SG_H5_ROWS,    /* of numbers, each of its own length, which h5py calls vlen */
    SG_H5_TEXTS,
    SG_H5_OTHER /* or a dataset of which the file holds less than its shape tells */
} sg_h5_kind;

#define SG_H5_ENTRY_NAME 96 /* bytes of a name in a group that is listed, with its 0 */

/* What a group holds under one name. */
typedef struct sg_h5_entry {
    char name[SG_H5_ENTRY_NAME];
    sg_h5_kind kind;
    bool whole; /* numbers or rows: integers */
    int rank;
    uint64_t shape[SG_H5_RANK];
    char unit[16];  /* the dataset's attribute "unit" or "units"; "" where there is none that fits */
    double rate_hz; /* its attribute "rate", "fs", "sampling_rate" or "sample_rate", in Hz; 0: there is none */
} sg_h5_entry;

/* Lists a group, "" being the root, in the order of names; numbers in them count as numbers: "2" before "10". The
 * caller frees *out. Fails if a name is too long, or there are more than 2^18. */
sg_status sg_h5_list(sg_h5 *file, const char *group, sg_h5_entry **out, size_t *count);

/* Some of a dataset of numbers or rows: what stands at first .. first + count - 1 of axis 0. */
typedef struct sg_h5_range {
    const char *name;
    uint64_t first, count;
    uint64_t numbers; /* that it holds: `count` times the product of the other axes, or the sum of the row's lengths */
} sg_h5_range;

/* Reads ranges, one after the other, into `out` (the sum of their `numbers`). Integers above 2^53 are rounded. */
sg_status sg_h5_get_ranges(sg_h5 *file, const sg_h5_range *ranges, size_t count, double *out);

/* The lengths of all rows of a dataset, which are `count`. None is more than its file can hold. */
sg_status sg_h5_row_lengths(sg_h5 *file, const char *name, uint64_t count, uint64_t *lengths);

void sg_h5_close(sg_h5 *file);

#endif
