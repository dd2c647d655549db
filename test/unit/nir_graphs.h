/* Small NIR files of a test's own. cmocka and folder.h must be included before.
 *
 *     in Input shape=2:1; fc Linear weight=1,-1:3x2; n IF r=1:3 v_threshold=1:3; out Output shape=3:1 | in>fc fc>n
 * n>out
 *
 * Nodes are separated by ';', fields are NAME=VALUES:SHAPE: values are repeated until the shape is full, without a
 * shape they are one number, and of letters one text. Behind '|' are the edges. A node "g/n" is in a graph g within the
 * graph, whose edges are behind another '|': "g x>y". */
#ifndef TEST_UNIT_NIR_GRAPHS_H
#define TEST_UNIT_NIR_GRAPHS_H

#include "file/h5.h"
#include "surgrad.h"

enum { GRAPH_TEXT = 4096, GRAPH_NAME = 256, GRAPH_EDGES = 64, GRAPH_NUMBERS = 16384 };

static inline void graph_ok(sg_status status) {
    if (status != SG_OK)
        fail_msg("%s", sg_error_message());
}

static inline void graph_text(sg_h5 *file, const char *name, const char *text) {
    graph_ok(sg_h5_put_text_array(file, name, &text, 0, NULL));
}

/* "a/b" becomes "node/nodes/a/nodes/b". */
static inline void graph_path(const char *name, char path[GRAPH_NAME]) {
    const char *slash = strchr(name, '/');
    if (slash)
        snprintf(path, GRAPH_NAME, "node/nodes/%.*s/nodes/%s", (int)(slash - name), name, slash + 1);
    else
        snprintf(path, GRAPH_NAME, "node/nodes/%s", name);
}

static inline void graph_field(sg_h5 *file, const char *node, char *field) {
    static double numbers[GRAPH_NUMBERS];
    char path[2 * GRAPH_NAME], *values = strchr(field, '='), *shape_text = strchr(field, ':'), *end;
    uint64_t shape[SG_H5_RANK] = {0};
    size_t given = 0, count = 1;
    int rank = 0;
    *values++ = 0;
    snprintf(path, sizeof path, "%s/%s", node, field);
    if (*values >= 'a' && *values <= 'z') {
        graph_text(file, path, values);
        return;
    }
    for (char *next = shape_text ? shape_text + 1 : NULL; next && *next; next = *end ? end + 1 : end) {
        shape[rank] = strtoull(next, &end, 10);
        count *= shape[rank++];
    }
    assert_true(count <= GRAPH_NUMBERS);
    for (char *next = values;; next = end + 1) {
        numbers[given++] = strtod(next, &end);
        if (*end != ',')
            break;
    }
    for (size_t i = given; i < count; i++)
        numbers[i] = numbers[i % given];
    graph_ok(sg_h5_put(file, path, SG_H5_F64, numbers, rank, shape, true));
}

static inline void graph_node(sg_h5 *file, char *node) {
    char path[GRAPH_NAME], of_type[2 * GRAPH_NAME], *rest = node;
    const char *name = strtok_r(rest, " ", &rest), *type = strtok_r(rest, " ", &rest);
    graph_path(name, path);
    snprintf(of_type, sizeof of_type, "%s/type", path);
    graph_text(file, of_type, type);
    for (char *field; (field = strtok_r(rest, " ", &rest)) != NULL;)
        graph_field(file, path, field);
}

static inline void graph_edges(sg_h5 *file, const char *path, char *list) {
    const char *ends[2 * GRAPH_EDGES];
    size_t count = 0;
    for (char *edge; (edge = strtok_r(list, " ", &list)) != NULL; count++) {
        char *to = strchr(edge, '>');
        assert_true(count < GRAPH_EDGES && to);
        *to = 0;
        ends[2 * count] = edge;
        ends[2 * count + 1] = to + 1;
    }
    const uint64_t shape[2] = {count, 2};
    graph_ok(sg_h5_put_text_array(file, path, ends, 2, shape));
}

static inline void graph_inner(sg_h5 *file, char *part) {
    char path[2 * GRAPH_NAME], *rest = part;
    const char *name = strtok_r(rest, " ", &rest);
    snprintf(path, sizeof path, "node/nodes/%s/type", name);
    graph_text(file, path, "NIRGraph");
    snprintf(path, sizeof path, "node/nodes/%s/edges", name);
    graph_edges(file, path, rest);
}

/* Writes the graph; the path of its file, good until the fourth call after of in_folder. */
static inline const char *graph_write(const char *text) {
    char copy[GRAPH_TEXT], *parts = copy;
    const char *path = in_folder("graph.nir");
    sg_h5 *file;
    assert_true(strlen(text) < sizeof copy);
    snprintf(copy, sizeof copy, "%s", text);
    char *nodes = strtok_r(parts, "|", &parts), *edges = strtok_r(parts, "|", &parts);
    graph_ok(sg_h5_create(&file));
    graph_text(file, "version", "1.0.7");
    graph_text(file, "node/type", "NIRGraph");
    for (char *node; (node = strtok_r(nodes, ";", &nodes)) != NULL;)
        graph_node(file, node);
    graph_edges(file, "node/edges", edges);
    for (char *part; (part = strtok_r(parts, "|", &parts)) != NULL;)
        graph_inner(file, part);
    graph_ok(sg_h5_write(file, path));
    sg_h5_close(file);
    return path;
}

#endif
