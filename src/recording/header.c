#include "recording/header.h"

#include <stdio.h>
#include <string.h>

/* Bytes of text from here on: letters of any alphabet and tabs. */
static size_t text_length(const uint8_t *bytes, size_t size) {
    size_t length = 0;
    while (length < size && (bytes[length] >= ' ' || bytes[length] == '\t') && bytes[length] != 0x7f)
        length++;
    return length;
}

/* Bytes of the end of line that stands here: "\n", "\r\n"; 0: none does. At the end of the file a line may lack it. */
static size_t end_length(const uint8_t *bytes, size_t size) {
    size_t returns = size && *bytes == '\r';
    return returns < size && bytes[returns] == '\n' ? returns + 1 : 0;
}

sg_status sg_header_line(sg_stream *stream, const char *mark, char line[SG_HEADER_LINE], bool *found) {
    const uint8_t *bytes;
    const size_t size = sg_stream_see(stream, SG_STREAM_WINDOW, &bytes), mark_size = strlen(mark);
    *found = false;
    *line = 0;
    if (size < mark_size || memcmp(bytes, mark, mark_size) != 0)
        return sg_stream_status(stream);
    const size_t length = text_length(bytes, size), end = end_length(bytes + length, size - length);
    const bool ends_file = length == size && size < SG_STREAM_WINDOW;
    if (length == size && !ends_file)
        return sg_stream_fail(stream, "found a line of more than %d bytes in the header", SG_STREAM_WINDOW);
    if (!end && !ends_file)
        return SG_OK;
    size_t from = mark_size;
    while (from < length && bytes[from] == ' ')
        from++;
    snprintf(line, SG_HEADER_LINE, "%.*s", (int)(length - from), (const char *)bytes + from);
    sg_stream_pass(stream, length + end);
    *found = true;
    return SG_OK;
}

const char *sg_header_value(const char *line, const char *key) {
    size_t length = strlen(key);
    if (strncmp(line, key, length) != 0)
        return NULL;
    return line + length + strspn(line + length, " ");
}

sg_status sg_header_needs_events(sg_stream *stream) {
    const uint8_t *bytes;
    if (sg_stream_see(stream, 1, &bytes))
        return SG_OK;
    SG_TRY(sg_stream_status(stream));
    return sg_stream_fail(stream, "ends after its header, expected events: it is cut short");
}
