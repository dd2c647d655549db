/* What the outputs should do for a sample, of every kind of target: a class, numbers of the outputs, or spike trains
 * (docs/design.md). A loss reads it row after row, as it reads the outputs. */
#ifndef SG_LEARN_GOAL_H
#define SG_LEARN_GOAL_H

#include "data/events.h"

/* What a loss needs of the data. All but labels are in sg_events.target, where what is not listed does not count. */
typedef enum sg_goal_kind {
    SG_GOAL_LABEL,    /* a class of the sample */
    SG_GOAL_CLASSES,  /* a class of each step, by an event of that channel; the label where data have no targets */
    SG_GOAL_NUMBERS,  /* a number of each output in each step, or a constant one */
    SG_GOAL_CONSTANT, /* a number of each output for the whole sample */
    SG_GOAL_SHARES,   /* as numbers, within 0 and 1: how far the output's class is there */
    SG_GOAL_CONSTANT_SHARES,
    SG_GOAL_DIRECTION, /* as constant numbers, not all of them 0 */
    SG_GOAL_TRAINS,    /* spikes */
    SG_GOAL_KINDS
} sg_goal_kind;

/* What one row of outputs should be. */
typedef struct sg_goal {
    uint32_t label;       /* a class, or SG_NO_LABEL */
    const float *numbers; /* (outputs), NAN of an output that may be anything; or NULL */
} sg_goal;

/* The goals of a sample on the way from row to row. */
typedef struct sg_goals {
    const sg_events *target; /* NULL: the label */
    uint32_t label;
    uint64_t next, end; /* events of the sample */
    size_t outputs;
    float numbers[SG_MAX_CLASSES];
} sg_goals;

void sg_goals_begin(sg_goals *goals, sg_goal_kind kind, const sg_events *events, size_t sample, size_t outputs);

/* The goal of row number `row`, after those before it; false where there is none. Its numbers live until the next call.
 */
bool sg_goals_take(sg_goals *goals, size_t row, sg_goal *goal);

/* Of `rows` rows, those that have a goal. */
size_t sg_goals_count(sg_goal_kind kind, const sg_events *events, size_t sample, size_t rows);

/* Whether the goals of these data are labels of whole samples. */
bool sg_goals_are_labels(sg_goal_kind kind, const sg_events *events);

/* Whether a sample has a label, or targets that can be read for so many outputs: of predictions it need not. */
bool sg_goals_are_there(sg_goal_kind kind, const sg_events *events, size_t sample, size_t outputs);

/* Whether these samples have what the kind needs, for so many outputs. SG_DATA with the remedy; `loss` is its name. */
sg_status sg_goals_check(sg_goal_kind kind, const char *loss, size_t outputs, const sg_events *events,
                         const uint32_t *samples, size_t count);

#endif
