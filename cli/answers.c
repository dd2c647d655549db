#include "answers.h"

#include "interrupt.h"
#include "memory.h"
#include "message.h"
#include "surgrad.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct sg_cli_answers_format {
    const char *name;
    const char *endings[3]; /* of files, NULL-ended */
    void (*begin)(sg_cli_answers *answers);
    int (*add)(sg_cli_answers *answers, const sg_cli_answer *answer);
    int (*save)(const sg_cli_answers *answers); /* NULL: it is a text, written as it comes */
};

/* Nine digits tell any two numbers of single precision apart. */
#define NUMBER "%.9g"

/* "" where it is not told. */
static const char *name_of(const sg_cli_answers *answers, uint32_t label) {
    return answers->names && label < answers->shape.outputs ? answers->names[label] : "";
}

/* Rows of N numbers that a sample has. */
static size_t rows_of(const sg_cli_answers *answers) {
    return answers->shape.steps > 0 ? answers->shape.steps : 1;
}

/* The class of a row: the largest of its numbers, the lowest of several. */
static uint32_t class_of(const sg_cli_answers *answers, const double *row) {
    uint32_t best = 0;
    for (uint32_t n = 1; n < answers->shape.outputs; n++)
        best = row[n] > row[best] ? n : best;
    return best;
}

/* Whether a class is there, one of several; and whether an output fires. */
static bool is_there(double value) {
    return value > 0;
}

/* ---------------------------------------------------------------------------------------------------------- CSV */

static void add_titles(FILE *file, const char *name, uint32_t count) {
    for (uint32_t n = 0; n < count; n++)
        fprintf(file, ",%s_%" PRIu32, name, n);
}

static void begin_csv(sg_cli_answers *answers) {
    const sg_cli_answer_shape *shape = &answers->shape;
    FILE *file = answers->output.file;
    fprintf(file, "sample%s", answers->has_origins ? ",origin" : "");
    if (shape->kind == SG_ANSWER_TRAINS) {
        fputs(",step,output\n", file);
        return;
    }
    if (shape->steps > 0)
        fputs(",step", file);
    else if (shape->kind == SG_ANSWER_CLASS)
        fputs(answers->names ? ",label,label_name" : ",label", file);
    if (shape->kind == SG_ANSWER_CLASS)
        fputs(answers->names ? ",predicted,predicted_name" : ",predicted", file);
    if (shape->kind == SG_ANSWER_BITS)
        add_titles(file, "predicted", shape->outputs);
    add_titles(file, "output", shape->outputs);
    if (shape->has_probabilities)
        add_titles(file, "probability", shape->outputs);
    putc('\n', file);
}

static void add_columns(FILE *file, const double *values, uint32_t count) {
    for (uint32_t n = 0; n < count; n++)
        fprintf(file, "," NUMBER, values[n]);
}

/* In quotes where it must be, as RFC 4180 tells: two stand for one. */
static void add_cell(FILE *file, const char *text) {
    if (!text[strcspn(text, ",\"\r\n")]) {
        fputs(text, file);
        return;
    }
    putc('"', file);
    for (; *text; text++) {
        if (*text == '"')
            putc('"', file);
        putc(*text, file);
    }
    putc('"', file);
}

/* A class by its number, and by its name where classes have names. Nothing, of a label that is not known. */
static void add_class(const sg_cli_answers *answers, uint32_t label) {
    FILE *file = answers->output.file;
    putc(',', file);
    if (label != SG_NO_LABEL)
        fprintf(file, "%" PRIu32, label);
    if (answers->names)
        putc(',', file);
    add_cell(file, name_of(answers, label));
}

/* The cells that tell which sample a line is of, and of what step of it. */
static void add_place(const sg_cli_answers *answers, const sg_cli_answer *answer, size_t row) {
    FILE *file = answers->output.file;
    fprintf(file, "%" PRIu64, answer->sample);
    if (answers->has_origins) {
        putc(',', file);
        add_cell(file, answer->origin ? answer->origin : "");
    }
    if (answers->shape.steps > 0)
        fprintf(file, ",%zu", row);
}

/* A line for each spike. */
static int add_csv_trains(const sg_cli_answers *answers, const sg_cli_answer *answer) {
    const uint32_t outputs = answers->shape.outputs;
    for (size_t t = 0; t < rows_of(answers); t++)
        for (uint32_t n = 0; n < outputs; n++)
            if (is_there(answer->values[t * outputs + n])) {
                add_place(answers, answer, t);
                fprintf(answers->output.file, ",%" PRIu32 "\n", n);
            }
    return 0;
}

static int add_csv(sg_cli_answers *answers, const sg_cli_answer *answer) {
    const sg_cli_answer_shape *shape = &answers->shape;
    FILE *file = answers->output.file;
    if (shape->kind == SG_ANSWER_TRAINS)
        return add_csv_trains(answers, answer);
    for (size_t row = 0; row < rows_of(answers); row++) {
        const double *values = answer->values + row * shape->outputs;
        add_place(answers, answer, row);
        if (shape->kind == SG_ANSWER_CLASS && shape->steps == 0)
            add_class(answers, answer->label);
        if (shape->kind == SG_ANSWER_CLASS)
            add_class(answers, class_of(answers, values));
        for (uint32_t n = 0; shape->kind == SG_ANSWER_BITS && n < shape->outputs; n++)
            fprintf(file, ",%d", is_there(values[n]));
        add_columns(file, values, shape->outputs);
        if (answer->probabilities)
            add_columns(file, answer->probabilities + row * shape->outputs, shape->outputs);
        putc('\n', file);
    }
    return 0;
}

/* --------------------------------------------------------------------------------------------------- JSON lines */

static void add_list(FILE *file, const double *values, uint32_t count, bool as_bits) {
    for (uint32_t n = 0; n < count; n++)
        fprintf(file, "%c" NUMBER, n ? ',' : '[', as_bits ? is_there(values[n]) : values[n]);
    putc(']', file);
}

/* The numbers of a sample, or a list of those of its steps. */
static void add_array(const sg_cli_answers *answers, const char *name, const double *values, bool as_bits) {
    const uint32_t outputs = answers->shape.outputs, steps = answers->shape.steps;
    FILE *file = answers->output.file;
    fprintf(file, ",\"%s\":", name);
    for (uint32_t t = 0; t < rows_of(answers); t++) {
        if (steps > 0)
            putc(t ? ',' : '[', file);
        add_list(file, values + (size_t)t * outputs, outputs, as_bits);
    }
    if (steps > 0)
        putc(']', file);
}

/* A name is one line of UTF-8, so that quotes and backslashes alone are escaped. */
static void add_text(FILE *file, const char *key, const char *text) {
    if (!text || !*text)
        return;
    fprintf(file, ",\"%s\":\"", key);
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            putc('\\', file);
        putc(*text, file);
    }
    putc('"', file);
}

static void add_json_class(const sg_cli_answers *answers, const sg_cli_answer *answer) {
    const uint32_t predicted = class_of(answers, answer->values);
    FILE *file = answers->output.file;
    if (answer->label != SG_NO_LABEL)
        fprintf(file, ",\"label\":%" PRIu32, answer->label);
    add_text(file, "label_name", name_of(answers, answer->label));
    fprintf(file, ",\"predicted\":%" PRIu32, predicted);
    add_text(file, "predicted_name", name_of(answers, predicted));
}

static void add_json_classes(const sg_cli_answers *answers, const sg_cli_answer *answer) {
    FILE *file = answers->output.file;
    fputs(",\"predicted\":", file);
    for (uint32_t t = 0; t < answers->shape.steps; t++)
        fprintf(file, "%c%" PRIu32, t ? ',' : '[',
                class_of(answers, answer->values + (size_t)t * answers->shape.outputs));
    putc(']', file);
}

/* The spikes as samples on standard input have them, each in the middle of its step: times, or outputs. */
static void add_json_spikes(const sg_cli_answers *answers, const double *values, bool times) {
    const uint32_t outputs = answers->shape.outputs;
    FILE *file = answers->output.file;
    const char *comma = "";
    fputs(times ? ",\"t\":[" : ",\"channel\":[", file);
    for (size_t j = 0; j < (size_t)answers->shape.steps * outputs; j++)
        if (is_there(values[j])) {
            fputs(comma, file);
            if (times)
                fprintf(file, NUMBER, ((double)(j / outputs) + 0.5) * answers->shape.dt_ms);
            else
                fprintf(file, "%zu", j % outputs);
            comma = ",";
        }
    putc(']', file);
}

static void add_json_rows(const sg_cli_answers *answers, const sg_cli_answer *answer) {
    const sg_cli_answer_shape *shape = &answers->shape;
    if (shape->kind == SG_ANSWER_CLASS && shape->steps > 0)
        add_json_classes(answers, answer);
    else if (shape->kind == SG_ANSWER_CLASS)
        add_json_class(answers, answer);
    else if (shape->kind == SG_ANSWER_BITS)
        add_array(answers, "predicted", answer->values, true);
    add_array(answers, "outputs", answer->values, false);
    if (answer->probabilities)
        add_array(answers, "probabilities", answer->probabilities, false);
}

static int add_json(sg_cli_answers *answers, const sg_cli_answer *answer) {
    FILE *file = answers->output.file;
    fprintf(file, "{\"sample\":%" PRIu64, answer->sample);
    add_text(file, "origin", answer->origin);
    if (answers->shape.kind == SG_ANSWER_TRAINS) {
        add_json_spikes(answers, answer->values, true);
        add_json_spikes(answers, answer->values, false);
    } else {
        add_json_rows(answers, answer);
    }
    fprintf(file, "}\n");
    return 0;
}

/* --------------------------------------------------------------------------------------------------------- HDF5 */

/* Numbers of an answer, and of what it predicts. */
static size_t values_of(const sg_cli_answers *a) {
    return rows_of(a) * a->shape.outputs;
}
static size_t predictions_of(const sg_cli_answers *a) {
    return a->shape.kind == SG_ANSWER_CLASS ? rows_of(a) : a->shape.kind == SG_ANSWER_BITS ? values_of(a) : 0;
}

static bool grow(sg_cli_answers *a) {
    const size_t room = a->room ? 2 * a->room : 64, row = values_of(a) * sizeof(double);
    const bool trains = a->shape.kind == SG_ANSWER_TRAINS, classes = predictions_of(a) > 0;
    if (!sg_cli_resize(&a->label, room, sizeof *a->label) ||
        (classes && !sg_cli_resize(&a->predicted, room, predictions_of(a) * sizeof *a->predicted)) ||
        (!trains && !sg_cli_resize(&a->value, room, row)) ||
        (trains && !sg_cli_resize(&a->first, room + 1, sizeof *a->first)) ||
        (a->shape.has_probabilities && !sg_cli_resize(&a->probability, room, row)) ||
        (a->has_origins && !sg_cli_resize(&a->origin, room, sizeof *a->origin)))
        return false;
    if (trains)
        a->first[0] = 0;
    a->room = room;
    return true;
}

static bool grow_spikes(sg_cli_answers *a) {
    const size_t room = a->spike_room ? 2 * a->spike_room : 1024;
    if (!sg_cli_resize(&a->step, room, sizeof *a->step) || !sg_cli_resize(&a->channel, room, sizeof *a->channel))
        return false;
    a->spike_room = room;
    return true;
}

static int add_spikes(sg_cli_answers *a, const double *values) {
    for (size_t j = 0; j < values_of(a); j++) {
        if (!is_there(values[j]))
            continue;
        if (a->spikes == a->spike_room && !grow_spikes(a))
            return sg_cli_out_of_memory();
        a->step[a->spikes] = (uint16_t)(j / a->shape.outputs);
        a->channel[a->spikes++] = (uint32_t)(j % a->shape.outputs);
    }
    a->first[a->samples] = a->spikes;
    return 0;
}

static void add_predicted(sg_cli_answers *a, const double *values, uint32_t *predicted) {
    for (size_t j = 0; j < predictions_of(a); j++)
        predicted[j] = a->shape.kind == SG_ANSWER_CLASS ? class_of(a, values + j * a->shape.outputs)
                                                        : (uint32_t)is_there(values[j]);
}

static int add_hdf5(sg_cli_answers *a, const sg_cli_answer *answer) {
    if (a->samples == a->room && !grow(a))
        return sg_cli_out_of_memory();
    const size_t s = (size_t)a->samples, count = values_of(a);
    if (a->has_origins && !(a->origin[s] = strdup(answer->origin ? answer->origin : "")))
        return sg_cli_out_of_memory();
    a->samples++;
    a->label[s] = answer->label;
    if (a->shape.kind == SG_ANSWER_TRAINS)
        return add_spikes(a, answer->values);
    if (predictions_of(a) > 0)
        add_predicted(a, answer->values, a->predicted + s * predictions_of(a));
    memcpy(a->value + s * count, answer->values, count * sizeof *a->value);
    if (answer->probabilities)
        memcpy(a->probability + s * count, answer->probabilities, count * sizeof *a->probability);
    return 0;
}

static int save_hdf5(const sg_cli_answers *a) {
    const bool has_labels = a->shape.kind == SG_ANSWER_CLASS && a->shape.steps == 0;
    const sg_predictions all = {.size = sizeof all,
                                .samples = (size_t)a->samples,
                                .outputs = a->shape.outputs,
                                .label = has_labels ? a->label : NULL,
                                .predicted = a->predicted,
                                .output = a->value,
                                .probability = a->probability,
                                .class_names = (const char *const *)a->names,
                                .origin = (const char *const *)a->origin,
                                .steps = a->shape.steps,
                                .bits = a->shape.kind == SG_ANSWER_BITS,
                                .first = a->first,
                                .step = a->step,
                                .channel = a->channel};
    int code = sg_cli_interrupt_guard(a->path);
    if (code)
        return code;
    sg_status status = sg_predictions_save(&all, a->path);
    sg_cli_interrupt_unguard();
    return status == SG_OK ? 0 : sg_cli_fail(status);
}

/* ------------------------------------------------------------------------------------------------------- formats */

/* The first is that of standard output. */
static const sg_cli_answers_format formats[] = {
    {.name = "csv", .endings = {".csv"}, .begin = begin_csv, .add = add_csv},
    {.name = "jsonl", .endings = {".jsonl", ".ndjson"}, .add = add_json},
    {.name = "hdf5", .endings = {".h5", ".hdf5"}, .add = add_hdf5, .save = save_hdf5},
};

enum { FORMATS = sizeof formats / sizeof *formats };

static bool ends_in(const char *path, const char *const *endings) {
    size_t length = strlen(path);
    for (; *endings; endings++)
        if (length > strlen(*endings) && strcmp(path + length - strlen(*endings), *endings) == 0)
            return true;
    return false;
}

static bool is_wanted(const sg_cli_answers_format *format, const sg_cli_arguments *arguments) {
    if (arguments->format)
        return strcmp(arguments->format, format->name) == 0;
    return !arguments->out || ends_in(arguments->out, format->endings);
}

static int find_format(const sg_cli_arguments *arguments, const sg_cli_answers_format **format) {
    size_t i = 0;
    while (i < FORMATS && !is_wanted(&formats[i], arguments))
        i++;
    if (i == FORMATS && arguments->format)
        return sg_cli_usage("predict", "--format: found '%s', expected csv, jsonl or hdf5", arguments->format);
    if (i == FORMATS)
        return sg_cli_usage("predict",
                            "--out: found '%s', expected a name that ends in .csv, .jsonl or .h5, or --format",
                            arguments->out);
    *format = &formats[i];
    if (formats[i].save && !arguments->out)
        return sg_cli_usage("predict", "--format: found 'hdf5', which needs a file to write: add -o FILE.h5");
    return 0;
}

int sg_cli_answers_open(const sg_cli_arguments *arguments, const sg_cli_answer_shape *shape, sg_cli_answers *answers) {
    *answers = (sg_cli_answers){.path = arguments->out, .shape = *shape};
    int code = find_format(arguments, &answers->format);
    return code || answers->format->save ? code : sg_cli_output_open(arguments->out, &answers->output);
}

static bool copy_names(sg_cli_answers *answers, const char *const *names) {
    answers->names = calloc(answers->shape.outputs, sizeof *answers->names);
    for (uint32_t n = 0; answers->names && n < answers->shape.outputs; n++)
        if (!(answers->names[n] = strdup(names[n] ? names[n] : "")))
            return false;
    return answers->names != NULL;
}

int sg_cli_answers_begin(sg_cli_answers *answers, const char *const *names, bool has_origins) {
    if (answers->has_begun)
        return 0;
    answers->has_begun = true;
    answers->has_origins = has_origins;
    if ((names && !copy_names(answers, names)) || (answers->format->save && !grow(answers)))
        return sg_cli_out_of_memory();
    if (answers->format->begin)
        answers->format->begin(answers);
    return 0;
}

int sg_cli_answers_add(sg_cli_answers *answers, const sg_cli_answer *answer) {
    return answers->format->add(answers, answer);
}

void sg_cli_answers_flush(sg_cli_answers *answers) {
    if (answers->output.file)
        fflush(answers->output.file);
}

static void free_texts(char **texts, size_t count) {
    for (size_t i = 0; texts && i < count; i++)
        free(texts[i]);
    free(texts);
}

int sg_cli_answers_close(sg_cli_answers *answers, bool whole) {
    int code = whole ? sg_cli_answers_begin(answers, NULL, false) : 0; /* of no samples */
    whole = whole && code == 0;
    if (whole && answers->format->save)
        code = answers->format->save(answers);
    int closed = sg_cli_output_close(&answers->output, whole);
    code = code ? code : closed;
    free_texts(answers->names, answers->shape.outputs);
    free_texts(answers->origin, (size_t)answers->samples);
    free(answers->label);
    free(answers->predicted);
    free(answers->value);
    free(answers->probability);
    free(answers->first);
    free(answers->step);
    free(answers->channel);
    *answers = (sg_cli_answers){0};
    return code;
}
