/* A training step allocates nothing. The linker hands every allocation of the library to the counters here. */
#include "surgrad.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static atomic_int allocations;

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);

void *__wrap_malloc(size_t size) {
    allocations++;
    return __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size) {
    allocations++;
    return __real_calloc(count, size);
}

void *__wrap_realloc(void *memory, size_t size) {
    allocations++;
    return __real_realloc(memory, size);
}

void *__wrap_aligned_alloc(size_t alignment, size_t size) {
    allocations++;
    return __real_aligned_alloc(alignment, size);
}

static void check_steps(const char *size) {
    const uint64_t first[3] = {0, 3, 5};
    const uint16_t step[5] = {0, 1, 4, 2, 9};
    const uint32_t channel[5] = {3, 0, 2, 1, 3}, label[2] = {0, 1}, samples[2] = {0, 1};
    const sg_events_view view = {2, 10, 200, 2, first, step, channel, label};
    sg_events *events;
    sg_config *config;
    sg_network *network;
    sg_trainer *trainer;
    sg_batch_result batch;
    assert_int_equal(sg_events_create(&view, &events), SG_OK);
    assert_int_equal(sg_config_create(&config), SG_OK);
    sg_config_set(config, "steps", "10");
    sg_config_set(config, "layers.0.size", size);
    sg_config_set(config, "layers.1.size", "2");
    sg_config_set(config, "optimiser.amsgrad", "true");
    assert_int_equal(sg_network_create(config, 200, &network), SG_OK);
    assert_int_equal(sg_trainer_create(network, config, 3, &trainer), SG_OK);
    int before = allocations;
    assert_true(before > 0);
    for (int b = 0; b < 50; b++)
        assert_int_equal(sg_trainer_step(trainer, events, samples, 2, &batch), SG_OK);
    assert_int_equal(allocations, before);
    sg_trainer_free(trainer);
    sg_network_free(network);
    sg_config_free(config);
    sg_events_free(events);
}

/* The second is trained block by block: learn/wide.h. */
static void a_step_allocates_nothing(void **state) {
    (void)state;
    check_steps("20");
    check_steps("6000");
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_step_allocates_nothing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
