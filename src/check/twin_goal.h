/* What the outputs of a twin should do in a step, looked up in the data cell by cell. */
#ifndef SG_CHECK_TWIN_GOAL_H
#define SG_CHECK_TWIN_GOAL_H

#include "check/twin.h"

typedef struct sg_twin_goal {
    bool is_there;
    size_t sample, step;
    uint32_t label; /* a class, where the loss asks for one */
} sg_twin_goal;

/* The goal of sample s in step t; of a loss of the whole sample in step 0. */
sg_twin_goal sg_twin_goal_of(const sg_twin *twin, size_t s, size_t t, size_t outputs);

/* The number that output n should be, or NAN. */
double sg_twin_number(const sg_twin *twin, const sg_twin_goal *goal, size_t n);

#endif
