#include "net/sample_run.h"

#include "base/random.h"

#include <string.h>

float sg_dropout_of(const sg_network *network, const sg_sample_run *pass, size_t l) {
    return pass->draw ? network->layers[l].dropout : 0;
}

static size_t words_of(const sg_layer *layer) {
    return layer->shape.stride / SG_LANES;
}

/* ------------------------------------------------------------------------------------------------- dropout */

/* Draws which inputs of a layer stay: 16 bits a channel, eight channels a draw. */
static void draw_kept(uint16_t *kept, const sg_layer *layer, const sg_dropout_key *draw, size_t l) {
    uint64_t key = sg_random_bits(draw->seed, SG_STREAM_DROPOUT + (uint32_t)l, draw->number);
    const uint32_t keys[2] = {(uint32_t)key, (uint32_t)(key >> 32)}, limit = (uint32_t)(layer->dropout * 65536);
    memset(kept, 0, layer->shape.stride_below / SG_LANES * sizeof *kept);
    for (size_t i = 0; i < layer->shape.inputs; i += 8) {
        const uint32_t counter[4] = {(uint32_t)i, (uint32_t)draw->place, (uint32_t)(draw->place >> 32), (uint32_t)l};
        uint32_t words[4], bits = 0;
        sg_philox(counter, keys, words);
        for (uint32_t k = 0; k < 8 && i + k < layer->shape.inputs; k++)
            bits |= (words[k / 2] >> (16 * (k % 2)) & 0xffff) >= limit ? 1u << k : 0;
        kept[i / SG_LANES] |= (uint16_t)(bits << (i % SG_LANES));
    }
}

static void draw_all(const sg_network *network, sg_workspace *workspace, const sg_sample_run *pass) {
    for (size_t l = 0; l < network->layer_count; l++)
        if (sg_drops(&workspace->layers[l], pass))
            draw_kept(workspace->layers[l].kept, &network->layers[l], pass->draw, l);
}

/* The events of the channels that stay. */
static sg_spike_list kept_events(sg_workspace *workspace, sg_spike_list events, const uint16_t *kept) {
    size_t count = 0;
    for (size_t e = 0; e < events.count; e++) {
        uint32_t channel = events.channel[e];
        workspace->input_step[count] = events.step[e];
        workspace->input_channel[count] = channel;
        count += kept[channel / SG_LANES] >> (channel % SG_LANES) & 1u;
    }
    return (sg_spike_list){workspace->input_step, workspace->input_channel, count, events.first};
}

/* -------------------------------------------------------------------------------------------------- chunks */

/* The first event of step `step` or later. */
static size_t event_from(sg_spike_list events, size_t step) {
    size_t low = 0, high = events.count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (events.step[middle] < step)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

sg_chunk sg_chunk_at(const sg_network *network, const sg_workspace *workspace, size_t index) {
    size_t first = index * workspace->steps, left = network->steps - first;
    return (sg_chunk){.index = index,
                      .first = first,
                      .steps = left < workspace->steps ? left : workspace->steps,
                      .last = index + 1 == workspace->chunks};
}

static sg_spike_list input_of(const sg_workspace *workspace, const sg_chunk *chunk) {
    sg_spike_list all = workspace->input;
    if (workspace->chunks == 1)
        return all;
    size_t begin = event_from(all, chunk->first), end = event_from(all, chunk->first + chunk->steps);
    return (sg_spike_list){all.step + begin, all.channel + begin, end - begin, chunk->first};
}

sg_spike_source sg_source_below(const sg_workspace *workspace, const sg_chunk *chunk, size_t l) {
    if (l == 0)
        return (sg_spike_source){.list = input_of(workspace, chunk)};
    const sg_layer_buffers *below = &workspace->layers[l - 1];
    if (below->listed)
        return (sg_spike_source){.list = {below->step, below->channel, below->listed_count, 0}};
    return (sg_spike_source){.bits = below->handed ? below->handed : below->spikes};
}

/* ------------------------------------------------------------------------------------------------ one layer */

/* The neurons' states behind a chunk; before it they are those of the chunk before. */
static float *states_behind(const sg_layer_buffers *buffers, const sg_layer *layer, const sg_chunk *chunk) {
    return buffers->states + (chunk->index + 1) * SG_NEURON_STATES * layer->shape.stride;
}

/* x of a block from the layer below, and the bias. */
static void weigh(const sg_network *network, const sg_layer *layer, float *x, sg_spike_source source,
                  const sg_chunk *chunk, sg_block block, bool dropping) {
    const sg_kernels *kernels = network->kernels;
    sg_link_shape shape = layer->shape;
    shape.steps = chunk->steps;
    layer->link->forward(kernels, x, network->parameters + sg_group_block_at(layer, &layer->groups[0], block), source,
                         &shape, block);
    if (dropping)
        kernels->scale(x, 1 / (1 - layer->dropout), chunk->steps * block.width);
    if (layer->bias)
        kernels->add_row(x, network->parameters + sg_group_at(layer, layer->bias) + block.first, chunk->steps,
                         block.width);
}

static void run_neurons(const sg_network *network, sg_layer_buffers *buffers, const sg_layer *layer,
                        const sg_chunk *chunk, size_t begin, size_t end, sg_block block) {
    size_t start = block.first * chunk->steps, stride = layer->shape.stride;
    const sg_neuron_trace trace = {buffers->trace.current + start, buffers->trace.membrane + start,
                                   buffers->trace.adaptation + start};
    sg_general_neuron spiking = layer->neuron.spiking;
    spiking.constants += block.first;
    network->kernels->general_neuron_forward(buffers->spikes + block.first / SG_LANES, buffers->x + start,
                                             states_behind(buffers, layer, chunk) + block.first,
                                             buffers->traced ? &trace : NULL, &spiking,
                                             (sg_span){chunk->first, begin, end}, block.width, stride);
}

bool sg_can_fuse(const sg_layer *layer, const sg_layer_buffers *buffers, const sg_sample_run *pass,
                 sg_spike_source source) {
    return layer->link->forward_cuba_lif && layer->neuron.spiking.fires && !layer->bias && !sg_drops(buffers, pass) &&
           !source.bits;
}

/* The whole sample of a block: u in x (T, width), if it is kept, and spikes (T, stride / SG_LANES), or NULL. */
static void run_whole(const sg_network *network, const sg_layer *layer, const sg_layer_buffers *buffers,
                      const sg_sample_run *pass, float *x, bool keeps, uint16_t *spikes, sg_spike_source source,
                      const sg_chunk *chunk, sg_block block) {
    const sg_cuba_lif neuron = sg_neuron_cuba_lif(&layer->neuron, layer->shape.stride);
    if (sg_can_fuse(layer, buffers, pass, source)) {
        layer->link->forward_cuba_lif(network->kernels, spikes, x, keeps,
                                      network->parameters + sg_group_block_at(layer, &layer->groups[0], block),
                                      source.list, neuron, &layer->shape, block);
        return;
    }
    weigh(network, layer, x, source, chunk, block, sg_drops(buffers, pass));
    if (layer->neuron.spiking.fires)
        network->kernels->cuba_lif_forward(spikes, x, neuron, chunk->steps, block.width, layer->shape.stride);
    else
        network->kernels->li_forward(x, neuron.beta, chunk->steps, block.width);
}

/* Steps one after the other, since all neurons' spikes of one come back in the next. */
static void run_recurrent(const sg_network *network, sg_layer_buffers *buffers, const sg_layer *layer,
                          const sg_chunk *chunk) {
    size_t words = words_of(layer), blocks = sg_block_count(layer->shape.stride);
    memcpy(buffers->before, buffers->last + chunk->index * words, words * sizeof *buffers->before);
    for (size_t t = 0; t < chunk->steps; t++)
        for (size_t i = 0; i < blocks; i++) {
            sg_block block = sg_layer_block(layer, i);
            network->kernels->add_spikes(buffers->x + block.first * chunk->steps + t * block.width,
                                         network->parameters + sg_group_block_at(layer, layer->own, block),
                                         buffers->before + t * words, layer->shape.neurons, block.width);
            run_neurons(network, buffers, layer, chunk, t, t + 1, block);
        }
    memcpy(buffers->last + (chunk->index + 1) * words, buffers->before + chunk->steps * words,
           words * sizeof *buffers->before);
}

static void begin_states(const sg_layer_buffers *buffers, const sg_layer *layer, const sg_chunk *chunk) {
    size_t size = SG_NEURON_STATES * layer->shape.stride;
    if (buffers->states)
        memcpy(states_behind(buffers, layer, chunk), states_behind(buffers, layer, chunk) - size,
               size * sizeof *buffers->states);
}

static void run_layer(const sg_network *network, sg_workspace *workspace, const sg_sample_run *pass,
                      const sg_chunk *chunk, size_t l) {
    const sg_layer *layer = &network->layers[l];
    sg_layer_buffers *buffers = &workspace->layers[l];
    const sg_spike_source source = sg_source_below(workspace, chunk, l);
    begin_states(buffers, layer, chunk);
    for (size_t i = 0; i < sg_block_count(layer->shape.stride); i++) {
        sg_block block = sg_layer_block(layer, i);
        float *x = buffers->x + block.first * chunk->steps;
        if (!buffers->states) {
            run_whole(network, layer, buffers, pass, x, true, buffers->spikes + block.first / SG_LANES, source, chunk,
                      block);
            continue;
        }
        weigh(network, layer, x, source, chunk, block, sg_drops(buffers, pass));
        if (!layer->own)
            run_neurons(network, buffers, layer, chunk, 0, chunk->steps, block);
    }
    if (layer->own)
        run_recurrent(network, buffers, layer, chunk);
}

/* Makes the spikes of a layer ready for the link above, in the form that it asks for. */
static void hand_up(const sg_network *network, sg_workspace *workspace, const sg_sample_run *pass,
                    const sg_chunk *chunk, size_t l) {
    const sg_layer *above = &network->layers[l + 1];
    const uint16_t *kept = pass->draw ? workspace->layers[l + 1].kept : NULL;
    size_t stride = network->layers[l].shape.stride;
    sg_layer_buffers *buffers = &workspace->layers[l];
    sg_link_shape shape = above->shape;
    shape.steps = chunk->steps;
    const uint16_t *spikes = buffers->spikes;
    if (buffers->handed) {
        network->kernels->mask_spikes(buffers->handed, spikes, kept, chunk->steps, stride);
        spikes = buffers->handed;
    }
    buffers->listed_count = network->kernels->count_all_spikes(spikes, chunk->steps, stride);
    buffers->listed =
        !sg_uses_linear_readout(workspace, network, l + 1) && !above->link->wants_bits(buffers->listed_count, &shape);
    if (buffers->listed)
        network->kernels->list_spikes(buffers->step, buffers->channel, spikes, chunk->steps, stride);
}

/* Layers from `l` on, whose spikes below are there. */
static void run_layers(const sg_network *network, sg_workspace *workspace, const sg_sample_run *pass,
                       const sg_chunk *chunk, size_t l) {
    for (; l < network->layer_count && !sg_uses_linear_readout(workspace, network, l); l++) {
        run_layer(network, workspace, pass, chunk, l);
        if (l + 1 < network->layer_count)
            hand_up(network, workspace, pass, chunk, l);
    }
}

void sg_forward_chunk(const sg_network *network, sg_workspace *workspace, const sg_sample_run *pass,
                      const sg_chunk *chunk) {
    run_layers(network, workspace, pass, chunk, 0);
}

/* ----------------------------------------------------------------------------------------------- the sample */

/* Of the last layer. */
static void read_chunk(const sg_network *network, sg_workspace *workspace, const sg_chunk *chunk) {
    size_t last = network->layer_count - 1;
    if (workspace->is_linear)
        sg_linear_readout_collect(&workspace->linear, network, sg_source_below(workspace, chunk, last).bits,
                                  chunk->first, chunk->steps);
    else
        sg_readout_collect(workspace->readout, network->kernels, &workspace->outputs, workspace->layers[last].x,
                           workspace->layers[last].spikes, chunk->first, chunk->steps, &network->layers[last].shape);
}

static void collect(const sg_network *network, sg_workspace *workspace, const sg_sample_run *pass,
                    const sg_chunk *chunk) {
    size_t last = network->layer_count - 1;
    for (size_t l = 0; l < network->layer_count; l++) {
        sg_layer_buffers *buffers = &workspace->layers[l];
        if (network->layers[l].neuron.spiking.fires)
            buffers->spike_count += l < last && !buffers->handed
                                        ? buffers->listed_count
                                        : network->kernels->count_all_spikes(buffers->spikes, chunk->steps,
                                                                             network->layers[l].shape.stride);
    }
    read_chunk(network, workspace, chunk);
    if (pass->watch)
        pass->watch(pass->user, network, workspace, chunk->first, chunk->steps);
}

void sg_forward_begin(const sg_network *network, sg_workspace *workspace, const sg_sample_run *pass) {
    for (size_t l = 0; l < network->layer_count; l++)
        workspace->layers[l].spike_count = 0;
    if (workspace->is_linear)
        sg_linear_readout_begin(&workspace->linear, network);
    else
        sg_readout_begin(workspace->readout, &workspace->outputs, &network->layers[network->layer_count - 1].shape);
    draw_all(network, workspace, pass);
    workspace->input = sg_drops(&workspace->layers[0], pass)
                           ? kept_events(workspace, pass->input, workspace->layers[0].kept)
                           : pass->input;
}

static void end(const sg_network *network, sg_workspace *workspace, const sg_sample_run *pass) {
    if (workspace->is_linear)
        sg_linear_readout_forward(&workspace->linear, network, sg_dropout_of(network, pass, network->layer_count - 1));
}

void sg_forward(const sg_network *network, sg_workspace *workspace, const sg_sample_run *pass) {
    sg_forward_begin(network, workspace, pass);
    for (size_t c = 0; c < workspace->chunks; c++) {
        const sg_chunk chunk = sg_chunk_at(network, workspace, c);
        sg_forward_chunk(network, workspace, pass, &chunk);
        collect(network, workspace, pass, &chunk);
    }
    end(network, workspace, pass);
}

void sg_forward_first(const sg_network *network, sg_workspace *workspace, const sg_sample_run *pass, sg_block block,
                      const sg_block_scratch *room, bool again) {
    const sg_layer *layer = &network->layers[0];
    const sg_chunk all = sg_chunk_at(network, workspace, 0);
    const sg_layer_buffers *buffers = &workspace->layers[0];
    run_whole(network, layer, buffers, pass, room->x, again, again ? NULL : buffers->spikes + block.first / SG_LANES,
              sg_source_below(workspace, &all, 0), &all, block);
}

void sg_forward_above(const sg_network *network, sg_workspace *workspace, const sg_sample_run *pass) {
    const sg_chunk all = sg_chunk_at(network, workspace, 0);
    hand_up(network, workspace, pass, &all, 0);
    run_layers(network, workspace, pass, &all, 1);
    collect(network, workspace, pass, &all);
    end(network, workspace, pass);
}

void sg_read(const sg_network *network, const sg_workspace *workspace, double *values) {
    const sg_link_shape *shape = &network->layers[network->layer_count - 1].shape;
    if (workspace->is_linear)
        for (size_t n = 0; n < shape->neurons; n++)
            values[n] = workspace->linear.values[n];
    else
        sg_readout_values(workspace->readout, &workspace->outputs, shape, values);
}
