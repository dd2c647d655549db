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

sg_status sg_events_get_details(const sg_events *events, sg_events_details *details) {
    sg_events_details whole = SG_SIZED(sg_events_details);
    whole.counts = events->counts;
    return sg_copy_sized(details, &whole);
}

static sg_shape shape_of(const sg_events_view *arrays) {
    const sg_shape shape = arrays->shape;
    bool is_none = shape.channels == 0 && shape.height == 0 && shape.width == 0;
    return is_none ? sg_flat_shape(arrays->channels) : shape;
}

static void copy_arrays(sg_events *events, const sg_events_view *arrays) {
    size_t count = (size_t)arrays->first[arrays->samples];
    if (count > 0) { /* without events the arrays may be NULL */
        memcpy(events->step, arrays->step, count * sizeof *events->step);
        memcpy(events->channel, arrays->channel, count * sizeof *events->channel);
    }
    memcpy(events->label, arrays->label, arrays->samples * sizeof *events->label);
    if (arrays->split)
        memcpy(events->split, arrays->split, arrays->samples * sizeof *events->split);
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
                            .has_split = arrays->split != NULL};
    sg_events *events;
    SG_TRY(sg_events_make(&head, &events));
    memcpy(events->first, arrays->first, (arrays->samples + 1) * sizeof *events->first);
    sg_status status = sg_events_reserve(events);
    if (status == SG_OK) {
        copy_arrays(events, arrays);
        status = sg_events_check(events, "events");
    }
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
