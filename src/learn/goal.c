#include "learn/goal.h"

#include "base/status.h"

#include <math.h>

/* What each kind asks of a store of targets. */
static const struct {
    const char *needs;   /* in words; NULL: no targets */
    bool or_label;       /* the label serves where there are none */
    bool numbers, whole; /* numbers; which are constant */
    bool shares;         /* within 0 and 1 */
    bool direction;      /* not all 0 */
    bool single;         /* one event in a step at most, and channels may be fewer than outputs */
} kinds[SG_GOAL_KINDS] = {
    [SG_GOAL_LABEL] = {.or_label = true},
    [SG_GOAL_CLASSES] = {.needs = "a class in each step", .or_label = true, .single = true},
    [SG_GOAL_NUMBERS] = {.needs = "numbers of the outputs", .numbers = true},
    [SG_GOAL_CONSTANT] = {.needs = "constant numbers of the outputs", .numbers = true, .whole = true},
    [SG_GOAL_SHARES] = {.needs = "numbers of the outputs", .numbers = true, .shares = true},
    [SG_GOAL_CONSTANT_SHARES] = {.needs = "constant numbers of the outputs",
                                 .numbers = true,
                                 .whole = true,
                                 .shares = true},
    [SG_GOAL_DIRECTION] = {.needs = "constant numbers of the outputs",
                           .numbers = true,
                           .whole = true,
                           .direction = true},
    [SG_GOAL_TRAINS] = {.needs = "spike trains"},
};

static const sg_events *target_of(sg_goal_kind kind, const sg_events *events) {
    return kinds[kind].needs ? events->target : NULL;
}

/* ---------------------------------------------------------------------------------------------------- reading */

void sg_goals_begin(sg_goals *goals, sg_goal_kind kind, const sg_events *events, size_t sample, size_t outputs) {
    const sg_events *target = target_of(kind, events);
    goals->target = target;
    goals->label = kinds[kind].or_label && !target ? events->label[sample] : SG_NO_LABEL;
    goals->next = target ? target->first[sample] : 0;
    goals->end = target ? target->first[sample + 1] : 0;
    goals->outputs = outputs;
}

/* The numbers of a row; constant ones stay for all. */
static bool take_numbers(sg_goals *goals, size_t row) {
    const sg_events *target = goals->target;
    const uint64_t begin = goals->next;
    uint64_t e = begin;
    for (size_t n = 0; n < goals->outputs; n++)
        goals->numbers[n] = NAN;
    for (; e < goals->end && (target->constant || target->step[e] == row); e++)
        goals->numbers[target->channel[e]] = target->value[e];
    goals->next = target->constant ? begin : e;
    return e > begin;
}

bool sg_goals_take(sg_goals *goals, size_t row, sg_goal *goal) {
    const sg_events *target = goals->target;
    *goal = (sg_goal){.label = goals->label};
    if (!target)
        return goals->label != SG_NO_LABEL;
    while (!target->constant && goals->next < goals->end && target->step[goals->next] < row)
        goals->next++; /* rows that were not asked for */
    if (target->numbers) {
        goal->numbers = goals->numbers;
        return take_numbers(goals, row);
    }
    if (goals->next == goals->end || target->step[goals->next] != row)
        return false;
    goal->label = target->channel[goals->next++];
    return true;
}

static bool has_kind(sg_goal_kind kind, const sg_events *target) {
    return target->numbers == kinds[kind].numbers && (target->constant || !kinds[kind].whole);
}

static bool has_outputs(sg_goal_kind kind, const sg_events *target, size_t outputs) {
    return kinds[kind].single ? target->channels <= outputs : target->channels == outputs;
}

bool sg_goals_are_there(sg_goal_kind kind, const sg_events *events, size_t sample, size_t outputs) {
    const sg_events *target = target_of(kind, events);
    if (!target)
        return kinds[kind].or_label && events->label[sample] != SG_NO_LABEL;
    return has_kind(kind, target) && has_outputs(kind, target, outputs);
}

bool sg_goals_are_labels(sg_goal_kind kind, const sg_events *events) {
    return kinds[kind].or_label && !target_of(kind, events);
}

size_t sg_goals_count(sg_goal_kind kind, const sg_events *events, size_t sample, size_t rows) {
    const sg_events *target = target_of(kind, events);
    size_t count = 0;
    if (!target)
        return rows;
    const uint64_t begin = target->first[sample], end = target->first[sample + 1];
    if (target->constant)
        return end > begin ? rows : 0;
    for (uint64_t e = begin; e < end; e++)
        count += e == begin || target->step[e] != target->step[e - 1];
    return count;
}

/* ---------------------------------------------------------------------------------------------------- checking */

static sg_status check_labels(const sg_events *events, const uint32_t *samples, size_t count) {
    for (size_t s = 0; s < count; s++)
        if (events->label[samples[s]] == SG_NO_LABEL)
            return sg_fail(SG_DATA,
                           "sample %u has no label, which training and evaluation need: give it one, or leave it out; "
                           "a prediction needs none",
                           samples[s]);
    return SG_OK;
}

/* Whether a sample's numbers are there and all 0. */
static bool is_nothing(const sg_events *target, uint64_t begin, uint64_t end) {
    bool nothing = end > begin;
    for (uint64_t e = begin; e < end; e++)
        nothing = nothing && target->value[e] == 0;
    return nothing;
}

/* The targets of one sample. */
static sg_status check_sample(sg_goal_kind kind, const char *loss, const sg_events *target, uint32_t sample) {
    const uint64_t begin = target->first[sample], end = target->first[sample + 1];
    for (uint64_t e = begin; kinds[kind].single && e + 1 < end; e++)
        if (target->step[e] == target->step[e + 1])
            return sg_fail(SG_DATA,
                           "the target of sample %u has two classes in step %u, expected one for loss.kind %s: use "
                           "numbers of 0 and 1 and step_bce, or one class",
                           sample, target->step[e], loss);
    for (uint64_t e = begin; kinds[kind].shares && e < end; e++)
        if (!(target->value[e] >= 0 && target->value[e] <= 1))
            return sg_fail(SG_DATA,
                           "the target of sample %u has %g, expected 0 to 1 for loss.kind %s: scale the targets, or "
                           "use a loss of squares",
                           sample, (double)target->value[e], loss);
    if (kinds[kind].direction && is_nothing(target, begin, end))
        return sg_fail(
            SG_DATA,
            "the target of sample %u is 0 for all outputs, which has no direction, expected a number that is "
            "not 0 for loss.kind %s: leave the sample out, or use mean_mse",
            sample, loss);
    return SG_OK;
}

static sg_status check_store(sg_goal_kind kind, const char *loss, size_t outputs, const sg_events *target) {
    if (!has_kind(kind, target))
        return sg_fail(SG_DATA,
                       "loss.kind: %s needs %s, but the targets of the data are %s: use another loss, or "
                       "other targets (docs/data.md)",
                       loss, kinds[kind].needs, sg_events_kind(target->numbers, target->constant));
    if (!has_outputs(kind, target, outputs))
        return sg_fail(SG_DATA,
                       "the targets of the data are of %u outputs, expected %zu, as the last layer has neurons",
                       target->channels, outputs);
    return SG_OK;
}

sg_status sg_goals_check(sg_goal_kind kind, const char *loss, size_t outputs, const sg_events *events,
                         const uint32_t *samples, size_t count) {
    const sg_events *target = target_of(kind, events);
    if (!target && kinds[kind].or_label)
        return check_labels(events, samples, count);
    if (!target)
        return sg_fail(SG_DATA,
                       "loss.kind: %s needs %s as targets, but the data have none: add targets to the events "
                       "(docs/data.md), or use another loss",
                       loss, kinds[kind].needs);
    SG_TRY(check_store(kind, loss, outputs, target));
    for (size_t s = 0; s < count; s++)
        SG_TRY(check_sample(kind, loss, target, samples[s]));
    return SG_OK;
}
