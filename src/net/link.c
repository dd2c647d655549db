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

void sg_link_refresh(const sg_link_call *call) {
    if (call->link->kind->refresh)
        call->link->kind->refresh(call, call->link->derived);
}

bool sg_link_prefers_bits(const sg_link *link, size_t count, size_t steps) {
    return link->kind->prefers_bits && link->kind->prefers_bits(link, count, steps);
}
