/* metrics.csv of a run, read: names of columns, and a row of numbers for each epoch. */
#ifndef SG_CLI_METRICS_H
#define SG_CLI_METRICS_H

#include <stdbool.h>
#include <stddef.h>

typedef struct sg_cli_metrics {
    size_t columns, rows; /* rows: epochs done */
    const char **names;   /* (columns) */
    double *values;       /* (rows, columns); NaN and infinities where the file has them */
    char *text, *path;    /* what `names` point into, and where it was read */
} sg_cli_metrics;

/* Reads DIR/metrics.csv. Returns 0, or the exit code after the message: it is missing, a line has too few or too many
 * columns, a cell is no number. sg_cli_metrics_free takes what a failure left too. */
int sg_cli_metrics_read(const char *dir, sg_cli_metrics *metrics);
void sg_cli_metrics_free(sg_cli_metrics *metrics);

/* Whether there is a column of this name, and its number in *column. */
bool sg_cli_metrics_has(const sg_cli_metrics *metrics, const char *name, size_t *column);

/* The same, but it must be there: 0, or the exit code after the message. */
int sg_cli_metrics_find(const sg_cli_metrics *metrics, const char *name, size_t *column);

double sg_cli_metrics_at(const sg_cli_metrics *metrics, size_t row, size_t column);

#endif
