#include "data/dataset.h"

#include "data/augment.h"
#include "data/split.h"

#include <stdlib.h>

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
    return sg_split(data, config, need->seed);
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
