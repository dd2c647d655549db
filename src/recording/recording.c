#include "recording/recording.h"

#include "base/text.h"
#include "file/kind.h"
#include "file/path.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define SG_RECORDING_ROW(name) &sg_recording_##name,
SG_KINDS_DEFINE(sg_recording, sg_recording_format, SG_RECORDINGS(SG_RECORDING_ROW))

/* ------------------------------------------------------------------------------------------------ finding a format */

static bool ends_with(const char *name, size_t length, const char *ending, size_t size) {
    return length > size && strncasecmp(name + length - size, ending, size) == 0;
}

bool sg_recording_ends(const char *name, const char *endings) {
    size_t length = strlen(name);
    if (ends_with(name, length, ".gz", 3))
        length -= 3;
    for (const char *at = endings; *at; at += strspn(at, " ")) {
        size_t size = strcspn(at, " ");
        if (ends_with(name, length, at, size))
            return true;
        at += size;
    }
    return false;
}

bool sg_recording_is_bare(const sg_recording_head *head, const char *endings) {
    size_t letters = 0;
    while (letters < head->size && (isprint(head->bytes[letters]) || isspace(head->bytes[letters])))
        letters++;
    return sg_recording_ends(head->name, endings) && letters < head->size;
}

static const sg_recording_format *format_of(const sg_recording_head *head) {
    const sg_recording_format *format;
    for (int i = 0; (format = sg_recording_at(i)) != NULL; i++)
        if (format->fits(head))
            return format;
    return NULL;
}

/* What a file begins with: its first line where that is text, else its first bytes. */
static void add_beginning(sg_text *text, const sg_recording_head *head) {
    enum { SHOWN = 32 };
    size_t letters = 0;
    while (letters < head->size && letters < SHOWN && isprint(head->bytes[letters]))
        letters++;
    if (letters >= 4)
        sg_text_add(text, "'%.*s'", (int)letters, (const char *)head->bytes);
    for (size_t i = 0; letters < 4 && i < head->size && i < 8; i++)
        sg_text_add(text, "%s%02x", i ? " " : "", head->bytes[i]);
}

/* Records why no format fits. */
static sg_status not_known(const char *path, const sg_recording_head *head) {
    sg_text text = {0};
    char *message;
    const char *kind = sg_file_kind(path);
    sg_text_add(&text, "begins with ");
    add_beginning(&text, head);
    sg_text_add(&text, kind ? " (%s), expected one of" : ", expected one of", kind);
    const sg_recording_format *format;
    for (int i = 0; (format = sg_recording_at(i)) != NULL; i++)
        sg_text_add(&text, "%s %s (%s)", i ? "," : "", format->head.name, format->endings);
    SG_TRY(sg_text_take(&text, &message));
    sg_status status = sg_fail(SG_DATA, "%s: is no recording that can be read: it %s", path, message);
    free(message);
    return status;
}

static sg_status see_head(sg_stream *stream, sg_recording_head *head) {
    head->size = sg_stream_see(stream, SG_RECORDING_HEAD, &head->bytes);
    if (head->size > SG_RECORDING_HEAD)
        head->size = SG_RECORDING_HEAD;
    return sg_stream_status(stream);
}

/* What an HDF5 file of surgrad's own says it is, "surgrad events 1", as far as `text` has room; false: it is none. The
 * text is the first that surgrad puts into a file. */
static bool find_own_format(const sg_recording_head *head, char *text, size_t size) {
    static const char mark[] = "\x89HDF\r\n\x1a\n", own[] = "surgrad ";
    if (head->size < sizeof mark - 1 || memcmp(head->bytes, mark, sizeof mark - 1) != 0)
        return false;
    const uint8_t *at = memmem(head->bytes, head->size, own, sizeof own - 1), *end = head->bytes + head->size;
    size_t used = 0;
    while (at && at < end && used + 1 < size && (islower(*at) || isdigit(*at) || *at == ' '))
        text[used++] = (char)*at++;
    text[used] = 0;
    return used > 0 && isdigit((unsigned char)text[used - 1]);
}

bool sg_recording_is_own(const char *path) {
    sg_recording_head head = {.name = sg_path_name(path)};
    sg_stream *stream;
    char text[64];
    if (sg_stream_open(path, &stream) != SG_OK)
        return false;
    bool is_own = see_head(stream, &head) == SG_OK && find_own_format(&head, text, sizeof text);
    sg_stream_close(stream);
    return is_own;
}

/* The format of what a stream is at the beginning of. `path` tells its name. */
static sg_status find(sg_stream *stream, const char *path, const sg_recording_format **format) {
    sg_recording_head head = {.name = sg_path_name(path)};
    char own[64];
    SG_TRY(see_head(stream, &head));
    if (head.size == 0)
        return sg_fail(SG_DATA, "%s: is empty, expected a recording", sg_stream_path(stream));
    if (find_own_format(&head, own, sizeof own))
        return sg_fail(SG_DATA,
                       "%s: is no recording, but what surgrad wrote, '%s': events are read by data.set: events, and "
                       "`surgrad info` tells of all such files",
                       sg_stream_path(stream), own);
    if (sg_stream_size(stream) != SG_STREAM_NO_SIZE)
        head.file_size = sg_stream_size(stream);
    *format = format_of(&head);
    return *format ? SG_OK : not_known(sg_stream_path(stream), &head);
}

sg_status sg_recording_find(const char *path, const sg_recording_format **format) {
    sg_stream *stream;
    *format = NULL;
    if (strcmp(path, "-") == 0)
        return sg_fail(SG_ARGUMENT, "standard input: its format can only be found as it is read");
    SG_TRY(sg_stream_open(path, &stream));
    sg_status status = find(stream, path, format);
    sg_stream_close(stream);
    return status;
}

/* -------------------------------------------------------------------------------------------------------- reading */

/* Reads what is left. A format that stops at a failure of the stream without asking is asked for it here. */
static sg_status read_all(sg_recording *recording, const sg_recording_format *format) {
    SG_TRY(format->read(recording));
    SG_TRY(recording->stream ? sg_stream_status(recording->stream) : SG_OK);
    return sg_recording_flush(recording);
}

/* `path` NULL: there is no file that a format could open by itself. */
static sg_status read_stream(sg_stream *stream, const char *name, const char *path, const sg_recording_format *format,
                             const sg_recording_listener *listener, uint64_t *left_out) {
    sg_recording recording = {
        .stream = stream, .path = path, .listener = listener, .most_x = UINT32_MAX, .most_y = UINT32_MAX};
    if (!format)
        SG_TRY(find(stream, name, &format));
    if (format->opens && !path)
        return sg_fail(SG_ARGUMENT, "%s: the format %s can only be read from a file: save it as one",
                       sg_stream_path(stream), format->head.name);
    if (format->opens)
        recording.stream = NULL;
    sg_status status = read_all(&recording, format);
    if (left_out)
        memcpy(left_out, recording.left_out, sizeof recording.left_out);
    return status;
}

sg_status sg_recording_read(const char *path, const sg_recording_format *format, const sg_recording_listener *listener,
                            uint64_t *left_out) {
    sg_stream *stream;
    SG_TRY(sg_stream_open(path, &stream));
    sg_status status = read_stream(stream, path, strcmp(path, "-") ? path : NULL, format, listener, left_out);
    sg_stream_close(stream);
    return status;
}

sg_status sg_recording_read_bytes(const char *path, const void *bytes, size_t size, const sg_recording_format *format,
                                  const sg_recording_listener *listener, uint64_t *left_out) {
    sg_stream *stream;
    SG_TRY(sg_stream_open_bytes(path, bytes, size, &stream));
    sg_status status = read_stream(stream, path, NULL, format, listener, left_out);
    sg_stream_close(stream);
    return status;
}

/* -------------------------------------------------------------------------------------------------- for the formats */

sg_status sg_recording_tell_sensor(sg_recording *recording, const sg_sensor *sensor) {
    recording->most_x = sensor->width ? sensor->width - 1 : UINT32_MAX;
    recording->most_y = sensor->height ? sensor->height - 1 : UINT32_MAX;
    return recording->listener->sensor ? recording->listener->sensor(recording->listener->user, sensor) : SG_OK;
}

sg_status sg_recording_begin(sg_recording *recording, const sg_recorded_sample *sample) {
    SG_TRY(sg_recording_flush(recording));
    return recording->listener->begin ? recording->listener->begin(recording->listener->user, sample) : SG_OK;
}

sg_status sg_recording_flush(sg_recording *recording) {
    size_t count = recording->used;
    recording->used = 0;
    return count ? recording->listener->events(recording->listener->user, recording->block, count) : SG_OK;
}

sg_status sg_recording_each(sg_recording *recording, size_t size, uint64_t count, const char *what,
                            sg_recording_take *take, void *state) {
    const uint8_t *bytes;
    size_t seen = 0;
    while (count && (seen = sg_stream_see(recording->stream, size, &bytes)) >= size) {
        const size_t whole = seen / size, taken = whole < count ? whole : (size_t)count;
        SG_TRY(take(recording, state, bytes, taken));
        sg_stream_pass(recording->stream, taken * size);
        if (count != SG_RECORDING_ALL)
            count -= taken;
    }
    if (!count)
        return SG_OK;
    return seen || count != SG_RECORDING_ALL ? sg_stream_skip(recording->stream, size, what)
                                             : sg_stream_status(recording->stream);
}
