/* Prophesee .dat: lines of text, a byte that tells the type of events, one that tells their size, and events of 8
 * bytes, lowest byte first. A file without the lines lacks the two bytes as well.
 *
 *     bytes 0-3 time in microseconds, which turns after 71 minutes;  bytes 4-7 bits 13-0 x, 27-14 y, 28 polarity */
#include "base/load.h"
#include "recording/header.h"
#include "recording/prophesee.h"

enum { EVENT = 8, TYPE_2D = 0, TYPE_CD = 12, VERSION = 2 };

static bool fits(const sg_recording_head *head) {
    sg_prophesee_header header;
    const bool has_header = sg_prophesee_look(head, &header);
    return (has_header && header.version) || sg_recording_is_bare(head, sg_recording_dat.endings);
}

static sg_status take(sg_recording *recording, void *state, const uint8_t *bytes, size_t count) {
    sg_turning *turning = state, now = *turning; /* a copy stays in registers */
    for (const uint8_t *b = bytes; b < bytes + count * EVENT; b += EVENT) {
        const uint64_t us = sg_turning_time(&now, sg_load_le32(b), 32);
        const uint32_t word = sg_load_le32(b + 4);
        SG_TRY(sg_recording_add(recording, (double)(int64_t)us, word & 0x3fff, word >> 14 & 0x3fff, word >> 28 & 1));
    }
    *turning = now;
    return SG_OK;
}

/* The two bytes between header and events. */
static sg_status take_type(sg_recording *recording, const sg_prophesee_header *header) {
    uint8_t type[2];
    if (header->version && header->version != VERSION)
        return sg_stream_fail(recording->stream, "its header tells version %d, expected %d", header->version, VERSION);
    SG_TRY(sg_stream_read(recording->stream, type, sizeof type, "type and size of events"));
    if ((type[0] != TYPE_2D && type[0] != TYPE_CD) || type[1] != EVENT)
        return sg_stream_fail(recording->stream,
                              "found events of type %d with %d bytes, expected type %d or %d with %d", type[0], type[1],
                              TYPE_2D, TYPE_CD, EVENT);
    return SG_OK;
}

static sg_status read_dat(sg_recording *recording) {
    sg_prophesee_header header;
    sg_turning turning = {0};
    SG_TRY(sg_prophesee_begin(recording, "", &header));
    if (header.found)
        SG_TRY(take_type(recording, &header));
    SG_TRY(sg_header_needs_events(recording->stream));
    return sg_recording_each(recording, EVENT, SG_RECORDING_ALL, "an event of 8 bytes", take, &turning);
}

const sg_recording_format sg_recording_dat = {
    .head = {"dat", "Prophesee .dat, version 2"},
    .endings = ".dat",
    .fits = fits,
    .read = read_dat,
};
