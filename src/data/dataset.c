#include "data/dataset.h"

#include "base/random.h"
#include "data/images.h"

#include <stdlib.h>

/* Encodes the training files and then the test files into one store; *standard_train is the number of the former. */
static sg_status encode_images(const sg_data_config *config, const sg_data_need *need, sg_events **events,
                               size_t *standard_train) {
    sg_images images;
    SG_TRY(sg_images_open(config, need->classes, &images));
    *standard_train = images.blocks[SG_TRAIN].count;
    sg_status status =
        sg_encode_images(config, need->steps, images.channels, need->classes, images.blocks, SG_PARTS, events);
    sg_images_close(&images);
    return status;
}

static sg_status load_events(const sg_data_config *config, sg_events **events, size_t *standard_train) {
    *standard_train = 0;
    if (config->split == SG_SPLIT_STANDARD)
        return sg_fail(SG_CONFIG, "data.split: standard, but an events file is one part: use split: shuffled");
    return sg_events_load(config->file, events);
}

static sg_status split(sg_data *data, const sg_data_config *config, uint64_t seed, size_t standard_train) {
    size_t samples = data->events->samples;
    data->order = sg_array(samples, sizeof *data->order);
    if (!data->order)
        return SG_MEMORY;
    for (size_t s = 0; s < samples; s++)
        data->order[s] = (uint32_t)s;
    data->train_count = standard_train;
    if (config->split == SG_SPLIT_SHUFFLED) {
        sg_random_shuffle(data->order, samples, seed, SG_STREAM_SPLIT);
        data->train_count = (size_t)(config->train_fraction * (double)samples + 0.5);
    }
    if (data->train_count == 0 || data->train_count == samples)
        return sg_fail(SG_DATA, "%zu samples, of which %zu are to train: both parts need 1 or more", samples,
                       data->train_count);
    return SG_OK;
}

static sg_status fill(sg_data *data, const sg_data_config *config, const sg_data_need *need) {
    size_t standard_train;
    if (config->set == SG_SET_EVENTS)
        SG_TRY(load_events(config, &data->events, &standard_train));
    else
        SG_TRY(encode_images(config, need, &data->events, &standard_train));
    if (data->events->samples > UINT32_MAX)
        return sg_fail(SG_DATA, "%zu samples, expected at most %u", data->events->samples, UINT32_MAX);
    return split(data, config, need->seed, standard_train);
}

sg_status sg_data_make(const sg_data_config *config, const sg_data_need *need, sg_data **out) {
    *out = NULL;
    sg_data *data = sg_array(1, sizeof *data);
    if (!data)
        return SG_MEMORY;
    sg_status status = fill(data, config, need);
    if (status == SG_OK)
        *out = data;
    else
        sg_data_free(data);
    return status;
}

static sg_status measure_events(const sg_data_config *config, sg_data_size *size) {
    sg_events *events;
    SG_TRY(sg_events_load(config->file, &events));
    *size = (sg_data_size){
        .channels = events->channels,
        .events = sg_events_bytes(events->samples, events->first[events->samples]),
    };
    sg_events_free(events);
    return SG_OK;
}

sg_status sg_data_measure(const sg_data_config *config, const sg_data_need *need, sg_data_size *size) {
    sg_images images;
    if (config->set == SG_SET_EVENTS)
        return measure_events(config, size);
    SG_TRY(sg_images_open(config, need->classes, &images));
    size_t samples = images.blocks[SG_TRAIN].count + images.blocks[SG_TEST].count;
    *size = (sg_data_size){
        .channels = images.channels,
        .images = samples * images.channels,
        .events =
            sg_events_bytes(samples, sg_count_events(config, need->steps, images.channels, images.blocks, SG_PARTS)),
    };
    sg_images_close(&images);
    return SG_OK;
}

sg_data_view sg_data_get(const sg_data *data) {
    return (sg_data_view){
        .events = data->events,
        .train = data->order,
        .test = data->order + data->train_count,
        .train_count = data->train_count,
        .test_count = data->events->samples - data->train_count,
    };
}

void sg_data_free(sg_data *data) {
    if (!data)
        return;
    sg_events_free(data->events);
    free(data->order);
    free(data);
}
