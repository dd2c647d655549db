#include "data/dataset.h"

#include "base/number.h"
#include "base/random.h"
#include "data/augment.h"

#include <stdlib.h>

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
static sg_status take_validation(sg_data *data, const sg_data_config *config, uint64_t seed) {
    size_t count = data->train_count, taken = 0;
    if (config->validation == 0)
        return SG_OK;
    SG_TRY(take_share("data.validation", "training samples", config->validation, count, &taken));
    sg_random_shuffle(data->order, count, seed, SG_STREAM_VALIDATION);
    data->validation_count = taken;
    data->train_count = count - taken;
    return SG_OK;
}

/* All samples in their order, those that are to train by the data's own split first; returns the number of these. */
static size_t order_by_split(const sg_events *events, uint32_t *order) {
    size_t at = 0, train = 0;
    for (int split = SG_TRAIN; split < SG_SPLITS; split++) {
        for (size_t s = 0; s < events->samples; s++)
            if (events->split[s] == split)
                order[at++] = (uint32_t)s;
        train = split == SG_TRAIN ? at : train;
    }
    return train;
}

static void order_all(const sg_events *events, uint32_t *order) {
    for (size_t s = 0; s < events->samples; s++)
        order[s] = (uint32_t)s;
}

static sg_status split(sg_data *data, const sg_data_config *config, uint64_t seed) {
    size_t samples = data->events->samples;
    data->order = sg_array(samples, sizeof *data->order);
    if (!data->order)
        return SG_MEMORY;
    if (config->split == SG_SPLIT_SHUFFLED) {
        order_all(data->events, data->order);
        sg_random_shuffle(data->order, samples, seed, SG_STREAM_SPLIT);
        SG_TRY(take_share("data.train_fraction", "samples", config->train_fraction, samples, &data->train_count));
    } else {
        data->train_count = order_by_split(data->events, data->order);
    }
    if (data->train_count == 0 || data->train_count == samples)
        return sg_fail(SG_DATA, "%zu samples, of which %zu are to train: both parts need 1 or more", samples,
                       data->train_count);
    data->test_count = samples - data->train_count;
    return take_validation(data, config, seed);
}

static sg_status read_events(const sg_source_request *request, sg_events **out) {
    sg_event_writer writer = {0};
    sg_status status = request->kind->read(request, &writer);
    if (status == SG_OK)
        status = sg_event_writer_take(&writer, out);
    sg_event_writer_close(&writer);
    return status;
}

static sg_source_request request_of(const sg_data_config *config, const sg_data_request *need) {
    return (sg_source_request){sg_source_at(config->set), config, *need};
}

static sg_status fill(sg_data *data, const sg_data_config *config, const sg_data_request *need) {
    const sg_source_request request = request_of(config, need);
    SG_TRY(read_events(&request, &data->events));
    if (data->events->samples > UINT32_MAX)
        return sg_fail(SG_DATA, "%zu samples, expected at most %u", data->events->samples, UINT32_MAX);
    SG_TRY(sg_augment_check(config, data->events));
    return split(data, config, need->seed);
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

sg_status sg_data_measure(const sg_data_config *config, const sg_data_request *need, sg_source_info *info) {
    const sg_source_request request = request_of(config, need);
    *info = (sg_source_info){0};
    return request.kind->measure(&request, info);
}

/* ---------------------------------------------------------------------------------------------------- from arrays */

typedef struct part {
    const char *name;
    const uint32_t *samples; /* (count) */
    size_t count;
    bool is_needed;
} part;

static sg_status check_part(const part *p, const sg_events *events) {
    if (p->is_needed && p->count == 0)
        return sg_fail(SG_ARGUMENT, "data: the %s part is empty, expected 1 sample or more", p->name);
    for (size_t s = 0; s < p->count; s++)
        if (p->samples[s] >= events->samples)
            return sg_fail(SG_ARGUMENT, "data: the %s part names sample %u, expected below %zu, those of the events",
                           p->name, p->samples[s], events->samples);
    return SG_OK;
}

static sg_status copy_parts(sg_data *data, const part *parts, size_t count) {
    size_t all = 0;
    for (size_t i = 0; i < count; i++)
        all += parts[i].count;
    data->order = sg_array(all, sizeof *data->order);
    if (!data->order)
        return SG_MEMORY;
    uint32_t *to = data->order;
    for (size_t i = 0; i < count; i++)
        for (size_t s = 0; s < parts[i].count; s++)
            *to++ = parts[i].samples[s];
    return SG_OK;
}

sg_status sg_data_create(const sg_events *events, const uint32_t *train, size_t train_count, const uint32_t *validation,
                         size_t validation_count, const uint32_t *test, size_t test_count, sg_data **out) {
    const part parts[] = {{"training", train, train_count, true},
                          {"validation", validation, validation_count, false},
                          {"test", test, test_count, true}};
    enum { PARTS = sizeof parts / sizeof *parts };
    *out = NULL;
    for (size_t i = 0; i < PARTS; i++)
        SG_TRY(check_part(&parts[i], events));
    sg_data *data = sg_array(1, sizeof *data);
    if (!data)
        return SG_MEMORY;
    *data = (sg_data){.train_count = train_count, .validation_count = validation_count, .test_count = test_count};
    data->events = sg_events_share(events);
    sg_status status = copy_parts(data, parts, PARTS);
    if (status == SG_OK)
        *out = data;
    else
        sg_data_free(data);
    return status;
}

sg_data_view sg_data_get(const sg_data *data) {
    return (sg_data_view){
        .events = data->events,
        .train = data->order,
        .validation = data->order + data->train_count,
        .test = data->order + data->train_count + data->validation_count,
        .train_count = data->train_count,
        .validation_count = data->validation_count,
        .test_count = data->test_count,
    };
}

void sg_data_free(sg_data *data) {
    if (!data)
        return;
    sg_events_free(data->events);
    free(data->order);
    free(data);
}
