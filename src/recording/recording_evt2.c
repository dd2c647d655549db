/* Prophesee EVT 2.0 (.raw): words of 32 bits, lowest byte first.
 *
 *     bits 31-28 type   0 an event off, 1 on: bits 27-22 time, 21-11 x, 10-0 y
 *                       8 the time's upper 28 bits;  10 a trigger;  others: other data */
#include "base/load.h"
#include "recording/prophesee.h"

enum { WORD = 4, OFF = 0, ON = 1, TIME_HIGH = 8 };

/* Where time is. */
typedef struct clock {
    sg_turning turning;
    uint64_t high; /* microseconds: the time's upper 28 bits */
    bool known;
} clock;

/* The last of the formats that this header tells: what none of them reads is refused here by its name. */
static bool fits(const sg_recording_head *head) {
    sg_prophesee_header header;
    return sg_prophesee_look(head, &header) && *header.format;
}

static sg_status take(sg_recording *recording, void *state, const uint8_t *bytes, size_t count) {
    clock *now = state;
    for (size_t i = 0; i < count; i++) {
        const uint32_t word = sg_load_le32(bytes + i * WORD), type = word >> 28;
        if (type == TIME_HIGH) {
            now->high = sg_turning_time(&now->turning, (uint64_t)(word & 0xfffffff) << 6, 34);
            now->known = true;
        } else if (type != OFF && type != ON)
            recording->left_out[SG_LEFT_OTHER]++;
        else if (!now->known)
            recording->left_out[SG_LEFT_EARLY]++;
        else
            SG_TRY(sg_recording_add(recording, (double)(now->high + (word >> 22 & 0x3f)), word >> 11 & 0x7ff,
                                    word & 0x7ff, (uint8_t)type));
    }
    return SG_OK;
}

static sg_status read_evt2(sg_recording *recording) {
    sg_prophesee_header header;
    clock now = {0};
    SG_TRY(sg_prophesee_begin(recording, "EVT2", &header));
    return sg_recording_each(recording, WORD, SG_RECORDING_ALL, "a word of 4 bytes", take, &now);
}

const sg_recording_format sg_recording_evt2 = {
    .head = {"evt2", "Prophesee EVT 2.0"},
    .endings = ".raw",
    .fits = fits,
    .read = read_evt2,
};
