#include "net/skip.h"

#include "net/added.h"
#include "net/initialiser.h"

/* ------------------------------------------------------------------------------------------------ configuration */

uint32_t sg_skip_layers(const sg_layer_config *config, size_t l) {
    uint32_t layers;
    return sg_earlier_layers(config->skip, l, &layers) ? layers : 0;
}

/* Spikes of a map have places, which come in another order (inlet.h). */
static sg_status check_source(const sg_network_config *config, size_t l, size_t from) {
    if (!sg_link_at(config->layers[from].link)->forward_layer)
        return SG_OK;
    return sg_fail(SG_CONFIG,
                   "layers.%zu.link.skip: layer %zu is a convolution, whose spikes have places: name layers whose link "
                   "is dense or sparse, or use link.add",
                   l, from);
}

static sg_status check_target(const sg_layer_config *layer, size_t l) {
    if (sg_link_at(layer->link)->forward_layer)
        return sg_fail(SG_CONFIG,
                       "layers.%zu.link.skip: '%.40s', but link.kind is '%s', whose neurons have places: use link.add, "
                       "or link.kind dense or sparse",
                       l, layer->skip, sg_link_at(layer->link)->head.name);
    if (layer->norm != SG_NORM_NONE)
        return sg_fail(SG_CONFIG,
                       "layers.%zu.link.skip: '%.40s', but link.norm is of what comes by one link: use norm none, or "
                       "link.add",
                       l, layer->skip);
    if (sg_initialiser_at(layer->weights.kind)->reads)
        return sg_fail(
            SG_CONFIG,
            "layers.%zu.link.skip: '%.40s', but link.weights: file has no weights for it: draw them, and set "
            "those that you have in the model",
            l, layer->skip);
    return SG_OK;
}

sg_status sg_skip_check(const sg_network_config *config, size_t l) {
    const sg_layer_config *layer = &config->layers[l];
    SG_TRY(sg_check_earlier_layers("link.skip", layer->skip, l, "which has a link"));
    const uint32_t layers = sg_skip_layers(layer, l);
    if (!layers)
        return SG_OK;
    if (__builtin_popcount(layers) > SG_MAX_SKIPS)
        return sg_fail(SG_CONFIG, "layers.%zu.link.skip: '%.40s' are %d layers, expected at most %d: name fewer", l,
                       layer->skip, __builtin_popcount(layers), SG_MAX_SKIPS);
    for (size_t from = 0; from < l; from++)
        if (layers >> from & 1)
            SG_TRY(check_source(config, l, from));
    return check_target(layer, l);
}

/* ------------------------------------------------------------------------------------------------------ forward */

bool sg_is_skipped(const sg_network *network, size_t l) {
    for (size_t above = l + 2; above < network->layer_count; above++)
        for (size_t k = 0; k < network->layers[above].skip_count; k++)
            if (network->layers[above].skip_from[k] == l)
                return true;
    return false;
}

void sg_skip_lay_out(sg_workspace *workspace, const sg_stage_request *request) {
    bool comes_back = request->use.backward && sg_is_skipped(request->network, request->l);
    if (request->layer->skip_count > 0 || comes_back)
        workspace->layers[request->l].skipped =
            sg_arena_take(&workspace->memory, workspace->steps * SG_BLOCK, sizeof(float));
}

/* Spikes that come by a link: of plane number `plane` of its layer. */
static sg_spike_source source_of(const sg_layer_run *run, size_t k, size_t plane) {
    const size_t from = run->layer->skip_from[k];
    return (sg_spike_source){
        .bits = sg_spike_plane(run->workspace, &run->network->layers[from], from, plane),
    };
}

static size_t planes_of(const sg_layer_run *run, size_t k) {
    return run->network->layers[run->layer->skip_from[k]].planes;
}

void sg_skip_weigh(const sg_layer_run *run, sg_block block, float *x) {
    float *scratch = run->buffers->skipped;
    for (size_t k = 0; k < run->layer->skip_count; k++) {
        const sg_link *link = &run->layer->skips[k];
        const sg_link_call call = sg_call_of(run, link, block);
        for (size_t plane = 0; plane < planes_of(run, k); plane++) {
            link->kind->forward(&call, scratch, source_of(run, k, plane));
            run->network->kernels->add_scaled(x, scratch, 1, run->chunk.steps * block.width);
        }
    }
}

/* ----------------------------------------------------------------------------------------------------- backward */

void sg_skip_add_gradient(const sg_layer_run *run, sg_block block, const float *gx) {
    for (size_t k = 0; k < run->layer->skip_count; k++) {
        const sg_link *link = &run->layer->skips[k];
        const sg_link_call call = sg_call_of(run, link, block);
        for (size_t plane = 0; plane < planes_of(run, k); plane++)
            link->kind->backward(&call, run->gradient, gx, source_of(run, k, plane));
    }
}

/* What is stored of dL/dx was scaled for the layer's own link. */
static void seed_by(const sg_layer_run *above, const sg_link *link, sg_block block, float *scratch, float *g,
                    const uint16_t *active) {
    const sg_link_call call = sg_call_of(above, link, block);
    const sg_step_rows gx = {sg_projected(above->buffers), above->chunk.steps, 0};
    link->kind->project(&call, scratch, gx, active);
    above->network->kernels->add_scaled(g, scratch, 1 / sg_input_factor(above), above->chunk.steps * block.width);
}

void sg_skip_seed(const sg_layer_run *run, sg_block block, float *g, const uint16_t *active) {
    for (size_t l = run->l + 2; l < run->network->layer_count; l++) {
        const sg_layer_run above = sg_run_at(run, l);
        for (size_t k = 0; k < above.layer->skip_count; k++)
            if (above.layer->skip_from[k] == run->l)
                seed_by(&above, &above.layer->skips[k], block, run->buffers->skipped, g, active);
    }
}
