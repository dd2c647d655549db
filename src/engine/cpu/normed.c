#include "engine/cpu/normed.h"

size_t sg_normed_most(const sg_network *network, const sg_learn_config *config) {
    return sg_part_count(network) > 1 ? 2 * (size_t)config->batch : 0;
}

/* One more: what is left over is dealt out. */
size_t sg_normed_usual(const sg_network *network, const sg_learn_config *config) {
    return sg_part_count(network) > 1 ? (size_t)config->batch + 1 : 0;
}

void sg_normed_lay_out(sg_normed *normed, sg_arena *arena, const sg_network *network, size_t most) {
    normed->most = most;
    if (most == 0)
        return;
    normed->runs = sg_arena_take(arena, most, sizeof *normed->runs);
    normed->keys = sg_arena_take(arena, most, sizeof *normed->keys);
    for (size_t l = 0; l < network->layer_count; l++)
        sg_norm_batch_lay_out(&normed->norms[l], arena, &network->layers[l].norm);
}

static void samples_of(const sg_normed_task *task, int slice, size_t *begin, size_t *end) {
    sg_split_range(task->batch->end, sg_slice_count(task->batch->end), (size_t)slice, begin, end);
}

/* The last part ends with the loss. */
static void forward_slice(void *context, int slice, int thread) {
    const sg_normed_task *task = context;
    const sg_network *network = task->batch->network;
    const bool is_last = task->part + 1 == sg_part_count(network);
    size_t begin, end;
    (void)thread;
    samples_of(task, slice, &begin, &end);
    task->results[slice] = (sg_slice_result){0};
    for (size_t s = begin; s < end; s++) {
        sg_sample_run *run = &task->normed->runs[s];
        if (task->part == 0)
            *run = sg_training_run(task->batch, s, &task->normed->keys[s], &task->scratch[s]);
        sg_forward_part(network, &task->workspaces[s], run, task->part);
        if (is_last)
            sg_finish_forward(task->batch, &task->workspaces[s], s, &task->results[slice]);
    }
}

/* Each slice has a buffer of its own from the last part to the first. */
static void backward_slice(void *context, int slice, int thread) {
    const sg_normed_task *task = context;
    const sg_network *network = task->batch->network;
    size_t begin, end;
    samples_of(task, slice, &begin, &end);
    if (task->part + 1 == sg_part_count(network))
        sg_partial_gradients_acquire(task->partial, (size_t)slice, thread);
    const sg_gradient gradient = sg_partial_gradients_of(task->partial, (size_t)slice);
    for (size_t s = begin; s < end; s++)
        sg_backward_part(network, &task->workspaces[s], &task->normed->runs[s], task->batch->by_spikes, task->part,
                         &gradient);
    if (task->part == 0)
        sg_partial_gradients_release(task->partial, (size_t)slice);
}

void sg_normed_forward(sg_normed_task *task) {
    const sg_network *network = task->batch->network;
    const size_t parts = sg_part_count(network);
    for (task->part = 0; task->part < parts; task->part++) {
        sg_pool_share(task->pool, (int)sg_slice_count(task->batch->end), forward_slice, task);
        const size_t l = sg_part_begin(network, task->part + 1);
        if (l < network->layer_count)
            sg_norm_batch_take(&task->normed->norms[l], l, network, task->workspaces, task->batch->end);
    }
    task->normed->fresh = !task->batch->forward_only;
}

void sg_normed_backward(sg_normed_task *task) {
    const sg_network *network = task->batch->network;
    for (task->part = sg_part_count(network); task->part-- > 0;) {
        sg_pool_share(task->pool, (int)sg_slice_count(task->batch->end), backward_slice, task);
        const size_t l = sg_part_begin(network, task->part);
        if (task->part > 0)
            sg_norm_batch_take_back(&task->normed->norms[l], l, task->workspaces, task->batch->end);
    }
}

void sg_normed_keep(sg_normed *normed, sg_network *network) {
    for (size_t l = 0; normed->fresh && l < network->layer_count; l++)
        sg_norm_batch_keep(&normed->norms[l], network->parameters);
    normed->fresh = false;
}
