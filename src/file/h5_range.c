/* Parts of files of any size. The file is mapped, and only the separate process touches it: whoever cuts the file short
 * meanwhile ends that process and no other, and what it looked at is given back with it. */
#include "file/h5_detail.h"

#include "base/memory.h"
#include "base/stored.h"
#include "file/zip.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* ------------------------------------------------------------------------------------------------------ opening */

static sg_status map(sg_h5 *file, const sg_spool *spool) {
    if (spool->size == 0)
        return sg_fail(file->code, "%s: is empty, expected an HDF5 file", file->path);
    void *bytes = mmap(NULL, (size_t)spool->size, PROT_READ, MAP_PRIVATE | MAP_NORESERVE, spool->file, 0);
    if (bytes == MAP_FAILED)
        return sg_fail(SG_MEMORY, "%s: cannot be mapped: %s", file->path, strerror(errno));
    file->bytes = bytes;
    file->size = (size_t)spool->size;
    file->mapped = true;
    return SG_OK;
}

static sg_status only_open(sg_h5 *file, const void *question, void *answer, size_t size) {
    (void)file, (void)question, (void)answer, (void)size;
    return SG_OK;
}

static bool is_zip(const sg_spool *spool) {
    static const char mark[4] = "PK\3\4";
    char head[sizeof mark];
    return spool->size >= sizeof mark && sg_spool_read(spool, 0, head, sizeof head, "its head") == SG_OK &&
           memcmp(head, mark, sizeof mark) == 0;
}

static sg_status map_zip(sg_h5 *file) {
    sg_zip *zip = malloc(sizeof *zip);
    if (!zip)
        return sg_fail(SG_MEMORY, "%s: no memory to read the archive", file->path);
    sg_status status = sg_zip_open(file->path, zip);
    if (status == SG_OK && zip->count != 1)
        status = sg_fail(file->code, "%s: holds %zu files, expected one HDF5 file: unpack it", file->path, zip->count);
    if (status == SG_OK)
        status = map(file, &zip->spool);
    sg_zip_close(zip);
    free(zip);
    return status;
}

static sg_status map_path(sg_h5 *file) {
    sg_spool spool;
    SG_TRY(sg_spool_open(file->path, &spool));
    bool packed = is_zip(&spool);
    sg_status status = packed ? SG_OK : map(file, &spool);
    sg_spool_close(&spool);
    return packed ? map_zip(file) : status;
}

sg_status sg_h5_open_large(const char *path, sg_status code, sg_h5 **out) {
    *out = NULL;
    sg_h5 *file;
    sg_h5_answer *answer;
    SG_TRY(sg_h5_allocate(path, code, false, &file));
    sg_status status = map_path(file);
    if (status == SG_OK)
        status = sg_h5_ask(file, only_open, NULL, 0, &answer);
    if (status != SG_OK) {
        sg_h5_close(file);
        return status == SG_DATA ? code : status;
    }
    sg_h5_forget(answer, 0);
    *out = file;
    return SG_OK;
}

/* ------------------------------------------------------------------------------------------------------- ranges */

/* h5py's bool is an enumeration over one byte. */
static bool is_number(hid_t type, sg_h5_ids *ids) {
    hid_t base = H5Tget_class(type) == H5T_ENUM ? sg_h5_keep(ids, H5Tget_super(type)) : type;
    return base >= 0 && sg_h5_is_plain(base);
}

/* The type of the numbers of rows, or below 0. */
static hid_t row_element(hid_t type, sg_h5_ids *ids) {
    hid_t element = H5Tget_class(type) == H5T_VLEN ? sg_h5_keep(ids, H5Tget_super(type)) : H5I_INVALID_HID;
    return element >= 0 && sg_h5_is_plain(element) ? element : H5I_INVALID_HID;
}

bool sg_h5_classify(const sg_h5_dataset *d, sg_h5_entry *entry, sg_h5_ids *ids) {
    hid_t element = row_element(d->type, ids);
    if (element >= 0)
        entry->kind = SG_H5_ROWS;
    else if (H5Tget_class(d->type) == H5T_STRING)
        entry->kind = SG_H5_TEXTS;
    else if (is_number(d->type, ids))
        entry->kind = SG_H5_NUMBERS;
    else
        return false;
    entry->whole = H5Tget_class(element >= 0 ? element : d->type) != H5T_FLOAT;
    return true;
}

static sg_status bad_range(const sg_h5 *file, const sg_h5_range *range) {
    return sg_fail(file->code, "%s: %s has not the %llu numbers that were expected from place %llu on", file->path,
                   range->name, (unsigned long long)range->numbers, (unsigned long long)range->first);
}

static bool is_within(const sg_h5_dataset *d, const sg_h5_range *range) {
    hsize_t length = d->rank ? d->shape[0] : 1;
    return range->first <= length && range->count <= length - range->first;
}

static sg_status read_numbers(sg_h5 *file, const sg_h5_dataset *d, const sg_h5_range *range, double *to,
                              sg_h5_ids *ids) {
    size_t numbers = (size_t)range->count;
    for (int i = 1; i < d->rank; i++)
        if (!sg_size_multiply(numbers, (size_t)d->shape[i], &numbers))
            return bad_range(file, range);
    if (numbers != range->numbers)
        return bad_range(file, range);
    const sg_h5_span span = {range->first, range->count};
    return numbers ? sg_h5_read_span(file, range->name, d, span, SG_H5_F64, to, ids) : SG_OK;
}

/* How the numbers of a plain type are stored. */
static sg_stored stored_as(hid_t type) {
    bool half_big = false;
    const bool half = sg_h5_is_half(type, &half_big), is_float = H5Tget_class(type) == H5T_FLOAT;
    return (sg_stored){.kind = is_float                            ? 'f'
                               : H5Tget_sign(type) == H5T_SGN_NONE ? 'u'
                                                                   : 'i',
                       .size = (uint8_t)H5Tget_size(type),
                       .big_endian = half ? half_big : H5Tget_order(type) == H5T_ORDER_BE};
}

/* Copied as they are: fewer bytes to hand over than if they were doubles, and HDF5 takes ten times as long to widen
 * half floats. */
static sg_status read_rows(sg_h5 *file, const sg_h5_dataset *d, const sg_h5_range *range, hid_t element,
                           sg_stored *stored, void *to) {
    const sg_h5_rows rows = {d, {range->first, range->count}, H5Tget_size(element)};
    if (d->rank != 1)
        return bad_range(file, range);
    *stored = stored_as(element);
    return sg_h5_copy_rows(file, range->name, &rows, range->numbers, to);
}

static sg_status read_range(sg_h5 *file, const sg_h5_range *range, sg_stored *stored, double *to, sg_h5_ids *ids) {
    sg_h5_dataset d = {0};
    SG_TRY(sg_h5_open_dataset(file, range->name, &d, ids));
    hid_t element = row_element(d.type, ids);
    if (element < 0 && !is_number(d.type, ids))
        return sg_fail(file->code,
                       "%s: %s is not of plain numbers: integers of 8 to 64 bits, or IEEE floating-point "
                       "numbers of 16 to 64",
                       file->path, range->name);
    SG_TRY(sg_h5_take_shape(file, range->name, &d));
    SG_TRY(sg_h5_check_storage(file, range->name, &d));
    if (!is_within(&d, range))
        return bad_range(file, range);
    return element >= 0 ? read_rows(file, &d, range, element, stored, to) : read_numbers(file, &d, range, to, ids);
}

typedef struct ranges {
    const sg_h5_range *ranges;
    size_t count;
} ranges;

/* The answer: how the numbers of each range are stored, and then the capacity for as many doubles as there are numbers,
 * which they fill in part. */
static double *numbers_of(void *answer, size_t count) {
    const size_t head = count * sizeof(sg_stored);
    return (double *)(void *)((char *)answer + (head + sizeof(double) - 1) / sizeof(double) * sizeof(double));
}

static sg_status read_ranges(sg_h5 *file, const void *question, void *answer, size_t size) {
    static const uint16_t one = 1;
    const ranges *wanted = question;
    const sg_stored native = {'f', sizeof(double), *(const uint8_t *)&one == 0};
    sg_stored *stored = answer;
    double *next = numbers_of(answer, wanted->count);
    sg_status status = SG_OK;
    (void)size;
    for (size_t i = 0; i < wanted->count && status == SG_OK; i++) {
        sg_h5_ids ids = {0};
        stored[i] = native;
        status = read_range(file, &wanted->ranges[i], &stored[i], next, &ids);
        next += wanted->ranges[i].numbers;
        sg_h5_release(&ids);
    }
    return status;
}

/* The separate process may have been led to write anything into its answer. */
static sg_status widen_ranges(const sg_h5 *file, const ranges *wanted, void *answer, double *out) {
    const double *next = numbers_of(answer, wanted->count);
    for (size_t i = 0; i < wanted->count; i++) {
        const sg_stored stored = ((const sg_stored *)answer)[i];
        const size_t numbers = (size_t)wanted->ranges[i].numbers;
        if (!sg_stored_is_known(stored))
            return sg_fail(file->code, "%s: %s was not read as it should", file->path, wanted->ranges[i].name);
        sg_stored_widen(stored, next, stored.size, numbers, out);
        next += numbers;
        out += numbers;
    }
    return SG_OK;
}

/* Tells the kernel of the whole pages of an array whether a forked process gets them. One that has them costs a fault
 * of this process for each page that it fills afterwards. */
static void set_forked(void *array, size_t bytes, bool forked) {
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    char *first = (char *)(((uintptr_t)array + page - 1) / page * page);
    char *end = (char *)(((uintptr_t)array + bytes) / page * page);
    if (first < end)
        madvise(first, (size_t)(end - first), forked ? MADV_DOFORK : MADV_DONTFORK); /* refused, it is but slower */
}

sg_status sg_h5_get_ranges(sg_h5 *file, const sg_h5_range *wanted, size_t count, double *out) {
    const ranges question = {wanted, count};
    size_t numbers = count + 1, size; /* what tells of a range takes less than a double */
    bool fits = true;
    for (size_t i = 0; i < count; i++)
        fits &= wanted[i].numbers <= SIZE_MAX && sg_size_add(numbers, (size_t)wanted[i].numbers, &numbers);
    if (!fits || !sg_size_multiply(numbers, sizeof *out, &size))
        return sg_fail(file->code, "%s: is asked for with a size that overflows", file->path);
    sg_h5_answer *answer;
    const size_t bytes = (numbers - count - 1) * sizeof *out;
    set_forked(out, bytes, false);
    sg_status status = sg_h5_ask(file, read_ranges, &question, size, &answer);
    set_forked(out, bytes, true);
    SG_TRY(status);
    status = widen_ranges(file, &question, answer->data, out);
    sg_h5_forget(answer, size);
    return status;
}

/* ------------------------------------------------------------------------------------------------------ lengths */

typedef struct named {
    const char *name;
    uint64_t count;
} named;

/* Opens a dataset of `count` rows. */
static sg_status open_list(sg_h5 *file, const named *wanted, sg_h5_dataset *d, sg_h5_ids *ids) {
    SG_TRY(sg_h5_open_dataset(file, wanted->name, d, ids));
    SG_TRY(sg_h5_take_shape(file, wanted->name, d));
    SG_TRY(sg_h5_check_storage(file, wanted->name, d));
    if (d->rank != 1 || d->shape[0] != wanted->count)
        return sg_fail(file->code, "%s: %s is no list of %llu", file->path, wanted->name,
                       (unsigned long long)wanted->count);
    return SG_OK;
}

static sg_status measure(sg_h5 *file, const void *question, void *answer, size_t size) {
    const named *wanted = question;
    sg_h5_ids ids = {0};
    sg_h5_dataset d = {0};
    (void)size;
    sg_status status = open_list(file, wanted, &d, &ids);
    hid_t element = status == SG_OK ? row_element(d.type, &ids) : H5I_INVALID_HID;
    if (status == SG_OK && element < 0)
        status = sg_fail(file->code, "%s: %s is not of rows of numbers", file->path, wanted->name);
    if (status == SG_OK) {
        const sg_h5_rows rows = {&d, sg_h5_whole(&d), H5Tget_size(element)};
        status = sg_h5_measure_rows(file, wanted->name, &rows, answer);
    }
    sg_h5_release(&ids);
    return status;
}

sg_status sg_h5_row_lengths(sg_h5 *file, const char *name, uint64_t count, uint64_t *lengths) {
    const named wanted = {name, count};
    size_t size;
    if (count > SIZE_MAX || !sg_size_multiply((size_t)count, sizeof *lengths, &size))
        return sg_fail(file->code, "%s: %s is asked for with a size that overflows", file->path, name);
    sg_h5_answer *answer;
    SG_TRY(sg_h5_ask(file, measure, &wanted, size, &answer));
    memcpy(lengths, answer->data, size);
    sg_h5_forget(answer, size);
    return SG_OK;
}
