/* In the place of the other h5_*.c, where surgrad is built without HDF5 (SURGRAD_HDF5=OFF): no file is made or opened,
 * so that nothing can be asked of one. */
#include "file/h5.h"

#define WHY                                                                                                            \
    "this surgrad is built without HDF5 (SURGRAD_HDF5=OFF), the format of models, checkpoints and events: use one "    \
    "that has it"

sg_status sg_h5_need(void) {
    return sg_fail(SG_IO_ERROR, "%s", WHY);
}

sg_status sg_h5_create(sg_h5 **out) {
    *out = NULL;
    return sg_h5_need();
}

sg_status sg_h5_create_on_disk(const char *path, uint64_t most, sg_h5 **out) {
    (void)path, (void)most;
    return sg_h5_create(out);
}

sg_status sg_h5_open(const char *path, sg_status code, sg_h5 **out) {
    *out = NULL;
    return sg_fail(code, "%s: %s", path, WHY);
}

sg_status sg_h5_open_bytes(const char *path, const void *bytes, size_t size, sg_status code, sg_h5 **out) {
    (void)bytes, (void)size;
    return sg_h5_open(path, code, out);
}

sg_status sg_h5_open_large(const char *path, sg_status code, sg_h5 **out) {
    return sg_h5_open(path, code, out);
}

/* ------------------------------------------------------------------------------------------------- of no open file */

sg_status sg_h5_put(sg_h5 *file, const char *name, sg_h5_type type, const void *data, int rank, const uint64_t *shape,
                    bool pack) {
    (void)file, (void)name, (void)type, (void)data, (void)rank, (void)shape, (void)pack;
    return sg_h5_need();
}

sg_status sg_h5_put_texts(sg_h5 *file, const char *name, const char *const *texts, size_t count) {
    (void)file, (void)name, (void)texts, (void)count;
    return sg_h5_need();
}

sg_status sg_h5_put_text_array(sg_h5 *file, const char *name, const char *const *texts, int rank,
                               const uint64_t *shape) {
    (void)file, (void)name, (void)texts, (void)rank, (void)shape;
    return sg_h5_need();
}

sg_status sg_h5_put_text(sg_h5 *file, const char *name, const char *text) {
    (void)file, (void)name, (void)text;
    return sg_h5_need();
}

sg_status sg_h5_write(sg_h5 *file, const char *path) {
    (void)file, (void)path;
    return sg_h5_need();
}

sg_status sg_h5_publish(sg_h5 *file) {
    (void)file;
    return sg_h5_need();
}

sg_status sg_h5_begin_rows(sg_h5 *file, const char *name, sg_h5_type type, uint64_t count) {
    (void)file, (void)name, (void)type, (void)count;
    return sg_h5_need();
}

sg_status sg_h5_put_rows(sg_h5 *file, const char *name, sg_h5_type type, uint64_t first, const void *data,
                         uint64_t count) {
    (void)file, (void)name, (void)type, (void)first, (void)data, (void)count;
    return sg_h5_need();
}

bool sg_h5_has(sg_h5 *file, const char *name) {
    (void)file, (void)name;
    return false;
}

sg_status sg_h5_each_name(sg_h5 *file, void (*each)(void *user, const char *name), void *user) {
    (void)file, (void)each, (void)user;
    return sg_h5_need();
}

sg_status sg_h5_shape(sg_h5 *file, const char *name, int *rank, uint64_t shape[SG_H5_RANK]) {
    (void)file, (void)name, (void)rank, (void)shape;
    return sg_h5_need();
}

sg_status sg_h5_get(sg_h5 *file, const char *name, sg_h5_type type, void *data, int rank, const uint64_t *shape) {
    (void)file, (void)name, (void)type, (void)data, (void)rank, (void)shape;
    return sg_h5_need();
}

sg_status sg_h5_get_texts(sg_h5 *file, const char *name, sg_texts *out) {
    (void)file, (void)name, (void)out;
    return sg_h5_need();
}

sg_status sg_h5_get_text_array(sg_h5 *file, const char *name, int *rank, uint64_t shape[SG_H5_RANK], sg_texts *out) {
    (void)file, (void)name, (void)rank, (void)shape, (void)out;
    return sg_h5_need();
}

bool sg_h5_has_text(sg_h5 *file, const char *name) {
    return sg_h5_has(file, name);
}

sg_status sg_h5_check_format(sg_h5 *file, const char *const *formats) {
    (void)file, (void)formats;
    return sg_h5_need();
}

sg_status sg_h5_get_text(sg_h5 *file, const char *name, char **out) {
    (void)file, (void)name;
    *out = NULL;
    return sg_h5_need();
}

sg_status sg_h5_get_interned(sg_h5 *file, const char *name, const char **out) {
    (void)file, (void)name;
    *out = NULL;
    return sg_h5_need();
}

sg_status sg_h5_list(sg_h5 *file, const char *group, sg_h5_entry **out, size_t *count) {
    (void)file, (void)group;
    *out = NULL;
    *count = 0;
    return sg_h5_need();
}

sg_status sg_h5_get_ranges(sg_h5 *file, const sg_h5_range *ranges, size_t count, double *out) {
    (void)file, (void)ranges, (void)count, (void)out;
    return sg_h5_need();
}

sg_status sg_h5_row_lengths(sg_h5 *file, const char *name, uint64_t count, uint64_t *lengths) {
    (void)file, (void)name, (void)count, (void)lengths;
    return sg_h5_need();
}

void sg_h5_close(sg_h5 *file) {
    (void)file;
}
