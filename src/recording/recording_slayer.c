/* SLAYER's events of one dimension (.bs1) and of three (.bs3), highest byte first and nothing else. Those of two (.bs2)
 * are N-MNIST's.
 *
 *     .bs1   bytes 0-1 neuron;  byte 2 bit 7 polarity, then 23 bits of time in microseconds
 *     .bs3   12 bits x, 12 bits y;  byte 3 channel;  bytes 4-6 time in microseconds */
#include "base/load.h"
#include "recording/recording.h"

enum { EVENT_1D = 5, EVENT_3D = 7 };

static bool fits_1d(const sg_recording_head *head) {
    return sg_recording_is_bare(head, sg_recording_slayer_1d.endings);
}

static bool fits_3d(const sg_recording_head *head) {
    return sg_recording_is_bare(head, sg_recording_slayer_3d.endings);
}

static sg_status take_1d(sg_recording *recording, void *state, const uint8_t *bytes, size_t count) {
    (void)state;
    for (const uint8_t *b = bytes; b < bytes + count * EVENT_1D; b += EVENT_1D) {
        const uint32_t us = (uint32_t)(b[2] & 0x7f) << 16 | sg_load_be16(b + 3);
        SG_TRY(sg_recording_add(recording, us, sg_load_be16(b), 0, b[2] >> 7));
    }
    return SG_OK;
}

static sg_status take_3d(sg_recording *recording, void *state, const uint8_t *bytes, size_t count) {
    (void)state;
    for (const uint8_t *b = bytes; b < bytes + count * EVENT_3D; b += EVENT_3D) {
        const uint32_t place = sg_load_be32(b), us = sg_load_be32(b + 3) & 0xffffff;
        SG_TRY(sg_recording_add(recording, us, place >> 20, place >> 8 & 0xfff, b[3]));
    }
    return SG_OK;
}

static sg_status read_1d(sg_recording *recording) {
    SG_TRY(sg_recording_tell_sensor(recording, &(sg_sensor){.height = 1, .polarities = 2}));
    return sg_recording_each(recording, EVENT_1D, SG_RECORDING_ALL, "an event of 5 bytes", take_1d, NULL);
}

static sg_status read_3d(sg_recording *recording) {
    SG_TRY(sg_recording_tell_sensor(recording, &(sg_sensor){0}));
    return sg_recording_each(recording, EVENT_3D, SG_RECORDING_ALL, "an event of 7 bytes", take_3d, NULL);
}

const sg_recording_format sg_recording_slayer_1d = {
    .head = {"slayer-1d", "SLAYER's events of one dimension: 5 bytes an event"},
    .endings = ".bs1",
    .fits = fits_1d,
    .read = read_1d,
};

const sg_recording_format sg_recording_slayer_3d = {
    .head = {"slayer-3d", "SLAYER's events of three dimensions: 7 bytes an event"},
    .endings = ".bs3",
    .fits = fits_3d,
    .read = read_3d,
};
