/* Networks: geometry, layers and groups, copies, and that reading needs no more than a const one. */
#include "common.h"

#include <math.h>
#include <string.h>

static void shapes_reach_the_layers(void) {
    const sg_shape in = {2, 3, 4}, none = {2, 0, 4};
    sg_layer_info layer = SG_SIZED(sg_layer_info);
    sg_config *config = make_config(plain);
    sg_network *network, *flat;
    OK(sg_network_create_shaped(config, in, &network));
    OK(sg_network_layer(network, 0, &layer));
    CHECK(memcmp(&layer.in, &in, sizeof in) == 0 && layer.inputs == 24);
    CHECK(layer.out.channels == HIDDEN && layer.out.height == 1 && layer.out.width == 1);
    OK(sg_network_create(config, INPUTS, &flat));
    CHECK(same_parameters(network, flat));
    OK(sg_network_layer(flat, 0, &layer));
    CHECK(layer.in.channels == INPUTS && layer.in.height == 1 && layer.in.width == 1);
    sg_network_free(network);
    sg_network_free(flat);
    CHECK(sg_network_create_shaped(config, none, &network) != SG_OK && network == NULL);
    sg_config_free(config);
}

static void layers_tell_what_they_are(void) {
    sg_layer_info hidden = SG_SIZED(sg_layer_info), readout = SG_SIZED(sg_layer_info);
    subject work;
    open_subject(&work, rich, 1);
    CHECK(sg_network_layers(work.network) == 2 && sg_network_steps(work.network) == STEPS);
    OK(sg_network_layer(work.network, 0, &hidden));
    OK(sg_network_layer(work.network, 1, &readout));
    CHECK(strcmp(hidden.link, "dense") == 0 && strcmp(hidden.neuron, "alif") == 0 && hidden.recurrent);
    CHECK(hidden.spiking && hidden.parameters == (INPUTS + HIDDEN + 1) * HIDDEN);
    CHECK(strcmp(readout.neuron, "li") == 0 && !readout.spiking && !readout.recurrent);
    CHECK(readout.inputs == HIDDEN && readout.neurons == CLASSES && readout.parameters == HIDDEN * CLASSES);
    REFUSED(sg_network_layer(work.network, 2, &hidden), SG_ARGUMENT, "2");
    close_subject(&work);
}

/* "weights" (I, N), "recurrent" (N, N), "bias" (1, N), each read as it was set. */
static void groups_are_read_as_set(void) {
    static const struct {
        const char *name;
        uint32_t rows;
    } expected[] = {{"weights", INPUTS}, {"recurrent", HIDDEN}, {"bias", 1}};
    static float values[INPUTS * HIDDEN], found[INPUTS * HIDDEN];
    sg_group_info group = SG_SIZED(sg_group_info);
    size_t seen = 0;
    subject work;
    open_subject(&work, rich, 1);
    for (size_t j = 0; j < INPUTS * HIDDEN; j++)
        values[j] = (float)j / 1024;
    for (size_t i = 0; sg_network_group(work.network, 0, i, &group) == SG_OK; i++)
        for (size_t k = 0; k < 3; k++)
            if (strcmp(group.name, expected[k].name) == 0) {
                CHECK(group.rows == expected[k].rows && group.columns == HIDDEN);
                OK(sg_network_set_group(work.network, 0, group.name, values));
                OK(sg_network_get_group(work.network, 0, group.name, found));
                CHECK(memcmp(values, found, sizeof *found * group.rows * group.columns) == 0);
                seen++;
            }
    CHECK(seen == 3);
    OK(sg_network_get_weights(work.network, 0, found));
    CHECK(memcmp(values, found, sizeof found) == 0);
    values[5] = -7;
    OK(sg_network_set_weights(work.network, 0, values));
    OK(sg_network_get_group(work.network, 0, "weights", found));
    CHECK(found[5] == -7);
    REFUSED(sg_network_get_group(work.network, 0, "wieghts", found), SG_ARGUMENT, "weights");
    close_subject(&work);
}

static void copies_live_on_their_own(void) {
    sg_network *copy, *first;
    subject work;
    open_subject(&work, rich, 1);
    OK(sg_network_copy(work.network, &first));
    OK(sg_network_copy(first, &copy));
    sg_network_free(first);
    CHECK(same_parameters(work.network, copy));
    train_step(&work);
    CHECK(!same_parameters(work.network, copy));
    close_subject(&work);
    CHECK(sg_network_layers(copy) == 2);
    sg_network_free(copy);
}

/* All that only reads takes a const network, as the compiler checks here, and leaves its parameters as they were. */
static void read_all(const sg_network *network, const subject *work) {
    static uint8_t raster[STEPS * HIDDEN];
    static float membrane[STEPS * HIDDEN], by_inputs[STEPS * INPUTS], values[ROOM];
    const sg_layer_record record = {0, raster, membrane, NULL, NULL};
    uint32_t predicted;
    sg_layer_info layer = SG_SIZED(sg_layer_info);
    sg_evaluation evaluation = SG_SIZED(sg_evaluation);
    sg_network *copy;
    OK(sg_network_layer(network, 0, &layer));
    CHECK(parameters_of(network, values) == layer.parameters + HIDDEN * CLASSES);
    OK(sg_network_get_weights(network, 0, values));
    OK(sg_evaluate(network, work->config, work->events, work->samples, SAMPLES, 1, &evaluation, NULL, NULL));
    OK(sg_predict(network, work->config, work->events, work->samples, 1, 1, NULL, &predicted));
    OK(sg_input_gradients(network, work->config, work->events, work->samples, 1, 1, NULL, by_inputs));
    OK(sg_network_record(network, work->events, work->samples, 1, 1, &record, 1));
    OK(sg_network_raster(network, work->events, 0, 0, raster));
    OK(sg_network_membrane(network, work->events, 0, 0, membrane));
    OK(sg_model_save(network, work->config, in_folder("const.h5")));
    OK(sg_network_copy(network, &copy));
    CHECK(evaluation.samples == SAMPLES && predicted < CLASSES && same_parameters(network, copy));
    sg_network_free(copy);
}

static void reading_leaves_a_network_alone(void) {
    sg_network *before;
    subject work;
    open_subject(&work, rich, 1);
    OK(sg_network_copy(work.network, &before));
    read_all(work.network, &work);
    CHECK(same_parameters(before, work.network));
    sg_network_free(before);
    close_subject(&work);
}

const test_case network_cases[] = {
    {"shapes reach the layers", shapes_reach_the_layers},
    {"layers tell what they are", layers_tell_what_they_are},
    {"groups are read as set", groups_are_read_as_set},
    {"copies live on their own", copies_live_on_their_own},
    {"reading leaves a network alone", reading_leaves_a_network_alone},
    {NULL, NULL},
};
