/* Rules forward in time, e-prop and DECOLLE, take the same memory for 10,000 steps as for 1,000,000: of a stream in
 * parts, and of whole samples, which have 65,535 steps at most. */
#include "surgrad.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "drawn_events.h"

enum { INPUTS = 20, PART = 1000, EVENTS = 200 };

static const char online[] = "rule: eprop\neprop: {form: online}", backward[] = "rule: eprop",
                  local[] = "rule: decolle";

static sg_config *configure(uint32_t steps, const char *rule) {
    char yaml[512];
    sg_config *config;
    snprintf(yaml, sizeof yaml,
             "steps: %u\nloss: {kind: step_ce}\n%s\ndata: {set: patterns}\nlayers:\n"
             "  - {size: 10, recurrent: {from: own}, neuron: {kind: %s}}\n  - {size: 3, neuron: {kind: li}}\n",
             steps, rule, rule == local ? "cuba_lif" : "alif");
    assert_int_equal(sg_config_parse("endless", yaml, strlen(yaml), &config), SG_OK);
    return config;
}

/* In a process of its own: `parts` parts of a stream, or one whole sample, of `steps` steps each, and a step of the
 * optimiser after each. The events of a part do not grow with its steps. */
static bool learn(uint32_t steps, uint32_t parts, const char *rule) {
    sg_config *config = configure(steps, rule);
    sg_events *events = drawn_events((drawn_sizes){1, steps, INPUTS, EVENTS});
    sg_batch_result result = SG_SIZED(sg_batch_result);
    const uint32_t first = 0;
    sg_network *network;
    sg_trainer *trainer;
    bool good = sg_network_create(config, INPUTS, &network) == SG_OK &&
                sg_trainer_create(network, config, 1, &trainer) == SG_OK;
    for (uint32_t p = 0; good && parts > 1 && p < parts; p++)
        good = sg_trainer_gradient_part(trainer, events, 0, p == 0, &result) == SG_OK &&
               sg_trainer_apply(trainer, NULL) == SG_OK;
    return good && (parts > 1 || sg_trainer_step(trainer, events, &first, 1, &result) == SG_OK);
}

/* Bytes of this process that are in memory, page by page: what the system counts by itself is off by some pages. */
static double resident(void) {
    char line[256];
    unsigned long kilobytes = 0;
    FILE *file = fopen("/proc/self/smaps_rollup", "r");
    while (file && fgets(line, sizeof line, file) && sscanf(line, "Rss: %lu kB", &kilobytes) != 1)
        ;
    if (file)
        fclose(file);
    return (double)kilobytes * 1024;
}

/* Bytes after learning, of which nothing was given back. */
static double bytes_of(uint32_t steps, uint32_t parts, const char *rule) {
    int code, ends[2];
    double bytes = 0;
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        bool good = learn(steps, parts, rule);
        bytes = resident();
        _exit(good && write(ends[1], &bytes, sizeof bytes) == sizeof bytes ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &code, 0), child);
    assert_int_equal(code, 0);
    assert_int_equal(read(ends[0], &bytes, sizeof bytes), sizeof bytes);
    close(ends[0]);
    close(ends[1]);
    if (bytes == 0)
        skip(); /* the system does not tell */
    return bytes;
}

static void expect_same(const char *what, double few, double many) {
    printf("%s: %.0f and %.0f bytes\n", what, few, many);
    if (many > 1.01 * few || few > 1.01 * many)
        fail_msg("%s: %.0f bytes, and %.0f of more steps", what, few, many);
}

static void a_stream_takes_the_memory_of_a_part(void **state) {
    (void)state;
    expect_same("10,000 and 1,000,000 steps of a stream", bytes_of(PART, 10, online), bytes_of(PART, 1000, online));
    expect_same("the same under decolle", bytes_of(PART, 10, local), bytes_of(PART, 1000, local));
}

static void a_long_sample_takes_the_memory_of_a_short_one(void **state) {
    (void)state;
    expect_same("samples of 10,000 and 65,535 steps", bytes_of(10000, 1, online), bytes_of(65535, 1, online));
    expect_same("the same under decolle", bytes_of(10000, 1, local), bytes_of(65535, 1, local));
    double few = bytes_of(10000, 1, backward), many = bytes_of(65535, 1, backward);
    if (many < 1.5 * few)
        fail_msg("backward: %.0f and %.0f bytes, but all steps are kept", few, many);
}

/* What `surgrad info` tells. */
static void the_plan_says_so(void **state) {
    (void)state;
    sg_memory_plan few = SG_SIZED(sg_memory_plan), many = SG_SIZED(sg_memory_plan);
    sg_config *config = configure(10000, online);
    assert_int_equal(sg_memory(config, 1, &few), SG_OK);
    assert_int_equal(sg_config_set(config, "steps", "65535"), SG_OK);
    assert_int_equal(sg_memory(config, 1, &many), SG_OK);
    assert_true(few.workspaces == many.workspaces && few.workspaces > 0);
    assert_true(few.evaluation == many.evaluation);
    sg_config_free(config);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stream_takes_the_memory_of_a_part),
        cmocka_unit_test(a_long_sample_takes_the_memory_of_a_short_one),
        cmocka_unit_test(the_plan_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
