#include "net/kink.h"

#include "net/added.h"
#include "net/neuron.h"

sg_status sg_kink_check(const sg_network_config *config) {
    const size_t last = config->layer_count - 1;
    const sg_layer_config *layer = &config->layers[last];
    const bool is_plain = sg_link_at(layer->link) == &sg_link_dense && layer->pool == SG_POOL_NONE &&
                          layer->delay == SG_DELAY_NONE && sg_added_layers(layer, last) == 0;
    if (is_plain)
        return SG_OK;
    return sg_fail(
        SG_CONFIG,
        "layers.%zu.link: rule eventprop moves a maximum of loss max_ce with the spike that ends it only where "
        "spikes come through a plain dense link, without pools, delays and skips: use one, or leave the term "
        "out by eventprop.kink: false",
        last);
}

/* What arrives at one output in one step. */
typedef struct arrivals {
    const float *weights; /* of the first input, `width` from one to the next */
    size_t width, inputs;
    const uint16_t *spikes; /* of the step */
} arrivals;

static bool arrives(const arrivals *a, size_t i) {
    return a->spikes[i / SG_LANES] >> (i % SG_LANES) & 1;
}

/* The weight of input i if it is negative, as a positive number; else 0. */
static float inhibition(const arrivals *a, size_t i) {
    const float weight = a->weights[i * a->width];
    return weight < 0 ? -weight : 0;
}

static arrivals arrivals_at(const sg_layer_run *last, size_t n, size_t t) {
    const sg_link *link = &last->layer->link;
    const sg_layer_buffers *below = last->buffers - 1;
    const uint16_t *spikes = below->masked ? below->masked : below->spikes;
    const sg_block block = sg_block_at(link->neurons, n / SG_BLOCK);
    return (arrivals){.weights = last->network->parameters + sg_group_at(&link->groups[0], 0, n),
                      .width = block.width,
                      .inputs = link->inputs,
                      .spikes = spikes + t * (link->stride_below / SG_LANES)};
}

/* Current less membrane of output n in step t of the chunk, before the arrivals. */
static float rise_of(const sg_layer_run *last, const sg_eventprop *p, size_t n, size_t t) {
    const sg_block block = sg_block_at(last->layer->neurons, n / SG_BLOCK);
    const float *u = sg_block_x(last, block) + (n - block.first);
    const float before = t > 0 ? u[(t - 1) * block.width] : sg_state_before(last, SG_MEMBRANE)[n];
    return p->current_gain * (u[t * block.width] - p->beta * before) - u[t * block.width];
}

/* What a step of delay of each spike of the block, for its negative weight, adds to the maximum: a rise that is shared
 * by weight. 0 where there is no kink. */
static float rise_by_weight(const sg_layer_run *last, const sg_eventprop *p, const arrivals *a, size_t n, size_t t) {
    const float rise = rise_of(last, p, n, t);
    float sum = 0, down = 0;
    for (size_t i = 0; i < a->inputs; i++)
        if (arrives(a, i)) {
            sum += a->weights[i * a->width];
            down += inhibition(a, i);
        }
    const float bias = last->layer->bias ? last->network->parameters[sg_group_at(last->layer->bias, 0, n)] : 0;
    const float fall = rise + sum * sg_input_factor(last) + bias;
    return rise > 0 && fall < 0 && down > 0 ? p->by_tau_mem * rise / down : 0;
}

void sg_kink_seed(const sg_layer_run *last, sg_block below, float *g) {
    const sg_workspace *workspace = last->workspace;
    const sg_eventprop p = sg_neuron_eventprop(&last->layer->neuron, last->layer->stride, workspace->use.plan.guard);
    for (size_t n = 0; n < last->layer->neurons; n++) {
        const size_t peak = workspace->outputs.peak_step[n], t = peak - last->chunk.first;
        if (peak < last->chunk.first || t >= last->chunk.steps)
            continue;
        const arrivals a = arrivals_at(last, n, t);
        const float rate = (float)workspace->by_values[n] * rise_by_weight(last, &p, &a, n, t);
        for (size_t i = 0; rate != 0 && i < below.neurons; i++)
            if (arrives(&a, below.first + i))
                g[t * below.width + i] += rate * inhibition(&a, below.first + i);
    }
}
