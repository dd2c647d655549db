#include "data/event_sort.h"

#include <string.h>

/* How many steps there are up to the last one of an event. */
static size_t steps_of(sg_event_list events) {
    uint16_t last = 0;
    for (size_t e = 0; e < events.count; e++)
        last = events.step[e] > last ? events.step[e] : last;
    return (size_t)last + 1;
}

void sg_sort_by_step(sg_event_list in, sg_event_list out, uint32_t *place) {
    const size_t steps = steps_of(in);
    memset(place, 0, (steps + 1) * sizeof *place);
    for (size_t e = 0; e < in.count; e++)
        place[in.step[e] + 1]++;
    for (size_t t = 0; t < steps; t++)
        place[t + 1] += place[t];
    for (size_t e = 0; e < in.count; e++) {
        uint32_t at = place[in.step[e]]++;
        out.step[at] = in.step[e];
        out.channel[at] = in.channel[e];
    }
}

enum { FEW = 16 };

/* Few numbers, by how many are before each: nothing is decided, so that no guess of the processor fails. */
static void sort_few(uint32_t *numbers, size_t count) {
    uint32_t place[FEW] = {0}, sorted[FEW];
    for (size_t i = 1; i < count; i++)
        for (size_t k = 0; k < i; k++) {
            const uint32_t is_before = numbers[i] < numbers[k];
            place[k] += is_before;
            place[i] += 1 - is_before;
        }
    for (size_t i = 0; i < count; i++)
        sorted[place[i]] = numbers[i];
    memcpy(numbers, sorted, count * sizeof *sorted);
}

/* Shell's sort: it allocates nothing. */
static void sort(uint32_t *numbers, size_t count) {
    if (count <= FEW) {
        sort_few(numbers, count);
        return;
    }
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

/* Moves the events from `begin` to `end`, of one step, to place `to`, without doubles unless they count. Returns where
 * they end. */
static size_t move(sg_event_list events, size_t begin, size_t end, size_t to, bool counts) {
    const uint16_t step = events.step[begin];
    for (size_t e = begin, first = to; e < end; e++) {
        if (!counts && to > first && events.channel[to - 1] == events.channel[e])
            continue;
        events.step[to] = step;
        events.channel[to++] = events.channel[e];
    }
    return to;
}

size_t sg_order_channels(sg_event_list events, bool counts) {
    size_t left = 0;
    for (size_t begin = 0, end; begin < events.count; begin = end) {
        const uint16_t step = events.step[begin];
        for (end = begin + 1; end < events.count && events.step[end] == step; end++) {
        }
        const bool in_order = rise(events.channel + begin, end - begin);
        if (!in_order)
            sort(events.channel + begin, end - begin);
        left = in_order && left == begin ? end : move(events, begin, end, left, counts);
    }
    return left;
}

static bool steps_rise(sg_event_list events) {
    for (size_t e = 1; e < events.count; e++)
        if (events.step[e] < events.step[e - 1])
            return false;
    return true;
}

sg_event_list sg_sort_events(sg_event_list events, sg_event_list spare, uint32_t *place, bool counts) {
    sg_event_list sorted = events;
    if (!steps_rise(events)) {
        sorted = (sg_event_list){.step = spare.step, .channel = spare.channel, .count = events.count};
        sg_sort_by_step(events, sorted, place);
    }
    sorted.count = sg_order_channels(sorted, counts);
    return sorted;
}
