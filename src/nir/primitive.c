#include "nir/primitive.h"

#include "base/text.h"

#include <string.h>

#define ROW(name) &sg_nir_##name,
static const sg_nir_primitive *const rows[] = {SG_NIR_PRIMITIVES(ROW)};

enum { ROWS = sizeof rows / sizeof *rows };

const sg_nir_primitive *sg_nir_primitive_at(size_t i) {
    return i < ROWS ? rows[i] : NULL;
}

const sg_nir_primitive *sg_nir_primitive_find(const char *type) {
    for (size_t i = 0; i < ROWS; i++)
        if (strcmp(rows[i]->type, type) == 0)
            return rows[i];
    return NULL;
}

sg_status sg_nir_fail_unknown(const char *path, const char *name, const char *type) {
    const char *types[ROWS];
    for (size_t i = 0; i < ROWS; i++)
        types[i] = rows[i]->type;
    sg_fail_unknown(SG_MODEL, "surgrad cannot compute the type", type, types, ROWS, "");
    return sg_fail_in(SG_MODEL, "%s: node '%s'", path, name);
}
