/* Whatever this finds below src/file is ours to mend. HDF5 1.10.8 has faults of its own, which mutations meet soon;
 * they end in the process apart (file/h5_apart.c), where a sanitizer may tell of them, and the target goes on. */
#include "target.h"

#include "file/h5_detail.h"

#include <stdlib.h>
#include <string.h>

static void read_dataset(sg_h5 *file, const char *name, sg_h5_type type, size_t size) {
    uint64_t shape[SG_H5_RANK], count = 1;
    int rank;
    if (sg_h5_shape(file, name, &rank, shape) != SG_OK)
        return;
    for (int i = 0; i < rank; i++)
        count *= shape[i];
    void *data = malloc(count * size + 1);
    if (data)
        sg_h5_get(file, name, type, data, rank, shape);
    free(data);
}

static void take_name(void *user, const char *name) {
    *(size_t *)user += strlen(name);
}

/* The walk of heaps runs apart as well, where a fault of it would pass for one of HDF5's: so here it runs in the open.
 */
static void walk_heaps(const uint8_t *bytes, size_t size) {
    const sg_h5 file = {.path = (char *)"bytes", .code = SG_DATA, .bytes = (uint8_t *)bytes, .size = size};
    sg_h5_check_heaps(&file);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    sg_h5 *file;
    char *text;
    walk_heaps(bytes, size);
    if (sg_h5_open_bytes("bytes", bytes, size, SG_DATA, &file) != SG_OK)
        return 0;
    size_t length = 0;
    sg_h5_each_name(file, take_name, &length);
    sg_h5_has(file, "layers/1/weights");
    read_dataset(file, "layers/0/weights", SG_H5_F32, sizeof(float));
    read_dataset(file, "step", SG_H5_U64, sizeof(uint64_t));
    if (sg_h5_get_text(file, "config", &text) == SG_OK)
        free(text);
    sg_h5_close(file);
    return 0;
}
