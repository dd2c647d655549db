#include "recording/npy.h"

#include "base/memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAGIC = 6, LONGEST_HEADER = 1 << 16, BLOCK = 1 << 16 /* bytes read in one go */ };
static const uint8_t magic[MAGIC] = "\x93NUMPY";

/* A header at work. */
typedef struct header {
    const sg_npy *npy;
    const char *name;    /* of the array, for messages */
    const char *text;    /* ended by a 0 */
    const char *at;      /* in it */
    sg_npy_array *field; /* (SG_NPY_ARRAYS) */
    size_t fields;
    uint64_t item; /* bytes of an element */
    bool by_column, structured;
    bool has_shape, has_order, has_type;
    int rank;
    uint64_t shape[SG_ARRAY_RANK];
} header;

static sg_status refuse(const header *h, const char *format, ...) __attribute__((format(printf, 2, 3)));

static sg_status refuse(const header *h, const char *format, ...) {
    char what[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    return sg_fail(SG_DATA, "%s: array %s: %s", h->npy->spool->path, h->name, what);
}

bool sg_npy_fits(const uint8_t *bytes, size_t size) {
    return size >= MAGIC && memcmp(bytes, magic, MAGIC) == 0;
}

/* ------------------------------------------------------------------------------------------------------ the syntax */

static void skip_space(header *h) {
    h->at += strspn(h->at, " \t\r\n");
}

/* Whether the next sign is this one; passes it then. */
static bool take(header *h, char sign) {
    skip_space(h);
    if (*h->at != sign || !sign)
        return false;
    h->at++;
    return true;
}

static sg_status expect(header *h, char sign) {
    return take(h, sign)
               ? SG_OK
               : refuse(h, "its header is damaged at byte %zu: expected '%c'", (size_t)(h->at - h->text), sign);
}

/* A text in single or double quotes. NumPy writes others for odd names alone. */
static sg_status take_text(header *h, char *text, size_t room) {
    skip_space(h);
    const char quote = *h->at;
    if (quote != '\'' && quote != '"')
        return refuse(h, "its header is damaged at byte %zu: expected a text", (size_t)(h->at - h->text));
    size_t size = 0;
    for (h->at++; h->at[size] && h->at[size] != quote; size++)
        if (h->at[size] == '\\')
            return refuse(h, "its header has a name with a backslash");
    if (!h->at[size] || size >= room)
        return refuse(h, "its header has a name of more than %zu bytes", room - 1);
    memcpy(text, h->at, size);
    text[size] = 0;
    h->at += size + 1;
    return SG_OK;
}

static sg_status take_number(header *h, uint64_t *number) {
    skip_space(h);
    const char *start = h->at;
    *number = 0;
    for (; *h->at >= '0' && *h->at <= '9'; h->at++) {
        if (*number > INT64_MAX / 10 - 1)
            return refuse(h, "its shape is too large");
        *number = *number * 10 + (uint64_t)(*h->at - '0');
    }
    return h->at > start ? SG_OK
                         : refuse(h, "its header is damaged at byte %zu: expected a number", (size_t)(h->at - h->text));
}

static sg_status take_shape(header *h) {
    SG_TRY(expect(h, '('));
    for (h->rank = 0; !take(h, ')'); h->rank++) {
        if (h->rank == SG_ARRAY_RANK)
            return refuse(h, "it has more than %d dimensions", SG_ARRAY_RANK);
        SG_TRY(take_number(h, &h->shape[h->rank]));
        if (!take(h, ',') && *h->at != ')')
            return expect(h, ')');
    }
    h->has_shape = true;
    return SG_OK;
}

static sg_status take_order(header *h) {
    skip_space(h);
    h->by_column = strncmp(h->at, "True", 4) == 0;
    if (!h->by_column && strncmp(h->at, "False", 5) != 0)
        return refuse(h, "its header is damaged at byte %zu: expected True or False", (size_t)(h->at - h->text));
    h->at += h->by_column ? 4 : 5;
    h->has_order = true;
    return SG_OK;
}

/* ----------------------------------------------------------------------------------------------------------- types */

/* A type as "<i2". Padding, "|V3" without a name, becomes no field. */
static sg_status add_field(header *h, const char *name, const char *type) {
    const char order = *type ? *type : 0, kind = order ? type[1] : 0;
    char *end = NULL;
    unsigned long size = kind ? strtoul(type + 2, &end, 10) : 0;
    if (kind == 'O')
        return refuse(h, "holds Python objects (a pickle), which are never run: save arrays of numbers");
    if (!end || *end || size == 0 || size > LONGEST_HEADER || !strchr("<>|=", order))
        return refuse(h, "is of the type '%s', which is not known", type);
    const sg_stored stored = {kind, size <= 8 ? (uint8_t)size : 0, order == '>'};
    bool padding = kind == 'V' && !*name;
    if (!padding && !sg_stored_is_known(stored))
        return refuse(h, "%s%sis of the type '%s', expected numbers of up to 64 bits", name, *name ? " " : "", type);
    if (!padding) {
        if (h->fields == SG_NPY_ARRAYS)
            return refuse(h, "has more than %d fields", SG_NPY_ARRAYS);
        h->field[h->fields] = (sg_npy_array){.at = h->item, .stored = stored};
        snprintf(h->field[h->fields].name, sizeof h->field->name, "%s", name);
        h->fields++;
    }
    h->item += size;
    return SG_OK;
}

/* One field, ('x', '<i2'). */
static sg_status take_field(header *h) {
    char name[SG_NPY_NAME], type[SG_NPY_NAME];
    SG_TRY(expect(h, '('));
    skip_space(h);
    if (*h->at == '(')
        return refuse(h, "has a field with a title, expected names alone");
    SG_TRY(take_text(h, name, sizeof name));
    SG_TRY(expect(h, ','));
    skip_space(h);
    if (*h->at == '[')
        return refuse(h, "%s is a structure, expected numbers", name);
    SG_TRY(take_text(h, type, sizeof type));
    take(h, ',');
    if (!take(h, ')'))
        return refuse(h, "%s is an array, expected one number", name);
    return add_field(h, name, type);
}

static sg_status take_type(header *h) {
    char type[SG_NPY_NAME];
    h->has_type = true;
    if (!take(h, '[')) {
        skip_space(h);
        if (*h->at == '{' || *h->at == '(')
            return refuse(h, "has a type that is not a list of fields: save x, y, p and t as arrays of their own");
        SG_TRY(take_text(h, type, sizeof type));
        return add_field(h, "", type);
    }
    h->structured = true;
    while (!take(h, ']')) {
        SG_TRY(take_field(h));
        if (!take(h, ',') && *h->at != ']')
            return expect(h, ']');
    }
    return h->fields ? SG_OK : refuse(h, "has no fields");
}

static sg_status parse(header *h) {
    char key[SG_NPY_NAME];
    SG_TRY(expect(h, '{'));
    while (!take(h, '}')) {
        SG_TRY(take_text(h, key, sizeof key));
        SG_TRY(expect(h, ':'));
        if (strcmp(key, "descr") == 0 && !h->has_type)
            SG_TRY(take_type(h));
        else if (strcmp(key, "fortran_order") == 0 && !h->has_order)
            SG_TRY(take_order(h));
        else if (strcmp(key, "shape") == 0 && !h->has_shape)
            SG_TRY(take_shape(h));
        else
            return refuse(h, "its header has '%s', which is not known or there twice", key);
        if (!take(h, ',') && *h->at != '}')
            return expect(h, '}');
    }
    return h->has_type && h->has_order && h->has_shape ? SG_OK : refuse(h, "its header is not whole");
}

/* ----------------------------------------------------------------------------------------------------------- adding */

/* Whether the numbers that the shape tells are there. */
static sg_status check_size(const header *h, uint64_t have) {
    size_t bytes = (size_t)h->item;
    bool fits = true;
    for (int i = 0; i < h->rank; i++)
        fits = fits && sg_size_multiply(bytes, (size_t)h->shape[i], &bytes);
    if (!fits || bytes > have)
        return refuse(h, "is cut short: %llu bytes of numbers, expected %s%zu", (unsigned long long)have,
                      fits ? "" : "more than ", fits ? bytes : SIZE_MAX);
    return bytes == have ? SG_OK
                         : refuse(h, "has %llu bytes of numbers, expected %zu", (unsigned long long)have, bytes);
}

/* Puts the fields of a header into the list, their numbers from byte `at` on. */
static sg_status list_fields(sg_npy *npy, const header *h, uint64_t at) {
    if (h->fields > SG_NPY_ARRAYS - npy->count)
        return refuse(h, "is one too many: more than %d arrays", SG_NPY_ARRAYS);
    if (h->structured && h->rank != 1)
        return refuse(h, "has fields and %d dimensions, expected one", h->rank);
    for (size_t i = 0; i < h->fields; i++) {
        sg_npy_array *array = &npy->arrays[npy->count];
        sg_named_array *told = &npy->list[npy->count++];
        *array = h->field[i];
        array->at += at;
        array->stride = h->item;
        array->by_column = h->by_column && h->rank > 1;
        if (!h->structured)
            snprintf(array->name, sizeof array->name, "%s", h->name);
        *told = (sg_named_array){.name = array->name, .whole = array->stored.kind != 'f', .rank = h->rank};
        memcpy(told->shape, h->shape, sizeof told->shape);
    }
    return SG_OK;
}

/* Reads the header's text; the caller frees it. *start: the byte of the first number. */
static sg_status read_header(header *h, uint64_t at, uint64_t size, char **text, uint64_t *start) {
    enum { SHORT = 10, LONG = 12 }; /* bytes before the text, in version 1 and later */
    uint8_t head[LONG];
    *text = NULL;
    if (size < LONG)
        return refuse(h, "is cut short within its header");
    SG_TRY(sg_spool_read(h->npy->spool, at, head, sizeof head, "a header"));
    if (!sg_npy_fits(head, sizeof head))
        return refuse(h, "is no NumPy array");
    if (head[6] < 1 || head[6] > 3)
        return refuse(h, "is of version %d of the format, expected 1 to 3", head[6]);
    const uint32_t begin = head[6] == 1 ? SHORT : LONG;
    uint64_t length = (uint64_t)head[8] | (uint64_t)head[9] << 8;
    if (head[6] > 1)
        length |= (uint64_t)head[10] << 16 | (uint64_t)head[11] << 24;
    if (length > LONGEST_HEADER || length > size - begin)
        return refuse(h,
                      length > LONGEST_HEADER ? "has a header of more than 64 kB" : "is cut short within its header");
    *text = malloc((size_t)length + 1);
    if (!*text)
        return sg_fail(SG_MEMORY, "%s: no memory for a header", h->npy->spool->path);
    (*text)[length] = 0;
    *start = at + begin + length;
    return sg_spool_read(h->npy->spool, at + begin, *text, (size_t)length, "a header");
}

sg_status sg_npy_add(sg_npy *npy, const char *name, uint64_t at, uint64_t size) {
    sg_npy_array fields[SG_NPY_ARRAYS];
    header h = {.npy = npy, .name = name, .field = fields};
    char *text;
    uint64_t start = at;
    sg_status status = read_header(&h, at, size, &text, &start);
    if (status == SG_OK) {
        h.text = h.at = text;
        status = parse(&h);
    }
    if (status == SG_OK)
        status = check_size(&h, at + size - start);
    if (status == SG_OK)
        status = list_fields(npy, &h, start);
    free(text);
    return status;
}

void sg_npy_take_apart(sg_npy *npy, const char *const *names) {
    const sg_npy_array matrix = npy->arrays[0];
    const sg_named_array told = npy->list[0];
    const uint64_t rows = told.shape[0], columns = told.shape[1];
    npy->count = 0;
    for (uint64_t i = 0; i < columns; i++) {
        sg_npy_array *array = &npy->arrays[npy->count];
        *array = matrix;
        array->at += matrix.stored.size * (matrix.by_column ? i * rows : i);
        array->stride = matrix.stored.size * (matrix.by_column ? 1 : columns);
        array->by_column = false;
        snprintf(array->name, sizeof array->name, "%s", names[i]);
        npy->list[npy->count++] =
            (sg_named_array){.name = array->name, .whole = told.whole, .rank = 1, .shape = {rows}};
    }
}

/* ---------------------------------------------------------------------------------------------------------- reading */

/* Numbers from the one at `first` on, block by block. A block ends with its last number, not with what lies between. */
static sg_status read_numbers(const sg_npy *npy, const sg_npy_array *array, uint64_t first, uint64_t count,
                              double *out) {
    uint8_t block[BLOCK];
    const uint64_t most = array->stride < BLOCK ? BLOCK / array->stride : 1;
    for (uint64_t done = 0, numbers; done < count; done += numbers) {
        numbers = count - done < most ? count - done : most;
        const size_t bytes = (size_t)((numbers - 1) * array->stride) + array->stored.size;
        SG_TRY(sg_spool_read(npy->spool, array->at + (first + done) * array->stride, block, bytes, array->name));
        sg_stored_widen(array->stored, block, array->stride, numbers, out + done);
    }
    return SG_OK;
}

sg_status sg_npy_read(void *user, const sg_array_range *ranges, size_t count, double *out) {
    const sg_npy *npy = user;
    for (size_t i = 0; i < count; i++) {
        const sg_npy_array *array = &npy->arrays[ranges[i].array - npy->list];
        const uint64_t each = ranges[i].count ? ranges[i].numbers / ranges[i].count : 0;
        if (array->by_column && each > 1)
            return sg_fail(SG_DATA,
                           "%s: array %s lies column after column (fortran_order), expected row after row: save "
                           "numpy.ascontiguousarray of it",
                           npy->spool->path, array->name);
        SG_TRY(read_numbers(npy, array, ranges[i].first * each, ranges[i].numbers, out));
        out += ranges[i].numbers;
    }
    return SG_OK;
}
