/* Event stores made of a caller's arrays, and looked at through them. */
#include "base/sized.h"
#include "data/events.h"

#include <string.h>

sg_events_view sg_events_get(const sg_events *events) {
    return (sg_events_view){
        .samples = events->samples,
        .steps = events->steps,
        .channels = events->channels,
        .classes = events->classes,
        .first = events->first,
        .step = events->step,
        .channel = events->channel,
        .label = events->label,
        .dt_ms = events->dt_ms,
        .shape = events->shape,
        .split = events->has_split ? events->split : NULL,
    };
}

static const char *const *names_of(const sg_texts *texts) {
    return texts->count > 0 ? (const char *const *)texts->items : NULL;
}

sg_status sg_events_get_details(const sg_events *events, sg_events_details *details) {
    sg_events_details whole = SG_SIZED(sg_events_details);
    whole.counts = events->counts;
    whole.value = events->value;
    whole.constant = events->constant;
    whole.class_names = names_of(&events->class_names);
    if (events->group_names.count > 0) {
        whole.group_names = names_of(&events->group_names);
        whole.groups = (uint32_t)events->group_names.count;
        whole.group = events->group;
    }
    whole.origin = names_of(&events->origins);
    whole.target = events->target;
    return sg_copy_sized(details, &whole);
}

static sg_shape shape_of(const sg_events_view *arrays) {
    const sg_shape shape = arrays->shape;
    bool is_none = shape.channels == 0 && shape.height == 0 && shape.width == 0;
    return is_none ? sg_flat_shape(arrays->channels) : shape;
}

static void copy_arrays(sg_events *events, const sg_events_view *arrays, const float *value) {
    size_t count = (size_t)arrays->first[arrays->samples];
    if (count > 0) { /* without events the arrays may be NULL */
        memcpy(events->step, arrays->step, count * sizeof *events->step);
        memcpy(events->channel, arrays->channel, count * sizeof *events->channel);
        if (value)
            memcpy(events->value, value, count * sizeof *events->value);
    }
    if (arrays->label)
        memcpy(events->label, arrays->label, arrays->samples * sizeof *events->label);
    else
        memset(events->label, 0xff, arrays->samples * sizeof *events->label); /* SG_NO_LABEL */
    if (arrays->split)
        memcpy(events->split, arrays->split, arrays->samples * sizeof *events->split);
}

static sg_status copy_texts(sg_texts *to, const char *const *from, size_t count) {
    for (size_t i = 0; from && i < count; i++)
        SG_TRY(sg_texts_add(to, from[i]));
    return SG_OK;
}

static sg_status copy_details(sg_events *events, const sg_events_details *details) {
    SG_TRY(copy_texts(&events->class_names, details->class_names, events->classes));
    SG_TRY(copy_texts(&events->group_names, details->group_names, details->groups));
    SG_TRY(copy_texts(&events->origins, details->origin, events->samples));
    if (details->group && events->samples > 0)
        memcpy(events->group, details->group, events->samples * sizeof *events->group);
    return SG_OK;
}

sg_status sg_events_create_detailed(const sg_events_view *arrays, const sg_events_details *details, sg_events **out) {
    sg_events_details whole = SG_SIZED(sg_events_details);
    *out = NULL;
    SG_TRY(sg_copy_sized(&whole, details));
    SG_TRY(sg_events_check_first(arrays->first, arrays->samples, arrays->first[arrays->samples], "events"));
    const sg_events head = {.samples = arrays->samples,
                            .steps = arrays->steps,
                            .channels = arrays->channels,
                            .classes = arrays->classes,
                            .shape = shape_of(arrays),
                            .dt_ms = arrays->dt_ms,
                            .counts = whole.counts,
                            .numbers = whole.value != NULL,
                            .constant = whole.constant,
                            .has_split = arrays->split != NULL};
    sg_events *events;
    SG_TRY(sg_events_make(&head, &events));
    events->target = whole.target ? sg_events_share(whole.target) : NULL;
    memcpy(events->first, arrays->first, (arrays->samples + 1) * sizeof *events->first);
    sg_status status = sg_events_reserve(events);
    if (status == SG_OK) {
        copy_arrays(events, arrays, whole.value);
        status = copy_details(events, &whole);
    }
    if (status == SG_OK)
        status = sg_events_check(events, "events");
    if (status == SG_OK)
        status = sg_events_measure(events);
    if (status == SG_OK)
        *out = events;
    else
        sg_events_free(events);
    return status;
}

sg_status sg_events_create(const sg_events_view *arrays, sg_events **out) {
    return sg_events_create_detailed(arrays, &SG_SIZED(sg_events_details), out);
}
