#include "base/kind.h"

#include <string.h>

int sg_kind_find(sg_kinds *kinds, const char *name) {
    const sg_kind *kind;
    for (int i = 0; (kind = kinds(i)) != NULL; i++)
        if (strcmp(kind->name, name) == 0)
            return i;
    return -1;
}
