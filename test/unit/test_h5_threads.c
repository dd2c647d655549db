/* Models and events are written and read by several threads at once, each with files of its own.
 * labels: threads */
#include "surgrad.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "folder.h"

enum { THREADS = 4, ROUNDS = 12, SAMPLES = 300, STEPS = 20, CHANNELS = 30, NEURONS = 10, EVENTS = SAMPLES * 16 };

typedef struct work {
    unsigned number; /* of the thread; what it stores depends on it */
    char events_path[1100], model_path[1100];
    char failure[512]; /* "" while all is well */
} work;

/* ------------------------------------------------------------------------------------------------- in each thread */

static bool good(work *w, bool is_good, const char *what) {
    if (!is_good)
        snprintf(w->failure, sizeof w->failure, "thread %u: %s: %.400s", w->number, what, sg_error_message());
    return is_good;
}

static sg_status make_events(unsigned number, sg_events **out) {
    uint64_t first[SAMPLES + 1];
    uint32_t label[SAMPLES], channel[EVENTS];
    uint16_t step[EVENTS];
    for (uint32_t e = 0; e < EVENTS; e++) {
        step[e] = (uint16_t)(e % 16);
        channel[e] = (e * 7 + number) % CHANNELS;
    }
    for (uint32_t s = 0; s <= SAMPLES; s++)
        first[s] = (uint64_t)s * 16;
    for (uint32_t s = 0; s < SAMPLES; s++)
        label[s] = (s + number) % NEURONS;
    const sg_events_view view = {.samples = SAMPLES,
                                 .steps = STEPS,
                                 .channels = CHANNELS,
                                 .classes = NEURONS,
                                 .first = first,
                                 .step = step,
                                 .channel = channel,
                                 .label = label};
    return sg_events_create(&view, out);
}

static bool same_events(const sg_events *a, const sg_events *b) {
    sg_events_view x = sg_events_get(a), y = sg_events_get(b);
    return x.samples == y.samples && memcmp(x.first, y.first, (SAMPLES + 1) * sizeof *x.first) == 0 &&
           memcmp(x.channel, y.channel, EVENTS * sizeof *x.channel) == 0 &&
           memcmp(x.label, y.label, SAMPLES * sizeof *x.label) == 0;
}

static bool events_come_back(work *w, const sg_events *events) {
    sg_events *read;
    if (!good(w, sg_events_save(events, w->events_path) == SG_OK, "events cannot be saved") ||
        !good(w, sg_events_load(w->events_path, &read) == SG_OK, "events cannot be loaded"))
        return false;
    bool same = good(w, same_events(events, read), "events differ");
    sg_events_free(read);
    return same;
}

static bool same_weights(const sg_network *a, const sg_network *b) {
    float x[CHANNELS * NEURONS], y[CHANNELS * NEURONS];
    return sg_network_get_weights(a, 0, x) == SG_OK && sg_network_get_weights(b, 0, y) == SG_OK &&
           memcmp(x, y, sizeof x) == 0;
}

static bool model_comes_back(work *w, const sg_config *config, const sg_network *network) {
    sg_config *read_config;
    sg_network *read;
    if (!good(w, sg_model_save(network, config, w->model_path) == SG_OK, "a model cannot be saved") ||
        !good(w, sg_model_load(w->model_path, &read_config, &read) == SG_OK, "a model cannot be loaded"))
        return false;
    bool same = good(w, same_weights(network, read), "weights differ");
    sg_network_free(read);
    sg_config_free(read_config);
    return same;
}

static sg_status make_network(unsigned number, sg_config **config, sg_network **network) {
    char seed[16];
    snprintf(seed, sizeof seed, "%u", number);
    sg_status status = sg_config_create(config);
    if (status == SG_OK)
        status = sg_config_set(*config, "seed", seed);
    if (status == SG_OK)
        status = sg_config_set(*config, "layers.0.size", "10");
    return status == SG_OK ? sg_network_create(*config, CHANNELS, network) : status;
}

static void *save_and_load(void *user) {
    work *w = user;
    sg_events *events = NULL;
    sg_config *config = NULL;
    sg_network *network = NULL;
    bool is_good = good(w, make_events(w->number, &events) == SG_OK, "no events") &&
                   good(w, make_network(w->number, &config, &network) == SG_OK, "no network");
    for (int i = 0; i < ROUNDS && is_good; i++)
        is_good = events_come_back(w, events) && model_comes_back(w, config, network);
    sg_network_free(network);
    sg_config_free(config);
    sg_events_free(events);
    return NULL;
}

/* ---------------------------------------------------------------------------------------------------------- cases */

static void threads_save_and_load_at_once(void **state) {
    (void)state;
    static work works[THREADS];
    pthread_t threads[THREADS];
    for (unsigned i = 0; i < THREADS; i++) {
        work *w = &works[i];
        w->number = i + 1;
        snprintf(w->events_path, sizeof w->events_path, "%s%u.h5", in_folder("events"), i);
        snprintf(w->model_path, sizeof w->model_path, "%s%u.h5", in_folder("model"), i);
        assert_int_equal(pthread_create(&threads[i], NULL, save_and_load, w), 0);
    }
    for (unsigned i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    for (unsigned i = 0; i < THREADS; i++)
        assert_string_equal(works[i].failure, "");
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(threads_save_and_load_at_once)};
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
