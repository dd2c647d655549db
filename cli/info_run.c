#include "info_run.h"

#include "message.h"
#include "metric.h"
#include "metrics.h"
#include "run_dir.h"
#include "surgrad.h"
#include "text.h"

#include <stdio.h>
#include <unistd.h>

/* The parts of an epoch that are shown, those that the file has. */
static const struct {
    const char *column, *title;
} parts[] = {{"train", "training"}, {"validation", "validation"}, {"test", "test"}};

static void print_number(const sg_cli_metrics *metrics, size_t row, const char *column, const char *part,
                         const char *title, const char **before) {
    size_t at;
    if (!sg_cli_metrics_has(metrics, column, &at))
        return;
    printf("%s%s %s %.4f", *before, part, title, sg_cli_metrics_at(metrics, row, at));
    *before = ", ";
}

static void print_epoch(const sg_cli_metrics *metrics, const sg_metric_info *metric, const char *name, size_t row) {
    const char *before = ": ";
    char column[SG_CLI_COLUMN];
    printf("%-10s  epoch %zu", name, row + 1);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        snprintf(column, sizeof column, "%s_loss", parts[i].column);
        print_number(metrics, row, column, parts[i].title, "loss", &before);
        sg_cli_metric_column(column, metric, parts[i].column);
        print_number(metrics, row, column, parts[i].title, metric->title, &before);
    }
    printf("\n");
}

/* The epoch that best.h5 keeps: the first of the best by validation metric, of those that tie by validation loss. */
static size_t best_row(const sg_cli_metrics *metrics, bool lower, size_t score, size_t loss) {
    size_t best = 0;
    for (size_t row = 1; row < metrics->rows; row++) {
        double more = sg_cli_metrics_at(metrics, row, score) - sg_cli_metrics_at(metrics, best, score);
        double less = sg_cli_metrics_at(metrics, best, loss) - sg_cli_metrics_at(metrics, row, loss);
        more = lower ? -more : more;
        if (more > 0 || (more == 0 && less > 0))
            best = row;
    }
    return best;
}

static void print_epochs(const sg_cli_metrics *metrics, const sg_metric_info *metric, const char *of) {
    size_t score, loss;
    char column[SG_CLI_COLUMN];
    printf("%-10s  %zu of %s epochs\n", "done", metrics->rows, of);
    if (metrics->rows == 0)
        return;
    print_epoch(metrics, metric, "last", metrics->rows - 1);
    if (sg_cli_metrics_has(metrics, sg_cli_metric_column(column, metric, "validation"), &score) &&
        sg_cli_metrics_has(metrics, "validation_loss", &loss))
        print_epoch(metrics, metric, "best", best_row(metrics, metric->lower_is_better, score, loss));
}

static int print_progress(const char *dir, const sg_metric_info *metric, const char *epochs) {
    char path[SG_CLI_PATH];
    sg_cli_metrics metrics = {0};
    int code = sg_cli_path(path, "%s/metrics.csv", dir);
    if (code == 0 && access(path, F_OK) == 0) /* not there before the end of the first epoch */
        code = sg_cli_metrics_read(dir, &metrics);
    if (code == 0)
        print_epochs(&metrics, metric, epochs);
    sg_cli_metrics_free(&metrics);
    return code;
}

int sg_cli_describe_run(const char *dir) {
    char path[SG_CLI_PATH], epochs[SG_VALUE_TEXT] = "";
    sg_cli_name name;
    sg_metric_info metric = {0};
    sg_config *config = NULL;
    int code = sg_cli_path(path, "%s/config.yaml", dir);
    if (code)
        return code;
    if (access(path, F_OK) != 0) {
        sg_cli_message("%s: is a folder without config.yaml, expected a run directory, a recipe or a file", dir);
        return sg_cli_exit_code(SG_DATA);
    }
    sg_set_warning_handler(NULL, NULL); /* it is read once more, for its layers */
    sg_status status = sg_config_load(path, &config);
    sg_set_warning_handler(sg_cli_warning, NULL);
    if (status == SG_OK)
        status = sg_config_get(config, "epochs", epochs, sizeof epochs);
    if (status == SG_OK)
        metric = sg_cli_metric(config);
    sg_config_free(config);
    if (status != SG_OK)
        return sg_cli_fail(status);
    printf("%-10s  %s\n", "run", sg_cli_shown(name, dir));
    code = print_progress(dir, &metric, epochs);
    if (code == 0)
        code = sg_cli_run_model(dir, path);
    if (code == 0)
        printf("%-10s  %s\n", "model", access(path, F_OK) == 0 ? sg_cli_shown(name, path) : "none yet");
    return code;
}
