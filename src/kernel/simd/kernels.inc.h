/* The vector kernels, all of them, over the primitives of a lane_*.h included before. An instruction set's file defines
 *     TABLE, NAME      the table and its name
 *     GATHER_TILES     tiles side by side in gather
 *     BITS_BLOCK       steps, or rows, kept in registers by gather_bits and scatter_bits; divides SG_LANES
 *     CONV_PLACES      places of a map kept in registers by conv_project
 *     PROJECT_TILES, PROJECT_STEPS   tiles and steps kept in registers by project
 *     NEURON_TILES     tiles of neurons that run side by side
 *     FUSED_TILES      likewise together with their link; 0: one after the other */
#include "kernel/conv_places.h"
#include "kernel/ref/ref.h"
#include "kernel/ref/surrogate.h"
#include "kernel/simd/simd.h"

#include <float.h>
#include <string.h>

enum {
    LIST_PARTS = 4,             /* of a list that gather goes through side by side */
    SPARSE_SPIKES_PER_STEP = 3, /* spikes a step, below which gather writes at each of them ... */
    TILE_SPIKES_PER_STEP = 12,  /* ... and below which it adds to memory where a row is one tile */
    MAX_SLICES = 65             /* that merge lists */
};

#define ALWAYS_INLINE inline __attribute__((always_inline))

/* Hides an address from the compiler. It would otherwise compute a separate address for each tile of a row, which costs
 * more than the additions. */
static ALWAYS_INLINE const float *opaque(const float *address) {
    __asm__("" : "+r"(address));
    return address;
}

/* CALL(n, count) for the tiles of a width from its neuron n on: `most` of them side by side, at most 8, and what is
 * left over in one call, ... */
#define TILES_CASE(n, left, most, count, CALL)                                                                         \
    for (; (count) <= (most) && (left) >= (count); (left) -= (count), (n) += (count)*SG_LANES)                         \
    CALL(n, count)
#define WITH_TILES(width, most, CALL)                                                                                  \
    do {                                                                                                               \
        size_t n = 0, left = (width) / SG_LANES;                                                                       \
        TILES_CASE(n, left, most, 8, CALL);                                                                            \
        TILES_CASE(n, left, most, 7, CALL);                                                                            \
        TILES_CASE(n, left, most, 6, CALL);                                                                            \
        TILES_CASE(n, left, most, 5, CALL);                                                                            \
        TILES_CASE(n, left, most, 4, CALL);                                                                            \
        TILES_CASE(n, left, most, 3, CALL);                                                                            \
        TILES_CASE(n, left, most, 2, CALL);                                                                            \
        TILES_CASE(n, left, most, 1, CALL);                                                                            \
    } while (0)

/* ... or by halves, where there would be too many bodies of a loop. */
#define WITH_TILES_HALVED(width, most, CALL)                                                                           \
    do {                                                                                                               \
        size_t n = 0, left = (width) / SG_LANES;                                                                       \
        TILES_CASE(n, left, most, 8, CALL);                                                                            \
        TILES_CASE(n, left, most, 4, CALL);                                                                            \
        TILES_CASE(n, left, most, 2, CALL);                                                                            \
        TILES_CASE(n, left, most, 1, CALL);                                                                            \
    } while (0)

#include "kernel/simd/surrogate.inc.h"

#include "kernel/simd/conv.inc.h"
#include "kernel/simd/link.inc.h"
#include "kernel/simd/link_narrow.inc.h"
#include "kernel/simd/neuron_cuba_lif.inc.h"
#include "kernel/simd/neuron_eventprop.inc.h"
#include "kernel/simd/neuron_general.inc.h"
#include "kernel/simd/neuron_li.inc.h"
#include "kernel/simd/neuron_srm.inc.h"
#include "kernel/simd/optimiser.inc.h"
#include "kernel/simd/rows.inc.h"
#include "kernel/simd/spikes.inc.h"

#include "kernel/simd/fused.inc.h"

/* Kernels that are fast enough as the compiler makes them, or hardly run. */
#define v_clear_untouched sg_ref_clear_untouched
#define v_first_spikes    sg_ref_first_spikes
#define v_mark_fired      sg_ref_mark_fired
#define v_mask_spikes     sg_ref_mask_spikes
#define v_max_steps       sg_ref_max_steps
#define v_sort_spikes     sg_ref_sort_spikes
#define v_transpose       sg_ref_transpose

#define ROW(name) .name = v_##name,
const sg_kernels TABLE = {.name = NAME, SG_KERNEL_LIST(ROW)};
