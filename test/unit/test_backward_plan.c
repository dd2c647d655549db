/* What a learning rule may hold constant on the way back: net/backward_plan.h. */
#include "engine/cpu/slice.h"
#include "net/sample_run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { STEPS = 40, INPUTS = 30 };

#define OK(call) assert_int_equal(call, SG_OK)

/* A recurrent layer below another one. */
static sg_network *make_network(void) {
    const char *yaml =
        "steps: 40\nlayers:\n"
        "  - {size: 24, recurrent: {from: own, sd: 0.3}, link: {sd: 0.5}, surrogate: {kind: fast_sigmoid}}\n"
        "  - {size: 4, link: {sd: 0.5}, surrogate: {kind: fast_sigmoid}}\n";
    sg_config *config;
    sg_network *network;
    OK(sg_config_parse("test", yaml, strlen(yaml), &config));
    OK(sg_network_create(config, INPUTS, &network));
    sg_config_free(config);
    return network;
}

static sg_spike_list make_input(uint16_t step[], uint32_t channel[]) {
    for (uint32_t e = 0; e < 2 * STEPS; e++) {
        step[e] = (uint16_t)(e / 2);
        channel[e] = (7 * e + e / 2) % (INPUTS / 2) + e % 2 * (INPUTS / 2);
    }
    return (sg_spike_list){step, channel, 2 * STEPS, 0};
}

/* The gradient of the sum of both first outputs' spikes; rows that were not touched are 0. */
static float *gradient_of(const sg_network *network, sg_backward_plan plan) {
    const sg_workspace_use use = {.readout = SG_READOUT_COUNT, .plan = plan, .backward = true, .count = 1};
    const sg_gradient gradient = {.values = calloc(network->parameter_count, sizeof(float)),
                                  .touched = calloc(network->row_count, 1)};
    const float *const by_spikes[SG_MAX_LAYERS] = {NULL};
    uint16_t step[2 * STEPS];
    uint32_t channel[2 * STEPS];
    sg_workspace workspace;
    const sg_sample_run run = {.input = {.list = make_input(step, channel)}};
    assert_true(gradient.values && gradient.touched);
    OK(sg_workspace_open(&workspace, network, use));
    sg_forward(network, &workspace, &run);
    for (size_t n = 0; n < 4; n++)
        workspace.by_values[n] = n < 2;
    sg_backward(network, &workspace, &run, by_spikes, &gradient);
    sg_workspace_close(&workspace);
    free(gradient.touched);
    return gradient.values;
}

/* How many numbers of a group differ, and how many are not 0. */
static size_t differing(const sg_group *group, const float *a, const float *b) {
    size_t count = 0;
    for (size_t j = 0; j < group->rows * sg_group_stride(group); j++)
        count += a[group->at + j] != b[group->at + j];
    return count;
}

static void inputs_held_constant_cut_the_layers(void **state) {
    sg_network *network = make_network();
    (void)state;
    float *whole = gradient_of(network, (sg_backward_plan){0});
    float *cut = gradient_of(network, (sg_backward_plan){.constant_inputs = true});
    float *zero = calloc(network->parameter_count, sizeof *zero);
    assert_non_null(zero);
    const sg_group *first = &network->layers[0].groups[0], *last = &network->layers[1].groups[0];
    assert_true(differing(first, whole, zero) > 0);
    assert_int_equal(differing(first, cut, zero), 0);
    assert_true(differing(last, cut, zero) > 0);
    assert_int_equal(differing(last, cut, whole), 0);
    free(whole);
    free(cut);
    free(zero);
    sg_network_free(network);
}

/* The recurrent weights have a gradient either way; what their spikes did to later steps has none, and so there is no
 * difference where these weights are 0. */
static void recurrence_held_constant_cuts_time(void **state) {
    sg_network *network = make_network();
    float zeros[24 * 24] = {0};
    (void)state;
    for (int i = 0; i < 2; i++) {
        float *whole = gradient_of(network, (sg_backward_plan){0});
        float *cut = gradient_of(network, (sg_backward_plan){.constant_recurrence = true});
        const sg_layer *layer = &network->layers[0];
        const size_t links = differing(&layer->groups[0], whole, cut), own = differing(&layer->groups[1], whole, cut);
        assert_true(i == 0 ? links > 0 && own > 0 : links == 0 && own == 0);
        free(whole);
        free(cut);
        OK(sg_network_set_group(network, 0, "recurrent", zeros));
    }
    sg_network_free(network);
}

/* With an array of its own for what goes on, and neurons that do not tell the two apart, nothing changes. */
static void an_array_of_its_own_is_the_same_gradient(void **state) {
    sg_network *network = make_network();
    (void)state;
    float *whole = gradient_of(network, (sg_backward_plan){0});
    float *apart = gradient_of(network, (sg_backward_plan){.projects_apart = true});
    assert_memory_equal(whole, apart, network->parameter_count * sizeof *whole);
    free(whole);
    free(apart);
    sg_network_free(network);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(inputs_held_constant_cut_the_layers),
        cmocka_unit_test(recurrence_held_constant_cuts_time),
        cmocka_unit_test(an_array_of_its_own_is_the_same_gradient),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
