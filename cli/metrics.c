#include "metrics.h"

#include "message.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { MOST = 64 << 20 }; /* bytes of a file: a million epochs */

static int cannot_read(const char *path, int error) {
    sg_cli_message("%s: cannot be read: %s", path, strerror(error));
    return sg_cli_exit_code(SG_DATA);
}

/* The whole file as a text. */
static int read_text(sg_cli_metrics *metrics) {
    struct stat found;
    if (stat(metrics->path, &found) != 0)
        return cannot_read(metrics->path, errno);
    if (!S_ISREG(found.st_mode) || found.st_size > MOST) {
        sg_cli_message("%s: expected a file of at most %d bytes, as a run writes it", metrics->path, MOST);
        return sg_cli_exit_code(SG_DATA);
    }
    metrics->text = calloc((size_t)found.st_size + 1, 1);
    if (!metrics->text)
        return sg_cli_out_of_memory();
    FILE *file = fopen(metrics->path, "r");
    if (!file)
        return cannot_read(metrics->path, errno);
    size_t size = fread(metrics->text, 1, (size_t)found.st_size, file);
    int error = ferror(file) ? errno : 0;
    fclose(file);
    metrics->text[size] = 0;
    return error ? cannot_read(metrics->path, error) : 0;
}

static size_t count_of(const char *text, char sought) {
    size_t count = 0;
    for (; *text; text++)
        count += *text == sought;
    return count;
}

/* A whole cell, in decimal digits or "nan", "inf". The program runs in the C locale, so the sign is a point. */
static bool read_number(const char *cell, double *value) {
    char *end;
    *value = strtod(cell, &end);
    bool digits = cell[strspn(cell, "+-.")] >= '0' && cell[strspn(cell, "+-.")] <= '9';
    bool word = strcmp(cell + (*cell == '-'), "nan") == 0 || strcmp(cell + (*cell == '-'), "inf") == 0;
    return word || (digits && *end == 0 && !strpbrk(cell, "xX"));
}

static int read_row(sg_cli_metrics *metrics, char *line) {
    size_t row = metrics->rows, columns = count_of(line, ',') + 1;
    if (columns != metrics->columns) {
        sg_cli_message("%s: line %zu: found %zu columns, expected %zu as in the first line", metrics->path, row + 2,
                       columns, metrics->columns);
        return sg_cli_exit_code(SG_DATA);
    }
    for (size_t c = 0; c < columns; c++) {
        const char *cell = strsep(&line, ",");
        if (!read_number(cell, &metrics->values[row * columns + c])) {
            sg_cli_message("%s: line %zu, column '%s': found '%.80s', expected a number", metrics->path, row + 2,
                           metrics->names[c], cell);
            return sg_cli_exit_code(SG_DATA);
        }
    }
    metrics->rows++;
    return 0;
}

/* What a column of older versions is called now. */
static const char *name_now(const char *name) {
    static const char *const old[][2] = {{"held_loss", "validation_loss"}, {"held_accuracy", "validation_accuracy"}};
    for (size_t i = 0; i < sizeof old / sizeof *old; i++)
        if (strcmp(name, old[i][0]) == 0)
            return old[i][1];
    return name;
}

static int parse(sg_cli_metrics *metrics) {
    size_t lines = count_of(metrics->text, '\n');
    char *text = metrics->text, *header = strsep(&text, "\n");
    metrics->columns = count_of(header, ',') + 1;
    metrics->names = calloc(metrics->columns, sizeof *metrics->names);
    metrics->values = calloc((lines + 1) * metrics->columns, sizeof *metrics->values);
    if (!metrics->names || !metrics->values)
        return sg_cli_out_of_memory();
    for (size_t c = 0; c < metrics->columns; c++)
        metrics->names[c] = name_now(strsep(&header, ","));
    int code = 0;
    while (code == 0 && text && *text)
        code = read_row(metrics, strsep(&text, "\n"));
    return code;
}

int sg_cli_metrics_read(const char *dir, sg_cli_metrics *metrics) {
    *metrics = (sg_cli_metrics){0};
    if (asprintf(&metrics->path, "%s/metrics.csv", dir) < 0) {
        metrics->path = NULL;
        return sg_cli_out_of_memory();
    }
    int code = read_text(metrics);
    return code ? code : parse(metrics);
}

void sg_cli_metrics_free(sg_cli_metrics *metrics) {
    free(metrics->names);
    free(metrics->values);
    free(metrics->text);
    free(metrics->path);
    *metrics = (sg_cli_metrics){0};
}

bool sg_cli_metrics_has(const sg_cli_metrics *metrics, const char *name, size_t *column) {
    for (*column = 0; *column < metrics->columns; ++*column)
        if (strcmp(metrics->names[*column], name) == 0)
            return true;
    return false;
}

int sg_cli_metrics_find(const sg_cli_metrics *metrics, const char *name, size_t *column) {
    if (sg_cli_metrics_has(metrics, name, column))
        return 0;
    sg_cli_message("%s: found no column '%s', expected those that a run writes", metrics->path, name);
    return sg_cli_exit_code(SG_DATA);
}

double sg_cli_metrics_at(const sg_cli_metrics *metrics, size_t row, size_t column) {
    return metrics->values[row * metrics->columns + column];
}
