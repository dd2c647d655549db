/* The gradient with respect to inputs. */
#include "common.h"

#include <math.h>
#include <string.h>

enum { SIZE = STEPS * INPUTS };

/* The outputs are linear in the spikes that come in, so that one more spike changes them by exactly the derivative. */
static const char linear[] =
    "steps: 40\nloss: {kind: mean_ce}\nlayers:\n  - {size: 3, link: {sd: 0.5}, neuron: {kind: li}}\n";

/* The events of a sample, and one more in `step` and `channel`, where there is none; sorted. */
static sg_events *with_spike(const sg_events *events, uint32_t sample, uint16_t step, uint32_t channel) {
    uint64_t first[2] = {0, EVENTS + 1};
    uint16_t steps[EVENTS + 1];
    uint32_t channels[EVENTS + 1];
    sg_events_view view = sg_events_get(events);
    const uint64_t begin = view.first[sample];
    sg_events *made;
    size_t count = 0, e = 0;
    for (; e < EVENTS &&
           (view.step[begin + e] < step || (view.step[begin + e] == step && view.channel[begin + e] <= channel));
         e++) {
        steps[count] = view.step[begin + e];
        channels[count++] = view.channel[begin + e];
    }
    steps[count] = step;
    channels[count++] = channel;
    for (; e < EVENTS; e++) {
        steps[count] = view.step[begin + e];
        channels[count++] = view.channel[begin + e];
    }
    view.samples = 1;
    view.first = first;
    view.step = steps;
    view.channel = channels;
    view.label += sample;
    OK(sg_events_create(&view, &made));
    return made;
}

static void one_spike_more_is_the_derivative(void) {
    static float by_inputs[SIZE];
    const uint32_t sample = 4, alone = 0;
    double before[CLASSES], after[CLASSES];
    subject work;
    open_subject(&work, linear, 1);
    OK(sg_predict(work.network, work.config, work.events, &sample, 1, 1, before, NULL));
    for (uint32_t n = 0; n < CLASSES; n++) {
        double by_outputs[CLASSES] = {0}, largest = 0;
        by_outputs[n] = 1;
        OK(sg_input_gradients(work.network, work.config, work.events, &sample, 1, 1, by_outputs, by_inputs));
        for (uint32_t t = 0; t < STEPS; t += 3)
            for (uint32_t i = t % 2; i < 8; i += 3) { /* the sample fires channels 8 .. 15 */
                sg_events *more = with_spike(work.events, sample, (uint16_t)t, i);
                OK(sg_predict(work.network, work.config, more, &alone, 1, 1, after, NULL));
                CHECK(fabs(after[n] - before[n] - (double)by_inputs[t * INPUTS + i]) < 1e-5);
                largest = fmax(largest, fabs(after[n] - before[n]));
                sg_events_free(more);
            }
        CHECK(largest > 1e-2);
    }
    close_subject(&work);
}

/* The configured loss's gradient is that of the caller's by_outputs, which it is linear in, also through spikes. */
static void the_configured_loss_is_one_of_the_callers(void) {
    static float configured[SAMPLES * SIZE], own[SAMPLES * SIZE], doubled[SAMPLES * SIZE];
    static double outputs[SAMPLES * CLASSES], by_outputs[SAMPLES * CLASSES];
    float largest = 0;
    subject work;
    open_subject(&work, rich, 1);
    OK(sg_predict(work.network, work.config, work.events, work.samples, SAMPLES, 1, outputs, NULL));
    cross_entropy(outputs, sg_events_get(work.events).label, by_outputs);
    for (size_t j = 0; j < SAMPLES * CLASSES; j++)
        by_outputs[j] *= SAMPLES; /* L is the loss of one sample, not the mean */
    OK(sg_input_gradients(work.network, work.config, work.events, work.samples, SAMPLES, 2, NULL, configured));
    OK(sg_input_gradients(work.network, work.config, work.events, work.samples, SAMPLES, 1, by_outputs, own));
    for (size_t j = 0; j < SAMPLES * CLASSES; j++)
        by_outputs[j] *= 2;
    OK(sg_input_gradients(work.network, work.config, work.events, work.samples, SAMPLES, 1, by_outputs, doubled));
    for (size_t j = 0; j < SAMPLES * SIZE; j++)
        largest = fmaxf(largest, fabsf(configured[j]));
    for (size_t j = 0; j < SAMPLES * SIZE; j++) {
        CHECK(fabsf(configured[j] - own[j]) < 1e-5f * largest);
        CHECK(fabsf(2 * own[j] - doubled[j]) < 1e-5f * largest);
    }
    CHECK(largest > 1e-3f);
    close_subject(&work);
}

const test_case input_cases[] = {
    {"one spike more is the derivative", one_spike_more_is_the_derivative},
    {"the configured loss is one of the caller's", the_configured_loss_is_one_of_the_callers},
    {NULL, NULL},
};
