#include "command.h"
#include "gnuplot.h"
#include "message.h"
#include "metric.h"
#include "model.h"
#include "picture_file.h"
#include "pictures.h"
#include "settings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct {
    const char *name;                /* NULL: that of the metric */
    int width, height, layer_height; /* in pixels; for each layer */
    bool needs_data, of_sample, as_text, needs_sound, needs_spikes, needs_classes;
    sg_cli_draw *draw;
} pictures[] = {
    {"loss", 640, 400, 0, false, false, true, false, false, false, sg_cli_draw_loss},
    {NULL, 640, 400, 0, false, false, true, false, false, false, sg_cli_draw_metric},
    {"rates", 640, 400, 0, false, false, true, false, true, false, sg_cli_draw_rates},
    {"weights", 720, 720, 0, false, false, false, false, false, false, sg_cli_draw_weights},
    {"confusion", 640, 560, 0, true, false, false, false, false, true, sg_cli_draw_confusion},
    {"raster", 720, 200, 180, true, true, true, false, false, false, sg_cli_draw_raster},
    {"membranes", 720, 60, 290, true, true, false, false, false, false, sg_cli_draw_membranes},
    {"sound", 720, 400, 0, false, false, false, true, false, false, sg_cli_draw_sound},
};

/* All that the command reads; freed by release(). */
typedef struct work {
    sg_cli_model model;
    sg_cli_metrics metrics;
    sg_data *data;   /* NULL: not here */
    size_t *samples; /* (sample_count) numbers within the test part */
    size_t sample_count;
    sg_cli_scene scene; /* borrows the above */
    char out[SG_CLI_PATH];
} work;

static void release(work *w) {
    free(w->samples);
    sg_data_free(w->data);
    sg_cli_metrics_free(&w->metrics);
    sg_cli_model_free(&w->model);
}

/* ---------------------------------------------------------------------------------------------- drawing */

static int draw_one(const work *w, const char *name, size_t i, bool ascii) {
    char *script = NULL;
    size_t size;
    FILE *file = open_memstream(&script, &size);
    if (!file)
        return sg_cli_out_of_memory();
    int code = pictures[i].draw(&w->scene, file);
    if (fclose(file) != 0 && code == 0)
        code = sg_cli_out_of_memory();
    int height = pictures[i].height + pictures[i].layer_height * (int)sg_network_layers(w->model.network);
    if (code == 0)
        code = ascii ? sg_cli_picture_print(name, height, script)
                     : sg_cli_picture_save(w->out, name, pictures[i].width, height, script);
    free(script);
    return code;
}

static int draw_samples(work *w, size_t i, bool ascii) {
    int code = 0;
    for (size_t j = 0; code == 0 && j < w->sample_count; j++) {
        char name[64];
        w->scene.sample = w->samples[j];
        snprintf(name, sizeof name, "%s-%zu", pictures[i].name, w->scene.sample);
        code = draw_one(w, name, i, ascii);
    }
    return code;
}

/* Whether any layer fires: a network may be a read-out alone. */
static bool has_spikes(const sg_cli_scene *scene) {
    bool any = false;
    for (size_t l = 0; l < sg_network_layers(scene->network); l++)
        any |= sg_cli_layer(scene, l).spiking;
    return any;
}

static int draw_all(work *w, bool ascii) {
    const sg_metric_info metric = sg_cli_metric(w->model.config);
    int code = 0;
    for (size_t i = 0; code == 0 && i < sizeof pictures / sizeof *pictures; i++) {
        if ((ascii && !pictures[i].as_text) || (pictures[i].needs_data && !w->data) ||
            (pictures[i].needs_sound && !w->scene.sound) || (pictures[i].needs_spikes && !has_spikes(&w->scene)) ||
            (pictures[i].needs_classes && !sg_cli_is_accuracy(&metric)))
            continue;
        code = pictures[i].of_sample ? draw_samples(w, i, ascii)
                                     : draw_one(w, pictures[i].name ? pictures[i].name : metric.name, i, ascii);
    }
    return code;
}

/* ---------------------------------------------------------------------------------------------- loading */

/* Without the data some pictures are left out; not so where the command line says where they are. */
static int open_data(const sg_cli_arguments *arguments, work *w) {
    sg_status status = sg_data_open(w->model.config, &w->data);
    if (status == SG_OK)
        return 0;
    if (arguments->data)
        return sg_cli_fail(status);
    sg_cli_message("%s; so confusion, raster and membranes are left out", sg_error_message());
    return 0;
}

/* Reads "0,3,7"; `count` test samples bound the numbers. Without data nothing bounds them, and nothing is drawn. */
static int read_samples(const char *list, size_t count, work *w) {
    w->samples = sg_cli_room(strlen(list) + 1, sizeof *w->samples);
    for (const char *at = list;; at++) {
        char *end;
        errno = 0;
        unsigned long long number = strtoull(at, &end, 10);
        if (*at < '0' || *at > '9' || (*end && *end != ',') || errno || (w->data && number >= count))
            return w->data ? sg_cli_usage("plot",
                                          "--samples: found '%s', expected numbers below %zu, with commas "
                                          "between",
                                          list, count)
                           : sg_cli_usage("plot", "--samples: found '%s', expected numbers, with commas between", list);
        w->samples[w->sample_count++] = (size_t)number;
        at = end;
        if (!*at)
            return 0;
    }
}

static int need_run(const char *operand) {
    if (sg_cli_is_folder(operand))
        return 0;
    if (access(operand, F_OK) != 0) {
        sg_cli_message("%s: there is no such run directory", operand);
        return sg_cli_exit_code(SG_MODEL);
    }
    return sg_cli_usage("plot", "%s: found a file, expected a run directory, which holds the curves too", operand);
}

static int read_metrics(const char *run, sg_cli_metrics *metrics) {
    int code = sg_cli_metrics_read(run, metrics);
    if (code || metrics->rows)
        return code;
    sg_cli_message("%s: found no epoch in it, expected one or more", metrics->path);
    return sg_cli_exit_code(SG_DATA);
}

static int make_folder(const sg_cli_arguments *arguments, work *w) {
    const char *run = arguments->operand, *out = arguments->out;
    int code = sg_cli_path(w->out, out ? "%s" : "%s/plots", out ? out : run);
    if (code || arguments->ascii || mkdir(w->out, 0777) == 0 || errno == EEXIST)
        return code;
    sg_cli_message("%s: cannot be made: %s", w->out, strerror(errno));
    return sg_cli_exit_code(SG_IO_ERROR);
}

static int load(const sg_cli_arguments *arguments, work *w) {
    char dt[SG_VALUE_TEXT] = "";
    int code = need_run(arguments->operand);
    if (code == 0)
        code = sg_cli_model_load(arguments, &w->model);
    if (code == 0)
        code = read_metrics(arguments->operand, &w->metrics);
    if (code == 0)
        code = open_data(arguments, w);
    if (code == 0)
        code = read_samples(arguments->samples ? arguments->samples : "0",
                            w->data ? sg_data_get(w->data).test_count : 0, w);
    if (code)
        return code;
    sg_config_get(w->model.config, "dt", dt, sizeof dt);
    w->scene = (sg_cli_scene){.config = w->model.config,
                              .network = w->model.network,
                              .data = w->data,
                              .metrics = &w->metrics,
                              .sound = arguments->sound,
                              .dt_ms = strtod(dt, NULL), /* "1 ms": a configuration gives times in ms */
                              .threads = (int)arguments->threads};
    return make_folder(arguments, w);
}

/* What can be wrong is found before anything is drawn. */
static int run_plot(const sg_cli_arguments *arguments) {
    static work w;
    int code = sg_cli_need_gnuplot();
    if (code == 0)
        code = load(arguments, &w);
    if (code == 0)
        code = draw_all(&w, arguments->ascii);
    release(&w);
    return code;
}

static const sg_cli_option options[] = {
    {"out", 'o', SG_CLI_TEXT, offsetof(sg_cli_arguments, out), "DIR", 0, 0,
     "folder for the pictures; default: plots in the run directory"},
    {"samples", 0, SG_CLI_TEXT, offsetof(sg_cli_arguments, samples), "LIST", 0, 0,
     "test samples to show spikes and membranes of, numbers with commas between; default: 0"},
    {"sound", 0, SG_CLI_TEXT, offsetof(sg_cli_arguments, sound), "FILE", 0, 0,
     "a recording to show the spectrogram of, and its spikes over it, of a run with data.set: wav"},
    {"ascii", 0, SG_CLI_SWITCH, offsetof(sg_cli_arguments, ascii), NULL, 0, 0,
     "draws curves and raster as text, in the terminal"},
    SG_CLI_DATA_ROW,
    SG_CLI_THREADS_ROW,
    SG_CLI_CPU_ROW,
    SG_CLI_HELP_ROW,
};

const sg_cli_command sg_cli_plot_command = {
    .name = "plot",
    .operand = "RUN_DIR",
    .operand_needed = true,
    .summary = "draw a run: curves, confusion, spikes, membranes, weights",
    .description = "Draws a run through gnuplot, each picture as SVG and PNG: loss, accuracy (or another metric of the "
                   "loss) and rates by epoch; the "
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
