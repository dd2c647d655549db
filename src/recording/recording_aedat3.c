/* AEDAT 3.1, as cAER writes it (and DVS Gesture has it): lines of text, of which "#!END-HEADER" is the last, then
 * packets of events of one type. All is lowest byte first.
 *
 *     packet   16 bits type (1: polarity), 16 source, then 32 bits each: bytes an event, where its time stands, turns
 * of the time, capacity, events, valid events event    32 bits: bit 0 valid, 1 polarity, 16-2 y, 31-17 x;  32 bits of
 * time in microseconds, which turns at 2^31 */
#include "base/load.h"
#include "recording/aedat.h"

#include <string.h>

enum { HEADER = 28, EVENT = 8, TIME_AT = 4, TYPE_POLARITY = 1 };

typedef struct packet {
    int16_t type;
    int32_t event_size, time_at, turns, count;
} packet;

static bool fits(const sg_recording_head *head) {
    return sg_aedat_fits(head, "3.");
}

static sg_status take_header(sg_recording *recording) {
    sg_aedat_header header;
    SG_TRY(sg_aedat_header_read(recording->stream, &header));
    if (strcmp(header.version, "3.1") != 0)
        return sg_stream_fail(recording->stream, "is AEDAT %s, expected 3.1",
                              *header.version ? header.version : "of no version");
    if (!header.ended)
        return sg_stream_fail(recording->stream, "the header has no line #!END-HEADER: it is damaged or cut short");
    if (*header.format && strcmp(header.format, "RAW") != 0)
        return sg_stream_fail(recording->stream, "its header tells the format %s, expected RAW", header.format);
    const sg_aedat_chip *chip = sg_aedat_chip_find(header.chip);
    return sg_recording_tell_sensor(recording, &(sg_sensor){.width = chip ? chip->width : 0,
                                                            .height = chip ? chip->height : 0,
                                                            .polarities = 2});
}

static sg_status take_event(sg_recording *recording, const packet *of, uint32_t data, int32_t time) {
    if ((data & 1) == 0 || time < 0) {
        recording->left_out[SG_LEFT_INVALID]++;
        return SG_OK;
    }
    const uint64_t us = (uint64_t)of->turns << 31 | (uint64_t)time;
    return sg_recording_add(recording, (double)us, data >> 17, data >> 2 & 0x7fff, data >> 1 & 1);
}

static sg_status take(sg_recording *recording, void *state, const uint8_t *bytes, size_t count) {
    for (const uint8_t *b = bytes; b < bytes + count * EVENT; b += EVENT)
        SG_TRY(take_event(recording, state, sg_load_le32(b), (int32_t)sg_load_le32(b + TIME_AT)));
    return SG_OK;
}

static sg_status take_packet(sg_recording *recording) {
    uint8_t b[HEADER];
    SG_TRY(sg_stream_read(recording->stream, b, HEADER, "the header of a packet"));
    packet p = {.type = (int16_t)sg_load_le16(b),
                .event_size = (int32_t)sg_load_le32(b + 4),
                .time_at = (int32_t)sg_load_le32(b + 8),
                .turns = (int32_t)sg_load_le32(b + 12),
                .count = (int32_t)sg_load_le32(b + 20)};
    if (p.event_size < 0 || p.count < 0 || p.turns < 0)
        return sg_stream_fail(recording->stream, "found a packet of %d events of %d bytes, turn %d: it is damaged",
                              p.count, p.event_size, p.turns);
    if (p.type != TYPE_POLARITY) {
        recording->left_out[SG_LEFT_OTHER] += (uint64_t)p.count;
        return sg_stream_skip(recording->stream, (uint64_t)p.count * (uint64_t)p.event_size, "a packet");
    }
    if (p.event_size != EVENT || p.time_at != TIME_AT)
        return sg_stream_fail(recording->stream,
                              "found polarity events of %d bytes with the time at %d, expected %d with the time at %d",
                              p.event_size, p.time_at, EVENT, TIME_AT);
    return sg_recording_each(recording, EVENT, (uint64_t)p.count, "a packet", take, &p);
}

static sg_status read_aedat3(sg_recording *recording) {
    const uint8_t *bytes;
    SG_TRY(take_header(recording));
    while (sg_stream_see(recording->stream, 1, &bytes))
        SG_TRY(take_packet(recording));
    return sg_stream_status(recording->stream);
}

const sg_recording_format sg_recording_aedat3 = {
    .head = {"aedat3", "AEDAT 3.1 of cAER, as DVS Gesture has it"},
    .endings = ".aedat",
    .fits = fits,
    .read = read_aedat3,
};
