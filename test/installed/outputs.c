/* Outputs and predictions of each sample, and the evaluation that they add up to. */
#include "common.h"

#include <math.h>
#include <string.h>

static void outputs_add_up_to_the_evaluation(void) {
    static double outputs[SAMPLES * CLASSES];
    uint32_t predicted[SAMPLES];
    uint64_t confusion[CLASSES * CLASSES], counted[CLASSES * CLASSES] = {0};
    sg_evaluation result = SG_SIZED(sg_evaluation);
    sg_metric_info metric = SG_SIZED(sg_metric_info);
    size_t correct = 0;
    const uint32_t *label;
    subject work;
    open_subject(&work, rich, 1);
    label = sg_events_get(work.events).label;
    train_step(&work);
    OK(sg_predict(work.network, work.config, work.events, work.samples, SAMPLES, 2, outputs, predicted));
    OK(sg_evaluate(work.network, work.config, work.events, work.samples, SAMPLES, 1, &result, NULL, confusion));
    for (size_t s = 0; s < SAMPLES; s++) {
        for (size_t n = 0; n < CLASSES; n++)
            CHECK(outputs[s * CLASSES + n] <= outputs[s * CLASSES + predicted[s]]);
        counted[label[s] * CLASSES + predicted[s]]++;
        correct += predicted[s] == label[s];
    }
    CHECK(memcmp(counted, confusion, sizeof counted) == 0);
    CHECK(result.samples == SAMPLES && result.correct == correct);
    CHECK(fabs(result.accuracy - (double)correct / SAMPLES) < 1e-15 && result.metric == result.accuracy);
    OK(sg_metric(work.config, &metric));
    CHECK(strcmp(metric.name, "accuracy") == 0 && !metric.lower_is_better && metric.title && metric.summary);
    CHECK(result.input_events_per_sample == EVENTS);
    CHECK(fabs(result.loss - cross_entropy(outputs, label, NULL)) < 1e-9);
    close_subject(&work);
}

/* Samples in any order, some of them twice, give what each gives alone. */
static void samples_do_not_know_each_other(void) {
    const uint32_t some[] = {7, 2, 7, 29};
    double together[4 * CLASSES], alone[CLASSES];
    subject work;
    open_subject(&work, rich, 1);
    OK(sg_predict(work.network, work.config, work.events, some, 4, 2, together, NULL));
    for (size_t s = 0; s < 4; s++) {
        OK(sg_predict(work.network, work.config, work.events, some + s, 1, 1, alone, NULL));
        CHECK(memcmp(alone, together + s * CLASSES, sizeof alone) == 0);
    }
    REFUSED(sg_predict(work.network, work.config, work.events, some, 0, 1, alone, NULL), SG_ARGUMENT, "sample");
    close_subject(&work);
}

const test_case output_cases[] = {
    {"outputs add up to the evaluation", outputs_add_up_to_the_evaluation},
    {"samples do not know each other", samples_do_not_know_each_other},
    {NULL, NULL},
};
