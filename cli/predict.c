#include "answers.h"
#include "command.h"
#include "message.h"
#include "model.h"
#include "sample_lines.h"
#include "settings.h"
#include "surgrad.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    BLOCK = 1024,     /* samples that are predicted at once, ... */
    NUMBERS = 1 << 22 /* ... or as many, of steps, as have so many numbers */
};

/* All that predicting holds; freed by release(). */
typedef struct work {
    sg_cli_model model;
    int threads;
    sg_cli_answer_shape shape;
    size_t block;                   /* samples that are predicted at once */
    double *values, *probabilities; /* (block, T, N) or (block, N); the second NULL where the loss makes none */
    float *membranes;               /* (block, T, N) of steps, ... */
    uint8_t *spikes;                /* ... or spikes, of trains; or NULL */
    const char **names;             /* (N) of the classes, where the network or the data tell them */
    uint64_t done;                  /* samples */
    sg_cli_answers answers;
} work;

static void release(work *w) {
    free(w->values);
    free(w->probabilities);
    free(w->membranes);
    free(w->spikes);
    free(w->names);
    sg_cli_model_free(&w->model);
}

static int no_steps(const sg_cli_arguments *arguments) {
    return sg_cli_usage("predict",
                        "--each-step: the loss of %s makes no answer of a step: leave it out, or train with step_ce",
                        arguments->operand);
}

/* What answers are like, by the loss and --each-step. */
static int find_shape(const sg_cli_arguments *arguments, work *w) {
    sg_layer_info last = SG_SIZED(sg_layer_info);
    sg_answer_info info = SG_SIZED(sg_answer_info);
    char dt[SG_VALUE_TEXT] = "";
    sg_status status = sg_network_layer(w->model.network, sg_network_layers(w->model.network) - 1, &last);
    if (status == SG_OK)
        status = sg_answer(w->model.config, &info);
    if (status == SG_OK)
        status = sg_config_get(w->model.config, "dt", dt, sizeof dt);
    if (status != SG_OK)
        return sg_cli_fail(status);
    if (arguments->by_step && !info.has_steps)
        return no_steps(arguments);
    const bool steps = info.needs_steps || arguments->by_step;
    w->shape = (sg_cli_answer_shape){.kind = info.kind,
                                     .outputs = last.neurons,
                                     .steps = steps ? sg_network_steps(w->model.network) : 0,
                                     .has_probabilities = sg_has_probabilities(w->model.config),
                                     .dt_ms = strtod(dt, NULL)}; /* "1 ms": a configuration gives times in ms */
    return 0;
}

static bool reserve(work *w) {
    const sg_cli_answer_shape *shape = &w->shape;
    const size_t row = (size_t)(shape->steps ? shape->steps : 1) * shape->outputs;
    const size_t most = NUMBERS / row + 1;
    const bool trains = shape->kind == SG_ANSWER_TRAINS;
    w->block = shape->steps > 0 && most < BLOCK ? most : BLOCK;
    w->values = calloc(w->block * row, sizeof *w->values);
    w->names = calloc(shape->outputs, sizeof *w->names);
    if (shape->has_probabilities)
        w->probabilities = calloc(w->block * row, sizeof *w->probabilities);
    if (shape->steps > 0 && trains)
        w->spikes = calloc(w->block * row, sizeof *w->spikes);
    else if (shape->steps > 0)
        w->membranes = calloc(w->block * row, sizeof *w->membranes);
    return w->values && w->names && (w->probabilities || !shape->has_probabilities) &&
           (shape->steps == 0 || w->spikes || w->membranes);
}

static int prepare(const sg_cli_arguments *arguments, work *w) {
    int code = sg_cli_model_load(arguments, &w->model);
    if (code == 0)
        code = find_shape(arguments, w);
    w->threads = (int)arguments->threads;
    return code ? code : reserve(w) ? 0 : sg_cli_out_of_memory();
}

/* ---------------------------------------------------------------------------------------------------- predicting */

/* What comes before the first answer. Networks of older versions know no names; then the data may. */
static int begin(work *w, const sg_events_details *details, uint32_t classes) {
    bool has_names = false;
    for (uint32_t n = 0; n < w->shape.outputs; n++) {
        w->names[n] = sg_network_class_name(w->model.network, n);
        has_names = has_names || w->names[n];
    }
    for (uint32_t n = 0; !has_names && details->class_names && n < w->shape.outputs && n < classes; n++)
        w->names[n] = details->class_names[n];
    return sg_cli_answers_begin(&w->answers, has_names || details->class_names ? w->names : NULL,
                                details->origin != NULL);
}

/* Adds what the network made of `count` samples of a store. */
static int add(work *w, const sg_events *events, const uint32_t *samples, size_t count, const uint64_t *first) {
    const size_t row = (size_t)(w->shape.steps ? w->shape.steps : 1) * w->shape.outputs;
    const sg_events_view view = sg_events_get(events);
    sg_events_details details = SG_SIZED(sg_events_details);
    sg_status status = sg_events_get_details(events, &details);
    int code = status == SG_OK ? begin(w, &details, view.classes) : sg_cli_fail(status);
    for (size_t i = 0; code == 0 && i < count; i++) {
        const sg_cli_answer one = {.sample = first ? *first + i : samples[i],
                                   .label = view.label[samples[i]],
                                   .values = w->values + i * row,
                                   .probabilities = w->probabilities ? w->probabilities + i * row : NULL,
                                   .origin = details.origin ? details.origin[samples[i]] : NULL};
        code = sg_cli_answers_add(&w->answers, &one);
    }
    return code;
}

/* Fills `values` with what the last layer does in each step. */
static sg_status record(work *w, const sg_events *events, const uint32_t *samples, size_t count) {
    const sg_layer_record last = {.layer = sg_network_layers(w->model.network) - 1,
                                  .raster = w->spikes,
                                  .membrane = w->membranes};
    sg_status status = sg_network_record(w->model.network, events, samples, count, w->threads, &last, 1);
    bool finite = true;
    for (size_t j = 0; status == SG_OK && j < count * w->shape.steps * w->shape.outputs; j++) {
        w->values[j] = w->spikes ? w->spikes[j] : (double)w->membranes[j];
        finite = finite && isfinite(w->values[j]);
    }
    if (finite)
        return status;
    return sg_predict(w->model.network, w->model.config, events, samples, count, w->threads, NULL, NULL); /* tells it */
}

/* Answers samples of a store, at most a block; the i-th of them has the number first + i or, where `first` is NULL,
 * that of the store. */
static int answer(work *w, const sg_events *events, const uint32_t *samples, size_t count, const uint64_t *first) {
    const size_t rows = count * (w->shape.steps ? w->shape.steps : 1);
    sg_status status = w->shape.steps > 0 ? record(w, events, samples, count)
                                          : sg_predict(w->model.network, w->model.config, events, samples, count,
                                                       w->threads, w->values, NULL);
    if (status == SG_OK && w->probabilities)
        status = sg_probabilities(w->model.config, w->values, rows, w->probabilities);
    return status == SG_OK ? add(w, events, samples, count, first) : sg_cli_fail(status);
}

/* All samples of a store, numbered on from those before. */
static int answer_all(work *w, const sg_events *events) {
    size_t samples = sg_events_get(events).samples;
    uint32_t list[BLOCK];
    int code = 0;
    for (size_t begin = 0; code == 0 && begin < samples; begin += w->block) {
        size_t count = samples - begin < w->block ? samples - begin : w->block;
        for (size_t i = 0; i < count; i++)
            list[i] = (uint32_t)(begin + i);
        code = answer(w, events, list, count, &w->done);
        w->done += count;
    }
    return code;
}

static int answer_file(work *w, const char *path) {
    sg_samples *samples;
    sg_events *events = NULL;
    /* The process that reads HDF5 would inherit a buffered heading, and under a sanitizer write it too. */
    sg_cli_answers_flush(&w->answers);
    sg_status status = sg_samples_open_for(w->model.network, w->model.config, path, &samples);
    int code = 0;
    while (status == SG_OK && code == 0) {
        status = sg_samples_next(samples, &events);
        if (status != SG_OK || !events)
            break;
        code = answer_all(w, events);
        sg_events_free(events);
    }
    sg_samples_free(samples);
    return status == SG_OK ? code : sg_cli_fail(status);
}

/* A line is answered before the next is read. */
static int answer_lines(work *w) {
    sg_cli_lines lines = {.file = stdin};
    sg_events *events = NULL;
    int code = begin(w, &SG_SIZED(sg_events_details), 0);
    sg_cli_answers_flush(&w->answers);
    while (code == 0 && (code = sg_cli_lines_next(&lines, w->model.network, &events)) == 0 && events) {
        code = answer_all(w, events);
        sg_cli_answers_flush(&w->answers);
        sg_events_free(events);
        if (code)
            break;
    }
    sg_cli_lines_free(&lines);
    return code;
}

/* Those that `surgrad eval` evaluates, by their numbers in the data set. */
static int answer_test_part(work *w) {
    sg_data *data = NULL;
    int code = sg_cli_open_data(w->model.config, &data);
    sg_data_view view = code == 0 ? sg_data_get(data) : (sg_data_view){0};
    for (size_t begin = 0; code == 0 && begin < view.test_count; begin += w->block) {
        size_t count = view.test_count - begin < w->block ? view.test_count - begin : w->block;
        code = answer(w, view.events, view.test + begin, count, NULL);
    }
    sg_data_free(data);
    return code;
}

static int answer_data(work *w, const char *data) {
    if (!data)
        return answer_test_part(w);
    return strcmp(data, "-") == 0 ? answer_lines(w) : answer_file(w, data);
}

static int run_predict(const sg_cli_arguments *arguments) {
    work w = {0};
    int code = prepare(arguments, &w);
    if (code == 0 && (code = sg_cli_answers_open(arguments, &w.shape, &w.answers)) == 0) {
        code = answer_data(&w, arguments->operand_count > 1 ? arguments->operands[1] : NULL);
        int closed = sg_cli_answers_close(&w.answers, code == 0);
        code = code ? code : closed;
    }
    release(&w);
    return code;
}

/* ------------------------------------------------------------------------------------------------------- command */

static const sg_cli_option options[] = {
    {"out", 'o', SG_CLI_TEXT, offsetof(sg_cli_arguments, out), "FILE", 0, 0,
     "the file to write, of the format that its name ends in: .csv, .jsonl or .h5; default: standard output"},
    {"format", 'f', SG_CLI_TEXT, offsetof(sg_cli_arguments, format), "FORMAT", 0, 0,
     "csv (the default), jsonl (a JSON object each line) or hdf5, whatever the name"},
    {"each-step", 0, SG_CLI_SWITCH, offsetof(sg_cli_arguments, by_step), NULL, 0, 0,
     "answers for each step, of a network trained with step_ce: the class of each"},
    SG_CLI_THREADS_ROW,
    SG_CLI_CPU_ROW,
    SG_CLI_NIR_ROWS,
    SG_CLI_HELP_ROW,
};

const sg_cli_command sg_cli_predict_command = {
    .name = "predict",
    .operand = "MODEL|RUN_DIR|FILE.nir [DATA|-]",
    .operand_needed = true,
    .operand_most = 2,
    .summary = "tell what a trained model makes of new samples",
    .description =
        "Prints for each sample its number, its label where that is known, the predicted class and the outputs of the "
        "network, which is a model file or that of a run directory (best.h5 if there is one, else model.h5). If the "
        "loss is a cross-entropy, the probabilities of the classes follow: the softmax of the outputs.\n"
        "\n"
        "DATA is a file of spike events (HDF5), an IDX file of images without labels, a recording of sound or of a "
        "sensor, "
        "or a folder of such files. Images and sound are encoded as in training. Recordings of sensors, of any format "
        "that "
        "`surgrad import` reads, are for networks that were trained on such: they are treated as the training data "
        "were. "
        "All samples are predicted, in their order. Without DATA, they are those "
        "that `surgrad eval` evaluates. With '-', each line of standard input is a sample, {\"t\": [0.5, 3], "
        "\"channel\": [7, 2]}, its times in ms from the sample's beginning, in any order; it is answered before the "
        "next is read.\n"
        "\n"
        "Where the loss has other targets than a label, answers are of the same kind: numbers (mean_mse, last_mse, "
        "cosine), numbers of each step (step_mse), 1 for each of several classes that is there and its probability, "
        "the sigmoid of the output (mean_bce, and step_bce in each step), or spike trains (spike_time). As CSV a step "
        "or a spike has a line of its own. With --each-step step_ce tells the class of each step.\n"
        "\n"
        "Where the data name their classes, or tell where samples come from, so do the answers.\n",
    .examples = "surgrad predict runs/notebook t10k-images-idx3-ubyte.gz -o answers.csv\n"
                "surgrad predict runs/randman events.h5 -o answers.h5\n"
                "surgrad predict runs/gestures recording.aedat4\n"
                "echo '{\"t\": [1, 2.5], \"channel\": [3, 0]}' | surgrad predict runs/randman - -f jsonl\n",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .run = run_predict,
};
