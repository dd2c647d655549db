/* The surrogate derivatives: a row for each kind that the kernels know, with its options' defaults and with the
 * smooth function that it is the derivative of, in double precision (docs/maths.md). */
#ifndef SG_NET_SURROGATE_H
#define SG_NET_SURROGATE_H

#include "kernel/kernel.h"
#include "net/network_config.h"

/* A row of the table, in the order of sg_surrogate_kind. */
typedef struct sg_surrogate_row {
    sg_kind head;
    bool compact, step; /* of the kind without a cutoff, as sg_surrogate_is_compact and sg_surrogate_is_step have it */
    double k, width, gain; /* default values; a width of 0: the threshold */

    /* k and height of the kernels, from steepness, width and gain. */
    sg_surrogate (*make)(double k, double width, double gain);

    /* The smooth function and its derivative at u, how far u moves until that bends, and where it ends. */
    double (*smooth)(double k, double height, double u);
    double (*slope)(double k, double height, double u);
    double (*scale)(double k);
    double (*end)(double k);
} sg_surrogate_row;

SG_KINDS_DECLARE(sg_surrogate, sg_surrogate_row);

sg_surrogate sg_surrogate_make(const sg_layer_config *config);

/* Whether sigma(u) is exactly 0 for some u, of its kind or by its cutoff. Only then is it worth finding the tiles where
 * it is not. */
bool sg_surrogate_is_compact(sg_surrogate surrogate);

/* Whether sigma(u) is 0 or 1: it passes the gradient on or stops it, and changes none. */
bool sg_surrogate_is_step(sg_surrogate surrogate);

/* The smooth function at u, and its derivative sigma(u). Beyond the cutoff the function is level. */
double sg_surrogate_smooth(sg_surrogate surrogate, double u);
double sg_surrogate_slope(sg_surrogate surrogate, double u);

/* The |u| from which on sigma is 0 on both sides of the threshold: where its kind ends, or its cutoff; INFINITY:
 * nowhere. Sigma has a kink there. */
double sg_surrogate_end(sg_surrogate surrogate);

/* How far u moves until sigma bends; INFINITY if it is straight between its kinks. */
double sg_surrogate_scale(sg_surrogate surrogate);

#endif
