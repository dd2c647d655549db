#include "check/twin_trains.h"

#include "learn/loss.h"

/* The alpha function, k steps after a spike. */
static double kernel(const sg_twin *twin, size_t k) {
    double time = (double)k * twin->config->dt_ms / twin->learn->loss_tau;
    return time * sg_exp(1 - time);
}

static sg_dual spike(const sg_twin_outputs *trains, size_t t, size_t n) {
    return trains->out[t * trains->width + n];
}

/* What output n should do in step t. */
static double wanted(const sg_twin *twin, size_t s, size_t t, size_t n) {
    const sg_events *target = twin->data.target;
    double count = 0;
    for (uint64_t e = target->first[s]; e < target->first[s + 1]; e++)
        count += target->step[e] == t && target->channel[e] == n;
    return count;
}

/* Half the sum of squares of what is left of the difference of the trains once they are filtered. */
static sg_dual spike_time(const sg_twin *twin, const sg_twin_outputs *trains, sg_rounding *rounding) {
    sg_dual sum = sg_fixed(0);
    for (size_t n = 0; n < trains->outputs; n++)
        for (size_t t = 0; t < twin->data.steps; t++) {
            sg_dual e = sg_fixed(0);
            for (size_t k = 1; k <= t; k++) {
                sg_dual miss = sg_minus(spike(trains, t - k, n), sg_fixed(wanted(twin, trains->sample, t - k, n)));
                e = sg_plus(e, sg_scaled(kernel(twin, k), miss));
            }
            e = sg_rounded(rounding, e);
            sum = sg_plus(sum, sg_times(e, e));
        }
    return sg_scaled(twin->config->dt_ms / 2, sum);
}

/* The error of output n in step t: its share of the count's, or the filtered spikes that should not be there. */
static double region_error(const sg_twin *twin, const sg_twin_outputs *trains, size_t t, size_t n) {
    const sg_learn_config *learn = twin->learn;
    size_t begin, end;
    sg_loss_region(learn, twin->config->dt_ms, twin->data.steps, &begin, &end);
    double error = 0, count = 0;
    for (size_t k = 1; k <= t; k++)
        if (t - k < begin || t - k >= end)
            error += kernel(twin, k) * spike(trains, t - k, n).value;
    if (t < begin || t >= end)
        return error;
    for (size_t other = begin; other < end; other++)
        count += spike(trains, other, n).value;
    double target = n == twin->data.labels[trains->sample] ? learn->true_count : learn->false_count;
    return error + (count - target) / (double)(end - begin);
}

/* The sum of errors times filtered spikes. */
static sg_dual region_count(const sg_twin *twin, const sg_twin_outputs *trains, sg_rounding *rounding) {
    double *errors = twin->errors + trains->sample * twin->data.steps * trains->outputs;
    sg_dual sum = sg_fixed(0);
    for (size_t t = 0; t < twin->data.steps; t++)
        for (size_t n = 0; n < trains->outputs; n++, errors++) {
            sg_dual filtered = sg_fixed(0);
            if (!twin->holding)
                *errors = region_error(twin, trains, t, n);
            for (size_t k = 1; k <= t; k++)
                filtered = sg_plus(filtered, sg_scaled(kernel(twin, k), spike(trains, t - k, n)));
            sum = sg_plus(sum, sg_scaled(*errors, sg_rounded(rounding, filtered)));
        }
    return sg_scaled(twin->config->dt_ms, sum);
}

sg_dual sg_twin_trains(const sg_twin *twin, const sg_twin_outputs *trains, sg_rounding *rounding) {
    bool compares = sg_loss_at(twin->learn->loss)->goal == SG_GOAL_TRAINS;
    return compares ? spike_time(twin, trains, rounding) : region_count(twin, trains, rounding);
}
