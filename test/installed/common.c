#include "common.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char plain[] = "steps: 40\nloss: {kind: mean_ce}\noptimiser: {kind: sgd, lr: 0.5}\n"
                     "layers:\n  - {size: 16, link: {sd: 0.5}}\n  - {size: 3, link: {sd: 0.5}, neuron: {kind: li}}\n";

const char rich[] =
    "steps: 40\nloss: {kind: mean_ce}\noptimiser: {kind: sgd, lr: 0.5}\n"
    "layers:\n  - {size: 16, link: {sd: 0.5, bias: true}, recurrent: {from: own}, neuron: {kind: alif}}\n"
    "  - {size: 3, link: {sd: 0.5}, neuron: {kind: li}}\n";

sg_events *make_events(void) {
    static uint64_t first[SAMPLES + 1];
    static uint16_t step[SAMPLES * EVENTS];
    static uint32_t channel[SAMPLES * EVENTS], label[SAMPLES];
    const sg_shape shape = {2, 3, 4};
    sg_events *events;
    sg_events_view arrays;
    for (uint32_t s = 0; s < SAMPLES; s++) {
        label[s] = s % CLASSES;
        first[s + 1] = (s + 1) * EVENTS;
        for (uint32_t e = 0; e < EVENTS; e++) {
            step[s * EVENTS + e] = (uint16_t)(s % 4 + 2 * e);
            channel[s * EVENTS + e] = label[s] * 8 + (e + s / 4) % 8;
        }
    }
    memset(&arrays, 0, sizeof arrays);
    arrays.samples = SAMPLES;
    arrays.steps = STEPS;
    arrays.channels = INPUTS;
    arrays.classes = CLASSES;
    arrays.dt_ms = 1;
    arrays.first = first;
    arrays.step = step;
    arrays.channel = channel;
    arrays.label = label;
    arrays.shape = shape;
    OK(sg_events_create(&arrays, &events));
    return events;
}

sg_config *make_config(const char *yaml) {
    sg_config *config;
    OK(sg_config_parse("test", yaml, strlen(yaml), &config));
    return config;
}

void open_subject(subject *work, const char *yaml, int threads) {
    work->events = make_events();
    work->config = make_config(yaml);
    OK(sg_network_create(work->config, INPUTS, &work->network));
    OK(sg_trainer_create(work->network, work->config, threads, &work->trainer));
    for (uint32_t s = 0; s < SAMPLES; s++)
        work->samples[s] = s;
}

void close_subject(subject *work) {
    sg_trainer_free(work->trainer);
    sg_network_free(work->network);
    sg_config_free(work->config);
    sg_events_free(work->events);
}

double train_step(subject *work) {
    sg_batch_result batch = SG_SIZED(sg_batch_result);
    OK(sg_trainer_step(work->trainer, work->events, work->samples, SAMPLES, &batch));
    return batch.loss;
}

size_t parameters_of(const sg_network *network, float *values) {
    size_t count = 0;
    for (size_t layer = 0; layer < sg_network_layers(network); layer++) {
        sg_group_info group = SG_SIZED(sg_group_info);
        for (size_t i = 0; sg_network_group(network, layer, i, &group) == SG_OK; i++) {
            OK(sg_network_get_group(network, layer, group.name, values + count));
            count += (size_t)group.rows * group.columns;
        }
    }
    return count;
}

bool same_parameters(const sg_network *a, const sg_network *b) {
    static float left[ROOM], right[ROOM];
    size_t count = parameters_of(a, left);
    return count > 0 && count == parameters_of(b, right) && memcmp(left, right, count * sizeof *left) == 0;
}

double cross_entropy(const double *outputs, const uint32_t *label, double *by_outputs) {
    double loss = 0;
    for (size_t s = 0; s < SAMPLES; s++) {
        const double *o = outputs + s * CLASSES;
        double sum = 0, most = fmax(o[0], fmax(o[1], o[2]));
        for (size_t n = 0; n < CLASSES; n++)
            sum += exp(o[n] - most);
        loss += log(sum) + most - o[label[s]];
        for (size_t n = 0; n < CLASSES && by_outputs; n++)
            by_outputs[s * CLASSES + n] = (exp(o[n] - most) / sum - (n == label[s])) / SAMPLES;
    }
    return loss / SAMPLES;
}
