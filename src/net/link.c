#include "net/link.h"

static const sg_link_kind *const table[] = {
    &sg_link_dense,
};

enum { COUNT = sizeof table / sizeof *table };

const char *sg_link_name(int i) {
    return i >= 0 && i < COUNT ? table[i]->name : NULL;
}

const sg_link_kind *sg_link_at(int i) {
    return table[i];
}
