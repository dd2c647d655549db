#include "net/link.h"

#define ROW(name) &sg_link_##name,
SG_KINDS_DEFINE(sg_link, sg_link_kind, SG_LINKS(ROW))

void sg_link_refresh(const sg_link_call *call) {
    if (call->link->kind->refresh)
        call->link->kind->refresh(call, call->link->derived);
}

bool sg_link_prefers_bits(const sg_link *link, size_t count, size_t steps) {
    return link->kind->prefers_bits && link->kind->prefers_bits(link, count, steps);
}
