/* Proof of gradients, plans of memory and of stages, descriptions, and the level of the kernels. */
#include "common.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct rows {
    size_t count, recurrent, wrong;
} rows;

static void count_row(void *user, const sg_gradient_row *row) {
    rows *told = user;
    told->count++;
    told->recurrent += strcmp(row->group, "recurrent") == 0;
    told->wrong += !(row->smooth_error <= SG_SMOOTH_TOLERANCE && row->kernel_error <= SG_KERNEL_TOLERANCE);
    CHECK(row->layer < 2 && row->parameters > 0 && isfinite(row->largest));
}

static void count_rule(void *user, const sg_rule_row *row) {
    rows *told = user;
    told->count++;
    told->wrong += !row->good;
    CHECK(strlen(row->rule) > 0 && (row->refused || (row->layer < 2 && row->cosine < 1.001)));
}

static void rules_are_compared(void) {
    rows told = {0, 0, 0};
    bool good = false;
    sg_config *config = make_config(rich);
    OK(sg_check_rules(config, 1, count_rule, &told, &good));
    CHECK(good && told.wrong == 0 && told.count >= 4);
    sg_config_free(config);
}

static void gradients_are_proved(void) {
    rows told = {0, 0, 0};
    bool good = false;
    sg_config *config = make_config(rich);
    OK(sg_check_gradients(config, 1, count_row, &told, &good));
    CHECK(good && told.wrong == 0 && told.recurrent == 1 && told.count >= 4);
    sg_config_free(config);
}

/* The plan knows the data, and its parts are of the size that the network's arrays must have. */
static void memory_is_planned(void) {
    sg_memory_plan small = SG_SIZED(sg_memory_plan), large = SG_SIZED(sg_memory_plan);
    sg_config *config = make_config("{steps: 50, data: {set: patterns, split: shuffled, channels: 30, samples: 40}, "
                                    "layers: [{size: 128}, {size: 10}]}");
    const size_t parameters = 30 * 128 + 128 * 10;
    OK(sg_memory(config, 1, &small));
    CHECK(small.inputs == 30 && small.input_events > 0 && small.events > 0);
    CHECK(small.parameters >= 4 * sizeof(float) * parameters); /* adam: weights, gradient, two moments */
    CHECK(small.peak >= small.program + small.events + small.parameters + small.workspaces);
    OK(sg_config_set(config, "layers.0.size", "1280"));
    OK(sg_memory(config, 1, &large));
    CHECK(large.parameters > 9 * small.parameters && large.workspaces > small.workspaces && large.peak > small.peak);
    sg_config_free(config);
}

static void stages_are_planned(void) {
    sg_stage_info recurrent = SG_SIZED(sg_stage_info), readout = SG_SIZED(sg_stage_info);
    sg_stage_info one = SG_SIZED(sg_stage_info), ten = SG_SIZED(sg_stage_info);
    sg_config *config = make_config(rich);
    const sg_shape in = {INPUTS, 1, 1};
    OK(sg_plan_layer(config, in, 1, 0, 0, &recurrent));
    OK(sg_plan_layer(config, in, 1, 1, 0, &readout));
    CHECK(strcmp(recurrent.name, "recurrent") == 0 && recurrent.bytes >= STEPS * HIDDEN * sizeof(float));
    CHECK(strcmp(readout.name, "linear read-out") == 0 && strlen(readout.summary) > 0);
    OK(sg_plan_layer(config, in, 1, 0, 10, &one));
    OK(sg_plan_layer(config, in, 1, 0, 1000, &ten));
    CHECK(one.operations > 0 && ten.operations > one.operations && one.samples > 0);
    REFUSED(sg_plan_layer(config, in, 1, 2, 0, &one), SG_ARGUMENT, "2");
    sg_config_free(config);
}

/* Each kind of file is told as what it is, with what only that file can tell. */
static void files_are_described(void) {
    static const struct {
        const char *file, *word;
    } expected[] = {{"look-events.h5", "30"}, {"look-model.h5", "alif"}, {"look-trainer.h5", "alif"}};
    char *text;
    subject work;
    open_subject(&work, rich, 1);
    train_step(&work);
    OK(sg_events_save(work.events, in_folder("look-events.h5")));
    OK(sg_model_save(work.network, work.config, in_folder("look-model.h5")));
    OK(sg_trainer_save(work.trainer, work.config, in_folder("look-trainer.h5")));
    for (size_t i = 0; i < 3; i++) {
        OK(sg_describe_file(in_folder(expected[i].file), &text));
        CHECK(strstr(text, expected[i].word) != NULL);
        sg_free(text);
    }
    CHECK(sg_describe_file(in_folder("look-nothing"), &text) != SG_OK && text == NULL);
    close_subject(&work);
}

/* All levels of kernels give the same bits; the fastest comes back. */
static void levels_give_the_same_bits(void) {
    char *text;
    subject scalar, fastest;
    OK(sg_set_cpu("scalar"));
    open_subject(&scalar, rich, 1);
    OK(sg_set_cpu(NULL));
    open_subject(&fastest, rich, 1);
    for (int k = 0; k < 3; k++)
        CHECK(train_step(&scalar) == train_step(&fastest));
    CHECK(same_parameters(scalar.network, fastest.network));
    REFUSED(sg_set_cpu("mmx"), SG_ARGUMENT, "scalar");
    OK(sg_describe_cpu(&text));
    CHECK(strstr(text, "scalar") != NULL || strstr(text, "avx") != NULL || strstr(text, "neon") != NULL);
    sg_free(text);
    close_subject(&scalar);
    close_subject(&fastest);
}

const test_case look_cases[] = {
    {"gradients are proved", gradients_are_proved},
    {"rules are compared", rules_are_compared},
    {"memory is planned", memory_is_planned},
    {"stages are planned", stages_are_planned},
    {"files are described", files_are_described},
    {"levels give the same bits", levels_give_the_same_bits},
    {NULL, NULL},
};
