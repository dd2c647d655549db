#include "data/blend.h"

#include "base/random.h"
#include "base/status.h"

#include <math.h>
#include <stdlib.h>

/* ------------------------------------------------------------------------------------------------------ partners */

void sg_partners_close(sg_partners *partners) {
    sg_events_free(partners->events);
    free(partners->samples);
    free(partners->first);
    *partners = (sg_partners){0};
}

/* Counts each class, one place up; then first[c] is where class c begins. */
static void find_first(sg_partners *p, const uint32_t *samples, size_t count) {
    const sg_events *events = p->events;
    for (size_t s = 0; s < count; s++)
        if (events->label[samples[s]] != SG_NO_LABEL)
            p->first[events->label[samples[s]] + 1]++;
    for (uint32_t c = 0; c < events->classes; c++)
        p->first[c + 1] += p->first[c];
}

/* Each class's samples; `next` (classes) is scratch. */
static void fill(sg_partners *p, const uint32_t *samples, size_t count, size_t *next) {
    for (uint32_t c = 0; c < p->events->classes; c++)
        next[c] = p->first[c];
    for (size_t s = 0; s < count; s++)
        if (p->events->label[samples[s]] != SG_NO_LABEL)
            p->samples[next[p->events->label[samples[s]]]++] = samples[s];
}

static sg_status check_labels(const sg_events *events, const uint32_t *samples, size_t count) {
    size_t without = 0;
    for (size_t s = 0; s < count; s++)
        without += events->label[samples[s]] == SG_NO_LABEL;
    if (without == count)
        return sg_fail(SG_DATA,
                       "augment.blend: blends samples of one class, but none of the %zu samples to train has "
                       "a label: use augment.blend: 0, or give them labels",
                       count);
    if (without > 0)
        sg_warn("augment.blend: %zu of %zu samples to train have no label, and are not blended", without, count);
    return SG_OK;
}

sg_status sg_partners_open(sg_partners *partners, const sg_events *events, const uint32_t *samples, size_t count) {
    sg_partners_close(partners);
    SG_TRY(check_labels(events, samples, count));
    partners->first = sg_array((size_t)events->classes + 1, sizeof *partners->first);
    partners->samples = sg_array(count, sizeof *partners->samples);
    size_t *next = sg_array(events->classes, sizeof *next);
    const bool has_room = partners->first && partners->samples && next;
    if (has_room) {
        partners->events = sg_events_share(events);
        find_first(partners, samples, count);
        fill(partners, samples, count, next);
    } else {
        sg_partners_close(partners);
    }
    free(next);
    return has_room ? SG_OK : SG_MEMORY;
}

/* Another sample of the class, each as likely. */
static bool find_partner(const sg_partners *p, size_t sample, double drawn, size_t *partner) {
    const uint32_t label = p->events->label[sample];
    if (label == SG_NO_LABEL)
        return false;
    const uint32_t *all = p->samples + p->first[label];
    size_t count = p->first[label + 1] - p->first[label], own = 0;
    while (own < count && all[own] != sample)
        own++;
    count -= own < count;
    if (count == 0)
        return false;
    const size_t at = (size_t)(drawn * (double)count);
    *partner = all[at + (at >= own)];
    return true;
}

/* ------------------------------------------------------------------------------------------------------ blending */

/* A place in time and space: step, and column and row of a picture, or else channel and 0. */
enum { TIME, ACROSS, DOWN, AXES };
typedef struct place {
    int64_t at[AXES];
} place;

static place place_of(const sg_events *events, uint64_t e) {
    const sg_shape shape = events->shape;
    const uint32_t channel = events->channel[e];
    if (!sg_shape_is_image(shape))
        return (place){{events->step[e], channel, 0}};
    return (place){{events->step[e], channel % shape.width, channel / shape.width % shape.height}};
}

/* The mean of each axis, from sums of whole numbers. */
static void find_middle(const sg_events *events, size_t sample, double middle[AXES]) {
    const uint64_t begin = events->first[sample], end = events->first[sample + 1];
    int64_t sum[AXES] = {0};
    for (uint64_t e = begin; e < end; e++) {
        const place p = place_of(events, e);
        for (int i = 0; i < AXES; i++)
            sum[i] += p.at[i];
    }
    for (int i = 0; i < AXES; i++)
        middle[i] = end > begin ? (double)sum[i] / (double)(end - begin) : 0;
}

/* Adds an event, moved; one that leaves steps or channels is lost. */
static void add(const sg_events *events, uint64_t e, const place *by, sg_event_list *out) {
    const sg_shape shape = events->shape;
    const bool is_image = sg_shape_is_image(shape);
    const int64_t most[AXES] = {events->steps, is_image ? shape.width : events->channels, is_image ? shape.height : 1};
    const place from = place_of(events, e);
    int64_t to[AXES];
    for (int i = 0; i < AXES; i++) {
        to[i] = from.at[i] + by->at[i];
        if (to[i] < 0 || to[i] >= most[i])
            return;
    }
    out->step[out->count] = (uint16_t)to[TIME];
    out->channel[out->count++] =
        (uint32_t)(events->channel[e] + by->at[ACROSS] + (is_image ? by->at[DOWN] * (int64_t)shape.width : 0));
}

bool sg_blend(const sg_partners *partners, double probability, size_t sample, uint64_t key, sg_event_list *out) {
    const sg_events *events = partners->events;
    size_t both[2] = {sample, sample};
    uint64_t drawn = 0;
    if (sg_random_uniform(key, 0, drawn++) >= probability ||
        !find_partner(partners, sample, sg_random_uniform(key, 0, drawn++), &both[1]))
        return false;
    double middle[2][AXES];
    for (int i = 0; i < 2; i++)
        find_middle(events, both[i], middle[i]);
    out->count = 0;
    for (int i = 0; i < 2; i++) {
        place by;
        for (int axis = 0; axis < AXES; axis++)
            by.at[axis] = (int64_t)((middle[0][axis] + middle[1][axis]) / 2 - middle[i][axis]);
        for (uint64_t e = events->first[both[i]]; e < events->first[both[i] + 1]; e++)
            if (sg_random_uniform(key, 0, drawn++) < 0.5)
                add(events, e, &by, out);
    }
    return true;
}
