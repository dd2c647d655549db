#include "store/checkpoint.h"

#include "learn/loss.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LATEST = 3 };
static const char *const formats[] = {"surgrad checkpoint 3", "surgrad checkpoint 2", "surgrad checkpoint 1", NULL};

/* The history is an array of doubles, a row an epoch: these, then the rate of each layer, ... */
enum {
    TRAIN_LOSS,
    TRAIN_METRIC,
    TEST_LOSS,
    TEST_METRIC,
    VALIDATION_LOSS,
    VALIDATION_METRIC,
    SECONDS,
    SAMPLES_PER_S,
    RATES
};

/* ... then these, and the share of silent neurons of each layer. Format 1 ended with the rates. */
enum { LR, GRADIENT_NORM, SILENT };

/* Numbers of a row. */
static size_t columns_of(bool first_format, size_t layers) {
    return RATES + layers + (first_format ? 0 : SILENT + layers);
}

static void pack_epoch(double *row, const sg_epoch *epoch, size_t layers) {
    row[TRAIN_LOSS] = epoch->train_loss;
    row[TRAIN_METRIC] = epoch->train_metric;
    row[TEST_LOSS] = epoch->test_loss;
    row[TEST_METRIC] = epoch->test_metric;
    row[VALIDATION_LOSS] = epoch->validation_loss;
    row[VALIDATION_METRIC] = epoch->validation_metric;
    row[SECONDS] = epoch->seconds;
    row[SAMPLES_PER_S] = epoch->samples_per_s;
    double *more = row + RATES + layers;
    more[LR] = epoch->lr;
    more[GRADIENT_NORM] = epoch->gradient_norm;
    for (size_t l = 0; l < layers; l++) {
        row[RATES + l] = epoch->rate_hz[l];
        more[SILENT + l] = epoch->silent[l];
    }
}

static void unpack_epoch(const double *row, sg_position *position, size_t layers, uint64_t e) {
    const double *more = row + RATES + layers;
    double *rates = sg_history_rates(position, e, layers), *silent = sg_history_silent(position, e, layers);
    memcpy(rates, row + RATES, layers * sizeof *rates);
    memcpy(silent, more + SILENT, layers * sizeof *silent);
    position->history[e] = (sg_epoch){
        .epoch = (uint32_t)e + 1,
        .train_loss = row[TRAIN_LOSS],
        .train_metric = row[TRAIN_METRIC],
        .test_loss = row[TEST_LOSS],
        .test_metric = row[TEST_METRIC],
        .validation_loss = row[VALIDATION_LOSS],
        .validation_metric = row[VALIDATION_METRIC],
        .seconds = row[SECONDS],
        .samples_per_s = row[SAMPLES_PER_S],
        .lr = more[LR],
        .gradient_norm = more[GRADIENT_NORM],
        .rate_hz = rates,
        .silent = silent,
    };
}

sg_status sg_history_open(sg_position *position, uint64_t epochs, size_t layers) {
    position->history = sg_array((size_t)epochs, sizeof *position->history);
    position->activity = sg_array((size_t)epochs * 2 * layers, sizeof *position->activity);
    return position->history && position->activity ? SG_OK : SG_MEMORY;
}

void sg_history_close(sg_position *position) {
    free(position->history);
    free(position->activity);
    position->history = NULL;
    position->activity = NULL;
}

double *sg_history_rates(const sg_position *position, uint64_t e, size_t layers) {
    return position->activity + (size_t)e * 2 * layers;
}

double *sg_history_silent(const sg_position *position, uint64_t e, size_t layers) {
    return sg_history_rates(position, e, layers) + layers;
}

void sg_history_tell_accuracy(sg_epoch *epoch, const sg_learn_config *learn) {
    const bool has_accuracy = sg_loss_at(learn->loss)->metric == &sg_metric_accuracy;
    epoch->train_accuracy = has_accuracy ? epoch->train_metric : NAN;
    epoch->test_accuracy = has_accuracy ? epoch->test_metric : NAN;
    epoch->validation_accuracy = has_accuracy ? epoch->validation_metric : NAN;
}

uint64_t sg_best_epoch(const sg_position *position, const sg_learn_config *learn) {
    const sg_metric_kind *metric = sg_loss_at(learn->loss)->metric;
    uint64_t best = 0;
    for (uint64_t e = 1; e < position->epoch; e++) {
        const sg_epoch *a = &position->history[e], *b = &position->history[best];
        if (sg_metric_is_better(metric, a->validation_metric, b->validation_metric) ||
            (!sg_metric_is_better(metric, b->validation_metric, a->validation_metric) &&
             a->validation_loss < b->validation_loss))
            best = e;
    }
    return best;
}

/* The numbers of a position, each a dataset: name, type, where, and the formats that have it. */
typedef struct field {
    const char *name;
    sg_h5_type type;
    void *value;
    int first, last;
} field;

enum { FIELDS = 11 };

/* `correct`: what format 2 had in the place of the metric. */
static void list_fields(sg_position *position, uint64_t *steps, uint64_t *correct, field out[FIELDS]) {
    sg_epoch_sums *sums = &position->sums;
    const field fields[FIELDS] = {
        {"progress/epoch", SG_H5_U64, &position->epoch, 1, LATEST},
        {"progress/batch", SG_H5_U64, &position->batch, 1, LATEST},
        {"progress/steps", SG_H5_U64, steps, 1, LATEST},
        {"progress/loss", SG_H5_F64, &sums->loss, 1, LATEST},
        {"progress/seconds", SG_H5_F64, &sums->seconds, 1, LATEST},
        {"progress/samples", SG_H5_U64, &sums->samples, 1, LATEST},
        {"progress/correct", SG_H5_U64, correct, 1, 2},
        {"progress/gradient_norm", SG_H5_F64, &sums->gradient_norm, 2, LATEST},
        {"progress/lr", SG_H5_F64, &sums->lr, 2, LATEST},
        {"progress/metric_sum", SG_H5_F64, &sums->score.sum, 3, LATEST},
        {"progress/metric_count", SG_H5_U64, &sums->score.count, 3, LATEST},
    };
    for (size_t i = 0; i < FIELDS; i++)
        out[i] = fields[i];
}

static sg_status put_history(sg_h5 *file, const sg_position *position, size_t layers) {
    const uint64_t shape[2] = {position->epoch, columns_of(false, layers)};
    double *rows = sg_array((size_t)(shape[0] * shape[1]), sizeof *rows);
    if (!rows)
        return SG_MEMORY;
    for (uint64_t e = 0; e < position->epoch; e++)
        pack_epoch(rows + e * shape[1], &position->history[e], layers);
    sg_status status = sg_h5_put(file, "history", SG_H5_F64, rows, 2, shape, true);
    free(rows);
    return status;
}

/* What format 1 does not tell is NaN. */
static sg_status get_history(sg_h5 *file, bool first_format, const sg_trainer *trainer, sg_position *position) {
    const size_t layers = trainer->network->layer_count;
    const uint64_t shape[2] = {position->epoch, columns_of(first_format, layers)};
    double *rows = sg_array((size_t)(shape[0] * shape[1]), sizeof *rows), row[RATES + SILENT + 2 * SG_MAX_LAYERS];
    if (!rows)
        return SG_MEMORY;
    sg_status status = sg_h5_get(file, "history", SG_H5_F64, rows, 2, shape);
    for (size_t c = shape[1]; c < columns_of(false, layers); c++)
        row[c] = NAN;
    for (uint64_t e = 0; e < position->epoch && status == SG_OK; e++) {
        memcpy(row, rows + e * shape[1], shape[1] * sizeof *row);
        unpack_epoch(row, position, layers, e);
        sg_history_tell_accuracy(&position->history[e], &trainer->config);
    }
    free(rows);
    return status;
}

static sg_status put_all(sg_h5 *file, const sg_config *config, const sg_trainer *trainer, const sg_position *position) {
    const sg_network *network = trainer->network;
    const uint64_t layers = network->layer_count;
    sg_position copy = *position;
    uint64_t steps = trainer->steps;
    field fields[FIELDS];
    SG_TRY(sg_put_network(file, formats[0], config, network));
    for (size_t i = 0; i < sg_optimiser_arrays(&trainer->config); i++)
        SG_TRY(sg_put_array(file, network, sg_optimiser_array_name(&trainer->config, i),
                            trainer->engine->kind->read(trainer->engine, SG_ARRAY_OPTIMISER + (int)i)));
    list_fields(&copy, &steps, NULL, fields);
    for (size_t i = 0; i < FIELDS; i++)
        if (fields[i].last == LATEST)
            SG_TRY(sg_h5_put(file, fields[i].name, fields[i].type, fields[i].value, 0, NULL, false));
    SG_TRY(sg_h5_put(file, "progress/spikes", SG_H5_U64, position->sums.spikes, 1, &layers, false));
    return put_history(file, position, network->layer_count);
}

sg_status sg_checkpoint_save(const sg_config *config, const sg_trainer *trainer, const sg_position *position,
                             const char *path) {
    sg_h5 *file;
    SG_TRY(sg_h5_create(&file));
    sg_status status = put_all(file, config, trainer, position);
    if (status == SG_OK)
        status = sg_h5_write(file, path);
    sg_h5_close(file);
    return status;
}

sg_status sg_checkpoint_config(const char *path, sg_config **config) {
    *config = NULL;
    sg_h5 *file;
    SG_TRY(sg_h5_open(path, SG_MODEL, &file));
    sg_status status = sg_get_config(file, path, formats, config);
    sg_h5_close(file);
    return status;
}

/* 1, 2, ..., LATEST. */
static sg_status find_format(sg_h5 *file, int *format) {
    char *found;
    SG_TRY(sg_h5_get_text(file, "format", &found));
    *format = LATEST;
    while (*format > 1 && strcmp(found, formats[LATEST - *format]) != 0)
        --*format;
    free(found);
    return SG_OK;
}

/* Everything of a checkpoint, before any of it is put into a trainer. */
typedef struct contents {
    size_t count;  /* arrays: the parameters, then the optimiser's */
    float *arrays; /* (count, parameter_count) */
    uint64_t steps;
} contents;

static sg_status get_arrays(sg_h5 *file, const char *path, const sg_trainer *trainer, contents *c) {
    const sg_network *network = trainer->network;
    size_t each = network->parameter_count;
    c->count = 1 + sg_optimiser_arrays(&trainer->config);
    c->arrays = sg_array(c->count * each, sizeof *c->arrays);
    if (!c->arrays)
        return SG_MEMORY;
    SG_TRY(sg_get_weights(file, path, network, c->arrays));
    for (size_t i = 1; i < c->count; i++)
        SG_TRY(sg_get_array(file, network, sg_optimiser_array_name(&trainer->config, i - 1), c->arrays + i * each));
    return SG_OK;
}

/* What the batches of an epoch had that a format does not tell is NaN. */
static void fill_unknown(sg_position *position, const sg_metric_kind *metric, int format, uint64_t correct) {
    sg_epoch_sums *sums = &position->sums;
    if (format < 2 && position->batch > 0)
        sums->gradient_norm = sums->lr = NAN;
    if (format < 3)
        sums->score = (sg_score){metric == &sg_metric_accuracy ? (double)correct : NAN, sums->samples};
}

static sg_status get_position(sg_h5 *file, const sg_trainer *trainer, sg_position *position, uint64_t *steps,
                              int format) {
    const uint64_t layers = trainer->network->layer_count;
    uint64_t correct = 0;
    field fields[FIELDS];
    list_fields(position, steps, &correct, fields);
    for (size_t i = 0; i < FIELDS; i++)
        if (fields[i].first <= format && format <= fields[i].last)
            SG_TRY(sg_h5_get(file, fields[i].name, fields[i].type, fields[i].value, 0, NULL));
    fill_unknown(position, sg_loss_at(trainer->config.loss)->metric, format, correct);
    return sg_h5_get(file, "progress/spikes", SG_H5_U64, position->sums.spikes, 1, &layers);
}

static void put_into(sg_trainer *trainer, const contents *c) {
    const sg_engine_kind *kind = trainer->engine->kind;
    kind->write(trainer->engine, SG_ARRAY_PARAMETERS, c->arrays);
    for (size_t i = 1; i < c->count; i++)
        kind->write(trainer->engine, SG_ARRAY_OPTIMISER + (int)i - 1,
                    c->arrays + i * trainer->network->parameter_count);
    trainer->steps = c->steps;
    trainer->has_gradient = trainer->in_stream = false;
}

static sg_status get_all(sg_h5 *file, const char *path, const sg_trainer *trainer, uint64_t epochs, contents *c,
                         sg_position *position) {
    int format;
    SG_TRY(find_format(file, &format));
    SG_TRY(get_arrays(file, path, trainer, c));
    SG_TRY(get_position(file, trainer, position, &c->steps, format));
    if (!position->history) /* the run is not wanted */
        return SG_OK;
    if (position->epoch > epochs)
        return sg_fail(SG_MODEL, "%s: %" PRIu64 " epochs are done, but only %" PRIu64 " are asked for: raise epochs",
                       path, position->epoch, epochs);
    return get_history(file, format == 1, trainer, position);
}

sg_status sg_checkpoint_load(const char *path, sg_trainer *trainer, uint64_t epochs, sg_position *position) {
    sg_h5 *file;
    contents c = {0};
    SG_TRY(sg_h5_open(path, SG_MODEL, &file));
    sg_status status = get_all(file, path, trainer, epochs, &c, position);
    if (status == SG_OK)
        status = sg_get_synapses(file, path, trainer->network);
    sg_h5_close(file);
    if (status == SG_OK)
        put_into(trainer, &c);
    free(c.arrays);
    return status;
}

/* ------------------------------------------------------------------------------------------- a trainer alone */

sg_status sg_trainer_save(const sg_trainer *trainer, const sg_config *config, const char *path) {
    const sg_position start = {0};
    return sg_checkpoint_save(config, trainer, &start, path);
}

sg_status sg_trainer_load(sg_trainer *trainer, const char *path) {
    sg_h5 *file;
    sg_position ignored = {0};
    SG_TRY(sg_h5_open(path, SG_MODEL, &file));
    sg_status status = sg_h5_check_format(file, formats);
    sg_h5_close(file);
    return status == SG_OK ? sg_checkpoint_load(path, trainer, 0, &ignored) : status;
}
