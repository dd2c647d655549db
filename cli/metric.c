#include "metric.h"

#include <string.h>

sg_metric_info sg_cli_metric(const sg_config *config) {
    sg_metric_info metric = SG_SIZED(sg_metric_info);
    sg_metric(config, &metric); /* fails for a size that it does not know */
    return metric;
}

bool sg_cli_is_accuracy(const sg_metric_info *metric) {
    return strcmp(metric->name, "accuracy") == 0;
}

const char *sg_cli_score(sg_cli_number text, const sg_metric_info *metric, double value) {
    snprintf(text, sizeof(sg_cli_number), metric->lower_is_better ? "%.4g" : "%.4f", value);
    return text;
}

const char *sg_cli_metric_column(char text[SG_CLI_COLUMN], const sg_metric_info *metric, const char *part) {
    snprintf(text, SG_CLI_COLUMN, "%s_%s", part, metric->name);
    return text;
}
