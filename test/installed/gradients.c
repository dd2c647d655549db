/* The gradient: applied, set by the caller, begun from the caller's loss. */
#include "common.h"

#include <math.h>
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

const test_case gradient_cases[] = {
    {"a gradient is applied", a_gradient_is_applied},
    {"parts are a step", parts_are_a_step},
    {"a gradient is set", a_gradient_is_set},
    {"gradients of parts add up", gradients_of_parts_add_up},
    {"an own loss begins the gradient", an_own_loss_begins_the_gradient},
    {"wrong derivatives are refused", wrong_derivatives_are_refused},
    {NULL, NULL},
};
