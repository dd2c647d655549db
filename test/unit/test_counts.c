/* Events that count: a channel may have several in a step, and each adds its weights. */
#include "base/random.h"
#include "data/event_counts.h"
#include "data/event_writer.h"
#include "file/h5.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "folder.h"

enum { STEPS = 20, CHANNELS = 12, SAMPLES = 3 };

static const sg_event_layout layout = {
    .name = "toy", .steps = STEPS, .classes = 3, .shape = {2, 2, 3}, .dt_ms = 0.5, .counts = true};

static void assert_no_warning(void *user, const char *text) {
    (void)user;
    fail_msg("%s", text);
}

/* In order by step, by channel, or in none, and some by several a call. */
static void add_events(sg_event_writer *writer, uint8_t raster[STEPS][CHANNELS], uint64_t round) {
    size_t count = sg_random_bits(1, 0, round) % 600;
    for (size_t e = 0; e < count; e++) {
        uint64_t bits = sg_random_bits(2, (uint32_t)round, e);
        uint32_t t = round % 3 == 0 ? (uint32_t)(e * STEPS / count) : (uint32_t)(bits % STEPS);
        uint32_t c = round % 3 == 1 ? (uint32_t)(e * CHANNELS / count) : (uint32_t)((bits >> 32) % CHANNELS);
        uint32_t many = e % 50 == 0 ? 3 : 1;
        raster[t][c] = (uint8_t)(raster[t][c] + many);
        sg_event_writer_add(writer, t, c, many);
    }
}

static sg_events *take(sg_event_writer *writer) {
    sg_events *events;
    assert_int_equal(sg_event_writer_take(writer, &events), SG_OK);
    sg_event_writer_close(writer);
    assert_int_equal(sg_events_check(events, "written"), SG_OK);
    assert_true(events->counts);
    return events;
}

/* A raster of counts is the truth. */
static void assert_sample(const sg_events *events, size_t sample, uint8_t raster[STEPS][CHANNELS]) {
    uint64_t e = events->first[sample];
    for (uint32_t t = 0; t < STEPS; t++)
        for (uint32_t c = 0; c < CHANNELS; c++)
            for (uint8_t i = 0; i < raster[t][c]; i++, e++)
                assert_true(events->step[e] == t && events->channel[e] == c);
    assert_int_equal(e, events->first[sample + 1]);
}

static sg_events *write_events(uint8_t rasters[SAMPLES][STEPS][CHANNELS], uint64_t round) {
    sg_event_writer writer = {0};
    memset(rasters, 0, SAMPLES * sizeof *rasters);
    assert_int_equal(sg_event_writer_open(&writer, &layout), SG_OK);
    for (size_t s = 0; s < SAMPLES; s++) {
        assert_int_equal(sg_event_writer_begin(&writer, SG_TRAIN, 0), SG_OK);
        add_events(&writer, rasters[s], round + s);
    }
    return take(&writer);
}

static void the_writer_keeps_doubles(void **state) {
    (void)state;
    sg_set_warning_handler(assert_no_warning, NULL);
    for (uint64_t round = 0; round < 100; round++) {
        uint8_t rasters[SAMPLES][STEPS][CHANNELS];
        sg_events *events = write_events(rasters, round);
        for (size_t s = 0; s < SAMPLES; s++)
            assert_sample(events, s, rasters[s]);
        sg_events_free(events);
    }
    sg_set_warning_handler(NULL, NULL);
}

static void a_file_has_each_place_once(void **state) {
    (void)state;
    uint8_t rasters[SAMPLES][STEPS][CHANNELS];
    sg_events *events = write_events(rasters, 5), *back;
    sg_h5 *file;
    int rank;
    uint64_t shape[SG_H5_RANK], places = 0;
    const char *path = in_folder("events.h5");
    assert_int_equal(sg_events_save(events, path), SG_OK);
    for (size_t j = 0; j < sizeof rasters; j++)
        places += ((uint8_t *)rasters)[j] > 0;
    assert_true(places < events->first[SAMPLES]);
    assert_int_equal(sg_h5_open(path, SG_DATA, &file), SG_OK);
    assert_int_equal(sg_h5_shape(file, "count", &rank, shape), SG_OK);
    assert_int_equal(shape[0], places);
    sg_h5_close(file);
    assert_int_equal(sg_events_load(path, &back), SG_OK);
    assert_true(back->counts);
    for (size_t s = 0; s < SAMPLES; s++)
        assert_sample(back, s, rasters[s]);
    sg_events_free(events);
    sg_events_free(back);
}

/* More than 16 bits hold. */
static void large_counts_take_entries(void **state) {
    (void)state;
    enum { MANY = 2 * UINT16_MAX + 5 };
    sg_event_writer writer = {0};
    sg_events *back;
    assert_int_equal(sg_event_writer_open(&writer, &layout), SG_OK);
    assert_int_equal(sg_event_writer_begin(&writer, SG_TRAIN, 0), SG_OK);
    sg_event_writer_add(&writer, 3, 4, MANY);
    sg_events *events = take(&writer);
    sg_counted_events counted;
    assert_int_equal(sg_events_to_counted(events, &counted), SG_OK);
    assert_int_equal(counted.first[1], 3);
    assert_true(counted.count[0] == UINT16_MAX && counted.count[1] == UINT16_MAX && counted.count[2] == 5);
    sg_counted_events_free(&counted);
    assert_int_equal(sg_events_save(events, in_folder("many.h5")), SG_OK);
    assert_int_equal(sg_events_load(in_folder("many.h5"), &back), SG_OK);
    assert_int_equal(back->first[1], MANY);
    sg_events_free(events);
    sg_events_free(back);
}

/* A file of two events whose second has this count. */
static sg_status load_count(uint32_t count) {
    const uint32_t sizes[] = {STEPS, CHANNELS, 3}, channel[] = {1, 1}, label = 0, counts[] = {1, count};
    const uint16_t step[] = {2, 3};
    const uint64_t first[] = {0, 2}, firsts = 2, events = 2, samples = 1;
    sg_h5 *file;
    sg_events *loaded;
    assert_int_equal(sg_h5_create(&file), SG_OK);
    assert_int_equal(sg_h5_put(file, "steps", SG_H5_U32, &sizes[0], 0, NULL, false), SG_OK);
    assert_int_equal(sg_h5_put(file, "channels", SG_H5_U32, &sizes[1], 0, NULL, false), SG_OK);
    assert_int_equal(sg_h5_put(file, "classes", SG_H5_U32, &sizes[2], 0, NULL, false), SG_OK);
    assert_int_equal(sg_h5_put(file, "first", SG_H5_U64, first, 1, &firsts, false), SG_OK);
    assert_int_equal(sg_h5_put(file, "step", SG_H5_U16, step, 1, &events, false), SG_OK);
    assert_int_equal(sg_h5_put(file, "channel", SG_H5_U32, channel, 1, &events, false), SG_OK);
    assert_int_equal(sg_h5_put(file, "count", SG_H5_U32, counts, 1, &events, false), SG_OK);
    assert_int_equal(sg_h5_put(file, "label", SG_H5_U32, &label, 1, &samples, false), SG_OK);
    assert_int_equal(sg_h5_write(file, in_folder("count.h5")), SG_OK);
    sg_h5_close(file);
    sg_status status = sg_events_load(in_folder("count.h5"), &loaded);
    if (status == SG_OK)
        assert_int_equal(loaded->first[1], 1 + count);
    sg_events_free(loaded);
    return status;
}

static void wrong_counts_are_refused(void **state) {
    (void)state;
    assert_int_equal(load_count(7), SG_OK);
    assert_int_equal(load_count(0), SG_DATA);
    assert_message_has("count.h5: 'count' of event 1 of sample 0 is 0, expected 1 or more");
    assert_int_equal(load_count(65536), SG_DATA);
    assert_message_has("count holds a number that does not fit into 16 bits");
}

static sg_status create(const uint32_t channel[3], bool counts, sg_events **out) {
    static const uint64_t first[] = {0, 3};
    static const uint16_t step[] = {0, 0, 0};
    static const uint32_t label;
    const sg_events_view view = {.samples = 1,
                                 .steps = 1,
                                 .channels = 3,
                                 .classes = 2,
                                 .first = first,
                                 .step = step,
                                 .label = &label,
                                 .channel = channel};
    sg_events_details details = SG_SIZED(sg_events_details);
    details.counts = counts;
    return sg_events_create_detailed(&view, &details, out);
}

static void doubles_need_a_store_that_counts(void **state) {
    (void)state;
    static const uint32_t twice[] = {0, 2, 2}, fall[] = {2, 0, 2};
    sg_events_details details = SG_SIZED(sg_events_details);
    sg_events *events;
    assert_int_equal(create(twice, false, &events), SG_DATA);
    assert_message_has("event 2 of sample 0 is out of order or there twice: ");
    assert_int_equal(create(fall, true, &events), SG_DATA);
    assert_message_has("event 1 of sample 0 is out of order: ");
    assert_int_equal(create(twice, true, &events), SG_OK);
    assert_int_equal(sg_events_get_details(events, &details), SG_OK);
    assert_true(details.counts);
    sg_events_free(events);
}

/* The first step of a membrane with a current is its weighted input: w0 + 2 w2. */
static void two_events_weigh_twice(void **state) {
    (void)state;
    static const char yaml[] = "steps: 1\nlayers:\n  - {size: 40, neuron: {kind: cuba_lif}}\n";
    static const uint32_t twice[] = {0, 2, 2};
    sg_config *config;
    sg_network *network;
    sg_events *events;
    float weights[3 * 40], membrane[40];
    assert_int_equal(create(twice, true, &events), SG_OK);
    assert_int_equal(sg_config_parse("counts", yaml, strlen(yaml), &config), SG_OK);
    assert_int_equal(sg_network_create(config, 3, &network), SG_OK);
    for (int j = 0; j < 3 * 40; j++)
        weights[j] = (float)sg_random_normal(1, 0, (uint64_t)j);
    assert_int_equal(sg_network_set_weights(network, 0, weights), SG_OK);
    assert_int_equal(sg_network_membrane(network, events, 0, 0, membrane), SG_OK);
    for (int n = 0; n < 40; n++)
        assert_true(fabs(membrane[n] - ((double)weights[n] + 2.0 * (double)weights[2 * 40 + n])) < 1e-6);
    sg_network_free(network);
    sg_config_free(config);
    sg_events_free(events);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_writer_keeps_doubles),         cmocka_unit_test(a_file_has_each_place_once),
        cmocka_unit_test(large_counts_take_entries),        cmocka_unit_test(wrong_counts_are_refused),
        cmocka_unit_test(doubles_need_a_store_that_counts), cmocka_unit_test(two_events_weigh_twice),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
