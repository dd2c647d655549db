#include "train/diverge.h"

#include "config/config.h"
#include "learn/loss.h"

/* ------------------------------------------------------------------------------------------------- the loss */

/* Where samples are shown as in training, what their events are changed in. */
typedef struct changed_events {
    sg_arena memory;
    sg_augment_scratch augment;
} changed_events;

static size_t longest_of(const sg_batch_slice *batch) {
    return sg_augment_longest(batch->augment ? batch->augment->config : NULL, batch->events);
}

static sg_status open_scratch(changed_events *s, const sg_batch_slice *batch) {
    size_t longest = longest_of(batch);
    sg_augment_lay_out(&s->memory, longest, batch->events->channels, batch->events->steps);
    SG_TRY(sg_arena_open(&s->memory));
    s->augment = sg_augment_lay_out(&s->memory, longest, batch->events->channels, batch->events->steps);
    return SG_OK;
}

/* Shows the samples of a batch again until a membrane is found; returns the sample's place in the batch. */
static size_t show_again(const sg_batch_slice *batch, bool training, const changed_events *scratch,
                         sg_workspace *workspace, sg_overflow *overflow) {
    size_t s = batch->begin;
    for (; s < batch->end; s++) {
        sg_dropout_key key;
        sg_sample_run run = {.input = sg_events_input(batch->events, batch->samples[s])};
        if (training)
            run = sg_training_run(batch, s, &key, &scratch->augment);
        run.record = sg_find_overflow;
        run.user = overflow;
        sg_forward(batch->network, workspace, &run);
        if (overflow->found)
            break;
    }
    return s;
}

static const char *remedy_of(const sg_batch_slice *batch, bool training) {
    return training && batch->number == 0
               ? "use smaller initial weights (link.sd, link.gain) or neurons that leak more (a smaller neuron.tau_mem)"
               : "lower optimiser.lr, or use neurons that leak more (a smaller neuron.tau_mem)";
}

static sg_status diverged(const sg_batch_slice *batch, bool training, const char *what) {
    const char *remedy = remedy_of(batch, training);
    sg_overflow found = {0};
    changed_events scratch = {0};
    sg_workspace workspace;
    /* A read-out by counts is not linear: every layer runs. */
    const sg_workspace_use use = {.readout = SG_READOUT_COUNT, .backward = training, .count = 1};
    sg_status status = sg_workspace_open(&workspace, batch->network, use);
    if (status == SG_OK)
        status = sg_workspace_reserve(&workspace, longest_of(batch));
    if (status == SG_OK)
        status = open_scratch(&scratch, batch);
    size_t s = status == SG_OK ? show_again(batch, training, &scratch, &workspace, &found) : 0;
    sg_workspace_close(&workspace);
    sg_arena_close(&scratch.memory);
    if (status != SG_OK) /* no memory to look */
        return sg_fail(SG_DIVERGED, "%s is not a finite number: %s", what, remedy);
    if (found.found)
        return sg_fail(SG_DIVERGED,
                       "%s is not a finite number: the membrane of layers.%zu, neuron %zu, outgrew single "
                       "precision in step %zu of sample %u: %s",
                       what, found.layer, found.neuron, found.step, batch->samples[s], remedy);
    return sg_fail(SG_DIVERGED,
                   "%s is not a finite number: every membrane is, but the sum of layers.%zu over time outgrew "
                   "single precision: %s",
                   what, batch->network->layer_count - 1, remedy);
}

static sg_batch_slice slice_of(const sg_network *network, const sg_learn_config *learn, const sg_batch *batch) {
    return (sg_batch_slice){.network = network,
                            .config = learn,
                            .events = batch->events,
                            .samples = batch->samples,
                            .end = batch->count,
                            .number = batch->number};
}

sg_status sg_diverged_batch(const sg_trainer *trainer, const sg_batch *batch) {
    const sg_augment augment = {&trainer->data, trainer->network->layers[0].neuron.dt_ms,
                                (uint64_t)trainer->config.seed, &trainer->partners};
    sg_batch_slice slice = slice_of(trainer->network, &trainer->config, batch);
    slice.augment = sg_augments(&trainer->data) ? &augment : NULL;
    return diverged(&slice, true, "the loss");
}

sg_status sg_diverged_evaluation(const sg_network *network, const sg_learn_config *learn, const sg_batch *batch,
                                 const char *what) {
    const sg_batch_slice slice = slice_of(network, learn, batch);
    return diverged(&slice, false, what);
}

/* ------------------------------------------------------------------------------------------------- the step */

static const float *read(const sg_trainer *trainer, int array) {
    return trainer->engine->kind->read(trainer->engine, array);
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
    for (size_t i = 0; i < sg_optimiser_arrays(&trainer->config); i++)
        if (find(trainer->network, read(trainer, SG_ARRAY_OPTIMISER + (int)i), &layer, place, sizeof place))
            return sg_fail(SG_DIVERGED,
                           "the optimiser's %s of %s, is not a finite number: gradients are too large to be squared in "
                           "single precision: use optimiser.clip_norm, or a smaller loss.scale",
                           sg_optimiser_array_name(&trainer->config, i), place);
    return SG_OK;
}

sg_status sg_trainer_check(const sg_trainer *trainer) {
    size_t layer;
    char place[128];
    const sg_network *network = trainer->network;
    sg_overflow best = {0};
    if (trainer->engine->kind->overflow && trainer->engine->kind->overflow(trainer->engine, &best))
        return sg_fail(SG_DIVERGED,
                       "the membrane of layers.%zu, neuron %zu, outgrew single precision in step %zu of a sample: use "
                       "smaller weights, a lower optimiser.lr, or neurons whose states do not grow (a smaller "
                       "neuron.tau_mem or neuron.coupling)",
                       best.layer, best.neuron, best.step);
    if (find(network, read(trainer, SG_ARRAY_GRADIENT), &layer, place, sizeof place))
        return fail_gradient(network, layer, place);
    if (find(network, network->parameters, &layer, place, sizeof place))
        return sg_fail(SG_DIVERGED, "%s, is not a finite number: lower optimiser.lr%s", place,
                       trainer->config.weight_decay > 0 ? " or optimiser.weight_decay" : "");
    return fail_state(trainer);
}
