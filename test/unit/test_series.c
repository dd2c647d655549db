/* Time series through the encoders: values to levels, levels to spikes, and where these lie in time and channels. */
#include "data/series.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "bin_files.h"

#define TABLES SOURCE_DIR "/test/golden/tables/"

/* A sink that tells "[label number]" for each sample, then "step:channel" for each event, with a sign for its polarity.
 */
static char told[4096];

static sg_status begin(void *user, const sg_imported_sample *sample) {
    (void)user;
    sprintf(told + strlen(told), "[%d %d]", (int)sample->label, (int)sample->number);
    return SG_OK;
}

static void add(void *user, uint32_t step, uint32_t channel) {
    (void)user;
    sprintf(told + strlen(told), " %u:%u%c", step, channel % SG_MOST_WIDTH,
            channel / SG_MOST_WIDTH / SG_MOST_HEIGHT ? '+' : '-');
}

static sg_import_report report;
static double beyond; /* share of the values */

static sg_status import(const char *path, const sg_data_config *config, double dt_ms, uint32_t steps) {
    const sg_import_sink sink = {NULL, begin, add};
    sg_series_encoder series;
    sg_items items = {0};
    told[0] = 0;
    report = (sg_import_report){0};
    assert_int_equal(sg_series_open(&series, config, dt_ms, 5), SG_OK);
    const sg_import_encoder encoder = sg_series_import(&series);
    const sg_import_request request = {.config = &config->import, .encoder = &encoder, .dt_ms = dt_ms, .steps = steps};
    assert_int_equal(sg_items_add_source(&items, path), SG_OK);
    assert_int_equal(sg_items_number(&items), SG_OK);
    sg_status status = sg_import_items(&request, &items, &sink, &report);
    beyond = series.levels.values ? (double)series.levels.beyond / (double)series.levels.values : 0;
    sg_items_free(&items);
    sg_series_close(&series);
    return status;
}

static sg_data_config config_of(const char *encoder, const char *range, double period_ms) {
    return (sg_data_config){.encoder = sg_kind_find(sg_encoder_kinds, encoder),
                            .encoder_threshold = 0.5,
                            .encoder_tau_ms = 1e9,
                            .encoder_max_rate = 500,
                            .encoder_delta = 0.3,
                            .import = {.range = range, .period_ms = period_ms}};
}

static void assert_series(const char *text, sg_data_config config, double dt_ms, const char *expected) {
    put_lines("s.csv", text);
    if (import(in_folder("s.csv"), &config, dt_ms, 0) != SG_OK)
        fail_msg("%s", sg_error_message());
    assert_string_equal(told, expected);
    sg_import_report_free(&report);
}

static void assert_refused(const char *path, sg_data_config config, double dt_ms, sg_status status,
                           const char *message) {
    assert_int_equal(import(path, &config, dt_ms, 0), status);
    assert_message_has(message);
    assert_null(strchr(sg_error_message(), '\n'));
    sg_import_report_free(&report);
}

/* ---------------------------------------------------------------------------------------------------------- spikes */

static const char two[] = "t,a,b\n0,0,4\n1,4,4\n2,8,1\n3,8,0\n4,0,0\n"; /* five frames of two channels */

static void every_encoder_serves(void **state) {
    (void)state;
    /* delta: rises of more than 0.3 are on, falls off; a frame lasts two steps, and its change is in the first */
    assert_series(two, config_of("delta", "0..10", 2), 1, "[-1 -1] 0:1+ 2:0+ 4:0+ 6:1- 8:0-");
    /* lif without leak: half of the level a step, 0.2 + 0.2 + 0.4 + 0.4; what is over 1 is too little for another */
    assert_series(two, config_of("lif", "0..10", 2), 1, "[-1 -1] 5:0-");
    /* latency: levels of half and more, within their frame: (1 - 0.797) 4 steps is step 0 of it */
    assert_series(two, config_of("latency", "0..10", 4), 1, "[-1 -1] 8:0- 12:0-");
    /* rate: level 0 never, full level in nearly every step */
    sg_data_config rate = config_of("rate", "0..8", 1);
    rate.encoder_max_rate = 1000;
    assert_series("0,8\n8,0\n8,8\n", rate, 1, "[-1 -1] 0:1- 1:0- 2:0- 2:1-");
}

/* Frames and steps that do not fit: a step has the mean of the frames in it. */
static void steps_have_the_mean_of_their_frames(void **state) {
    (void)state;
    const float values[] = {0, 30, 90, 30, 240};
    const sg_series series = {values, 5, 1, 0};
    uint8_t levels[8];
    sg_levels l;
    assert_int_equal(sg_levels_open("0..255", &l), SG_OK);
    assert_int_equal(sg_levels_fill(&l, "s", &series, 2, 3, levels), SG_OK);
    assert_memory_equal(levels, ((uint8_t[]){15, 60, 240}), 3); /* the last step is half a step */
    assert_int_equal(sg_levels_fill(&l, "s", &series, 2.0 / 3, 8, levels), SG_OK);
    assert_memory_equal(levels, ((uint8_t[]){0, 15, 30, 90, 60, 30, 240, 240}), 8);
    sg_levels_close(&l);
    /* the mean of what is one is that, but for rounding, and is within a range that ends there */
    float same[60];
    for (size_t i = 0; i < 60; i++)
        same[i] = 255;
    const sg_series still = {same, 60, 1, 0};
    uint8_t none[500];
    assert_int_equal(sg_levels_open("255..0", &l), SG_OK);
    for (size_t i = 3; i < 30; i++)
        assert_int_equal(sg_levels_fill(&l, "s", &still, 0.04 * (double)i, (size_t)(60 / (0.04 * (double)i)), none),
                         SG_OK);
    assert_int_equal(l.beyond, 0);
    sg_levels_close(&l);
    /* 3 frames of 3 ms are 4.5 steps of 2 ms, so 5 */
    assert_series("0\n0\n9\n", config_of("delta", "0..10", 3), 2, "[-1 -1] 3:0+");
    assert_series("0\n0\n9\n", config_of("latency", "0..10", 3), 2, "[-1 -1] 3:0- 4:0-");
    /* steps longer than all there is */
    assert_series("0\n9\n9\n", config_of("delta", "0..10", 3), 1000, "[-1 -1] 0:0+");
}

/* Time counts from the first frame, not from the first spike; and a series without spikes is a sample. */
static void time_counts_from_the_first_frame(void **state) {
    (void)state;
    sg_data_config config = config_of("delta", "0..10", 1);
    assert_series("0\n0\n9\n", config, 1, "[-1 -1] 2:0+");
    assert_series("0\n0\n0\n", config, 1, "[-1 -1]");
    config.import.binning = SG_BIN_NEAREST;
    assert_series("0\n0\n9\n", config, 1, "[-1 -1] 2:0+");
    config.import.pieces_ms = 2;
    assert_series("0\n0\n0\n9\n9\n0\n", config, 1, "[-1 0] 1:0+[-1 1] 1:0-");
    make_folder("cut");
    put_lines("cut/a.csv", "0\n0\n9\n9\n0\n0\n");
    put_lines("cut/labels.csv", "file,label,start_us,end_us\na.csv,2,1000,4000\na.csv,1,4000,5000\n");
    config = config_of("delta", "0..10", 1);
    assert_int_equal(import(in_folder("cut"), &config, 1, 0), SG_OK);
    assert_string_equal(told, "[2 0] 1:0+[1 1] 0:0-");
    assert_int_equal(report.frames, 6);
    sg_import_report_free(&report);
}

static void filters_take_what_series_became(void **state) {
    (void)state;
    sg_data_config config = config_of("delta", "0..10", 2);
    config.import.crop = "1+1";
    assert_series(two, config, 1, "[-1 -1] 0:0+ 6:0-");
    config.import.polarity = SG_POLARITY_ON;
    assert_series(two, config, 1, "[-1 -1] 0:0-");
    config.import.window_ms = 4;
    config.import.crop = "";
    assert_series(two, config, 1, "[-1 -1] 0:1- 2:0-");
    assert_int_equal(sg_import_sensor(&report).width, 0); /* freed */
}

/* ---------------------------------------------------------------------------------------------------------- ranges */

static void fill(const char *range, const float *values, uint32_t channels, size_t frames, const char *expected) {
    const sg_series series = {values, frames, channels, 0};
    uint8_t levels[16];
    char text[128] = "";
    sg_levels l;
    assert_int_equal(sg_levels_open(range, &l), SG_OK);
    assert_int_equal(sg_levels_fill(&l, "s", &series, 1, frames, levels), SG_OK);
    for (size_t i = 0; i < channels * frames; i++)
        sprintf(text + strlen(text), "%s%u", i ? " " : "", levels[i]);
    sprintf(text + strlen(text), ", %d beyond", (int)l.beyond);
    assert_string_equal(text, expected);
    sg_levels_close(&l);
}

static void ranges_make_levels(void **state) {
    (void)state;
    static const float values[] = {-2, 10, 0, 20, 2, 40};
    fill("-2..2", values, 2, 3, "0 255 128 255 255 255, 3 beyond");
    fill("2..-2", values, 2, 3, "255 0 128 0 0 0, 3 beyond");
    fill(" -2..2 , 1e1..40.0", values, 2, 3, "0 0 128 85 255 255, 0 beyond");
    fill("sample", values, 2, 3, "0 0 128 85 255 255, 0 beyond");
    fill("sample", values, 3, 2, "0 255 0 255 0 255, 0 beyond"); /* -2 20, 10 2, 0 40 */
}

static void a_range_of_one_value_is_no_level(void **state) {
    (void)state;
    static const float same[] = {7, 7, 7};
    fill("sample", same, 1, 3, "0 0 0, 0 beyond");
    fill("sample", same, 3, 1, "0 0 0, 0 beyond");
}

static void ranges_that_are_none_are_refused(void **state) {
    (void)state;
    static const char *const wrong[] = {"0",    "0..",   "..1",    "0..1,",  ",",      "0..1;2..3", "1..1",
                                        "a..b", "0...1", "0..1 x", "Sample", "nan..1", "0..inf",    "0 ..1"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        if (sg_levels_check(wrong[i]) != SG_CONFIG)
            fail_msg("data.range: %s is not refused", wrong[i]);
        assert_message_has("data.range: found '");
    }
    assert_int_equal(sg_levels_check(""), SG_OK);
    assert_int_equal(sg_levels_check(NULL), SG_OK);
    put_lines("s.csv", "3,4\n5,6\n");
    assert_refused(in_folder("s.csv"), config_of("delta", "0..1,0..1,0..1", 1), 1, SG_CONFIG,
                   "data.range: tells the ranges of 3 channels, but ");
    assert_refused(in_folder("s.csv"), config_of("delta", "", 1), 1, SG_CONFIG,
                   "s.csv holds a time series, here from 3 to 6: say which values are no and full level, as in 3..6");
}

/* ------------------------------------------------------------------------------------------------------------ files */

/* How far apart frames are: the file's attribute, an array of one number, or the option, which goes before. */
static void files_tell_the_period(void **state) {
    (void)state;
    sg_data_config config = config_of("delta", "0..24", 0);
    assert_int_equal(import(TABLES "series.h5", &config, 25, 0), SG_OK); /* 40 Hz: 25 ms */
    assert_string_equal(told, "[3 0] 2:0+ 2:1+ 2:2+ 2:3+[1 1] 0:0+ 0:1+ 0:2+ 0:3+ 2:0+ 2:1+ 2:2+ 2:3+");
    sg_import_report_free(&report);
    config = config_of("delta", "0..10", 0);
    assert_int_equal(import(TABLES "series.npz", &config, 0.5, 0), SG_OK); /* 2.5 ms */
    assert_string_equal(told, "[1 0] 5:1+[0 1] 0:0+ 0:1+ 10:0+ 10:1+");
    sg_import_report_free(&report);
    config.import.period_ms = 1;
    assert_int_equal(import(TABLES "series.npz", &config, 0.5, 0), SG_OK);
    assert_string_equal(told, "[1 0] 2:1+[0 1] 0:0+ 0:1+ 4:0+ 4:1+");
    sg_import_report_free(&report);
    assert_refused(TABLES "series.npy", config_of("delta", "0..24", 0), 1, SG_CONFIG,
                   "data.period: is 0, but " TABLES "series.npy does not tell the time from one frame");
    assert_refused(TABLES "series.npy", config_of("delta", "0..24", 1e6), 1e-6, SG_DATA,
                   "has more than 268435456 steps of 1e-06 ms: use a longer dt");
}

/* Text, and matrices of few columns, are events, unless the option says what lies between frames. */
static void tables_are_series_where_options_say_so(void **state) {
    (void)state;
    assert_series("t,x,y,z\n0,0,0,9\n1,0,9,9\n", config_of("delta", "0..10", 1), 1, "[-1 -1] 0:2+ 1:1+");
    assert_series("t_us,x,p\n0,3,1\n2000,4,0\n", config_of("delta", "0..10", 0), 1, "[-1 -1] 0:3+ 2:4-");
    sg_data_config config = config_of("delta", "-1e9..1", 1);
    assert_int_equal(import(TABLES "matrix.npy", &config, 1, 0), SG_OK);
    assert_int_equal(report.frames, 19);
    assert_int_equal(report.told.width, 4);
    sg_import_report_free(&report);
    put_lines("l.csv", "a,label\n1,2\n");
    assert_refused(in_folder("l.csv"), config, 1, SG_DATA,
                   "line 1, column 2: 'label', expected the frames of one sample");
    put_lines("w.csv", "a,b\n1,2\n3,word\n");
    assert_refused(in_folder("w.csv"), config, 1, SG_DATA, "line 3, column 2: 'word', expected a number");
    put_lines("t.csv", "t\n1\n");
    assert_refused(in_folder("t.csv"), config, 1, SG_DATA, "line 1, column 1: 't', expected one channel at least");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_encoder_serves),
        cmocka_unit_test(steps_have_the_mean_of_their_frames),
        cmocka_unit_test(time_counts_from_the_first_frame),
        cmocka_unit_test(filters_take_what_series_became),
        cmocka_unit_test(ranges_make_levels),
        cmocka_unit_test(a_range_of_one_value_is_no_level),
        cmocka_unit_test(ranges_that_are_none_are_refused),
        cmocka_unit_test(files_tell_the_period),
        cmocka_unit_test(tables_are_series_where_options_say_so),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
