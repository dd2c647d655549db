#include "metric.h"
#include "pictures.h"

#include <stdlib.h>

enum { EPOCH_MARKS = 12 };

/* A curve: a column of metrics.csv and its name in the legend. */
typedef struct curve {
    char column[SG_CLI_COLUMN], title[32];
    size_t at; /* of the column */
} curve;

static sg_cli_range range_of(const sg_cli_metrics *metrics, size_t count, const curve *curves) {
    sg_cli_range range = SG_CLI_NO_RANGE;
    for (size_t row = 0; row < metrics->rows; row++)
        for (size_t i = 0; i < count; i++)
            sg_cli_include(&range, sg_cli_metrics_at(metrics, row, curves[i].at));
    return range;
}

/* The only epoch stands in the middle. */
static void set_epochs(FILE *g, sg_cli_range r) {
    bool one = !(r.low < r.high);
    double step = sg_cli_tics(r.high - r.low, EPOCH_MARKS);
    fprintf(g, "set xrange [%.9g:%.9g]\nset xtics %.9g nomirror\n", one ? r.low - 1 : r.low, one ? r.low + 1 : r.high,
            one ? 1 : step);
}

static int draw(const sg_cli_metrics *metrics, FILE *g, const char *label, size_t count, curve *curves) {
    curve epoch = {.column = "epoch"};
    int code = sg_cli_metrics_find(metrics, epoch.column, &epoch.at);
    for (size_t i = 0; code == 0 && i < count; i++)
        code = sg_cli_metrics_find(metrics, curves[i].column, &curves[i].at);
    if (code)
        return code;
    set_epochs(g, range_of(metrics, 1, &epoch));
    sg_cli_set_range(g, 'y', range_of(metrics, count, curves));
    fprintf(g, "set xlabel 'epoch'\nset ylabel '%s'\n$d << EOD\n", label);
    for (size_t row = 0; row < metrics->rows; row++) {
        sg_cli_write_number(g, sg_cli_metrics_at(metrics, row, epoch.at));
        for (size_t i = 0; i < count; i++)
            sg_cli_write_number(g, sg_cli_metrics_at(metrics, row, curves[i].at));
        fputs("\n", g);
    }
    fputs("EOD\nplot ", g);
    for (size_t i = 0; i < count; i++)
        fprintf(g, "%s$d using 1:%zu with linespoints pt 7 ps %s lt %zu title '%s'", i ? ", " : "", i + 2,
                metrics->rows > 1 ? "0.4" : "1", i + 1, curves[i].title);
    fputs("\n", g);
    return 0;
}

/* The validation part has a curve where it has a column. */
static size_t shown(const sg_cli_metrics *metrics, const char *validation) {
    size_t column;
    return sg_cli_metrics_has(metrics, validation, &column) ? 3 : 2;
}

int sg_cli_draw_loss(const sg_cli_scene *scene, FILE *script) {
    curve curves[] = {{"train_loss", "training", 0}, {"test_loss", "test", 0}, {"validation_loss", "validation", 0}};
    return draw(scene->metrics, script, "loss", shown(scene->metrics, "validation_loss"), curves);
}

int sg_cli_draw_metric(const sg_cli_scene *scene, FILE *script) {
    const sg_metric_info metric = sg_cli_metric(scene->config);
    curve curves[] = {{"train", "training", 0}, {"test", "test", 0}, {"validation", "validation", 0}};
    for (size_t i = 0; i < sizeof curves / sizeof *curves; i++) {
        char column[SG_CLI_COLUMN];
        snprintf(curves[i].column, sizeof curves[i].column, "%s",
                 sg_cli_metric_column(column, &metric, curves[i].column));
    }
    return draw(scene->metrics, script, metric.title, shown(scene->metrics, curves[2].column), curves);
}

/* Of the layers that fire. */
int sg_cli_draw_rates(const sg_cli_scene *scene, FILE *script) {
    size_t layers = sg_network_layers(scene->network), count = 0;
    curve *curves = sg_cli_room(layers, sizeof *curves);
    for (size_t l = 0; l < layers; l++)
        if (sg_cli_layer(scene, l).spiking) {
            snprintf(curves[count].column, sizeof curves[count].column, "layer%zu_rate_hz", l);
            snprintf(curves[count].title, sizeof curves[count].title, "layer %zu", l);
            count++;
        }
    int code = draw(scene->metrics, script, "rate (Hz)", count, curves);
    free(curves);
    return code;
}
