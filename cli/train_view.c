#include "train_view.h"

#include "message.h"
#include "metric.h"
#include "print.h"
#include "progress.h"
#include "text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { LINE = 256 };

/* Adds to a text of LINE bytes at `used`, which stays below LINE; a text that is full takes no more. */
#define ADD(text, used, ...)                                                                                           \
    do {                                                                                                               \
        int added = snprintf((text) + (used), (size_t)(LINE - (used)), __VA_ARGS__);                                   \
        (used) = (used) + added < LINE ? (used) + added : LINE - 1;                                                    \
    } while (0)

/* "784-128-10" */
static size_t format_network(const sg_network *network, char text[LINE]) {
    size_t parameters = 0;
    int used = 0;
    for (size_t i = 0; i < sg_network_layers(network); i++) {
        sg_layer_info layer = SG_SIZED(sg_layer_info);
        if (sg_network_layer(network, i, &layer) != SG_OK)
            break;
        if (i == 0)
            ADD(text, used, "%u", layer.inputs);
        ADD(text, used, "-%u", layer.neurons);
        parameters += layer.parameters;
    }
    return parameters;
}

static void on_dir(void *user, const char *dir) {
    sg_cli_train_view *view = user;
    snprintf(view->dir, sizeof view->dir, "%s", dir);
}

static void on_start(void *user, const sg_data *data, const sg_network *network) {
    sg_cli_train_view *view = user;
    sg_data_view split = sg_data_get(data);
    view->has_validation = split.validation_count > 0;
    char sizes[LINE] = "";
    sg_cli_number parameters, train, test;
    sg_cli_name source, dir;
    sg_cli_count(parameters, format_network(network, sizes));
    fprintf(stderr, "%-9s  %s\n", view->resume ? "resuming" : "training", sg_cli_shown(source, view->source));
    fprintf(stderr, "network    %s, %s parameters, %u steps\n", sizes, parameters, sg_network_steps(network));
    fprintf(stderr, "samples    %s to train, ", sg_cli_count(train, split.train_count));
    if (split.validation_count > 0)
        fprintf(stderr, "%s to validate, ", sg_cli_count(test, split.validation_count));
    fprintf(stderr, "%s to test\n", sg_cli_count(test, split.test_count));
    if (view->protocol) {
        fputs("parts      ", stderr);
        sg_cli_wrap(stderr, 11, 11, view->protocol);
    }
    if (*view->init && !view->resume)
        fprintf(stderr, "weights    of %s\n", view->init);
    if (view->threads)
        fprintf(stderr, "threads    %d\n", view->threads);
    else
        fprintf(stderr, "threads    one for each processor\n");
    fprintf(stderr, "run in     %s\n", sg_cli_shown(dir, view->dir));
}

/* "rate 412/88 Hz" */
static void format_rates(char text[LINE], const sg_progress *progress) {
    int used = 0;
    ADD(text, used, "rate ");
    for (size_t i = 0; i < progress->layers; i++)
        ADD(text, used, i ? "/%.0f" : "%.0f", progress->rate_hz[i]);
    ADD(text, used, " Hz");
}

static void on_batch(void *user, const sg_progress *progress) {
    const sg_cli_train_view *view = user;
    if (!sg_cli_progress_due())
        return;
    char label[64], score[64], left[64] = "? left", speed[64], rates[LINE];
    const char *const parts[] = {score, left, speed, rates};
    sg_cli_number number;
    snprintf(label, sizeof label, "epoch %2u/%u", progress->epoch, progress->epochs);
    snprintf(score, sizeof score, "loss %.4g  %s %s", progress->loss, view->metric.brief,
             sg_cli_score(number, &view->metric, progress->metric));
    if (progress->seconds_left >= 0)
        snprintf(left, sizeof left, "%s left", sg_cli_duration(number, progress->seconds_left));
    snprintf(speed, sizeof speed, "%s samples/s", sg_cli_count(number, (uint64_t)progress->samples_per_s));
    format_rates(rates, progress);
    sg_cli_progress_draw(label, progress->batches ? (double)progress->batch / (double)progress->batches : 0,
                         sizeof parts / sizeof *parts, parts);
}

/* The width of a metric's column. */
static int width_of(const sg_metric_info *metric) {
    return (int)strlen("train ") + (int)strlen(metric->brief);
}

/* "  train loss  train acc", but for the blanks before. */
static void print_titles(const sg_metric_info *metric, const char *part) {
    printf("  %5s loss  %*s %s", part, (int)strlen("train"), part, metric->brief);
}

static void print_scores(const sg_metric_info *metric, double loss, double value) {
    sg_cli_number text;
    printf("  %10.4f  %*s", loss, width_of(metric), sg_cli_score(text, metric, value));
}

static void print_header(const sg_cli_train_view *view, size_t layers) {
    printf("epoch");
    print_titles(&view->metric, "train");
    if (view->has_validation)
        print_titles(&view->metric, "valid");
    print_titles(&view->metric, "test");
    for (size_t i = 0; i < layers; i++) {
        char title[32];
        snprintf(title, sizeof title, "rate %zu Hz", i);
        printf("  %10s", title);
    }
    printf("   seconds   samples/s\n");
}

static void on_epoch(void *user, const sg_epoch *epoch, size_t layers) {
    sg_cli_train_view *view = user;
    sg_cli_progress_clear();
    if (!view->header_printed)
        print_header(view, layers);
    view->header_printed = true;
    printf("%5u", epoch->epoch);
    print_scores(&view->metric, epoch->train_loss, epoch->train_metric);
    if (view->has_validation)
        print_scores(&view->metric, epoch->validation_loss, epoch->validation_metric);
    print_scores(&view->metric, epoch->test_loss, epoch->test_metric);
    for (size_t i = 0; i < layers; i++)
        printf("  %10.1f", epoch->rate_hz[i]);
    sg_cli_number speed;
    printf("  %8.2f  %10s\n", epoch->seconds, sg_cli_count(speed, (uint64_t)epoch->samples_per_s));
    /* Where the reader of the results went away, the run is told to stop by SIGPIPE (interrupt.h): no fault to tell. */
    if (fflush(stdout) && errno == EPIPE)
        clearerr(stdout);
}

sg_run_options sg_cli_train_view_options(sg_cli_train_view *view) {
    sg_run_options options = SG_SIZED(sg_run_options);
    options.on_dir = on_dir;
    options.on_start = on_start;
    options.on_batch = on_batch;
    options.on_epoch = on_epoch;
    options.user = view;
    return options;
}
