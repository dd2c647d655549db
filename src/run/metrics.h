/* metrics.csv: a row an epoch, docs/file-formats.md. */
#ifndef SG_RUN_METRICS_H
#define SG_RUN_METRICS_H

#include "learn/learn_config.h"

/* Columns are named by the metric of the loss. */
sg_status sg_metrics_write(const char *path, const sg_learn_config *learn, const sg_epoch *epochs, size_t count,
                           size_t layers, bool has_validation);

#endif
