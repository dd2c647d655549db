#include "nir/chain.h"

#include "nir/primitive.h"

#include <string.h>

static sg_nir_role role_of(const sg_nir_graph *graph, size_t node) {
    return graph->nodes[node].kind->role;
}

static const char *name_of(const sg_nir_graph *graph, size_t node) {
    return graph->nodes[node].name;
}

static size_t count_before(const sg_nir_graph *graph, size_t to) {
    size_t count = 0;
    while (sg_nir_before(graph, to, count) != SG_NIR_NONE)
        count++;
    return count;
}

static size_t count_after(const sg_nir_graph *graph, size_t from) {
    size_t count = 0;
    for (size_t e = 0; e < graph->edge_count; e++)
        count += graph->edges[e].from == from;
    return count;
}

/* The Threshold that makes spikes of a leaky integrator's membrane, and of nothing else; or SG_NIR_NONE. */
static size_t threshold_after(const sg_nir_graph *graph, size_t node) {
    const sg_nir_primitive *kind = graph->nodes[node].kind;
    if (kind != &sg_nir_li && kind != &sg_nir_cuba_li)
        return SG_NIR_NONE;
    for (size_t e = 0; e < graph->edge_count; e++) {
        const size_t to = graph->edges[e].to;
        if (graph->edges[e].from == node && role_of(graph, to) == SG_NIR_FIRES && count_before(graph, to) == 1)
            return to;
    }
    return SG_NIR_NONE;
}

/* Whether a Threshold belongs to a leaky integrator before it. */
static bool is_of_integrator(const sg_nir_graph *graph, size_t node) {
    const size_t before = sg_nir_before(graph, node, 0);
    return before != SG_NIR_NONE && threshold_after(graph, before) == node;
}

/* Whether spikes, or data, come out of a node. */
static bool is_source(const sg_nir_graph *graph, size_t node) {
    const sg_nir_node *at = &graph->nodes[node];
    if (at->kind->role == SG_NIR_INPUT)
        return !at->inner;
    return at->kind->role == SG_NIR_FIRES ||
           (at->kind->role == SG_NIR_NEURON && threshold_after(graph, node) == SG_NIR_NONE);
}

/* Where what a node gives comes from, past the ends of graphs within the graph. */
static size_t passed_on(const sg_nir_graph *graph, size_t node) {
    for (size_t i = 0; i < SG_NIR_CHAIN && graph->nodes[node].inner && count_before(graph, node) == 1; i++)
        node = sg_nir_before(graph, node, 0);
    return node;
}

/* ---------------------------------------------------------------------------------------------------------- a layer */

/* The spiking node of a layer. */
static size_t end_of(const sg_nir_layer *layer) {
    return layer->fires != SG_NIR_NONE ? layer->fires : layer->neuron;
}

/* Whether spikes of the layer come back through this node, which is before its neurons. */
static bool comes_back(const sg_nir_layer *layer, size_t node) {
    const sg_nir_graph *graph = layer->graph;
    for (size_t i = 0; i < SG_NIR_CHAIN && !is_source(graph, node) && count_before(graph, node) == 1; i++)
        node = sg_nir_before(graph, node, 0);
    return node == end_of(layer);
}

/* Nodes between the layer's spikes and its neurons: an Affine or a Linear, and ends of graphs. */
static sg_status take_back(sg_nir_layer *layer, size_t node) {
    const sg_nir_graph *graph = layer->graph;
    if (layer->back != SG_NIR_NONE)
        return sg_nir_fail(graph, &graph->nodes[node], "spikes come back to '%s' through '%s' already",
                           name_of(graph, layer->neuron), name_of(graph, layer->back));
    if (is_source(graph, node))
        return sg_nir_fail(graph, &graph->nodes[node], "its spikes come back without weights, expected a Linear");
    for (; node != end_of(layer); node = sg_nir_before(graph, node, 0)) {
        const sg_nir_node *at = &graph->nodes[node];
        if (at->inner)
            continue;
        if (layer->back != SG_NIR_NONE || (at->kind != &sg_nir_affine && at->kind != &sg_nir_linear))
            return sg_nir_fail(graph, at, "spikes come back to '%s' through it, expected one Affine or Linear",
                               name_of(graph, layer->neuron));
        layer->back = node;
    }
    return SG_OK;
}

/* The nodes before `to` but for that through which spikes come back. */
static sg_status take_before(sg_nir_layer *layer, size_t to, size_t *nodes, size_t *count) {
    const sg_nir_graph *graph = layer->graph;
    *count = 0;
    for (size_t i = 0; sg_nir_before(graph, to, i) != SG_NIR_NONE; i++) {
        const size_t node = sg_nir_before(graph, to, i);
        if (to == layer->neuron && comes_back(layer, node)) {
            SG_TRY(take_back(layer, node));
            continue;
        }
        if (*count == SG_MAX_LAYERS)
            return sg_nir_fail(graph, &graph->nodes[to], "more than %d nodes lead to it", SG_MAX_LAYERS);
        nodes[(*count)++] = node;
    }
    return *count ? SG_OK : sg_nir_fail(graph, &graph->nodes[to], "nothing leads to it");
}

/* Whether all nodes give spikes; *odd is one that does not. Several come past the ends of graphs within the graph; a
 * single one is taken as it is, so that its end becomes part of the chain. */
static bool are_sources(const sg_nir_graph *graph, size_t *nodes, size_t count, size_t *odd) {
    for (size_t i = 0; i < count; i++) {
        *odd = count > 1 ? passed_on(graph, nodes[i]) : nodes[i];
        if (!is_source(graph, *odd))
            return false;
        nodes[i] = *odd;
    }
    return true;
}

static sg_status add_to_chain(sg_nir_layer *layer, size_t node) {
    const sg_nir_graph *graph = layer->graph;
    if (layer->chain_count == SG_NIR_CHAIN)
        return sg_nir_fail(graph, &graph->nodes[layer->neuron], "more than %d nodes without neurons lead to it",
                           SG_NIR_CHAIN);
    if (role_of(graph, node) == SG_NIR_LINK && count_after(graph, node) > 1)
        return sg_nir_fail(graph, &graph->nodes[node],
                           "leads to %zu nodes, expected one: surgrad's weights are of one "
                           "layer",
                           count_after(graph, node));
    memmove(layer->chain + 1, layer->chain, layer->chain_count * sizeof *layer->chain);
    layer->chain[0] = node;
    layer->chain_count++;
    return SG_OK;
}

static sg_status check_that_they_fire(const sg_nir_layer *layer) {
    const sg_nir_graph *graph = layer->graph;
    for (size_t i = 0; i < layer->from_count; i++) {
        const sg_nir_node *node = &graph->nodes[layer->from[i]];
        if (node->kind == &sg_nir_li || node->kind == &sg_nir_cuba_li)
            return sg_nir_fail(graph, node,
                               "never fires, so that '%s' gets no spikes: surgrad computes leaky integrators before a "
                               "Threshold, or as the last",
                               name_of(graph, layer->neuron));
    }
    return SG_OK;
}

/* From the neurons back to spikes. */
static sg_status walk_back(sg_nir_layer *layer) {
    const sg_nir_graph *graph = layer->graph;
    size_t to = layer->neuron, odd = to;
    do {
        SG_TRY(take_before(layer, to, layer->from, &layer->from_count));
        if (are_sources(graph, layer->from, layer->from_count, &odd))
            return check_that_they_fire(layer);
        if (layer->from_count > 1)
            return sg_nir_fail(graph, &graph->nodes[to],
                               "adds up what %zu nodes give, of which '%s' (%s) gives no "
                               "spikes: surgrad adds up spikes alone",
                               layer->from_count, name_of(graph, odd), graph->nodes[odd].kind->type);
        to = layer->from[0];
        SG_TRY(add_to_chain(layer, to));
    } while (true);
}

/* -------------------------------------------------------------------------------------------------------- in a line */

static bool takes_from(const sg_nir_layer *layer, size_t node) {
    for (size_t i = 0; i < layer->from_count; i++)
        if (layer->from[i] == node)
            return true;
    return false;
}

/* Whether all that comes in is of the input or of layers that are placed, the first `placed`. */
static bool is_ready(const sg_nir_chain *c, const sg_nir_layer *layer, size_t placed, size_t *waits_for) {
    for (size_t i = 0; i < layer->from_count; i++) {
        bool there = layer->from[i] == c->input;
        for (size_t l = 0; l < placed; l++)
            there = there || end_of(&c->layers[l]) == layer->from[i];
        *waits_for = layer->from[i];
        if (!there)
            return false;
    }
    return true;
}

/* What the layer after the first `placed` must take. */
static sg_status check_below(const sg_nir_graph *graph, const sg_nir_chain *c, size_t placed) {
    const sg_nir_layer *layer = &c->layers[placed];
    const size_t below = placed ? end_of(&c->layers[placed - 1]) : c->input;
    if (!takes_from(layer, below))
        return sg_nir_fail(
            graph, &graph->nodes[layer->neuron],
            "takes nothing from '%s': surgrad's layers are a line, each with the spikes of the one below",
            name_of(graph, below));
    if (placed && takes_from(layer, c->input))
        return sg_nir_fail(graph, &graph->nodes[layer->neuron],
                           "takes the input as well as spikes of '%s', which surgrad cannot add up",
                           name_of(graph, below));
    return SG_OK;
}

static sg_status sort_layers(const sg_nir_graph *graph, sg_nir_chain *c) {
    for (size_t placed = 0; placed < c->count; placed++) {
        size_t next = placed, waits_for = SG_NIR_NONE;
        while (next < c->count && !is_ready(c, &c->layers[next], placed, &waits_for))
            next++;
        if (next == c->count && !is_ready(c, &c->layers[placed], placed, &waits_for))
            return sg_nir_fail(graph, &graph->nodes[c->layers[placed].neuron],
                               "waits for '%s', which comes after it: only a layer's own spikes can come back to it",
                               name_of(graph, waits_for));
        const sg_nir_layer swap = c->layers[placed];
        c->layers[placed] = c->layers[next];
        c->layers[next] = swap;
        c->layers[placed].number = placed;
        SG_TRY(check_below(graph, c, placed));
    }
    return SG_OK;
}

/* The one node of a role at the outside of the graph. */
static sg_status find_end(const sg_nir_graph *graph, const sg_nir_primitive *kind, size_t *found) {
    *found = SG_NIR_NONE;
    for (size_t n = 0; n < graph->count; n++) {
        if (graph->nodes[n].kind != kind || graph->nodes[n].inner)
            continue;
        if (*found != SG_NIR_NONE)
            return sg_nir_fail(graph, &graph->nodes[n], "is a second one beside '%s', expected one",
                               name_of(graph, *found));
        *found = n;
    }
    return *found != SG_NIR_NONE
               ? SG_OK
               : sg_fail(SG_MODEL, "%s: has no node of type %s, expected one", graph->path, kind->type);
}

static sg_status check_output(const sg_nir_graph *graph, const sg_nir_chain *c) {
    size_t output, node, last = end_of(&c->layers[c->count - 1]);
    SG_TRY(find_end(graph, &sg_nir_output, &output));
    const sg_nir_node *at = &graph->nodes[output];
    if (count_before(graph, output) != 1)
        return sg_nir_fail(graph, at, "%zu nodes lead to it, expected one", count_before(graph, output));
    node = passed_on(graph, sg_nir_before(graph, output, 0));
    if (graph->nodes[node].kind == &sg_nir_flatten && count_before(graph, node) == 1)
        node = passed_on(graph, sg_nir_before(graph, node, 0));
    return node == last ? SG_OK
                        : sg_nir_fail(graph, at, "'%s' (%s) leads to it, expected the last neurons, '%s'",
                                      name_of(graph, node), graph->nodes[node].kind->type, name_of(graph, last));
}

/* Nodes that are in no layer compute something that nobody would see. */
static sg_status check_all_used(const sg_nir_graph *graph, const sg_nir_chain *c) {
    for (size_t n = 0; n < graph->count; n++) {
        bool used = is_source(graph, n) || role_of(graph, n) == SG_NIR_NEURON || graph->nodes[n].inner ||
                    role_of(graph, n) == SG_NIR_OUTPUT || role_of(graph, n) == SG_NIR_RESHAPE;
        for (size_t l = 0; !used && l < c->count; l++) {
            used = c->layers[l].back == n;
            for (size_t i = 0; i < c->layers[l].chain_count; i++)
                used = used || c->layers[l].chain[i] == n;
        }
        if (!used)
            return sg_nir_fail(graph, &graph->nodes[n], "leads to no neurons");
    }
    return SG_OK;
}

static sg_status add_layer(const sg_nir_graph *graph, sg_nir_chain *c, size_t node) {
    if (c->count == SG_MAX_LAYERS)
        return sg_nir_fail(graph, &graph->nodes[node], "is more than layer %d, the last that surgrad computes",
                           SG_MAX_LAYERS);
    sg_nir_layer *layer = &c->layers[c->count++];
    *layer = (sg_nir_layer){.graph = graph, .neuron = node, .fires = threshold_after(graph, node), .back = SG_NIR_NONE};
    return walk_back(layer);
}

sg_status sg_nir_find_layers(const sg_nir_graph *graph, sg_nir_chain *c) {
    SG_TRY(find_end(graph, &sg_nir_input, &c->input));
    for (size_t n = 0; n < graph->count; n++) {
        const sg_nir_role role = role_of(graph, n);
        if (role == SG_NIR_NEURON || (role == SG_NIR_FIRES && !is_of_integrator(graph, n)))
            SG_TRY(add_layer(graph, c, n));
    }
    if (c->count == 0)
        return sg_nir_fail(graph, &graph->nodes[c->input], "no neurons come after it, so that there is no network");
    SG_TRY(sort_layers(graph, c));
    SG_TRY(check_output(graph, c));
    return check_all_used(graph, c);
}
