/* What the files of a check share. check.c finds a network that can be checked, check_slope.c takes its slopes and
 * differences by the twin, check_report.c compares them, and
 * check_exact.c has those in continuous time. */
#ifndef SG_CHECK_CHECK_PARTS_H
#define SG_CHECK_CHECK_PARTS_H

#include "check/check.h"
#include "check/twin.h"
#include "train/trainer.h"

enum { INPUTS = 9, NEURONS = 7, STEPS = 26, MAP_STEPS = 16, SAMPLES = 3 };

_Static_assert((int)STEPS <= (int)SG_TWIN_MEMORY, "spike response neurons remember all steps");

struct sg_check {
    sg_config config; /* small */
    sg_network *network;
    sg_trainer *trainer;
    sg_events *events;
    sg_shape in;            /* of the input channels */
    bool numbers, constant; /* what comes in, as in sg_events */
    float *values;          /* (samples, T, inputs) spikes or numbers */
    sg_feedback feedback;   /* that of the trainer, drawn again */
    sg_twin twin;
    sg_twin_clearance clearance;
    double *gradient;                      /* (parameters) of the twin with spikes */
    double *slope;                         /* (parameters) of the smooth twin */
    double *way;                           /* (parameters) how far differences go to either side */
    double *measured;                      /* (parameters) differences of the smooth twin */
    double *exact;                         /* (parameters) in continuous time; NULL: it is not known */
    double *found;                         /* (parameters) of the kernels */
    double *smooth_floor, *kernel_floor;   /* (parameters) what rounding may add to the one and the other */
    size_t silent, overflown, close, tied; /* networks that could not be checked, and why */
};

/* Draws the feedback that the twin's plan has, as the trainer does. */
sg_status sg_check_draw_feedback(sg_check *c);

/* The slope of the twin's loss in every direction; and, if `way` is not NULL, how far differences may go in it. */
sg_status sg_check_slopes(sg_check *c, bool smooth, double *slope, double *way);

/* The gradient of the twin with spikes; and whether single precision can hold it, and all that it is computed from: if
 * not, it is not all there. */
sg_status sg_check_gradient(sg_check *c, bool *fits);

/* The differences, and what rounding takes from them and from the kernels. */
sg_status sg_check_measure(sg_check *c);

/* The gradient in continuous time, where that is what the rule's is an approximation of and the network has nothing
 * that the exact engine has not. */
sg_status sg_check_exact(sg_check *c);

/* The error of kernels in a group, as a report tells it; and whether the group is trained. */
double sg_check_error(const double *found, const double *expected, const double *floor, const sg_group *group);
bool sg_check_trains(const sg_layer *layer, const sg_group *group);

#endif
