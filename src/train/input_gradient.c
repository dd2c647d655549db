/* dL/dinputs: what a spike more of an input channel in a step would do to the loss, to first order. */
#include "base/memory_limit.h"
#include "base/threads.h"
#include "config/config.h"
#include "engine/cpu/slice.h"
#include "learn/loss.h"
#include "learn/rule.h"
#include "train/trainer.h"

#include <stdlib.h>
#include <string.h>

/* What a thread works with. The gradient of parameters comes along on the way back and is thrown away. */
typedef struct worker {
    sg_workspace workspace;
    sg_gradient parameters;
    float *scratch;
} worker;

typedef struct task {
    sg_batch_slice batch;
    sg_workspace_use use;
    sg_link link; /* the first layer's, with what it projects by */
    float *by_inputs;
    worker *workers; /* (threads) */
} task;

static void run_sample(void *context, int s, int thread) {
    const task *work = context;
    const sg_batch_slice *batch = &work->batch;
    worker *own = &work->workers[thread];
    size_t size = batch->network->steps * work->link.inputs;
    const sg_input_gradient inputs = {&work->link, work->by_inputs + (size_t)s * size, own->scratch};
    const sg_sample_run run = {.input = sg_events_input(batch->events, batch->samples[s]), .inputs = &inputs};
    sg_slice_result result = {0};
    memset(own->parameters.touched, 0, batch->network->row_count);
    sg_forward(batch->network, &own->workspace, &run);
    sg_finish_forward(batch, &own->workspace, (size_t)s, &result);
    sg_backward(batch->network, &own->workspace, &run, batch->by_spikes, &own->parameters);
}

/* The first layer projects to no layer, so what its link projects by is made here. */
static sg_status open_link(task *work) {
    const sg_network *network = work->batch.network;
    const sg_link *first = &network->layers[0].link;
    const sg_link_request request = {.in = first->in,
                                     .config = &network->layers[0].neuron.config,
                                     .name = "weights",
                                     .projects = true,
                                     .dt_ms = network->layers[0].neuron.dt_ms};
    sg_link planned = {0};
    sg_group groups[SG_LINK_GROUPS];
    first->kind->plan(&planned, &request, groups);
    work->link = *first;
    work->link.derived_count = planned.derived_count;
    work->link.derived = sg_array(work->link.derived_count, sizeof(float));
    if (!work->link.derived)
        return SG_MEMORY;
    sg_link_refresh(
        &(sg_link_call){.kernels = network->kernels, .link = &work->link, .parameters = network->parameters});
    return SG_OK;
}

static size_t scratch_width(const task *work) {
    return sg_link_is_whole(&work->link) ? work->link.inputs : SG_BLOCK;
}

static sg_status open_worker(const task *work, worker *own) {
    const sg_network *network = work->batch.network;
    own->parameters.values = sg_array(network->parameter_count, sizeof(float));
    own->parameters.touched = sg_array(network->row_count, 1);
    own->scratch = sg_array(network->steps * scratch_width(work), sizeof(float));
    if (!own->parameters.values || !own->parameters.touched || !own->scratch)
        return SG_MEMORY;
    SG_TRY(sg_workspace_open(&own->workspace, network, work->use));
    return sg_network_changes_input(network, false)
               ? sg_workspace_reserve(&own->workspace, sg_augment_longest(NULL, work->batch.events))
               : SG_OK;
}

static void close_worker(worker *own) {
    sg_workspace_close(&own->workspace);
    free(own->parameters.values);
    free(own->parameters.touched);
    free(own->scratch);
}

static sg_status run_all(task *work, int threads) {
    sg_pool *pool;
    SG_TRY(open_link(work));
    for (int i = 0; i < threads; i++)
        SG_TRY(open_worker(work, &work->workers[i]));
    SG_TRY(sg_pool_create(threads, &pool));
    sg_pool_run(pool, (int)work->batch.end, run_sample, work);
    sg_pool_free(pool);
    return SG_OK;
}

static sg_status check_memory(const sg_network *network, sg_workspace_use use) {
    size_t each = sg_workspace_bytes(network, use) + network->parameter_count * sizeof(float) + network->row_count;
    return sg_check_memory((size_t)use.count * each, "the gradient with respect to inputs",
                           "use fewer threads, or `memory:`");
}

/* Feedback and local read-outs are how weights learn, and no derivative by what comes in: that is through the weights
 * above. EventProp's is
 * by the time of a spike, not by its number: the surrogate derivatives answer. */
static sg_backward_plan plan_of(const sg_learn_config *config) {
    sg_backward_plan plan = sg_rule_at(config->rule)->plan(config);
    if (plan.gradient == SG_GRADIENT_EVENTPROP)
        return (sg_backward_plan){.gradient = SG_GRADIENT_SURROGATE};
    plan.feedback = plan.constant_inputs = false;
    plan.local = 0;
    plan.online = 0; /* the backward form, whose gradient is the same */
    return plan;
}

sg_status sg_input_gradients(const sg_network *network, const sg_config *config, const sg_events *events,
                             const uint32_t *samples, size_t count, int threads, const double *by_outputs,
                             float *by_inputs) {
    SG_TRY(sg_check_events(network, events));
    SG_TRY(sg_check_samples(events, samples, count));
    SG_TRY(by_outputs ? sg_check_by_outputs(network, by_outputs, count)
                      : sg_check_wanted(&config->learn, network, events, samples, count));
    threads = sg_threads_for(threads, count);
    task work = {.batch = {.network = network,
                           .config = &config->learn,
                           .events = events,
                           .samples = samples,
                           .end = count,
                           .scale = 1,
                           .by_outputs = by_outputs},
                 .use = {.readout = sg_loss_at(config->learn.loss)->readout,
                         .plan = plan_of(&config->learn),
                         .backward = true,
                         .input_gradient = true,
                         .count = threads},
                 .by_inputs = by_inputs};
    SG_TRY(check_memory(network, work.use));
    work.workers = sg_array((size_t)threads, sizeof *work.workers);
    sg_status status = work.workers ? run_all(&work, threads) : SG_MEMORY;
    for (int i = 0; work.workers && i < threads; i++)
        close_worker(&work.workers[i]);
    free(work.workers);
    free(work.link.derived);
    return status;
}
