/* Lists as SLAYER's N-MNIST comes with: "#sample #class", then lines of a number and a class. */
#include "import/walk.h"

#include "file/bytes.h"
#include "file/path.h"
#include "file/stream.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char header[] = "#sample";

bool sg_is_slayer_list(const char *path) {
    sg_stream *stream;
    const uint8_t *bytes;
    if (sg_stream_open(path, &stream) != SG_OK)
        return false;
    const size_t size = sizeof header - 1;
    bool is = sg_stream_see(stream, size, &bytes) >= size && memcmp(bytes, header, size) == 0;
    sg_stream_close(stream);
    return is;
}

typedef struct list {
    sg_items *items;
    const char *path;
    char folder[PATH_MAX];
    size_t line;
    int split;
} list;

/* "17" is 17.bs2, 17.bs1, ... beside the list. */
static sg_status find_numbered(const list *l, const char *number, char path[PATH_MAX]) {
    static const char *const endings[] = {".bs2", ".bin", ".bs1", ".bs3"};
    char name[256];
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        if (strlen(number) + strlen(endings[i]) >= sizeof name) /* as no name of a file is */
            break;
        stpcpy(stpcpy(name, number), endings[i]);
        SG_TRY(sg_absolute_path(path, PATH_MAX, l->folder, name));
        if (sg_file_exists(path))
            return SG_OK;
    }
    return sg_fail(SG_DATA, "%s:%zu: there is no %.80s.bs2 (.bin, .bs1, .bs3) beside the list", l->path, l->line,
                   number);
}

static sg_status add_line(list *l, char *line) {
    char path[PATH_MAX], *rest;
    const char *number = strtok_r(line, " \t\r", &rest), *name = strtok_r(NULL, " \t\r", &rest);
    const sg_recording_format *format;
    if (!number)
        return SG_OK;
    if (!name || strtok_r(NULL, " \t\r", &rest))
        return sg_fail(SG_DATA, "%s:%zu: expected the number of a sample and its class, nothing else", l->path,
                       l->line);
    SG_TRY(find_numbered(l, number, path));
    SG_TRY(sg_recording_find(path, &format));
    const sg_walk_place place = {sg_items_keep(l->items, name), l->split};
    return place.class_name ? sg_walk_add_file(l->items, path, format, &place) : SG_MEMORY;
}

static sg_status add_lines(list *l, char *text) {
    for (char *line; (line = strsep(&text, "\n"));) {
        l->line++;
        if (*line != '#')
            SG_TRY(add_line(l, line));
    }
    return SG_OK;
}

sg_status sg_walk_slayer_list(sg_items *items, const char *path) {
    enum { LIMIT = 1 << 28 };
    list l = {.items = items, .path = path, .split = sg_split_of_file(path)};
    char *text;
    SG_TRY(sg_run_directory_of(l.folder, sizeof l.folder, path));
    SG_TRY(sg_bytes_read_text(path, LIMIT, &text));
    sg_status status = add_lines(&l, text);
    free(text);
    return status;
}
