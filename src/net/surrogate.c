#include "net/surrogate.h"

static const struct {
    const char *name;
    sg_surrogate_kind kind;
    bool compact;
} table[] = {
    {"relu", SG_SURROGATE_RELU, true},
    {"fast_sigmoid", SG_SURROGATE_FAST_SIGMOID, false},
};

enum { COUNT = sizeof table / sizeof *table };

const char *sg_surrogate_name(int i) {
    return i >= 0 && i < COUNT ? table[i].name : NULL;
}

sg_surrogate sg_surrogate_make(const sg_layer_config *config) {
    return (sg_surrogate){.kind = table[config->surrogate].kind, .k = (float)config->surrogate_k};
}

bool sg_surrogate_is_compact(sg_surrogate surrogate) {
    return table[surrogate.kind].compact;
}
