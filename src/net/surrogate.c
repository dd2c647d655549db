#include "net/surrogate.h"

static const struct {
    const char *name;
    sg_surrogate_kind kind;
} table[] = {
    {"relu", SG_SURROGATE_RELU},
};

enum { COUNT = sizeof table / sizeof *table };

const char *sg_surrogate_name(int i) {
    return i >= 0 && i < COUNT ? table[i].name : NULL;
}

sg_surrogate sg_surrogate_at(int i) {
    return (sg_surrogate){table[i].kind};
}
