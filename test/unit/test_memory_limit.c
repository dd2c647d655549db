/* What cannot fit the memory is refused before it is allocated, with the figure. No test here fills memory: the limit
 * is pretended. */
#include "base/memory.h"
#include "base/memory_limit.h"
#include "base/number.h"
#include "file/bytes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "folder.h"
#include "written.h"

static const size_t MB = 1000000, GB = 1000000000;

static int own_limit(void **state) {
    (void)state;
    sg_pretend_memory(0);
    return 0;
}

static void bytes_are_written_as_people_read_them(void **state) {
    (void)state;
    static const struct {
        double bytes;
        const char *text;
    } cases[] = {{0, "0 bytes"},      {999, "999 bytes"},   {1000, "1.00 kB"},   {9996, "10.0 kB"},
                 {68.9e9, "68.9 GB"}, {999.7e6, "1.00 GB"}, {123.4e6, "123 MB"}, {9.99e6, "9.99 MB"},
                 {99.96e9, "100 GB"}, {1e18, "1.00 EB"},    {2e22, "20000 EB"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[32];
        sg_format_bytes(text, sizeof text, cases[i].bytes);
        assert_string_equal(text, cases[i].text);
    }
}

/* ------------------------------------------------------------------------------------------------- the limits */

static void put_text(const char *name, const char *text) {
    put_file(in_folder(name), text, strlen(text));
}

static void make_folders(const char *const *names, size_t count) {
    for (size_t i = 0; i < count; i++)
        assert_int_equal(sg_make_folder(in_folder(names[i])), SG_OK);
}

static size_t group_limit(const char *groups) {
    put_text("cgroup", groups);
    return sg_control_group_limit(in_folder("cgroup"), in_folder("sys"));
}

static void control_groups_limit(void **state) {
    (void)state;
    static const char *const folders[] = {"sys/user/one", "sys/memory/job/step"};
    make_folders(folders, 2);
    assert_true(group_limit("0::/user/one\n") == SIZE_MAX);
    put_text("sys/user/one/memory.max", "max\n");
    assert_true(group_limit("0::/user/one\n") == SIZE_MAX);
    put_text("sys/user/one/memory.max", "3000\n");
    assert_int_equal(group_limit("0::/user/one\n"), 3000);
    put_text("sys/user/memory.max", "2000\n"); /* of a group above */
    assert_int_equal(group_limit("0::/user/one\n"), 2000);
    assert_true(group_limit("0::/\n") == SIZE_MAX);
    put_text("sys/memory.max", "5000\n"); /* a container that sees itself as the root */
    assert_int_equal(group_limit("0::/not/seen/here\n"), 5000);
    put_text("sys/memory/job/step/memory.limit_in_bytes", "700\n");
    put_text("sys/memory/job/memory.limit_in_bytes", "9223372036854771712\n");
    assert_int_equal(group_limit("5:cpu,cpuacct:/job\n4:memory:/job/step\n0::/\n"), 700);
    assert_int_equal(group_limit("4:memory:/job\n0::/user/one\n"), 2000);
    assert_true(group_limit("nonsense\n4:memory\n\n") == SIZE_MAX);
    assert_true(sg_control_group_limit(in_folder("absent"), in_folder("sys")) == SIZE_MAX);
}

static void own_limits_count(void **state) {
    (void)state;
    static const int resources[] = {RLIMIT_AS, RLIMIT_DATA};
    for (int i = 0; i < 2; i++) {
        struct rlimit before, lower;
        size_t machine = sg_memory_limit();
        assert_int_equal(getrlimit(resources[i], &before), 0);
        lower = before;
        lower.rlim_cur = machine / 2;
        assert_int_equal(setrlimit(resources[i], &lower), 0);
        size_t limit = sg_memory_limit();
        sg_status status = sg_check_memory(machine, "it", "use less");
        assert_int_equal(setrlimit(resources[i], &before), 0);
        assert_int_equal(limit, machine / 2);
        assert_int_equal(status, SG_MEMORY);
        assert_message_has(i == 0 ? ", but ulimit -v allows this process " : ", but ulimit -d allows this process ");
    }
}

static void the_figure_is_told(void **state) {
    (void)state;
    sg_pretend_memory(25200 * MB);
    assert_int_equal(sg_check_memory(25200 * MB, "it", "use less"), SG_OK);
    assert_int_equal(sg_check_memory(68900 * MB, "it", "use less"), SG_MEMORY);
    assert_string_equal(sg_error_message(), "it needs 68.9 GB, but this machine has 25.2 GB: use less");
}

/* --------------------------------------------------------------------------------------------- what is refused */

static void arrays_are_refused(void **state) {
    (void)state;
    sg_pretend_memory(20 * MB);
    free(sg_array(19 * MB, 1));
    assert_null(sg_array(5 * MB, 8));
    assert_message_has("an array needs 40.0 MB, but this machine has 20.0 MB: ");
    assert_null(sg_array(SIZE_MAX / 2, 4));
    assert_message_has("an array needs more bytes than memory can address: ");
    sg_arena arena = {0};
    sg_arena_take(&arena, 50 * MB, 1);
    assert_int_equal(sg_arena_open(&arena), SG_MEMORY);
    assert_message_has("50.0 MB");
}

static void files_are_refused(void **state) {
    (void)state;
    uint8_t *bytes;
    size_t size;
    put_text("ten", "ten bytes.");
    sg_pretend_memory(5);
    assert_int_equal(sg_bytes_read(in_folder("ten"), 100, &bytes, &size), SG_MEMORY);
    assert_message_has("/ten needs 12 bytes, but this machine has 5 bytes");
}

static sg_config *config_of(const char *const settings[][2]) {
    sg_config *config;
    assert_int_equal(sg_config_create(&config), SG_OK);
    for (size_t i = 0; settings[i][0]; i++)
        if (sg_config_set(config, settings[i][0], settings[i][1]) != SG_OK)
            fail_msg("%s", sg_error_message());
    return config;
}

static void networks_are_refused(void **state) {
    (void)state;
    static const char *const settings[][2] = {{"layers.0.size", "65536"},
                                              {"layers.0.recurrent.from", "own"},
                                              {"layers.1.size", "2"},
                                              {NULL}};
    sg_config *config = config_of(settings);
    sg_network *network;
    sg_pretend_memory(15 * GB);
    assert_int_equal(sg_network_create(config, 50, &network), SG_MEMORY);
    assert_null(network);
    assert_message_has("the network needs 17.2 GB, but this machine has 15.0 GB: use smaller layers");
    sg_config_free(config);
}

/* The network fits, its gradients and buffers do not. */
static void trainers_and_evaluations_are_refused(void **state) {
    (void)state;
    static const char *const settings[][2] = {{"layers.0.size", "2000"},
                                              {"layers.1.size", "2"},
                                              {"steps", "1000"},
                                              {NULL}};
    const uint64_t first[2] = {0, 1};
    const uint16_t step = 3;
    const uint32_t channel = 1, label = 0, sample = 0;
    const sg_events_view view = {.samples = 1,
                                 .steps = 1000,
                                 .channels = 5,
                                 .classes = 2,
                                 .first = first,
                                 .step = &step,
                                 .channel = &channel,
                                 .label = &label};
    sg_config *config = config_of(settings);
    sg_network *network;
    sg_trainer *trainer;
    sg_events *events;
    sg_evaluation result = SG_SIZED(sg_evaluation);
    assert_int_equal(sg_network_create(config, 5, &network), SG_OK);
    assert_int_equal(sg_events_create(&view, &events), SG_OK);
    sg_pretend_memory(2 * MB);
    assert_int_equal(sg_trainer_create(network, config, 2, &trainer), SG_MEMORY);
    assert_null(trainer);
    assert_message_has("the trainer of this network needs ");
    assert_message_has(", but this machine has 2.00 MB: use smaller layers, fewer threads");
    assert_int_equal(sg_evaluate(network, config, events, &sample, 1, 2, &result, NULL, NULL), SG_MEMORY);
    assert_message_has("the evaluation needs ");
    sg_pretend_memory(0);
    assert_int_equal(sg_evaluate(network, config, events, &sample, 1, 2, &result, NULL, NULL), SG_OK);
    sg_events_free(events);
    sg_network_free(network);
    sg_config_free(config);
}

/* Alone each of network, trainer and events fits; together they do not. */
static void runs_are_refused_as_a_whole(void **state) {
    (void)state;
    static const char *const settings[][2] = {
        {"data.set", "patterns"},  {"data.split", "shuffled"}, {"data.classes", "2"}, {"data.samples", "5"},
        {"layers.0.size", "2000"}, {"layers.1.size", "2"},     {"batch", "2"},        {NULL}};
    sg_config *config = config_of(settings);
    sg_memory_plan plan = SG_SIZED(sg_memory_plan);
    sg_run_options options = SG_SIZED(sg_run_options);
    options.dir = in_folder("run");
    options.threads = 1;
    assert_int_equal(sg_memory(config, 1, &plan), SG_OK);
    sg_pretend_memory(plan.parameters + plan.slices + plan.workspaces + plan.events);
    assert_int_equal(sg_run(config, &options, NULL), SG_MEMORY);
    assert_message_has("training needs ");
    assert_false(sg_file_exists(in_folder("run")));
    sg_config_free(config);
}

static void drawn_sets_are_refused(void **state) {
    (void)state;
    static const char *const sets[] = {"patterns", "randman"};
    for (int i = 0; i < 2; i++) {
        const char *const settings[][2] = {{"data.set", sets[i]},
                                           {"data.split", "shuffled"},
                                           {"data.classes", "20"},
                                           {"data.samples", "1000000"},
                                           {"data.channels", "65536"},
                                           {"layers.0.size", "20"},
                                           {NULL}};
        sg_config *config = config_of(settings);
        sg_data *data;
        sg_memory_plan plan = SG_SIZED(sg_memory_plan);
        assert_int_equal(sg_data_open(config, &data), SG_MEMORY);
        assert_message_has("the data set that is to be drawn needs ");
        assert_message_has("TB, but ");
        assert_int_equal(sg_memory(config, 1, &plan), SG_MEMORY);
        sg_config_free(config);
    }
}

static void spikes_of_an_image_are_refused(void **state) {
    (void)state;
    static const uint8_t image[100 * 100] = {[0] = 255};
    static uint8_t white[100 * 100];
    const uint8_t label = 0;
    memset(white, 255, sizeof white);
    const sg_data_config rate = {.encoder = 2, .encoder_max_rate = 1000};
    assert_string_equal(sg_encoder_at(rate.encoder)->head.name, "rate");
    const sg_encoding encoding = {
        .config = &rate, .steps = 1000, .width = 100, .height = 100, .classes = 1, .dt_ms = 1};
    const sg_image_block dark[SG_IMAGE_PARTS] = {{image, &label, 1}}, bright[SG_SPLITS] = {{white, &label, 1}};
    sg_events *events;
    sg_pretend_memory(10 * MB);
    assert_int_equal(encode_images(&encoding, bright, &events), SG_MEMORY);
    assert_null(events);
    assert_message_has("the list of one sample's spikes needs ");
    assert_int_equal(encode_images(&encoding, dark, &events), SG_OK);
    sg_events_free(events);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_are_written_as_people_read_them),
        cmocka_unit_test(control_groups_limit),
        cmocka_unit_test(own_limits_count),
        cmocka_unit_test_teardown(the_figure_is_told, own_limit),
        cmocka_unit_test_teardown(arrays_are_refused, own_limit),
        cmocka_unit_test_teardown(files_are_refused, own_limit),
        cmocka_unit_test_teardown(networks_are_refused, own_limit),
        cmocka_unit_test_teardown(trainers_and_evaluations_are_refused, own_limit),
        cmocka_unit_test_teardown(runs_are_refused_as_a_whole, own_limit),
        cmocka_unit_test(drawn_sets_are_refused),
        cmocka_unit_test_teardown(spikes_of_an_image_are_refused, own_limit),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
