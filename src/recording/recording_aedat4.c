/* AEDAT 4.0, as iniVation's DV writes it. All is lowest byte first.
 *
 *     "#!AER-DAT4.0\r\n", 32 bits: the size of the header; the header, a FlatBuffer "IOHE": compression, the place of
 *     the table at the end (below 0: there is none), XML that tells the streams
 *     packets: 32 bits stream, 32 bits size, then one LZ4 or ZSTD frame, or plain bytes. What is in one of events: 32
 * bits of size, a FlatBuffer "EVTS" with a vector of events of 16 bytes: 64 bits of time in microseconds, 16 bits x, 16
 * y, a byte of polarity */
#include "base/load.h"
#include "file/flat.h"
#include "file/unpack.h"
#include "recording/aedat4_streams.h"
#include "recording/recording.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { LINE = 14, EVENT = 16, FIELD_COMPRESSION = 0, FIELD_TABLE = 1, FIELD_XML = 2 };

#define LARGEST ((size_t)256 << 20) /* bytes of a packet, unpacked: 16 million events */

static const char line[] = "#!AER-DAT4.0\r\n";

typedef struct reader {
    sg_recording *recording;
    int32_t compression;
    int64_t table_at; /* where packets end; below 0: at the end of the file */
    sg_aedat4_streams streams;
    sg_unpacker *unpacker;            /* NULL: packets are not packed */
    sg_stream_block packed, unpacked; /* of the header or packet in hand */
} reader;

static bool fits(const sg_recording_head *head) {
    return head->size >= sizeof line - 4 && memcmp(head->bytes, line, sizeof line - 4) == 0; /* "#!AER-DAT4." */
}

/* ------------------------------------------------------------------------------------------------------- the header */

static sg_status damaged(const reader *from, const char *what) {
    return sg_stream_fail(from->recording->stream, "%s before it is damaged: an offset leads out of it", what);
}

static sg_status take_fields(reader *from) {
    const sg_flat flat = {from->packed.bytes, from->packed.size};
    sg_flat_table table;
    size_t compression, table_at, xml, xml_size;
    if (!sg_flat_root(&flat, 0, "IOHE", &table) || !sg_flat_field(&flat, &table, FIELD_COMPRESSION, 4, &compression) ||
        !sg_flat_field(&flat, &table, FIELD_TABLE, 8, &table_at) ||
        !sg_flat_vector(&flat, &table, FIELD_XML, 1, &xml, &xml_size))
        return damaged(from, "the header");
    from->compression = compression ? (int32_t)sg_load_le32(flat.bytes + compression) : 0;
    from->table_at = table_at ? (int64_t)sg_load_le64(flat.bytes + table_at) : -1;
    from->streams = sg_aedat4_streams_find((const char *)flat.bytes + xml, xml_size);
    return SG_OK;
}

static sg_status open_unpacker(reader *from) {
    static const int packings[] = {-1, SG_PACKING_LZ4, SG_PACKING_LZ4, SG_PACKING_ZSTD, SG_PACKING_ZSTD};
    const int32_t known = sizeof packings / sizeof *packings;
    if (from->compression < 0 || from->compression >= known)
        return sg_stream_fail(from->recording->stream, "found compression %d, expected 0 to %d (none, LZ4, ZSTD)",
                              from->compression, known - 1);
    const int packing = packings[from->compression];
    return packing < 0 ? SG_OK : sg_unpacker_open((sg_packing)packing, &from->unpacker);
}

static sg_status take_header(reader *from) {
    sg_stream *stream = from->recording->stream;
    uint8_t begin[LINE + 4];
    SG_TRY(sg_stream_read(stream, begin, sizeof begin, "the header"));
    if (memcmp(begin, line, LINE) != 0)
        return sg_stream_fail(stream, "begins with '%.12s', expected '%.12s'", (const char *)begin, line);
    SG_TRY(sg_stream_read_block(stream, sg_load_le32(begin + LINE), "the header", &from->packed));
    SG_TRY(take_fields(from));
    SG_TRY(open_unpacker(from));
    if (!from->streams.count)
        return sg_stream_fail(stream, "its header tells no stream of events (EVTS)");
    if (from->streams.count > 1)
        sg_warn("%s: holds %u streams of events: stream %d is read, the others are left out", sg_stream_path(stream),
                from->streams.count, from->streams.first);
    return sg_recording_tell_sensor(from->recording, &(sg_sensor){.width = from->streams.width,
                                                                  .height = from->streams.height,
                                                                  .polarities = 2});
}

/* ------------------------------------------------------------------------------------------------------ the packets */

static sg_status add_events(reader *from, const uint8_t *bytes, size_t count) {
    for (const uint8_t *b = bytes; b < bytes + count * EVENT; b += EVENT) {
        const double us = (double)(int64_t)sg_load_le64(b);
        const int16_t x = (int16_t)sg_load_le16(b + 8), y = (int16_t)sg_load_le16(b + 10);
        if (x < 0 || y < 0)
            from->recording->left_out[SG_LEFT_OUTSIDE]++;
        else
            SG_TRY(sg_recording_add(from->recording, us, (uint32_t)x, (uint32_t)y, b[12] != 0));
    }
    return SG_OK;
}

static sg_status take_events(reader *from, const sg_stream_block *content) {
    const sg_flat flat = {content->bytes, content->size};
    sg_flat_table table;
    size_t first, count;
    if (!sg_flat_root(&flat, 4, "EVTS", &table) || !sg_flat_vector(&flat, &table, 0, EVENT, &first, &count))
        return damaged(from, "the packet of events");
    return add_events(from, content->bytes + first, count);
}

static sg_status take_packet(reader *from) {
    sg_stream *stream = from->recording->stream;
    uint8_t head[8];
    SG_TRY(sg_stream_read(stream, head, sizeof head, "the head of a packet"));
    const int32_t number = (int32_t)sg_load_le32(head), size = (int32_t)sg_load_le32(head + 4);
    if (size < 0)
        return sg_stream_fail(stream, "found a packet of %d bytes: it is damaged", size);
    if (number != from->streams.first) {
        from->recording->left_out[SG_LEFT_OTHER]++;
        return sg_stream_skip(stream, (uint64_t)size, "a packet");
    }
    SG_TRY(sg_stream_read_block(stream, (uint64_t)size, "a packet", &from->packed));
    if (!from->unpacker)
        return take_events(from, &from->packed);
    sg_status status = sg_unpack(from->unpacker, from->packed.bytes, from->packed.size, LARGEST, &from->unpacked);
    if (status != SG_OK)
        return sg_fail_in(status, "%s: the packet before byte %" PRIu64, sg_stream_path(stream), sg_stream_at(stream));
    return take_events(from, &from->unpacked);
}

/* Whether packets go on. A table that is told, and not there, was cut off. */
static bool goes_on(const reader *from) {
    const uint8_t *bytes;
    if (from->table_at >= 0)
        return sg_stream_at(from->recording->stream) < (uint64_t)from->table_at;
    return sg_stream_see(from->recording->stream, 1, &bytes) > 0;
}

static sg_status read_all(reader *from) {
    sg_stream *stream = from->recording->stream;
    SG_TRY(take_header(from));
    while (goes_on(from))
        SG_TRY(take_packet(from));
    if (from->table_at >= 0 && sg_stream_at(stream) != (uint64_t)from->table_at)
        return sg_stream_fail(stream, "the last packet ends here, expected at byte %" PRId64 ", as the header tells",
                              from->table_at);
    return sg_stream_status(stream);
}

static sg_status read_aedat4(sg_recording *recording) {
    reader from = {.recording = recording};
    sg_status status = read_all(&from);
    sg_unpacker_close(from.unpacker);
    free(from.packed.bytes);
    free(from.unpacked.bytes);
    return status;
}

const sg_recording_format sg_recording_aedat4 = {
    .head = {"aedat4", "AEDAT 4.0 of DV: events; plain, LZ4 or ZSTD"},
    .endings = ".aedat4 .aedat",
    .fits = fits,
    .read = read_aedat4,
};
