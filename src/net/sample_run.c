#include "net/sample_run.h"

#include "base/random.h"
#include "net/added.h"
#include "net/norm_batch.h"
#include "net/online.h"
#include "net/stage.h"

#include <assert.h>
#include <string.h>

/* ------------------------------------------------------------------------------------------------------ dropout */

/* Draws which inputs of a layer stay: 16 bits a channel, eight channels a draw. */
static void draw_mask(uint16_t *mask, const sg_layer *layer, const sg_dropout_key *by, size_t l) {
    uint64_t key = sg_random_bits(by->seed, SG_STREAM_DROPOUT + (uint32_t)l, by->number);
    const uint32_t keys[2] = {(uint32_t)key, (uint32_t)(key >> 32)}, limit = (uint32_t)(layer->dropout * 65536);
    memset(mask, 0, layer->stride_below / SG_LANES * sizeof *mask);
    for (size_t i = 0; i < layer->below; i += 8) {
        const uint32_t counter[4] = {(uint32_t)i, (uint32_t)by->place, (uint32_t)(by->place >> 32), (uint32_t)l};
        uint32_t words[4], bits = 0;
        sg_philox(counter, keys, words);
        for (uint32_t k = 0; k < 8 && i + k < layer->below; k++)
            bits |= (words[k / 2] >> (16 * (k % 2)) & 0xffff) >= limit ? 1u << k : 0;
        mask[i / SG_LANES] |= (uint16_t)(bits << (i % SG_LANES));
    }
}

static void draw_masks(const sg_network *network, sg_workspace *workspace, const sg_sample_run *sample) {
    for (size_t l = 0; l < network->layer_count; l++)
        if (sg_drops(&workspace->layers[l], sample))
            draw_mask(workspace->layers[l].dropout_mask, &network->layers[l], sample->dropout, l);
}

/* The events of the channels that stay. */
static sg_input_list masked_events(sg_workspace *workspace, sg_input_list input, const uint16_t *mask) {
    const sg_spike_list events = input.list;
    size_t count = 0;
    for (size_t e = 0; e < events.count; e++) {
        uint32_t channel = events.channel[e];
        workspace->input_step[count] = events.step[e];
        workspace->input_channel[count] = channel;
        if (input.value)
            workspace->input_value[count] = input.value[e];
        count += mask[channel / SG_LANES] >> (channel % SG_LANES) & 1u;
    }
    input.list = (sg_spike_list){workspace->input_step, workspace->input_channel, count, events.first};
    input.value = input.value ? workspace->input_value : NULL;
    return input;
}

/* ------------------------------------------------------------------------------------------------------- chunks */

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
    bool online = workspace->use.plan.online > 0;
    return (sg_chunk){.index = online ? 0 : index,
                      .first = first,
                      .steps = left < workspace->steps ? left : workspace->steps,
                      .last = online || index + 1 == workspace->chunks};
}

/* What is constant is the same for each chunk. */
static sg_spike_source input_of(const sg_workspace *workspace, const sg_chunk *chunk) {
    const sg_spike_list all = workspace->input.list;
    const float *value = workspace->input.value;
    if (workspace->chunks == 1 || workspace->input.constant)
        return (sg_spike_source){.list = all, .value = value, .constant = workspace->input.constant};
    size_t begin = event_from(all, chunk->first), end = event_from(all, chunk->first + chunk->steps);
    return (sg_spike_source){.list = {all.step + begin, all.channel + begin, end - begin, chunk->first},
                             .value = value ? value + begin : NULL};
}

sg_spike_source sg_source_below(const sg_workspace *workspace, const sg_chunk *chunk, size_t l) {
    if (l == 0)
        return input_of(workspace, chunk);
    const sg_layer_buffers *below = &workspace->layers[l - 1];
    if (below->listed)
        return (sg_spike_source){.list = workspace->layers[l].incoming};
    return (sg_spike_source){.bits = below->masked ? below->masked : below->spikes};
}

sg_layer_run sg_layer_run_of(const sg_network *network, sg_workspace *workspace, const sg_sample_run *sample,
                             sg_chunk chunk, size_t l) {
    return (sg_layer_run){.network = network,
                          .workspace = workspace,
                          .sample = sample,
                          .chunk = chunk,
                          .l = l,
                          .layer = &network->layers[l],
                          .buffers = &workspace->layers[l]};
}

/* ------------------------------------------------------------------------------------------------------ forward */

/* Makes the spikes of a layer ready for the one above, in the form that its link prefers. */
static void publish_spikes(const sg_layer_run *run) {
    const sg_layer_run above = sg_run_at(run, run->l + 1);
    const sg_kernels *kernels = run->network->kernels;
    sg_layer_buffers *buffers = run->buffers;
    size_t steps = run->chunk.steps, stride = run->layer->stride;
    const uint16_t *spikes = buffers->spikes, *mask = run->sample->dropout ? above.buffers->dropout_mask : NULL;
    if (buffers->masked) {
        kernels->mask_spikes(buffers->masked, spikes, mask, steps, stride);
        spikes = buffers->masked;
    }
    buffers->outgoing_count = kernels->count_all_spikes(spikes, steps, stride);
    buffers->listed =
        run->workspace->stages[above.l]->runs_link && sg_layer_takes_list(above.layer, buffers->outgoing_count, steps);
    if (!buffers->listed)
        return;
    const sg_spike_arrays list = {buffers->step, buffers->channel};
    if (above.layer->sources > 1) {
        above.buffers->incoming = sg_added_list(&above, list);
    } else {
        kernels->list_spikes(list.step, list.channel, spikes, steps, stride);
        above.buffers->incoming = (sg_spike_list){list.step, list.channel, buffers->outgoing_count, 0};
    }
    if (above.layer->inlet.is_there)
        above.buffers->incoming =
            sg_inlet_pass(&above.layer->inlet, &above.buffers->inlet, steps, above.buffers->incoming, list,
                          above.layer->inlet.delays ? above.buffers->delayed : list);
}

/* The runs of a layer for all samples of a round. */
static void runs_of(const sg_round *round, sg_chunk chunk, size_t l, sg_layer_run runs[SG_ROUND]) {
    for (size_t s = 0; s < round->count; s++)
        runs[s] = sg_layer_run_of(round->network, &round->workspaces[s], &round->samples[s], chunk, l);
}

static void run_layer(const sg_round *round, sg_chunk chunk, size_t l) {
    const sg_stage *stage = round->workspaces->stages[l];
    sg_layer_run runs[SG_ROUND];
    runs_of(round, chunk, l, runs);
    for (size_t s = 0; s < round->count; s++)
        sg_begin_layer(&runs[s]);
    if (stage->forward_round)
        stage->forward_round(runs, round->count);
    for (size_t s = 0; stage->forward && s < round->count; s++)
        stage->forward(&runs[s]);
    for (size_t s = 0; l + 1 < round->network->layer_count && s < round->count; s++)
        publish_spikes(&runs[s]);
}

/* Layers from `l` to before `end`, whose spikes below are there. */
static void run_layers(const sg_round *round, sg_chunk chunk, size_t l, size_t end) {
    for (; l < end; l++)
        run_layer(round, chunk, l);
}

/* Spikes of a layer in a chunk beyond the first of each neuron and step. */
static size_t count_more(const sg_network *network, const sg_workspace *workspace, size_t l, size_t steps) {
    const sg_layer *layer = &network->layers[l];
    size_t count = 0;
    for (size_t k = 1; k < layer->planes; k++)
        count += network->kernels->count_all_spikes(sg_spike_plane(workspace, layer, l, k), steps, layer->stride);
    return count;
}

static void count_spikes(const sg_network *network, sg_workspace *workspace, const sg_chunk *chunk) {
    for (size_t l = 0; l < network->layer_count; l++) {
        sg_layer_buffers *buffers = &workspace->layers[l];
        bool counted = l + 1 < network->layer_count && !buffers->masked;
        if (network->layers[l].neuron.spiking.fires)
            buffers->spike_count +=
                counted ? buffers->outgoing_count
                        : network->kernels->count_all_spikes(buffers->spikes, chunk->steps, network->layers[l].stride);
        buffers->spike_count += count_more(network, workspace, l, chunk->steps);
    }
}

/* The counts of outputs that fire more than once in a step. */
static void read_more(const sg_layer_run *run) {
    for (size_t k = 1; k < run->layer->planes && run->workspace->use.readout == SG_READOUT_COUNT; k++)
        run->network->kernels->count_spikes(run->workspace->outputs.counts,
                                            sg_spike_plane(run->workspace, run->layer, run->l, k), run->chunk.steps,
                                            run->layer->stride);
}

/* What is read of the last layer, of which a stage may have an own way. */
static void read_chunk(const sg_layer_run *run) {
    const sg_stage *stage = run->workspace->stages[run->l];
    if (stage->read)
        stage->read(run);
    else
        sg_readout_collect(run->workspace->use.readout, run->network->kernels, &run->workspace->outputs,
                           run->buffers->x, run->buffers->spikes, run->chunk.first, run->chunk.steps,
                           run->network->steps, run->layer->neurons);
    read_more(run);
}

static void begin_reading(const sg_layer_run *run) {
    const sg_stage *stage = run->workspace->stages[run->l];
    if (stage->begin_reading)
        stage->begin_reading(run);
    else
        sg_readout_begin(&run->workspace->outputs, run->network->steps, run->layer->stride);
}

static void end_reading(const sg_layer_run *run) {
    const sg_stage *stage = run->workspace->stages[run->l];
    if (stage->end_reading)
        stage->end_reading(run);
    else
        sg_readout_values(run->workspace->use.readout, &run->workspace->outputs, run->network->steps,
                          run->layer->neurons, run->workspace->values);
}

/* The numbers of local read-outs, of a chunk. */
static void read_local(const sg_network *network, sg_workspace *workspace, const sg_chunk *chunk) {
    for (size_t l = 0; l + 1 < network->layer_count; l++)
        if (workspace->layers[l].local)
            sg_feedback_read(workspace->use.feedback, network->kernels, l, workspace->layers[l].spikes, chunk->steps,
                             workspace->layers[l].local, workspace->local_rows,
                             chunk->first - workspace->outputs.first_row);
}

/* After a chunk went forward through all layers. */
static void collect(const sg_network *network, sg_workspace *workspace, const sg_sample_run *sample, sg_chunk chunk) {
    const sg_layer_run last = sg_layer_run_of(network, workspace, sample, chunk, network->layer_count - 1);
    count_spikes(network, workspace, &chunk);
    read_chunk(&last);
    read_local(network, workspace, &chunk);
    if (sample->record)
        sample->record(sample->user, network, workspace, chunk.first, chunk.steps);
}

void sg_forward_begin(const sg_network *network, sg_workspace *workspace, const sg_sample_run *sample) {
    const sg_layer_run last =
        sg_layer_run_of(network, workspace, sample, sg_chunk_at(network, workspace, 0), network->layer_count - 1);
    for (size_t l = 0; l < network->layer_count; l++)
        workspace->layers[l].spike_count = 0;
    begin_reading(&last);
    draw_masks(network, workspace, sample);
    workspace->outputs.first_row = 0;
    workspace->outputs.rows = sg_readout_rows(workspace->use.readout, network->steps);
    workspace->input = sg_drops(&workspace->layers[0], sample)
                           ? masked_events(workspace, sample->input, workspace->layers[0].dropout_mask)
                           : sample->input;
    if (network->layers[0].inlet.is_there)
        workspace->input.list = sg_inlet_pass(&network->layers[0].inlet, &workspace->layers[0].inlet, network->steps,
                                              workspace->input.list, workspace->delayed, workspace->delayed);
}

static void end(const sg_network *network, sg_workspace *workspace, const sg_sample_run *sample) {
    const sg_layer_run last =
        sg_layer_run_of(network, workspace, sample, sg_chunk_at(network, workspace, 0), network->layer_count - 1);
    end_reading(&last);
}

/* Forward in time: the layers go on where they were, and the numbers that are read are the chunk's. */
static void begin_online_chunk(const sg_network *network, sg_workspace *workspace, const sg_sample_run *sample,
                               sg_chunk chunk) {
    for (size_t l = 0; l < network->layer_count; l++) {
        const sg_layer_run run = sg_layer_run_of(network, workspace, sample, chunk, l);
        sg_carry_states(&run);
    }
    if (!sg_readout_has_rows(workspace->use.readout))
        return;
    workspace->outputs.first_row = chunk.first;
    workspace->outputs.rows = chunk.steps;
}

/* A sample forward in time, and its gradient where it is wanted. */
static void forward_online(const sg_network *network, sg_workspace *workspace, const sg_sample_run *sample) {
    const sg_online_run *online = sample->online;
    sg_forward_begin(network, workspace, sample);
    if (online && online->gradient && !online->goes_on)
        sg_online_begin(network, workspace);
    for (size_t c = 0; c < workspace->chunks; c++) {
        const sg_chunk chunk = sg_chunk_at(network, workspace, c);
        begin_online_chunk(network, workspace, sample, chunk);
        run_layers(&(sg_round){network, workspace, sample, 1}, chunk, 0, network->layer_count);
        collect(network, workspace, sample, chunk);
        if (online && online->loss)
            online->loss(online->user, workspace);
        if (online && online->gradient)
            sg_online_learn(network, workspace, sample, chunk, c + 1 < workspace->chunks || online->is_part);
    }
    end(network, workspace, sample);
}

void sg_forward_round(const sg_round *round) {
    const sg_network *network = round->network;
    for (size_t s = 0; round->workspaces->use.plan.online > 0 && s < round->count; s++)
        forward_online(network, &round->workspaces[s], &round->samples[s]);
    if (round->workspaces->use.plan.online > 0)
        return;
    for (size_t s = 0; s < round->count; s++)
        sg_forward_begin(network, &round->workspaces[s], &round->samples[s]);
    for (size_t c = 0; c < round->workspaces->chunks; c++) {
        const sg_chunk chunk = sg_chunk_at(network, round->workspaces, c);
        run_layers(round, chunk, 0, network->layer_count);
        for (size_t s = 0; s < round->count; s++)
            collect(network, &round->workspaces[s], &round->samples[s], chunk);
    }
    for (size_t s = 0; s < round->count; s++)
        end(network, &round->workspaces[s], &round->samples[s]);
}

void sg_forward(const sg_network *network, sg_workspace *workspace, const sg_sample_run *sample) {
    sg_forward_round(&(sg_round){network, workspace, sample, 1});
}

void sg_forward_first(const sg_network *network, sg_workspace *workspace, const sg_sample_run *sample, sg_block block,
                      const sg_block_scratch *scratch) {
    const sg_layer_run run = sg_layer_run_of(network, workspace, sample, sg_chunk_at(network, workspace, 0), 0);
    workspace->stages[0]->forward_block(&run, block, scratch->x, false, run.buffers->spikes + block.first / SG_LANES);
}

void sg_forward_above(const sg_network *network, sg_workspace *workspace, const sg_sample_run *sample) {
    const sg_chunk all = sg_chunk_at(network, workspace, 0);
    const sg_layer_run first = sg_layer_run_of(network, workspace, sample, all, 0);
    publish_spikes(&first);
    run_layers(&(sg_round){network, workspace, sample, 1}, all, 1, network->layer_count);
    collect(network, workspace, sample, all);
    end(network, workspace, sample);
}

size_t sg_part_count(const sg_network *network) {
    size_t count = 1;
    for (size_t l = 0; l < network->layer_count; l++)
        count += network->layers[l].norm.rows > 0;
    return count;
}

size_t sg_part_begin(const sg_network *network, size_t part) {
    size_t l = 0;
    if (part == 0)
        return 0;
    for (size_t seen = 0; l < network->layer_count; l++) {
        seen += network->layers[l].norm.rows > 0;
        if (seen == part)
            break;
    }
    return l;
}

void sg_forward_part(const sg_network *network, sg_workspace *workspace, const sg_sample_run *sample, size_t part) {
    const sg_chunk all = sg_chunk_at(network, workspace, 0);
    const size_t end_layer = sg_part_begin(network, part + 1);
    if (part == 0)
        sg_forward_begin(network, workspace, sample);
    run_layers(&(sg_round){network, workspace, sample, 1}, all, sg_part_begin(network, part), end_layer);
    if (end_layer < network->layer_count) {
        const sg_layer_run next = sg_layer_run_of(network, workspace, sample, all, end_layer);
        sg_weigh_layer(&next);
        sg_norm_batch_sum(&next);
        return;
    }
    collect(network, workspace, sample, all);
    end(network, workspace, sample);
}

void sg_read(const sg_network *network, const sg_workspace *workspace, double *values) {
    memcpy(values, workspace->values, sg_network_top(network)->neurons * sizeof *values);
}

void sg_read_row(const sg_network *network, const sg_workspace *workspace, size_t row, double *values) {
    const sg_layer *last = sg_network_top(network);
    if (!sg_readout_has_rows(workspace->use.readout)) {
        sg_read(network, workspace, values);
        return;
    }
    for (size_t n = 0; n < last->neurons; n++)
        values[n] = workspace->outputs.membranes[(row - workspace->outputs.first_row) * last->stride + n];
}

float *sg_local_at(const sg_network *network, const sg_workspace *workspace, size_t l, size_t row, size_t output) {
    const sg_block block = sg_block_at(sg_network_top(network)->neurons, output / SG_BLOCK);
    return workspace->layers[l].local + block.first * workspace->local_rows +
           (row - workspace->outputs.first_row) * block.width + (output - block.first);
}

/* ----------------------------------------------------------------------------------------------------- backward */

static void begin_backward(const sg_network *network, sg_workspace *workspace, const sg_sample_run *sample,
                           const sg_gradient *gradient) {
    for (size_t l = 0; l < network->layer_count; l++) {
        sg_layer_run run = sg_layer_run_of(network, workspace, sample, sg_chunk_at(network, workspace, 0), l);
        run.gradient = gradient;
        if (run.buffers->link_sums)
            memset(run.buffers->link_sums, 0, run.layer->link.sums_count * sizeof *run.buffers->link_sums);
        if (workspace->stages[l]->begin_backward)
            workspace->stages[l]->begin_backward(&run);
    }
}

/* dL/dspikes, or dL/dmembrane, of the last layer, from that with respect to what was read of it. */
void sg_seed_last(const sg_layer_run *run) {
    if (!run->workspace->stages[run->l]->read && !run->workspace->seeded)
        sg_readout_seed(run->workspace->use.readout, run->network->kernels, &run->workspace->outputs,
                        run->workspace->by_values, run->workspace->use.plan.gradient == SG_GRADIENT_EVENTPROP,
                        run->buffers->g, run->chunk.first, run->chunk.steps, run->network->steps, run->layer->neurons);
}

/* dL/dinputs in the steps of a chunk, from dL/dx of the first layer. */
static void project_inputs_whole(const sg_layer_run *run) {
    const sg_input_gradient *inputs = run->sample->inputs;
    const sg_link *link = inputs->link;
    const sg_link_call call = sg_call_of(run, link, (sg_block){0});
    const sg_link_layer layer = {.row = run->buffers->link_row, .factor = sg_input_factor(run)};
    size_t channels = link->in.channels, places = link->inputs / channels;
    link->kind->project_layer(&call, &layer, inputs->scratch, sg_projected(run->buffers), NULL);
    for (size_t t = 0; t < run->chunk.steps; t++)
        for (size_t i = 0; i < link->inputs; i++)
            inputs->by_inputs[(run->chunk.first + t) * link->inputs + i % channels * places + i / channels] =
                inputs->scratch[t * link->inputs + i];
}

static void project_inputs(const sg_layer_run *run) {
    const sg_input_gradient *inputs = run->sample->inputs;
    const sg_link *link = inputs->link;
    if (sg_link_is_whole(link)) {
        project_inputs_whole(run);
        return;
    }
    sg_project_blocks(run, link, inputs->scratch, inputs->by_inputs + run->chunk.first * link->inputs);
}

/* What a layer's backward leaves to be done for each sample. */
static void finish_back(const sg_layer_run *run) {
    sg_finish_layer(run);
    if (run->l > 0 || !run->sample->inputs)
        return;
    project_inputs(run);
    sg_inlet_back_to_inputs(&run->layer->inlet, run->chunk.steps, run->sample->inputs->by_inputs);
}

static void run_layer_back(const sg_round *round, sg_chunk chunk, size_t l, const float *by_spikes,
                           const sg_gradient *gradient) {
    const sg_stage *stage = round->workspaces->stages[l];
    sg_layer_run runs[SG_ROUND];
    runs_of(round, chunk, l, runs);
    for (size_t s = 0; s < round->count; s++) {
        runs[s].by_spikes = by_spikes;
        runs[s].gradient = gradient;
        if (l + 1 == round->network->layer_count)
            sg_seed_last(&runs[s]);
    }
    if (stage->backward_round)
        stage->backward_round(runs, round->count);
    for (size_t s = 0; stage->backward && s < round->count; s++)
        stage->backward(&runs[s]);
    for (size_t s = 0; s < round->count; s++)
        if (runs[s].buffers->weighed)
            sg_norm_batch_sum_back(&runs[s]);
        else
            finish_back(&runs[s]);
}

/* Layers from below `end` down to `lowest`. */
static void run_layers_back(const sg_round *round, sg_chunk chunk, const float *const by_spikes[SG_MAX_LAYERS],
                            size_t lowest, size_t end, const sg_gradient *gradient) {
    for (size_t l = end; l-- > lowest;)
        run_layer_back(round, chunk, l, by_spikes[l], gradient);
}

/* Chunks but the last are run forward again, from the states before them. */
void sg_backward_round(const sg_round *round, const float *const by_spikes[SG_MAX_LAYERS],
                       const sg_gradient *gradient) {
    assert(round->count == 1 || round->workspaces->chunks == 1);
    if (round->workspaces->use.plan.online > 0) {
        sg_online_end(round->network, round->workspaces, round->samples);
        return;
    }
    for (size_t s = 0; s < round->count; s++)
        begin_backward(round->network, &round->workspaces[s], &round->samples[s], gradient);
    for (size_t c = round->workspaces->chunks; c-- > 0;) {
        const sg_chunk chunk = sg_chunk_at(round->network, round->workspaces, c);
        if (!chunk.last)
            run_layers(round, chunk, 0, round->network->layer_count);
        run_layers_back(round, chunk, by_spikes, 0, round->network->layer_count, gradient);
    }
}

void sg_backward(const sg_network *network, sg_workspace *workspace, const sg_sample_run *sample,
                 const float *const by_spikes[SG_MAX_LAYERS], const sg_gradient *gradient) {
    sg_backward_round(&(sg_round){network, workspace, sample, 1}, by_spikes, gradient);
}

void sg_backward_above(const sg_network *network, sg_workspace *workspace, const sg_sample_run *sample,
                       const float *const by_spikes[SG_MAX_LAYERS], const sg_gradient *gradient) {
    begin_backward(network, workspace, sample, gradient);
    run_layers_back(&(sg_round){network, workspace, sample, 1}, sg_chunk_at(network, workspace, 0), by_spikes, 1,
                    network->layer_count, gradient);
}

void sg_backward_part(const sg_network *network, sg_workspace *workspace, const sg_sample_run *sample,
                      const float *const by_spikes[SG_MAX_LAYERS], size_t part, const sg_gradient *gradient) {
    const sg_chunk all = sg_chunk_at(network, workspace, 0);
    const size_t end_layer = sg_part_begin(network, part + 1);
    if (end_layer == network->layer_count) {
        begin_backward(network, workspace, sample, gradient);
    } else {
        sg_layer_run above = sg_layer_run_of(network, workspace, sample, all, end_layer);
        above.gradient = gradient;
        sg_finish_normalised(&above);
        finish_back(&above);
    }
    run_layers_back(&(sg_round){network, workspace, sample, 1}, all, by_spikes, sg_part_begin(network, part), end_layer,
                    gradient);
}

void sg_backward_first(const sg_network *network, sg_workspace *workspace, const sg_sample_run *sample,
                       const float *const by_spikes[SG_MAX_LAYERS], sg_block block, const sg_block_scratch *scratch,
                       const sg_gradient *gradient) {
    sg_layer_run run = sg_layer_run_of(network, workspace, sample, sg_chunk_at(network, workspace, 0), 0);
    run.by_spikes = by_spikes[0];
    run.gradient = gradient;
    workspace->stages[0]->forward_block(&run, block, scratch->x, true, NULL);
    workspace->stages[0]->backward_block(&run, block, scratch);
}
