#include "net/sample_run.h"
#include "net/surrogate.h"

#include <string.h>

/* Whether the gradient is computed only in tiles where the surrogate derivative is not 0. Where that is a step and many
 * neurons fire there are hardly any others to find, and since such a derivative picks the gradient or 0, either way
 * gives the same bits. */
static bool seeks_support(const sg_layer *layer, const sg_layer_buffers *buffers, const sg_chunk *chunk) {
    const sg_surrogate surrogate = layer->neuron.spiking.surrogate;
    bool many = buffers->listed_count >= chunk->steps * layer->shape.neurons / 4;
    return sg_surrogate_is_compact(surrogate) && !(sg_surrogate_is_step(surrogate) && many);
}

/* Where a block begins in a layer's g. */
static size_t g_start(const sg_network *network, const sg_chunk *chunk, size_t l, sg_block block) {
    return sg_layer_stores_g(network, l) ? block.first * chunk->steps : 0;
}

/* g of one block: the gradient by its spikes that comes from the layer above. */
static void project_from_above(const sg_network *network, sg_workspace *workspace, const sg_sample_run *pass,
                               const sg_chunk *chunk, size_t l, sg_block block, float *g, const float *u) {
    const sg_kernels *kernels = network->kernels;
    const sg_layer *layer = &network->layers[l], *above = layer + 1;
    sg_layer_buffers *buffers = &workspace->layers[l];
    const uint16_t *kept = pass->draw ? workspace->layers[l + 1].kept : NULL;
    uint16_t *active = seeks_support(layer, buffers, chunk) ? buffers->active : NULL;
    sg_link_shape shape = above->shape;
    shape.steps = chunk->steps;
    if (active)
        kernels->find_active_tiles(active + block.first / SG_LANES, u, layer->neuron.spiking.surrogate, chunk->steps,
                                   block.width, layer->shape.stride);
    above->link->project(kernels, g, workspace->layers[l + 1].g, above->transposed, active, &shape, block);
    if (kept)
        kernels->mask_columns(g, kept + block.first / SG_LANES, chunk->steps, block.width);
}

/* g of one block of a layer but the last: from the layer above, and what the loss wants of each spike. */
static void seed_block(const sg_network *network, sg_workspace *workspace, const sg_sample_run *pass,
                       const sg_chunk *chunk, const float *by_spikes, size_t l, sg_block block, float *g,
                       const float *u) {
    if (sg_uses_linear_readout(workspace, network, l + 1))
        sg_linear_readout_project(&workspace->linear, network, g, chunk->first, chunk->steps, block);
    else
        project_from_above(network, workspace, pass, chunk, l, block, g, u);
    if (by_spikes)
        network->kernels->add_row(g, by_spikes + block.first, chunk->steps, block.width);
}

static void run_whole(const sg_network *network, const sg_layer *layer, float *g, const float *u, sg_rank_one product,
                      const sg_chunk *chunk, sg_block block) {
    const sg_cuba_lif neuron = sg_neuron_cuba_lif(&layer->neuron, layer->shape.stride);
    if (layer->neuron.spiking.fires)
        network->kernels->cuba_lif_backward(g, u, product, neuron, layer->neuron.spiking.surrogate, chunk->steps,
                                            block.width);
    else
        network->kernels->li_backward(g, neuron.beta, chunk->steps, block.width);
}

static void run_neurons(const sg_network *network, sg_layer_buffers *buffers, const sg_layer *layer, float *g,
                        const sg_chunk *chunk, size_t begin, size_t end, sg_block block) {
    size_t start = block.first * chunk->steps, stride = layer->shape.stride;
    const float *states = buffers->states + chunk->index * SG_NEURON_STATES * stride + block.first;
    const sg_neuron_trace trace = {buffers->trace.current + start, buffers->trace.membrane + start,
                                   buffers->trace.adaptation + start};
    sg_general_neuron spiking = layer->neuron.spiking;
    spiking.constants += block.first;
    network->kernels->general_neuron_backward(g, buffers->adjoint + block.first,
                                              buffers->sums ? buffers->sums + block.first : NULL, buffers->x + start,
                                              states, buffers->traced ? &trace : NULL, &spiking,
                                              (sg_span){chunk->first, begin, end}, block.width, stride);
}

/* g of step t of a block += what its spikes do to the layer itself in the step behind. */
static void project_own(const sg_network *network, sg_layer_buffers *buffers, const sg_layer *layer,
                        const sg_chunk *chunk, size_t t, sg_block below) {
    bool behind = t + 1 == chunk->steps;
    size_t stride = layer->shape.stride;
    for (size_t i = 0; i < sg_block_count(stride); i++) {
        sg_block block = sg_layer_block(layer, i);
        const float *gx =
            behind ? buffers->gx_above + block.first : buffers->g + block.first * chunk->steps + (t + 1) * block.width;
        network->kernels->project(buffers->g + below.first * chunk->steps + t * below.width, gx,
                                  layer->transposed_own + block.first * stride + below.first, NULL, true, 1,
                                  block.neurons, block.width, below.width, stride);
    }
}

static void run_recurrent(const sg_network *network, sg_layer_buffers *buffers, const sg_layer *layer,
                          const sg_chunk *chunk) {
    size_t blocks = sg_block_count(layer->shape.stride);
    for (size_t t = chunk->steps; t-- > 0;)
        for (size_t i = 0; i < blocks; i++) {
            sg_block block = sg_layer_block(layer, i);
            if (!chunk->last || t + 1 < chunk->steps)
                project_own(network, buffers, layer, chunk, t, block);
            run_neurons(network, buffers, layer, buffers->g + block.first * chunk->steps, chunk, t, t + 1, block);
        }
    for (size_t i = 0; i < blocks; i++) {
        sg_block block = sg_layer_block(layer, i);
        memcpy(buffers->gx_above + block.first, buffers->g + block.first * chunk->steps, block.width * sizeof(float));
    }
}

/* ------------------------------------------------------------------------------------------------ gradients */

/* The spikes of the layer itself, each in the step in which it comes back. */
static sg_spike_source own_source(const sg_network *network, const sg_layer_buffers *buffers, const sg_layer *layer,
                                  const sg_link_shape *shape) {
    const sg_kernels *kernels = network->kernels;
    size_t count = kernels->count_all_spikes(buffers->before, shape->steps, shape->stride);
    if (layer->link->wants_bits(count, shape))
        return (sg_spike_source){.bits = buffers->before};
    kernels->list_spikes(buffers->own_step, buffers->own_channel, buffers->before, shape->steps, shape->stride);
    return (sg_spike_source){.list = {buffers->own_step, buffers->own_channel, count, 0}};
}

static void add_own(const sg_network *network, const sg_layer_buffers *buffers, const sg_layer *layer,
                    const sg_chunk *chunk, const sg_gradient *gradient) {
    sg_link_shape shape = layer->recurrent;
    shape.steps = chunk->steps;
    const sg_spike_source source = own_source(network, buffers, layer, &shape);
    for (size_t i = 0; i < sg_block_count(shape.stride); i++) {
        sg_block block = sg_layer_block(layer, i);
        const sg_gradient rows = sg_gradient_of(gradient, layer, layer->own, block);
        layer->link->backward(network->kernels, rows.values, rows.touched, buffers->g + block.first * chunk->steps,
                              source, &shape, block);
    }
}

/* The gradient by the bias and the weights to a block, from its g. */
static void add_weights(const sg_network *network, const sg_workspace *workspace, const sg_sample_run *pass,
                        const sg_chunk *chunk, size_t l, sg_block block, float *g, const sg_gradient *gradient) {
    const sg_kernels *kernels = network->kernels;
    const sg_layer *layer = &network->layers[l];
    const sg_gradient rows = sg_gradient_of(gradient, layer, &layer->groups[0], block);
    sg_link_shape shape = layer->shape;
    shape.steps = chunk->steps;
    if (layer->bias) {
        const sg_gradient row = sg_gradient_of(gradient, layer, layer->bias, block);
        kernels->clear_untouched(row.values, row.touched, 1, block.width);
        kernels->add_steps(row.values, g, chunk->steps, block.width);
    }
    if (sg_drops(&workspace->layers[l], pass))
        kernels->scale(g, 1 / (1 - layer->dropout), chunk->steps * block.width);
    layer->link->backward(kernels, rows.values, rows.touched, g, sg_source_below(workspace, chunk, l), &shape, block);
}

/* Of what is trained of the neurons, once the sums are whole. */
static void add_neurons(const sg_network *network, const sg_layer_buffers *buffers, const sg_layer *layer,
                        const sg_gradient *gradient) {
    const float *raw[SG_NEURON_PARAMS];
    float *rows[SG_NEURON_PARAMS] = {NULL};
    sg_layer_raws(network, layer, raw);
    for (int param = 0; param < SG_NEURON_PARAMS; param++)
        if (layer->raw[param] && layer->neuron.config.train[param])
            rows[param] = sg_group_row(network, layer, layer->raw[param], gradient);
    sg_neuron_add_gradient(&layer->neuron, raw, rows, buffers->sums, layer->shape.stride);
}

/* ------------------------------------------------------------------------------------------------ the sample */

/* The gradient by the weights to a block, through neurons and link at once. */
static void run_at_once(const sg_network *network, const sg_layer *layer, float *g, const float *u, sg_rank_one product,
                        sg_spike_list input, sg_block block, const sg_gradient *gradient) {
    const sg_gradient rows = sg_gradient_of(gradient, layer, &layer->groups[0], block);
    layer->link->backward_cuba_lif(network->kernels, rows.values, rows.touched, g, u, product, input,
                                   sg_neuron_cuba_lif(&layer->neuron, layer->shape.stride),
                                   layer->neuron.spiking.surrogate, &layer->shape, block);
}

/* A block from the gradient by its spikes to that by its weights; of a recurrent layer, which goes on from there, only
 * the former. The seed of the last layer is in g already, that of others is made here. */
static void run_block(const sg_network *network, sg_workspace *workspace, const sg_sample_run *pass,
                      const sg_chunk *chunk, const float *by_spikes, size_t l, sg_block block, float *g, const float *u,
                      const sg_gradient *gradient) {
    const sg_layer *layer = &network->layers[l];
    const sg_spike_source source = sg_source_below(workspace, chunk, l);
    sg_layer_buffers *buffers = &workspace->layers[l];
    bool whole = !buffers->adjoint;
    bool takes_product = whole && !by_spikes && sg_uses_linear_readout(workspace, network, l + 1);
    sg_rank_one product = {NULL, NULL};
    if (takes_product)
        product = sg_linear_readout_gradient(&workspace->linear, chunk->first, block);
    else if (l + 1 < network->layer_count)
        seed_block(network, workspace, pass, chunk, by_spikes, l, block, g, u);
    if (whole && !sg_layer_stores_g(network, l) && sg_can_fuse(layer, buffers, pass, source)) {
        run_at_once(network, layer, g, u, product, source.list, block, gradient);
        return;
    }
    if (whole)
        run_whole(network, layer, g, u, product, chunk, block);
    else if (!layer->own)
        run_neurons(network, buffers, layer, g, chunk, 0, chunk->steps, block);
    if (!layer->own)
        add_weights(network, workspace, pass, chunk, l, block, g, gradient);
}

static void run_layer(const sg_network *network, sg_workspace *workspace, const sg_sample_run *pass,
                      const sg_chunk *chunk, const float *by_spikes, size_t l, const sg_gradient *gradient) {
    const sg_layer *layer = &network->layers[l];
    sg_layer_buffers *buffers = &workspace->layers[l];
    size_t blocks = sg_block_count(layer->shape.stride);
    for (size_t i = 0; i < blocks; i++) {
        sg_block block = sg_layer_block(layer, i);
        float *g = buffers->g + g_start(network, chunk, l, block);
        run_block(network, workspace, pass, chunk, by_spikes, l, block, g, buffers->x + block.first * chunk->steps,
                  gradient);
    }
    if (layer->own) {
        run_recurrent(network, buffers, layer, chunk);
        add_own(network, buffers, layer, chunk, gradient);
        for (size_t i = 0; i < blocks; i++) {
            sg_block block = sg_layer_block(layer, i);
            add_weights(network, workspace, pass, chunk, l, block, buffers->g + block.first * chunk->steps, gradient);
        }
    }
    if (buffers->sums && chunk->index == 0)
        add_neurons(network, buffers, layer, gradient);
}

static void begin(const sg_network *network, sg_workspace *workspace) {
    for (size_t l = 0; l < network->layer_count; l++) {
        sg_layer_buffers *buffers = &workspace->layers[l];
        size_t stride = network->layers[l].shape.stride;
        if (buffers->adjoint)
            memset(buffers->adjoint, 0, SG_NEURON_ADJOINTS * stride * sizeof(float));
        if (buffers->sums)
            memset(buffers->sums, 0, SG_NEURON_CONSTANTS * stride * sizeof(float));
    }
}

/* Layers down to `lowest`. */
static void run_layers(const sg_network *network, sg_workspace *workspace, const sg_sample_run *pass,
                       const sg_chunk *chunk, const float *const by_spikes[SG_MAX_LAYERS], size_t lowest,
                       const sg_gradient *gradient) {
    size_t last = network->layer_count - 1;
    if (!workspace->is_linear)
        sg_readout_seed(workspace->readout, network->kernels, &workspace->outputs, workspace->by_values,
                        workspace->layers[last].g, chunk->first, chunk->steps, &network->layers[last].shape);
    for (size_t l = workspace->is_linear ? last : last + 1; l-- > lowest;)
        run_layer(network, workspace, pass, chunk, by_spikes[l], l, gradient);
}

/* Of a linear read-out, whose layer is done for all of time at once. */
static void run_linear(const sg_network *network, sg_workspace *workspace, const sg_sample_run *pass,
                       const sg_gradient *gradient) {
    size_t last = network->layer_count - 1;
    if (workspace->is_linear)
        sg_linear_readout_backward(&workspace->linear, network, workspace->by_values,
                                   sg_dropout_of(network, pass, last), pass->draw ? workspace->layers[last].kept : NULL,
                                   gradient);
}

void sg_backward(const sg_network *network, sg_workspace *workspace, const sg_sample_run *pass,
                 const float *const by_spikes[SG_MAX_LAYERS], const sg_gradient *gradient) {
    begin(network, workspace);
    run_linear(network, workspace, pass, gradient);
    for (size_t c = workspace->chunks; c-- > 0;) {
        const sg_chunk chunk = sg_chunk_at(network, workspace, c);
        if (!chunk.last)
            sg_forward_chunk(network, workspace, pass, &chunk);
        run_layers(network, workspace, pass, &chunk, by_spikes, 0, gradient);
    }
}

void sg_backward_above(const sg_network *network, sg_workspace *workspace, const sg_sample_run *pass,
                       const float *const by_spikes[SG_MAX_LAYERS], const sg_gradient *gradient) {
    const sg_chunk all = sg_chunk_at(network, workspace, 0);
    begin(network, workspace);
    run_linear(network, workspace, pass, gradient);
    run_layers(network, workspace, pass, &all, by_spikes, 1, gradient);
}

void sg_backward_first(const sg_network *network, sg_workspace *workspace, const sg_sample_run *pass,
                       const float *const by_spikes[SG_MAX_LAYERS], sg_block block, const sg_block_scratch *room,
                       const sg_gradient *gradient) {
    const sg_chunk all = sg_chunk_at(network, workspace, 0);
    sg_forward_first(network, workspace, pass, block, room, true);
    run_block(network, workspace, pass, &all, by_spikes[0], 0, block, room->g, room->x, gradient);
}
