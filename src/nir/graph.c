#include "nir/graph.h"

#include "base/text.h"
#include "nir/primitive.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const names[SG_NIR_FIELDS] = {
    [SG_NIR_SHAPE] = "shape",
    [SG_NIR_WEIGHT] = "weight",
    [SG_NIR_BIAS] = "bias",
    [SG_NIR_SCALE] = "scale",
    [SG_NIR_INPUT_SHAPE] = "input_shape",
    [SG_NIR_STRIDE] = "stride",
    [SG_NIR_PADDING] = "padding",
    [SG_NIR_DILATION] = "dilation",
    [SG_NIR_GROUPS] = "groups",
    [SG_NIR_KERNEL_SIZE] = "kernel_size",
    [SG_NIR_START_DIM] = "start_dim",
    [SG_NIR_END_DIM] = "end_dim",
    [SG_NIR_INPUT_TYPE] = "input_type",
    [SG_NIR_DELAY] = "delay",
    [SG_NIR_THRESHOLD] = "threshold",
    [SG_NIR_TAU] = "tau",
    [SG_NIR_TAU_MEM] = "tau_mem",
    [SG_NIR_TAU_SYN] = "tau_syn",
    [SG_NIR_R] = "r",
    [SG_NIR_V_LEAK] = "v_leak",
    [SG_NIR_V_THRESHOLD] = "v_threshold",
    [SG_NIR_V_RESET] = "v_reset",
    [SG_NIR_W_IN] = "w_in",
};

const char *sg_nir_field_name(sg_nir_field field) {
    return names[field];
}

sg_status sg_nir_fail_in(const sg_nir_graph *graph, const sg_nir_node *node) {
    char shown[SG_SHOWN_TEXT];
    return sg_fail_in(SG_MODEL, "%s: node '%s' (%s)", graph->path, sg_shown(node->name, shown), node->kind->type);
}

sg_status sg_nir_fail(const sg_nir_graph *graph, const sg_nir_node *node, const char *format, ...) {
    char text[SG_MESSAGE_TEXT];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    sg_fail(SG_MODEL, "%s", text);
    return sg_nir_fail_in(graph, node);
}

size_t sg_nir_before(const sg_nir_graph *graph, size_t to, size_t i) {
    for (size_t e = 0; e < graph->edge_count; e++)
        if (graph->edges[e].to == to && i-- == 0)
            return graph->edges[e].from;
    return SG_NIR_NONE;
}

void sg_nir_graph_free(sg_nir_graph *graph) {
    for (size_t n = 0; n < graph->count; n++) {
        free(graph->nodes[n].name);
        for (int field = 0; field < SG_NIR_FIELDS; field++)
            free(graph->nodes[n].field[field].values);
    }
    free(graph->nodes);
    free(graph->edges);
    free(graph->config);
    *graph = (sg_nir_graph){0};
}
