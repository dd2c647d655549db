/* <dv><node name="outInfo"><node name="0"><attr key="typeIdentifier">EVTS</attr>
 *     <node name="info"><attr key="sizeX">320</attr> <attr key="sizeY">240</attr></node></node> ... */
#include "recording/aedat4_streams.h"

#include "base/number.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* A part of the XML: a name, a value, or what is between two tags. */
typedef struct span {
    const char *at;
    size_t size;
} span;

/* A stream in work. */
typedef struct stream {
    uint32_t number, width, height;
    bool has_number, is_events;
} stream;

/* Where the walk is. */
typedef struct walk {
    int depth;     /* nodes that are open */
    int out_depth; /* that of the node outInfo; 0: outside of it */
    bool in_info;  /* in the node "info" of a stream */
    stream now;
    sg_aedat4_streams found;
} walk;

static bool is(span found, const char *text) {
    return found.size == strlen(text) && memcmp(found.at, text, found.size) == 0;
}

/* A number that is all of the text, and fits 31 bits. */
static bool number_of(span text, uint32_t *value) {
    char copy[16];
    const char *end;
    int64_t found;
    snprintf(copy, sizeof copy, "%.*s", (int)(text.size < sizeof copy ? text.size : 0), text.at);
    if (!sg_parse_integer(copy, &end, &found) || *end || found < 0 || found > INT32_MAX)
        return false;
    *value = (uint32_t)found;
    return true;
}

/* The value of an attribute in a tag: KEY="VALUE". */
static span value_of(span tag, const char *key) {
    const size_t length = strlen(key);
    for (size_t i = 1; i + length + 2 < tag.size; i++) {
        const char quote = tag.at[i + length + 1];
        if (tag.at[i - 1] != ' ' || memcmp(tag.at + i, key, length) != 0 || tag.at[i + length] != '=' ||
            (quote != '"' && quote != '\''))
            continue;
        const char *value = tag.at + i + length + 2, *end = memchr(value, quote, (size_t)(tag.at + tag.size - value));
        return end ? (span){value, (size_t)(end - value)} : (span){"", 0};
    }
    return (span){"", 0};
}

static void open_node(walk *w, span tag) {
    const span name = value_of(tag, "name");
    w->depth++;
    if (!w->out_depth && is(name, "outInfo"))
        w->out_depth = w->depth;
    else if (w->out_depth && w->depth == w->out_depth + 1) {
        w->now = (stream){0};
        w->now.has_number = number_of(name, &w->now.number);
    } else if (w->depth == w->out_depth + 2)
        w->in_info = is(name, "info");
}

static void close_node(walk *w) {
    const stream *s = &w->now;
    if (w->out_depth && w->depth == w->out_depth + 1 && s->has_number && s->is_events && w->found.count++ == 0) {
        w->found.first = (int32_t)s->number;
        w->found.width = s->width;
        w->found.height = s->height;
    }
    if (w->depth == w->out_depth)
        w->out_depth = 0;
    w->depth--;
}

static void take_attribute(walk *w, span tag, span text) {
    const span key = value_of(tag, "key");
    if (!w->out_depth)
        return;
    if (w->depth == w->out_depth + 1 && is(key, "typeIdentifier"))
        w->now.is_events = is(text, "EVTS");
    else if (w->depth == w->out_depth + 2 && w->in_info && is(key, "sizeX"))
        number_of(text, &w->now.width);
    else if (w->depth == w->out_depth + 2 && w->in_info && is(key, "sizeY"))
        number_of(text, &w->now.height);
}

static bool begins(span tag, const char *name) {
    const size_t length = strlen(name);
    return tag.size >= length && memcmp(tag.at, name, length) == 0;
}

/* A tag without its brackets, and the text up to the next. */
static void take_tag(walk *w, span tag, span text) {
    if (begins(tag, "node ")) {
        open_node(w, tag);
        if (tag.at[tag.size - 1] == '/')
            close_node(w);
    } else if (begins(tag, "/node"))
        close_node(w);
    else if (begins(tag, "attr "))
        take_attribute(w, tag, text);
}

sg_aedat4_streams sg_aedat4_streams_find(const char *xml, size_t size) {
    walk w = {0};
    const char *end = xml + size, *open = size ? memchr(xml, '<', size) : NULL;
    while (open) {
        const char *close = memchr(open, '>', (size_t)(end - open));
        if (!close)
            break;
        const char *next = memchr(close, '<', (size_t)(end - close));
        const char *text_end = next ? next : end;
        take_tag(&w, (span){open + 1, (size_t)(close - open - 1)}, (span){close + 1, (size_t)(text_end - close - 1)});
        open = next;
    }
    return w.found;
}
