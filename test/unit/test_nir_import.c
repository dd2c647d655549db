/* NIR graphs of every primitive: what they become runs as their equations do in forward Euler, written here in double
 * precision; and what cannot be computed is refused with the node's name. */
#include "surgrad.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "folder.h"
#include "nir_graphs.h"

#define OK(call) graph_ok(call)

enum { STEPS = 400, MOST_INPUTS = 64, MOST_NEURONS = 64 };

typedef struct imported {
    sg_config *config;
    sg_network *network;
} imported;

static char warnings[8192], notes[8192];

static void keep(char *text, const char *line) {
    const size_t used = strlen(text);
    snprintf(text + used, sizeof warnings - used, "%s\n", line);
}

static void keep_warning(void *user, const char *text) {
    keep(user, text);
}

static void keep_note(void *user, const char *text) {
    keep(user, text);
}

static sg_status try_import(const char *graph, const sg_nir_options *given, imported *got) {
    sg_nir_options options = given ? *given : SG_SIZED(sg_nir_options);
    *warnings = *notes = 0;
    options.steps = options.steps ? options.steps : STEPS;
    options.dt = options.dt ? options.dt : "1 ms";
    options.on_note = keep_note;
    options.user = notes;
    sg_set_warning_handler(keep_warning, warnings);
    sg_status status = sg_nir_import(graph_write(graph), &options, &got->config, &got->network);
    sg_set_warning_handler(NULL, NULL);
    return status;
}

static imported import_with(const char *graph, const sg_nir_options *options) {
    imported got;
    OK(try_import(graph, options, &got));
    return got;
}

static imported import(const char *graph) {
    return import_with(graph, NULL);
}

static void release(imported *got) {
    sg_network_free(got->network);
    sg_config_free(got->config);
}

#define assert_has(text, words)                                                                                        \
    do {                                                                                                               \
        if (!strstr(text, words))                                                                                      \
            fail_msg("expected \"%s\" in \"%s\"", words, text);                                                        \
    } while (0)

/* ------------------------------------------------------------------------------------------------------------ events
 */

static uint8_t input[STEPS][MOST_INPUTS];

/* A channel fires in about one of `every` steps; the draws are those of a small generator. */
static sg_events *draw_events(uint32_t channels, sg_shape shape, unsigned every) {
    static uint16_t step[STEPS * MOST_INPUTS];
    static uint32_t channel[STEPS * MOST_INPUTS];
    uint64_t first[2] = {0, 0}, state = 12345;
    memset(input, 0, sizeof input);
    for (unsigned t = 0; t < STEPS; t++)
        for (uint32_t c = 0; c < channels; c++) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            if ((state >> 33) % every != 0)
                continue;
            input[t][c] = 1;
            step[first[1]] = (uint16_t)t;
            channel[first[1]++] = c;
        }
    const sg_events_view view = {.samples = 1,
                                 .steps = STEPS,
                                 .channels = channels,
                                 .first = first,
                                 .step = step,
                                 .channel = channel,
                                 .shape = shape};
    sg_events *events;
    OK(sg_events_create(&view, &events));
    return events;
}

static sg_events *draw_flat(uint32_t channels) {
    return draw_events(channels, (sg_shape){0, 0, 0}, 4);
}

/* ---------------------------------------------------------------------------------------------- neurons' own equations
 */

/* One neuron in NIR's words, in steps of dt; tau_syn 0: no synapse, tau_mem 0: no leak. */
typedef struct neuron {
    double tau_mem, tau_syn, r, w_in, leak, threshold, reset;
} neuron;

typedef struct neuron_state {
    double i, v;
} neuron_state;

static const double DT = 1e-3;

/* tau_syn dI/dt = -I + w_in x;  tau dv/dt = v_leak - v + r I;  above v_threshold a spike and v = v_reset. */
static bool step_neuron(const neuron *n, neuron_state *s, double x) {
    s->i = n->tau_syn > 0 ? s->i + DT / n->tau_syn * (n->w_in * x - s->i) : x;
    s->v = n->tau_mem > 0 ? s->v + DT / n->tau_mem * (n->leak - s->v + n->r * s->i) : s->v + n->r * s->i;
    if (!(s->v > n->threshold))
        return false;
    s->v = n->reset;
    return true;
}

/* Two inputs, by weights 1 and -0.4 and a bias, into one neuron of a graph. */
static void compare(const char *fields, neuron n, double bias) {
    char graph[GRAPH_TEXT];
    static uint8_t raster[STEPS];
    snprintf(graph, sizeof graph,
             "in Input shape=2:1; fc Affine weight=1,-0.4:1x2 bias=%g:1; n %s; out Output shape=1:1 | in>fc fc>n n>out",
             bias, fields);
    imported got = import(graph);
    sg_events *events = draw_flat(2);
    neuron_state s = {0, n.reset};
    size_t spikes = 0;
    OK(sg_network_raster(got.network, events, 0, 0, raster));
    for (size_t t = 0; t < STEPS; t++) {
        const bool fires = step_neuron(&n, &s, input[t][0] - 0.4 * input[t][1] + bias);
        if (raster[t] != fires)
            fail_msg("%s: step %zu: %d, expected %d", fields, t, raster[t], fires);
        spikes += fires;
    }
    assert_in_range(spikes, 5, 300);
    sg_events_free(events);
    release(&got);
}

static void neurons_run_by_their_equations(void **state) {
    (void)state;
    compare("LIF tau=0.01 r=10 v_leak=0 v_threshold=1", (neuron){0.01, 0, 10, 1, 0, 1, 0}, 0);
    compare("LIF tau=0.01 r=1 v_leak=0 v_threshold=0.1 v_reset=0", (neuron){0.01, 0, 1, 1, 0, 0.1, 0}, 0);
    compare("LIF tau=0.0073 r=3.1 v_leak=0 v_threshold=0.4", (neuron){0.0073, 0, 3.1, 1, 0, 0.4, 0}, 0.1);
    compare("LIF tau=0.01 r=2 v_leak=0.3 v_threshold=0.5 v_reset=-0.2", (neuron){0.01, 0, 2, 1, 0.3, 0.5, -0.2}, 0.05);
    compare("LIF tau=0.01 r=10 v_leak=0.3 v_threshold=1", (neuron){0.01, 0, 10, 1, 0.3, 1, 0}, 0);
    compare("CubaLIF tau_mem=0.01 tau_syn=0.004 r=10 v_leak=0 v_threshold=1 w_in=4",
            (neuron){0.01, 0.004, 10, 4, 0, 1, 0}, 0);
    compare("CubaLIF tau_mem=0.012 tau_syn=0.003 r=1.5 v_leak=0 v_threshold=0.2",
            (neuron){0.012, 0.003, 1.5, 1, 0, 0.2, 0}, 0.02);
    compare("CubaLIF tau_mem=0.012 tau_syn=0.003 r=1.5 v_leak=-0.5 v_threshold=-0.3 v_reset=-0.5 w_in=1:1",
            (neuron){0.012, 0.003, 1.5, 1, -0.5, -0.3, -0.5}, 0.02);
    compare("IF r=1:1 v_threshold=1.5:1", (neuron){0, 0, 1, 1, 0, 1.5, 0}, 0.01);
    compare("IF r=0.7 v_threshold=1.3 v_reset=0.2", (neuron){0, 0, 0.7, 1, 0, 1.3, 0.2}, 0.01);
    compare("IF r=1000 v_threshold=1.5", (neuron){0, 0, 1, 1, 0, 1.5, 0}, 0.01); /* 1 / dt, as SpikingJelly writes 1 */
}

/* The membrane of a leaky integrator is the output. */
static void integrators_run_by_their_equations(void **state) {
    (void)state;
    static const struct {
        const char *fields;
        neuron n;
    } rows[] = {{"LI tau=0.02 r=20 v_leak=0", {0.02, 0, 20, 1, 0, INFINITY, 0}},
                {"LI tau=0.02 r=1.7 v_leak=0.2", {0.02, 0, 1.7, 1, 0.2, INFINITY, 0}},
                {"CubaLI tau_mem=0.02 tau_syn=0.005 r=1 v_leak=0 w_in=2", {0.02, 0.005, 1, 2, 0, INFINITY, 0}}};
    static float membrane[STEPS];
    char graph[GRAPH_TEXT];
    sg_events *events = draw_flat(2);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        snprintf(graph, sizeof graph,
                 "in Input shape=2:1; fc Linear weight=1,-0.4:1x2; n %s; out Output shape=1:1 | "
                 "in>fc fc>n n>out",
                 rows[i].fields);
        imported got = import(graph);
        neuron_state s = {0, 0};
        OK(sg_network_membrane(got.network, events, 0, 0, membrane));
        for (size_t t = 0; t < STEPS; t++) {
            step_neuron(&rows[i].n, &s, input[t][0] - 0.4 * input[t][1]);
            assert_true(fabs(membrane[t] - s.v) < 1e-5);
        }
        release(&got);
    }
    sg_events_free(events);
}

/* A Threshold alone has no memory; after a leaky integrator it makes a neuron that is not reset. */
static void thresholds_make_spikes(void **state) {
    (void)state;
    static uint8_t raster[STEPS];
    sg_events *events = draw_flat(2);
    imported got = import("in Input shape=2:1; fc Affine weight=1,0.5:1x2 bias=0.1:1; t Threshold threshold=0.7:1; "
                          "out Output shape=1:1 | in>fc fc>t t>out");
    OK(sg_network_raster(got.network, events, 0, 0, raster));
    for (size_t t = 0; t < STEPS; t++)
        assert_int_equal(raster[t], input[t][0] + 0.5 * input[t][1] + 0.1 > 0.7);
    release(&got);
    got =
        import("in Input shape=2:1; fc Linear weight=1,0.5:1x2; v LI tau=0.01 r=10 v_leak=0; t Threshold threshold=2; "
               "out Output shape=1:1 | in>fc fc>v v>t t>out");
    OK(sg_network_raster(got.network, events, 0, 0, raster));
    double v = 0;
    for (size_t t = 0; t < STEPS; t++) {
        v += DT / 0.01 * (10 * (input[t][0] + 0.5 * input[t][1]) - v);
        assert_int_equal(raster[t], v > 2);
    }
    release(&got);
    sg_events_free(events);
}

/* ------------------------------------------------------------------------------------------------------ connections */

/* Parameters of each neuron, recurrence with a bias of its own, in each of the forms that files have. */
static void recurrent_layers_run_in_every_form(void **state) {
    (void)state;
    static const char *const graphs[] = {
        "in Input shape=2:1; fc Linear weight=1,-0.4,0.7,0.3:2x2; a.n CubaLIF tau_mem=0.01,0.02:2 "
        "tau_syn=0.004,0.003:2 "
        "r=10,20:2 v_leak=0:2 v_threshold=1,1.5:2 w_in=4,3:2; a.w Affine weight=0.5,-1,0.8,0.1:2x2 bias=0.05,0.1:2; "
        "out Output shape=2:1 | in>fc fc>a.n a.n>a.w a.w>a.n a.n>out a.n>out fc>a.n",
        "in Input shape=2:1; fc Linear weight=1,-0.4,0.7,0.3:2x2; a/in Input shape=2:1; a/n CubaLIF "
        "tau_mem=0.01,0.02:2 tau_syn=0.004,0.003:2 r=10,20:2 v_leak=0 v_threshold=1,1.5:2 w_in=4,3:2; "
        "a/w Affine weight=0.5,-1,0.8,0.1:2x2 bias=0.05,0.1:2; a/out Output shape=2:1; out Output shape=2:1 | "
        "in>fc fc>a a>out | a in>n n>w w>n n>out",
    };
    const neuron n[2] = {{0.01, 0.004, 10, 4, 0, 1, 0}, {0.02, 0.003, 20, 3, 0, 1.5, 0}};
    const double w[2][2] = {{1, -0.4}, {0.7, 0.3}}, r[2][2] = {{0.5, -1}, {0.8, 0.1}}, c[2] = {0.05, 0.1};
    static uint8_t raster[STEPS][2];
    sg_events *events = draw_flat(2);
    for (size_t g = 0; g < 2; g++) {
        imported got = import(graphs[g]);
        neuron_state s[2] = {{0, 0}, {0, 0}};
        bool before[2] = {false, false}, now[2];
        size_t spikes = 0;
        OK(sg_network_raster(got.network, events, 0, 0, &raster[0][0]));
        for (size_t t = 0; t < STEPS; t++) {
            for (size_t k = 0; k < 2; k++) {
                double x = c[k];
                for (size_t i = 0; i < 2; i++)
                    x += w[k][i] * input[t][i] + r[k][i] * before[i];
                now[k] = step_neuron(&n[k], &s[k], x);
                assert_int_equal(raster[t][k], now[k]);
                spikes += now[k];
            }
            memcpy(before, now, sizeof now);
        }
        assert_in_range(spikes, 20, 600);
        release(&got);
    }
    sg_events_free(events);
}

/* Scales, delays, and spikes of an earlier layer that are added. */
static void scales_delays_and_skips_are_part_of_layers(void **state) {
    (void)state;
    static uint8_t raster[STEPS][2];
    static bool fires[2][STEPS][2];
    sg_events *events = draw_flat(2);
    imported got = import(
        "in Input shape=2:1; s Scale scale=0.5,2:2; d Delay delay=0.003,0.001:2; a Linear weight=1,0.2,0.3,1:2x2; "
        "k Scale scale=2,1:2; m IF r=1 v_threshold=1.1:2; b Linear weight=0.7,0.1,0.2,0.9:2x2; n IF r=1 "
        "v_threshold=0.8; c Linear weight=0.6,0.3,0.2,0.5:2x2; o IF r=1 v_threshold=1.3; out Output shape=2:1 | "
        "in>s s>d d>a a>k k>m m>b b>n n>c m>c c>o o>out");
    OK(sg_network_raster(got.network, events, 0, 2, &raster[0][0]));
    const double a[2][2] = {{1, 0.2}, {0.3, 1}}, b[2][2] = {{0.7, 0.1}, {0.2, 0.9}}, c[2][2] = {{0.6, 0.3}, {0.2, 0.5}};
    const double s[2] = {0.5, 2}, k[2] = {2, 1};
    const size_t d[2] = {3, 1};
    const neuron kinds[3] = {{0, 0, 1, 1, 0, 1.1, 0}, {0, 0, 1, 1, 0, 0.8, 0}, {0, 0, 1, 1, 0, 1.3, 0}};
    neuron_state v[3][2] = {{{0, 0}}};
    size_t spikes = 0;
    for (size_t t = 0; t < STEPS; t++) {
        for (size_t n = 0; n < 2; n++) {
            double x = 0;
            for (size_t i = 0; i < 2; i++)
                x += k[n] * a[n][i] * s[i] * (t >= d[i] ? input[t - d[i]][i] : 0);
            fires[0][t][n] = step_neuron(&kinds[0], &v[0][n], x);
        }
        for (size_t n = 0; n < 2; n++)
            fires[1][t][n] = step_neuron(&kinds[1], &v[1][n], b[n][0] * fires[0][t][0] + b[n][1] * fires[0][t][1]);
        for (size_t n = 0; n < 2; n++) {
            double x = 0;
            for (size_t i = 0; i < 2; i++)
                x += c[n][i] * (fires[0][t][i] + fires[1][t][i]);
            const bool fired = step_neuron(&kinds[2], &v[2][n], x);
            assert_int_equal(raster[t][n], fired);
            spikes += fired;
        }
    }
    assert_in_range(spikes, 20, 600);
    sg_events_free(events);
    release(&got);
}

enum { SIDE = 5, MAPS = 2 };

/* A convolution by its definition: channels 2, kernel 3, padding 1, into IF neurons of threshold 1. */
static void convolve(size_t t, double v[MAPS][SIDE][SIDE], bool fires[MAPS][SIDE][SIDE]) {
    static const double weight[4] = {0.31234157, -0.22171363, 0.53719841, 0.11293127}; /* repeated over (2, 1, 3, 3) */
    for (size_t o = 0; o < MAPS; o++)
        for (size_t y = 0; y < SIDE; y++)
            for (size_t x = 0; x < SIDE; x++) {
                double sum = o == 0 ? 0.05318971 : 0;
                for (size_t j = 0; j < 3; j++)
                    for (size_t k = 0; k < 3; k++)
                        if (y + j >= 1 && y + j <= SIDE && x + k >= 1 && x + k <= SIDE)
                            sum += weight[(o * 9 + j * 3 + k) % 4] * input[t][(y + j - 1) * SIDE + x + k - 1];
                v[o][y][x] += sum;
                fires[o][y][x] = v[o][y][x] > 1;
                v[o][y][x] = fires[o][y][x] ? 0 : v[o][y][x];
            }
}

static void convolutions_and_pools_are_numbered_as_in_the_file(void **state) {
    (void)state;
    static const char *const paddings[] = {"padding=1:2 stride=1:2", "padding=1 stride=1 dilation=1", "padding=same"};
    static uint8_t raster[STEPS][MAPS][SIDE][SIDE], last[STEPS][1];
    sg_events *events = draw_events(SIDE * SIDE, (sg_shape){1, SIDE, SIDE}, 6);
    char graph[GRAPH_TEXT];
    for (size_t p = 0; p < 3; p++) {
        double v[MAPS][SIDE][SIDE] = {{{0}}}, top = 0;
        bool fires[MAPS][SIDE][SIDE];
        size_t spikes = 0, out = 0;
        snprintf(graph, sizeof graph,
                 "in Input shape=1,5,5:3; c Conv2d weight=0.31234157,-0.22171363,0.53719841,0.11293127:2x1x3x3 "
                 "bias=0.05318971,0:2 groups=1 "
                 "input_shape=5:2 %s; n IF r=1:2x5x5 v_threshold=1:2x5x5; p SumPool2d kernel_size=2:2 stride=2:2 "
                 "padding=0:2; f Flatten start_dim=0 end_dim=-1; l Linear weight=0.10371931,0.20892763,0.05131147:1x8; "
                 "o IF r=1 "
                 "v_threshold=1; "
                 "out Output shape=1:1 | in>c c>n n>p p>f f>l l>o o>out",
                 paddings[p]);
        imported got = import(graph);
        assert_string_equal(warnings, "");
        OK(sg_network_raster(got.network, events, 0, 0, &raster[0][0][0][0]));
        OK(sg_network_raster(got.network, events, 0, 1, &last[0][0]));
        for (size_t t = 0; t < STEPS; t++) {
            convolve(t, v, fires);
            for (size_t i = 0; i < 8; i++)
                for (size_t w = 0; w < 4; w++) {
                    static const double weight[3] = {0.10371931, 0.20892763, 0.05131147};
                    const size_t y = i % 4 / 2 * 2 + w / 2, x = i % 2 * 2 + w % 2;
                    top += weight[i % 3] * fires[i / 4][y][x];
                }
            for (size_t i = 0; i < MAPS * SIDE * SIDE; i++) {
                assert_int_equal((&raster[t][0][0][0])[i], (&fires[0][0][0])[i]);
                spikes += (&fires[0][0][0])[i];
            }
            assert_int_equal(last[t][0], top > 1);
            out += top > 1;
            top = top > 1 ? 0 : top;
        }
        assert_in_range(spikes, 100, 15000);
        assert_in_range(out, 10, 390);
        release(&got);
    }
    sg_events_free(events);
}

/* Neurons without weights, flat and in maps. */
static void neurons_without_weights_take_what_comes(void **state) {
    (void)state;
    static uint8_t raster[STEPS][SIDE * SIDE];
    imported got = import("in Input shape=3:1; n IF r=1 v_threshold=1.5; out Output shape=3:1 | in>n n>out");
    sg_events *events = draw_flat(3);
    double v[3] = {0};
    OK(sg_network_raster(got.network, events, 0, 0, &raster[0][0]));
    for (size_t t = 0; t < STEPS; t++)
        for (size_t n = 0; n < 3; n++) {
            v[n] += input[t][n];
            assert_int_equal((&raster[0][0])[t * 3 + n], v[n] > 1.5);
            v[n] = v[n] > 1.5 ? 0 : v[n];
        }
    assert_has(notes, "n: has no weights: each input reaches the neuron of its number");
    sg_events_free(events);
    release(&got);
    got =
        import("in Input shape=1,5,5:3; n IF r=1 v_threshold=1.5; l Linear weight=1:2x25; o IF r=1 v_threshold=1; out "
               "Output shape=2:1 | in>n n>l l>o o>out");
    assert_has(warnings, "node 'l' (Linear): a Flatten before it is missing, and assumed");
    release(&got);
}

/* ---------------------------------------------------------------------------------------------------------- options */

static void get_is(const imported *got, const char *key, const char *expected) {
    char value[SG_VALUE_TEXT];
    OK(sg_config_get(got->config, key, value, sizeof value));
    assert_string_equal(value, expected);
}

static const char lif[] = "in Input shape=2:1; fc Linear weight=1:1x2; n LIF tau=0.01 r=10 v_leak=0 v_threshold=1; out "
                          "Output shape=1:1 | in>fc fc>n n>out";

static void what_nir_does_not_tell_is_chosen_and_told(void **state) {
    (void)state;
    imported got;
    sg_nir_options options = SG_SIZED(sg_nir_options);
    OK(sg_nir_import(graph_write(lif), NULL, &got.config, &got.network));
    get_is(&got, "dt", "0.1 ms");
    get_is(&got, "steps", "100");
    get_is(&got, "layers.0.neuron.reset", "zero");
    get_is(&got, "layers.0.neuron.integration", "euler");
    get_is(&got, "layers.0.neuron.tau_mem", "10 ms");
    get_is(&got, "loss.kind", "count_ce");
    release(&got);
    options.dt = "2 ms";
    options.reset = "subtract";
    options.order = "snntorch";
    options.integration = "exact";
    got = import_with(lif, &options);
    get_is(&got, "dt", "2 ms");
    get_is(&got, "layers.0.neuron.reset", "subtract");
    get_is(&got, "layers.0.neuron.order", "snntorch");
    get_is(&got, "layers.0.neuron.integration", "exact");
    assert_has(notes, "dt: 2 ms, as asked for\nintegration: exact, as asked for\nreset: subtract, as asked for\n");
    release(&got);
    options.order = "norse";
    options.integration = NULL;
    options.dt = "1 ms";
    got = import_with(lif, &options);
    assert_has(notes, "n: what r and w_in multiply by is now part of the weights (neuron 0: 10)");
    release(&got);
}

static void wrong_options_are_refused(void **state) {
    (void)state;
    static const struct {
        sg_nir_options options;
        const char *words;
    } rows[] = {{{.dt = "7"}, "dt: found '7', expected"},
                {{.reset = "gone"}, "neuron.reset: found 'gone', expected one of auto, zero, subtract, none"},
                {{.order = "norce"}, "did you mean 'norse'?"},
                {{.integration = "rk4"}, "integration: found 'rk4', expected exact or euler"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        imported got;
        sg_nir_options options = rows[i].options;
        options.size = sizeof options;
        assert_int_equal(try_import(lif, &options, &got), SG_CONFIG);
        assert_message_has(rows[i].words);
        assert_null(got.config);
    }
}

/* ---------------------------------------------------------------------------------------------------------- refusals
 */

#define ENDS(middle, edges) "in Input shape=2:1; out Output shape=1:1; " middle " | " edges
#define FC                  "fc Linear weight=1:1x2; "
#define N                   "n IF r=1 v_threshold=1"
#define LINE                "in>fc fc>n n>out"

static const struct {
    const char *graph, *words;
} refused[] = {
    {ENDS(FC "n Sigma threshold=1", LINE),
     "node 'n': surgrad cannot compute the type 'Sigma', expected one of Input, "},
    {ENDS(FC "n Lif tau=1", LINE), "did you mean 'LIF'?"},
    {ENDS(FC "n IF r=1", LINE), "node 'n' (IF): 'v_threshold' is missing"},
    {ENDS(FC "n IF r=1:3 v_threshold=1", LINE), "node 'n' (IF): 'r' has 3 numbers, but there are 1 neurons"},
    {ENDS(FC "n IF r=1 v_threshold=0", LINE), "node 'n' (IF): the threshold of neuron 0 is 0, expected more than 0"},
    {ENDS(FC "n IF r=+nan:1 v_threshold=1", LINE), "node/nodes/n/r: number 0 is not finite"},
    {ENDS(FC "n LIF tau=0.001 r=1 v_leak=0 v_threshold=1", LINE),
     "node 'n' (LIF): 'tau' of neuron 0 is 0.001 s, expected more than 0.001 s: use a smaller dt, or integration "
     "exact"},
    {ENDS(FC "n LIF tau=-3 r=1 v_leak=0 v_threshold=1", LINE), "node 'n' (LIF): 'tau' of neuron 0 is -3 s, expected"},
    {ENDS(FC "n CubaLIF tau_mem=0.01 tau_syn=0.01 r=1 v_leak=1 v_threshold=2", LINE),
     "node 'n' (CubaLIF): 'v_leak' of neuron 0 is 1, expected 0, the value after a reset"},
    {ENDS("fc Linear weight=1:2x1; " N, LINE),
     "node 'fc' (Linear): 'weight' is (2, 1), for 1 inputs, but 2 come: it may"},
    {ENDS("fc Affine weight=1:1x2; " N, LINE), "node 'fc' (Affine): 'bias' is missing"},
    {ENDS("fc Affine weight=1:1x2 bias=1:2; " N, LINE), "node 'fc' (Affine): 'bias' has 2 numbers, but there are 1"},
    {ENDS("fc Linear weight=1:2x1x2; " N, LINE), "node 'fc' (Linear): 'weight' is several matrices"},
    {ENDS(FC "fd Linear weight=1:1x1; " N, "in>fc fc>fd fd>n n>out"),
     "node 'fd' (Linear): there are no neurons between node 'fc' and it"},
    {ENDS(FC "d Delay delay=1; " N, "in>fc fc>d d>n n>out"),
     "node 'd' (Delay): comes between node 'fc' and its neurons"},
    {ENDS(FC "d Delay delay=-1; " N, "in>d d>fc fc>n n>out"),
     "node 'd' (Delay): 'delay' of input 0 is -1 s, expected 0"},
    {ENDS(FC "s Scale scale=1:3; " N, "in>s s>fc fc>n n>out"), "node 's' (Scale): 'scale' has 3 numbers, but 2 inputs"},
    {ENDS(FC N, "in>fc fc>m n>out"), "edge 'fc' -> 'm': there is no node 'm'"},
    {ENDS(FC N, "in>fc fc>n"), "node 'out' (Output): 0 nodes lead to it, expected one"},
    {ENDS(FC N, "in>fc n>out"), "node 'n' (IF): nothing leads to it"},
    {ENDS(FC N "; out2 Output shape=1:1", LINE " n>out2"), "is a second one beside"},
    {ENDS(FC N "; x Linear weight=1:1x2", LINE " in>x"), "node 'x' (Linear): leads to no neurons"},
    {ENDS(FC N, LINE " n>n"), "node 'n' (IF): its spikes come back without weights, expected a Linear"},
    {ENDS(FC N "; w Linear weight=1:2x2", LINE " n>w w>n"),
     "node 'w' (Linear): 'weight' is (2, 2), but 1 neurons come"},
    {ENDS(FC N "; w Delay delay=1", LINE " n>w w>n"),
     "node 'w' (Delay): spikes come back to 'n' through it, expected one"},
    {ENDS(FC N "; b Linear weight=1:1x1; m IF r=1 v_threshold=1; c Linear weight=1:1x1",
          "in>fc fc>n n>b b>m m>out m>c c>n"),
     "adds up what 2 nodes give, of which 'fc' (Linear) gives no spikes"},
    {ENDS(FC N "; b Linear weight=1:1x1; m IF r=1 v_threshold=1", "in>fc fc>n in>b2 n>b b>m m>out"),
     "there is no node"},
    {ENDS(FC N "; g Linear weight=1:1x2; m IF r=1 v_threshold=1", LINE " in>g g>m"), "takes nothing from "},
    {ENDS("fc Linear weight=1:1x2; v LI tau=0.01 r=1 v_leak=0; b Linear weight=1:1x1; " N, "in>fc fc>v v>b b>n n>out"),
     "node 'v' (LI): never fires, so that 'n' gets no spikes"},
    {"in Input shape=1,4,4:3; c Conv2d weight=1:2x1x3x2; n IF r=1 v_threshold=1; out Output shape=1:1 | in>c c>n n>out",
     "node 'c' (Conv2d): its kernel is 3 x 2, but surgrad's are square"},
    {"in Input shape=1,4,4:3; c Conv2d weight=1:2x1x3x3 stride=1,2:2; n IF r=1 v_threshold=1; out Output shape=1:1 | "
     "in>c c>n n>out",
     "node 'c' (Conv2d): 'stride' is 1 in one direction and 2 in the other"},
    {"in Input shape=2,4,4:3; c Conv2d weight=1:2x1x3x3; n IF r=1 v_threshold=1; out Output shape=1:1 | in>c c>n n>out",
     "node 'c' (Conv2d): 'weight' is for 1 channels a group in 1 groups, but 2 channels come"},
    {"in Input shape=1,4,4:3; c Conv2d weight=1:1x1x3x3; n IF r=1 v_threshold=1,2,1,1:1x2x2; out Output shape=4:1 | "
     "in>c "
     "c>n n>out",
     "node 'n' (IF): 'v_threshold' differs within a map"},
    {"in Input shape=1,4,4:3; c Conv2d weight=1:1x1x5x5; n IF r=1 v_threshold=1; out Output shape=4:1 | in>c c>n n>out",
     "node 'c' (Conv2d): layers.0.link.kernel"},
    {"in Input shape=1,4,4:3; c Conv2d weight=1:1x1x3x3; n IF r=1 v_threshold=1; out Output shape=4:1 | in>c c>n n>out",
     "the network that it stands for: layers.0.link.kind: 'conv2d' in the last layer"},
    {"in Input shape=2,2,3,4:4; n IF r=1 v_threshold=1; out Output shape=4:1 | in>n n>out",
     "node 'in' (Input): 'shape' has 4 axes"},
    {"in Input shape=0.5:1; n IF r=1 v_threshold=1; out Output shape=4:1 | in>n n>out",
     "node 'in' (Input): 'shape' holds 0.5, expected whole numbers"},
    {"in Input shape=2:1; out Output shape=2:1 | in>out", "no neurons come after it"},
    {"in Input shape=2:1; n IF r=1 v_threshold=1 | in>n", "has no node of type Output, expected one"},
    {"in Input shape=2:1; g/n IF r=1 v_threshold=1; out Output shape=2:1 | in>g g>out | g n>n",
     "edge 'in' -> 'g': there is no Input in 'g'"},
    {"in Input shape=2:1; g/x Input shape=2:1; g/n IF r=1 v_threshold=1; out Output shape=2:1 | in>g g>out | g x>m",
     "node 'g' (NIRGraph): edge 'x' -> 'm': there is no node 'm'"},
};

static void what_cannot_be_computed_is_refused_by_name(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        imported got;
        if (try_import(refused[i].graph, NULL, &got) != SG_MODEL)
            fail_msg("%s is not refused", refused[i].graph);
        assert_null(got.config);
        assert_null(got.network);
        assert_has(sg_error_message(), refused[i].words);
        assert_has(sg_error_message(), "graph.nir: ");
        assert_string_equal(notes, "");
    }
}

static void what_is_odd_is_told(void **state) {
    (void)state;
    static const struct {
        const char *graph, *words;
    } rows[] = {
        {ENDS(FC "n IF r=1 v_threshold=1 colour=3", LINE), "node 'n' (IF): 'colour' is not known, and left out"},
        {ENDS(FC "n LIF tau=9 r=1 v_leak=0 v_threshold=1", LINE),
         "time constant is 9 s, 9000 steps: if it was written in"},
        {ENDS(FC "d Delay delay=0.0015; " N, "in>d d>fc fc>n n>out"), "2 of its delays are no whole steps of 0.001 s"},
        {"in Input shape=1,2:2; " FC N "; out Output shape=1:1 | " LINE, "'shape' begins with an axis of 1"},
        {"in Input shape=2:1; g/x Input shape=5:1; g/n IF r=1 v_threshold=1; g/y Output shape=2:1; out Output "
         "shape=2:1 | "
         "in>g g>out | g x>n n>y",
         "node 'g.x' (Input): 'shape' tells of 5 numbers, but 2 come"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        imported got = import(rows[i].graph);
        assert_has(warnings, rows[i].words);
        release(&got);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(neurons_run_by_their_equations),
        cmocka_unit_test(integrators_run_by_their_equations),
        cmocka_unit_test(thresholds_make_spikes),
        cmocka_unit_test(recurrent_layers_run_in_every_form),
        cmocka_unit_test(scales_delays_and_skips_are_part_of_layers),
        cmocka_unit_test(convolutions_and_pools_are_numbered_as_in_the_file),
        cmocka_unit_test(neurons_without_weights_take_what_comes),
        cmocka_unit_test(what_nir_does_not_tell_is_chosen_and_told),
        cmocka_unit_test(wrong_options_are_refused),
        cmocka_unit_test(what_cannot_be_computed_is_refused_by_name),
        cmocka_unit_test(what_is_odd_is_told),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
