/* What a network does with one sample: spikes and membranes, step by step. */
#include "engine/cpu/slice.h"
#include "train/trainer.h"

/* Where a chunk's rows go, (T, N). */
typedef struct record {
    size_t layer;
    uint8_t *raster;
    float *membrane;
} record;

static void copy_spikes(void *user, const sg_network *network, const sg_workspace *workspace, size_t first,
                        size_t steps) {
    const record *to = user;
    const sg_layer *layer = &network->layers[to->layer];
    const uint16_t *spikes = workspace->layers[to->layer].spikes;
    for (size_t t = 0; t < steps; t++)
        for (size_t n = 0; n < layer->neurons; n++)
            to->raster[(first + t) * layer->neurons + n] =
                spikes[t * (layer->stride / SG_LANES) + n / SG_LANES] >> (n % SG_LANES) & 1;
}

static void copy_membrane(void *user, const sg_network *network, const sg_workspace *workspace, size_t first,
                          size_t steps) {
    const record *to = user;
    const sg_layer *layer = &network->layers[to->layer];
    for (size_t n = 0; n < layer->neurons; n++) {
        sg_block block = sg_layer_block(layer, n / SG_BLOCK);
        const float *v = workspace->layers[to->layer].trace.membrane + block.first * steps + n % SG_BLOCK;
        for (size_t t = 0; t < steps; t++)
            to->membrane[(first + t) * layer->neurons + n] = v[t * block.width];
    }
}

static sg_status watch(const sg_network *network, const sg_events *events, size_t sample, sg_recorder *watcher,
                       record *to) {
    SG_TRY(sg_check_events(network, events));
    SG_TRY(sg_check_layer(network, to->layer));
    if (sample >= events->samples)
        return sg_fail(SG_ARGUMENT, "sample %zu of a store of %zu", sample, events->samples);
    sg_workspace workspace;
    /* A read-out by counts is not linear: every layer runs. */
    const sg_workspace_use use = {.readout = SG_READOUT_COUNT, .traces = to->membrane != NULL, .count = 1};
    SG_TRY(sg_workspace_open(&workspace, network, use));
    const sg_sample_run pass = {.input = sg_events_list(events, sample), .record = watcher, .user = to};
    sg_forward(network, &workspace, &pass);
    sg_workspace_close(&workspace);
    return SG_OK;
}

sg_status sg_network_raster(const sg_network *network, const sg_events *events, size_t sample, size_t layer,
                            uint8_t *raster) {
    record to = {.layer = layer, .raster = raster};
    return watch(network, events, sample, copy_spikes, &to);
}

sg_status sg_network_membrane(const sg_network *network, const sg_events *events, size_t sample, size_t layer,
                              float *membrane) {
    record to = {.layer = layer, .membrane = membrane};
    return watch(network, events, sample, copy_membrane, &to);
}
