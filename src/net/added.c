#include "net/added.h"

#include "base/number.h"

#include <string.h>

/* ------------------------------------------------------------------------------------------------ configuration */

/* Takes the next number of "0, 2" and the blanks about it. */
static bool take_layer(const char **text, size_t below, uint32_t *layers) {
    int64_t number;
    *text += strspn(*text, " ");
    if (**text < '0' || **text > '9' || !sg_parse_integer(*text, text, &number))
        return false;
    if (number < 0 || (size_t)number >= below || *layers >> number & 1)
        return false;
    *layers |= 1u << number;
    *text += strspn(*text, " ");
    return true;
}

bool sg_earlier_layers(const char *text, size_t layer, uint32_t *layers) {
    *layers = 0;
    if (sg_is_empty(text) || strcmp(text, "none") == 0)
        return true;
    if (layer == 0)
        return false;
    while (take_layer(&text, layer - 1, layers))
        if (*text++ != ',')
            return !text[-1];
    return false;
}

sg_status sg_check_earlier_layers(const char *key, const char *text, size_t layer, const char *anyway) {
    uint32_t layers;
    if (sg_earlier_layers(text, layer, &layers))
        return SG_OK;
    if (layer < 2)
        return sg_fail(SG_CONFIG, "layers.%zu.%s: '%.40s', but there is no layer before the one below: use none", layer,
                       key, text);
    return sg_fail(SG_CONFIG,
                   "layers.%zu.%s: found '%.40s', expected none, or numbers from 0 to %zu, each once, with commas "
                   "between: layers before the one below, %s anyway",
                   layer, key, text, layer - 2, anyway);
}

uint32_t sg_added_layers(const sg_layer_config *config, size_t layer) {
    uint32_t layers;
    return sg_earlier_layers(config->added, layer, &layers) ? layers : 0;
}

sg_status sg_added_check(const sg_layer_config *config, size_t layer) {
    SG_TRY(sg_check_earlier_layers("link.add", config->added, layer, "whose spikes come in"));
    if (sg_added_layers(config, layer) && config->pool == SG_POOL_MAX)
        return sg_fail(SG_CONFIG,
                       "layers.%zu.link.add: '%.40s', but link.pool is max, which lets one spike of a window through: "
                       "use sum or avg",
                       layer, config->added);
    return SG_OK;
}

sg_status sg_added_check_shapes(const sg_layer_config *config, size_t layer, const sg_shape *shapes) {
    const uint32_t layers = sg_added_layers(config, layer);
    for (size_t l = 0; l < layer; l++) {
        const sg_shape from = shapes[l], below = shapes[layer - 1];
        if (layers >> l & 1 && memcmp(&from, &below, sizeof from) != 0)
            return sg_fail(SG_CONFIG,
                           "layers.%zu.link.add: layer %zu is %ux%ux%u, but the layer below is %ux%ux%u, and spikes "
                           "are added one to one: give both the same shape",
                           layer, l, from.channels, from.height, from.width, below.channels, below.height, below.width);
    }
    return SG_OK;
}

/* ------------------------------------------------------------------------------------------------------ forward */

bool sg_is_added(const sg_network *network, size_t l) {
    for (size_t above = l + 2; above < network->layer_count; above++)
        if (network->layers[above].added >> l & 1)
            return true;
    return false;
}

const uint16_t *sg_spike_plane(const sg_workspace *workspace, const sg_layer *layer, size_t l, size_t k) {
    const sg_layer_buffers *buffers = &workspace->layers[l];
    const size_t words = layer->stride / SG_LANES;
    return k == 0 ? buffers->spikes : buffers->more + (k - 1) * workspace->steps * words;
}

/* What comes in, and the inputs that dropout leaves in. */
typedef struct sources {
    const uint16_t *spikes[SG_MAX_LAYERS * SG_MAX_SPIKES]; /* (count) of (T, words) */
    size_t count;
    const uint16_t *mask; /* (words), or NULL */
} sources;

static sources sources_of(const sg_layer_run *above) {
    sources from = {.mask = above->sample->dropout ? above->buffers->dropout_mask : NULL};
    for (size_t l = 0; l < above->l; l++) {
        const sg_layer *layer = &above->network->layers[l];
        const bool comes_in = l + 1 == above->l || above->layer->added >> l & 1;
        for (size_t k = 0; comes_in && k < layer->planes; k++)
            from.spikes[from.count++] = sg_spike_plane(above->workspace, layer, l, k);
    }
    return from;
}

/* The spikes of one tile of neurons, from number `first` on, in step t; `at` is its word in the bits. */
static void list_tile(const sources *from, size_t at, uint32_t kept, size_t t, size_t first, sg_spike_arrays to,
                      size_t *count) {
    uint32_t any = 0;
    for (size_t i = 0; i < from->count; i++)
        any |= from->spikes[i][at];
    for (any &= kept; any; any &= any - 1) {
        const uint32_t lane = (uint32_t)__builtin_ctz(any);
        for (size_t i = 0; i < from->count; i++)
            if (from->spikes[i][at] >> lane & 1) {
                to.step[*count] = (uint16_t)t;
                to.channel[(*count)++] = (uint32_t)first + lane;
            }
    }
}

sg_spike_list sg_added_list(const sg_layer_run *above, sg_spike_arrays to) {
    const sources from = sources_of(above);
    const size_t words = above->layer->stride_below / SG_LANES;
    size_t count = 0;
    for (size_t t = 0; t < above->chunk.steps; t++)
        for (size_t word = 0; word < words; word++)
            list_tile(&from, t * words + word, from.mask ? from.mask[word] : 0xffff, t, word * SG_LANES, to, &count);
    return (sg_spike_list){to.step, to.channel, count, 0};
}

/* ----------------------------------------------------------------------------------------------------- backward */

void sg_added_seed(const sg_layer_run *run, sg_block block, float *g, const uint16_t *active) {
    float *scratch = run->buffers->added_g;
    for (size_t l = run->l + 2; l < run->network->layer_count; l++) {
        const sg_layer_run above = sg_run_at(run, l);
        if (!(above.layer->added >> run->l & 1))
            continue;
        run->workspace->stages[l]->project(&above, block, scratch, active);
        run->network->kernels->add_scaled(g, scratch, 1, run->chunk.steps * block.width);
    }
}
