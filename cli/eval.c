#include "command.h"
#include "json.h"
#include "message.h"
#include "metric.h"
#include "model.h"
#include "print.h"
#include "settings.h"
#include "surgrad.h"
#include "text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { CLASSES_SHOWN = 40 };

/* All that an evaluation reads and finds; freed by release(). */
typedef struct work {
    sg_cli_model model;
    sg_data *data;
    uint32_t classes, outputs;
    uint64_t *confusion; /* (classes, outputs) */
    size_t layers;
    sg_layer_activity *activity; /* (layers) */
    sg_evaluation result;
} work;

static void release(work *w) {
    free(w->confusion);
    free(w->activity);
    sg_data_free(w->data);
    sg_cli_model_free(&w->model);
}

static int evaluate(const sg_cli_arguments *arguments, work *w) {
    sg_data_view data = sg_data_get(w->data);
    sg_layer_info last = SG_SIZED(sg_layer_info);
    sg_status status = sg_network_layer(w->model.network, sg_network_layers(w->model.network) - 1, &last);
    if (status != SG_OK)
        return sg_cli_fail(status);
    w->classes = sg_events_get(data.events).classes;
    w->outputs = last.neurons;
    w->confusion = calloc((size_t)w->classes * w->outputs, sizeof *w->confusion);
    w->layers = sg_network_layers(w->model.network);
    w->activity = calloc(w->layers, sizeof *w->activity);
    if (!w->confusion || !w->activity)
        return sg_cli_out_of_memory();
    w->result = SG_SIZED(sg_evaluation);
    status = sg_evaluate(w->model.network, w->model.config, data.events, data.test, data.test_count,
                         (int)arguments->threads, &w->result, w->activity, w->confusion);
    return status == SG_OK ? 0 : sg_cli_fail(status);
}

static void print_confusion(const work *w) {
    uint64_t most = 0;
    for (size_t i = 0; i < (size_t)w->classes * w->outputs; i++)
        most = w->confusion[i] > most ? w->confusion[i] : most;
    int width = snprintf(NULL, 0, "%" PRIu64, most) + 2;
    width = width < 5 ? 5 : width;
    printf("\nconfusion: a row for each label, a column for each prediction\n%6s", "");
    for (uint32_t n = 0; n < w->outputs; n++)
        printf("%*" PRIu32, width, n);
    for (uint32_t label = 0; label < w->classes; label++) {
        printf("\n%6" PRIu32, label);
        for (uint32_t n = 0; n < w->outputs; n++)
            printf("%*" PRIu64, width, w->confusion[(size_t)label * w->outputs + n]);
    }
    printf("\n");
}

/* Whether samples have labels, which some then are predicted as. */
static bool has_labels(const work *w) {
    const sg_metric_info metric = sg_cli_metric(w->model.config);
    return sg_cli_is_accuracy(&metric) && w->result.metric == (double)w->result.correct / (double)w->result.samples;
}

static void print_metric(const work *w) {
    const sg_metric_info metric = sg_cli_metric(w->model.config);
    const sg_evaluation *result = &w->result;
    sg_cli_number value, correct;
    printf("%-12s  %s", metric.name, sg_cli_score(value, &metric, result->metric));
    if (has_labels(w))
        printf(" (%s right)\n", sg_cli_count(correct, result->correct));
    else
        printf(" (%s)\n", metric.summary);
}

static void print_text(const work *w) {
    const sg_evaluation *result = &w->result;
    sg_cli_number samples;
    sg_cli_name name;
    printf("model         %s\n", sg_cli_shown(name, w->model.path));
    printf("samples       %s of the test split\n", sg_cli_count(samples, result->samples));
    print_metric(w);
    printf("loss          %.6g\n", result->loss);
    printf("input events  %.1f per sample\n", result->input_events_per_sample);
    for (size_t l = 0; l < w->layers; l++)
        printf("spikes        %.1f per sample in layer %zu; %u neurons never fire\n", w->activity[l].spikes_per_sample,
               l, w->activity[l].silent);
    if (!has_labels(w))
        return;
    if (w->outputs <= CLASSES_SHOWN && w->classes <= CLASSES_SHOWN)
        print_confusion(w);
    else
        printf("\nthe confusion matrix is large; --json prints it\n");
}

static cJSON *confusion_json(const work *w) {
    cJSON *rows = cJSON_CreateArray();
    for (uint32_t label = 0; label < w->classes; label++) {
        cJSON *row = cJSON_CreateArray();
        for (uint32_t n = 0; n < w->outputs; n++)
            cJSON_AddItemToArray(row, cJSON_CreateNumber((double)w->confusion[(size_t)label * w->outputs + n]));
        cJSON_AddItemToArray(rows, row);
    }
    return rows;
}

static int print_json(const work *w) {
    const sg_metric_info metric = sg_cli_metric(w->model.config);
    const sg_evaluation *result = &w->result;
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "model", w->model.path);
    cJSON_AddNumberToObject(object, metric.name, result->metric);
    cJSON_AddNumberToObject(object, "loss", result->loss);
    cJSON_AddNumberToObject(object, "samples", (double)result->samples);
    if (has_labels(w))
        cJSON_AddNumberToObject(object, "correct", (double)result->correct);
    cJSON_AddNumberToObject(object, "input_events_per_sample", result->input_events_per_sample);
    cJSON *spikes = cJSON_AddArrayToObject(object, "spikes_per_sample");
    cJSON *silent = cJSON_AddArrayToObject(object, "silent_neurons");
    for (size_t l = 0; l < w->layers; l++) {
        cJSON_AddItemToArray(spikes, cJSON_CreateNumber(w->activity[l].spikes_per_sample));
        cJSON_AddItemToArray(silent, cJSON_CreateNumber(w->activity[l].silent));
    }
    if (has_labels(w))
        cJSON_AddItemToObject(object, "confusion", confusion_json(w));
    return sg_cli_print_json(object, false);
}

static int run_eval(const sg_cli_arguments *arguments) {
    work w = {0};
    int code = sg_cli_model_load(arguments, &w.model);
    if (code == 0)
        code = sg_cli_open_data(w.model.config, &w.data);
    if (code == 0)
        code = evaluate(arguments, &w);
    if (code == 0 && arguments->json)
        code = print_json(&w);
    else if (code == 0)
        print_text(&w);
    release(&w);
    return code;
}

static const sg_cli_option options[] = {
    SG_CLI_DATA_ROW,
    {"json", 'j', SG_CLI_SWITCH, offsetof(sg_cli_arguments, json), NULL, 0, 0, "prints one JSON object"},
    SG_CLI_THREADS_ROW,
    SG_CLI_CPU_ROW,
    SG_CLI_NIR_ROWS,
    SG_CLI_HELP_ROW,
};

const sg_cli_command sg_cli_eval_command = {
    .name = "eval",
    .operand = "MODEL|RUN_DIR|FILE.nir",
    .operand_needed = true,
    .summary = "evaluate a trained model on its test data",
    .description =
        "Evaluates a model file, or that of a run directory (best.h5 if there is one, else model.h5), on the test "
        "split of the data that it was trained on: accuracy, loss, spikes per sample and the confusion "
        "matrix. Where targets are numbers, several classes or spike trains, the accuracy's place is taken by the mean "
        "squared error, the share of right bits or that of matched spikes, and there is no confusion.\n",
    .examples = "surgrad eval runs/notebook\nsurgrad eval runs/notebook/model.h5 --json\n",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .run = run_eval,
};
