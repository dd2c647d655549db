/* The numbers of a check, compared group after group. */
#include "check/check_parts.h"

#include <math.h>
#include <string.h>

/* Weights that are and stay 0. */
static bool is_hole(const sg_group *group, size_t j) {
    return group->zero_diagonal && j / group->columns == j % group->columns;
}

/* The largest of a group's numbers. */
static double largest_of(const double *values, const sg_group *group) {
    double largest = 0;
    for (size_t j = 0; j < sg_group_count(group); j++)
        if (!is_hole(group, j))
            largest = fmax(largest, fabs(values[j]));
    return largest;
}

/* Gradients of a group that ought to be equal, and what rounding alone may make of their difference. */
typedef struct comparison {
    const double *found, *expected, *floor; /* (rows, columns) each */
    double tolerance;
    bool pooled; /* whether the largest floor of the group is that of all its entries */
} comparison;

/* The largest difference, as a share of the largest entry; or, if that is smaller, of the number in which rounding
 * alone would make an error of the tolerance. Of groups without a gradient (what is drawn but not trained) there is
 * none, nor of the weights that are and stay 0. */
static double error_of(const comparison *c, const sg_group *group) {
    double largest = largest_of(c->expected, group), floor = largest_of(c->floor, group), error = 0;
    for (size_t j = 0; j < sg_group_count(group); j++) {
        double scale = fmax(largest, (c->pooled ? floor : c->floor[j]) / c->tolerance);
        double share = c->found[j] == c->expected[j] ? 0 : fabs(c->found[j] - c->expected[j]) / scale;
        if (!is_hole(group, j) && !(share <= error)) /* what is not a number is an error, too */
            error = isnan(share) ? INFINITY : share;
    }
    return error;
}

double sg_check_error(const double *found, const double *expected, const double *floor, const sg_group *group) {
    const comparison kernels = {found, expected, floor, SG_KERNEL_TOLERANCE, true};
    return error_of(&kernels, group);
}

bool sg_check_trains(const sg_layer *layer, const sg_group *group) {
    for (int param = 0; param < SG_NEURON_PARAMS; param++)
        if (layer->raw[param] == group)
            return layer->neuron.config.train[param];
    if (group == layer->norm.mean || group == layer->norm.variance)
        return false;
    const bool delays = strcmp(group->name, "delays") == 0; /* of the inlet or of synapses */
    return !delays || layer->neuron.config.train_delays;
}

/* The length of the difference as a share of that of the exact gradient. */
static double distance_of(const sg_check *c, size_t at, const sg_group *group) {
    double difference = 0, length = 0;
    if (!c->exact)
        return NAN;
    for (size_t j = at; j < at + sg_group_count(group); j++) {
        difference += (c->gradient[j] - c->exact[j]) * (c->gradient[j] - c->exact[j]);
        length += c->exact[j] * c->exact[j];
    }
    return sqrt(difference / length);
}

static sg_gradient_row row_of(const sg_check *c, size_t l, const sg_group *group) {
    size_t at = sg_twin_at(c->network, l, group);
    const comparison smooth = {c->slope + at, c->measured + at, c->smooth_floor + at, SG_SMOOTH_TOLERANCE, false};
    return (sg_gradient_row){
        .layer = l,
        .group = group->name,
        .parameters = sg_group_count(group),
        .largest = largest_of(c->gradient + at, group),
        .smooth_error = error_of(&smooth, group),
        .kernel_error = sg_check_error(c->found + at, c->gradient + at, c->kernel_floor + at, group),
        .smooth_floor = largest_of(c->smooth_floor + at, group),
        .kernel_floor = largest_of(c->kernel_floor + at, group),
        .exact_distance = distance_of(c, at, group),
    };
}

bool sg_check_report(const sg_check *c, void (*row)(void *user, const sg_gradient_row *row), void *user) {
    bool good = true;
    for (size_t l = 0; l < c->network->layer_count; l++) {
        const sg_layer *layer = &c->network->layers[l];
        for (size_t g = 0; g < layer->group_count; g++) {
            if (!sg_check_trains(layer, &layer->groups[g]))
                continue;
            const sg_gradient_row found = row_of(c, l, &layer->groups[g]);
            good = good && found.smooth_error <= SG_SMOOTH_TOLERANCE && found.kernel_error <= SG_KERNEL_TOLERANCE;
            if (row)
                row(user, &found);
        }
    }
    return good;
}
