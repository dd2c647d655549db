/* Slopes, differences, and what rounding makes of them: the numbers of a check, from the twin. */
#include "check/check_parts.h"

#include "base/random.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

/* Differences take large steps, which lose less to rounding: TO_CORNER of the way to the next kink of a spike or a
 * surrogate, and TO_BEND of the change that bends a function, at most. */
static const double TO_CORNER = 0.25, TO_BEND = 5e-4;

/* What rounding does is drawn so many times, and another draw is larger than so many of their root mean squares once in
 * a thousand times (Student's t with as many degrees of freedom). Double precision can pay for a single one. */
typedef struct rounding_draws {
    size_t count;
    double rarely;
} rounding_draws;
static const rounding_draws KERNEL_DRAWS = {3, 12.9}, SMOOTH_DRAWS = {1, 637};

/* Kernels have from SG_FLUSH up to as far on the other side of 1: gradients may be so large. That leaves room, of eight
 * digits, for what they are computed from. */
static const double OVERFLOWN = 1 / (double)SG_FLUSH;

/* A single fourth difference may be smaller than the rounding that it measures. */
static const double LUCK = 3;

sg_status sg_check_slopes(sg_check *c, bool smooth, double *slope, double *way) {
    sg_dual loss;
    c->twin.smooth = smooth;
    c->twin.holding = false;
    c->twin.clearance = way ? &c->clearance : NULL;
    for (c->twin.direction = 0; c->twin.direction < c->twin.count; c->twin.direction++) {
        c->twin.rounding.seed++; /* if any */
        SG_TRY(sg_twin_run(&c->twin, &loss));
        slope[c->twin.direction] = loss.slope;
        if (way)
            way[c->twin.direction] = fmin(1, fmin(TO_CORNER * c->clearance.reach, TO_BEND * c->clearance.bend));
    }
    return SG_OK;
}

sg_status sg_check_gradient(sg_check *c, bool *fits) {
    sg_dual loss;
    *fits = true;
    c->twin.smooth = c->twin.holding = false;
    c->twin.clearance = NULL;
    for (c->twin.direction = 0; *fits && c->twin.direction < c->twin.count; c->twin.direction++) {
        SG_TRY(sg_twin_run(&c->twin, &loss));
        c->gradient[c->twin.direction] = loss.slope;
        *fits = fabs(loss.slope) <= OVERFLOWN;
    }
    c->twin.direction = c->twin.count;
    return SG_OK;
}

/* The loss with parameter j moved. */
static sg_status run_moved(sg_check *c, size_t j, double by, double *value) {
    sg_dual loss;
    double at = c->twin.parameters[j];
    c->twin.parameters[j] = at + by;
    sg_status status = sg_twin_run(&c->twin, &loss);
    c->twin.parameters[j] = at;
    *value = loss.value;
    return status;
}

/* Central differences, of fourth order, of the smooth twin's loss, with what is constant held at what it was in the
 * middle. Of five numbers of a smooth function the fourth difference is next to nothing but rounding. So its mean
 * square over all parameters tells what rounding does to the loss, which is at least its last bit. */
static sg_status run_differences(sg_check *c) {
    double square = 0, middle = 0, least;
    c->twin.smooth = true;
    c->twin.holding = true;
    SG_TRY(run_moved(c, 0, 0, &middle));
    for (size_t j = 0; j < c->twin.count; j++) {
        const double h = c->way[j], by[4] = {h, -h, 2 * h, -2 * h};
        double value[4], fourth;
        for (size_t k = 0; k < 4; k++)
            SG_TRY(run_moved(c, j, by[k], &value[k]));
        c->measured[j] = (8 * (value[0] - value[1]) - (value[2] - value[3])) / (12 * h);
        fourth = (value[2] + value[3]) - 4 * (value[0] + value[1]) + 6 * middle;
        square += fourth * fourth;
        c->smooth_floor[j] = fabs(fourth);
    }
    least = fmax(sqrt(square / (double)c->twin.count), DBL_EPSILON * fabs(middle));
    for (size_t j = 0; j < c->twin.count; j++)
        c->smooth_floor[j] = LUCK * fmax(c->smooth_floor[j], least) / c->way[j];
    return SG_OK;
}

/* The slopes of a twin that rounds to numbers with this epsilon, in parameters that are off by half of it. Each
 * direction has roundings of its own, so that the entries of a group are as many draws. */
static sg_status run_rounded(sg_check *c, bool smooth, double epsilon, size_t draw, double *parameters, double *slope) {
    double *exact = c->twin.parameters;
    uint64_t seed = sg_random_bits((uint64_t)c->config.learn.seed, 4, draw);
    for (size_t j = 0; j < c->twin.count; j++) {
        bool up = sg_random_bits(seed, 0, j) & 1;
        parameters[j] = exact[j] * (1 + (up ? 0.5 : -0.5) * epsilon);
    }
    c->twin.parameters = parameters;
    c->twin.rounding = (sg_rounding){.half = epsilon / 2, .seed = seed};
    sg_status status = sg_check_slopes(c, smooth, slope, NULL);
    c->twin.rounding = (sg_rounding){0};
    c->twin.parameters = exact;
    return status;
}

/* Adds to `floor` what rounding to numbers with this epsilon may do to slopes: much of one that is what large terms
 * that cancel leave, or that goes through the foot of a surrogate, which 1 - k |u| is, or comes of a saturated loss. */
static sg_status add_rounding(sg_check *c, bool smooth, double epsilon, rounding_draws draws, const double *slope,
                              double *floor) {
    size_t count = c->twin.count;
    double *parameters = sg_array(3 * count, sizeof *parameters);
    if (!parameters)
        return SG_MEMORY;
    double *rounded = parameters + count, *square = rounded + count;
    sg_status status = SG_OK;
    for (size_t draw = 0; status == SG_OK && draw < draws.count; draw++) {
        status = run_rounded(c, smooth, epsilon, draw, parameters, rounded);
        for (size_t j = 0; j < count; j++)
            square[j] += (rounded[j] - slope[j]) * (rounded[j] - slope[j]);
    }
    for (size_t j = 0; j < count; j++)
        floor[j] += draws.rarely * sqrt(square[j] / (double)draws.count);
    free(parameters);
    return status;
}

/* What the kernels flush is lost. */
sg_status sg_check_measure(sg_check *c) {
    SG_TRY(run_differences(c));
    SG_TRY(add_rounding(c, true, DBL_EPSILON, SMOOTH_DRAWS, c->slope, c->smooth_floor));
    for (size_t j = 0; j < c->twin.count; j++)
        c->kernel_floor[j] = (double)SG_FLUSH * SAMPLES * STEPS;
    return add_rounding(c, false, (double)FLT_EPSILON, KERNEL_DRAWS, c->gradient, c->kernel_floor);
}
