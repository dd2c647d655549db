/* labels: threads */
/* What a run remembers across a stop: metrics to the bit, and checkpoints of the format before. */
#include "file/bytes.h"
#include "file/h5.h"
#include "store/network_file.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "folder.h"
#include "ok.h"

static const char yaml[] = "epochs: 4\n"
                           "batch: 16\n"
                           "steps: 20\n"
                           "data: {set: patterns, split: shuffled, classes: 3, channels: 12, samples: 40}\n"
                           "layers: [{size: 9, link: {sd: 0.6}}, {size: 3, link: {sd: 0.6}}]\n"
                           "loss: {true_count: 5, false_count: 1}\n"
                           "schedule: {kind: step, step_epochs: 2}\n";

enum { LAYERS = 2, OLD_COLUMNS = 8 + LAYERS };

/* What the callbacks of a run see and do. */
typedef struct watch {
    sg_epoch epochs[8]; /* whose arrays are ... */
    double rates[8][LAYERS], silent[8][LAYERS];
    size_t count;
    uint32_t stop_epoch; /* stop after the second batch of this epoch; 0: never */
    int stop;
} watch;

static void on_epoch(void *user, const sg_epoch *epoch, size_t layers) {
    watch *w = user;
    assert_int_equal(layers, LAYERS);
    const size_t e = epoch->epoch - 1;
    memcpy(w->rates[e], epoch->rate_hz, sizeof w->rates[e]);
    memcpy(w->silent[e], epoch->silent, sizeof w->silent[e]);
    w->epochs[e] = *epoch;
    w->epochs[e].rate_hz = w->rates[e];
    w->epochs[e].silent = w->silent[e];
    w->count++;
}

static void on_batch(void *user, const sg_progress *progress) {
    watch *w = user;
    w->stop = progress->epoch == w->stop_epoch && progress->batch == 2;
}

/* Trains in a folder, from its checkpoint if there is one. */
static sg_status train(watch *w, const char *dir, const char *epochs, uint32_t stop_epoch) {
    sg_config *config;
    sg_run_options options = SG_SIZED(sg_run_options);
    w->stop_epoch = stop_epoch;
    w->stop = 0;
    options.dir = dir;
    options.resume = true;
    options.on_epoch = on_epoch;
    options.on_batch = on_batch;
    options.stop = &w->stop;
    options.threads = stop_epoch ? 2 : 1;
    options.user = w;
    OK(sg_config_parse("file", yaml, strlen(yaml), &config));
    OK(sg_config_set(config, "epochs", epochs));
    sg_status status = sg_run(config, &options, NULL);
    sg_config_free(config);
    return status;
}

static bool same(double a, double b) {
    return a == b || (isnan(a) && isnan(b));
}

static void assert_same_but_for_times(const sg_epoch *a, const sg_epoch *b) {
    assert_true(same(a->train_loss, b->train_loss) && same(a->test_accuracy, b->test_accuracy));
    assert_true(same(a->lr, b->lr) && same(a->gradient_norm, b->gradient_norm));
    for (size_t l = 0; l < LAYERS; l++)
        assert_true(same(a->silent[l], b->silent[l]) && same(a->rate_hz[l], b->rate_hz[l]));
}

static void a_stopped_run_has_the_same_metrics(void **state) {
    (void)state;
    watch whole = {0}, parts = {0};
    OK(train(&whole, in_folder("whole"), "4", 0));
    assert_int_equal(train(&parts, in_folder("parts"), "4", 1), SG_STOPPED);
    assert_int_equal(train(&parts, in_folder("parts"), "4", 3), SG_STOPPED);
    OK(train(&parts, in_folder("parts"), "4", 0));
    assert_true(whole.count == 4 && parts.count == 4);
    for (size_t e = 0; e < 4; e++) {
        const sg_epoch *epoch = &whole.epochs[e];
        assert_same_but_for_times(epoch, &parts.epochs[e]);
        assert_true(fabs(epoch->lr - (e < 2 ? 0.01 : 0.001)) < 1e-12); /* of the last step, by schedule */
        assert_true(isfinite(epoch->gradient_norm) && epoch->gradient_norm > 0);
        assert_true(epoch->silent[0] >= 0 && epoch->silent[0] < 1);
    }
}

/* ------------------------------------------------------------------------------------------------- format 1 */

/* Puts a copy of a dataset of floats or doubles, of at most `columns` columns. */
static void copy(sg_h5 *from, sg_h5 *to, const char *name, sg_h5_type type, uint64_t columns) {
    int rank;
    uint64_t shape[SG_H5_RANK] = {0};
    static double values[4096], cut[4096];
    OK(sg_h5_shape(from, name, &rank, shape));
    OK(sg_h5_get(from, name, type, values, rank, rank ? shape : NULL));
    assert_true(rank < 2 || (columns <= shape[1] && shape[0] * shape[1] < 4096));
    for (uint64_t row = 0; rank == 2 && type == SG_H5_F64 && row < shape[0]; row++)
        memcpy(cut + row * columns, values + row * shape[1], columns * sizeof *cut);
    bool cuts = rank == 2 && type == SG_H5_F64;
    shape[1] = cuts ? columns : shape[1];
    OK(sg_h5_put(to, name, type, cuts ? cut : values, rank, rank ? shape : NULL, false));
}

static void copy_text(sg_h5 *from, sg_h5 *to, const char *name) {
    char *text;
    OK(sg_h5_get_text(from, name, &text));
    OK(sg_h5_put_text(to, name, text));
    free(text);
}

/* What was right of the epoch so far, as a whole number. */
static void put_correct(sg_h5 *from, sg_h5 *to) {
    double sum;
    OK(sg_h5_get(from, "progress/metric_sum", SG_H5_F64, &sum, 0, NULL));
    const uint64_t correct = (uint64_t)sum;
    OK(sg_h5_put(to, "progress/correct", SG_H5_U64, &correct, 0, NULL, false));
}

/* Makes a checkpoint one of format 1. */
static void make_first_format(const char *path) {
    static const char *const whole[] = {"epoch", "batch", "steps", "samples", "spikes"};
    static const char *const real[] = {"loss", "seconds"};
    static const char *const arrays[] = {"weights", "first_moment", "second_moment"};
    char name[64];
    sg_h5 *from, *to;
    OK(sg_h5_open(path, SG_MODEL, &from));
    OK(sg_h5_create(&to));
    OK(sg_h5_put_text(to, "format", "surgrad checkpoint 1"));
    copy_text(from, to, "surgrad");
    copy_text(from, to, "config");
    for (int l = 0; l < LAYERS; l++)
        for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) {
            snprintf(name, sizeof name, "layers/%d/%s", l, arrays[i]);
            copy(from, to, name, SG_H5_F32, 0);
        }
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) {
        snprintf(name, sizeof name, "progress/%s", whole[i]);
        copy(from, to, name, SG_H5_U64, 0);
    }
    for (size_t i = 0; i < sizeof real / sizeof *real; i++) {
        snprintf(name, sizeof name, "progress/%s", real[i]);
        copy(from, to, name, SG_H5_F64, 0);
    }
    put_correct(from, to);
    copy(from, to, "history", SG_H5_F64, OLD_COLUMNS);
    sg_h5_close(from);
    OK(sg_h5_write(to, path));
    sg_h5_close(to);
}

static void assert_same_file(const char *a, const char *b) {
    uint8_t *bytes[2];
    size_t sizes[2];
    OK(sg_bytes_read(a, 1 << 20, &bytes[0], &sizes[0]));
    OK(sg_bytes_read(b, 1 << 20, &bytes[1], &sizes[1]));
    assert_int_equal(sizes[0], sizes[1]);
    assert_memory_equal(bytes[0], bytes[1], sizes[0]);
    free(bytes[0]);
    free(bytes[1]);
}

/* The epochs of a run whose checkpoint, after a whole epoch or in the middle of one, was of format 1. */
static void goes_on_from_first_format(const char *dir, const watch *whole, bool in_the_middle) {
    watch parts = {0};
    char path[2048], model[2048];
    snprintf(path, sizeof path, "%s/checkpoint.h5", dir);
    snprintf(model, sizeof model, "%s/model.h5", dir);
    assert_int_equal(train(&parts, dir, in_the_middle ? "4" : "3", in_the_middle ? 3 : 0),
                     in_the_middle ? SG_STOPPED : SG_OK);
    make_first_format(path);
    OK(train(&parts, dir, "4", 0));
    assert_same_file(in_folder("whole/model.h5"), model);
    assert_int_equal(parts.count, 4);
    assert_true(in_the_middle ? isnan(parts.epochs[2].gradient_norm)
                              : parts.epochs[2].gradient_norm == whole->epochs[2].gradient_norm);
    assert_true(parts.epochs[2].lr == whole->epochs[2].lr && parts.epochs[2].train_loss == whole->epochs[2].train_loss);
    assert_true(parts.epochs[2].train_accuracy == whole->epochs[2].train_accuracy);
    assert_same_but_for_times(&parts.epochs[3], &whole->epochs[3]);
}

static void checkpoints_of_the_first_format_are_gone_on_with(void **state) {
    (void)state;
    watch whole = {0};
    uint8_t *bytes;
    size_t size;
    OK(train(&whole, in_folder("whole"), "4", 0));
    goes_on_from_first_format(in_folder("whole-epochs"), &whole, false);
    goes_on_from_first_format(in_folder("middle"), &whole, true);
    OK(sg_bytes_read(in_folder("whole-epochs/metrics.csv"), 1 << 20, &bytes, &size));
    char *third = strstr((char *)bytes, "\n3,"), *fourth = strstr((char *)bytes, "\n4,");
    assert_true(third && fourth && third < fourth);
    char *unknown = strstr(third, ",nan,nan,nan,nan,"); /* lr, norm, silent neurons of two layers */
    assert_true(unknown && unknown < fourth);
    assert_null(strstr(fourth, "nan"));
    free(bytes);
}

static void on_any_warning(void *user, const char *text) {
    (void)user;
    fail_msg("%s", text);
}

/* In silence, as nobody can write the new name into such a file. */
static void old_keys_in_a_file_are_read(void **state) {
    (void)state;
    static const char *const formats[] = {"surgrad model 1", NULL};
    static const char old[] = "data: {held_out: 0.25}\nlayers: [{size: 2}]\n";
    sg_h5 *file;
    sg_config *config;
    char value[32];
    OK(sg_h5_create(&file));
    OK(sg_h5_put_text(file, "format", formats[0]));
    OK(sg_h5_put_text(file, "config", old));
    OK(sg_h5_write(file, in_folder("old.h5")));
    sg_h5_close(file);
    OK(sg_h5_open(in_folder("old.h5"), SG_MODEL, &file));
    sg_set_warning_handler(on_any_warning, NULL);
    OK(sg_get_config(file, "model.h5", formats, &config));
    OK(sg_config_get(config, "data.validation", value, sizeof value));
    assert_string_equal(value, "0.25");
    sg_set_warning_handler(NULL, NULL);
    sg_h5_close(file);
    sg_config_free(config);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(old_keys_in_a_file_are_read, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(a_stopped_run_has_the_same_metrics, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(checkpoints_of_the_first_format_are_gone_on_with, folder_make, folder_remove),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
