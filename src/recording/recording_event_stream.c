/* Event Stream 2 (.es), streams of DVS events: times are told as steps from event to event, x and y lowest byte first.
 *
 *     "Event Stream", 3 bytes of version, a byte of type (1: DVS), 16 bits of width, 16 of height, then
 *     byte 0 bits 7-1 microseconds, bit 0 polarity;  bytes 1-2 x;  bytes 3-4 y
 *     255: 127 microseconds pass;  254: nothing, a mark that readers find their way by */
#include "base/load.h"
#include "recording/recording.h"

#include <string.h>

enum { HEADER = 20, EVENT = 5, LONG_STEP = 255, MARK = 254, MAJOR = 12, MINOR = 13, TYPE = 15, TYPE_DVS = 1 };

static const char magic[] = "Event Stream";

static bool fits(const sg_recording_head *head) {
    return head->size >= sizeof magic - 1 && memcmp(head->bytes, magic, sizeof magic - 1) == 0;
}

static sg_status take_header(sg_recording *recording) {
    static const char *const types[] = {"generic", "DVS", "ATIS", "display", "colour"};
    uint8_t header[HEADER] = {0};
    SG_TRY(sg_stream_read(recording->stream, header, TYPE + 1, "the header"));
    if (memcmp(header, magic, sizeof magic - 1) != 0)
        return sg_stream_fail(recording->stream, "does not begin with '%s'", magic);
    if (header[MAJOR] != 2)
        return sg_stream_fail(recording->stream, "Event Stream of version %d.%d, expected 2", header[MAJOR],
                              header[MINOR]);
    if (header[TYPE] != TYPE_DVS)
        return sg_stream_fail(recording->stream, "Event Stream of type %d (%s), expected %d (DVS)", header[TYPE],
                              header[TYPE] < sizeof types / sizeof *types ? types[header[TYPE]] : "not known",
                              TYPE_DVS);
    SG_TRY(sg_stream_read(recording->stream, header + TYPE + 1, HEADER - TYPE - 1, "the header"));
    return sg_recording_tell_sensor(recording, &(sg_sensor){.width = sg_load_le16(header + 16),
                                                            .height = sg_load_le16(header + 18),
                                                            .polarities = 2});
}

/* Events from `bytes` that are whole; returns the bytes that they and the marks between them take. */
static sg_status take(sg_recording *recording, uint64_t *us, const uint8_t *bytes, size_t size, size_t *taken) {
    const uint8_t *b = bytes, *end = bytes + size;
    for (; b < end; b++) {
        if (*b == LONG_STEP)
            *us += 127;
        else if (*b != MARK) {
            if (end - b < EVENT)
                break;
            *us += *b >> 1;
            SG_TRY(sg_recording_add(recording, (double)*us, sg_load_le16(b + 1), sg_load_le16(b + 3), *b & 1));
            b += EVENT - 1;
        }
    }
    *taken = (size_t)(b - bytes);
    return SG_OK;
}

static sg_status read_event_stream(sg_recording *recording) {
    uint64_t us = 0;
    size_t seen, taken;
    const uint8_t *bytes;
    SG_TRY(take_header(recording));
    while ((seen = sg_stream_see(recording->stream, EVENT, &bytes)) > 0) {
        SG_TRY(take(recording, &us, bytes, seen, &taken));
        sg_stream_pass(recording->stream, taken);
        if (seen - taken && seen < EVENT)
            return sg_stream_skip(recording->stream, EVENT, "an event of 5 bytes");
    }
    return sg_stream_status(recording->stream);
}

const sg_recording_format sg_recording_event_stream = {
    .head = {"event-stream", "Event Stream 2, DVS events"},
    .endings = ".es",
    .fits = fits,
    .read = read_event_stream,
};
