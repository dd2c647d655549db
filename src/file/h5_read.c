#include "file/h5_detail.h"

#include "base/memory.h"
#include "base/text.h"
#include "file/bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LARGE_CHUNK  ((size_t)1 << 24) /* bytes; a chunk of more is not made for a dataset that is smaller */
#define LARGEST_FILE ((size_t)8 << 30) /* bytes */

/* ---------------------------------------------------------------------------------------------------- opening */

static sg_status only_open(sg_h5 *file, const void *question, void *answer, size_t size) {
    (void)file, (void)question, (void)answer, (void)size;
    return SG_OK;
}

static sg_status open_bytes(sg_h5 *file) {
    if (!sg_h5_unseal(file->bytes, &file->size))
        return sg_fail(file->code, "%s: is damaged (its checksum is wrong): use a copy of it or make it again",
                       file->path);
    if (file->size == 0)
        return sg_fail(file->code, "%s: is empty, expected an HDF5 file", file->path);
    sg_h5_answer *answer;
    SG_TRY(sg_h5_ask(file, only_open, NULL, 0, &answer));
    sg_h5_forget(answer, 0);
    return SG_OK;
}

static sg_status finish_open(sg_h5 *file, sg_status status, sg_h5 **out) {
    if (status == SG_OK)
        status = open_bytes(file);
    if (status == SG_OK)
        *out = file;
    else
        sg_h5_close(file);
    return status;
}

sg_status sg_h5_open(const char *path, sg_status code, sg_h5 **out) {
    *out = NULL;
    sg_h5 *file;
    SG_TRY(sg_h5_allocate(path, code, false, &file));
    sg_status status = sg_bytes_read(path, LARGEST_FILE, &file->bytes, &file->size);
    return finish_open(file, status == SG_DATA ? code : status, out);
}

sg_status sg_h5_open_bytes(const char *path, const void *bytes, size_t size, sg_status code, sg_h5 **out) {
    *out = NULL;
    sg_h5 *file;
    SG_TRY(sg_h5_allocate(path, code, false, &file));
    file->bytes = malloc(size + 1);
    file->size = size;
    if (size && file->bytes)
        memcpy(file->bytes, bytes, size);
    sg_status status = file->bytes ? SG_OK : sg_fail(SG_MEMORY, "%s: no memory for its %zu bytes", path, size);
    return finish_open(file, status, out);
}

/* ---------------------------------------------------------------------------------------------------- finding */

/* One step of the walk: the link itself, not what it leads to. */
static sg_h5_place find_link(hid_t file, const char *path) {
    H5L_info_t link;
    htri_t exists = *path ? H5Lexists(file, path, H5P_DEFAULT) : 0;
    if (exists == 0)
        return SG_H5_MISSING;
    if (exists < 0 || H5Lget_info(file, path, &link, H5P_DEFAULT) < 0)
        return SG_H5_BROKEN;
    return link.type == H5L_TYPE_HARD ? SG_H5_HERE : SG_H5_LINK;
}

/* Whether there can be something below. */
static sg_h5_place find_group(hid_t file, const char *path) {
    hid_t object = H5Oopen(file, path, H5P_DEFAULT);
    if (object < 0)
        return SG_H5_BROKEN;
    sg_h5_place found = H5Iget_type(object) == H5I_GROUP ? SG_H5_HERE : SG_H5_MISSING;
    H5Oclose(object);
    return found;
}

/* Walks from the root by hand, since HDF5 would follow links to other files. */
sg_h5_place sg_h5_find(hid_t file, const char *name) {
    const char *end = name;
    sg_h5_place found;
    do {
        char part[SG_H5_NAME];
        end = strchrnul(end + (end != name), '/');
        snprintf(part, sizeof part, "%.*s", (int)(end - name), name);
        found = find_link(file, part);
        if (found == SG_H5_HERE && *end)
            found = find_group(file, part);
    } while (found == SG_H5_HERE && *end);
    return found;
}

static sg_status refuse(const sg_h5 *file, const char *name, const char *what) {
    return sg_fail(file->code, "%s: %s %s", file->path, name, what);
}

/* IEEE's number of 16 bits, for which HDF5 1.10 has no name: its conversion is exact for each of them. */
bool sg_h5_is_half(hid_t type, bool *big_endian) {
    enum { BYTES = 2, SIGN = 15, EXPONENT = 10, EXPONENT_BITS = 5, MANTISSA = 0, MANTISSA_BITS = 10, BIAS = 15 };
    const hid_t wide[] = {H5T_IEEE_F32LE, H5T_IEEE_F32BE};
    bool same = false;
    for (int i = 0; i < 2 && !same; i++) {
        *big_endian = i == 1;
        hid_t half = H5Tcopy(wide[i]);
        same = H5Tset_fields(half, SIGN, EXPONENT, EXPONENT_BITS, MANTISSA, MANTISSA_BITS) >= 0 &&
               H5Tset_size(half, BYTES) >= 0 && H5Tset_ebias(half, BIAS) >= 0 && H5Tequal(type, half) > 0;
        H5Tclose(half);
    }
    return same;
}

/* Numbers are of these types and no others: HDF5's own conversions of odder ones have a history of faults. */
bool sg_h5_is_plain(hid_t type) {
    const hid_t plain[] = {H5T_STD_I8LE,   H5T_STD_U8LE,   H5T_STD_I16LE, H5T_STD_I16BE, H5T_STD_U16LE,
                           H5T_STD_U16BE,  H5T_STD_I32LE,  H5T_STD_I32BE, H5T_STD_U32LE, H5T_STD_U32BE,
                           H5T_STD_I64LE,  H5T_STD_I64BE,  H5T_STD_U64LE, H5T_STD_U64BE, H5T_IEEE_F32LE,
                           H5T_IEEE_F32BE, H5T_IEEE_F64LE, H5T_IEEE_F64BE};
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (H5Tequal(type, plain[i]) > 0)
            return true;
    bool big_endian;
    return sg_h5_is_half(type, &big_endian);
}

/* The filters that are needed for gzip'ed HDF5; others would load plugins from wherever the machine keeps them. */
bool sg_h5_filters_known(hid_t creation, bool *deflated) {
    *deflated = false;
    int count = H5Pget_nfilters(creation);
    for (int i = 0; i < count; i++) {
        unsigned flags, config;
        size_t values = 0;
        H5Z_filter_t filter = H5Pget_filter2(creation, (unsigned)i, &flags, &values, NULL, 0, NULL, &config);
        if (filter != H5Z_FILTER_DEFLATE && filter != H5Z_FILTER_SHUFFLE && filter != H5Z_FILTER_FLETCHER32)
            return false;
        *deflated |= filter == H5Z_FILTER_DEFLATE;
    }
    return count >= 0;
}

/* ---------------------------------------------------------------------------------------------------- datasets */

sg_status sg_h5_open_dataset(sg_h5 *file, const char *name, sg_h5_dataset *d, sg_h5_ids *ids) {
    sg_h5_place where = strlen(name) < SG_H5_NAME ? sg_h5_find(file->file, name) : SG_H5_MISSING;
    if (where == SG_H5_MISSING)
        return refuse(file, name, "is missing");
    if (where == SG_H5_BROKEN)
        return sg_h5_failed(file, "%s cannot be looked for", name);
    if (where == SG_H5_LINK)
        return refuse(file, name, "is a link, expected a dataset of this file");
    hid_t object = sg_h5_keep(ids, H5Oopen(file->file, name, H5P_DEFAULT));
    if (object < 0)
        return sg_h5_failed(file, "%s cannot be opened", name);
    if (H5Iget_type(object) != H5I_DATASET)
        return refuse(file, name, "is not a dataset");
    d->set = object;
    d->type = sg_h5_keep(ids, H5Dget_type(object));
    d->space = sg_h5_keep(ids, H5Dget_space(object));
    d->creation = sg_h5_keep(ids, H5Dget_create_plist(object));
    if (d->type < 0 || d->space < 0 || d->creation < 0)
        return sg_h5_failed(file, "%s cannot be opened", name);
    return SG_OK;
}

sg_status sg_h5_take_shape(const sg_h5 *file, const char *name, sg_h5_dataset *d) {
    d->rank = H5Sget_simple_extent_ndims(d->space);
    if (H5Sget_simple_extent_type(d->space) == H5S_NULL || d->rank < 0)
        return refuse(file, name, "holds nothing");
    if (d->rank > SG_H5_RANK)
        return sg_fail(file->code, "%s: %s has %d dimensions, expected at most %d", file->path, name, d->rank,
                       SG_H5_RANK);
    if (d->rank && H5Sget_simple_extent_dims(d->space, d->shape, NULL) < 0)
        return sg_h5_failed(file, "%s has no shape", name);
    return SG_OK;
}

/* Bytes of a box of elements; SIZE_MAX if that overflows. */
static size_t box_bytes(hid_t type, int rank, const hsize_t *shape) {
    size_t bytes = H5Tget_size(type);
    for (int i = 0; i < rank; i++)
        if (shape[i] > SIZE_MAX || !sg_size_multiply(bytes, (size_t)shape[i], &bytes))
            return SIZE_MAX;
    return bytes;
}

/* Bytes of a chunk; 0 in a dataset that is stored whole, SIZE_MAX if they are not known. */
static size_t chunk_bytes(const sg_h5_dataset *d) {
    hsize_t chunk[SG_H5_RANK];
    if (H5Pget_layout(d->creation) != H5D_CHUNKED)
        return 0;
    return H5Pget_chunk(d->creation, SG_H5_RANK, chunk) == d->rank ? box_bytes(d->type, d->rank, chunk) : SIZE_MAX;
}

/* The most that may have been packed into what is stored: a file must not make its reader allocate more. */
sg_status sg_h5_check_storage(const sg_h5 *file, const char *name, const sg_h5_dataset *d) {
    bool deflated;
    if (H5Pget_layout(d->creation) == H5D_VIRTUAL || H5Pget_external_count(d->creation) != 0)
        return refuse(file, name, "keeps its numbers in another file, expected them in this one");
    if (!sg_h5_filters_known(d->creation, &deflated))
        return refuse(file, name, "is packed with an unknown filter, expected deflate (gzip) or none");
    size_t stored = box_bytes(d->type, d->rank, d->shape) ? H5Dget_storage_size(d->set) : 0, most;
    if (stored > file->size)
        return refuse(file, name, "is larger than its file");
    if (!sg_size_multiply(stored, deflated ? SG_H5_DEFLATE_RATIO : 1, &most))
        most = SIZE_MAX;
    size_t box = box_bytes(d->type, d->rank, d->shape), chunk = chunk_bytes(d);
    if (box > most || (stored && chunk > most))
        return refuse(file, name, "has fewer numbers in its file than its shape tells");
    if (stored && chunk > box && chunk > LARGE_CHUNK)
        return sg_fail(file->code,
                       "%s: %s is kept in chunks of %zu bytes, of which it has %zu: store it in smaller ones",
                       file->path, name, chunk, box);
    return SG_OK;
}

static sg_status open_checked(sg_h5 *file, const char *name, sg_h5_dataset *d, sg_h5_ids *ids) {
    SG_TRY(sg_h5_open_dataset(file, name, d, ids));
    if (!sg_h5_is_plain(d->type))
        return refuse(file, name,
                      "is not of plain numbers: integers of 8 to 64 bits, or IEEE floating-point numbers of 16 to 64");
    SG_TRY(sg_h5_take_shape(file, name, d));
    return sg_h5_check_storage(file, name, d);
}

static sg_status look_for(sg_h5 *file, const void *question, void *answer, size_t size) {
    const char *name = question;
    sg_h5_ids ids = {0};
    (void)size;
    sg_h5_place where = strlen(name) < SG_H5_NAME ? sg_h5_find(file->file, name) : SG_H5_MISSING;
    hid_t object = where == SG_H5_HERE ? sg_h5_keep(&ids, H5Oopen(file->file, name, H5P_DEFAULT)) : H5I_INVALID_HID;
    *(bool *)answer =
        where == SG_H5_BROKEN || (where == SG_H5_HERE && (object < 0 || H5Iget_type(object) == H5I_DATASET));
    sg_h5_release(&ids);
    return SG_OK;
}

bool sg_h5_has(sg_h5 *file, const char *name) {
    return sg_h5_ask_whether(file, look_for, name);
}

/* Names, each ended by a 0, and an empty one after the last. */
typedef struct name_list {
    char *next;
    size_t room; /* bytes left */
    size_t count;
} name_list;

/* Negative: enough. */
static herr_t add_name(hid_t group, const char *name, const H5L_info_t *link, void *user) {
    name_list *list = user;
    size_t size = strlen(name) + 1;
    (void)group, (void)link;
    if (list->count++ == SG_H5_NAMES || size >= list->room)
        return -1;
    memcpy(list->next, name, size);
    list->next += size;
    list->room -= size;
    return 0;
}

/* In the file's own order: HDF5 would keep all names to sort them. */
static sg_status list_names(sg_h5 *file, const void *question, void *answer, size_t size) {
    name_list list = {.next = answer, .room = size};
    (void)question;
    if (H5Literate(file->file, H5_INDEX_NAME, H5_ITER_NATIVE, NULL, add_name, &list) >= 0)
        return SG_OK;
    return list.count > SG_H5_NAMES
               ? sg_fail(file->code, "%s: has more than %d names at its root", file->path, SG_H5_NAMES)
               : sg_h5_failed(file, "its names cannot be read");
}

sg_status sg_h5_each_name(sg_h5 *file, void (*each)(void *user, const char *name), void *user) {
    sg_h5_answer *answer;
    size_t room = file->size + SG_H5_NAMES + 2; /* names are no longer than their file, besides their ends */
    SG_TRY(sg_h5_ask(file, list_names, NULL, room, &answer));
    answer->data[room - 2] = answer->data[room - 1] = 0;
    for (const char *name = (const char *)answer->data; *name; name += strlen(name) + 1)
        each(user, name);
    sg_h5_forget(answer, room);
    return SG_OK;
}

typedef struct shape_found {
    int rank;
    uint64_t shape[SG_H5_RANK];
} shape_found;

static sg_status find_shape(sg_h5 *file, const void *question, void *answer, size_t size) {
    shape_found *found = answer;
    sg_h5_ids ids = {0};
    sg_h5_dataset d = {0};
    (void)size;
    sg_status status = open_checked(file, question, &d, &ids);
    sg_h5_release(&ids);
    found->rank = d.rank;
    for (int i = 0; i < SG_H5_RANK; i++)
        found->shape[i] = d.shape[i];
    return status;
}

sg_status sg_h5_shape(sg_h5 *file, const char *name, int *rank, uint64_t shape[SG_H5_RANK]) {
    sg_h5_answer *answer;
    shape_found found;
    SG_TRY(sg_h5_ask(file, find_shape, name, sizeof found, &answer));
    memcpy(&found, answer->data, sizeof found);
    sg_h5_forget(answer, sizeof found);
    *rank = found.rank;
    memcpy(shape, found.shape, sizeof found.shape);
    return SG_OK;
}

static void describe_shape(sg_text *text, int rank, const uint64_t *shape) {
    if (rank == 0)
        sg_text_add(text, "one number");
    for (int i = 0; i < rank; i++)
        sg_text_add(text, "%s%llu", i ? " x " : "", (unsigned long long)shape[i]);
}

static sg_status check_shape(const sg_h5 *file, const char *name, const sg_h5_dataset *d, int rank,
                             const uint64_t *shape) {
    bool same = d->rank == rank;
    uint64_t found[SG_H5_RANK];
    for (int i = 0; i < d->rank; i++) {
        found[i] = d->shape[i];
        same = same && found[i] == shape[i];
    }
    if (same)
        return SG_OK;
    sg_text text = {0};
    describe_shape(&text, d->rank, found);
    sg_text_add(&text, ", expected ");
    describe_shape(&text, rank, shape);
    sg_status status =
        sg_fail(file->code, "%s: %s is %s", file->path, name, text.failed ? "of another shape" : text.data);
    free(text.data);
    return status;
}

sg_h5_span sg_h5_whole(const sg_h5_dataset *d) {
    return (sg_h5_span){0, d->rank ? d->shape[0] : 1};
}

/* HDF5 would silently put the nearest number that fits. */
static H5T_conv_ret_t refuse_range(H5T_conv_except_t problem, hid_t from, hid_t to, void *source, void *target,
                                   void *out_of_range) {
    (void)from, (void)to, (void)source, (void)target;
    if (problem != H5T_CONV_EXCEPT_RANGE_HI && problem != H5T_CONV_EXCEPT_RANGE_LOW)
        return H5T_CONV_UNHANDLED;
    *(bool *)out_of_range = true;
    return H5T_CONV_ABORT;
}

/* The elements first .. first + count - 1 of axis 0, in memory and in the file. */
static bool select_range(const sg_h5_dataset *d, sg_h5_span span, hid_t *memory, hid_t *stored, sg_h5_ids *ids) {
    hsize_t start[SG_H5_RANK] = {span.first}, box[SG_H5_RANK];
    *memory = *stored = H5S_ALL;
    if (d->rank == 0 || span.count == d->shape[0])
        return true;
    memcpy(box, d->shape, sizeof box);
    box[0] = span.count;
    *stored = d->space;
    *memory = sg_h5_keep(ids, H5Screate_simple(d->rank, box, NULL));
    return *memory >= 0 && H5Sselect_hyperslab(d->space, H5S_SELECT_SET, start, NULL, box, NULL) >= 0;
}

sg_status sg_h5_check_chunks(const sg_h5 *file, const char *name, const sg_h5_dataset *d, sg_h5_span span) {
    size_t chunk = box_bytes(d->type, d->rank, d->shape) ? chunk_bytes(d) : 0;
    if (chunk && !sg_h5_chunks_are_whole(file, d, span, chunk))
        return refuse(file, name, "has a chunk that is damaged: use a copy of the file or make it again");
    return SG_OK;
}

sg_status sg_h5_read_span(sg_h5 *file, const char *name, const sg_h5_dataset *d, sg_h5_span span, sg_h5_type type,
                          void *data, sg_h5_ids *ids) {
    hid_t native = sg_h5_native(type);
    if (H5Tget_class(d->type) == H5T_FLOAT && H5Tget_class(native) == H5T_INTEGER)
        return refuse(file, name, "holds floating-point numbers, expected integers");
    SG_TRY(sg_h5_check_chunks(file, name, d, span));
    bool out_of_range = false;
    hid_t transfer = sg_h5_keep(ids, H5Pcreate(H5P_DATASET_XFER));
    if (transfer < 0 || H5Pset_type_conv_cb(transfer, refuse_range, &out_of_range) < 0)
        return sg_h5_failed(file, "%s cannot be read", name);
    hid_t memory, stored;
    if (!select_range(d, span, &memory, &stored, ids))
        return sg_h5_failed(file, "%s cannot be read in part", name);
    herr_t result = H5Dread(d->set, native, memory, stored, transfer, data);
    if (out_of_range)
        return sg_fail(file->code, "%s: %s holds a number that does not fit into %zu bits%s", file->path, name,
                       8 * H5Tget_size(native), H5Tget_class(native) == H5T_INTEGER ? " without a sign" : "");
    return result < 0 ? sg_h5_failed(file, "%s cannot be read", name) : SG_OK;
}

typedef struct array_wanted {
    const char *name;
    sg_h5_type type;
    int rank;
    const uint64_t *shape;
    sg_h5_span span; /* of axis 0 */
} array_wanted;

static sg_status get_array(sg_h5 *file, const void *question, void *answer, size_t size) {
    const array_wanted *wanted = question;
    sg_h5_ids ids = {0};
    sg_h5_dataset d = {0};
    (void)size;
    sg_status status = open_checked(file, wanted->name, &d, &ids);
    if (status == SG_OK)
        status = check_shape(file, wanted->name, &d, wanted->rank, wanted->shape);
    if (status == SG_OK)
        status = sg_h5_read_span(file, wanted->name, &d, wanted->span, wanted->type, answer, &ids);
    sg_h5_release(&ids);
    return status;
}

static sg_status get_part(sg_h5 *file, const array_wanted *wanted, size_t size, void *data) {
    sg_h5_answer *answer;
    SG_TRY(sg_h5_ask(file, get_array, wanted, size, &answer));
    memcpy(data, answer->data, size);
    sg_h5_forget(answer, size);
    return SG_OK;
}

/* A large array is read in parts, each by a process of its own: what was answered is in memory twice until it is
 * copied.
 */
sg_status sg_h5_get(sg_h5 *file, const char *name, sg_h5_type type, void *data, int rank, const uint64_t *shape) {
    enum { PART = 16 << 20 };
    const uint64_t rows = rank ? shape[0] : 1;
    size_t size = sg_h5_bytes(type);
    for (int i = 0; i < rank; i++)
        if (shape[i] > SIZE_MAX || !sg_size_multiply(size, (size_t)shape[i], &size))
            return sg_fail(file->code, "%s: %s is asked for with a size that overflows", file->path, name);
    const size_t row = rows ? size / (size_t)rows : 0;
    const uint64_t most = row && row < PART ? PART / row : 1;
    array_wanted wanted = {name, type, rank, shape, {0, 0}};
    do {
        const uint64_t left = rows - wanted.span.first;
        wanted.span.count = left < most ? left : most;
        SG_TRY(get_part(file, &wanted, (size_t)wanted.span.count * row, (uint8_t *)data + wanted.span.first * row));
        wanted.span.first += wanted.span.count;
    } while (wanted.span.first < rows);
    return SG_OK;
}
