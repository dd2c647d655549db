#include "check/twin_link.h"

#define ROW(name) {&sg_link_##name, sg_twin_link_##name},
static const struct {
    const sg_link_kind *kind;
    sg_twin_link *twin;
} table[] = {SG_LINKS(ROW)};

sg_twin_link *sg_twin_link_of(const sg_link *link) {
    size_t i = 0;
    while (table[i].kind != link->kind)
        i++;
    return table[i].twin;
}
