#include "message.h"
#include "pictures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NEURONS_SHOWN = 64 };

/* Weights from the input to the first neurons, (inputs, neurons), and how far the colours go. Of a convolution a neuron
 * stands for its channel, and its inputs are the places of its kernel; of a sparse link they are its synapses. */
typedef struct weights {
    float *values;
    const char *input; /* what an input is called */
    uint32_t inputs, neurons, shown;
    double most;
} weights;

static double largest(const weights *w) {
    double most = 0;
    for (size_t j = 0; j < (size_t)w->inputs * w->neurons; j++)
        most = fmax(most, fabs((double)w->values[j]));
    return most > 0 ? most : 1;
}

/* Inputs that are a square: an image for each neuron, in one grid of tiles with a white line between them. */
static void draw_tiles(const weights *w, uint32_t side, FILE *g) {
    uint32_t across = (uint32_t)ceil(sqrt(w->shown)), down = (w->shown + across - 1) / across, tile = side + 1;
    fputs("unset border\nunset tics\nset size ratio -1\nset colorbox\nset cbtics\n$d << EOD\n", g);
    for (uint32_t y = 0; y < down * tile; y++) {
        for (uint32_t x = 0; x < across * tile; x++) {
            uint32_t neuron = y / tile * across + x / tile, u = x % tile, v = y % tile;
            bool white = u == side || v == side || neuron >= w->shown; /* as no weight is */
            fprintf(g, "%.4g ", white ? 0 : (double)w->values[(size_t)(v * side + u) * w->neurons + neuron]);
        }
        fputs("\n", g);
    }
    fputs("EOD\nset yrange [*:*] reverse\nplot $d matrix with image\n", g);
}

/* Other inputs: a row for each neuron. The frame cuts the rows and columns in half that are there twice, so that there
 * are two of each. */
static void draw_rows(const weights *w, FILE *g) {
    fprintf(g,
            "set xlabel '%s'\nset ylabel 'neuron'\nset xtics %g\nset ytics %g\nset xrange [-0.5:%g]\n"
            "set yrange [%g:-0.5]\n$d << EOD\n",
            w->input, sg_cli_tics(w->inputs, 10), sg_cli_tics(w->shown, 16), w->inputs - 0.5, w->shown - 0.5);
    for (uint32_t row = 0; row <= w->shown; row++) {
        uint32_t n = row < w->shown ? row : w->shown - 1;
        for (uint32_t input = 0; input <= w->inputs; input++) {
            uint32_t i = input < w->inputs ? input : w->inputs - 1;
            fprintf(g, "%.4g ", (double)w->values[(size_t)i * w->neurons + n]);
        }
        fputs("\n", g);
    }
    fputs("EOD\nplot $d matrix with image\n", g);
}

int sg_cli_draw_weights(const sg_cli_scene *scene, FILE *g) {
    const sg_layer_info info = sg_cli_layer(scene, 0);
    bool has_kernels = strncmp(info.link, "conv", 4) == 0, is_sparse = strcmp(info.link, "sparse") == 0;
    sg_group_info group = SG_SIZED(sg_group_info);
    sg_status status = sg_network_group(scene->network, 0, 0, &group);
    if (status != SG_OK)
        return sg_cli_fail(status);
    weights w = {.input = is_sparse ? "synapse" : "input", .inputs = group.rows, .neurons = group.columns};
    w.shown = w.neurons < NEURONS_SHOWN ? w.neurons : NEURONS_SHOWN;
    w.values = sg_cli_room((size_t)w.inputs * w.neurons, sizeof *w.values);
    status = sg_network_get_weights(scene->network, 0, w.values);
    if (status == SG_OK) {
        uint32_t side = (uint32_t)lround(sqrt(w.inputs));
        w.most = largest(&w);
        fprintf(g,
                "unset key\nunset grid\nset title '%s to %s%u %s%s of layer 0'\n"
                "set palette defined (-1 '#0072b2', 0 '#ffffff', 1 '#d55e00')\nset cbrange [%g:%g]\n",
                has_kernels ? "kernels from the input" : "weights from the input",
                w.shown < w.neurons ? "the first " : "", w.shown, has_kernels ? "channel" : "neuron",
                w.shown == 1 ? "" : "s", -w.most / 2, w.most / 2);
        if (side * side == w.inputs && side > 1 && !is_sparse && (!has_kernels || info.in.channels == 1))
            draw_tiles(&w, side, g);
        else
            draw_rows(&w, g);
    }
    free(w.values);
    return status == SG_OK ? 0 : sg_cli_fail(status);
}
