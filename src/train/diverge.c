#include "train/diverge.h"

/* The first membrane that is not finite, in the order of time. */
typedef struct finding {
    bool found;
    size_t layer, neuron, step;
} finding;

/* Looks at the steps first .. first+steps-1 that the buffers hold. */
static void look(void *user, const sg_network *network, const sg_workspace *workspace, size_t first, size_t steps) {
    finding *best = user;
    if (best->found && best->step < first)
        return;
    for (size_t l = 0; l < network->layer_count; l++)
        for (size_t i = 0; workspace->layers[l].x && i < sg_layer_blocks(&network->layers[l]); i++) {
            sg_block block = sg_layer_block(&network->layers[l], i);
            size_t count = steps * block.width;
            size_t at = network->kernels->first_not_finite(workspace->layers[l].x + block.first * steps, count);
            if (at == count || (best->found && best->step <= first + at / block.width))
                continue;
            *best = (finding){true, l, block.first + at % block.width, first + at / block.width};
        }
}

/* ------------------------------------------------------------------------------------------------- the loss */

/* Shows the samples of a batch again until a membrane is found; returns the sample's place in the batch. */
static size_t show_again(const sg_batch_slice *batch, const sg_augment_scratch *scratch, sg_workspace *workspace,
                         finding *best) {
    size_t s = batch->begin;
    for (; s < batch->end; s++) {
        sg_dropout_key key;
        sg_sample_run sample = {.input = sg_events_list(batch->events, batch->samples[s])};
        if (scratch)
            sample = sg_training_sample_run(batch, s, &key, scratch);
        sample.record = look;
        sample.user = best;
        sg_forward(batch->network, workspace, &sample);
        if (best->found)
            break;
    }
    return s;
}

static const char *remedy_of(const sg_batch_slice *batch, const sg_augment_scratch *scratch) {
    return scratch && batch->number == 0
               ? "use smaller initial weights (link.sd, link.gain) or neurons that leak more (a smaller neuron.tau_mem)"
               : "lower optimiser.lr, or use neurons that leak more (a smaller neuron.tau_mem)";
}

sg_status sg_diverged_loss(const sg_batch_slice *batch, const sg_augment_scratch *scratch) {
    const char *remedy = remedy_of(batch, scratch);
    finding best = {0};
    sg_workspace workspace;
    /* A read-out by counts is not linear: every layer runs. */
    const sg_workspace_use use = {.readout = SG_READOUT_COUNT, .backward = scratch != NULL, .count = 1};
    sg_status status = sg_workspace_open(&workspace, batch->network, use);
    if (status == SG_OK)
        status = sg_workspace_reserve(&workspace, sg_augment_longest(batch->events));
    size_t s = status == SG_OK ? show_again(batch, scratch, &workspace, &best) : 0;
    sg_workspace_close(&workspace);
    if (status != SG_OK) /* no memory to look */
        return sg_fail(SG_DIVERGED, "the loss is not a finite number: %s", remedy);
    if (best.found)
        return sg_fail(SG_DIVERGED,
                       "the loss is not a finite number: the membrane of layers.%zu, neuron %zu, outgrew single "
                       "precision in step %zu of sample %u: %s",
                       best.layer, best.neuron, best.step, batch->samples[s], remedy);
    return sg_fail(SG_DIVERGED,
                   "the loss is not a finite number: every membrane is, but the sum of layers.%zu over time outgrew "
                   "single precision: %s",
                   batch->network->layer_count - 1, remedy);
}

/* ------------------------------------------------------------------------------------------------- the step */

static finding look_at_last_samples(const sg_trainer *trainer) {
    finding best = {0};
    for (size_t i = 0; i < trainer->samples; i++) {
        const sg_chunk chunk = sg_chunk_at(trainer->network, &trainer->workspaces[i], 0);
        look(&best, trainer->network, &trainer->workspaces[i], chunk.first, chunk.steps);
    }
    return best;
}

/* The first number of an array shaped like the parameters that is not finite, in the uppermost layer that has one: the
 * gradient comes from there. False if there is none. */
static bool find(const sg_network *network, const float *array, size_t *layer, char *place, size_t size) {
    for (size_t l = network->layer_count; l-- > 0;) {
        size_t begin = network->layers[l].first_parameter, end = sg_network_end_of(network, l);
        size_t at = begin + network->kernels->first_not_finite(array + begin, end - begin);
        if (at == end)
            continue;
        *layer = l;
        sg_network_place(network, at, place, size);
        return true;
    }
    return false;
}

static sg_status fail_gradient(const sg_network *network, size_t l, const char *place) {
    return sg_fail(SG_DIVERGED,
                   "the gradient of %s, is not a finite number: it outgrew single precision on its way back through "
                   "%zu steps, against which optimiser.lr and clip_norm do not help: use fewer steps, %sneurons that "
                   "leak more (a smaller neuron.tau_mem) or a flatter surrogate",
                   place, network->steps, network->layers[l].recurrent.kind ? "smaller recurrent weights, " : "");
}

static sg_status fail_state(const sg_trainer *trainer) {
    size_t layer;
    char place[128];
    const sg_optimiser_kind *kind = sg_optimiser_at(trainer->config.optimiser);
    for (size_t i = 0; i < sg_optimiser_arrays(&trainer->config); i++)
        if (find(trainer->network, trainer->state.arrays[i], &layer, place, sizeof place))
            return sg_fail(SG_DIVERGED,
                           "the optimiser's %s of %s, is not a finite number: gradients are too large to be squared in "
                           "single precision: use optimiser.clip_norm, or a smaller loss.scale",
                           kind->array_name(&trainer->config, i), place);
    return SG_OK;
}

sg_status sg_trainer_check(const sg_trainer *trainer) {
    size_t layer;
    char place[128];
    const sg_network *network = trainer->network;
    const finding best = look_at_last_samples(trainer);
    if (best.found)
        return sg_fail(SG_DIVERGED,
                       "the membrane of layers.%zu, neuron %zu, outgrew single precision in step %zu of a sample: use "
                       "smaller weights, a lower optimiser.lr, or neurons whose states do not grow (a smaller "
                       "neuron.tau_mem or neuron.coupling)",
                       best.layer, best.neuron, best.step);
    if (find(network, trainer->gradient, &layer, place, sizeof place))
        return fail_gradient(network, layer, place);
    if (find(network, network->parameters, &layer, place, sizeof place))
        return sg_fail(SG_DIVERGED, "%s, is not a finite number: lower optimiser.lr%s", place,
                       trainer->config.weight_decay > 0 ? " or optimiser.weight_decay" : "");
    return fail_state(trainer);
}
