#include "net/workspace.h"

#include "base/number.h"
#include "net/added.h"
#include "net/online.h"
#include "net/skip.h"
#include "net/stage.h"

#include <math.h>
#include <stdlib.h>

/* What a layer hands to the one above, and what the gradient from there is wanted for. */
static void lay_out_outgoing(sg_workspace *workspace, const sg_stage_request *request) {
    sg_layer_buffers *buffers = &workspace->layers[request->l];
    const sg_layer *layer = request->layer, *above = layer + 1;
    sg_arena *arena = &workspace->memory;
    size_t words = layer->stride / SG_LANES, size = above->sources * workspace->steps * layer->stride;
    if (request->use.backward && sg_is_added(request->network, request->l))
        buffers->added_g = sg_arena_take(arena, workspace->steps * SG_BLOCK, sizeof(float));
    if (request->use.backward && above->dropout > 0)
        buffers->masked = sg_arena_take(arena, workspace->steps * words, sizeof(uint16_t));
    if (!workspace->stages[request->l + 1]->runs_link)
        return;
    if (sg_layer_takes_list(above, 0, workspace->steps)) { /* or else it never wants one */
        buffers->step = sg_arena_take(arena, size + SG_LANES, sizeof(uint16_t));
        buffers->channel = sg_arena_take(arena, size + SG_LANES, sizeof(uint32_t));
    }
    if (request->use.backward && !buffers->active)
        buffers->active = sg_arena_take(arena, workspace->steps * words, sizeof(uint16_t));
}

/* Whether dL/dinputs of the layer's link go back through an inlet. */
static bool buffers_pass_inlet(const sg_stage_request *request) {
    const sg_layer *layer = request->layer;
    return request->use.backward && layer->inlet.is_there && (request->l > 0 || layer->trains_delays);
}

/* What the inlet and a link that works on the whole layer need. */
static void lay_out_incoming(sg_workspace *workspace, const sg_stage_request *request) {
    const sg_layer *layer = request->layer;
    sg_layer_buffers *buffers = &workspace->layers[request->l];
    sg_arena *arena = &workspace->memory;
    bool is_whole = sg_link_is_whole(&layer->link), backward = request->use.backward;
    buffers->inlet = sg_inlet_buffers_lay_out(&layer->inlet, arena, workspace->steps);
    if (layer->inlet.delays && request->l > 0) {
        const size_t most = layer->sources * workspace->steps * layer->stride_below;
        buffers->delayed.step = sg_arena_take(arena, most, sizeof(uint16_t));
        buffers->delayed.channel = sg_arena_take(arena, most, sizeof(uint32_t));
    }
    if (is_whole)
        buffers->link_row = sg_arena_take(arena, layer->link.row_count, sizeof(float));
    if (is_whole && backward)
        buffers->link_sums = sg_arena_take(arena, layer->link.sums_count, sizeof(float));
    if (request->l == 0 && backward)
        buffers->constant_gx = sg_arena_take(arena, layer->stride, sizeof(float));
    if (buffers_pass_inlet(request))
        buffers->by_inputs = sg_arena_take(arena, workspace->steps * layer->link.inputs, sizeof(float));
    if (buffers_pass_inlet(request) && is_whole)
        buffers->wanted = sg_arena_take(arena, workspace->steps * layer->link.inputs / layer->link.in.channels, 1);
    if (buffers_pass_inlet(request) && !is_whole)
        buffers->by_inputs_block = sg_arena_take(arena, workspace->steps * SG_BLOCK, sizeof(float));
}

static void lay_out_layer(sg_workspace *workspace, const sg_stage_request *request) {
    const sg_layer *layer = request->layer;
    sg_layer_buffers *buffers = &workspace->layers[request->l];
    sg_arena *arena = &workspace->memory;
    size_t words = layer->stride / SG_LANES, before = arena->used;
    *buffers = (sg_layer_buffers){0};
    buffers->history = sg_arena_take(arena, (1 + workspace->steps) * words, sizeof(uint16_t));
    buffers->spikes = buffers->history ? buffers->history + words : NULL;
    if (layer->planes > 1)
        buffers->more = sg_arena_take(arena, (layer->planes - 1) * workspace->steps * words, sizeof(uint16_t));
    if (request->use.backward && layer->dropout > 0)
        buffers->dropout_mask = sg_arena_take(arena, layer->stride_below / SG_LANES, sizeof(uint16_t));
    lay_out_incoming(workspace, request);
    sg_skip_lay_out(workspace, request);
    workspace->stages[request->l]->lay_out(workspace, request);
    if (request->l + 1 < request->network->layer_count)
        lay_out_outgoing(workspace, request);
    buffers->bytes = arena->used - before;
}

static sg_stage_request request_of(const sg_network *network, const sg_workspace *workspace, sg_workspace_use use,
                                   size_t l) {
    return (sg_stage_request){
        .network = network,
        .l = l,
        .layer = &network->layers[l],
        .use = use,
        .cut = workspace->chunks > 1 || use.plan.online > 0,
    };
}

static void lay_out(sg_workspace *workspace, const sg_network *network, sg_workspace_use use) {
    const sg_layer *last = sg_network_top(network);
    const size_t steps = use.plan.online > 0 ? workspace->steps : network->steps; /* whose numbers are kept */
    for (size_t l = 0; l < network->layer_count; l++) {
        const sg_stage_request request = request_of(network, workspace, use, l);
        lay_out_layer(workspace, &request);
    }
    if (!workspace->stages[network->layer_count - 1]->read)
        sg_readout_lay_out(use.readout, &workspace->outputs, &workspace->memory, steps, last->stride);
    workspace->values = sg_arena_take(&workspace->memory, last->neurons, sizeof(double));
    if (use.backward)
        workspace->by_values =
            sg_arena_take(&workspace->memory, sg_readout_rows(use.readout, steps) * last->neurons, sizeof(double));
    workspace->local_rows = steps;
    for (size_t l = 0; use.backward && use.plan.local > 0 && l + 1 < network->layer_count; l++)
        workspace->layers[l].local = sg_arena_take(&workspace->memory, steps * last->stride, sizeof(float));
    if (use.backward && use.plan.online > 0)
        sg_eligibility_lay_out(&workspace->eligibility, &workspace->memory, network, workspace->steps,
                               !sg_readout_has_rows(use.readout), !use.plan.constant_inputs);
}

/* A workspace whose chunks have `steps` steps, only counted. */
static sg_workspace planned(const sg_network *network, sg_workspace_use use, size_t steps) {
    sg_workspace workspace = {.steps = steps, .chunks = (network->steps + steps - 1) / steps, .use = use};
    workspace.kept = use.plan.online > 0 ? 2 : workspace.chunks + 1;
    for (size_t l = 0; l < network->layer_count; l++) {
        const sg_stage_request request = request_of(network, &workspace, use, l);
        workspace.stages[l] = sg_stage_for(&request);
    }
    lay_out(&workspace, network, use);
    return workspace;
}

/* The longest chunks that fit, or else those that need least. Forward in time the sums depend on the chunks, which
 * therefore depend on the plan alone. */
sg_workspace sg_workspace_plan(const sg_network *network, sg_workspace_use use) {
    if (use.plan.online > 0)
        return planned(network, use, use.plan.online < network->steps ? use.plan.online : network->steps);
    sg_workspace best = planned(network, use, network->steps);
    double limit = network->memory_limit / (use.count > 0 ? use.count : 1);
    size_t steps = (network->steps - 1) / SG_FLUSH_STEPS * SG_FLUSH_STEPS;
    bool whole = sg_network_delays(network) || use.readout == SG_READOUT_TRAIN || use.by_batch;
    for (; network->memory_limit > 0 && !whole && (double)best.memory.used > limit && steps > 0;
         steps -= SG_FLUSH_STEPS) {
        sg_workspace next = planned(network, use, steps);
        if (next.memory.used < best.memory.used)
            best = next;
    }
    return best;
}

sg_status sg_workspace_open(sg_workspace *workspace, const sg_network *network, sg_workspace_use use) {
    char needed[32], given[32];
    *workspace = sg_workspace_plan(network, use);
    double total = (double)workspace->memory.used * use.count;
    if (network->memory_limit > 0 && total > network->memory_limit) {
        sg_format_number(needed, sizeof needed, ceil(total / 1e4) / 100);
        sg_format_number(given, sizeof given, network->memory_limit / 1e6);
        return sg_fail(SG_CONFIG, "memory: %s MB, but the buffers of %d %s%s need %s MB at least: give more, or use %s",
                       given, use.count, use.by_batch ? "sample" : "thread", use.count == 1 ? "" : "s", needed,
                       use.by_batch ? "a smaller batch" : "fewer threads");
    }
    SG_TRY(sg_arena_open(&workspace->memory));
    lay_out(workspace, network, use);
    for (size_t l = 0; l < network->layer_count; l++) {
        const sg_stage_request request = request_of(network, workspace, use, l);
        if (workspace->stages[l]->prepare)
            workspace->stages[l]->prepare(workspace, &request);
    }
    return SG_OK;
}

size_t sg_workspace_bytes(const sg_network *network, sg_workspace_use use) {
    return sg_workspace_plan(network, use).memory.used;
}

size_t sg_workspace_round(const sg_network *network, sg_workspace_use use) {
    const sg_workspace workspace = sg_workspace_plan(network, use);
    double each = (double)workspace.memory.used * use.count;
    size_t most = 1;
    bool may = use.backward && workspace.chunks == 1 && use.plan.online == 0;
    for (size_t l = 0; may && l < network->layer_count; l++) {
        const sg_stage_request request = request_of(network, &workspace, use, l);
        size_t wanted = workspace.stages[l]->round ? workspace.stages[l]->round(&request) : 1;
        most = wanted > most ? wanted : most;
    }
    while (most > 1 && network->memory_limit > 0 && each * (double)most > network->memory_limit)
        most--;
    return most;
}

bool sg_workspace_may_omit_first(const sg_network *network, sg_workspace_use use) {
    return network->layer_count > 1 && sg_workspace_plan(network, use).stages[0]->forward_block;
}

void sg_workspace_close(sg_workspace *workspace) {
    sg_arena_close(&workspace->memory);
    free(workspace->input_step);
    free(workspace->input_channel);
    free(workspace->input_value);
    free(workspace->delayed.step);
    free(workspace->delayed.channel);
    workspace->input_step = NULL;
    workspace->input_channel = NULL;
    workspace->input_value = NULL;
    workspace->delayed = (sg_spike_arrays){0};
    workspace->capacity = 0;
}

sg_status sg_workspace_reserve(sg_workspace *workspace, size_t events) {
    if (events <= workspace->capacity)
        return SG_OK;
    free(workspace->input_step);
    free(workspace->input_channel);
    free(workspace->input_value);
    workspace->input_step = sg_array(events, sizeof *workspace->input_step);
    workspace->input_channel = sg_array(events, sizeof *workspace->input_channel);
    workspace->input_value = sg_array(events, sizeof *workspace->input_value);
    free(workspace->delayed.step);
    free(workspace->delayed.channel);
    workspace->delayed.step = sg_array(events, sizeof *workspace->delayed.step);
    workspace->delayed.channel = sg_array(events, sizeof *workspace->delayed.channel);
    bool there = workspace->input_step && workspace->input_channel && workspace->input_value &&
                 workspace->delayed.step && workspace->delayed.channel;
    workspace->capacity = there ? events : 0;
    return workspace->capacity == events ? SG_OK : SG_MEMORY;
}
