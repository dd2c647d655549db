/* A run takes the memory that `surgrad info` tells, within 5 %, however many files it writes. SURGRAD is the program.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "drawn_events.h"
#include "folder.h"

/* The networks' first layers have 1.6 MB of weights, and 6.6 MB: the latter is trained block by block
 * (engine/blockwise.h).
 */
#define WITH(size)                                                                                                     \
    "patterns", "--threads", "2", "--set", "data.channels=400", "--set", "data.classes=4", "--set", "data.samples=50", \
        "--set", "layers.1.size=4", "--set", "layers.0.size=" size

static void run(char *const arguments[], const char *output, struct rusage *usage) {
    int code;
    pid_t child = fork();
    if (child == 0) {
        if (freopen(output, "w", stdout) && freopen(output, "a", stderr))
            execv(SURGRAD, arguments);
        _exit(127);
    }
    assert_int_equal(wait4(child, &code, 0, usage), child);
    assert_int_equal(code, 0);
}

/* In MiB. */
static double told_peak(const char *path) {
    char line[256];
    double peak = 0;
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file))
        if (strncmp(line, "peak ", 5) == 0)
            peak = strtod(line + 5, NULL);
    fclose(file);
    assert_true(peak > 0);
    return peak;
}

static void check(char *const info[], char *train[]) {
    struct rusage usage;
    size_t last = 0;
    while (strcmp(train[last], "--out") != 0)
        last++;
    run(info, in_folder("info"), &usage);
    double told = told_peak(in_folder("info"));
    train[last + 1] = (char *)in_folder(train[last - 1]);
    run(train, in_folder("train"), &usage);
    double taken = (double)usage.ru_maxrss / 1024;
    if (taken > 1.05 * told || taken < 0.95 * told)
        fail_msg("%s took %.1f MiB, told were %.1f", train[last - 1], taken, told);
}

static void a_run_takes_what_is_told(void **state) {
    (void)state;
    char *const info_narrow[] = {"surgrad", "info", WITH("1000"), NULL};
    char *const info_wide[] = {"surgrad", "info", WITH("4096"), NULL};
    char *train_narrow[] = {"surgrad", "train", "--epochs", "4", WITH("1000"), "--out", NULL, NULL};
    char *train_wide[] = {"surgrad", "train", "--epochs", "4", WITH("4096"), "--out", NULL, NULL};
    check(info_narrow, train_narrow);
    check(info_wide, train_wide);
}

/* Convolutions and pools, on events of 2 x 34 x 34 places. */
/* More than 64 samples to test, so that both threads evaluate. */
static const char maps[] = "epochs: 2\nbatch: 32\nsteps: 100\nloss: {kind: mean_ce}\n"
                           "data: {set: events, split: shuffled, train_fraction: 0.25, file: events.h5}\n"
                           "layers:\n"
                           "- {link: {kind: conv2d, channels: 12, kernel: 5}}\n"
                           "- {link: {kind: conv2d, channels: 32, kernel: 5, pool: max}}\n"
                           "- {size: 3, link: {pool: sum}, neuron: {kind: li}}\n";

static void make_maps(void) {
    sg_events *flat = drawn_events((drawn_sizes){200, 100, 2 * 34 * 34, 2000}), *events;
    sg_events_view view = sg_events_get(flat);
    view.shape = (sg_shape){2, 34, 34};
    assert_int_equal(sg_events_create(&view, &events), SG_OK);
    assert_int_equal(sg_events_save(events, in_folder("events.h5")), SG_OK);
    sg_events_free(events);
    sg_events_free(flat);
    put_file(in_folder("maps.yaml"), maps, sizeof maps - 1);
}

static void convolutions_take_what_is_told(void **state) {
    (void)state;
    make_maps();
    char *const path = strdup(in_folder("maps.yaml"));
    char *const info[] = {"surgrad", "info", path, "--threads", "2", NULL};
    char *train[] = {"surgrad", "train", path, "--threads", "2", "--set", "seed=2", "--out", NULL, NULL};
    check(info, train);
    free(path);
}

/* Lists of the spikes of several layers. */
static void skip_links_take_what_is_told(void **state) {
    (void)state;
    static const char yaml[] =
        "epochs: 2\nbatch: 32\nsteps: 20\nloss: {kind: mean_ce}\n"
        "data: {set: patterns, split: shuffled, train_fraction: 0.25, classes: 4, channels: 40, samples: 50}\n"
        "layers:\n- {size: 1000}\n- {size: 1000}\n- {size: 1000, link: {add: 0}}\n"
        "- {size: 4, link: {add: \"0, 1\"}, neuron: {kind: li}}\n";
    put_file(in_folder("skip.yaml"), yaml, sizeof yaml - 1);
    char *const path = strdup(in_folder("skip.yaml"));
    char *const info[] = {"surgrad", "info", path, "--threads", "2", NULL};
    char *train[] = {"surgrad", "train", path, "--threads", "2", "--set", "seed=4", "--out", NULL, NULL};
    check(info, train);
    free(path);
}

/* Lags of synapses take far more than their weights. */
static void lags_take_what_is_told(void **state) {
    (void)state;
    static const char yaml[] =
        "epochs: 2\nbatch: 32\nsteps: 20\nloss: {kind: mean_ce}\n"
        "data: {set: patterns, split: shuffled, train_fraction: 0.25, classes: 4, channels: 40, samples: 50}\n"
        "layers:\n- {size: 300, delay: {kind: synaptic, high: 9 ms, train: true, most: 15 ms, kernel: gauss}}\n"
        "- {size: 300, delay: {kind: synaptic, high: 9 ms, train: true, most: 15 ms}}\n"
        "- {size: 4, neuron: {kind: li}}\n";
    put_file(in_folder("lags.yaml"), yaml, sizeof yaml - 1);
    char *const path = strdup(in_folder("lags.yaml"));
    char *const info[] = {"surgrad", "info", path, "--threads", "2", NULL};
    char *train[] = {"surgrad", "train", path, "--threads", "2", "--set", "seed=5", "--out", NULL, NULL};
    check(info, train);
    free(path);
}

/* A hundredth of the synapses takes a hundredth of the memory, which would be 160 MB for weights and as much again for
 * each array of their shape. */
static void sparse_links_take_what_is_told(void **state) {
    (void)state;
    static const char yaml[] =
        "epochs: 2\nbatch: 32\nsteps: 20\nloss: {kind: mean_ce}\n"
        "data: {set: patterns, split: shuffled, train_fraction: 0.25, classes: 4, channels: 10000, samples: 50}\n"
        "layers:\n- {size: 4000, link: {kind: sparse, density: 0.01}}\n- {size: 4, neuron: {kind: li}}\n";
    put_file(in_folder("sparse.yaml"), yaml, sizeof yaml - 1);
    char *const path = strdup(in_folder("sparse.yaml"));
    char *const info[] = {"surgrad", "info", path, "--threads", "2", NULL};
    char *train[] = {"surgrad", "train", path, "--threads", "2", "--set", "seed=6", "--out", NULL, NULL};
    check(info, train);
    assert_true(told_peak(in_folder("info")) < 160);
    free(path);
}

/* All samples of a batch have a workspace each. */
static void normalised_layers_take_what_is_told(void **state) {
    (void)state;
    static const char yaml[] =
        "epochs: 2\nbatch: 32\nsteps: 40\nloss: {kind: mean_ce}\n"
        "data: {set: patterns, split: shuffled, train_fraction: 0.8, classes: 4, channels: 40, samples: 50}\n"
        "layers:\n- {size: 1000, link: {norm: tdbn}}\n- {size: 1000, link: {norm: bntt}}\n"
        "- {size: 4, link: {norm: tdbn}, neuron: {kind: li}}\n";
    put_file(in_folder("norm.yaml"), yaml, sizeof yaml - 1);
    char *const path = strdup(in_folder("norm.yaml"));
    char *const info[] = {"surgrad", "info", path, "--threads", "2", NULL};
    char *train[] = {"surgrad", "train", path, "--threads", "2", "--set", "seed=7", "--out", NULL, NULL};
    check(info, train);
    free(path);
}

/* Constant numbers of 2,000 channels, which take more memory than the network. */
static void numbers_take_what_is_told(void **state) {
    (void)state;
    static const char yaml[] = "epochs: 2\nbatch: 32\nsteps: 10\nloss: {kind: mean_ce}\n"
                               "data: {set: events, split: shuffled, file: numbers.h5}\n"
                               "layers: [{size: 1000, link: {dropout: 0.1}}, {size: 3, neuron: {kind: li}}]\n";
    enum { SAMPLES = 2000, CHANNELS = 2000, COUNT = SAMPLES * CHANNELS };
    uint64_t *first = calloc(SAMPLES + 1, sizeof *first);
    uint16_t *step = calloc(COUNT, sizeof *step);
    uint32_t *channel = calloc(COUNT, sizeof *channel), *label = calloc(SAMPLES, sizeof *label);
    float *value = calloc(COUNT, sizeof *value);
    assert_true(first && step && channel && label && value);
    for (size_t e = 0; e < COUNT; e++) {
        channel[e] = (uint32_t)(e % CHANNELS);
        value[e] = (float)(e * 7 % 256) / 256;
        first[e / CHANNELS + 1] = e + 1;
        label[e / CHANNELS] = (uint32_t)(e / CHANNELS % 3);
    }
    const sg_events_view view = {SAMPLES, 10, CHANNELS, 3, first, step, channel, label, 1, {0, 0, 0}, NULL};
    sg_events_details details = SG_SIZED(sg_events_details);
    sg_events *events;
    details.value = value;
    details.constant = true;
    assert_int_equal(sg_events_create_detailed(&view, &details, &events), SG_OK);
    assert_int_equal(sg_events_save(events, in_folder("numbers.h5")), SG_OK);
    sg_events_free(events);
    free(first), free(step), free(channel), free(label), free(value);
    put_file(in_folder("numbers.yaml"), yaml, sizeof yaml - 1);
    char *const path = strdup(in_folder("numbers.yaml"));
    char *const info[] = {"surgrad", "info", path, "--threads", "2", NULL};
    char *train[] = {"surgrad", "train", path, "--threads", "2", "--set", "seed=3", "--out", NULL, NULL};
    check(info, train);
    free(path);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_run_takes_what_is_told),
                                       cmocka_unit_test(convolutions_take_what_is_told),
                                       cmocka_unit_test(skip_links_take_what_is_told),
                                       cmocka_unit_test(lags_take_what_is_told),
                                       cmocka_unit_test(sparse_links_take_what_is_told),
                                       cmocka_unit_test(normalised_layers_take_what_is_told),
                                       cmocka_unit_test(numbers_take_what_is_told)};
    return cmocka_run_group_tests_name("memory", tests, folder_make, folder_remove);
}
