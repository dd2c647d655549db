#include "data/event_sort.h"

#include <string.h>

void sg_sort_by_step(sg_event_list in, sg_event_list out, uint32_t *place, uint32_t steps) {
    memset(place, 0, ((size_t)steps + 1) * sizeof *place);
    for (size_t e = 0; e < in.count; e++)
        place[in.step[e] + 1]++;
    for (uint32_t t = 0; t < steps; t++)
        place[t + 1] += place[t];
    for (size_t e = 0; e < in.count; e++) {
        uint32_t at = place[in.step[e]]++;
        out.step[at] = in.step[e];
        out.channel[at] = in.channel[e];
    }
}

/* Shell's sort: it allocates nothing, and of a few numbers it is a sort by insertion. */
static void sort(uint32_t *numbers, size_t count) {
    for (size_t gap = count / 2; gap > 0; gap = gap == 2 ? 1 : gap * 5 / 11)
        for (size_t i = gap; i < count; i++) {
            uint32_t number = numbers[i];
            size_t at = i;
            for (; at >= gap && numbers[at - gap] > number; at -= gap)
                numbers[at] = numbers[at - gap];
            numbers[at] = number;
        }
}

/* Whether each of the numbers is above the one before it. */
static bool rise(const uint32_t *numbers, size_t count) {
    for (size_t i = 1; i < count; i++)
        if (numbers[i] <= numbers[i - 1])
            return false;
    return true;
}

size_t sg_order_channels(sg_event_list events, bool counts) {
    size_t left = 0;
    for (size_t begin = 0, end; begin < events.count; begin = end) {
        const uint16_t step = events.step[begin];
        for (end = begin + 1; end < events.count && events.step[end] == step; end++) {
        }
        if (!rise(events.channel + begin, end - begin))
            sort(events.channel + begin, end - begin);
        for (size_t e = begin, first = left; e < end; e++) {
            if (!counts && left > first && events.channel[left - 1] == events.channel[e])
                continue;
            events.step[left] = step;
            events.channel[left++] = events.channel[e];
        }
    }
    return left;
}
