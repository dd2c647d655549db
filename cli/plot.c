#include "command.h"
#include "gnuplot.h"
#include "message.h"
#include "run_dir.h"
#include "settings.h"
#include "surgrad.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { NEURONS_SHOWN = 5, IMAGES_SHOWN = 64 };

/* What the pictures show. */
typedef struct scene {
    const char *run_dir;
    char out[SG_CLI_PATH], metrics[SG_CLI_PATH];
    sg_config *config;
    sg_network *network;
    sg_data *data; /* NULL: not here */
    const char *kind;
    bool held_out;
    size_t sample; /* number within the test part, ... */
    double dt_ms;
} scene;

static size_t steps_of(const scene *s) {
    return sg_network_steps(s->network);
}

static sg_layer_info layer_of(const scene *s, size_t l) {
    sg_layer_info info;
    sg_network_layer(s->network, l, &info);
    return info;
}

static uint32_t sample_of(const scene *s) {
    return sg_data_get(s->data).test[s->sample];
}

static void *room(size_t count, size_t size) {
    void *memory = calloc(count ? count : 1, size);
    if (!memory)
        exit(sg_cli_out_of_memory());
    return memory;
}

/* ------------------------------------------------------------------------------------------------- pictures */

/* A line for each column of metrics.csv, by its name. */
static void draw_columns(const scene *s, FILE *g, const char *label, size_t count, const char *const *columns,
                         const char *const *titles) {
    fprintf(g, "set datafile separator ','\nset xlabel 'epoch'\nset ylabel '%s'\nset xtics nomirror\nplot ", label);
    for (size_t i = 0; i < count; i++) {
        fputs(i ? ", " : "", g);
        sg_cli_gnuplot_quote(g, s->metrics);
        fprintf(g, " using 'epoch':'%s' with linespoints pt 7 ps 0.4 lt %zu title '%s'", columns[i], i + 1, titles[i]);
    }
    fputs("\n", g);
}

static int draw_loss(const scene *s, FILE *g) {
    static const char *const columns[] = {"train_loss", "test_loss", "held_loss"};
    static const char *const titles[] = {"training", "test", "held out"};
    draw_columns(s, g, "loss", s->held_out ? 3 : 2, columns, titles);
    return 0;
}

static int draw_accuracy(const scene *s, FILE *g) {
    static const char *const columns[] = {"train_accuracy", "test_accuracy", "held_accuracy"};
    static const char *const titles[] = {"training", "test", "held out"};
    draw_columns(s, g, "accuracy", s->held_out ? 3 : 2, columns, titles);
    return 0;
}

static int draw_rates(const scene *s, FILE *g) {
    char names[SG_MAX_LAYERS][32], words[SG_MAX_LAYERS][32];
    const char *columns[SG_MAX_LAYERS], *titles[SG_MAX_LAYERS];
    size_t count = 0;
    for (size_t l = 0; l < sg_network_layers(s->network); l++)
        if (layer_of(s, l).spiking) {
            snprintf(names[count], sizeof names[count], "layer%zu_rate_hz", l);
            snprintf(words[count], sizeof words[count], "layer %zu", l);
            columns[count] = names[count], titles[count] = words[count];
            count++;
        }
    draw_columns(s, g, "rate (Hz)", count, columns, titles);
    return 0;
}

static int draw_confusion(const scene *s, FILE *g) {
    sg_data_view data = sg_data_get(s->data);
    uint32_t classes = sg_events_get(data.events).classes,
             outputs = layer_of(s, sg_network_layers(s->network) - 1).neurons;
    uint64_t *confusion = room((size_t)classes * outputs, sizeof *confusion);
    sg_evaluation result;
    sg_status status =
        sg_evaluate(s->network, s->config, data.events, data.test, data.test_count, 0, &result, confusion);
    if (status != SG_OK) {
        free(confusion);
        return sg_cli_fail(status);
    }
    fprintf(g,
            "set xlabel 'predicted'\nset ylabel 'label'\nset title 'test accuracy %.4f'\nunset grid\nunset key\n"
            "set palette defined (0 '#ffffff', 1 '#0072b2')\nset cblabel 'share of the label (%%)'\nset size ratio -1\n"
            "set xrange [-0.5:%g]\nset yrange [%g:-0.5]\nset xtics 1\nset ytics 1\nset cbrange [0:100]\n$d << EOD\n",
            result.accuracy, outputs - 0.5, classes - 0.5);
    for (uint32_t label = 0; label < classes; label++) {
        uint64_t total = 0;
        for (uint32_t n = 0; n < outputs; n++)
            total += confusion[(size_t)label * outputs + n];
        for (uint32_t n = 0; n < outputs; n++) {
            uint64_t count = confusion[(size_t)label * outputs + n];
            double share = total ? 100.0 * (double)count / (double)total : 0;
            fprintf(g, "%u %u %g %llu\n", n, label, share, (unsigned long long)count);
        }
    }
    fputs("EOD\n", g);
    if (outputs > 20)
        fputs("plot $d using 1:2:3 with image\n", g);
    else
        fputs("plot $d using 1:2:3 with image, $d using 1:2:($4 > 0 ? sprintf('%d', $4) : ''):($3 > 50 ? 0xffffff : "
              "0x333333) "
              "with labels font ',9' textcolor rgb variable\n",
              g);
    free(confusion);
    return 0;
}

/* Input and layers one over the other, a dot for each spike. */
static int draw_raster(const scene *s, FILE *g) {
    sg_data_view data = sg_data_get(s->data);
    sg_events_view events = sg_events_get(data.events);
    uint32_t sample = sample_of(s);
    size_t base = events.channels;
    fprintf(g,
            "unset key\nset xlabel 'time (ms)'\nset title 'test sample %zu, label %u'\nset xrange [0:%g]\nunset grid\n"
            "unset ytics\nset border 1\nset lmargin 14\n$d << EOD\n",
            s->sample, events.label[sample], (double)steps_of(s) * s->dt_ms);
    for (uint64_t e = events.first[sample]; e < events.first[sample + 1]; e++)
        fprintf(g, "%g %u 1\n", events.step[e] * s->dt_ms, events.channel[e]);
    for (size_t l = 0; l < sg_network_layers(s->network); l++) {
        sg_layer_info info = layer_of(s, l);
        if (!info.spiking)
            continue;
        uint8_t *raster = room(steps_of(s) * info.neurons, 1);
        sg_status status = sg_network_raster(s->network, data.events, sample, l, raster);
        for (size_t j = 0; status == SG_OK && j < steps_of(s) * info.neurons; j++)
            if (raster[j])
                fprintf(g, "%g %zu %zu\n", (double)(j / info.neurons) * s->dt_ms, base + j % info.neurons, l + 2);
        free(raster);
        if (status != SG_OK)
            return sg_cli_fail(status);
        base += info.neurons;
    }
    fprintf(g, "EOD\nset yrange [-1:%zu]\nset label 'input' at graph -0.02, first %u right\n", base,
            events.channels / 2);
    size_t at = events.channels;
    for (size_t l = 0; l < sg_network_layers(s->network); l++) {
        sg_layer_info info = layer_of(s, l);
        if (!info.spiking)
            continue;
        fprintf(g,
                "set label 'layer %zu' at graph -0.02, first %zu right\n"
                "set arrow from graph 0, first %zu to graph 1, first %zu nohead lc rgb '#bbbbbb'\n",
                l, at + info.neurons / 2, at, at);
        at += info.neurons;
    }
    fputs("plot $d using 1:2:3 with points pt 7 ps 0.3 lc variable\n", g);
    return 0;
}

/* The membranes of some neurons of each layer: those that go highest. */
static void draw_layer_membranes(const scene *s, FILE *g, size_t l, const float *membrane, uint32_t neurons) {
    size_t steps = steps_of(s), chosen[NEURONS_SHOWN], count = 0;
    float *peak = room(neurons, sizeof *peak);
    for (uint32_t n = 0; n < neurons; n++) {
        peak[n] = -INFINITY;
        for (size_t t = 0; t < steps; t++)
            peak[n] = fmaxf(peak[n], membrane[t * neurons + n]);
    }
    for (; count < NEURONS_SHOWN && count < neurons; count++) {
        chosen[count] = 0;
        for (uint32_t n = 0; n < neurons; n++)
            chosen[count] = peak[n] > peak[chosen[count]] ? n : chosen[count];
        peak[chosen[count]] = -INFINITY;
    }
    fprintf(g, "$m << EOD\n");
    for (size_t t = 0; t < steps; t++) {
        fprintf(g, "%g", (double)t * s->dt_ms);
        for (size_t i = 0; i < count; i++)
            fprintf(g, " %g", (double)membrane[t * neurons + chosen[i]]);
        fputs("\n", g);
    }
    fprintf(g, "EOD\nset title 'layer %zu'\n", l);
    char key[64], threshold[32] = "";
    snprintf(key, sizeof key, "layers.%zu.neuron.threshold", l);
    bool fires = layer_of(s, l).spiking && sg_config_get(s->config, key, threshold, sizeof threshold) == SG_OK;
    fputs("plot ", g);
    for (size_t i = 0; i < count; i++)
        fprintf(g, "%s$m using 1:%zu with lines lt %zu title 'neuron %zu'", i ? ", " : "", i + 2, i + 1, chosen[i]);
    if (fires)
        fprintf(g, ", %s with lines lc rgb '#999999' dt 2 title 'threshold'", threshold);
    fputs("\n", g);
    free(peak);
}

static int draw_membranes(const scene *s, FILE *g) {
    sg_data_view data = sg_data_get(s->data);
    size_t layers = sg_network_layers(s->network);
    fprintf(g,
            "set multiplot layout %zu,1 title 'test sample %zu, label %u'\nset xlabel 'time (ms)'\nset ylabel "
            "'membrane'\nset key outside right top vertical\n",
            layers, s->sample, sg_events_get(data.events).label[sample_of(s)]);
    for (size_t l = 0; l < layers; l++) {
        sg_layer_info info = layer_of(s, l);
        float *membrane = room(steps_of(s) * info.neurons, sizeof *membrane);
        sg_status status = sg_network_membrane(s->network, data.events, sample_of(s), l, membrane);
        if (status == SG_OK)
            draw_layer_membranes(s, g, l, membrane, info.neurons);
        free(membrane);
        if (status != SG_OK)
            return sg_cli_fail(status);
    }
    fputs("unset multiplot\n", g);
    return 0;
}

/* Weights from the input to the first neurons, each a picture if the inputs are a square, in one grid of tiles. */
static int draw_weights(const scene *s, FILE *g) {
    sg_layer_info info = layer_of(s, 0);
    uint32_t side = (uint32_t)lround(sqrt(info.inputs)), width = side * side == info.inputs ? side : info.inputs,
             height = info.inputs / width, shown = info.neurons < IMAGES_SHOWN ? info.neurons : IMAGES_SHOWN;
    uint32_t across = height == 1 ? 1 : (uint32_t)ceil(sqrt(shown)), down = (shown + across - 1) / across;
    float *weights = room((size_t)info.inputs * info.neurons, sizeof *weights), most = 0;
    sg_status status = sg_network_get_weights(s->network, 0, weights);
    if (status != SG_OK) {
        free(weights);
        return sg_cli_fail(status);
    }
    for (size_t j = 0; j < (size_t)info.inputs * info.neurons; j++)
        most = fmaxf(most, fabsf(weights[j]));
    fprintf(
        g,
        "unset key\nunset grid\nunset border\nunset tics\nset size ratio -1\nset title 'weights from the input to the "
        "first %u neurons of layer 0'\nset palette defined (-1 '#0072b2', 0 '#ffffff', 1 '#d55e00')\nset cbrange "
        "[%g:%g]\nset colorbox\nset cbtics\n$d << EOD\n",
        shown, (double)-most / 2, (double)most / 2);
    for (uint32_t y = 0; y < down * (height + 1); y++) {
        for (uint32_t x = 0; x < across * (width + 1); x++) {
            uint32_t neuron = y / (height + 1) * across + x / (width + 1), u = x % (width + 1), v = y % (height + 1);
            if (u == width || v == height || neuron >= shown)
                fputs("0 ", g); /* white, as no weight */
            else
                fprintf(g, "%.4g ", (double)weights[(size_t)(v * width + u) * info.neurons + neuron]);
        }
        fputs("\n", g);
    }
    fputs("EOD\nset yrange [*:*] reverse\nplot $d matrix with image\n", g);
    free(weights);
    return 0;
}

static const struct {
    const char *name;
    int width, height;
    bool needs_data, of_sample, as_text;
    int (*draw)(const scene *s, FILE *g);
} pictures[] = {
    {"loss", 640, 400, false, false, true, draw_loss},
    {"accuracy", 640, 400, false, false, true, draw_accuracy},
    {"rates", 640, 400, false, false, true, draw_rates},
    {"weights", 720, 720, false, false, false, draw_weights},
    {"confusion", 640, 560, true, false, false, draw_confusion},
    {"raster", 720, 560, true, true, true, draw_raster},
    {"membranes", 720, 640, true, true, false, draw_membranes},
};

/* ------------------------------------------------------------------------------------------------ the command */

static int draw_one(scene *s, size_t i) {
    sg_cli_picture picture;
    char name[64];
    snprintf(name, sizeof name, pictures[i].of_sample ? "%s-%zu" : "%s", pictures[i].name, s->sample);
    int code = sg_cli_picture_begin(&picture, s->out, name, s->kind, pictures[i].width, pictures[i].height);
    if (code)
        return code;
    code = pictures[i].draw(s, picture.gnuplot);
    int ended = sg_cli_picture_end(&picture);
    if (code == 0 && ended == 0 && *picture.path)
        printf("%s\n", picture.path);
    return code ? code : ended;
}

/* The numbers in "0,3,7", each below the number of test samples. */
static int draw_samples(scene *s, size_t i, const char *list) {
    size_t count = sg_data_get(s->data).test_count;
    for (const char *at = list; *at;) {
        char *end;
        unsigned long long number = strtoull(at, &end, 10);
        if (end == at || (*end && *end != ',') || number >= count)
            return sg_cli_usage("plot", "--samples: found '%s', expected numbers below %zu, with commas between", list,
                                count);
        s->sample = (size_t)number;
        int code = draw_one(s, i);
        if (code)
            return code;
        at = *end ? end + 1 : end;
    }
    return 0;
}

static int draw_all(scene *s, const sg_cli_arguments *arguments) {
    static const char *const kinds[] = {"svg", "png"};
    for (size_t k = 0; k < (arguments->ascii ? 1 : 2); k++) {
        s->kind = arguments->ascii ? "text" : kinds[k];
        for (size_t i = 0; i < sizeof pictures / sizeof *pictures; i++) {
            if ((arguments->ascii && !pictures[i].as_text) || (pictures[i].needs_data && !s->data))
                continue;
            int code = pictures[i].of_sample ? draw_samples(s, i, arguments->samples ? arguments->samples : "0")
                                             : draw_one(s, i);
            if (code)
                return code;
        }
    }
    return 0;
}

static int load(scene *s, const sg_cli_arguments *arguments) {
    char model[SG_CLI_PATH], dt[64], held[64];
    sg_cli_run_model(s->run_dir, model);
    snprintf(s->metrics, sizeof s->metrics, "%s/metrics.csv", s->run_dir);
    snprintf(s->out, sizeof s->out, arguments->out ? "%s" : "%s/plots", arguments->out ? arguments->out : s->run_dir);
    sg_status status = sg_model_load(model, &s->config, &s->network);
    if (status != SG_OK)
        return sg_cli_fail(status);
    if (!arguments->ascii && mkdir(s->out, 0777) != 0 && errno != EEXIST) {
        sg_cli_message("%s: cannot be made: %s", s->out, strerror(errno));
        return sg_status_exit_code(SG_IO);
    }
    sg_config_get(s->config, "dt", dt, sizeof dt);
    sg_config_get(s->config, "data.held_out", held, sizeof held);
    s->dt_ms = strtod(dt, NULL);
    s->held_out = strtod(held, NULL) > 0;
    if (sg_data_open(s->config, &s->data) != SG_OK)
        sg_cli_message("%s; so confusion, raster and membranes are left out", sg_error_message());
    return 0;
}

static int run_plot(const sg_cli_arguments *arguments) {
    static scene s;
    s = (scene){.run_dir = arguments->operand};
    int code = sg_cli_need_gnuplot();
    if (code == 0)
        code = load(&s, arguments);
    if (code == 0)
        code = draw_all(&s, arguments);
    sg_data_free(s.data);
    sg_network_free(s.network);
    sg_config_free(s.config);
    return code;
}

static const sg_cli_option options[] = {
    {"out", 'o', SG_CLI_TEXT, offsetof(sg_cli_arguments, out), "DIR", 0, 0,
     "folder for the pictures; default: plots in the run directory"},
    {"samples", 0, SG_CLI_TEXT, offsetof(sg_cli_arguments, samples), "LIST", 0, 0,
     "test samples to show spikes and membranes of, numbers with commas between; default: 0"},
    {"ascii", 0, SG_CLI_SWITCH, offsetof(sg_cli_arguments, ascii), NULL, 0, 0,
     "draws curves and raster as text, in the terminal"},
    SG_CLI_HELP_ROW,
};

const sg_cli_command sg_cli_plot_command = {
    .name = "plot",
    .operand = "RUN_DIR",
    .operand_needed = true,
    .summary = "draw a run: curves, confusion, spikes, membranes, weights",
    .description = "Draws a run through gnuplot, each picture as SVG and PNG: loss, accuracy and rates by epoch; the "
                   "confusion matrix of "
                   "the test part; the spikes of chosen test samples, input and all layers; the membranes of the "
                   "neurons of each layer "
                   "that go highest; the weights from the input to the first neurons as images. The model is best.h5 "
                   "if there is one, "
                   "else model.h5. Without the data set, what needs it is left out.\n",
    .examples = "surgrad plot runs/fast\nsurgrad plot runs/fast --samples 0,1,2 --out pictures\nsurgrad plot runs/fast "
                "--ascii\n",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .run = run_plot,
};
