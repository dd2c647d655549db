/* kernel-check: every kernel at every level against the scalar reference, bit for bit, and timed.
 *
 * A case is a row of sg_kernels: the sizes and data it runs over, a function that makes its arrays and one that calls
 * it. The harness makes a set of arrays twice from the same seed, has the reference work on one and the level on the
 * other, and compares all of both, guards included. So outputs, inputs that must stay as they were and writes out of
 * bounds are one comparison. */
#ifndef CHECK_H
#define CHECK_H

#include "kernel/kernel.h"
#include "kernel/kernel_list.h"

/* What a shape consists of. shape.c holds the values that each axis takes. */
enum check_axis {
    STEPS,
    NEURONS,
    INPUTS,
    LAYER,
    COUNT,
    BEGIN,
    PIECES,
    VALUES,
    SPIKES,
    SURROGATE,
    CUTOFF,
    OPTIONAL,
    VARIANT,
    MAP, /* of a convolution: maps in check_conv.c */
    AXES
};
enum check_variant { /* of a general neuron */
                     VARIANT_PLAIN,
                     VARIANT_LATE,
                     VARIANT_ADAPTS,
                     VARIANT_REFRACTORY,
                     VARIANT_READ_OUT,
                     VARIANT_RESET_GRADIENT,
                     VARIANT_RAISES,
                     VARIANT_FLOOR,
                     VARIANT_RISES,
                     VARIANT_SEVERAL,
                     VARIANT_ALL,
                     VARIANTS
};
enum check_layer { LAYER_ALONE, LAYER_FIRST, LAYER_LAST, LAYER_KINDS }; /* where in its layer a block lies */
enum check_values { VALUES_NORMAL, VALUES_THRESHOLD, VALUES_FLUSH, VALUES_TINY, VALUES_LARGE, VALUES_KINDS };
enum check_spikes {
    SPIKES_NONE,
    SPIKES_ONE,
    SPIKES_RARE,   /* as of images coded by latency: 120 of 784 x 100 */
    SPIKES_SPARSE, /* 5 % */
    SPIKES_GAPS,   /* half of them, in one step of three */
    SPIKES_MANY,   /* 75 % */
    SPIKES_ALL,
    SPIKES_COUNTS, /* 30 %; in lists, one of three is there two to four times */
    SPIKES_KINDS
};

enum check_type { TYPE_FLOAT, TYPE_U8, TYPE_U16, TYPE_U32 };

/* One array of a set. */
typedef struct check_array {
    const char *name;
    enum check_type type;
    char *data;
    size_t count;
    const size_t *used; /* how many elements, from the first, mean anything; NULL: all */
} check_array;

enum { CHECK_ARRAYS = 16, CHECK_MEMORY = 16 << 20, CHECK_MAPS = 9 };

/* A block of a layer, by the axis LAYER, and the whole layer. */
typedef struct check_block {
    size_t first, width;    /* of the block; width is padded */
    size_t neurons, stride; /* of the layer */
} check_block;

/* The arguments of one call, and the memory that they lie in. */
typedef struct check_set {
    float *x, *g, *u, *gx, *weights, *gradient, *row, *sum, *parts, *w, *m, *n, *n_max;
    uint16_t *spikes, *active, *fired;
    uint32_t *counts, *second;
    uint16_t *kept;
    uint16_t *step;    /* with channel, what list writes */
    uint32_t *channel; /* ... */
    sg_spike_list list;
    sg_cuba_lif neuron;
    sg_srm srm;
    sg_general_neuron spiking;
    sg_eventprop eventprop;
    sg_neuron_trace trace;
    float *state, *adjoint;
    sg_span span;
    sg_surrogate surrogate;
    sg_adam_step adam;
    sg_conv conv;
    bool keeps; /* whether u is a result */
    uint8_t *touched;
    check_block block, below; /* of NEURONS and of INPUTS */
    size_t result;            /* what the kernel returned */

    /* The harness's. */
    size_t at[AXES]; /* the shape */
    uint64_t seed, drawn;
    uint32_t stream;
    char *memory; /* (CHECK_MEMORY) array after array, each between guards */
    size_t used;
    check_array arrays[CHECK_ARRAYS];
    size_t array_count;
} check_set;

typedef struct check_bench {
    const char *size;
    size_t at[AXES];
} check_bench;

enum { CHECK_BENCHES = 4 };

typedef struct check_case {
    const char *name;
    uint32_t each;                                              /* axes that are walked in full, as bits 1 << axis */
    uint32_t some;                                              /* axes of which each shape draws a value */
    void (*make)(check_set *set);                               /* allots and fills; the shape is set->at */
    void (*call)(const sg_kernels *kernels, check_set *set);    /* the kernel */
    void (*same_as)(const sg_kernels *kernels, check_set *set); /* another way to the same bits, or NULL */
    check_bench bench[CHECK_BENCHES];                           /* sizes to time; fewer end with a size of NULL */
} check_case;

/* case_NAME is in the file of the kernel's family. main.c fails to compile while one is missing. */
#define CHECK_DECLARE(row) extern const check_case case_##row;
SG_KERNEL_LIST(CHECK_DECLARE)

/* shape.c: the shapes of a case, and shaped data. */
size_t check_shapes(const check_case *row);
void check_shape(const check_case *row, uint64_t seed, size_t index, size_t at[AXES]);
void check_describe(const check_case *row, const size_t at[AXES], char *text, size_t size);

uint64_t check_draw(check_set *set);
float check_draw_between(check_set *set, float low, float high);
void check_fill(check_set *set, float *values, size_t count); /* by the axis VALUES */

/* set.c: a set is opened once and begun for each shape. */
void check_open(check_set *set);
void check_close(check_set *set);
void check_make(check_set *set, const check_case *row, const size_t at[AXES], uint64_t seed, uint32_t stream);

/* Arrays between guards. `blank` ones hold what guards do, for what a kernel must overwrite. Rows are padded with
 * zeros. */
void *check_blank(check_set *set, const char *name, enum check_type type, size_t count);
float *check_floats(check_set *set, const char *name, size_t count);
float *check_rows(check_set *set, const char *name, size_t rows, size_t width, size_t stride);
void check_ignore(check_set *set, const void *data); /* an array is nobody's result */
void check_gradient_rows(check_set *set); /* set->gradient, set->touched of the layer below, half of it not touched */
float check_decay(check_set *set);        /* by the axis VALUES */
uint8_t *check_touched(check_set *set, size_t count);                                /* by the axis SPIKES */
uint16_t *check_bits(check_set *set, const char *name, size_t width, size_t stride); /* by the axis SPIKES */
void check_list(check_set *set, size_t width, size_t stride);                        /* set->list, of such bits */
void check_room(check_set *set, size_t count, const size_t *used);                   /* set->step, set->channel */

/* For cuba_lif neurons, alone and fused (check_neuron_cuba_lif.c): constants by the axis VALUES; what their backward
 * pass takes; the product among it, if there is one. */
void check_cuba_lif(check_set *set);
void check_cuba_lif_backward(check_set *set);
sg_rank_one check_rank_one(const check_set *set);

/* Lets the guards be read and written, as restoring all of the memory does. */
void check_unguard(const check_set *set);

/* Compares two sets of one shape. False after it put the first difference into `text`. */
bool check_same(const check_set *expected, const check_set *found, char *text, size_t size);

/* Mixes what a set holds and returned into a digest, which is the same on every machine. */
void check_digest(uint64_t *digest, const check_set *set);

/* bench.c: times these cases at every level and prints those of the one named `level`, or of all. */
void check_time(const check_case *const *rows, size_t count, const char *level, uint64_t seed, bool csv);

#endif
