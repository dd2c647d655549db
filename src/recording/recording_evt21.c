/* Prophesee EVT 2.1 (.raw): words of 64 bits.
 *
 *     bits 63-60 type   0 events off, 1 on: bits 59-54 time, 53-43 x, 42-32 y; bit i of 31-0: an event at x + i
 *                       8 the upper 28 bits of the time in bits 59-32;  10 a trigger;  others: other data
 *
 * The lowest byte comes first; sensors that their header calls "legacy" (IMX636) send the upper half of a word before
 * the lower, each with its lowest byte first. */
#include "base/load.h"
#include "recording/prophesee.h"

#include <string.h>

enum {
    WORD = 8,
    OFF = 0,
    ON = 1,
    TIME_HIGH = 8,
    TRIGGER = 10,
    OTHERS = 14,
    CONTINUED = 15,
    LOOKED_AT = 512 /* words */
};

typedef struct reader {
    bool upper_first; /* the order of halves */
    sg_turning turning;
    uint64_t high; /* microseconds: the time's upper 28 bits */
    bool known;
} reader;

static bool fits(const sg_recording_head *head) {
    sg_prophesee_header header;
    return sg_prophesee_look(head, &header) && strcmp(header.format, "EVT21") == 0;
}

static uint64_t word_at(const uint8_t *bytes, bool upper_first) {
    const uint64_t word = sg_load_le64(bytes);
    return upper_first ? word >> 32 | word << 32 : word;
}

static sg_status add_events(sg_recording *recording, const reader *from, uint64_t word) {
    const double us = (double)(from->high + (word >> 54 & 0x3f));
    const uint32_t x = word >> 43 & 0x7ff, y = word >> 32 & 0x7ff;
    for (uint32_t valid = (uint32_t)word; valid; valid &= valid - 1)
        SG_TRY(sg_recording_add(recording, us, x + (uint32_t)__builtin_ctz(valid), y, (uint8_t)(word >> 60)));
    return SG_OK;
}

static sg_status take(sg_recording *recording, void *state, const uint8_t *bytes, size_t count) {
    reader *from = state;
    for (size_t i = 0; i < count; i++) {
        const uint64_t word = word_at(bytes + i * WORD, from->upper_first), type = word >> 60;
        if (type == TIME_HIGH) {
            from->high = sg_turning_time(&from->turning, (word >> 32 & 0xfffffff) << 6, 34);
            from->known = true;
        } else if (type != OFF && type != ON)
            recording->left_out[SG_LEFT_OTHER]++;
        else if (!from->known)
            recording->left_out[SG_LEFT_EARLY] += (uint64_t)__builtin_popcount((uint32_t)word);
        else
            SG_TRY(add_events(recording, from, word));
    }
    return SG_OK;
}

/* Whether a word may be one: its type is known, events begin at a multiple of 32, and nothing follows a time. */
static bool looks_right(uint64_t word) {
    const uint32_t type = (uint32_t)(word >> 60), x = word >> 43 & 0x7ff;
    if (type == OFF || type == ON)
        return x % 32 == 0;
    return type == TIME_HIGH ? (uint32_t)word == 0 : type == TRIGGER || type == OTHERS || type == CONTINUED;
}

/* The order of halves: as the header tells; else the one in which more of the first words look right. */
static bool is_upper_first(sg_stream *stream, const sg_prophesee_header *header) {
    const uint8_t *bytes;
    if (*header->endianness)
        return strcmp(header->endianness, "legacy") == 0;
    const size_t count = sg_stream_see(stream, LOOKED_AT * WORD, &bytes) / WORD;
    size_t right[2] = {0};
    for (size_t i = 0; i < count && i < LOOKED_AT; i++)
        for (int order = 0; order < 2; order++)
            right[order] += looks_right(word_at(bytes + i * WORD, order));
    return right[true] > right[false];
}

static sg_status read_evt21(sg_recording *recording) {
    sg_prophesee_header header;
    reader from = {0};
    SG_TRY(sg_prophesee_begin(recording, "EVT21", &header));
    from.upper_first = is_upper_first(recording->stream, &header);
    return sg_recording_each(recording, WORD, SG_RECORDING_ALL, "a word of 8 bytes", take, &from);
}

const sg_recording_format sg_recording_evt21 = {
    .head = {"evt21", "Prophesee EVT 2.1"},
    .endings = ".raw",
    .fits = fits,
    .read = read_evt21,
};
