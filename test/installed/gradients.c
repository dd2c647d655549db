/* The gradient: applied, set by the caller, begun from the caller's loss. */
#include "common.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const float lr = 0.5f; /* of `plain` and `rich` */

/* Stochastic gradient descent moves each weight by -lr times its gradient. */
static void a_gradient_is_applied(void) {
    static float before[INPUTS * HIDDEN], after[INPUTS * HIDDEN], gradient[INPUTS * HIDDEN];
    sg_batch_result batch = SG_SIZED(sg_batch_result);
    double norm, moved = 0;
    subject work;
    open_subject(&work, plain, 1);
    REFUSED(sg_trainer_apply(work.trainer, NULL), SG_ARGUMENT, "gradient");
    OK(sg_network_get_weights(work.network, 0, before));
    OK(sg_trainer_gradient(work.trainer, work.events, work.samples, SAMPLES, &batch));
    OK(sg_trainer_get_gradient(work.trainer, 0, gradient));
    OK(sg_trainer_apply(work.trainer, &norm));
    OK(sg_network_get_weights(work.network, 0, after));
    for (size_t j = 0; j < INPUTS * HIDDEN; j++) {
        CHECK(fabsf(after[j] - (before[j] - lr * gradient[j])) < 1e-6f);
        moved += fabs((double)after[j] - (double)before[j]);
    }
    CHECK(moved > 1e-3 && norm == batch.gradient_norm && batch.lr == 0);
    REFUSED(sg_trainer_apply(work.trainer, NULL), SG_ARGUMENT, "gradient");
    close_subject(&work);
}

/* Gradient and apply are a step, bit for bit, with any number of threads; the loss falls. */
static void parts_are_a_step(void) {
    double first = 0, last = 0;
    subject whole, parts;
    open_subject(&whole, rich, 1);
    open_subject(&parts, rich, 2);
    for (int k = 0; k < 8; k++) {
        sg_batch_result batch = SG_SIZED(sg_batch_result);
        last = train_step(&whole);
        first = k == 0 ? last : first;
        OK(sg_trainer_gradient(parts.trainer, parts.events, parts.samples, SAMPLES, &batch));
        OK(sg_trainer_apply(parts.trainer, NULL));
        CHECK(batch.loss == last);
    }
    CHECK(same_parameters(whole.network, parts.network) && last < first);
    CHECK(sg_trainer_steps(whole.trainer) == 8 && sg_trainer_steps(parts.trainer) == 8);
    close_subject(&whole);
    close_subject(&parts);
}

/* A gradient that the caller sets, group by group, is what the optimiser takes; groups that are not set stay. */
static void a_gradient_is_set(void) {
    static float before[ROOM], after[ROOM], gradient[HIDDEN * HIDDEN], found[HIDDEN * HIDDEN];
    double norm, squares = 0;
    size_t moved = 0, count;
    subject work;
    open_subject(&work, rich, 1);
    count = parameters_of(work.network, before);
    for (size_t j = 0; j < HIDDEN * HIDDEN; j++) {
        gradient[j] = (float)(j % 5) - 1.5f;
        squares += (double)gradient[j] * (double)gradient[j];
    }
    OK(sg_trainer_set_gradient_of(work.trainer, 0, "recurrent", gradient));
    OK(sg_trainer_get_gradient_of(work.trainer, 0, "recurrent", found));
    CHECK(memcmp(gradient, found, sizeof found) == 0);
    OK(sg_trainer_apply(work.trainer, &norm));
    CHECK(fabs(norm - sqrt(squares)) < 1e-5 * norm);
    CHECK(parameters_of(work.network, after) == count);
    for (size_t j = 0; j < count; j++)
        moved += before[j] != after[j];
    CHECK(moved == HIDDEN * HIDDEN);
    gradient[3] = NAN;
    REFUSED(sg_trainer_set_gradient_of(work.trainer, 0, "recurrent", gradient), SG_ARGUMENT, "finite");
    close_subject(&work);
}

/* The gradients of two halves, added by the caller in proportion, are that of the whole batch. */
static void gradients_of_parts_add_up(void) {
    static float whole[INPUTS * HIDDEN], half[2][INPUTS * HIDDEN];
    sg_batch_result batch = SG_SIZED(sg_batch_result);
    const size_t cut = SAMPLES / 3;
    float largest = 0;
    subject work;
    open_subject(&work, plain, 1);
    OK(sg_trainer_gradient(work.trainer, work.events, work.samples, SAMPLES, &batch));
    OK(sg_trainer_get_gradient(work.trainer, 0, whole));
    OK(sg_trainer_gradient(work.trainer, work.events, work.samples, cut, &batch));
    OK(sg_trainer_get_gradient(work.trainer, 0, half[0]));
    OK(sg_trainer_gradient(work.trainer, work.events, work.samples + cut, SAMPLES - cut, &batch));
    OK(sg_trainer_get_gradient(work.trainer, 0, half[1]));
    for (size_t j = 0; j < INPUTS * HIDDEN; j++)
        largest = fmaxf(largest, fabsf(whole[j]));
    for (size_t j = 0; j < INPUTS * HIDDEN; j++)
        CHECK(fabsf(whole[j] - (half[0][j] / 3 + half[1][j] * 2 / 3)) < 1e-5f * largest);
    CHECK(largest > 1e-4f);
    close_subject(&work);
}

/* The configured loss, written by the caller, gives the configured loss's gradient. */
static void an_own_loss_begins_the_gradient(void) {
    static float own[INPUTS * HIDDEN], configured[INPUTS * HIDDEN];
    static double outputs[SAMPLES * CLASSES], by_outputs[SAMPLES * CLASSES];
    sg_batch_result forward = SG_SIZED(sg_batch_result), backward = SG_SIZED(sg_batch_result),
                    batch = SG_SIZED(sg_batch_result);
    double loss;
    subject work;
    open_subject(&work, rich, 2);
    OK(sg_trainer_forward(work.trainer, work.events, work.samples, SAMPLES, outputs, &forward));
    loss = cross_entropy(outputs, sg_events_get(work.events).label, by_outputs);
    OK(sg_trainer_backward(work.trainer, work.events, work.samples, SAMPLES, by_outputs, &backward));
    OK(sg_trainer_get_gradient(work.trainer, 0, own));
    OK(sg_trainer_gradient(work.trainer, work.events, work.samples, SAMPLES, &batch));
    OK(sg_trainer_get_gradient(work.trainer, 0, configured));
    CHECK(fabs(loss - batch.loss) < 1e-9 && forward.loss == batch.loss && backward.loss == 0);
    CHECK(backward.correct == batch.correct);
    CHECK(fabs(backward.gradient_norm - batch.gradient_norm) < 1e-6 * batch.gradient_norm);
    for (size_t j = 0; j < INPUTS * HIDDEN; j++)
        CHECK(fabs((double)own[j] - (double)configured[j]) < 1e-6 * batch.gradient_norm);
    close_subject(&work);
}

/* Derivatives that are no numbers are refused where the caller hands them over, not when they have spread. */
static void wrong_derivatives_are_refused(void) {
    static double by_outputs[SAMPLES * CLASSES];
    sg_batch_result batch = SG_SIZED(sg_batch_result);
    subject work;
    open_subject(&work, plain, 1);
    by_outputs[7] = NAN;
    REFUSED(sg_trainer_backward(work.trainer, work.events, work.samples, SAMPLES, by_outputs, &batch), SG_ARGUMENT,
            "output 1 of sample 2");
    REFUSED(sg_trainer_apply(work.trainer, NULL), SG_ARGUMENT, "gradient");
    close_subject(&work);
}

/* Samples 0, CLASSES, 2 CLASSES, ... of a store, which have one label, one after the other as one sample. */
static sg_events *one_sample_of_parts(const sg_events *parts, uint32_t count, uint32_t steps) {
    static uint16_t step[ROOM];
    static uint32_t channel[ROOM];
    const sg_events_view from = sg_events_get(parts);
    uint64_t first[2] = {0, 0};
    sg_events_view arrays = from;
    sg_events *events;
    for (uint32_t p = 0; p < count; p++)
        for (uint64_t e = from.first[CLASSES * p]; e < from.first[CLASSES * p + 1]; e++) {
            step[first[1]] = (uint16_t)(p * from.steps + from.step[e]);
            channel[first[1]++] = from.channel[e];
        }
    arrays.samples = 1;
    arrays.steps = steps;
    arrays.first = first;
    arrays.step = step;
    arrays.channel = channel;
    OK(sg_events_create(&arrays, &events));
    return events;
}

#define STREAM                                                                                                         \
    "steps: %d\nloss: {kind: step_ce}\nrule: eprop\neprop: {form: %s}\nlayers:\n"                                      \
    "  - {size: 16, link: {sd: 0.5}, recurrent: {from: own}, neuron: {kind: alif, tau_mem: 50 ms}}\n"                  \
    "  - {size: 3, link: {sd: 0.5}, neuron: {kind: li, tau_mem: 50 ms}}\n"

/* A stream of parts is one long sample: the mean of their gradients is that of the whole. */
static void a_stream_is_one_sample(void) {
    enum { PARTS = 4, LONG = PARTS * STEPS };
    static float whole[INPUTS * HIDDEN], part[INPUTS * HIDDEN];
    double sum[INPUTS * HIDDEN] = {0}, largest = 0, loss = 0;
    sg_batch_result batch = SG_SIZED(sg_batch_result);
    const uint32_t first = 0;
    char text[512];
    subject all, stream;
    snprintf(text, sizeof text, STREAM, LONG, "backward");
    open_subject(&all, text, 1);
    snprintf(text, sizeof text, STREAM, STEPS, "online");
    open_subject(&stream, text, 2);
    sg_events *events = one_sample_of_parts(stream.events, PARTS, LONG);
    OK(sg_trainer_gradient(all.trainer, events, &first, 1, &batch));
    OK(sg_trainer_get_gradient(all.trainer, 0, whole));
    REFUSED(sg_trainer_gradient_part(stream.trainer, stream.events, 0, false, &batch), SG_ARGUMENT, "stream");
    REFUSED(sg_trainer_gradient_part(all.trainer, events, 0, true, &batch), SG_CONFIG, "eprop.form: online");
    for (uint32_t p = 0; p < PARTS; p++) {
        sg_batch_result of_part = SG_SIZED(sg_batch_result);
        OK(sg_trainer_gradient_part(stream.trainer, stream.events, CLASSES * p, p == 0, &of_part));
        OK(sg_trainer_get_gradient(stream.trainer, 0, part));
        loss += of_part.loss / PARTS;
        for (size_t j = 0; j < INPUTS * HIDDEN; j++)
            sum[j] += part[j] / PARTS;
    }
    for (size_t j = 0; j < INPUTS * HIDDEN; j++)
        largest = fmax(largest, fabs(sum[j]));
    for (size_t j = 0; j < INPUTS * HIDDEN; j++)
        CHECK(fabs(sum[j] - whole[j]) < 1e-5 * largest);
    CHECK(largest > 0 && fabs(loss - batch.loss) < 1e-6);
    OK(sg_trainer_gradient(stream.trainer, stream.events, &first, 1, &batch));
    REFUSED(sg_trainer_gradient_part(stream.trainer, stream.events, 0, false, &batch), SG_ARGUMENT, "stream");
    sg_events_free(events);
    close_subject(&all);
    close_subject(&stream);
}

const test_case gradient_cases[] = {
    {"a gradient is applied", a_gradient_is_applied},
    {"parts are a step", parts_are_a_step},
    {"a gradient is set", a_gradient_is_set},
    {"gradients of parts add up", gradients_of_parts_add_up},
    {"an own loss begins the gradient", an_own_loss_begins_the_gradient},
    {"wrong derivatives are refused", wrong_derivatives_are_refused},
    {"a stream is one sample", a_stream_is_one_sample},
    {NULL, NULL},
};
