#include "train/trainer.h"

#include "base/memory_limit.h"
#include "base/number.h"
#include "base/sized.h"
#include "config/config.h"
#include "learn/loss.h"
#include "learn/rate_penalty.h"
#include "learn/schedule.h"
#include "train/diverge.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------------------------------------- opening */

sg_engine_request sg_trainer_request(sg_network *network, const sg_learn_config *learn, const sg_data_config *data,
                                     int threads) {
    return (sg_engine_request){
        .network = network, .trained = network, .learn = learn, .data = data, .threads = sg_engine_threads(threads)};
}

sg_engine_bytes sg_trainer_bytes(sg_network *network, const sg_config *config, int threads) {
    const sg_engine_request request = sg_trainer_request(network, &config->learn, &config->data, threads);
    return sg_engine_default()->bytes(&request);
}

static sg_status check_memory(sg_network *network, const sg_config *config, int threads) {
    const sg_engine_bytes bytes = sg_trainer_bytes(network, config, threads);
    return sg_check_memory(network->memory.size + bytes.arrays + bytes.slices + bytes.workspaces,
                           "the trainer of this network",
                           "use smaller layers, fewer threads, a smaller batch, or `memory:`");
}

sg_status sg_trainer_create(sg_network *network, const sg_config *config, int threads, sg_trainer **out) {
    *out = NULL;
    SG_TRY(sg_rule_check(&config->learn, network));
    SG_TRY(check_memory(network, config, threads));
    sg_trainer *trainer = sg_array(1, sizeof *trainer);
    if (!trainer)
        return SG_MEMORY;
    trainer->network = network;
    trainer->config = config->learn;
    trainer->data = config->data;
    if (sg_has_rate_penalty(&config->learn) && network->layer_count == 1)
        sg_warn("regularise: has no effect, since a network of one layer has no hidden neurons");
    sg_engine_request request = sg_trainer_request(network, &trainer->config, &trainer->data, threads);
    request.partners = &trainer->partners;
    sg_status status = sg_engine_default()->open(&request, &trainer->engine);
    if (status == SG_OK)
        *out = trainer;
    else
        sg_trainer_free(trainer);
    return status;
}

void sg_trainer_free(sg_trainer *trainer) {
    if (trainer && trainer->engine)
        trainer->engine->kind->close(trainer->engine);
    if (trainer)
        sg_partners_close(&trainer->partners);
    free(trainer);
}

sg_status sg_trainer_set_partners(sg_trainer *trainer, const sg_events *events, const uint32_t *samples, size_t count) {
    if (trainer->data.blend == 0)
        return SG_OK;
    SG_TRY(sg_check_samples(events, samples, count));
    return sg_partners_open(&trainer->partners, events, samples, count);
}

/* ------------------------------------------------------------------------------------------------- checking */

/* Of data that do not know the length of their steps, any is believed. */
static sg_status check_dt(double found, double expected) {
    char here[32], there[32];
    if (found == 0 || fabs(found - expected) <= 1e-6 * expected)
        return SG_OK;
    sg_format_number(here, sizeof here, found);
    sg_format_number(there, sizeof there, expected);
    return sg_fail(SG_MODEL, "the data have steps of %s ms, but the network has %s ms: set dt: %s ms", here, there,
                   here);
}

/* Of classes that either does not name, any is believed. */
static sg_status check_class_names(const sg_network *network, const sg_events *events) {
    for (size_t c = 0; c < network->class_names.count && c < events->class_names.count; c++) {
        const char *found = events->class_names.items[c], *expected = network->class_names.items[c];
        if (*found && *expected && strcmp(found, expected) != 0)
            return sg_fail(SG_MODEL,
                           "class %zu is '%s' in the data, but '%s' in the network: number the classes of both alike",
                           c, found, expected);
    }
    return SG_OK;
}

sg_status sg_check_events(const sg_network *network, const sg_events *events) {
    size_t inputs = network->layers[0].link.inputs;
    size_t outputs = sg_network_top(network)->neurons;
    if (events->channels != inputs)
        return sg_fail(SG_MODEL, "the data have %u channels, but the network has %zu inputs", events->channels, inputs);
    if (events->steps != network->steps)
        return sg_fail(SG_MODEL, "the data have %u steps, but the network has %zu: set steps: %u", events->steps,
                       network->steps, events->steps);
    if (events->numbers && network->layers[0].delays)
        return sg_fail(SG_MODEL,
                       "the data are numbers, but layers.0 has delays, which move spikes: use delay.kind: none");
    SG_TRY(check_dt(events->dt_ms, network->layers[0].neuron.dt_ms));
    if (events->classes > outputs)
        return sg_fail(SG_MODEL,
                       "the data have %u classes, but the network has %zu outputs: give its last layer a "
                       "neuron for each class",
                       events->classes, outputs);
    return check_class_names(network, events);
}

sg_status sg_check_samples(const sg_events *events, const uint32_t *samples, size_t count) {
    if (count == 0)
        return sg_fail(SG_ARGUMENT, "no samples: a batch or an evaluation needs 1 or more");
    for (size_t s = 0; s < count; s++)
        if (samples[s] >= events->samples)
            return sg_fail(SG_ARGUMENT, "sample %u of a store of %zu", samples[s], events->samples);
    return SG_OK;
}

sg_status sg_check_by_outputs(const sg_network *network, const double *by_outputs, size_t count) {
    size_t outputs = sg_network_top(network)->neurons;
    for (size_t j = 0; j < count * outputs; j++)
        if (!(fabs(by_outputs[j]) <= (double)FLT_MAX))
            return sg_fail(
                SG_ARGUMENT,
                "by_outputs: the derivative for output %zu of sample %zu of the batch is %g, expected a "
                "number that single precision holds: look at what your loss divides by, and at its logarithms",
                j % outputs, j / outputs, by_outputs[j]);
    return SG_OK;
}

/* A softmax of one number is 1 whatever it is. */
static sg_status check_outputs(const sg_loss_kind *loss, size_t outputs) {
    if (loss->criterion != sg_cross_entropy || outputs > 1)
        return SG_OK;
    return sg_fail(
        SG_CONFIG,
        "loss.kind: '%s' compares outputs with each other, but the network has one, which would learn "
        "nothing: give its last layer a neuron for each class, or use a loss of numbers, such as mean_bce or "
        "mean_mse",
        loss->head.name);
}

sg_status sg_check_wanted(const sg_learn_config *learn, const sg_network *network, const sg_events *events,
                          const uint32_t *samples, size_t count) {
    const sg_loss_kind *loss = sg_loss_at(learn->loss);
    const size_t outputs = sg_network_top(network)->neurons;
    SG_TRY(check_outputs(loss, outputs));
    return sg_goals_check(loss->goal, loss->head.name, outputs, events, samples, count);
}

/* ------------------------------------------------------------------------------------------------- gradient */

static sg_status check_partners(const sg_trainer *trainer, const sg_events *events) {
    if (trainer->data.blend == 0 || trainer->partners.events == events)
        return SG_OK;
    return sg_fail(SG_ARGUMENT,
                   "augment.blend: the trainer does not know which samples of these events a sample may be "
                   "blended with: name them by sg_trainer_set_partners, or use augment.blend: 0");
}

/* The share of the run's epochs that are over; of a run whose epochs nobody knows none is. */
static double epochs_done(const sg_trainer *trainer) {
    uint64_t steps = trainer->epoch_steps;
    return steps ? (double)(trainer->steps / steps) / (double)trainer->config.epochs : 0;
}

static sg_status run_batch(sg_trainer *trainer, const sg_batch *batch, sg_batch_result *result) {
    const sg_backward_plan plan = sg_rule_at(trainer->config.rule)->plan(&trainer->config);
    sg_batch_sums sums;
    *result = SG_SIZED(sg_batch_result);
    SG_TRY(sg_check_events(trainer->network, batch->events));
    SG_TRY(sg_check_samples(batch->events, batch->samples, batch->count));
    SG_TRY(check_partners(trainer, batch->events));
    if (!batch->forward_only && !batch->by_outputs)
        SG_TRY(sg_check_wanted(&trainer->config, trainer->network, batch->events, batch->samples, batch->count));
    trainer->has_gradient = trainer->in_stream = false;
    if (plan.gradient != SG_GRADIENT_EVENTPROP) /* of whose times lags are whole steps */
        sg_network_spread_delays(trainer->network, epochs_done(trainer));
    sg_status status = trainer->engine->kind->gradient(trainer->engine, batch, &sums);
    sg_network_round_delays(trainer->network);
    SG_TRY(status);
    trainer->has_gradient = !batch->forward_only;
    trainer->in_stream = batch->part;
    memcpy(trainer->spikes, sums.spikes, sizeof sums.spikes);
    result->loss = sums.loss / (double)batch->count + sums.penalty;
    result->correct = sums.correct;
    trainer->score = sums.score;
    result->metric = sg_score_mean(&sums.score);
    return SG_OK;
}

sg_status sg_trainer_spikes(const sg_trainer *trainer, size_t layer, uint64_t *spikes) {
    SG_TRY(sg_check_layer(trainer->network, layer));
    *spikes = trainer->spikes[layer];
    return SG_OK;
}

/* Whether the caller's result can be filled, before anything is done. */
static sg_status check_result(sg_batch_result *result) {
    return sg_copy_sized(result, &SG_SIZED(sg_batch_result));
}

static sg_batch batch_of(const sg_trainer *trainer, const sg_events *events, const uint32_t *samples, size_t count) {
    return (sg_batch){.events = events, .samples = samples, .count = count, .number = trainer->steps};
}

static double gradient_norm(sg_trainer *trainer) {
    return trainer->engine->kind->gradient_norm(trainer->engine);
}

/* A batch without a step. */
static sg_status run_alone(sg_trainer *trainer, const sg_batch *batch, sg_batch_result *result) {
    sg_batch_result whole;
    SG_TRY(check_result(result));
    SG_TRY(run_batch(trainer, batch, &whole));
    if (!batch->forward_only)
        whole.gradient_norm = gradient_norm(trainer);
    return sg_copy_sized(result, &whole);
}

sg_status sg_trainer_gradient(sg_trainer *trainer, const sg_events *events, const uint32_t *samples, size_t count,
                              sg_batch_result *result) {
    const sg_batch batch = batch_of(trainer, events, samples, count);
    return run_alone(trainer, &batch, result);
}

/* What would be another in each part, or needs all of them. */
static sg_status check_stream(const sg_trainer *trainer) {
    const sg_learn_config *config = &trainer->config;
    const sg_network *network = trainer->network;
    if (sg_rule_at(config->rule)->plan(config).online == 0)
        return sg_fail(SG_CONFIG, "rule: a stream is learned forward in time: use rule decolle, or rule eprop with "
                                  "eprop.form: online");
    if (!sg_readout_has_rows(sg_loss_at(config->loss)->readout))
        return sg_fail(SG_CONFIG,
                       "loss.kind: '%s' is known at the end, which a stream has not: use a loss of each step, step_ce",
                       sg_loss_at(config->loss)->head.name);
    if (sg_has_rate_penalty(config))
        return sg_fail(SG_CONFIG, "regularise: it needs the rates of a whole batch, which a stream has not: use 0");
    if (sg_augments(&trainer->data))
        return sg_fail(SG_CONFIG, "augment: parts of a stream would be changed each in its own way: leave it out");
    for (size_t l = 0; l < network->layer_count; l++)
        if (network->layers[l].dropout > 0)
            return sg_fail(SG_CONFIG,
                           "layers.%zu.link.dropout: %g, but parts of a stream would lose other inputs each: use 0", l,
                           (double)network->layers[l].dropout);
    return SG_OK;
}

sg_status sg_trainer_gradient_part(sg_trainer *trainer, const sg_events *events, uint32_t sample, bool begins,
                                   sg_batch_result *result) {
    sg_batch batch = batch_of(trainer, events, &sample, 1);
    SG_TRY(check_stream(trainer));
    if (!begins && !trainer->in_stream)
        return sg_fail(SG_ARGUMENT, "there is no stream to go on: the first part begins one, and another batch or a "
                                    "checkpoint that is loaded ends it");
    batch.part = true;
    batch.goes_on = !begins;
    return run_alone(trainer, &batch, result);
}

sg_status sg_trainer_forward(sg_trainer *trainer, const sg_events *events, const uint32_t *samples, size_t count,
                             double *outputs, sg_batch_result *result) {
    sg_batch batch = batch_of(trainer, events, samples, count);
    batch.forward_only = true;
    batch.outputs = outputs;
    return run_alone(trainer, &batch, result);
}

sg_status sg_trainer_backward(sg_trainer *trainer, const sg_events *events, const uint32_t *samples, size_t count,
                              const double *by_outputs, sg_batch_result *result) {
    sg_batch batch = batch_of(trainer, events, samples, count);
    if (!by_outputs)
        return sg_fail(SG_ARGUMENT, "by_outputs is NULL: sg_trainer_gradient has the configured loss's gradient");
    if (sg_rule_at(trainer->config.rule)->plan(&trainer->config).local > 0)
        return sg_fail(SG_CONFIG,
                       "rule: decolle applies the loss to each hidden layer, too, so that derivatives for the "
                       "outputs are not enough: use the configuration's loss, or another rule");
    SG_TRY(sg_check_by_outputs(trainer->network, by_outputs, count));
    batch.by_outputs = by_outputs;
    return run_alone(trainer, &batch, result);
}

sg_status sg_trainer_get_gradient_of(const sg_trainer *trainer, size_t layer, const char *group, float *gradient) {
    const sg_group *found;
    SG_TRY(sg_network_find_group(trainer->network, layer, group, &found));
    sg_group_unpack(found, trainer->engine->kind->read(trainer->engine, SG_ARRAY_GRADIENT), gradient);
    return SG_OK;
}

sg_status sg_trainer_get_gradient(const sg_trainer *trainer, size_t layer, float *gradient) {
    return sg_trainer_get_gradient_of(trainer, layer, "weights", gradient);
}

/* Puts the values of a group in an array's copy, and that in its place. */
sg_status sg_trainer_set_gradient_of(sg_trainer *trainer, size_t layer, const char *group, const float *gradient) {
    const sg_group *found;
    size_t count = trainer->network->parameter_count;
    SG_TRY(sg_network_find_group(trainer->network, layer, group, &found));
    for (size_t j = 0; j < sg_group_count(found); j++)
        if (!isfinite(gradient[j]))
            return sg_fail(SG_ARGUMENT, "the gradient of layers.%zu.%s is not finite at %zu", layer, group, j);
    float *array = sg_array(count, sizeof *array);
    if (!array)
        return SG_MEMORY;
    if (trainer->has_gradient)
        memcpy(array, trainer->engine->kind->read(trainer->engine, SG_ARRAY_GRADIENT), count * sizeof *array);
    sg_group_pack(found, array, gradient);
    trainer->engine->kind->write(trainer->engine, SG_ARRAY_GRADIENT, array);
    trainer->has_gradient = true;
    free(array);
    return SG_OK;
}

/* ------------------------------------------------------------------------------------------------- the step */

void sg_trainer_set_epoch(sg_trainer *trainer, uint64_t steps) {
    trainer->epoch_steps = steps;
}

uint64_t sg_trainer_steps(const sg_trainer *trainer) {
    return trainer->steps;
}

double sg_trainer_lr(const sg_trainer *trainer) {
    return trainer->epoch_steps ? sg_schedule_lr(&trainer->config, trainer->steps, trainer->epoch_steps)
                                : trainer->config.lr;
}

/* What the gradient is multiplied by so that its norm is clip_norm at most, as PyTorch's clip_grad_norm_. */
static double clip_factor(sg_trainer *trainer) {
    if (trainer->config.clip_norm == 0)
        return 1;
    double factor = trainer->config.clip_norm / (gradient_norm(trainer) + 1e-6);
    return factor < 1 ? factor : 1;
}

/* A gradient is applied once: Adam would take it for a second one. */
static sg_status apply(sg_trainer *trainer, double *norm, double *lr) {
    bool finite;
    *lr = sg_trainer_lr(trainer);
    const double factor = clip_factor(trainer);
    const sg_engine_step step = {.number = ++trainer->steps, .lr = *lr, .factor = factor};
    trainer->has_gradient = false;
    trainer->engine->kind->step(trainer->engine, &step, norm, &finite);
    return finite ? SG_OK : sg_trainer_check(trainer);
}

sg_status sg_trainer_apply(sg_trainer *trainer, double *norm) {
    double found, lr;
    if (!trainer->has_gradient)
        return sg_fail(SG_ARGUMENT, "there is no gradient to apply: compute one with sg_trainer_gradient, "
                                    "sg_trainer_backward or sg_trainer_set_gradient_of, once for each step");
    SG_TRY(apply(trainer, &found, &lr));
    if (norm)
        *norm = found;
    return SG_OK;
}

sg_status sg_trainer_step(sg_trainer *trainer, const sg_events *events, const uint32_t *samples, size_t count,
                          sg_batch_result *result) {
    const sg_batch batch = batch_of(trainer, events, samples, count);
    sg_batch_result whole;
    SG_TRY(check_result(result));
    SG_TRY(run_batch(trainer, &batch, &whole));
    if (!isfinite(whole.loss))
        return sg_diverged_batch(trainer, &batch);
    SG_TRY(apply(trainer, &whole.gradient_norm, &whole.lr));
    return sg_copy_sized(result, &whole);
}
