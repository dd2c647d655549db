#include "check/twin_goal.h"

#include "learn/loss.h"

#include <math.h>

/* The event of a channel in a step, or -1. */
static int64_t find(const sg_twin *twin, size_t s, size_t t, size_t n) {
    const sg_events *target = twin->data.target;
    for (uint64_t e = target->first[s]; e < target->first[s + 1]; e++)
        if (target->channel[e] == n && (target->constant || target->step[e] == t))
            return (int64_t)e;
    return -1;
}

sg_twin_goal sg_twin_goal_of(const sg_twin *twin, size_t s, size_t t, size_t outputs) {
    sg_twin_goal goal = {.sample = s, .step = t, .label = twin->data.labels[s]};
    goal.is_there = !twin->data.target;
    for (size_t n = 0; twin->data.target && n < outputs; n++)
        if (find(twin, s, t, n) >= 0) {
            goal.is_there = true;
            goal.label = (uint32_t)n;
        }
    return goal;
}

double sg_twin_number(const sg_twin *twin, const sg_twin_goal *goal, size_t n) {
    const int64_t e = find(twin, goal->sample, goal->step, n);
    return e < 0 ? (double)NAN : (double)twin->data.target->value[e];
}
