/* The pictures of a run, each a row of the table in plot.c: its script for gnuplot, but for the terminal. */
#ifndef SG_CLI_PICTURES_H
#define SG_CLI_PICTURES_H

#include "metrics.h"
#include "surgrad.h"

#include <math.h>
#include <stdio.h>

/* What the pictures show. */
typedef struct sg_cli_scene {
    const sg_config *config;
    sg_network *network;
    const sg_data *data;           /* NULL: not here */
    const sg_cli_metrics *metrics; /* at least one epoch */
    size_t sample;                 /* number within the test part */
    const char *sound;             /* a recording; NULL: none */
    double dt_ms;
    int threads; /* 0: one for each processor */
} sg_cli_scene;

/* Writes a script: numbers and texts of our own, see gnuplot.h. Returns 0, or the exit code after the message. */
typedef int sg_cli_draw(const sg_cli_scene *scene, FILE *script);

sg_cli_draw sg_cli_draw_loss, sg_cli_draw_metric, sg_cli_draw_rates, /* picture_curves.c */
    sg_cli_draw_weights,                                             /* picture_weights.c */
    sg_cli_draw_confusion,                                           /* picture_confusion.c; needs the data */
    sg_cli_draw_raster, sg_cli_draw_membranes,                       /* picture_sample.c; need the data */
    sg_cli_draw_sound;                                               /* picture_sound.c; needs a recording */

/* What they share: a layer; memory for `count` things of `size` bytes, never NULL. */
sg_layer_info sg_cli_layer(const sg_cli_scene *scene, size_t layer);
void *sg_cli_room(size_t count, size_t size);

/* The range of the finite numbers that were included; begin with SG_CLI_NO_RANGE. */
typedef struct sg_cli_range {
    double low, high;
} sg_cli_range;

#define SG_CLI_NO_RANGE ((sg_cli_range){INFINITY, -INFINITY})

void sg_cli_include(sg_cli_range *range, double value);

/* Sets the range of an axis, 'x' or 'y', where gnuplot could not choose it: all numbers are the same, or none is
 * finite. Else leaves it to gnuplot. */
void sg_cli_set_range(FILE *script, char axis, sg_cli_range range);

/* Writes a number after a blank, as gnuplot knows it. */
void sg_cli_write_number(FILE *script, double value);

/* The distance of an axis' marks, 1, 2, 5, 10, ..., so that at most `most` stand on `span` units. */
double sg_cli_tics(double span, double most);

#endif
