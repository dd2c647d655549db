/* Prophesee EVT 3.0 (.raw): words of 16 bits, lowest byte first, each of which changes a part of what holds from there
 * on.
 *
 *     bits 15-12 type   0 the row: y;  2 an event: bit 11 polarity, 10-0 x
 *                       3 the same without an event, for 4 and 5: bit i of 12 or 8 is an event at x + i, and x moves on
 *                       6 the lower 12 bits of the time, 8 its upper 12 bits;  10 a trigger;  others: other data */
#include "base/load.h"
#include "recording/prophesee.h"

#include <string.h>

enum { WORD = 2, ROW = 0, EVENT = 2, BASE = 3, EVENTS_12 = 4, EVENTS_8 = 5, TIME_LOW = 6, TIME_HIGH = 8 };

typedef struct reader {
    uint32_t x, y; /* of the next events in a row */
    uint8_t polarity;
    sg_turning turning;
    uint64_t high; /* microseconds: turns and the upper 12 bits */
    uint64_t now;  /* microseconds */
    bool known;    /* whether a word has told the time */
} reader;

static bool fits(const sg_recording_head *head) {
    sg_prophesee_header header;
    return sg_prophesee_look(head, &header) && strcmp(header.format, "EVT3") == 0;
}

/* The lower bits that hold belong to the upper ones before: they are 0 until they are told. Repeated, a word changes
 * nothing. */
static void take_time_high(reader *from, uint32_t content) {
    const uint64_t high = sg_turning_time(&from->turning, (uint64_t)content << 12, 24);
    if (high != from->high || !from->known)
        from->high = from->now = high;
    from->known = true;
}

static sg_status add_events(sg_recording *recording, reader *from, uint32_t valid, uint32_t width) {
    const uint32_t x = from->x;
    from->x += width;
    if (!from->known) {
        recording->left_out[SG_LEFT_EARLY] += (uint64_t)__builtin_popcount(valid);
        return SG_OK;
    }
    for (; valid; valid &= valid - 1)
        SG_TRY(sg_recording_add(recording, (double)from->now, x + (uint32_t)__builtin_ctz(valid), from->y,
                                from->polarity));
    return SG_OK;
}

static sg_status add_event(sg_recording *recording, const reader *from, uint32_t content) {
    if (from->known)
        return sg_recording_add(recording, (double)from->now, content & 0x7ff, from->y, (uint8_t)(content >> 11));
    recording->left_out[SG_LEFT_EARLY]++;
    return SG_OK;
}

static sg_status take_word(sg_recording *recording, reader *from, uint32_t type, uint32_t content) {
    switch (type) {
    case ROW:
        from->y = content & 0x7ff;
        break;
    case EVENT:
        return add_event(recording, from, content);
    case BASE:
        from->x = content & 0x7ff;
        from->polarity = (uint8_t)(content >> 11);
        break;
    case EVENTS_12:
        return add_events(recording, from, content, 12);
    case EVENTS_8:
        return add_events(recording, from, content & 0xff, 8);
    case TIME_LOW:
        from->now = from->high + content;
        break;
    case TIME_HIGH:
        take_time_high(from, content);
        break;
    default:
        recording->left_out[SG_LEFT_OTHER]++;
    }
    return SG_OK;
}

static sg_status take(sg_recording *recording, void *state, const uint8_t *bytes, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const uint32_t word = sg_load_le16(bytes + i * WORD);
        SG_TRY(take_word(recording, state, word >> 12, word & 0xfff));
    }
    return SG_OK;
}

static sg_status read_evt3(sg_recording *recording) {
    sg_prophesee_header header;
    reader from = {0};
    SG_TRY(sg_prophesee_begin(recording, "EVT3", &header));
    return sg_recording_each(recording, WORD, SG_RECORDING_ALL, "a word of 2 bytes", take, &from);
}

const sg_recording_format sg_recording_evt3 = {
    .head = {"evt3", "Prophesee EVT 3.0"},
    .endings = ".raw",
    .fits = fits,
    .read = read_evt3,
};
