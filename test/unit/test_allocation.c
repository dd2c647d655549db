/* A training step allocates nothing. The linker hands every allocation of the library to the counters here. */
#include "data/events.h"

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
void __real_free(void *memory);
void __wrap_free(void *memory);

/* One block is not given back when it is freed, but handed out again to the next who asks for as much, as some
 * allocators do with any block. */
static struct {
    void *block;
    size_t size;
    bool is_free;
} recycled;

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
    if (recycled.is_free && size == recycled.size) {
        recycled.is_free = false;
        return recycled.block;
    }
    return __real_aligned_alloc(alignment, size);
}

void __wrap_free(void *memory) {
    if (memory && memory == recycled.block)
        recycled.is_free = true;
    else
        __real_free(memory);
}

/* Steps of a network in the place of whose first layer these options are set, each KEY and VALUE; on spikes, or on the
 * numbers `value` (5). */
static void check_steps_on(const float *value, sg_shape shape, const char *const options[][2], size_t count) {
    const uint64_t first[3] = {0, 3, 5};
    const uint16_t step[5] = {0, 1, 4, 2, 9};
    const uint32_t channel[5] = {3, 0, 2, 1, 3}, label[2] = {0, 1}, samples[2] = {0, 1};
    const sg_events_view view = {2, 10, 200, 2, first, step, channel, label, 1, shape, NULL};
    sg_events_details details = SG_SIZED(sg_events_details);
    sg_events *events;
    sg_config *config;
    sg_network *network;
    sg_trainer *trainer;
    sg_batch_result batch = SG_SIZED(sg_batch_result);
    details.value = value;
    assert_int_equal(sg_events_create_detailed(&view, &details, &events), SG_OK);
    assert_int_equal(sg_config_create(&config), SG_OK);
    sg_config_set(config, "steps", "10");
    for (size_t i = 0; i < count; i++)
        assert_int_equal(sg_config_set(config, options[i][0], options[i][1]), SG_OK);
    sg_config_set(config, "optimiser.amsgrad", "true");
    assert_int_equal(sg_network_create_shaped(config, shape, &network), SG_OK);
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

static void check_steps(sg_shape shape, const char *const options[][2], size_t count) {
    const float value[5] = {0.5f, -1, 2, 0.25f, 1};
    check_steps_on(NULL, shape, options, count);
    check_steps_on(value, shape, options, count);
}

/* The second is trained block by block: engine/blockwise.h. The third has convolutions and pools. */
static void a_step_allocates_nothing(void **state) {
    (void)state;
    static const char *const narrow[][2] = {{"layers.0.size", "20"}, {"layers.1.size", "2"}};
    static const char *const wide[][2] = {{"layers.0.size", "6000"}, {"layers.1.size", "2"}};
    static const char *const maps[][2] = {{"layers.0.link.kind", "conv2d"}, {"layers.0.link.bias", "true"},
                                          {"layers.1.link.kind", "conv2d"}, {"layers.1.link.pool", "max"},
                                          {"layers.2.size", "2"},           {"layers.2.link.pool", "avg"}};
    static const char *const added[][2] = {{"layers.0.size", "20"},
                                           {"layers.1.size", "20"},
                                           {"layers.2.size", "2"},
                                           {"layers.2.link.add", "0"}};
    static const char *const lags[][2] = {{"layers.0.size", "20"},          {"layers.0.delay.kind", "synaptic"},
                                          {"layers.0.delay.train", "true"}, {"layers.0.delay.most", "5 ms"},
                                          {"layers.1.size", "2"},           {"layers.1.delay.kind", "synaptic"}};
    static const char *const sparse[][2] = {{"layers.0.size", "20"},
                                            {"layers.0.link.kind", "sparse"},
                                            {"layers.1.size", "2"}};
    check_steps((sg_shape){200, 1, 1}, narrow, 2);
    check_steps((sg_shape){200, 1, 1}, sparse, 3);
    check_steps_on(NULL, (sg_shape){200, 1, 1}, lags, 6); /* numbers have no delays */
    check_steps((sg_shape){200, 1, 1}, added, 4);
    check_steps((sg_shape){200, 1, 1}, wide, 2);
    check_steps((sg_shape){2, 10, 10}, maps, 6);
}

enum { STEPS = 30, CHANNELS = 20 };

/* A store of one sample, whose first `count` places, step after step, hold a spike. */
static sg_events *full_events(size_t count) {
    uint16_t step[STEPS * CHANNELS];
    uint32_t channel[STEPS * CHANNELS], label = 0;
    const uint64_t first[2] = {0, count};
    sg_events *events;
    for (size_t e = 0; e < count; e++) {
        step[e] = (uint16_t)(e / CHANNELS);
        channel[e] = (uint32_t)(e % CHANNELS);
    }
    const sg_events_view view = {1, STEPS, CHANNELS, 2, first, step, channel, &label, 0, {0, 0, 0}, NULL};
    assert_int_equal(sg_events_create(&view, &events), SG_OK);
    return events;
}

static void find_gradient(sg_trainer *trainer, const sg_events *events, float gradient[CHANNELS * 2]) {
    const uint32_t sample = 0;
    sg_batch_result batch = SG_SIZED(sg_batch_result);
    assert_int_equal(sg_trainer_gradient(trainer, events, &sample, 1, &batch), SG_OK);
    assert_int_equal(sg_trainer_get_gradient(trainer, 0, gradient), SG_OK);
}

/* A short sample, and then a long one in a store at the same address: the gradient is that of a trainer which never saw
 * the first. Afterwards there is room for both. */
static void check_recycled(const char *key) {
    float fresh[CHANNELS * 2], again[CHANNELS * 2];
    sg_config *config;
    sg_network *network;
    sg_trainer *trainer, *other;
    assert_int_equal(sg_config_create(&config), SG_OK);
    sg_config_set(config, "steps", "30");
    sg_config_set(config, "layers.0.size", "2");
    sg_config_set(config, key, "0.25");
    assert_int_equal(sg_network_create(config, CHANNELS, &network), SG_OK);
    assert_int_equal(sg_trainer_create(network, config, 1, &trainer), SG_OK);
    assert_int_equal(sg_trainer_create(network, config, 1, &other), SG_OK);

    sg_events *before = full_events(3);
    recycled.block = before;
    recycled.size = (sizeof *before + SG_ALIGNMENT - 1) / SG_ALIGNMENT * SG_ALIGNMENT;
    find_gradient(trainer, before, again);
    sg_events_free(before);
    sg_events *events = full_events(STEPS * CHANNELS);
    assert_ptr_equal(events, before);
    int allocated = allocations;
    find_gradient(trainer, events, again);
    assert_true(allocations > allocated);
    find_gradient(other, events, fresh);
    assert_memory_equal(again, fresh, sizeof fresh);

    sg_events *shorter = full_events(1);
    allocated = allocations;
    find_gradient(trainer, shorter, again);
    find_gradient(trainer, events, again);
    assert_int_equal(allocations, allocated);
    assert_memory_equal(again, fresh, sizeof fresh);
    sg_events_free(shorter);
    recycled.block = NULL;
    sg_events_free(events);
    sg_trainer_free(other);
    sg_trainer_free(trainer);
    sg_network_free(network);
    sg_config_free(config);
}

static void a_store_is_not_known_by_its_address(void **state) {
    (void)state;
    check_recycled("augment.drop");
    check_recycled("layers.0.link.dropout");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_step_allocates_nothing),
        cmocka_unit_test(a_store_is_not_known_by_its_address),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
