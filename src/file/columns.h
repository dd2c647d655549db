/* Small tables in text files: a header of names, then rows with as many cells. Columns are told apart by a tab, where
 * the header has one, else by ';', else by ','. A cell may stand in quotes, with "" for a quote in it. */
#ifndef SG_FILE_COLUMNS_H
#define SG_FILE_COLUMNS_H

#include "base/status.h"

typedef struct sg_columns {
    const char *path; /* for messages; the caller's */
    char *text;
    char **cells; /* (rows + 1, columns), the header first; without blanks around */
    size_t *line; /* (rows + 1) of the file, from 1 */
    size_t rows, columns;
} sg_columns;

/* Reads a file. A '#' before the first name is passed over, and so are empty lines. SG_DATA with file and line: a row
 * of another number of cells, a quote without its end. The caller closes it, after a failure too. */
sg_status sg_columns_read(const char *path, sg_columns *out);

/* The number of the column of one of these names (NULL-ended), whatever their case; -1 if there is none. */
int sg_columns_find(const sg_columns *table, const char *const *names);

/* The cell of a row, from 0, in a column; "" in column -1. */
const char *sg_columns_at(const sg_columns *table, size_t row, int column);

/* "PATH:LINE: " and the message, of a row. */
sg_status sg_columns_fail(const sg_columns *table, size_t row, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

void sg_columns_close(sg_columns *table);

#endif
