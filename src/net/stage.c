#include "net/stage.h"

#include "net/added.h"
#include "net/kink.h"
#include "net/norm_batch.h"
#include "net/skip.h"

#include <string.h>

#define ROW(name) &sg_stage_##name,
static const sg_stage *const table[] = {SG_STAGES(ROW)};

const sg_stage *sg_stage_for(const sg_stage_request *request) {
    size_t i = 0;
    while (!table[i]->applies(request))
        i++;
    return table[i];
}

/* A spike adds a row of weights, and its step's dL/dx to that row's gradient; dL/dspikes is a product over all steps. A
 * neuron's step has about as many terms as its recurrence, there and back. */
double sg_stage_operations(const sg_stage *stage, const sg_stage_request *request, double spikes) {
    enum { NEURON = 8 };
    const sg_layer *layer = request->layer;
    double neurons = (double)layer->neurons, steps = (double)request->network->steps;
    double ways = request->use.backward ? 2 : 1;
    if (stage->operations)
        return stage->operations(request, spikes);
    double products = (double)layer->link.inputs * layer->link.fan_out; /* of all inputs */
    double projected = request->use.backward && request->l > 0 ? 2 * steps * products : 0;
    double per_step = ways * SG_ASSUMED_RATE + (request->use.backward ? 2 : 0);
    double recurrent = layer->recurrent.kind ? per_step * steps * neurons * neurons : 0;
    for (size_t k = 0; k < layer->skip_count; k++)
        recurrent += per_step * steps * neurons * (double)layer->skips[k].inputs;
    return ways * (spikes * layer->link.fan_out + NEURON * steps * neurons) + projected + recurrent;
}

/* ------------------------------------------------------------------------------------------------------- arrays */

bool sg_trains_apart(const sg_layer *layer, const sg_backward_plan *plan) {
    return plan->projects_apart && layer->link.lags.trained;
}

bool sg_layer_stores_g(const sg_network *network, size_t l, const sg_workspace_use *use) {
    return l > 0 || sg_trains_apart(&network->layers[l], &use->plan) || use->input_gradient || use->by_batch ||
           network->layers[l].trains_delays || sg_link_is_whole(&network->layers[l].link) ||
           network->layers[l].recurrent.kind || network->layer_count == 1;
}

void sg_lay_out_steps(sg_workspace *workspace, const sg_stage_request *request) {
    sg_layer_buffers *buffers = &workspace->layers[request->l];
    size_t stride = request->layer->stride, block = stride < SG_BLOCK ? stride : SG_BLOCK;
    size_t kept = sg_layer_stores_g(request->network, request->l, &request->use) ? stride : block;
    if (request->l == 0 && request->use.without_first)
        return;
    buffers->x = sg_arena_take(&workspace->memory, workspace->steps * stride, sizeof(float));
    if (request->use.by_batch && request->layer->norm.rows > 0)
        sg_norm_lay_out_sample(workspace, request);
    if (request->use.backward)
        buffers->g = sg_arena_take(&workspace->memory, workspace->steps * kept, sizeof(float));
    if (request->use.backward && request->use.plan.projects_apart && kept == stride)
        buffers->below = sg_arena_take(&workspace->memory, workspace->steps * stride, sizeof(float));
}

/* Spikes a channel, from which on sorting them costs less than it saves. */
static const double SORTS_FROM = 1.5;

static bool is_worth_sorting(size_t spikes, size_t inputs) {
    return (double)spikes >= SORTS_FROM * (double)inputs;
}

/* It has room for a spike of each neuron and step, which takes half as much memory as x does; longer lists stay as they
 * are. */
void sg_lay_out_sorted(sg_workspace *workspace, const sg_stage_request *request) {
    sg_layer_buffers *buffers = &workspace->layers[request->l];
    const sg_link *link = &request->layer->link;
    size_t room = workspace->steps * request->layer->stride;
    bool is_elsewhere = request->l == 0 && request->use.without_first; /* all its threads would share the lists */
    bool wanted = request->use.backward && !is_elsewhere && link->kind->sorts;
    if (!wanted || !is_worth_sorting(room, link->inputs))
        return;
    buffers->sorted_room = room;
    buffers->sorted.row = sg_arena_take(&workspace->memory, room, sizeof(uint16_t));
    buffers->sorted.begin = sg_arena_take(&workspace->memory, link->inputs + 1, sizeof(uint32_t));
}

void sg_lay_out_states(sg_workspace *workspace, const sg_stage_request *request) {
    const sg_layer *layer = request->layer;
    const sg_general_neuron *neuron = &layer->neuron.spiking;
    sg_layer_buffers *buffers = &workspace->layers[request->l];
    sg_arena *arena = &workspace->memory;
    size_t stride = layer->stride, size = workspace->steps * stride;
    bool backward = request->use.backward;
    buffers->states = sg_arena_take(arena, workspace->kept * SG_NEURON_STATES * stride, sizeof(float));
    if (backward)
        buffers->adjoint = sg_arena_take(arena, SG_NEURON_ADJOINTS * stride, sizeof(float));
    if (backward && layer->trains_neurons)
        buffers->sums = sg_arena_take(arena, SG_NEURON_CONSTANTS * stride, sizeof(float));
    buffers->traced =
        request->use.traces ||
        (backward && (layer->trains_neurons || neuron->floor < 0 || (neuron->adapts && neuron->reset_gradient)));
    if (buffers->traced) {
        buffers->trace.current = sg_arena_take(arena, size, sizeof(float));
        buffers->trace.membrane = sg_arena_take(arena, size, sizeof(float));
        buffers->trace.adaptation = sg_arena_take(arena, size, sizeof(float));
        if (neuron->rises)
            buffers->trace.rise = sg_arena_take(arena, size, sizeof(float));
    }
}

float *sg_block_x(const sg_layer_run *run, sg_block block) {
    return run->buffers->x + block.first * run->chunk.steps;
}

float *sg_block_g(const sg_layer_run *run, sg_block block) {
    return run->buffers->g +
           (sg_layer_stores_g(run->network, run->l, &run->workspace->use) ? block.first * run->chunk.steps : 0);
}

float *sg_block_below(const sg_layer_run *run, sg_block block) {
    return run->buffers->below ? run->buffers->below + block.first * run->chunk.steps : NULL;
}

const float *sg_projected(const sg_layer_buffers *buffers) {
    return buffers->below ? buffers->below : buffers->g;
}

/* ------------------------------------------------------------------------------------------------------ neurons */

/* States lie one after the other: before the first chunk, behind it, ... */
static float *states_before(const sg_layer_run *run, size_t chunk) {
    return run->buffers->states + chunk * SG_NEURON_STATES * run->layer->stride;
}

const float *sg_state_before(const sg_layer_run *run, sg_neuron_state state) {
    return states_before(run, run->chunk.index) + (size_t)state * run->layer->stride;
}

void sg_begin_states(const sg_layer_run *run) {
    size_t index = run->chunk.index;
    memcpy(states_before(run, index + 1), states_before(run, index),
           SG_NEURON_STATES * run->layer->stride * sizeof *run->buffers->states);
}

/* The first of a row of two becomes the second; before a sample it is 0. */
static void carry(void *rows, size_t bytes, bool begins) {
    if (rows && begins)
        memset(rows, 0, bytes);
    else if (rows)
        memcpy(rows, (char *)rows + bytes, bytes);
}

void sg_carry_states(const sg_layer_run *run) {
    const sg_layer_buffers *buffers = run->buffers;
    const size_t stride = run->layer->stride;
    const bool begins = run->chunk.first == 0 && !(run->sample->online && run->sample->online->goes_on);
    carry(buffers->states, SG_NEURON_STATES * stride * sizeof *buffers->states, begins);
    carry(buffers->boundary_spikes, stride / SG_LANES * sizeof *buffers->boundary_spikes, begins);
}

void sg_begin_adjoints(const sg_layer_run *run) {
    const sg_layer_buffers *buffers = run->buffers;
    size_t stride = run->layer->stride;
    memset(buffers->adjoint, 0, SG_NEURON_ADJOINTS * stride * sizeof *buffers->adjoint);
    if (buffers->sums)
        memset(buffers->sums, 0, SG_NEURON_CONSTANTS * stride * sizeof *buffers->sums);
}

static sg_neuron_trace trace_of(const sg_layer_run *run, sg_block block) {
    const sg_neuron_trace *all = &run->buffers->trace;
    size_t start = block.first * run->chunk.steps;
    return run->buffers->traced ? (sg_neuron_trace){all->current + start, all->membrane + start,
                                                    all->adaptation + start, all->rise ? all->rise + start : NULL}
                                : (sg_neuron_trace){0};
}

static void pass_thresholds(const sg_layer_run *run, const sg_neuron_io *io) {
    const size_t words = run->layer->stride / SG_LANES;
    sg_general_neuron neuron = run->layer->neuron.spiking;
    neuron.constants += io->block.first;
    run->network->kernels->pass_thresholds(run->buffers->more + io->block.first / SG_LANES,
                                           run->workspace->steps * words, io->x, &neuron, io->span, io->block.width,
                                           io->stride);
}

/* The stepwise form, of which the others are faster forms over whole samples. */
void sg_step_forward(const sg_layer_run *run, sg_block block, size_t begin, size_t end) {
    const sg_neuron_trace trace = trace_of(run, block);
    const sg_neuron_io io = {
        .block = block,
        .stride = run->layer->stride,
        .span = {run->chunk.first, begin, end},
        .spikes = run->buffers->spikes + block.first / SG_LANES,
        .x = sg_block_x(run, block),
        .states = states_before(run, run->chunk.index + 1) + block.first,
        .trace = run->buffers->traced ? &trace : NULL,
    };
    sg_neuron_stepwise_form(run->layer->form)->forward(run->network->kernels, &run->layer->neuron, &io);
    if (run->layer->planes > 1)
        pass_thresholds(run, &io);
}

static bool is_by_time(const sg_layer_run *run) {
    return run->workspace->use.plan.gradient == SG_GRADIENT_EVENTPROP;
}

/* Steps of one window. */
static void step_back(const sg_layer_run *run, sg_block block, size_t begin, size_t end) {
    const sg_neuron_trace trace = trace_of(run, block);
    const sg_neuron_io io = {
        .block = block,
        .stride = run->layer->stride,
        .span = {run->chunk.first, begin, end},
        .x = sg_block_x(run, block),
        .g = sg_block_g(run, block),
        .below = sg_block_below(run, block),
        .states = states_before(run, run->chunk.index) + block.first,
        .adjoint = run->buffers->adjoint + block.first,
        .sums = run->buffers->sums ? run->buffers->sums + block.first : NULL,
        .constant_refractory = run->workspace->use.plan.constant_refractory,
        .trace = run->buffers->traced ? &trace : NULL,
        .by_counts = is_by_time(run) && run->by_spikes ? run->by_spikes + block.first : NULL,
        .guard = run->workspace->use.plan.guard,
    };
    sg_neuron_backward(sg_neuron_stepwise_form(run->layer->form), run->workspace->use.plan.gradient,
                       run->network->kernels, &run->layer->neuron, &io);
}

static void forget_adjoints(const sg_layer_run *run, sg_block block) {
    float *adjoint = run->buffers->adjoint + block.first;
    for (size_t row = 0; row < SG_NEURON_ADJOINTS; row++)
        memset(adjoint + row * run->layer->stride, 0, block.width * sizeof *adjoint);
}

/* The first step of the window that ends before step `end` of the chunk; 0 where the chunk begins later. */
static size_t window_begin(const sg_layer_run *run, size_t end) {
    size_t window = run->workspace->use.plan.window, last = run->chunk.first + end - 1;
    size_t begin = window > 0 ? last - last % window : 0;
    return begin > run->chunk.first ? begin - run->chunk.first : 0;
}

void sg_step_backward(const sg_layer_run *run, sg_block block, size_t begin, size_t end) {
    while (end > begin) {
        size_t from = window_begin(run, end);
        from = from > begin ? from : begin;
        if (sg_plan_cuts_at(&run->workspace->use.plan, run->chunk.first + end))
            forget_adjoints(run, block);
        step_back(run, block, from, end);
        end = from;
    }
}

void sg_add_neuron_gradient(const sg_layer_run *run) {
    const sg_layer *layer = run->layer;
    float *rows[SG_NEURON_PARAMS] = {NULL};
    if (!run->buffers->sums || run->chunk.index > 0)
        return;
    for (int param = 0; param < SG_NEURON_PARAMS; param++)
        if (layer->raw[param] && layer->neuron.config.train[param])
            rows[param] = sg_gradient_single_row(run->network->kernels, run->gradient, layer->raw[param]);
    sg_neuron_add_gradient(&layer->neuron, rows, run->buffers->sums, layer->stride);
}

/* -------------------------------------------------------------------------------------------------------- links */

sg_link_call sg_call_of(const sg_layer_run *run, const sg_link *link, sg_block block) {
    return (sg_link_call){.kernels = run->network->kernels,
                          .link = link,
                          .parameters = run->network->parameters,
                          .steps = run->chunk.steps,
                          .block = block};
}

/* --- constant numbers: the link sees one step, and its x is that of all steps; what comes back is summed over them ---
 */

/* A call of the layer's own link for what comes in. */
static sg_link_call call_for(const sg_layer_run *run, sg_block block, sg_spike_source source) {
    sg_link_call call = sg_call_of(run, &run->layer->link, block);
    call.steps = source.constant ? 1 : call.steps;
    return call;
}

/* The sum of dL/dx of a block over all steps, from the last on; whole after the first chunk. */
static float *sum_constant(const sg_layer_run *run, sg_block block, const float *gx) {
    float *sum = run->buffers->constant_gx + block.first;
    if (run->chunk.last)
        memset(sum, 0, block.width * sizeof *sum);
    run->network->kernels->add_steps(sum, gx, run->chunk.steps, block.width);
    return sum;
}

/* x, blocks of (T, width), of which the first row of all blocks, (stride), is there. Blocks are filled from the last
 * on, so that none is written over before it is read. */
static void spread_constant(const sg_layer_run *run, float *x) {
    const size_t steps = run->chunk.steps;
    for (size_t i = sg_layer_blocks(run->layer); i-- > 0;) {
        const sg_block block = sg_layer_block(run->layer, i);
        float *to = x + block.first * steps;
        memmove(to, x + block.first, block.width * sizeof *to);
        run->network->kernels->broadcast_row(to + block.width, to, steps - 1, block.width);
    }
}

float sg_input_factor(const sg_layer_run *run) {
    return run->layer->inlet.factor / (sg_drops(run->buffers, run->sample) ? 1 - run->layer->dropout : 1);
}

static sg_link_layer link_layer_of(const sg_layer_run *run) {
    return (sg_link_layer){.row = run->buffers->link_row,
                           .sums = run->buffers->link_sums,
                           .factor = sg_input_factor(run),
                           .ends = run->chunk.index == 0};
}

/* x of a link that works on the whole layer. */
static void begin_layer(const sg_layer_run *run, float *x) {
    const sg_link *link = &run->layer->link;
    const sg_spike_source source = sg_source_below(run->workspace, &run->chunk, run->l);
    const sg_link_call call = call_for(run, (sg_block){0}, source);
    const sg_link_layer layer = link_layer_of(run);
    if (!sg_link_is_whole(link))
        return;
    link->kind->forward_layer(&call, &layer, x, source);
    if (source.constant)
        spread_constant(run, x);
}

/* Where the batch is normalised, x has been weighed in the part before. */
void sg_begin_layer(const sg_layer_run *run) {
    if (!run->buffers->weighed)
        begin_layer(run, run->buffers->x);
}

/* Of a link that works on the whole layer it is there. */
static void weigh_block(const sg_layer_run *run, sg_block block, float *x) {
    const sg_layer *layer = run->layer;
    const sg_kernels *kernels = run->network->kernels;
    const sg_spike_source source = sg_source_below(run->workspace, &run->chunk, run->l);
    const sg_link_call call = call_for(run, block, source);
    size_t steps = run->chunk.steps;
    float factor = sg_input_factor(run);
    if (sg_link_is_whole(&layer->link))
        return;
    layer->link.kind->forward(&call, x, source);
    if (source.constant)
        kernels->broadcast_row(x + block.width, x, steps - 1, block.width);
    if (factor != 1)
        kernels->scale(x, factor, steps * block.width);
    if (layer->bias)
        kernels->add_row(x, run->network->parameters + layer->bias->at + block.first, steps, block.width);
    sg_skip_weigh(run, block, x);
}

void sg_weigh_block(const sg_layer_run *run, sg_block block, float *x) {
    const sg_norm *norm = &run->layer->norm;
    const float *weighed = run->buffers->weighed;
    if (weighed) {
        sg_norm_apply(norm, &run->workspace->use.norms[run->l].rows, block, run->chunk.first, run->chunk.steps,
                      weighed + block.first * run->chunk.steps, x);
        return;
    }
    weigh_block(run, block, x);
    if (norm->rows > 0)
        sg_norm_apply(norm, &norm->kept, block, run->chunk.first, run->chunk.steps, x, x);
}

void sg_weigh_layer(const sg_layer_run *run) {
    float *weighed = run->buffers->weighed;
    begin_layer(run, weighed);
    for (size_t i = 0; i < sg_layer_blocks(run->layer); i++) {
        const sg_block block = sg_layer_block(run->layer, i);
        weigh_block(run, block, weighed + block.first * run->chunk.steps);
    }
}

bool sg_will_sort(const sg_layer_run *run, sg_spike_source source) {
    size_t count = source.list.count;
    bool is_list = !source.bits && !source.value;
    return is_list && count <= run->buffers->sorted_room && is_worth_sorting(count, run->layer->link.inputs);
}

/* The spikes below for a block: sorted with the first of them, where it pays. */
static sg_spike_source source_of_gradient(const sg_layer_run *run, sg_block block) {
    const sg_layer_buffers *buffers = run->buffers;
    sg_spike_source source = sg_source_below(run->workspace, &run->chunk, run->l);
    size_t inputs = run->layer->link.inputs;
    if (!sg_will_sort(run, source))
        return source;
    if (block.first == 0)
        run->network->kernels->sort_spikes(buffers->sorted, source.list, inputs);
    source.sorted = buffers->sorted;
    return source;
}

static void add_link_gradient(const sg_layer_run *run, sg_block block, float *gx) {
    const sg_layer *layer = run->layer;
    const sg_kernels *kernels = run->network->kernels;
    const sg_spike_source source = source_of_gradient(run, block);
    sg_link_call call = call_for(run, block, source);
    size_t steps = run->chunk.steps;
    float factor = sg_input_factor(run);
    if (sg_link_is_whole(&layer->link))
        return;
    call.by_time = is_by_time(run) ? sg_block_below(run, block) : NULL;
    if (layer->bias) {
        const sg_gradient row = sg_gradient_of(run->gradient, layer->bias, block);
        kernels->clear_untouched(row.values, row.touched, 1, block.width);
        kernels->add_steps(row.values, gx, steps, block.width);
    }
    sg_skip_add_gradient(run, block, gx);
    if (factor != 1) {
        kernels->scale(gx, factor, steps * block.width);
        if (run->buffers->below)
            kernels->scale(sg_block_below(run, block), factor, steps * block.width);
    }
    if (source.constant)
        gx = sum_constant(run, block, gx);
    if (!source.constant || run->chunk.index == 0)
        layer->link.kind->backward(&call, run->gradient, gx, source);
}

/* Where x is normalised by the batch, dL/dx is not known until all samples are here: sg_finish_normalised. */
void sg_add_link_gradient(const sg_layer_run *run, sg_block block, float *gx) {
    if (run->buffers->weighed)
        return;
    if (run->layer->norm.rows > 0)
        sg_norm_apply_back(&run->layer->norm, block, run->chunk.first, run->chunk.steps, gx);
    add_link_gradient(run, block, gx);
}

void sg_finish_normalised(const sg_layer_run *run) {
    for (size_t i = 0; i < sg_layer_blocks(run->layer); i++) {
        const sg_block block = sg_layer_block(run->layer, i);
        sg_norm_batch_back(run, block, sg_block_g(run, block));
        add_link_gradient(run, block, sg_block_g(run, block));
    }
    sg_norm_batch_add_gradient(run);
}

/* ----------------------------------------------------------------------------------------------- a layer as a whole */

void sg_project_blocks(const sg_layer_run *run, const sg_link *link, float *scratch, float *by_inputs) {
    const sg_step_rows gx = {sg_projected(run->buffers), run->chunk.steps, 0};
    for (size_t i = 0; i < sg_block_count(link->stride_below); i++) {
        const sg_block inputs = sg_block_at(link->inputs, i);
        const sg_link_call call = sg_call_of(run, link, inputs);
        link->kind->project(&call, scratch, gx, NULL);
        for (size_t t = 0; t < run->chunk.steps; t++)
            memcpy(by_inputs + t * link->inputs + inputs.first, scratch + t * inputs.width,
                   inputs.neurons * sizeof *scratch);
    }
}

/* Where dL/dinputs of the link are wanted, by the surrogate derivatives of the layer below; NULL: everywhere. */
static const uint8_t *find_wanted(const sg_layer_run *run) {
    const sg_inlet *inlet = &run->layer->inlet;
    if (run->l == 0 || !inlet->is_there || inlet->delays || run->layer->added)
        return NULL;
    sg_layer_run below = *run;
    below.l--;
    below.layer--;
    below.buffers--;
    if (!below.buffers->x) /* it is somebody else's (sg_workspace_use.without_first) */
        return NULL;
    const uint16_t *active = NULL;
    for (size_t i = 0; i < sg_layer_blocks(below.layer); i++) {
        const sg_block block = sg_layer_block(below.layer, i);
        active = sg_find_active(&below, block, sg_block_x(&below, block));
        if (!active)
            return NULL;
    }
    sg_inlet_want(inlet, &run->buffers->inlet, run->chunk.steps, active, below.layer->stride, run->buffers->wanted);
    return run->buffers->wanted;
}

/* Whether dL/dinputs of the link are for something: what goes down, or delays. */
static bool wants_by_inputs(const sg_layer_run *run) {
    const sg_backward_plan *plan = &run->workspace->use.plan;
    return !plan->constant_inputs && (!plan->feedback || run->layer->trains_delays || run->l == 0);
}

/* The gradient += that of a link that works on the whole layer. */
static void add_whole_gradient(const sg_layer_run *run) {
    const sg_link *link = &run->layer->link;
    const sg_spike_source source = sg_source_below(run->workspace, &run->chunk, run->l);
    const sg_link_call call = call_for(run, (sg_block){0}, source);
    const sg_link_layer layer = link_layer_of(run);
    for (size_t i = 0; source.constant && i < sg_layer_blocks(run->layer); i++) {
        const sg_block block = sg_layer_block(run->layer, i);
        sum_constant(run, block, sg_block_g(run, block));
    }
    if (!source.constant || run->chunk.index == 0)
        link->kind->backward_layer(&call, &layer, run->gradient,
                                   source.constant ? run->buffers->constant_gx : run->buffers->g, source);
}

void sg_finish_layer(const sg_layer_run *run) {
    const sg_link *link = &run->layer->link;
    const sg_link_call call = sg_call_of(run, link, (sg_block){0});
    const sg_link_layer layer = link_layer_of(run);
    bool is_whole = sg_link_is_whole(link);
    if (is_whole)
        add_whole_gradient(run);
    if (!run->buffers->by_inputs || !wants_by_inputs(run))
        return;
    if (is_whole)
        link->kind->project_layer(&call, &layer, run->buffers->by_inputs, sg_projected(run->buffers), find_wanted(run));
    else
        sg_project_blocks(run, link, run->buffers->by_inputs_block, run->buffers->by_inputs);
    if (run->layer->trains_delays)
        sg_inlet_add_gradient(&run->layer->inlet, run->chunk.steps,
                              sg_source_below(run->workspace, &run->chunk, run->l).list, run->buffers->by_inputs,
                              sg_gradient_single_row(run->network->kernels, run->gradient, run->layer->delays));
}

/* -------------------------------------------------------------------------------------------------- from above */

sg_layer_run sg_run_at(const sg_layer_run *run, size_t l) {
    sg_layer_run other = *run;
    other.l = l;
    other.layer = &run->network->layers[l];
    other.buffers = &run->workspace->layers[l];
    return other;
}

/* With a surrogate of 0 and 1 and many spikes nearly every tile is active; to skip the search is exact, since such a
 * surrogate only picks the gradient or 0. A recurrent layer skips single neurons, so there it pays. EventProp's
 * gradient is that of spikes. */
const uint16_t *sg_find_active(const sg_layer_run *run, sg_block block, const float *u) {
    const sg_layer *layer = run->layer;
    const sg_surrogate surrogate = layer->neuron.spiking.surrogate;
    if (is_by_time(run))
        return run->buffers->spikes;
    if (layer->planes > 1) /* any of their thresholds may be near */
        return NULL;
    bool many = run->buffers->outgoing_count >= run->chunk.steps * layer->neurons / 4;
    bool nearly_all = sg_surrogate_is_step(surrogate) && surrogate.cutoff == 0 && many && !layer->recurrent.kind;
    if (!run->buffers->active || !sg_surrogate_is_compact(surrogate) || nearly_all)
        return NULL;
    run->network->kernels->find_active_tiles(run->buffers->active + block.first / SG_LANES, u, surrogate,
                                             run->chunk.steps, block.width, layer->stride);
    return run->buffers->active;
}

static void seed_by_feedback(const sg_layer_run *run, sg_block block, float *g, const uint16_t *active) {
    const sg_layer_buffers *last = &run->workspace->layers[run->network->layer_count - 1];
    const sg_step_rows gx = {sg_projected(last), run->chunk.steps, 0};
    sg_feedback_project(run->workspace->use.feedback, run->network->kernels, run->l, block, gx.steps, g, gx, active);
}

static void seed_by_local(const sg_layer_run *run, sg_block block, float *g, const uint16_t *active) {
    const sg_workspace *workspace = run->workspace;
    const sg_step_rows gx = {run->buffers->local, workspace->local_rows,
                             run->chunk.first - workspace->outputs.first_row};
    sg_feedback_project(workspace->use.feedback, run->network->kernels, run->l, block, run->chunk.steps, g, gx, active);
}

static bool has_kinks(const sg_layer_run *run) {
    const sg_workspace_use *use = &run->workspace->use;
    return use->plan.kinks && use->readout == SG_READOUT_MAX && run->l + 2 == run->network->layer_count;
}

void sg_seed_block(const sg_layer_run *run, sg_block block, float *g, const uint16_t *active) {
    const sg_stage *stage = run->workspace->stages[run->l + 1];
    const sg_layer_run above = sg_run_at(run, run->l + 1);
    if (run->seed)
        run->network->kernels->outer_product(g, run->seed->column, run->seed->row + block.first, false,
                                             run->chunk.steps, block.width);
    if (run->seed || run->l + 1 == run->network->layer_count)
        return;
    if (run->buffers->local) {
        seed_by_local(run, block, g, active);
    } else if (run->workspace->use.plan.constant_inputs) {
        memset(g, 0, run->chunk.steps * block.width * sizeof *g);
    } else if (run->workspace->use.plan.feedback) {
        seed_by_feedback(run, block, g, active);
    } else {
        stage->project(&above, block, g, active);
        sg_added_seed(run, block, g, active);
        sg_skip_seed(run, block, g, active);
        if (has_kinks(run))
            sg_kink_seed(&above, block, g);
    }
    if (run->by_spikes && !is_by_time(run)) /* else the neurons take it: a count is no time */
        run->network->kernels->add_row(g, run->by_spikes + block.first, run->chunk.steps, block.width);
}

/* dL/dspikes through the layer's link, without the inputs that dropout took out. */
void sg_project_link(const sg_layer_run *run, sg_block below, float *g, const uint16_t *active) {
    const sg_link *link = &run->layer->link;
    const sg_link_call call = sg_call_of(run, link, below);
    const sg_step_rows gx = {sg_projected(run->buffers), run->chunk.steps, 0};
    const uint16_t *mask = run->sample->dropout ? run->buffers->dropout_mask : NULL;
    if (run->buffers->by_inputs)
        sg_inlet_back(&run->layer->inlet, &run->buffers->inlet, run->chunk.steps, run->buffers->by_inputs, below, g);
    else
        link->kind->project(&call, g, gx, active);
    if (mask)
        run->network->kernels->mask_columns(g, mask + below.first / SG_LANES, run->chunk.steps, below.width);
}
