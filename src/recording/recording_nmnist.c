/* N-MNIST and N-Caltech101 (.bin), and SLAYER's two-dimensional events (.bs2): 5 bytes an event and nothing else.
 *
 *     byte 0 x, byte 1 y, byte 2 bit 7 polarity, then 23 bits of time in microseconds, highest first */
#include "recording/recording.h"

enum {
    EVENT = 5, /* bytes */
    LATER_ROW =
        240 /* a row that marks no event: all times from here on are 2^13 us later (Matlab_AER_vision_functions) */
};

static bool fits(const sg_recording_head *head) {
    return sg_recording_is_bare(head, sg_recording_nmnist.endings);
}

static sg_status take(sg_recording *recording, void *state, const uint8_t *bytes, size_t count) {
    uint64_t *later = state; /* microseconds */
    for (const uint8_t *b = bytes; b < bytes + count * EVENT; b += EVENT) {
        const uint64_t us = (uint64_t)(b[2] & 0x7f) << 16 | (uint64_t)b[3] << 8 | b[4];
        if (b[1] == LATER_ROW) {
            *later += 1 << 13;
            recording->left_out[SG_LEFT_OTHER]++;
        } else
            SG_TRY(sg_recording_add(recording, (double)(us + *later), b[0], b[1], b[2] >> 7));
    }
    return SG_OK;
}

static sg_status read_nmnist(sg_recording *recording) {
    uint64_t later = 0;
    SG_TRY(sg_recording_tell_sensor(recording, &(sg_sensor){.polarities = 2}));
    return sg_recording_each(recording, EVENT, SG_RECORDING_ALL, "an event of 5 bytes", take, &later);
}

const sg_recording_format sg_recording_nmnist = {
    .head = {"nmnist", "N-MNIST, N-Caltech101 and SLAYER's .bs2: 5 bytes an event"},
    .endings = ".bin .bs2",
    .fits = fits,
    .read = read_nmnist,
};
