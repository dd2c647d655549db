/* Delayed tasks of e-prop's authors (Bellec and colleagues 2018, 2020), drawn from the seed: what a sample's answer
 * depends on comes long before the end, where it is asked for. Channels are four groups of one size, each of which
 * fires at random at a rate while it is on. */
#include "base/random.h"
#include "data/synthetic.h"

#include <math.h>

enum { GROUPS = 4, ANSWERS = 2 };

/* Rates in Hz, times in ms. */
static const double CUE_RATE = 40, NOISE_RATE = 10, VALUE_RATE = 50;
static const double CUE = 100, GAP = 50, ASKED = 150, INTERVAL = 200;

/* One sample being drawn. */
typedef struct draw {
    const sg_source_request *request;
    sg_event_writer *out;
    uint64_t key;
} draw;

static uint32_t steps_of(const draw *d, double ms) {
    return (uint32_t)llround(ms / d->request->need.dt_ms);
}

/* The group fires in steps begin .. end-1. */
static void turn_on(const draw *d, uint32_t group, double rate, uint32_t begin, uint32_t end) {
    const uint32_t channels = (uint32_t)d->request->config->channels / GROUPS;
    const double p = rate * d->request->need.dt_ms / 1000;
    for (uint32_t t = begin; t < end; t++)
        for (uint32_t c = group * channels; c < (group + 1) * channels; c++)
            if (sg_random_uniform(d->key, c, t) < p)
                sg_event_writer_add(d->out, t, c, 1);
}

/* ------------------------------------------------------------------------------------------------- evidence */

enum { LEFT, RIGHT, QUESTION, NOISE }; /* groups */

/* Which side each cue is on, seven of ten times the answer's: drawn until the answer has more of them. */
static uint64_t draw_sides(const draw *d, uint32_t answer, uint32_t cues) {
    uint64_t sides = 0;
    for (uint64_t try = 0, of_answer = 0; 2 * of_answer <= cues; try++) {
        sides = of_answer = 0;
        for (uint32_t i = 0; i < cues; i++) {
            bool is_answer = sg_random_uniform(d->key, UINT32_MAX, try * cues + i) < 0.7;
            of_answer += is_answer;
            sides |= (uint64_t)(is_answer ? answer : 1 - answer) << i;
        }
    }
    return sides;
}

static void write_evidence(const draw *d, uint32_t answer) {
    const uint32_t steps = d->request->need.steps, cues = (uint32_t)d->request->config->cues;
    const uint64_t sides = draw_sides(d, answer, cues);
    for (uint32_t i = 0; i < cues; i++) {
        const uint32_t begin = i * steps_of(d, CUE + GAP);
        turn_on(d, sides >> i & 1 ? RIGHT : LEFT, CUE_RATE, begin, begin + steps_of(d, CUE));
    }
    turn_on(d, QUESTION, CUE_RATE, steps - steps_of(d, ASKED), steps);
    turn_on(d, NOISE, NOISE_RATE, 0, steps);
}

static double evidence_ms(const sg_data_config *config) {
    return (double)config->cues * (CUE + GAP) + ASKED;
}

/* --------------------------------------------------------------------------------------------- store and recall */

enum { STORE = ANSWERS, RECALL }; /* groups; those before are the values */

/* Each interval but the last shows a value; that of the one in which it is stored is the answer. */
static void write_store_recall(const draw *d, uint32_t answer) {
    const uint32_t steps = d->request->need.steps, interval = steps_of(d, INTERVAL), count = steps / interval;
    const uint32_t stored = (uint32_t)(sg_random_uniform(d->key, UINT32_MAX, 0) * (count - 1));
    for (uint32_t i = 0; i + 1 < count; i++) {
        const uint32_t other = sg_random_uniform(d->key, UINT32_MAX, 1 + i) < 0.5, begin = i * interval;
        turn_on(d, i == stored ? answer : other, VALUE_RATE, begin, begin + interval);
        if (i == stored)
            turn_on(d, STORE, VALUE_RATE, begin, begin + interval);
    }
    turn_on(d, RECALL, VALUE_RATE, steps - interval, steps);
}

static double store_recall_ms(const sg_data_config *config) {
    (void)config;
    return 2 * INTERVAL;
}

/* ---------------------------------------------------------------------------------------------------- both */

static sg_status check(const sg_data_config *config) {
    if (config->classes != ANSWERS)
        return sg_fail(SG_CONFIG, "data.classes: %lld, but there are two answers to this task: use 2",
                       (long long)config->classes);
    if (config->channels % GROUPS != 0)
        return sg_fail(SG_CONFIG, "data.channels: %lld, but the task has four groups of channels: use a multiple of 4",
                       (long long)config->channels);
    return SG_OK;
}

typedef struct task {
    double (*least_ms)(const sg_data_config *config); /* of a sample */
    void (*write)(const draw *d, uint32_t answer);
} task;

static sg_status check_length(const sg_source_request *request, const task *t) {
    const double found = request->need.steps * request->need.dt_ms, least = t->least_ms(request->config);
    if (found < least)
        return sg_fail(SG_CONFIG, "steps: samples of %g ms, but those of data.set %s take %g ms: use more steps", found,
                       request->kind->head.name, least);
    return SG_OK;
}

static sg_status read(const sg_source_request *request, sg_event_writer *out, const task *t) {
    const sg_event_layout layout = {.name = request->kind->head.name,
                                    .steps = request->need.steps,
                                    .classes = ANSWERS,
                                    .shape = sg_flat_shape((uint32_t)request->config->channels),
                                    .dt_ms = request->need.dt_ms};
    const uint64_t samples = ANSWERS * (uint64_t)request->config->samples;
    SG_TRY(check_length(request, t));
    SG_TRY(sg_rate_check("dt", VALUE_RATE, request->need.dt_ms));
    SG_TRY(sg_synthetic_check(request, request->need.steps * request->need.dt_ms * VALUE_RATE / 1000));
    SG_TRY(sg_event_writer_open(out, &layout));
    for (uint64_t s = 0; s < samples; s++) {
        const uint32_t answer = (uint32_t)(s / (uint64_t)request->config->samples);
        const draw d = {request, out, sg_random_bits(request->need.seed, SG_STREAM_SAMPLES, s)};
        SG_TRY(sg_event_writer_begin(out, SG_TRAIN, answer));
        t->write(&d, answer);
    }
    return SG_OK;
}

static sg_status read_evidence(const sg_source_request *request, sg_event_writer *out) {
    return read(request, out, &(task){evidence_ms, write_evidence});
}

static sg_status read_store_recall(const sg_source_request *request, sg_event_writer *out) {
    return read(request, out, &(task){store_recall_ms, write_store_recall});
}

const sg_source_kind sg_source_evidence = {
    .head = {"evidence", "cues on two sides, of which the side with more is asked for at the end"},
    .check = check,
    .measure = sg_source_count,
    .read = read_evidence,
};

const sg_source_kind sg_source_store_recall = {
    .head = {"store_recall", "values, of which one is to be stored and told at the end"},
    .check = check,
    .measure = sg_source_count,
    .read = read_store_recall,
};
