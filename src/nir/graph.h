/* A NIR graph as its file has it (docs/nir.md): nodes with their parameters, and the edges between them. Graphs within
 * the graph are opened: a node of theirs has the name "graph.node", and their own Input and Output pass on what comes.
 */
#ifndef SG_NIR_GRAPH_H
#define SG_NIR_GRAPH_H

#include "file/h5.h"

/* The parameters of all primitives. */
typedef enum sg_nir_field {
    SG_NIR_SHAPE,
    SG_NIR_WEIGHT,
    SG_NIR_BIAS,
    SG_NIR_SCALE,
    SG_NIR_INPUT_SHAPE,
    SG_NIR_STRIDE,
    SG_NIR_PADDING,
    SG_NIR_DILATION,
    SG_NIR_GROUPS,
    SG_NIR_KERNEL_SIZE,
    SG_NIR_START_DIM,
    SG_NIR_END_DIM,
    SG_NIR_INPUT_TYPE,
    SG_NIR_DELAY,
    SG_NIR_THRESHOLD,
    SG_NIR_TAU,
    SG_NIR_TAU_MEM,
    SG_NIR_TAU_SYN,
    SG_NIR_R,
    SG_NIR_V_LEAK,
    SG_NIR_V_THRESHOLD,
    SG_NIR_V_RESET,
    SG_NIR_W_IN,
    SG_NIR_FIELDS
} sg_nir_field;

#define SG_NIR_SAME (-1.0) /* what stands for the padding "same" */

const char *sg_nir_field_name(sg_nir_field field);

typedef struct sg_nir_array {
    double *values; /* (count), finite; NULL: it is not there */
    size_t count;
    int rank;
    uint64_t shape[SG_H5_RANK];
} sg_nir_array;

typedef struct sg_nir_primitive sg_nir_primitive; /* primitive.h */

typedef struct sg_nir_node {
    char *name;      /* whole, "lif1.w_rec" */
    const char *own; /* its last part, in its graph */
    size_t graph;    /* the number of the graph that it is in; 0 is the whole */
    bool inner;      /* the Input or Output of a graph within the graph */
    const sg_nir_primitive *kind;
    sg_nir_array field[SG_NIR_FIELDS];
} sg_nir_node;

typedef struct sg_nir_edge {
    size_t from, to; /* numbers of nodes */
} sg_nir_edge;

#define SG_NIR_NONE SIZE_MAX

enum { SG_NIR_NODES = 1024, SG_NIR_EDGES = 8192 }; /* at most */

typedef struct sg_nir_graph {
    const char *path; /* for messages */
    sg_nir_node *nodes;
    size_t count;
    sg_nir_edge *edges; /* none twice */
    size_t edge_count;
    double dt_s;  /* of the metadata; 0: they do not tell */
    char *config; /* of the metadata that surgrad wrote: a configuration, YAML; NULL: there is none */
    bool exact;   /* whether they say that decays are exponential */
} sg_nir_graph;

/* Reads the graph of a file. SG_MODEL, which names the node, where it is damaged, has a node of an unknown type, or an
 * edge that leads nowhere. sg_nir_graph_free takes what a failure left, too. */
sg_status sg_nir_read(const char *path, sg_nir_graph *graph);
void sg_nir_graph_free(sg_nir_graph *graph);

/* SG_MODEL with "PATH: node 'NAME' (TYPE): ...". */
sg_status sg_nir_fail(const sg_nir_graph *graph, const sg_nir_node *node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Puts that before the recorded message. */
sg_status sg_nir_fail_in(const sg_nir_graph *graph, const sg_nir_node *node);

/* The i-th node that an edge leads from to node `to`, or SG_NIR_NONE. */
size_t sg_nir_before(const sg_nir_graph *graph, size_t to, size_t i);

#endif
