#include "net/link.h"

#define ROW(name) &sg_link_##name,
SG_KINDS_DEFINE(sg_link, sg_link_kind, SG_LINKS(ROW))

const sg_link_kind *sg_link_for(const sg_layer_config *config) {
    return config->delay == SG_DELAY_SYNAPTIC ? &sg_link_delayed : sg_link_at(config->link);
}

sg_status sg_link_shape(const sg_layer_config *config, size_t layer, sg_shape in, sg_shape *out) {
    const sg_link_kind *kind = sg_link_at(config->link);
    *out = sg_flat_shape((uint32_t)config->size);
    return kind->shape ? kind->shape(config, layer, in, out) : SG_OK;
}

void sg_link_lay_out(sg_link *link, const sg_layer_config *config, sg_arena *arena) {
    if (link->kind && link->kind->lay_out)
        link->kind->lay_out(link, config, arena);
}

void sg_link_choose(sg_link *link, uint64_t seed, uint32_t stream) {
    if (link->kind && link->kind->choose)
        link->kind->choose(link, seed, stream);
}

void sg_link_refresh(const sg_link_call *call) {
    if (call->link->kind->refresh)
        call->link->kind->refresh(call, call->link->derived);
}

bool sg_link_prefers_bits(const sg_link *link, size_t count, size_t steps) {
    return link->kind->prefers_bits && link->kind->prefers_bits(link, count, steps);
}
