#include "recording/aedat.h"

#include "recording/header.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char mark[] = "#!AER-DAT";

/* As jAER writes them: DVS128.java and DavisBaseCamera.java of its sources. */
static const sg_aedat_chip chips[] = {
    {"DVS128", 128, 128, .other = 0xffff8000, .x_at = 1, .x_bits = 7, .y_at = 8, .y_bits = 7, .on_inverted = 1},
    {"DAVIS240", 240, 180, .other = 0x80000400, .x_at = 12, .x_bits = 10, .y_at = 22, .y_bits = 9, .on = 0x800},
    {"DAVIS346", 346, 260, .other = 0x80000400, .x_at = 12, .x_bits = 10, .y_at = 22, .y_bits = 9, .on = 0x800},
};

/* Names go on with letters: DAVIS240C; but DVS1280 is another chip. */
const sg_aedat_chip *sg_aedat_chip_find(const char *name) {
    for (size_t i = 0; i < sizeof chips / sizeof *chips; i++) {
        size_t length = strlen(chips[i].name);
        if (strncasecmp(name, chips[i].name, length) == 0 && !isdigit((unsigned char)name[length]))
            return &chips[i];
    }
    return NULL;
}

bool sg_aedat_fits(const sg_recording_head *head, const char *version) {
    const size_t length = sizeof mark - 1, more = strlen(version);
    return head->size >= length + more && memcmp(head->bytes, mark, length) == 0 &&
           memcmp(head->bytes + length, version, more) == 0;
}

/* The class without its package: "eu.seebetter.ini.chips.davis.Davis346red". */
static void take_chip(sg_aedat_header *header, const char *value) {
    const char *dot = strrchr(value, '.');
    snprintf(header->chip, sizeof header->chip, "%s", dot ? dot + 1 : value);
}

/* "1: DVS128". */
static void take_source(sg_aedat_header *header, const char *value) {
    const char *colon = strchr(value, ':');
    if (colon && !*header->chip)
        snprintf(header->chip, sizeof header->chip, "%s", colon + 1 + strspn(colon + 1, " "));
}

static void take_format(sg_aedat_header *header, const char *value) {
    snprintf(header->format, sizeof header->format, "%s", value);
}

static void take_version(sg_aedat_header *header, const char *value) {
    snprintf(header->version, sizeof header->version, "%s", value);
}

static void take_end(sg_aedat_header *header, const char *value) {
    (void)value;
    header->ended = true;
}

static const struct {
    const char *key;
    void (*take)(sg_aedat_header *header, const char *value);
} keys[] = {
    {"!AER-DAT", take_version}, {"AEChip:", take_chip},    {"Source ", take_source},
    {"Format:", take_format},   {"!END-HEADER", take_end},
};

sg_status sg_aedat_header_read(sg_stream *stream, sg_aedat_header *header) {
    char line[SG_HEADER_LINE];
    bool found = true;
    *header = (sg_aedat_header){0};
    while (found && !header->ended) {
        SG_TRY(sg_header_line(stream, "#", line, &found));
        for (size_t i = 0; found && i < sizeof keys / sizeof *keys; i++) {
            const char *value = sg_header_value(line, keys[i].key);
            if (value)
                keys[i].take(header, value);
        }
    }
    return SG_OK;
}
