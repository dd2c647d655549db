/* Recordings of sensors, read where they are (docs/data.md); and data sets of recordings whose sensor is known. */
#include "base/intern.h"
#include "data/recorded.h"
#include "data/series.h"
#include "data/source.h"
#include "fetch/by_hand.h"
#include "fetch/cache.h"
#include "file/bytes.h"

#include <limits.h>
#include <math.h>
#include <string.h>

/* What is known of a data set besides its files. */
typedef struct preset {
    const sg_source_kind *kind;
    const char *sensor;
} preset;

static const preset presets[] = {
    {&sg_source_nmnist, "34x34"},
    {&sg_source_dvs_gesture, "128x128"},
    {&sg_source_shd, "700"},
    {&sg_source_ssc, "700"},
};

/* That of a kind, or NULL. */
static const preset *preset_of(const sg_source_kind *kind) {
    for (size_t i = 0; i < sizeof presets / sizeof *presets; i++)
        if (presets[i].kind == kind)
            return &presets[i];
    return NULL;
}

/* The options, with the sensor of the data set unless they tell one. */
static sg_import_config options_of(const sg_source_request *request) {
    sg_import_config options = request->config->import;
    const preset *known = preset_of(request->kind);
    if (known && sg_is_empty(options.sensor))
        options.sensor = known->sensor;
    return options;
}

static bool names_nothing(const sg_data_config *config) {
    return sg_is_empty(config->dir) && sg_is_empty(config->file);
}

/* A recipe of a known data set leaves it to the user where that is: then it is asked for when it is read. */
static sg_status check(const sg_data_config *config) {
    if (names_nothing(config) && !preset_of(sg_source_at(config->set)))
        return sg_fail(SG_CONFIG,
                       "data.dir: is empty, but data.set is 'recordings': name their folder, or one file (data.file)");
    if (!sg_is_empty(config->dir) && !sg_is_empty(config->file))
        return sg_fail(SG_CONFIG, "data.file: names recordings, but data.dir does, too: leave one of the two out");
    if (!sg_is_empty(config->test_file) && sg_is_empty(config->file))
        return sg_fail(SG_CONFIG, "data.test_file: is the test part, but there is no data.file to train on: name it in "
                                  "the place of data.dir");
    SG_TRY(sg_levels_check(config->import.range));
    return sg_import_check(&config->import);
}

/* What is read: what the configuration names, or else the cache folder of a known data set, whose path is written to
 * `folder`. */
static sg_status find_source(const sg_source_request *request, char folder[PATH_MAX], const char **path) {
    const sg_data_config *config = request->config;
    *path = sg_is_empty(config->dir) ? config->file : config->dir;
    if (!names_nothing(config))
        return SG_OK;
    *path = folder;
    SG_TRY(sg_cache_folder(request->kind->head.name, folder, PATH_MAX));
    return sg_file_exists(folder) ? SG_OK : sg_by_hand_fail(sg_by_hand_find(request->kind->head.name), NULL);
}

static sg_status check_window(const sg_source_request *request, const sg_import_config *options) {
    const double all = request->need.steps * request->need.dt_ms;
    if (options->window_ms <= all)
        return SG_OK;
    return sg_fail(SG_CONFIG, "data.window: %g ms, but %u steps of %g ms are %g ms: use steps: %.0f, or a longer dt",
                   options->window_ms, request->need.steps, request->need.dt_ms, all,
                   ceil(options->window_ms / request->need.dt_ms));
}

/* The samples of one source are of one split, whatever their folders say. */
static sg_status add_part(sg_items *items, const char *path, int split) {
    const size_t before = items->count;
    SG_TRY(sg_items_add_source(items, path));
    for (size_t i = before; i < items->count; i++)
        items->items[i].split = split;
    return SG_OK;
}

static sg_status list(const sg_data_config *config, const char *path, sg_items *items) {
    if (sg_is_empty(config->test_file)) {
        SG_TRY(sg_items_add_source(items, path));
    } else {
        SG_TRY(add_part(items, config->file, SG_TRAIN));
        SG_TRY(add_part(items, config->test_file, SG_TEST));
    }
    return sg_items_number(items);
}

static sg_status read_recordings(const sg_source_request *request, const sg_import_config *options,
                                 const sg_items *items, const char *name, sg_event_writer *out) {
    sg_series_encoder series;
    sg_import_report report = {0};
    sg_shape places = {0};
    SG_TRY(sg_series_open(&series, request->config, request->need.dt_ms, request->need.seed));
    const sg_import_encoder encoder = sg_series_import(&series);
    const sg_import_request import = {.config = options,
                                      .encoder = &encoder,
                                      .dt_ms = request->need.dt_ms,
                                      .steps = request->need.steps};
    sg_status status = sg_recorded_read(name, &import, items, out, &report, &places);
    if (status == SG_OK)
        sg_series_tell_beyond(&series, name);
    sg_import_report_free(&report);
    sg_series_close(&series);
    return status;
}

static sg_status read_items(const sg_source_request *request, sg_items *items, sg_event_writer *out) {
    const sg_data_config *config = request->config;
    const sg_import_config options = options_of(request);
    char folder[PATH_MAX];
    const char *name;
    SG_TRY(find_source(request, folder, &name));
    SG_TRY(check_window(request, &options));
    SG_TRY(list(config, name, items));
    SG_TRY(read_recordings(request, &options, items, name, out));
    return out->layout.has_split
               ? SG_OK
               : sg_source_check_split(config,
                                       "%s does not say which samples are to test: use split: shuffled, or put "
                                       "them into folders Train and Test",
                                       name);
}

static sg_status read(const sg_source_request *request, sg_event_writer *out) {
    sg_items items = {0};
    sg_status status = read_items(request, &items, out);
    sg_items_free(&items);
    return status;
}

/* How published accuracies were selected, where there is no validation part: said of each such set. */
#define BY_TEST_PART                                                                                                   \
    "The set has no validation part, and many published accuracies are of the epoch that did best on the test part "   \
    "itself. A clean choice takes a validation part out of the training part: "

#define RECORDED(symbol, name, summary, custom)                                                                        \
    const sg_source_kind sg_source_##symbol = {                                                                        \
        .head = {name, summary},                                                                                       \
        .may_validate = true,                                                                                          \
        .protocol = custom,                                                                                            \
        .check = check,                                                                                                \
        .measure = sg_source_count,                                                                                    \
        .read = read,                                                                                                  \
    }

RECORDED(recordings, "recordings", "events of sensors, read from the original files (data.dir or data.file)", NULL);
RECORDED(nmnist, "nmnist", "N-MNIST: Train/0..9/*.bin and Test, or SLAYER's lists (data.dir)",
         "the parts of MNIST, 60,000 samples to train and 10,000 to test. " BY_TEST_PART "data.validation: 0.1.");
RECORDED(dvs_gesture, "dvs-gesture", "DVS Gesture: its AEDAT 3.1 files and tables of labels (data.dir)",
         "by users, 23 to train and 6 to test: 1,176 and 288 samples as SpikingJelly cuts them, other counts by other "
         "cuts. " BY_TEST_PART "data.validation_groups: 3, users as well.");
RECORDED(shd, "shd", "Spiking Heidelberg Digits: shd_train.h5 and shd_test.h5 (data.dir)",
         "8,156 samples to train and 2,264 to test, of 12 speakers, two of them in the test part "
         "alone. " BY_TEST_PART "data.validation_groups: 1, a training speaker.");
RECORDED(
    ssc, "ssc", "Spiking Speech Commands: ssc_train.h5, ssc_valid.h5 and ssc_test.h5 (data.dir)",
    "75,466 samples to train, 9,981 to validate and 20,382 to test. The validation part chooses the epoch; compare "
    "with published accuracies that were chosen so.");
