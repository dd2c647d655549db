/* Filters that look at what else a pixel did: hot pixels, and the refractory time. Polarities of a pixel count
 * together: a hot pixel, or one that answers a change twice, is hot or quick in both. */
#include "import/filter.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

/* The pixel of an event, and where the event stands in its sample. */
typedef struct placed {
    uint64_t pixel;
    size_t event;
} placed;

static int by_pixel(const void *a, const void *b) {
    const placed *left = a, *right = b;
    return (left->pixel > right->pixel) - (left->pixel < right->pixel);
}

static void number_sorted(const placed *sorted, size_t count, size_t *number) {
    size_t pixel = 0;
    for (size_t i = 0; i < count; i++) {
        pixel += i > 0 && sorted[i].pixel != sorted[i - 1].pixel;
        number[sorted[i].event] = pixel;
    }
}

/* number (count) = the pixel of each event, counted from 0 among those that have events: a far pixel, as a damaged file
 * tells of, takes no more memory than a near one. */
static sg_status number_pixels(const sg_raw_sample *sample, size_t **number) {
    placed *sorted = sg_array(sample->count, sizeof *sorted);
    *number = sorted ? sg_array(sample->count, sizeof **number) : NULL;
    for (size_t e = 0; *number && e < sample->count; e++)
        sorted[e] = (placed){(uint64_t)sample->events[e].y << 32 | sample->events[e].x, e};
    if (*number) {
        qsort(sorted, sample->count, sizeof *sorted, by_pixel);
        number_sorted(sorted, sample->count, *number);
    }
    free(sorted);
    return *number ? SG_OK : SG_MEMORY;
}

/* `counts` (pixels, at most the sample's count) is 0. */
static void drop_hot(sg_raw_sample *sample, const size_t *number, uint64_t *counts, double most) {
    size_t left = 0;
    for (size_t e = 0; e < sample->count; e++)
        counts[number[e]]++;
    for (size_t e = 0; e < sample->count; e++)
        if ((double)counts[number[e]] <= most)
            sample->events[left++] = sample->events[e];
    sample->count = left;
}

sg_status sg_filter_hot_pixels(const sg_import_config *config, sg_raw_sample *sample) {
    size_t *number;
    SG_TRY(number_pixels(sample, &number));
    uint64_t *counts = sg_array(sample->count, sizeof *counts);
    if (counts)
        drop_hot(sample, number, counts, fmax(1, config->hot_hz * sample->seconds)); /* one event is no rate */
    free(number);
    free(counts);
    return counts ? SG_OK : SG_MEMORY;
}

/* `last` (pixels, at most the sample's count) is the time of each pixel's last event that was kept. */
static void drop_quick(sg_raw_sample *sample, const size_t *number, double *last, double us) {
    size_t left = 0;
    for (size_t e = 0; e < sample->count; e++)
        last[e] = -INFINITY;
    for (size_t e = 0; e < sample->count; e++) {
        if (sample->events[e].us - last[number[e]] < us)
            continue;
        last[number[e]] = sample->events[e].us;
        sample->events[left++] = sample->events[e];
    }
    sample->count = left;
}

sg_status sg_filter_refractory(const sg_import_config *config, sg_raw_sample *sample) {
    size_t *number;
    SG_TRY(number_pixels(sample, &number));
    double *last = sg_array(sample->count, sizeof *last);
    if (last)
        drop_quick(sample, number, last, 1000 * config->refractory_ms);
    free(number);
    free(last);
    return last ? SG_OK : SG_MEMORY;
}
