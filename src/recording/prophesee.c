#include "recording/prophesee.h"

#include "base/number.h"
#include "recording/header.h"

#include <stdio.h>
#include <string.h>

/* The number that begins a text; 0 if none does, or it is no size of a sensor. *end, or NULL, is what follows it. */
static uint32_t size_in(const char *text, const char **end) {
    const char *after = text;
    int64_t value = 0;
    const bool good = sg_parse_integer(text, &after, &value) && value > 0 && value <= INT32_MAX;
    if (end)
        *end = after;
    return good ? (uint32_t)value : 0;
}

/* The part "KEY=VALUE" of "EVT3;height=720;width=1280". */
static const char *part_of(const char *format, const char *key) {
    size_t length = strlen(key);
    for (const char *at = strchr(format, ';'); at; at = strchr(at + 1, ';'))
        if (strncmp(at + 1, key, length) == 0 && at[1 + length] == '=')
            return at + 2 + length;
    return "";
}

static void take_format(sg_prophesee_header *header, const char *value) {
    snprintf(header->format, sizeof header->format, "%.*s", (int)strcspn(value, "; "), value);
    const char *endianness = part_of(value, "endianness");
    snprintf(header->endianness, sizeof header->endianness, "%.*s", (int)strcspn(endianness, "; "), endianness);
    const uint32_t width = size_in(part_of(value, "width"), NULL), height = size_in(part_of(value, "height"), NULL);
    header->width = width ? width : header->width;
    header->height = height ? height : header->height;
}

/* "3.0" is the older word for EVT3, and "2.1" for EVT21. */
static void take_evt(sg_prophesee_header *header, const char *value) {
    if (*header->format || strlen(value) < 3)
        return;
    snprintf(header->format, sizeof header->format, "EVT%c%s", value[0], value[2] == '0' ? "" : value + 2);
}

/* "1280x720". */
static void take_geometry(sg_prophesee_header *header, const char *value) {
    const char *end;
    const uint32_t width = size_in(value, &end), height = *end == 'x' ? size_in(end + 1, NULL) : 0;
    header->width = width && height ? width : header->width;
    header->height = width && height ? height : header->height;
}

static void take_width(sg_prophesee_header *header, const char *value) {
    header->width = size_in(value, NULL);
}

static void take_height(sg_prophesee_header *header, const char *value) {
    header->height = size_in(value, NULL);
}

static void take_version(sg_prophesee_header *header, const char *value) {
    header->version = (int)size_in(value, NULL);
}

static const struct {
    const char *key;
    void (*take)(sg_prophesee_header *header, const char *value);
} keys[] = {
    {"format ", take_format}, {"evt ", take_evt},       {"geometry ", take_geometry},
    {"Width ", take_width},   {"Height ", take_height}, {"Version ", take_version},
};

sg_status sg_prophesee_header_read(sg_stream *stream, sg_prophesee_header *header) {
    char line[SG_HEADER_LINE];
    bool found;
    *header = (sg_prophesee_header){0};
    for (;;) {
        SG_TRY(sg_header_line(stream, "% ", line, &found));
        if (!found || strcmp(line, "end") == 0)
            return SG_OK;
        header->found = true;
        for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
            const char *value = sg_header_value(line, keys[i].key);
            if (value)
                keys[i].take(header, value);
        }
    }
}

bool sg_prophesee_look(const sg_recording_head *head, sg_prophesee_header *header) {
    sg_stream *stream;
    if (head->size < 2 || memcmp(head->bytes, "% ", 2) != 0 ||
        sg_stream_open_bytes(head->name, head->bytes, head->size, &stream) != SG_OK)
        return false;
    sg_status status = sg_prophesee_header_read(stream, header);
    sg_stream_close(stream);
    return status == SG_OK && header->found;
}

sg_status sg_prophesee_begin(sg_recording *recording, const char *format, sg_prophesee_header *header) {
    SG_TRY(sg_prophesee_header_read(recording->stream, header));
    if (*header->format && strcmp(header->format, format) != 0)
        return sg_stream_fail(recording->stream,
                              "its header tells events in the format %s, expected %s; EVT2, EVT21 and EVT3 can be read",
                              header->format, *format ? format : "those of a .dat file");
    SG_TRY(sg_header_needs_events(recording->stream));
    return sg_recording_tell_sensor(recording,
                                    &(sg_sensor){.width = header->width, .height = header->height, .polarities = 2});
}
