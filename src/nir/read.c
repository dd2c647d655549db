/* NIR files: the whole is the group "node", whose "type" is NIRGraph, with "edges" (m, 2) and a group "nodes" of nodes,
 * each with its "type" and a dataset for each parameter (docs/nir.md). */
#include "base/memory.h"
#include "base/text.h"
#include "nir/graph.h"
#include "nir/primitive.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH = 768, DEPTH = 6, TYPE = 32 };

#define WHOLE "NIRGraph"

/* A graph within the graph. */
typedef struct inner_graph {
    char own[SG_H5_ENTRY_NAME];
    size_t parent;        /* the graph that it is in */
    size_t input, output; /* its nodes, or SG_NIR_NONE */
} inner_graph;

typedef struct reader {
    sg_h5 *file;
    sg_nir_graph *graph;
    inner_graph *graphs; /* (graph_count) number 0 is the whole */
    size_t graph_count, capacity, edge_capacity;
} reader;

/* A group of the file that is a graph, and what the names of its nodes begin with. */
typedef struct place {
    char path[PATH], prefix[PATH];
    size_t graph; /* its number */
    int depth;
} place;

/* --------------------------------------------------------------------------------------------------------- datasets */

/* Room for one more item; the new ones are not cleared. */
static sg_status grow(void **items, size_t count, size_t *capacity, size_t size) {
    if (count < *capacity)
        return SG_OK;
    const size_t more = *capacity ? 2 * *capacity : 16;
    void *grown = realloc(*items, more * size);
    if (!grown)
        return sg_fail(SG_MEMORY, "no memory for a graph");
    *items = grown;
    *capacity = more;
    return SG_OK;
}

/* One text; `text` is cut at its size. */
static sg_status read_text(const reader *r, const char *path, char *text, size_t size) {
    sg_texts texts = {0};
    int rank;
    uint64_t shape[SG_H5_RANK];
    sg_status status = sg_h5_get_text_array(r->file, path, &rank, shape, &texts);
    if (status == SG_OK && texts.count != 1)
        status = sg_fail(SG_MODEL, "%s: %s holds %zu texts, expected one", r->graph->path, path, texts.count);
    if (status == SG_OK)
        snprintf(text, size, "%s", texts.items[0]);
    sg_texts_free(&texts);
    return status;
}

static sg_status read_array(const reader *r, const char *path, const sg_h5_entry *entry, sg_nir_array *array) {
    size_t count = 1;
    const char *name = r->graph->path;
    if (entry->kind != SG_H5_NUMBERS) /* it then tells why not */
        SG_TRY(sg_h5_shape(r->file, path, &array->rank, array->shape));
    array->rank = entry->rank;
    memcpy(array->shape, entry->shape, sizeof array->shape);
    for (int i = 0; i < array->rank; i++)
        if (array->shape[i] > SIZE_MAX || !sg_size_multiply(count, (size_t)array->shape[i], &count))
            return sg_fail(SG_MODEL, "%s: %s: its size overflows", name, path);
    if (count == 0)
        return sg_fail(SG_MODEL, "%s: %s is empty", name, path);
    array->values = sg_array(count, sizeof *array->values);
    if (!array->values)
        return SG_MEMORY;
    array->count = count;
    SG_TRY(sg_h5_get(r->file, path, SG_H5_F64, array->values, array->rank, array->shape));
    for (size_t i = 0; i < count; i++)
        if (!isfinite(array->values[i]))
            return sg_fail(SG_MODEL, "%s: %s: number %zu is not finite", name, path, i);
    return SG_OK;
}

/* Convolutions may name their padding. */
static sg_status read_padding(const reader *r, const char *path, const sg_h5_entry *entry, sg_nir_array *array) {
    char text[TYPE];
    (void)entry;
    SG_TRY(read_text(r, path, text, sizeof text));
    if (strcmp(text, "same") != 0 && strcmp(text, "valid") != 0)
        return sg_fail(SG_MODEL, "%s: %s is '%s', expected numbers, same or valid", r->graph->path, path, text);
    array->values = sg_array(1, sizeof *array->values);
    if (!array->values)
        return SG_MEMORY;
    array->values[0] = *text == 's' ? SG_NIR_SAME : 0;
    array->count = 1;
    return SG_OK;
}

/* ------------------------------------------------------------------------------------------------------------ nodes */

static bool takes(const sg_nir_primitive *kind, int field) {
    return (kind->needs | kind->may) >> field & 1;
}

static sg_status read_field(reader *r, sg_nir_node *node, const char *path, const sg_h5_entry *entry) {
    char name[PATH + SG_H5_ENTRY_NAME];
    snprintf(name, sizeof name, "%s/%s", path, entry->name);
    for (int field = 0; field < SG_NIR_FIELDS; field++) {
        if (!takes(node->kind, field) || strcmp(entry->name, sg_nir_field_name((sg_nir_field)field)) != 0)
            continue;
        bool is_text = field == SG_NIR_PADDING && entry->kind == SG_H5_TEXTS;
        return (is_text ? read_padding : read_array)(r, name, entry, &node->field[field]);
    }
    if (strcmp(entry->name, "type") != 0 && strcmp(entry->name, "metadata") != 0)
        sg_warn("%s: node '%s' (%s): '%s' is not known, and left out", r->graph->path, node->name, node->kind->type,
                entry->name);
    return SG_OK;
}

static sg_status read_fields(reader *r, sg_nir_node *node, const char *path) {
    sg_h5_entry *entries = NULL;
    size_t count = 0;
    sg_status status = sg_h5_list(r->file, path, &entries, &count);
    for (size_t i = 0; status == SG_OK && i < count; i++)
        status = read_field(r, node, path, &entries[i]);
    free(entries);
    SG_TRY(status);
    for (int field = 0; field < SG_NIR_FIELDS; field++)
        if (node->kind->needs >> field & 1 && !node->field[field].values)
            return sg_nir_fail(r->graph, node, "'%s' is missing", sg_nir_field_name((sg_nir_field)field));
    return SG_OK;
}

static sg_status add_node(reader *r, const place *at, const char *own, const char *type, const char *path) {
    sg_nir_graph *graph = r->graph;
    char name[PATH + SG_H5_ENTRY_NAME], shown[SG_SHOWN_TEXT];
    const sg_nir_primitive *kind = sg_nir_primitive_find(type);
    snprintf(name, sizeof name, "%s%s", at->prefix, own);
    if (!kind)
        return sg_nir_fail_unknown(graph->path, sg_shown(name, shown), type);
    if (graph->count == SG_NIR_NODES)
        return sg_fail(SG_MODEL, "%s: has more than %d nodes", graph->path, SG_NIR_NODES);
    SG_TRY(grow((void **)&graph->nodes, graph->count, &r->capacity, sizeof *graph->nodes));
    sg_nir_node *node = &graph->nodes[graph->count++];
    *node = (sg_nir_node){.name = sg_text_copy(name), .graph = at->graph, .kind = kind};
    if (!node->name)
        return SG_MEMORY;
    node->own = node->name + strlen(at->prefix);
    if (at->graph > 0 && (kind->role == SG_NIR_INPUT || kind->role == SG_NIR_OUTPUT)) {
        inner_graph *inner = &r->graphs[at->graph];
        *(kind->role == SG_NIR_INPUT ? &inner->input : &inner->output) = graph->count - 1;
        node->inner = true;
    }
    return read_fields(r, node, path);
}

static sg_status read_graph(reader *r, const place *at);

static sg_status read_inner(reader *r, const place *at, const char *own, const char *path) {
    if (at->depth == DEPTH || r->graph_count == SG_NIR_NODES)
        return sg_fail(SG_MODEL, "%s: node '%s%s' (" WHOLE "): graphs within graphs go deeper than %d, or are too many",
                       r->graph->path, at->prefix, own, DEPTH);
    place *inner = sg_array(1, sizeof *inner);
    if (!inner)
        return SG_MEMORY;
    *inner = (place){.graph = r->graph_count, .depth = at->depth + 1};
    snprintf(inner->path, PATH, "%s", path);
    snprintf(inner->prefix, PATH, "%s%s.", at->prefix, own);
    r->graphs[r->graph_count] = (inner_graph){.parent = at->graph, .input = SG_NIR_NONE, .output = SG_NIR_NONE};
    snprintf(r->graphs[r->graph_count].own, SG_H5_ENTRY_NAME, "%s", own);
    r->graph_count++;
    sg_status status = read_graph(r, inner);
    free(inner);
    return status;
}

static sg_status read_node(reader *r, const place *at, const char *own) {
    char path[PATH], of_type[PATH + TYPE], type[TYPE];
    if (snprintf(path, sizeof path, "%s/nodes/%s", at->path, own) >= PATH)
        return sg_fail(SG_MODEL, "%s: the names of its nodes are too long", r->graph->path);
    snprintf(of_type, sizeof of_type, "%s/type", path);
    SG_TRY(read_text(r, of_type, type, sizeof type));
    return strcmp(type, WHOLE) == 0 ? read_inner(r, at, own, path) : add_node(r, at, own, type, path);
}

static sg_status read_nodes(reader *r, const place *at) {
    char path[PATH + TYPE];
    sg_h5_entry *entries = NULL;
    size_t count = 0;
    snprintf(path, sizeof path, "%s/nodes", at->path);
    sg_status status = sg_h5_list(r->file, path, &entries, &count);
    for (size_t i = 0; status == SG_OK && i < count; i++)
        status = read_node(r, at, entries[i].name);
    free(entries);
    return status;
}

/* ------------------------------------------------------------------------------------------------------------ edges */

/* An edge as it is written, for messages. */
typedef struct written_edge {
    const place *at;
    const char *from, *to;
} written_edge;

/* "PATH: node 'lif1': edge 'input' -> 'lif'"; the first part where it is in a graph within the graph. */
static sg_status refuse_edge(const reader *r, const written_edge *edge, const char *why, const char *name,
                             const char *near) {
    char shown[3][SG_SHOWN_TEXT];
    const size_t prefix = strlen(edge->at->prefix);
    return sg_fail(SG_MODEL, "%s: %s%.*s%sedge '%s' -> '%s': %s '%s'%s%s%s", r->graph->path, prefix ? "node '" : "",
                   prefix ? (int)prefix - 1 : 0, edge->at->prefix, prefix ? "' (" WHOLE "): " : "",
                   sg_shown(edge->from, shown[0]), sg_shown(edge->to, shown[1]), why, sg_shown(name, shown[2]),
                   near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
}

/* The node that one end of an edge names: of a graph within the graph its Input or Output. */
static sg_status find_end(const reader *r, const written_edge *edge, bool from, size_t *found) {
    const char *name = from ? edge->from : edge->to, *near = NULL;
    for (size_t n = 0; n < r->graph->count; n++) {
        const sg_nir_node *node = &r->graph->nodes[n];
        if (node->graph != edge->at->graph)
            continue;
        *found = n;
        if (strcmp(node->own, name) == 0)
            return SG_OK;
        sg_offer_nearest(name, node->own, &near);
    }
    for (size_t g = 1; g < r->graph_count; g++) {
        const inner_graph *inner = &r->graphs[g];
        *found = from ? inner->output : inner->input;
        if (inner->parent == edge->at->graph && strcmp(inner->own, name) == 0)
            return *found != SG_NIR_NONE
                       ? SG_OK
                       : refuse_edge(r, edge, from ? "there is no Output in" : "there is no Input in", name, NULL);
    }
    return refuse_edge(r, edge, "there is no node", name, near);
}

static sg_status add_edge(reader *r, const written_edge *written) {
    sg_nir_graph *graph = r->graph;
    sg_nir_edge edge;
    SG_TRY(find_end(r, written, true, &edge.from));
    SG_TRY(find_end(r, written, false, &edge.to));
    for (size_t e = 0; e < graph->edge_count; e++)
        if (graph->edges[e].from == edge.from && graph->edges[e].to == edge.to)
            return SG_OK;
    if (graph->edge_count == SG_NIR_EDGES)
        return sg_fail(SG_MODEL, "%s: has more than %d edges", graph->path, SG_NIR_EDGES);
    SG_TRY(grow((void **)&graph->edges, graph->edge_count, &r->edge_capacity, sizeof *graph->edges));
    graph->edges[graph->edge_count++] = edge;
    return SG_OK;
}

static sg_status read_edges(reader *r, const place *at) {
    char path[PATH + TYPE];
    sg_texts ends = {0};
    int rank;
    uint64_t shape[SG_H5_RANK];
    snprintf(path, sizeof path, "%s/edges", at->path);
    sg_status status = sg_h5_get_text_array(r->file, path, &rank, shape, &ends);
    if (status == SG_OK && (rank != 2 || shape[1] != 2))
        status = sg_fail(SG_MODEL, "%s: '%s' is not of pairs of names", r->graph->path, path);
    for (size_t i = 0; status == SG_OK && i + 1 < ends.count; i += 2) {
        const written_edge edge = {at, ends.items[i], ends.items[i + 1]};
        status = add_edge(r, &edge);
    }
    sg_texts_free(&ends);
    return status;
}

static sg_status read_graph(reader *r, const place *at) {
    SG_TRY(read_nodes(r, at));
    return read_edges(r, at);
}

/* --------------------------------------------------------------------------------------------------------- metadata */

/* What surgrad wrote of what NIR has no words for; of other programs it is left alone. */
static sg_status read_metadata(reader *r) {
    static const char dt[] = "node/metadata/dt", config[] = "node/metadata/surgrad",
                      integration[] = "node/metadata/integration";
    char text[TYPE];
    sg_texts texts = {0};
    int rank;
    uint64_t shape[SG_H5_RANK];
    if (!sg_h5_has(r->file, config))
        return SG_OK;
    SG_TRY(sg_h5_get(r->file, dt, SG_H5_F64, &r->graph->dt_s, 0, NULL));
    SG_TRY(read_text(r, integration, text, sizeof text));
    r->graph->exact = strcmp(text, "exact") == 0;
    sg_status status = sg_h5_get_text_array(r->file, config, &rank, shape, &texts);
    if (status == SG_OK && texts.count == 1)
        status = (r->graph->config = sg_text_copy(texts.items[0])) ? SG_OK : SG_MEMORY;
    sg_texts_free(&texts);
    return status;
}

static sg_status read_whole(reader *r) {
    char type[TYPE];
    place *whole = sg_array(1, sizeof *whole);
    r->graphs = sg_array(SG_NIR_NODES, sizeof *r->graphs);
    r->graph_count = 1;
    sg_status status = whole && r->graphs ? read_text(r, "node/type", type, sizeof type) : SG_MEMORY;
    if (status == SG_OK && strcmp(type, WHOLE) != 0)
        status = sg_fail(SG_MODEL, "%s: holds a single node of type '%s', expected a graph (" WHOLE ")", r->graph->path,
                         type);
    if (status == SG_OK) {
        snprintf(whole->path, PATH, "node");
        status = read_graph(r, whole);
    }
    if (status == SG_OK)
        status = read_metadata(r);
    free(whole);
    free(r->graphs);
    return status;
}

sg_status sg_nir_read(const char *path, sg_nir_graph *graph) {
    reader r = {.graph = graph};
    *graph = (sg_nir_graph){.path = path};
    SG_TRY(sg_h5_open(path, SG_MODEL, &r.file));
    sg_status status = read_whole(&r);
    sg_h5_close(r.file);
    return status;
}
