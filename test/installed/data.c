/* Events from arrays, their files, data sets, and downloads as far as no network is needed. */
#include "common.h"

#include <stdio.h>
#include <string.h>

static bool same_events(const sg_events *a, const sg_events *b) {
    sg_events_view x = sg_events_get(a), y = sg_events_get(b);
    size_t count = x.first[x.samples];
    return x.samples == y.samples && x.steps == y.steps && x.channels == y.channels && x.classes == y.classes &&
           x.dt_ms == y.dt_ms && memcmp(&x.shape, &y.shape, sizeof x.shape) == 0 &&
           memcmp(x.first, y.first, (x.samples + 1) * sizeof *x.first) == 0 &&
           memcmp(x.step, y.step, count * sizeof *x.step) == 0 &&
           memcmp(x.channel, y.channel, count * sizeof *x.channel) == 0 &&
           memcmp(x.label, y.label, x.samples * sizeof *x.label) == 0;
}

static void arrays_are_copied(void) {
    sg_events *events = make_events(), *copy;
    sg_events_view view = sg_events_get(events);
    CHECK(view.samples == SAMPLES && view.first[SAMPLES] == SAMPLES * EVENTS);
    CHECK(view.shape.channels == 2 && view.shape.height == 3 && view.shape.width == 4);
    CHECK(view.step[EVENTS] == 1 && view.channel[EVENTS] == 8 && view.label[1] == 1);
    OK(sg_events_create(&view, &copy));
    CHECK(same_events(events, copy) && sg_events_get(copy).step != view.step);
    sg_events_free(events);
    sg_events_free(copy);
}

/* Arrays with one fault each. */
static void wrong_arrays_are_refused(void) {
    sg_events *events = make_events(), *made;
    const sg_events_view good = sg_events_get(events);
    const sg_shape shape = {5, 5, 1};
    const uint16_t late[EVENTS] = {0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, STEPS};
    const uint16_t unsorted[EVENTS] = {4, 2};
    sg_events_view view = good;
    view.shape = shape;
    REFUSED(sg_events_create(&view, &made), SG_DATA, "24");
    view = good;
    view.channels = 20;
    view.shape.channels = 0;
    view.shape.height = 0;
    view.shape.width = 0;
    REFUSED(sg_events_create(&view, &made), SG_DATA, "channel");
    view = good;
    view.samples = 1;
    view.step = late;
    REFUSED(sg_events_create(&view, &made), SG_DATA, "40");
    view.step = unsorted;
    REFUSED(sg_events_create(&view, &made), SG_DATA, "step");
    CHECK(made == NULL);
    sg_events_free(events);
}

static void event_files_are_read_back(void) {
    const char *path = in_folder("events.h5");
    sg_events *events = make_events(), *loaded;
    OK(sg_events_save(events, path));
    OK(sg_events_load(path, &loaded));
    CHECK(same_events(events, loaded));
    sg_events_free(loaded);
    REFUSED(sg_events_load(in_folder("no-events.h5"), &loaded), SG_DATA, "no-events.h5");
    CHECK(loaded == NULL);
    sg_events_free(events);
}

static void data_share_their_events(void) {
    const uint32_t train[] = {3, 1, 4}, validation[] = {9}, test[] = {5, 29};
    const uint32_t none_such[] = {SAMPLES};
    sg_events *events = make_events(), *kept = make_events();
    sg_data *data;
    sg_data_view view;
    REFUSED(sg_data_create(events, none_such, 1, NULL, 0, test, 2, &data), SG_ARGUMENT, "30");
    REFUSED(sg_data_create(events, train, 3, NULL, 0, NULL, 0, &data), SG_ARGUMENT, "test");
    OK(sg_data_create(events, train, 3, validation, 1, test, 2, &data));
    sg_events_free(events);
    view = sg_data_get(data);
    CHECK(view.train_count == 3 && view.validation_count == 1 && view.test_count == 2);
    CHECK(view.train[0] == 3 && view.train[2] == 4 && view.validation[0] == 9 && view.test[1] == 29);
    CHECK(same_events(view.events, kept));
    sg_data_free(data);
    sg_events_free(kept);
}

/* Of a configuration: each sample is in one part; a file of events is such a set too. */
static void data_of_a_configuration_are_split(void) {
    char seen[SAMPLES] = {0};
    sg_events *events = make_events();
    sg_config *config = make_config("{steps: 40, data: {set: events, split: shuffled, validation: 0.2, "
                                    "train_fraction: 0.8}, layers: [{size: 3}]}");
    sg_data *data;
    sg_data_view view;
    OK(sg_events_save(events, in_folder("split.h5")));
    OK(sg_config_set(config, "data.file", in_folder("split.h5")));
    OK(sg_data_open(config, &data));
    view = sg_data_get(data);
    CHECK(same_events(view.events, events));
    for (size_t i = 0; i < view.train_count; i++)
        seen[view.train[i]]++;
    for (size_t i = 0; i < view.validation_count; i++)
        seen[view.validation[i]]++;
    for (size_t i = 0; i < view.test_count; i++)
        seen[view.test[i]]++;
    for (size_t s = 0; s < SAMPLES; s++)
        CHECK(seen[s] == 1);
    CHECK(view.test_count == 6 && view.validation_count > 0 && view.train_count > view.validation_count);
    sg_data_free(data);
    sg_config_free(config);
    sg_events_free(events);
}

/* Sets that papers compare by have a custom; drawn data, and other parts, have none. */
static void customs_are_told(void) {
    sg_config *config;
    OK(sg_config_create(&config));
    CHECK(!sg_data_protocol(config));
    OK(sg_config_set(config, "data.set", "shd"));
    CHECK(sg_data_protocol(config) && strstr(sg_data_protocol(config), "2,264 to test"));
    OK(sg_config_set(config, "data.split", "shuffled"));
    CHECK(!sg_data_protocol(config));
    sg_config_free(config);
}

/* A set's files that are wrong are told as not ready; names and folders are checked before anything is downloaded. */
static void downloads_are_checked(void) {
    size_t count = 0, mnist = 0;
    FILE *file = fopen(in_folder("a-file"), "w");
    for (; sg_fetch_name(count); count++)
        mnist += strcmp(sg_fetch_name(count), "mnist") == 0;
    CHECK(count >= 2 && mnist == 1);
    CHECK(sg_fetch_by_hand(0) && !sg_fetch_by_hand(100));
    REFUSED(sg_fetch(sg_fetch_by_hand(0), NULL, NULL, NULL, NULL), SG_IO_ERROR, "is not fetched by surgrad");
    CHECK(file && fclose(file) == 0);
    CHECK(!sg_fetch_ready("mnist", in_folder("nothing-here")) && !sg_fetch_ready("none of them", NULL));
    REFUSED(sg_fetch("mnits", in_folder("nothing-here"), NULL, NULL, NULL), SG_ARGUMENT, "mnist");
    REFUSED(sg_fetch("mnist", in_folder("a-file"), NULL, NULL, NULL), SG_IO_ERROR, "a-file");
}

const test_case data_cases[] = {
    {"arrays are copied", arrays_are_copied},
    {"wrong arrays are refused", wrong_arrays_are_refused},
    {"event files are read back", event_files_are_read_back},
    {"data share their events", data_share_their_events},
    {"customs are told", customs_are_told},
    {"data of a configuration are split", data_of_a_configuration_are_split},
    {"downloads are checked", downloads_are_checked},
    {NULL, NULL},
};
