#include "data/dataset.h"

#include "base/memory_limit.h"
#include "base/number.h"
#include "base/random.h"
#include "data/augment.h"
#include "data/images.h"
#include "data/synthetic.h"
#include "file/bytes.h"

#include <math.h>
#include <stdlib.h>

static sg_encoding encoding_of(const sg_data_config *config, const sg_data_request *need, const sg_images *images) {
    return (sg_encoding){.config = config,
                         .steps = need->steps,
                         .width = images->width,
                         .height = images->height,
                         .classes = need->classes,
                         .dt_ms = need->dt_ms,
                         .seed = need->seed};
}

/* Encodes the training files and then the test files into one store; *standard_train is the number of the former. */
static sg_status encode_images(const sg_data_config *config, const sg_data_request *need, sg_events **events,
                               size_t *standard_train) {
    sg_images images;
    SG_TRY(sg_images_open(config, need->classes, &images));
    *standard_train = images.blocks[SG_TRAIN].count;
    const sg_encoding encoding = encoding_of(config, need, &images);
    sg_status status = sg_encode_images(&encoding, images.blocks, SG_SPLITS, events);
    sg_images_close(&images);
    return status;
}

/* Sets that are one part. */
static sg_status check_split(const sg_data_config *config, const char *what) {
    if (config->split == SG_SPLIT_STANDARD)
        return sg_fail(SG_CONFIG, "data.split: standard, but %s: use split: shuffled", what);
    return SG_OK;
}

static sg_status load_events(const sg_data_config *config, sg_events **events) {
    SG_TRY(check_split(config, "an events file is one part"));
    if (!sg_file_exists(config->file))
        return sg_fail(SG_DATA,
                       "%s: there is no such file: put the spike events there, or name their file "
                       "(data.file, or --data FILE)",
                       config->file);
    return sg_events_load(config->file, events);
}

/* Before all is drawn, which takes its time: the bytes to be expected. */
static sg_status check_drawn_memory(const sg_synthetic_request *drawing) {
    const sg_data_config *config = drawing->config;
    double samples = (double)config->classes * (double)config->samples, events = samples * (double)config->channels;
    if (config->set == SG_SET_PATTERNS)
        events *= drawing->steps * fmin(1, config->rate_hz * drawing->dt_ms / 1000) * (1 - config->noise_drop);
    double bytes =
        samples * (double)sg_events_bytes(1, 0) + events * (double)(sg_events_bytes(0, 1) - sg_events_bytes(0, 0));
    return sg_check_memory(bytes < (double)SIZE_MAX ? (size_t)bytes : SIZE_MAX, "the data set that is to be drawn",
                           "lower data.samples, data.classes, data.channels or steps");
}

static sg_status draw_set(const sg_data_config *config, const sg_data_request *need, sg_events **events) {
    const sg_synthetic_request drawing = {config, need->steps, need->dt_ms, need->seed};
    SG_TRY(check_split(config, "a set that is drawn is one part"));
    if (config->classes > need->classes)
        return sg_fail(SG_CONFIG,
                       "data.classes: %lld, but the network's last layer has %u neurons: use at most as many classes",
                       (long long)config->classes, need->classes);
    SG_TRY(check_drawn_memory(&drawing));
    if (config->set == SG_SET_RANDMAN) {
        SG_TRY(sg_make_randman(&drawing, events));
    } else {
        SG_TRY(sg_rate_check("patterns.rate", config->rate_hz, need->dt_ms));
        SG_TRY(sg_make_patterns(&drawing, events));
    }
    (*events)->dt_ms = need->dt_ms;
    return SG_OK;
}

/* A share of `count` samples, rounded, must leave some on either side. */
static sg_status take_share(const char *key, const char *what, double share, size_t count, size_t *taken) {
    char text[32];
    if (count < 2)
        return sg_fail(SG_DATA, "%s: %zu %s cannot be divided: use more data", key, count, what);
    *taken = (size_t)(share * (double)count + 0.5);
    if (*taken > 0 && *taken < count)
        return SG_OK;
    sg_format_number(text, sizeof text, share);
    return sg_fail(SG_CONFIG, "%s: %s of %zu %s is %s: use a %s share", key, text, count, what,
                   *taken ? "all of them" : "none", *taken ? "smaller" : "larger");
}

/* Takes the last of the training part out of it, after a shuffle that is drawn from the seed. */
static sg_status hold_out(sg_data *data, const sg_data_config *config, uint64_t seed) {
    size_t count = data->train_count, held = 0;
    if (config->held_out == 0)
        return SG_OK;
    SG_TRY(take_share("data.held_out", "training samples", config->held_out, count, &held));
    sg_random_shuffle(data->order, count, seed, SG_STREAM_HELD_OUT);
    data->held_count = held;
    data->train_count = count - held;
    return SG_OK;
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
        SG_TRY(take_share("data.train_fraction", "samples", config->train_fraction, samples, &data->train_count));
    }
    if (data->train_count == 0 || data->train_count == samples)
        return sg_fail(SG_DATA, "%zu samples, of which %zu are to train: both parts need 1 or more", samples,
                       data->train_count);
    return hold_out(data, config, seed);
}

static sg_status fill(sg_data *data, const sg_data_config *config, const sg_data_request *need) {
    size_t standard_train = 0;
    if (config->set == SG_SET_EVENTS)
        SG_TRY(load_events(config, &data->events));
    else if (config->set == SG_SET_RANDMAN || config->set == SG_SET_PATTERNS)
        SG_TRY(draw_set(config, need, &data->events));
    else
        SG_TRY(encode_images(config, need, &data->events, &standard_train));
    if (data->events->samples > UINT32_MAX)
        return sg_fail(SG_DATA, "%zu samples, expected at most %u", data->events->samples, UINT32_MAX);
    SG_TRY(sg_augment_check(config, data->events));
    return split(data, config, need->seed, standard_train);
}

sg_status sg_data_make(const sg_data_config *config, const sg_data_request *need, sg_data **out) {
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

/* Sets that must be made to be measured. */
static sg_status measure_made(const sg_data_config *config, const sg_data_request *need, sg_data_size *size) {
    sg_data *data;
    SG_TRY(sg_data_make(config, need, &data));
    const sg_events *events = data->events;
    *size = (sg_data_size){
        .channels = events->channels,
        .events = sg_events_bytes(events->samples, events->first[events->samples]),
    };
    sg_data_free(data);
    return SG_OK;
}

sg_status sg_data_measure(const sg_data_config *config, const sg_data_request *need, sg_data_size *size) {
    sg_images images;
    uint64_t count;
    if (config->set > SG_SET_IDX)
        return measure_made(config, need, size);
    SG_TRY(sg_images_open(config, need->classes, &images));
    const sg_encoding encoding = encoding_of(config, need, &images);
    size_t samples = images.blocks[SG_TRAIN].count + images.blocks[SG_TEST].count;
    sg_status status = sg_count_events(&encoding, images.blocks, SG_SPLITS, &count);
    if (status == SG_OK)
        *size = (sg_data_size){
            .channels = sg_encoding_channels(&encoding),
            .images = samples * images.width * images.height,
            .events = sg_events_bytes(samples, count),
        };
    sg_images_close(&images);
    return status;
}

sg_data_view sg_data_get(const sg_data *data) {
    return (sg_data_view){
        .events = data->events,
        .train = data->order,
        .held = data->order + data->train_count,
        .test = data->order + data->train_count + data->held_count,
        .train_count = data->train_count,
        .held_count = data->held_count,
        .test_count = data->events->samples - data->train_count - data->held_count,
    };
}

void sg_data_free(sg_data *data) {
    if (!data)
        return;
    sg_events_free(data->events);
    free(data->order);
    free(data);
}
