#include "message.h"
#include "pictures.h"

#include <stdlib.h>
#include <string.h>

enum { NEURONS_SHOWN = 5 };

static uint32_t sample_of(const sg_cli_scene *scene) {
    return sg_data_get(scene->data).test[scene->sample];
}

static void write_title(const sg_cli_scene *scene, FILE *g) {
    sg_events_view events = sg_events_get(sg_data_get(scene->data).events);
    fprintf(g, "'test sample %zu, label %u'\n", scene->sample, events.label[sample_of(scene)]);
}

/* What every layer does with the sample, recorded in one run: its spikes, or its membrane. */
typedef struct recording {
    sg_layer_record *layers;
    size_t count;
} recording;

static recording record_sample(const sg_cli_scene *scene, bool membranes, sg_status *status) {
    recording r = {.count = sg_network_layers(scene->network)};
    const uint32_t sample = sample_of(scene);
    r.layers = sg_cli_room(r.count, sizeof *r.layers);
    for (size_t l = 0; l < r.count; l++) {
        size_t count = (size_t)sg_network_steps(scene->network) * sg_cli_layer(scene, l).neurons;
        r.layers[l].layer = l;
        if (membranes)
            r.layers[l].membrane = sg_cli_room(count, sizeof(float));
        else
            r.layers[l].raster = sg_cli_room(count, 1);
    }
    *status = sg_network_record(scene->network, sg_data_get(scene->data).events, &sample, 1, 1, r.layers, r.count);
    return r;
}

static void free_recording(recording *r) {
    for (size_t l = 0; l < r->count; l++) {
        free(r->layers[l].raster);
        free(r->layers[l].membrane);
    }
    free(r->layers);
}

/* ------------------------------------------------------------------------------------------------- spikes */

/* Input and layers are bands of one height, one over the other, so that a layer of ten neurons is seen beside a
 * thousand inputs. */
static double height_of(size_t band, size_t i, size_t count) {
    return (double)band + 0.05 + 0.9 * ((double)i + 0.5) / (double)count;
}

static void write_band(FILE *g, size_t band, const char *name, size_t count) {
    fprintf(g, "set label '%s' at graph -0.02, first %g right\n", name, (double)band + 0.6);
    fprintf(g, "set label '%zu' at graph -0.02, first %g right textcolor rgb '#888888'\n", count, (double)band + 0.4);
    if (band > 0)
        fprintf(g, "set arrow from graph 0, first %zu to graph 1, first %zu nohead lc rgb '#bbbbbb'\n", band, band);
}

static void write_input(const sg_cli_scene *scene, FILE *g) {
    sg_events_view events = sg_events_get(sg_data_get(scene->data).events);
    uint32_t sample = sample_of(scene);
    for (uint64_t e = events.first[sample]; e < events.first[sample + 1]; e++)
        fprintf(g, "%g %g 1\n", events.step[e] * scene->dt_ms, height_of(0, events.channel[e], events.channels));
}

static void write_spikes(const sg_cli_scene *scene, FILE *g, const sg_layer_record *record, size_t band) {
    size_t steps = sg_network_steps(scene->network), neurons = sg_cli_layer(scene, record->layer).neurons;
    for (size_t j = 0; j < steps * neurons; j++)
        if (record->raster[j])
            fprintf(g, "%g %g %zu\n", (double)(j / neurons) * scene->dt_ms, height_of(band, j % neurons, neurons),
                    band + 1);
}

/* The point outside the frame keeps gnuplot from refusing a sample without a spike. */
int sg_cli_draw_raster(const sg_cli_scene *scene, FILE *g) {
    sg_status status;
    size_t bands = 1, names = 1;
    recording r = record_sample(scene, false, &status);
    fputs("unset key\nset xlabel 'time (ms)'\nset title ", g);
    write_title(scene, g);
    fputs("unset grid\nunset ytics\nset border 1\nset lmargin 14\n$d << EOD\n-1 -1 1\n", g);
    write_input(scene, g);
    for (size_t l = 0; status == SG_OK && l < sg_network_layers(scene->network); l++)
        if (sg_cli_layer(scene, l).spiking)
            write_spikes(scene, g, &r.layers[l], bands++);
    free_recording(&r);
    fputs("EOD\n", g);
    write_band(g, 0, "input", sg_events_get(sg_data_get(scene->data).events).channels);
    for (size_t l = 0; l < sg_network_layers(scene->network); l++) {
        char name[32];
        snprintf(name, sizeof name, "layer %zu", l);
        if (sg_cli_layer(scene, l).spiking)
            write_band(g, names++, name, sg_cli_layer(scene, l).neurons);
    }
    fprintf(g, "set xrange [0:%g]\nset yrange [0:%zu]\nplot $d using 1:2:3 with points pt 7 ps 0.3 lc variable\n",
            sg_network_steps(scene->network) * scene->dt_ms, bands);
    return status == SG_OK ? 0 : sg_cli_fail(status);
}

/* ---------------------------------------------------------------------------------------------- membranes */

/* Those of a layer, (steps, neurons), and the neurons that are drawn: the ones that go highest. */
typedef struct membranes {
    float *values;
    size_t steps, neurons, chosen[NEURONS_SHOWN], count;
} membranes;

static void choose(membranes *m) {
    float *peak = sg_cli_room(m->neurons, sizeof *peak);
    for (size_t n = 0; n < m->neurons; n++) {
        peak[n] = -INFINITY;
        for (size_t t = 0; t < m->steps; t++)
            peak[n] = fmaxf(peak[n], m->values[t * m->neurons + n]);
    }
    for (m->count = 0; m->count < NEURONS_SHOWN && m->count < m->neurons; m->count++) {
        size_t best = 0;
        for (size_t n = 0; n < m->neurons; n++)
            best = peak[n] > peak[best] ? n : best;
        m->chosen[m->count] = best;
        peak[best] = -INFINITY;
    }
    free(peak);
}

/* The threshold of a layer whose neurons share one. */
static bool find_threshold(const sg_cli_scene *scene, size_t l, double *threshold) {
    char key[64], text[SG_VALUE_TEXT];
    sg_group_info group = SG_SIZED(sg_group_info);
    snprintf(key, sizeof key, "layers.%zu.neuron.threshold", l);
    for (size_t i = 0; sg_network_group(scene->network, l, i, &group) == SG_OK; i++)
        if (strcmp(group.name, "raw_threshold") == 0)
            return false;
    if (!sg_cli_layer(scene, l).spiking || sg_config_get(scene->config, key, text, sizeof text) != SG_OK)
        return false;
    *threshold = strtod(text, NULL);
    return true;
}

static sg_cli_range range_of(const membranes *m) {
    sg_cli_range range = SG_CLI_NO_RANGE;
    for (size_t t = 0; t < m->steps; t++)
        for (size_t i = 0; i < m->count; i++)
            sg_cli_include(&range, (double)m->values[t * m->neurons + m->chosen[i]]);
    return range;
}

static void draw_layer(const sg_cli_scene *scene, FILE *g, size_t l, const membranes *m) {
    fprintf(g, "$m << EOD\n");
    for (size_t t = 0; t < m->steps; t++) {
        fprintf(g, "%g", (double)t * scene->dt_ms);
        for (size_t i = 0; i < m->count; i++)
            sg_cli_write_number(g, (double)m->values[t * m->neurons + m->chosen[i]]);
        fputs("\n", g);
    }
    fprintf(g, "EOD\nset title 'layer %zu'\n", l);
    double threshold;
    bool fires = find_threshold(scene, l, &threshold);
    sg_cli_range range = range_of(m);
    if (fires) {
        sg_cli_include(&range, threshold);
        fprintf(g, "$t << EOD\n0 %g\n%g %g\nEOD\n", threshold, (double)m->steps * scene->dt_ms, threshold);
    }
    sg_cli_set_range(g, 'y', range);
    fputs("plot ", g);
    for (size_t i = 0; i < m->count; i++)
        fprintf(g, "%s$m using 1:%zu with lines lt %zu title 'neuron %zu'", i ? ", " : "", i + 2, i + 1, m->chosen[i]);
    bool rises = strcmp(sg_cli_layer(scene, l).neuron, "alif") == 0;
    if (fires)
        fprintf(g, ", $t with lines lc rgb '#999999' dt 2 title 'threshold%s'", rises ? " at rest" : "");
    fputs("\n", g);
}

int sg_cli_draw_membranes(const sg_cli_scene *scene, FILE *g) {
    size_t layers = sg_network_layers(scene->network), steps = sg_network_steps(scene->network);
    sg_status status;
    recording r = record_sample(scene, true, &status);
    fprintf(g, "set multiplot layout %zu,1 title ", layers);
    write_title(scene, g);
    /* The margins are the same, so that the layers' times stand one over the other. */
    fprintf(g,
            "set lmargin 11\nset rmargin 24\nset xrange [0:%g]\nset xlabel 'time (ms)'\nset ylabel 'membrane'\n"
            "set key outside right top vertical\n",
            (double)steps * scene->dt_ms);
    for (size_t l = 0; status == SG_OK && l < layers; l++) {
        membranes m = {.values = r.layers[l].membrane, .steps = steps, .neurons = sg_cli_layer(scene, l).neurons};
        choose(&m);
        draw_layer(scene, g, l, &m);
    }
    free_recording(&r);
    fputs("unset multiplot\n", g);
    return status == SG_OK ? 0 : sg_cli_fail(status);
}
