/* What a run will need, and whether the machine has it. */
#include "run/plan.h"

#include "base/memory_limit.h"
#include "base/sized.h"
#include "net/stage.h"
#include "run/from_config.h"
#include "store/checkpoint.h"
#include "train/trainer.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* What the process holds in memory now, in bytes; 0 where the system does not tell. */
static size_t resident(void) {
    unsigned long size = 0, pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (!file)
        return 0;
    if (fscanf(file, "%lu %lu", &size, &pages) != 2)
        pages = 0;
    fclose(file);
    return pages * (size_t)sysconf(_SC_PAGESIZE);
}

/* The library that files are made with comes into memory with the first of them: code, tables, caches. Without it no
 * files are made. */
static sg_status make_a_file(void) {
    enum { NUMBERS = 1 << 18 };
    const uint64_t shape[1] = {NUMBERS};
    sg_h5 *file = NULL;
    if (sg_h5_need() != SG_OK)
        return SG_OK;
    float *numbers = sg_array(NUMBERS, sizeof *numbers);
    sg_status status = numbers ? sg_h5_create(&file) : SG_MEMORY;
    if (status == SG_OK)
        status = sg_h5_put(file, "numbers", SG_H5_F32, numbers, 1, shape, true);
    sg_h5_close(file);
    free(numbers);
    return status;
}

static size_t larger(size_t a, size_t b) {
    return a > b ? a : b;
}

/* Numbers of the group that has most: a file takes each without its padding. */
static size_t largest_group(const sg_network *network) {
    size_t largest = 0;
    for (size_t l = 0; l < network->layer_count; l++)
        for (size_t g = 0; g < network->layers[l].group_count; g++)
            largest = larger(largest, sg_group_count(&network->layers[l].groups[g]));
    return largest;
}

/* An evaluation has buffers of its own beside those of training. */
static size_t evaluation_bytes(sg_network *network, const sg_config *config, int threads) {
    sg_engine_request request = sg_trainer_request(network, &config->learn, &config->data, threads);
    request.trained = NULL;
    return sg_engine_default()->bytes(&request).workspaces;
}

/* Network, trainer and checkpoint of a run with input channels of this shape. */
static sg_status plan_training(const sg_config *config, sg_shape in, int threads, sg_memory_plan *plan) {
    sg_network network;
    bool unknown = sg_shape_size(in) == 0;
    if (unknown && sg_link_at(config->network.layers[0].link)->shape)
        return SG_OK; /* the data tell all shapes, and are not there */
    if (!unknown)
        SG_TRY(sg_network_check_shapes(&config->network, in));
    plan->inputs = (uint32_t)sg_shape_size(in);
    plan->in = in;
    sg_network_plan(&network, &config->network, in);
    const sg_engine_bytes bytes = sg_trainer_bytes(&network, config, threads);
    plan->parameters = bytes.arrays + network.memory.used;
    plan->slices = bytes.slices;
    plan->workspaces = bytes.workspaces;
    plan->evaluation = evaluation_bytes(&network, config, threads);
    size_t numbers = (1 + sg_optimiser_arrays(&config->learn)) * network.parameter_count + largest_group(&network);
    plan->files = numbers * sizeof(float);
    return SG_OK;
}

sg_status sg_plan_layer(const sg_config *config, sg_shape in, int threads, size_t layer, double input_spikes,
                        sg_stage_info *info) {
    sg_network network;
    SG_TRY(sg_config_check(config));
    SG_TRY(sg_network_check_shapes(&config->network, in));
    sg_network_plan(&network, &config->network, in);
    SG_TRY(sg_check_layer(&network, layer));
    const sg_engine_request request = sg_trainer_request(&network, &config->learn, &config->data, threads);
    double assumed = SG_ASSUMED_RATE * (double)network.steps * (double)network.layers[layer].link.inputs;
    double spikes = layer == 0 && input_spikes > 0 ? input_spikes : assumed;
    const sg_stage_info whole = sg_engine_default()->plan(&request, layer, spikes);
    return sg_copy_sized(info, &whole);
}

static size_t training_bytes(const sg_memory_plan *plan) {
    return plan->parameters + plan->slices + plan->workspaces + plan->evaluation + plan->files;
}

static sg_status plan_run(const sg_config *config, int threads, sg_memory_plan *plan) {
    sg_source_info data;
    plan->program = resident();
    SG_TRY(sg_config_check(config));
    SG_TRY(make_a_file());
    size_t library = larger(resident(), plan->program) - plan->program;
    const sg_data_request need = sg_config_data_request(config);
    sg_status measured = sg_data_measure(&config->data, &need, &data);
    if (measured == SG_MEMORY)
        return measured;
    uint64_t samples = data.samples[SG_TRAIN] + data.samples[SG_TEST] + data.samples[SG_VALIDATION];
    plan->images = data.held_bytes;
    plan->events = samples > 0 ? sg_events_bytes(samples, data.events, data.numbers) : 0; /* 0: not there, or not yet */
    plan->input_events = samples > 0 ? (double)data.events / (double)samples : 0;
    SG_TRY(plan_training(config, data.shape, threads, plan));
    plan->files += library;
    plan->peak = plan->program + plan->events + larger(plan->images, training_bytes(plan));
    return SG_OK;
}

sg_status sg_memory(const sg_config *config, int threads, sg_memory_plan *plan) {
    sg_memory_plan whole = SG_SIZED(sg_memory_plan);
    SG_TRY(sg_copy_sized(plan, &whole));
    SG_TRY(plan_run(config, threads, &whole));
    return sg_copy_sized(plan, &whole);
}

sg_status sg_plan_check(const sg_config *config, const sg_events *events, int threads) {
    sg_memory_plan plan = {.events = sg_events_bytes(events->samples, events->first[events->samples], events->numbers)};
    SG_TRY(plan_training(config, events->shape, threads, &plan));
    return sg_check_memory(plan.events + training_bytes(&plan), "training",
                           "use smaller layers, fewer threads, a smaller batch, or `memory:`");
}
