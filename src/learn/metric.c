#include "learn/metric.h"

#include <math.h>

/* Spikes of the two trains that are at most so far apart, or in the same step, are taken for one another. */
static const double TOLERANCE_MS = 1;

void sg_score_add(sg_score *score, const sg_score *part) {
    score->sum += part->sum;
    score->count += part->count;
}

double sg_score_mean(const sg_score *score) {
    return score->count > 0 ? score->sum / (double)score->count : NAN;
}

bool sg_metric_is_better(const sg_metric_kind *metric, double a, double b) {
    if (isnan(a) || isnan(b))
        return isnan(b) && !isnan(a);
    return metric->lower_is_better ? a < b : a > b;
}

uint32_t sg_largest_output(const double *values, size_t outputs) {
    uint32_t best = 0;
    for (uint32_t n = 1; n < outputs; n++)
        if (values[n] > values[best])
            best = n;
    return best;
}

static void add_class(const double *values, size_t outputs, const sg_goal *goal, sg_score *score) {
    score->sum += sg_largest_output(values, outputs) == goal->label;
    score->count++;
}

static void add_squares(const double *values, size_t outputs, const sg_goal *goal, sg_score *score) {
    for (size_t n = 0; n < outputs; n++)
        if (!isnan(goal->numbers[n])) {
            const double miss = values[n] - (double)goal->numbers[n];
            score->sum += miss * miss;
            score->count++;
        }
}

/* A class is there where its probability, the sigmoid of the output, is more than a half. */
static void add_bits(const double *values, size_t outputs, const sg_goal *goal, sg_score *score) {
    for (size_t n = 0; n < outputs; n++)
        if (!isnan(goal->numbers[n])) {
            score->sum += (values[n] > 0) == (goal->numbers[n] > 0.5f);
            score->count++;
        }
}

/* As the loss cosine has it: 0 of outputs that are all 0. */
static void add_cosine(const double *values, size_t outputs, const sg_goal *goal, sg_score *score) {
    double vv = 0, yy = 0, vy = 0;
    for (size_t n = 0; n < outputs; n++) {
        const double y = isnan(goal->numbers[n]) ? 0 : (double)goal->numbers[n];
        vv += isnan(goal->numbers[n]) ? 0 : values[n] * values[n];
        yy += y * y;
        vy += values[n] * y;
    }
    score->sum += vv > 0 && yy > 0 ? vy / (sqrt(vv) * sqrt(yy)) : 0;
    score->count++;
}

/* The first spike of the target for output n, from number `from` on and in step `most` at the latest, that no spike
 * before has; or the number of them all. */
static size_t find_wanted(const sg_spike_list *target, size_t from, size_t n, size_t most) {
    for (size_t e = from; e < target->count && target->step[e] <= most; e++)
        if (target->channel[e] == n)
            return e;
    return target->count;
}

/* Each spike, in the order of time, takes the first spike of its output's target that is near enough and that none
 * before it took: so many as possible find one. */
static void add_trains(const sg_trains *trains, sg_score *score) {
    const size_t near = (size_t)(TOLERANCE_MS / trains->dt_ms * (1 + 1e-9));
    const sg_spike_list *target = &trains->target;
    size_t from[SG_MAX_CLASSES] = {0}, begin = 0, found = 0, fired = 0;
    for (size_t t = 0; t < trains->steps; t++) {
        while (begin < target->count && target->step[begin] + near < t)
            begin++;
        for (size_t n = 0; n < trains->outputs; n++) {
            if (!sg_trains_fires(trains, t, n))
                continue;
            const size_t e = find_wanted(target, from[n] > begin ? from[n] : begin, n, t + near);
            fired++;
            found += e < target->count;
            from[n] = e < target->count ? e + 1 : from[n];
        }
    }
    score->sum += 2 * (double)found;
    score->count += fired + target->count;
}

const sg_metric_kind sg_metric_accuracy = {
    .head = {"accuracy", "share of right predictions; of right steps, where each has a class"},
    .title = "accuracy",
    .brief = "acc",
    .row = add_class,
};
const sg_metric_kind sg_metric_mse = {
    .head = {"mse", "mean over numbers of (output - target) squared"},
    .title = "mean squared error",
    .brief = "mse",
    .lower_is_better = true,
    .row = add_squares,
};
const sg_metric_kind sg_metric_bits = {
    .head = {"bits", "share of outputs that tell rightly whether their class is there"},
    .title = "share of right bits",
    .brief = "bits",
    .row = add_bits,
};
const sg_metric_kind sg_metric_cosine = {
    .head = {"cosine", "mean over samples of the cosine between outputs and target"},
    .title = "cosine",
    .brief = "cosine",
    .row = add_cosine,
};
const sg_metric_kind sg_metric_spikes = {
    .head = {"spikes", "share of spikes, of outputs and targets, with one of the other within 1 ms or in its step"},
    .title = "share of matched spikes",
    .brief = "spikes",
    .trains = add_trains,
};
