/* Versions, statuses, messages, and structs that begin with their size. */
#include "common.h"

#include <stdio.h>
#include <string.h>

static void versions_agree(void) {
    char text[32];
    CHECK(sg_version_number() == SG_VERSION_NUMBER);
    CHECK(SG_VERSION_NUMBER == SG_VERSION_MAJOR * 10000 + SG_VERSION_MINOR * 100 + SG_VERSION_PATCH);
    snprintf(text, sizeof text, "%d.%d.%d", SG_VERSION_MAJOR, SG_VERSION_MINOR, SG_VERSION_PATCH);
    CHECK(strcmp(text, sg_version()) == 0 && strcmp(text, SG_VERSION) == 0);
}

/* Each status has the number that the header gave it first, and words of its own. */
static void statuses_keep_their_numbers(void) {
    const sg_status all[] = {SG_OK,   SG_IO_ERROR, SG_MEMORY,   SG_ARGUMENT, SG_CONFIG,
                             SG_DATA, SG_MODEL,    SG_DIVERGED, SG_STOPPED};
    for (int i = 0; i < 9; i++) {
        CHECK((int)all[i] == i);
        CHECK(strlen(sg_status_text(all[i])) > 0);
        for (int j = 0; j < i; j++)
            CHECK(strcmp(sg_status_text(all[i]), sg_status_text(all[j])) != 0);
    }
}

static void a_failure_leaves_a_message_and_null(void) {
    sg_config *config = (sg_config *)&config;
    REFUSED(sg_config_load("notebok", &config), SG_CONFIG, "notebook");
    CHECK(config == NULL);
    sg_config_free(NULL);
}

static void count_warning(void *user, const char *text) {
    int *count = user;
    *count += strstr(text, "data.validation") != NULL;
}

/* A key of an older version is read with a warning, and only while there is somebody to hear it. */
static void warnings_have_a_handler(void) {
    int count = 0;
    char value[SG_VALUE_TEXT];
    sg_config *config;
    OK(sg_config_create(&config));
    sg_set_warning_handler(count_warning, &count);
    OK(sg_config_set(config, "data.held_out", "0.25"));
    CHECK(count == 1);
    sg_set_warning_handler(NULL, NULL);
    OK(sg_config_set(config, "data.held_out", "0.125"));
    CHECK(count == 1);
    OK(sg_config_get(config, "data.validation", value, sizeof value));
    CHECK(strcmp(value, "0.125") == 0);
    sg_config_free(config);
}

static void words_have_a_nearest(void) {
    const char *const known[] = {"adam", NULL, "adamw", "rmsprop"};
    CHECK(strcmp(sg_nearest("rmsporp", known, 4), "rmsprop") == 0);
    CHECK(strcmp(sg_nearest("adma", known, 4), "adam") == 0);
    CHECK(sg_nearest("gradient", known, 4) == NULL);
}

/* Fills a struct of `bytes` bytes with 0x5a, but its size with `size`. */
static void fill(void *value, size_t bytes, size_t size) {
    memset(value, 0x5a, bytes);
    memcpy(value, &size, sizeof size);
}

/* Whether bytes from `from` on, of `bytes`, are as `fill` left them. */
static bool untouched(const void *value, size_t from, size_t bytes) {
    const unsigned char *byte = value;
    for (size_t i = from; i < bytes; i++)
        if (byte[i] != 0x5a)
            return false;
    return true;
}

/* Makes a call with a struct of an older version that ended before `field`. What is before it is filled, what is behind
 * it stays. Then makes it with no size. */
#define SHORTER(type, field, value, call)                                                                              \
    do {                                                                                                               \
        fill(&(value), sizeof(value), offsetof(type, field));                                                          \
        OK(call);                                                                                                      \
        CHECK(!untouched(&(value), sizeof(size_t), offsetof(type, field)));                                            \
        CHECK(untouched(&(value), offsetof(type, field), sizeof(value)));                                              \
        fill(&(value), sizeof(value), 0);                                                                              \
        REFUSED(call, SG_ARGUMENT, "size");                                                                            \
        CHECK(untouched(&(value), sizeof(size_t), sizeof(value)));                                                     \
    } while (0)

static sg_status option_status(sg_option_info *info) {
    return sg_option_at(0, info) ? SG_OK : SG_ARGUMENT;
}

static void shorter_structs_are_filled_as_far_as_they_go(void) {
    sg_layer_info layer;
    sg_group_info group;
    sg_batch_result batch;
    sg_evaluation evaluation;
    sg_memory_plan plan;
    sg_stage_info stage;
    sg_option_info option;
    sg_config *set;
    subject work;
    open_subject(&work, plain, 1);
    set = make_config("{steps: 20, data: {set: patterns, split: shuffled}, layers: [{size: 10}]}");
    SHORTER(sg_layer_info, in, layer, sg_network_layer(work.network, 0, &layer));
    SHORTER(sg_group_info, rows, group, sg_network_group(work.network, 0, 0, &group));
    SHORTER(sg_batch_result, correct, batch, sg_trainer_step(work.trainer, work.events, work.samples, SAMPLES, &batch));
    CHECK(sg_trainer_steps(work.trainer) == 1);
    SHORTER(sg_evaluation, loss, evaluation,
            sg_evaluate(work.network, work.config, work.events, work.samples, SAMPLES, 1, &evaluation, NULL, NULL));
    SHORTER(sg_memory_plan, images, plan, sg_memory(set, 1, &plan));
    SHORTER(sg_stage_info, bytes, stage, sg_plan_layer(work.config, (sg_shape){INPUTS, 1, 1}, 1, 0, 0, &stage));
    SHORTER(sg_option_info, low, option, option_status(&option));
    sg_config_free(set);
    close_subject(&work);
}

/* Of options that end before `data` the pointer behind is not looked at; a result that ends before `last` keeps the
 * rest. */
static void shorter_structs_are_read_as_far_as_they_go(void) {
    sg_run_options options;
    sg_run_result result;
    sg_config *config = make_config("{epochs: 1, steps: 20, data: {set: patterns, split: shuffled, samples: 5, "
                                    "classes: 2}, layers: [{size: 2}]}");
    fill(&options, sizeof options, offsetof(sg_run_options, data));
    memset((char *)&options + sizeof(size_t), 0, offsetof(sg_run_options, data) - sizeof(size_t));
    SHORTER(sg_run_result, best, result, sg_run(config, &options, &result));
    CHECK(result.size == 0);
    options.size = 0;
    REFUSED(sg_run(config, &options, NULL), SG_ARGUMENT, "size");
    sg_config_free(config);
}

static sg_download_end refuse(void *user, const char *url, const char *path, uint64_t limit, char *reason,
                              size_t reason_size) {
    int *count = user;
    *count += strncmp(url, "http", 4) == 0 && strstr(path, ".part") && limit > 0;
    snprintf(reason, reason_size, "no network here");
    return SG_DOWNLOAD_REFUSED;
}

static void downloads_have_a_handler(void) {
    int count = 0;
    sg_set_download_handler(refuse, &count);
    REFUSED(sg_fetch("mnist", in_folder("fetched"), NULL, NULL, NULL), SG_IO_ERROR, "no network here");
    sg_set_download_handler(NULL, NULL);
    CHECK(count > 0);
}

const test_case contract_cases[] = {
    {"versions agree", versions_agree},
    {"statuses keep their numbers", statuses_keep_their_numbers},
    {"a failure leaves a message and NULL", a_failure_leaves_a_message_and_null},
    {"warnings have a handler", warnings_have_a_handler},
    {"downloads have a handler", downloads_have_a_handler},
    {"words have a nearest", words_have_a_nearest},
    {"shorter structs are filled as far as they go", shorter_structs_are_filled_as_far_as_they_go},
    {"shorter structs are read as far as they go", shorter_structs_are_read_as_far_as_they_go},
    {NULL, NULL},
};
