#include "answers.h"
#include "command.h"
#include "message.h"
#include "model.h"
#include "sample_lines.h"
#include "settings.h"
#include "surgrad.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCK = 1024 }; /* samples that are predicted at once */

/* All that predicting holds; freed by release(). */
typedef struct work {
    sg_cli_model model;
    int threads;
    uint32_t outputs;               /* N */
    double *values, *probabilities; /* (BLOCK, N); the second NULL where the loss makes none */
    const char **names;             /* (N) of the classes, where the network or the data tell them */
    uint64_t done;                  /* samples */
    sg_cli_answers answers;
} work;

static void release(work *w) {
    free(w->values);
    free(w->probabilities);
    free(w->names);
    sg_cli_model_free(&w->model);
}

static int prepare(const sg_cli_arguments *arguments, work *w) {
    sg_layer_info last = SG_SIZED(sg_layer_info);
    int code = sg_cli_model_load(arguments, &w->model);
    if (code)
        return code;
    sg_status status = sg_network_layer(w->model.network, sg_network_layers(w->model.network) - 1, &last);
    if (status != SG_OK)
        return sg_cli_fail(status);
    bool has_probabilities = sg_has_probabilities(w->model.config);
    w->outputs = last.neurons;
    w->threads = (int)arguments->threads;
    w->values = calloc((size_t)BLOCK * w->outputs, sizeof *w->values);
    w->probabilities = has_probabilities ? calloc((size_t)BLOCK * w->outputs, sizeof *w->probabilities) : NULL;
    w->names = calloc(w->outputs, sizeof *w->names);
    return w->values && w->names && (w->probabilities || !has_probabilities) ? 0 : sg_cli_out_of_memory();
}

/* ---------------------------------------------------------------------------------------------------- predicting */

/* What comes before the first answer. Networks of older versions know no names; then the data may. */
static int begin(work *w, const sg_events_details *details, uint32_t classes) {
    bool has_names = false;
    for (uint32_t n = 0; n < w->outputs; n++) {
        w->names[n] = sg_network_class_name(w->model.network, n);
        has_names = has_names || w->names[n];
    }
    for (uint32_t n = 0; !has_names && details->class_names && n < w->outputs && n < classes; n++)
        w->names[n] = details->class_names[n];
    return sg_cli_answers_begin(&w->answers, has_names || details->class_names ? w->names : NULL,
                                details->origin != NULL);
}

/* Adds what the network made of `count` samples of a store. */
static int add(work *w, const sg_events *events, const uint32_t *samples, size_t count, const uint32_t *predicted,
               const uint64_t *first) {
    const sg_events_view view = sg_events_get(events);
    sg_events_details details = SG_SIZED(sg_events_details);
    sg_status status = sg_events_get_details(events, &details);
    int code = status == SG_OK ? begin(w, &details, view.classes) : sg_cli_fail(status);
    for (size_t i = 0; code == 0 && i < count; i++) {
        const sg_cli_answer one = {.sample = first ? *first + i : samples[i],
                                   .label = view.label[samples[i]],
                                   .predicted = predicted[i],
                                   .values = w->values + i * w->outputs,
                                   .probabilities = w->probabilities ? w->probabilities + i * w->outputs : NULL,
                                   .origin = details.origin ? details.origin[samples[i]] : NULL};
        code = sg_cli_answers_add(&w->answers, &one);
    }
    return code;
}

/* Answers samples of a store, at most BLOCK; the i-th of them has the number first + i or, where `first` is NULL, that
 * of the store. */
static int answer(work *w, const sg_events *events, const uint32_t *samples, size_t count, const uint64_t *first) {
    uint32_t predicted[BLOCK];
    sg_status status =
        sg_predict(w->model.network, w->model.config, events, samples, count, w->threads, w->values, predicted);
    if (status == SG_OK && w->probabilities)
        status = sg_probabilities(w->model.config, w->values, count, w->probabilities);
    return status == SG_OK ? add(w, events, samples, count, predicted, first) : sg_cli_fail(status);
}

/* All samples of a store, numbered on from those before. */
static int answer_all(work *w, const sg_events *events) {
    size_t samples = sg_events_get(events).samples;
    uint32_t list[BLOCK];
    int code = 0;
    for (size_t begin = 0; code == 0 && begin < samples; begin += BLOCK) {
        size_t count = samples - begin < BLOCK ? samples - begin : BLOCK;
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
    for (size_t begin = 0; code == 0 && begin < view.test_count; begin += BLOCK) {
        size_t count = view.test_count - begin < BLOCK ? view.test_count - begin : BLOCK;
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
    if (code == 0 && (code = sg_cli_answers_open(arguments, w.outputs, w.probabilities != NULL, &w.answers)) == 0) {
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
        "Where the data name their classes, or tell where samples come from, so do the answers.\n",
    .examples = "surgrad predict runs/notebook t10k-images-idx3-ubyte.gz -o answers.csv\n"
                "surgrad predict runs/randman events.h5 -o answers.h5\n"
                "surgrad predict runs/gestures recording.aedat4\n"
                "echo '{\"t\": [1, 2.5], \"channel\": [3, 0]}' | surgrad predict runs/randman - -f jsonl\n",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .run = run_predict,
};
