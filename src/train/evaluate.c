/* What a network makes of samples, forward passes only: loss, accuracy, confusion, spikes; outputs and predictions. */
#include "base/memory_limit.h"
#include "base/sized.h"
#include "base/threads.h"
#include "config/config.h"
#include "learn/loss.h"
#include "train/diverge.h"

#include <math.h>
#include <stdlib.h>

enum { LEAST = 64 }; /* samples for a thread */

/* An evaluation in work. */
typedef struct evaluation {
    const sg_network *network;
    const sg_config *config;
    sg_batch batch;
    sg_engine *engine;
    sg_batch_sums sums;
    sg_engine_outcome outcome;
} evaluation;

static sg_status open_engine(evaluation *e, int threads) {
    const sg_engine_kind *kind = sg_engine_default();
    const sg_engine_request request = {.network = e->network,
                                       .learn = &e->config->learn,
                                       .data = &e->config->data,
                                       .threads = sg_threads_for(threads, (e->batch.count + LEAST - 1) / LEAST)};
    SG_TRY(sg_check_memory(kind->bytes(&request).workspaces, "the evaluation", "use fewer threads, or `memory:`"));
    return kind->open(&request, &e->engine);
}

static sg_status check(const evaluation *e) {
    SG_TRY(sg_check_events(e->network, e->batch.events));
    return sg_check_samples(e->batch.events, e->batch.samples, e->batch.count);
}

static sg_status run(evaluation *e, int threads) {
    SG_TRY(open_engine(e, threads));
    sg_status status = e->engine->kind->evaluate(e->engine, &e->batch, &e->sums, &e->outcome);
    e->engine->kind->close(e->engine);
    return status;
}

/* ------------------------------------------------------------------------------------------------- evaluation */

static void add_events(const evaluation *e, sg_evaluation *result) {
    double events = 0;
    for (size_t s = 0; s < e->batch.count; s++)
        events += (double)sg_events_input(e->batch.events, e->batch.samples[s]).list.count;
    result->input_events_per_sample = events / (double)e->batch.count;
}

/* A layer that is not meant to fire is not silent. */
static void tell_activity(const evaluation *e, sg_layer_activity *activity) {
    const bool *fired = e->outcome.fired;
    for (size_t l = 0; l < e->network->layer_count; l++) {
        const sg_layer *layer = &e->network->layers[l];
        activity[l] = (sg_layer_activity){.spikes_per_sample = (double)e->sums.spikes[l] / (double)e->batch.count};
        for (size_t n = 0; layer->neuron.kind->spiking && n < layer->neurons; n++)
            activity[l].silent += !fired[n];
        fired += layer->stride;
    }
}

static void confuse(const evaluation *e, uint64_t *confusion) {
    const sg_events *events = e->batch.events;
    size_t outputs = sg_network_top(e->network)->neurons;
    for (size_t j = 0; j < events->classes * outputs; j++)
        confusion[j] = 0;
    for (size_t s = 0; s < e->batch.count; s++) {
        const uint32_t label = events->label[e->batch.samples[s]]; /* samples with other targets need none */
        if (label != SG_NO_LABEL)
            confusion[label * outputs + e->outcome.predictions[s]]++;
    }
}

static void fill(const evaluation *e, sg_evaluation *result) {
    const double samples = (double)e->batch.count, metric = sg_score_mean(&e->sums.score);
    const bool has_accuracy = sg_loss_at(e->config->learn.loss)->metric == &sg_metric_accuracy;
    *result = (sg_evaluation){.size = sizeof *result,
                              .samples = e->batch.count,
                              .correct = e->sums.correct,
                              .loss = e->sums.loss / samples,
                              .accuracy = has_accuracy ? metric : NAN,
                              .metric = metric};
    add_events(e, result);
}

static sg_status evaluate(evaluation *e, int threads, sg_evaluation *result, sg_layer_activity *activity,
                          uint64_t *confusion) {
    sg_evaluation whole = SG_SIZED(sg_evaluation);
    if (!e->outcome.predictions || !e->outcome.fired)
        return SG_MEMORY;
    SG_TRY(sg_copy_sized(result, &whole));
    SG_TRY(check(e));
    SG_TRY(sg_check_wanted(&e->config->learn, e->network, e->batch.events, e->batch.samples, e->batch.count));
    SG_TRY(run(e, threads));
    fill(e, &whole);
    SG_TRY(sg_copy_sized(result, &whole));
    if (activity)
        tell_activity(e, activity);
    if (confusion)
        confuse(e, confusion);
    return isfinite(whole.loss) ? SG_OK : sg_diverged_evaluation(e->network, &e->config->learn, &e->batch, "the loss");
}

sg_status sg_evaluate(const sg_network *network, const sg_config *config, const sg_events *events,
                      const uint32_t *samples, size_t count, int threads, sg_evaluation *result,
                      sg_layer_activity *activity, uint64_t *confusion) {
    evaluation e = {.network = network,
                    .config = config,
                    .batch = {.events = events, .samples = samples, .count = count},
                    .outcome = {.predictions = sg_array(count, sizeof(uint32_t)),
                                .fired = sg_array(sg_network_padded_neurons(network), sizeof(bool))}};
    sg_status status = evaluate(&e, threads, result, activity, confusion);
    free(e.outcome.predictions);
    free(e.outcome.fired);
    return status;
}

/* ------------------------------------------------------------------------------------------------- prediction */

static bool are_finite(const double *values, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (!isfinite(values[i]))
            return false;
    return true;
}

static sg_status predict(evaluation *e, int threads) {
    SG_TRY(check(e));
    SG_TRY(run(e, threads));
    return are_finite(e->outcome.outputs, e->batch.count * sg_network_top(e->network)->neurons)
               ? SG_OK
               : sg_diverged_evaluation(e->network, &e->config->learn, &e->batch, "an output");
}

sg_status sg_predict(const sg_network *network, const sg_config *config, const sg_events *events,
                     const uint32_t *samples, size_t count, int threads, double *outputs, uint32_t *predicted) {
    evaluation e = {.network = network,
                    .config = config,
                    .batch = {.events = events, .samples = samples, .count = count},
                    .outcome = {.predictions = predicted, .outputs = outputs}};
    double *own = outputs ? NULL : sg_array(count, sg_network_top(network)->neurons * sizeof *own);
    if (!outputs && !own)
        return SG_MEMORY;
    e.outcome.outputs = outputs ? outputs : own;
    sg_status status = predict(&e, threads);
    free(own);
    return status;
}

/* ----------------------------------------------------------------------------------------------------- metric */

sg_status sg_metric(const sg_config *config, sg_metric_info *info) {
    const sg_metric_kind *metric = sg_loss_at(config->learn.loss)->metric;
    const sg_metric_info whole = {.size = sizeof whole,
                                  .name = metric->head.name,
                                  .title = metric->title,
                                  .brief = metric->brief,
                                  .summary = metric->head.summary,
                                  .lower_is_better = metric->lower_is_better};
    return sg_copy_sized(info, &whole);
}
