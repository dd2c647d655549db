#include "run/describe_events.h"

#include "base/number.h"
#include "data/events.h"

#include <inttypes.h>
#include <stdlib.h>

enum { SHOWN = 40 }; /* classes or groups, at most; of more, the rest is counted */

static void add_size(sg_text *text, const sg_events *events) {
    const uint64_t count = events->first[events->samples];
    sg_text_add(text, "%zu samples, %u steps, %u channels, %u classes\n%" PRIu64 " %s, %.1f a sample%s\n",
                events->samples, events->steps, events->channels, events->classes, count,
                events->numbers ? "numbers" : "events", events->samples ? (double)count / (double)events->samples : 0,
                events->counts     ? "; several of a channel in a step count"
                : events->constant ? ", the same in every step"
                                   : "");
    if (sg_shape_is_image(events->shape))
        sg_text_add(text, "channels: %u x %u x %u (maps, height, width)\n", events->shape.channels,
                    events->shape.height, events->shape.width);
}

/* The length of a step, and the rate that follows from it. */
static void add_time(sg_text *text, const sg_events *events) {
    char dt[32];
    if (events->dt_ms == 0) {
        sg_text_add(text, "there is no dataset dt_ms: training takes a step to be as long as its dt\n");
        return;
    }
    const double seconds = (double)events->samples * events->steps * events->dt_ms / 1000;
    sg_format_number(dt, sizeof dt, events->dt_ms);
    sg_text_add(text, "a step is %s ms\n", dt);
    if (events->samples > 0 && !events->numbers)
        sg_text_add(text, "rate: %.3g Hz a channel, mean over all samples\n",
                    (double)events->first[events->samples] / (seconds * events->channels));
}

static void add_split(sg_text *text, const sg_events *events) {
    size_t counts[SG_SPLITS] = {0};
    for (size_t s = 0; s < events->samples; s++)
        counts[events->split[s]]++;
    if (!events->has_split)
        return;
    sg_text_add(text, "split: %zu samples to train, %zu to test", counts[SG_TRAIN], counts[SG_TEST]);
    if (counts[SG_VALIDATION] > 0)
        sg_text_add(text, ", %zu to validate", counts[SG_VALIDATION]);
    sg_text_add(text, "\n");
}

/* "samples of each class: 0 left: 12, 1 right: 13; without one: 2". `of` (samples): a number below `count`, or
 * UINT32_MAX; names may be none. */
static sg_status add_numbers(sg_text *text, const char *what, const sg_events *events, const uint32_t *of, size_t count,
                             const sg_texts *names) {
    size_t *samples = sg_array(count + 1, sizeof *samples);
    if (!samples)
        return SG_MEMORY;
    for (size_t s = 0; s < events->samples; s++)
        samples[of[s] < count ? of[s] : count]++;
    sg_text_add(text, "samples of each %s: ", what);
    for (size_t i = 0; i < count && i < SHOWN; i++) {
        const char *name = names->count > 0 ? names->items[i] : "";
        sg_text_add(text, "%s%zu%s%s: %zu", i ? ", " : "", i, *name ? " " : "", name, samples[i]);
    }
    if (count > SHOWN)
        sg_text_add(text, ", and %zu more", count - SHOWN);
    if (samples[count] > 0)
        sg_text_add(text, "; without one: %zu", samples[count]);
    sg_text_add(text, "\n");
    free(samples);
    return SG_OK;
}

static sg_status add_kinds(sg_text *text, const sg_events *events) {
    if (events->classes > 0)
        SG_TRY(add_numbers(text, "class", events, events->label, events->classes, &events->class_names));
    else
        sg_text_add(text, "no sample has a label: such data are for predictions\n");
    if (events->group_names.count > 0)
        SG_TRY(add_numbers(text, "group", events, events->group, events->group_names.count, &events->group_names));
    return SG_OK;
}

sg_status sg_describe_events(const char *path, sg_text *text) {
    sg_events *events;
    SG_TRY(sg_events_load(path, &events));
    add_size(text, events);
    add_split(text, events);
    sg_status status = add_kinds(text, events);
    if (events->origins.count > 0)
        sg_text_add(text, "the file says where each sample came from: sample 0 from %s\n", events->origins.items[0]);
    add_time(text, events);
    sg_events_free(events);
    return status;
}
