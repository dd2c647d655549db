/* Filters that look at what else a pixel did: hot pixels, and the refractory time. Polarities of a pixel count
 * together: a hot pixel, or one that answers a change twice, is hot or quick in both. */
#include "import/filter.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

/* The rectangle from 0, 0 that holds all events. */
typedef struct extent {
    size_t width, height;
} extent;

static extent extent_of(const sg_raw_sample *sample) {
    extent all = {0, 0};
    for (size_t e = 0; e < sample->count; e++) {
        if (sample->events[e].x >= all.width)
            all.width = (size_t)sample->events[e].x + 1;
        if (sample->events[e].y >= all.height)
            all.height = (size_t)sample->events[e].y + 1;
    }
    return all;
}

static size_t pixel_of(extent all, const sg_raw_event *event) {
    return event->y * all.width + event->x;
}

static void drop_hot(sg_raw_sample *sample, extent all, uint64_t *counts, double most) {
    size_t left = 0;
    for (size_t e = 0; e < sample->count; e++)
        counts[pixel_of(all, &sample->events[e])]++;
    for (size_t e = 0; e < sample->count; e++)
        if ((double)counts[pixel_of(all, &sample->events[e])] <= most)
            sample->events[left++] = sample->events[e];
    sample->count = left;
}

sg_status sg_filter_hot_pixels(const sg_import_config *config, sg_raw_sample *sample) {
    const extent all = extent_of(sample);
    uint64_t *counts = sg_array(all.width * all.height, sizeof *counts);
    if (!counts)
        return SG_MEMORY;
    drop_hot(sample, all, counts, fmax(1, config->hot_hz * sample->seconds)); /* one event is no rate */
    free(counts);
    return SG_OK;
}

/* `last` (pixels) is the time of each pixel's last event that was kept. */
static void drop_quick(sg_raw_sample *sample, extent all, double *last, double us) {
    size_t left = 0;
    for (size_t i = 0; i < all.width * all.height; i++)
        last[i] = -INFINITY;
    for (size_t e = 0; e < sample->count; e++) {
        double *before = &last[pixel_of(all, &sample->events[e])];
        if (sample->events[e].us - *before < us)
            continue;
        *before = sample->events[e].us;
        sample->events[left++] = sample->events[e];
    }
    sample->count = left;
}

sg_status sg_filter_refractory(const sg_import_config *config, sg_raw_sample *sample) {
    const extent all = extent_of(sample);
    double *last = sg_array(all.width * all.height, sizeof *last);
    if (!last)
        return SG_MEMORY;
    drop_quick(sample, all, last, 1000 * config->refractory_ms);
    free(last);
    return SG_OK;
}
