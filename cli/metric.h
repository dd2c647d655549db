/* What a run is judged by beside its loss, as people read it. */
#ifndef SG_CLI_METRIC_H
#define SG_CLI_METRIC_H

#include "print.h"
#include "surgrad.h"

enum { SG_CLI_COLUMN = 48 }; /* bytes of a column's name */

/* The metric of a configuration's loss. */
sg_metric_info sg_cli_metric(const sg_config *config);

/* Whether it is the share of right classes. */
bool sg_cli_is_accuracy(const sg_metric_info *metric);

/* "0.9712"; of a mean square, which may be of any size, "1.234e-05". Returns `text`. */
const char *sg_cli_score(sg_cli_number text, const sg_metric_info *metric, double value);

/* "test_accuracy", as metrics.csv has it. Returns `text`. */
const char *sg_cli_metric_column(char text[SG_CLI_COLUMN], const sg_metric_info *metric, const char *part);

#endif
