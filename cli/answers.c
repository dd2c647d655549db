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
    return answers->names && label < answers->outputs ? answers->names[label] : "";
}

/* ---------------------------------------------------------------------------------------------------------- CSV */

static void begin_csv(sg_cli_answers *answers) {
    FILE *file = answers->output.file;
    fprintf(file, "sample,%s%s", answers->has_origins ? "origin," : "",
            answers->names ? "label,label_name,predicted,predicted_name" : "label,predicted");
    for (uint32_t n = 0; n < answers->outputs; n++)
        fprintf(file, ",output_%" PRIu32, n);
    for (uint32_t n = 0; answers->has_probabilities && n < answers->outputs; n++)
        fprintf(file, ",probability_%" PRIu32, n);
    putc('\n', file);
}

static void add_columns(FILE *file, const double *values, uint32_t count) {
    for (uint32_t n = 0; values && n < count; n++)
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
    if (label != SG_NO_LABEL)
        fprintf(file, "%" PRIu32, label);
    if (answers->names)
        putc(',', file);
    add_cell(file, name_of(answers, label));
}

static int add_csv(sg_cli_answers *answers, const sg_cli_answer *answer) {
    FILE *file = answers->output.file;
    fprintf(file, "%" PRIu64 ",", answer->sample);
    if (answers->has_origins) {
        add_cell(file, answer->origin ? answer->origin : "");
        putc(',', file);
    }
    add_class(answers, answer->label);
    putc(',', file);
    add_class(answers, answer->predicted);
    add_columns(file, answer->values, answers->outputs);
    add_columns(file, answer->probabilities, answers->outputs);
    putc('\n', file);
    return 0;
}

/* --------------------------------------------------------------------------------------------------- JSON lines */

static void add_array(FILE *file, const char *name, const double *values, uint32_t count) {
    fprintf(file, ",\"%s\":", name);
    for (uint32_t n = 0; n < count; n++)
        fprintf(file, "%c" NUMBER, n ? ',' : '[', values[n]);
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

static int add_json(sg_cli_answers *answers, const sg_cli_answer *answer) {
    FILE *file = answers->output.file;
    fprintf(file, "{\"sample\":%" PRIu64, answer->sample);
    add_text(file, "origin", answer->origin);
    if (answer->label != SG_NO_LABEL)
        fprintf(file, ",\"label\":%" PRIu32, answer->label);
    add_text(file, "label_name", name_of(answers, answer->label));
    fprintf(file, ",\"predicted\":%" PRIu32, answer->predicted);
    add_text(file, "predicted_name", name_of(answers, answer->predicted));
    add_array(file, "outputs", answer->values, answers->outputs);
    if (answer->probabilities)
        add_array(file, "probabilities", answer->probabilities, answers->outputs);
    fprintf(file, "}\n");
    return 0;
}

/* --------------------------------------------------------------------------------------------------------- HDF5 */

static bool grow(sg_cli_answers *a) {
    size_t room = a->room ? 2 * a->room : 1024, row = a->outputs * sizeof(double);
    if (!sg_cli_resize(&a->label, room, sizeof *a->label) ||
        !sg_cli_resize(&a->predicted, room, sizeof *a->predicted) || !sg_cli_resize(&a->value, room, row) ||
        (a->has_probabilities && !sg_cli_resize(&a->probability, room, row)) ||
        (a->has_origins && !sg_cli_resize(&a->origin, room, sizeof *a->origin)))
        return false;
    a->room = room;
    return true;
}

static int add_hdf5(sg_cli_answers *a, const sg_cli_answer *answer) {
    if (a->samples == a->room && !grow(a))
        return sg_cli_out_of_memory();
    size_t s = (size_t)a->samples, row = a->outputs * sizeof(double);
    if (a->has_origins && !(a->origin[s] = strdup(answer->origin ? answer->origin : "")))
        return sg_cli_out_of_memory();
    a->samples++;
    a->label[s] = answer->label;
    a->predicted[s] = answer->predicted;
    memcpy(a->value + s * a->outputs, answer->values, row);
    if (a->has_probabilities)
        memcpy(a->probability + s * a->outputs, answer->probabilities, row);
    return 0;
}

static int save_hdf5(const sg_cli_answers *a) {
    const sg_predictions all = {.size = sizeof all,
                                .samples = (size_t)a->samples,
                                .outputs = a->outputs,
                                .label = a->label,
                                .predicted = a->predicted,
                                .output = a->value,
                                .probability = a->probability,
                                .class_names = (const char *const *)a->names,
                                .origin = (const char *const *)a->origin};
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

int sg_cli_answers_open(const sg_cli_arguments *arguments, uint32_t outputs, bool has_probabilities,
                        sg_cli_answers *answers) {
    *answers = (sg_cli_answers){.path = arguments->out, .outputs = outputs, .has_probabilities = has_probabilities};
    int code = find_format(arguments, &answers->format);
    return code || answers->format->save ? code : sg_cli_output_open(arguments->out, &answers->output);
}

static bool copy_names(sg_cli_answers *answers, const char *const *names) {
    answers->names = calloc(answers->outputs, sizeof *answers->names);
    for (uint32_t n = 0; answers->names && n < answers->outputs; n++)
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
    free_texts(answers->names, answers->outputs);
    free_texts(answers->origin, (size_t)answers->samples);
    free(answers->label);
    free(answers->predicted);
    free(answers->value);
    free(answers->probability);
    *answers = (sg_cli_answers){0};
    return code;
}
