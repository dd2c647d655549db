/* The shapes of a case: sizes on both sides of a tile's edge, and values at which kernels go wrong. */
#include "check.h"

#include "base/random.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const size_t steps[] = {0, 1, 2, 7, 33, 100};
static const size_t neurons[] = {1, 15, 16, 17, 31, 33, 48, 64, 100, 112, 128}; /* of a block */
static const size_t inputs[] = {1, 15, 16, 17, 100};
static const size_t counts[] = {0, 1, 15, 16, 17, 1000};
static const size_t begins[] = {0, 1, 7, 16, 33};
static const size_t pieces[] = {1, 2, 16, 65};
static const size_t kinds[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
static const char *const value_names[] = {"normal", "threshold", "flush", "tiny", "large"};
static const char *const spike_names[] = {"none", "one", "rare", "sparse", "gaps", "many", "all", "counts"};
static const char *const layer_names[] = {"alone", "first", "last"};
static const char *const surrogate_names[] = {"relu",     "fast_sigmoid", "sigmoid",  "arctan",
                                              "triangle", "boxcar",       "gaussian", "exponential"};
static const char *const variant_names[] = {"plain",  "late",  "adapts", "refractory", "read-out", "reset gradient",
                                            "raises", "floor", "rises",  "several",    "all"};
static const char *const cutoff_names[] = {"none", "1/4"};
static const char *const optional_names[] = {"left out", "given"};

_Static_assert(sizeof value_names / sizeof *value_names == VALUES_KINDS, "a name for each kind of values");
_Static_assert(sizeof variant_names / sizeof *variant_names == VARIANTS, "a name for each variant");
_Static_assert(sizeof surrogate_names / sizeof *surrogate_names == SG_SURROGATES, "a name for each surrogate");
_Static_assert(sizeof layer_names / sizeof *layer_names == LAYER_KINDS, "a name for each place in a layer");
_Static_assert(sizeof spike_names / sizeof *spike_names == SPIKES_KINDS, "a name for each kind of spikes");

#define LENGTH(array) (sizeof array / sizeof *array)

static const struct {
    const char *name;
    const size_t *values;
    size_t count;
    const char *const *words; /* for values that are kinds */
} axes[AXES] = {
    [STEPS] = {"steps", steps, LENGTH(steps), NULL},
    [NEURONS] = {"neurons", neurons, LENGTH(neurons), NULL},
    [INPUTS] = {"inputs", inputs, LENGTH(inputs), NULL},
    [LAYER] = {"in layer", kinds, LAYER_KINDS, layer_names},
    [COUNT] = {"count", counts, LENGTH(counts), NULL},
    [BEGIN] = {"begin", begins, LENGTH(begins), NULL},
    [PIECES] = {"pieces", pieces, LENGTH(pieces), NULL},
    [VALUES] = {"values", kinds, VALUES_KINDS, value_names},
    [SPIKES] = {"spikes", kinds, SPIKES_KINDS, spike_names},
    [SURROGATE] = {"surrogate", kinds, LENGTH(surrogate_names), surrogate_names},
    [CUTOFF] = {"cutoff", kinds, LENGTH(cutoff_names), cutoff_names},
    [OPTIONAL] = {"optional array", kinds, LENGTH(optional_names), optional_names},
    [VARIANT] = {"neuron", kinds, VARIANTS, variant_names},
    [MAP] = {"map", kinds, CHECK_MAPS, NULL},
};

size_t check_shapes(const check_case *row) {
    size_t shapes = 1;
    for (size_t axis = 0; axis < AXES; axis++)
        shapes *= row->each >> axis & 1 ? axes[axis].count : 1;
    return shapes;
}

void check_shape(const check_case *row, uint64_t seed, size_t index, size_t at[AXES]) {
    size_t rest = index;
    for (size_t axis = 0; axis < AXES; axis++) {
        size_t count = axes[axis].count, place = 0;
        if (row->each >> axis & 1) {
            place = rest % count;
            rest /= count;
        } else if (row->some >> axis & 1) {
            place = (size_t)(sg_random_bits(seed, (uint32_t)axis, index) % count);
        }
        at[axis] = axes[axis].values[place];
    }
}

void check_describe(const check_case *row, const size_t at[AXES], char *text, size_t size) {
    size_t used = 0;
    for (size_t axis = 0; axis < AXES && used < size; axis++) {
        if (!((row->each | row->some) >> axis & 1))
            continue;
        const char *before = used ? ", " : "";
        if (axes[axis].words)
            used += (size_t)snprintf(text + used, size - used, "%s%s %s", before, axes[axis].name,
                                     axes[axis].words[at[axis]]);
        else
            used += (size_t)snprintf(text + used, size - used, "%s%s %zu", before, axes[axis].name, at[axis]);
    }
}

uint64_t check_draw(check_set *set) {
    return sg_random_bits(set->seed, set->stream, set->drawn++);
}

float check_draw_between(check_set *set, float low, float high) {
    return low + (high - low) * (float)sg_random_uniform(set->seed, set->stream, set->drawn++);
}

/* With a threshold of 1 and decays of 0 and 1/2, sums of these are at the threshold, one unit in the last place off it
 * and clearly off it; as memories of u they are so around 0. */
static float near_threshold(uint64_t bits) {
    static const float values[] = {1,
                                   1 + FLT_EPSILON,
                                   1 - FLT_EPSILON / 2,
                                   0.5f,
                                   0.25f,
                                   0,
                                   -0.f,
                                   FLT_EPSILON / 2,
                                   -FLT_EPSILON / 2,
                                   FLT_TRUE_MIN,
                                   -FLT_TRUE_MIN,
                                   2,
                                   -1,
                                   0.5f + FLT_EPSILON / 4,
                                   1e-20f,
                                   0.5f - FLT_EPSILON / 4};
    return values[bits % LENGTH(values)];
}

/* At SG_FLUSH, one unit in the last place off it, a few times it; of both signs. */
static float near_flush(uint64_t bits) {
    const float at = SG_FLUSH, values[] = {at, nextafterf(at, 0), nextafterf(at, 1), at / 2, 2 * at, 3 * at, 0, 1e-15f};
    return (bits >> 32 & 1 ? -1.0f : 1.0f) * values[bits % LENGTH(values)];
}

static float from_bits(uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* Denormals; zeros of both signs, and the least normal numbers. */
static float tiny(uint64_t bits) {
    uint32_t sign = (uint32_t)(bits >> 63) << 31;
    const uint32_t magnitudes[] = {(uint32_t)bits & 0x7fffff, 0, 0x800000, 0x7fffff, 1, (uint32_t)bits & 0xff};
    return from_bits(sign | magnitudes[(bits >> 32) % LENGTH(magnitudes)]);
}

/* Of any magnitude from 2^10; one of 32 infinite, one the largest number. No NaN: which of two survives a sum is not
 * promised. */
static float large(uint64_t bits) {
    static const uint32_t last[] = {0x7f800000, 0x7f7fffff};
    uint32_t sign = (uint32_t)(bits >> 63) << 31, exponent = 137 + (uint32_t)(bits >> 32) % 118;
    size_t which = bits >> 56 & 31;
    return from_bits(sign | (which < LENGTH(last) ? last[which] : exponent << 23 | ((uint32_t)bits & 0x7fffff)));
}

/* Values are taken from a pool, from a place that is drawn: drawing each would take most of the program's time. */
enum { POOL = 1 << 14 };

static void fill_pool(float pool[VALUES_KINDS][POOL], uint64_t seed) {
    static float (*const shaped[VALUES_KINDS])(uint64_t bits) = {
        [VALUES_THRESHOLD] = near_threshold, [VALUES_FLUSH] = near_flush, [VALUES_TINY] = tiny, [VALUES_LARGE] = large};
    for (uint32_t kind = 0; kind < VALUES_KINDS; kind++)
        for (size_t j = 0; j < POOL; j++)
            pool[kind][j] = shaped[kind] ? shaped[kind](sg_random_bits(seed, 100 + kind, j))
                                         : (float)sg_random_normal(seed, 100 + kind, j);
}

void check_fill(check_set *set, float *values, size_t count) {
    static float pool[VALUES_KINDS][POOL];
    static uint64_t pool_seed;
    static bool filled;
    if (!filled || pool_seed != set->seed)
        fill_pool(pool, pool_seed = set->seed);
    filled = true;
    const float *from = pool[set->at[VALUES]];
    uint64_t first = check_draw(set);
    for (size_t j = 0; j < count; j++)
        values[j] = from[(first + j) % POOL];
}
