/* AEDAT 1.0 and 2.0, as jAER writes them: lines of text, and events of an address (16 bits in 1.0, 32 in 2.0) and a
 * time in microseconds (32 bits), highest byte first. Where x, y and polarity stand in an address depends on the chip,
 * which the header names. jAER counts x from the right and y from below; here both are turned, so that a picture stands
 * upright and is not mirrored, as in AEDAT 3.1 and 4. */
#include "base/load.h"
#include "recording/aedat.h"
#include "recording/header.h"

enum { EVENT_1 = 6, EVENT_2 = 8, OLDEST = 0xffff /* the largest address of chips that early files do not name */ };

typedef struct reader {
    const sg_aedat_chip *chip;
    bool told;            /* whether the header names the chip */
    size_t address_bytes; /* 2 or 4 */
    sg_turning turning;
} reader;

static bool fits_1(const sg_recording_head *head) {
    const bool marked = sg_aedat_fits(head, "");
    return sg_aedat_fits(head, "1.") || (!marked && sg_recording_is_bare(head, sg_recording_aedat1.endings));
}

static bool fits_2(const sg_recording_head *head) {
    return sg_aedat_fits(head, "2.");
}

static uint32_t field(uint32_t address, int at, int bits) {
    return address >> at & ((1u << bits) - 1);
}

static sg_status add(sg_recording *recording, reader *from, uint32_t address, uint64_t us) {
    const sg_aedat_chip *chip = from->chip;
    if (!from->told && address > OLDEST)
        return sg_stream_fail(recording->stream,
                              "found the address %08x, which is none of a DVS128, and the header names no chip: add a "
                              "line '# AEChip: ...' to it",
                              address);
    if (address & chip->other) {
        recording->left_out[SG_LEFT_OTHER]++;
        return SG_OK;
    }
    const uint32_t x = field(address, chip->x_at, chip->x_bits), y = field(address, chip->y_at, chip->y_bits);
    const bool on = ((address & chip->on) | (~address & chip->on_inverted)) != 0;
    return sg_recording_add(recording, (double)us, chip->width - 1 - x, chip->height - 1 - y, on);
}

static sg_status take(sg_recording *recording, void *state, const uint8_t *bytes, size_t count) {
    reader *from = state;
    const size_t size = from->address_bytes + 4;
    for (const uint8_t *b = bytes; b < bytes + count * size; b += size) {
        const uint32_t address = from->address_bytes == 2 ? sg_load_be16(b) : sg_load_be32(b);
        const uint64_t us = sg_turning_time(&from->turning, sg_load_be32(b + from->address_bytes), 32);
        SG_TRY(add(recording, from, address, us));
    }
    return SG_OK;
}

static sg_status take_chip(sg_recording *recording, const sg_aedat_header *header, reader *from) {
    from->told = *header->chip != 0;
    from->chip = sg_aedat_chip_find(from->told ? header->chip : "DVS128");
    if (!from->chip)
        return sg_stream_fail(recording->stream,
                              "found a recording of the chip %s, whose addresses are not known, expected DVS128, "
                              "DAVIS240 or DAVIS346: save it as AEDAT 4",
                              header->chip);
    if (!from->told)
        sg_warn("%s: its header names no chip: it is read as a recording of a DVS128",
                sg_stream_path(recording->stream));
    return sg_recording_tell_sensor(recording, &(sg_sensor){.width = from->chip->width,
                                                            .height = from->chip->height,
                                                            .polarities = 2});
}

static sg_status read_version(sg_recording *recording, const char *version, size_t address_bytes, const char *what) {
    sg_aedat_header header;
    reader from = {.address_bytes = address_bytes};
    SG_TRY(sg_aedat_header_read(recording->stream, &header));
    if (*header.version && header.version[0] != *version)
        return sg_stream_fail(recording->stream, "is AEDAT %s, expected %s", header.version, version);
    SG_TRY(sg_header_needs_events(recording->stream));
    SG_TRY(take_chip(recording, &header, &from));
    return sg_recording_each(recording, address_bytes + 4, SG_RECORDING_ALL, what, take, &from);
}

static sg_status read_1(sg_recording *recording) {
    return read_version(recording, "1.0", EVENT_1 - 4, "an event of 6 bytes");
}

static sg_status read_2(sg_recording *recording) {
    return read_version(recording, "2.0", EVENT_2 - 4, "an event of 8 bytes");
}

const sg_recording_format sg_recording_aedat1 = {
    .head = {"aedat1", "AEDAT 1.0 of jAER: DVS128"},
    .endings = ".aedat",
    .fits = fits_1,
    .read = read_1,
};

const sg_recording_format sg_recording_aedat2 = {
    .head = {"aedat2", "AEDAT 2.0 of jAER: DVS128, DAVIS240 and DAVIS346"},
    .endings = ".aedat",
    .fits = fits_2,
    .read = read_2,
};
