/* Recordings become samples: time zero, order, pieces, parts, bins, and what is counted on the way. */
#include "import/import.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "bin_files.h"

/* A sink that tells "[label number]" for each sample, then "step:x,y,p" for each event. */
static char told[4096];

static sg_status begin(void *user, const sg_imported_sample *sample) {
    (void)user;
    sprintf(told + strlen(told), "[%d %d]", (int)sample->label, (int)sample->number);
    return SG_OK;
}

static void add(void *user, uint32_t step, uint32_t channel) {
    (void)user;
    sprintf(told + strlen(told), " %u:%u,%u,%u", step, channel % SG_MOST_WIDTH,
            channel / SG_MOST_WIDTH % SG_MOST_HEIGHT, channel / SG_MOST_WIDTH / SG_MOST_HEIGHT);
}

static sg_import_report report;

static sg_status run(const char *source, const sg_import_config *config, double dt_ms, uint32_t steps) {
    const sg_import_request request = {.config = config, .dt_ms = dt_ms, .steps = steps};
    const sg_import_sink sink = {NULL, begin, add};
    sg_items items = {0};
    told[0] = 0;
    assert_int_equal(sg_items_add_source(&items, in_folder(source)), SG_OK);
    assert_int_equal(sg_items_number(&items), SG_OK);
    sg_status status = sg_import_items(&request, &items, &sink, &report);
    sg_items_free(&items);
    return status;
}

static void assert_import(const char *source, sg_import_config config, const char *expected) {
    assert_int_equal(run(source, &config, 1, 0), SG_OK);
    assert_string_equal(told, expected);
    sg_import_report_free(&report);
}

static const bin_event some[] = {{5500, 1, 2, 1}, {6499, 3, 0, 0}, {6500, 3, 0, 0}, {9000, 0, 4, 1}};

static void time_begins_at_the_first_event_or_the_file(void **state) {
    (void)state;
    put_bin("a.bin", some, 4);
    assert_import("a.bin", (sg_import_config){0}, "[-1 -1] 0:1,2,1 0:3,0,0 1:3,0,0 3:0,4,1");
    assert_import("a.bin", (sg_import_config){.zero = SG_ZERO_FILE}, "[-1 -1] 5:1,2,1 6:3,0,0 6:3,0,0 9:0,4,1");
    assert_import("a.bin", (sg_import_config){.zero = SG_ZERO_FILE, .binning = SG_BIN_NEAREST},
                  "[-1 -1] 6:1,2,1 6:3,0,0 7:3,0,0 9:0,4,1");
}

static void the_report_tells_what_was_found(void **state) {
    (void)state;
    const sg_import_config config = {0};
    put_bin("a.bin", some, 4);
    assert_int_equal(run("a.bin", &config, 1, 3), SG_OK);
    assert_int_equal(report.files, 1);
    assert_int_equal(report.samples, 1);
    assert_int_equal(report.unlabelled, 1);
    assert_int_equal(report.read, 4);
    assert_int_equal(report.kept, 3);
    assert_int_equal(report.left_out[SG_REASON_STEPS], 1);
    assert_true(report.seconds == 0.0035 && report.longest == 0.0035);
    assert_int_equal(report.steps, 2);
    const sg_sensor sensor = sg_import_sensor(&report);
    assert_int_equal(sensor.width, 4);
    assert_int_equal(sensor.height, 3);
    assert_int_equal(sensor.polarities, 2);
    sg_import_report_free(&report);
}

static void events_out_of_order_are_sorted_and_counted(void **state) {
    (void)state;
    static const bin_event mixed[] = {{3000, 1, 0, 0}, {1000, 2, 0, 0}, {3000, 3, 0, 0}, {2000, 4, 0, 0},
                                      {1000, 5, 0, 0}, {9000, 6, 0, 0}, {0, 7, 0, 0}};
    put_bin("mixed.bin", mixed, 7);
    const sg_import_config config = {0};
    assert_int_equal(run("mixed.bin", &config, 1, 0), SG_OK);
    assert_string_equal(told, "[-1 -1] 0:7,0,0 1:2,0,0 1:5,0,0 2:4,0,0 3:1,0,0 3:3,0,0 9:6,0,0");
    assert_int_equal(report.out_of_order, 4);
    sg_import_report_free(&report);
}

static void pieces_have_one_duration(void **state) {
    (void)state;
    static const bin_event events[] = {{1500, 1, 0, 0}, {2499, 2, 0, 0}, {3500, 3, 0, 0},
                                       {3499, 4, 0, 0}, {7600, 5, 0, 0}, {7500, 6, 0, 0}};
    put_bin("p.bin", events, 6);
    const sg_import_config config = {.pieces_ms = 2}, from_file = {.pieces_ms = 2, .zero = SG_ZERO_FILE};
    assert_int_equal(run("p.bin", &config, 1, 0), SG_OK);
    assert_string_equal(told, "[-1 0] 0:1,0,0 0:2,0,0[-1 1] 0:3,0,0[-1 2] 0:6,0,0 0:5,0,0");
    assert_int_equal(report.left_out[SG_REASON_PIECES], 1); /* that of 3499 us, as its piece had ended */
    assert_int_equal(report.read, 6);
    sg_import_report_free(&report);
    assert_int_equal(run("p.bin", &from_file, 1, 0), SG_OK);
    assert_string_equal(told, "[-1 0] 1:1,0,0[-1 1] 0:2,0,0 1:4,0,0 1:3,0,0[-1 2] 1:6,0,0 1:5,0,0");
    sg_import_report_free(&report);
}

/* A number of a piece that no whole number holds would be another piece's. */
static void pieces_too_many_to_count_are_refused(void **state) {
    (void)state;
    const sg_import_config config = {.pieces_ms = 2};
    put_lines("far.csv", "t_us,x\n1,2\n1e300,3\n");
    assert_int_equal(run("far.csv", &config, 1, 0), SG_DATA);
    assert_message_has("far.csv: an event at 1e+300 us is in piece 5e+296 of 2 ms, expected at most 9.0072e+15");
    sg_import_report_free(&report);
}

static void labels_cut_a_recording(void **state) {
    (void)state;
    static const bin_event events[] = {{500, 1, 0, 0},  {1000, 2, 0, 0}, {1999, 3, 0, 0},
                                       {2000, 4, 0, 0}, {4100, 5, 0, 0}, {9000, 6, 0, 0}};
    make_folder("cut");
    put_bin("cut/a.bin", events, 6);
    put_lines("cut/labels.csv",
              "file,label,start_us,end_us\na.bin,3,1000,2000\na.bin,1,3000,4000\na.bin,2,4000,5000\n");
    const sg_import_config config = {0}, from_file = {.zero = SG_ZERO_FILE}, pieces = {.pieces_ms = 1};
    assert_int_equal(run("cut", &config, 0.5, 0), SG_OK);
    assert_string_equal(told, "[3 0] 0:2,0,0 1:3,0,0[1 1][2 2] 0:5,0,0");
    assert_int_equal(report.left_out[SG_REASON_CUTS], 3);
    assert_int_equal(report.classes, 4);
    sg_import_report_free(&report);
    assert_int_equal(run("cut", &from_file, 0.1, 0), SG_OK);
    assert_string_equal(told, "[3 0] 0:2,0,0 9:3,0,0[1 1][2 2] 1:5,0,0");
    sg_import_report_free(&report);
    assert_int_equal(run("cut", &pieces, 1, 0), SG_CONFIG);
    assert_message_has("data.pieces: 1 ms, but labels name the parts of");
    sg_import_report_free(&report);
}

/* A file without events is a sample without events. */
static void a_sample_may_be_empty(void **state) {
    (void)state;
    const sg_import_config crop = {.crop = "1x1+30+30"};
    put_bin("a.bin", some, 4);
    assert_int_equal(run("a.bin", &crop, 1, 0), SG_OK);
    assert_string_equal(told, "[-1 -1]");
    assert_int_equal(report.left_out[SG_REASON_FILTERS + 2], 4);
    assert_string_equal(sg_import_reason(SG_REASON_FILTERS + 2), "beyond data.crop");
    sg_import_report_free(&report);
}

static void too_long_samples_are_refused(void **state) {
    (void)state;
    static const bin_event events[] = {{0, 1, 0, 0}, {6553500, 2, 0, 0}};
    const sg_import_config config = {0};
    put_bin("long.bin", events, 2);
    assert_int_equal(run("long.bin", &config, 0.1, 0), SG_DATA);
    assert_message_has("long.bin: a sample lasts 6.5535 s, more than 65535 steps of 0.1 ms: use data.window");
    sg_import_report_free(&report);
    assert_int_equal(run("long.bin", &config, 0.1001, 0), SG_OK);
    sg_import_report_free(&report);
}

static void a_failure_names_the_file(void **state) {
    (void)state;
    const sg_import_config config = {0};
    put_file(in_folder("torn.bin"), "\1\2\3\4\5\6", 6);
    assert_int_equal(run("torn.bin", &config, 1, 0), SG_DATA);
    assert_message_has("torn.bin: ends at byte 6, inside of an event of 5 bytes");
    sg_import_report_free(&report);
}

static int64_t label_of(int64_t label, const char *name) {
    assert_int_equal(sg_import_class(&report, "a file", &label, name), SG_OK);
    return label;
}

static void assert_class_refused(int64_t label, const char *name, const char *message) {
    assert_int_equal(sg_import_class(&report, "a file", &label, name), SG_DATA);
    assert_message_has(message);
}

/* A name without a number is a class; its label counts the names in their order. */
static void names_alone_are_classes(void **state) {
    (void)state;
    uint32_t place[SG_MAX_CLASSES];
    assert_int_equal(label_of(-1, "dog"), 0);
    assert_int_equal(label_of(-1, "10"), 1);
    assert_int_equal(label_of(-1, "9"), 2);
    assert_int_equal(label_of(-1, "dog"), 0);
    assert_int_equal(label_of(-1, NULL), -1);
    assert_class_refused(0, NULL, "a file: the class of one of its samples is a number alone");
    assert_true(sg_import_sort_names(&report, place));
    assert_int_equal(report.classes, 3);
    assert_string_equal(report.names[0], "9");
    assert_string_equal(report.names[1], "10");
    assert_string_equal(report.names[2], "dog");
    assert_true(place[0] == 2 && place[1] == 1 && place[2] == 0);
    sg_import_report_free(&report);
}

static void a_class_has_one_name(void **state) {
    (void)state;
    uint32_t place[SG_MAX_CLASSES];
    assert_int_equal(label_of(1, "zwei"), 1);
    assert_int_equal(label_of(0, "eins"), 0);
    assert_int_equal(label_of(-1, "zwei"), 1);
    assert_int_equal(label_of(2, NULL), 2);
    assert_class_refused(1, "two", "a file: class 1 is 'two', but 'zwei' in what was read before: number the classes");
    assert_class_refused(-1, "drei", "a file: the class of one of its samples is a name alone");
    assert_false(sg_import_sort_names(&report, place));
    sg_import_report_free(&report);
}

static void every_reason_has_its_words(void **state) {
    (void)state;
    for (int i = 0; i < SG_REASONS; i++)
        if (!(i >= SG_REASON_FILTERS && i < SG_REASON_STEPS))
            assert_non_null(sg_import_reason(i));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(time_begins_at_the_first_event_or_the_file),
        cmocka_unit_test(the_report_tells_what_was_found),
        cmocka_unit_test(events_out_of_order_are_sorted_and_counted),
        cmocka_unit_test(pieces_have_one_duration),
        cmocka_unit_test(pieces_too_many_to_count_are_refused),
        cmocka_unit_test(labels_cut_a_recording),
        cmocka_unit_test(a_sample_may_be_empty),
        cmocka_unit_test(too_long_samples_are_refused),
        cmocka_unit_test(a_failure_names_the_file),
        cmocka_unit_test(names_alone_are_classes),
        cmocka_unit_test(a_class_has_one_name),
        cmocka_unit_test(every_reason_has_its_words),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
