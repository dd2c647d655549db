#include "data/sort_events.h"

#include <stdlib.h>

static int compare(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* Events of a sample as numbers that sort as they should. */
static void sort_sample(const sg_events *events, uint64_t begin, uint64_t end, uint64_t *keys) {
    for (uint64_t e = begin; e < end; e++)
        keys[e - begin] = (uint64_t)events->step[e] << 32 | events->channel[e];
    qsort(keys, end - begin, sizeof *keys, compare);
}

sg_status sg_events_sort(sg_events *events) {
    uint64_t begin = 0, at = 0, *keys = sg_array(events->longest, sizeof *keys);
    if (!keys)
        return SG_MEMORY;
    for (size_t s = 0; s < events->samples; s++) {
        uint64_t end = events->first[s + 1];
        sort_sample(events, begin, end, keys);
        for (uint64_t k = 0; k < end - begin; k++) {
            if (k > 0 && keys[k] == keys[k - 1])
                continue;
            events->step[at] = (uint16_t)(keys[k] >> 32);
            events->channel[at++] = (uint32_t)keys[k];
        }
        begin = end;
        events->first[s + 1] = at;
    }
    free(keys);
    return SG_OK;
}
