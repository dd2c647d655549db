/* The vector kernels, all of them, over the primitives of a lane_*.h included before. An instruction set's file defines
 *     TABLE, NAME      the table and its name
 *     WIDE             tiles side by side in gather
 *     BLOCK            steps, or rows, kept in registers by the dense forms; divides SG_LANES
 *     PROJECT_TILES, PROJECT_STEPS   tiles and steps kept in registers by project
 *     TILES            tiles of neurons that run side by side
 *     AT_ONCE          likewise together with their link; 0: one after the other */
#include "kernel/ref/ref.h"
#include "kernel/ref/surrogate.h"
#include "kernel/simd/simd.h"

#include <float.h>
#include <string.h>

enum {
    PARTS = 4,       /* of a list that gather goes through side by side */
    FEW = 3,         /* spikes a step, below which gather writes at each of them ... */
    SOME = 12,       /* ... and below which it adds to memory where a row is one tile */
    MOST_PIECES = 65 /* that merge lists */
};

#define ALWAYS_INLINE inline __attribute__((always_inline))

/* An address that the compiler must not take apart: it would compute that of each tile of a row by itself, which costs
 * more than adding them. */
static ALWAYS_INLINE const float *whole(const float *address) {
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

#include "kernel/simd/link.inc.h"
#include "kernel/simd/narrow.inc.h"
#include "kernel/simd/neuron_cuba_lif.inc.h"
#include "kernel/simd/neuron_general.inc.h"
#include "kernel/simd/optimiser.inc.h"
#include "kernel/simd/spikes.inc.h"

#include "kernel/simd/fused.inc.h"

const sg_kernels TABLE = {
    .name = NAME,
    .gather = gather,
    .scatter = scatter,
    .gather_bits = gather_bits,
    .scatter_bits = scatter_bits,
    .gather_narrow = gather_narrow,
    .scatter_narrow = scatter_narrow,
    .clear_untouched = sg_ref_clear_untouched,
    .project = project,
    .transpose = sg_ref_transpose,
    .li_forward = li_forward,
    .li_backward = li_backward,
    .cuba_lif_forward = cuba_lif_forward,
    .cuba_lif_backward = cuba_lif_backward,
    .gather_cuba_lif = gather_cuba_lif,
    .scatter_cuba_lif = scatter_cuba_lif,
    .general_neuron_forward = general_neuron_forward,
    .general_neuron_backward = general_neuron_backward,
    .add_spikes = add_spikes,
    .scale = scale,
    .find_active_tiles = find_active_tiles,
    .count_all_spikes = count_all_spikes,
    .list_spikes = list_spikes,
    .count_spikes = count_spikes,
    .mark_fired = sg_ref_mark_fired,
    .first_spikes = sg_ref_first_spikes,
    .mask_spikes = sg_ref_mask_spikes,
    .mask_columns = mask_columns,
    .add_row = add_row_to_steps,
    .add_steps = add_steps,
    .sum_spikes = sum_spikes,
    .outer_product = outer_product,
    .max_steps = sg_ref_max_steps,
    .sum_steps = sum_steps,
    .broadcast_row = broadcast_row,
    .sum_rows = sum_rows,
    .adam = adam,
    .sgd = sgd,
    .adamax = adamax,
    .rmsprop = rmsprop,
    .add_scaled = add_scaled,
    .sum_squares = sum_squares,
    .first_not_finite = first_not_finite,
};
