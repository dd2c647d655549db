#include "file/columns.h"

#include "base/memory.h"
#include "file/bytes.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { LIMIT = 1 << 28, MOST_COLUMNS = 256 };

/* A text on its way into cells. */
typedef struct parser {
    sg_columns *table;
    char *at;
    size_t line;
    char separator;
} parser;

/* Takes a quoted cell, which begins at its quote, and leaves it without quotes. NULL if it does not end. */
static char *take_quoted(parser *p) {
    char *begin = ++p->at, *to = begin;
    for (; *p->at; *to++ = *p->at++)
        if (*p->at == '"' && *++p->at != '"') {
            p->at += strspn(p->at, " ");
            *to = 0;
            return begin;
        }
    return NULL;
}

static char *take_plain(parser *p) {
    char *begin = p->at, stops[] = {'\n', p->separator, 0};
    p->at += strcspn(begin, stops);
    return begin;
}

/* Ends a plain cell, where the separator or the line's end was, and takes the blanks off its end. */
static void end_cell(char *cell, char *end) {
    *end = 0;
    while (end > cell && (end[-1] == ' ' || end[-1] == '\r'))
        *--end = 0;
}

static sg_status line_failed(const parser *p, const char *what) {
    return sg_fail(SG_DATA, "%s:%zu: %s", p->table->path, p->line, what);
}

/* Cuts one line into at most `most` cells, and goes behind it. */
static sg_status take_line(parser *p, char **cells, size_t most, size_t *count) {
    char last;
    size_t lines = 1;
    *count = 0;
    do {
        p->at += strspn(p->at, " ");
        if (*count == most)
            return line_failed(p, "has more cells than the header has names");
        bool quoted = *p->at == '"';
        char *cell = quoted ? take_quoted(p) : take_plain(p);
        for (const char *c = quoted && cell ? cell : ""; *c; c++)
            lines += *c == '\n';
        if (!cell)
            return line_failed(p, "a quote has no end");
        p->at += quoted && *p->at == '\r';
        last = *p->at;
        if (last && last != '\n' && last != p->separator)
            return line_failed(p, "letters follow the quote that ends a cell");
        if (!quoted)
            end_cell(cell, p->at);
        p->at += last != 0;
        cells[(*count)++] = cell;
    } while (last == p->separator);
    p->line += lines;
    return SG_OK;
}

static void skip_empty(parser *p) {
    size_t blank;
    while (blank = strspn(p->at, " \r"), p->at[blank] == '\n') {
        p->at += blank + 1;
        p->line++;
    }
    if (!p->at[blank])
        p->at += blank;
}

static sg_status take_header(parser *p) {
    sg_columns *table = p->table;
    char *cells[MOST_COLUMNS];
    p->at += strncmp(p->at, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    skip_empty(p);
    p->at += *p->at == '#';
    const char *end = p->at + strcspn(p->at, "\n");
    p->separator = memchr(p->at, '\t', (size_t)(end - p->at))  ? '\t'
                   : memchr(p->at, ';', (size_t)(end - p->at)) ? ';'
                                                               : ',';
    const size_t line = p->line;
    SG_TRY(take_line(p, cells, MOST_COLUMNS, &table->columns));
    size_t lines = 1, most = table->columns + 1; /* a cell ends with a separator or its line, or it is the last */
    for (const char *c = p->at; *c; c++) {
        lines += *c == '\n';
        most += *c == '\n' || *c == p->separator;
    }
    table->cells = sg_array(most, sizeof *table->cells);
    table->line = sg_array(lines + 1, sizeof *table->line);
    if (!table->cells || !table->line)
        return SG_MEMORY;
    memcpy(table->cells, cells, table->columns * sizeof *cells);
    table->line[0] = line;
    return SG_OK;
}

static sg_status take_rows(parser *p) {
    sg_columns *table = p->table;
    for (skip_empty(p); *p->at; skip_empty(p)) {
        size_t count;
        table->line[table->rows + 1] = p->line;
        SG_TRY(take_line(p, table->cells + (table->rows + 1) * table->columns, table->columns, &count));
        if (count < table->columns)
            return sg_columns_fail(table, table->rows, "has %zu cells, expected %zu, as the header has names", count,
                                   table->columns);
        table->rows++;
    }
    return SG_OK;
}

sg_status sg_columns_read(const char *path, sg_columns *out) {
    *out = (sg_columns){.path = path};
    SG_TRY(sg_bytes_read_text(path, LIMIT, &out->text));
    parser p = {.table = out, .at = out->text, .line = 1};
    SG_TRY(take_header(&p));
    return take_rows(&p);
}

int sg_columns_find(const sg_columns *table, const char *const *names) {
    for (; *names; names++)
        for (size_t c = 0; c < table->columns; c++)
            if (strcasecmp(table->cells[c], *names) == 0)
                return (int)c;
    return -1;
}

const char *sg_columns_at(const sg_columns *table, size_t row, int column) {
    return column < 0 ? "" : table->cells[(row + 1) * table->columns + (size_t)column];
}

sg_status sg_columns_fail(const sg_columns *table, size_t row, const char *format, ...) {
    char what[SG_MESSAGE_TEXT / 2];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    return sg_fail(SG_DATA, "%s:%zu: %s", table->path, table->line[row + 1], what);
}

void sg_columns_close(sg_columns *table) {
    free(table->text);
    free(table->cells);
    free(table->line);
    *table = (sg_columns){0};
}
