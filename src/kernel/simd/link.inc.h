/* Links. A block is some tiles side by side, or some steps one after the other, kept in registers together; `inline`
 * and a constant size let the compiler unroll it. */

static ALWAYS_INLINE void add_row(float *sum, const float *row, size_t width) {
    size_t n = 0;
    for (; n + 4 * SG_LANES <= width; n += 4 * SG_LANES)
        for (size_t q = 0; q < 4 * SG_LANES; q += SG_LANES)
            lane_store(sum + n + q, lane_add(lane_load(sum + n + q), lane_load(row + n + q)));
    for (; n < width; n += SG_LANES)
        lane_store(sum + n, lane_add(lane_load(sum + n), lane_load(row + n)));
}

/* The first spike, from `e` on, that begins a step. */
static ALWAYS_INLINE size_t next_step(sg_spike_list spikes, size_t e) {
    while (e > 0 && e < spikes.count && spikes.step[e] == spikes.step[e - 1])
        e++;
    return e;
}

static ALWAYS_INLINE void add_tile(float *x, const float *weights, sg_spike_list spikes, size_t e) {
    float *sum = x + (spikes.step[e] - spikes.first) * SG_LANES;
    lane_store(sum, lane_add(lane_load(sum), lane_load(weights + spikes.channel[e] * SG_LANES)));
}

/* For rows of one tile and few spikes a step. A loop over a step's spikes would mispredict its exit nearly every time,
 * which costs more than adding to memory. Some stretches of the list, each of whole steps, are walked side by side to
 * hide the latency of the additions. */
static void gather_few(float *x, const float *weights, sg_spike_list spikes, size_t steps) {
    size_t next[LIST_PARTS], end[LIST_PARTS], common = spikes.count;
    for (size_t n = 0; n < steps * SG_LANES; n += SG_LANES)
        lane_store(x + n, lane_zero());
    for (size_t p = 0; p < LIST_PARTS; p++) {
        next[p] = next_step(spikes, spikes.count * p / LIST_PARTS);
        end[p] = next_step(spikes, spikes.count * (p + 1) / LIST_PARTS);
        common = end[p] - next[p] < common ? end[p] - next[p] : common;
    }
    for (size_t e = 0; e < common; e++)
        for (size_t p = 0; p < LIST_PARTS; p++)
            add_tile(x, weights, spikes, next[p] + e);
    for (size_t p = 0; p < LIST_PARTS; p++)
        for (size_t e = next[p] + common; e < end[p]; e++)
            add_tile(x, weights, spikes, e);
}

/* Where a row is wide or a step has many: some tiles of a step's sum stay in registers. */
static ALWAYS_INLINE void gather_many(float *x, const float *weights, sg_spike_list spikes, size_t steps, size_t width,
                                      int tiles) {
    for (size_t t = 0, e = 0; t < steps; t++, x += width) {
        lane sum[GATHER_TILES];
        for (int q = 0; q < tiles; q++)
            sum[q] = lane_zero();
        for (; e < spikes.count && spikes.step[e] - spikes.first == t; e++) {
            const float *row = opaque(weights + spikes.channel[e] * width);
            for (int q = 0; q < tiles; q++)
                sum[q] = lane_add(sum[q], lane_load(row + q * SG_LANES));
        }
        for (int q = 0; q < tiles; q++)
            lane_store(x + q * SG_LANES, sum[q]);
    }
}

static ALWAYS_INLINE void clear_steps(float *x, size_t begin, size_t end, size_t width, int tiles) {
    for (size_t t = begin; t < end; t++)
        for (int q = 0; q < tiles; q++)
            lane_store(x + t * width + q * SG_LANES, lane_zero());
}

/* For wide rows and few spikes a step: each spike writes the sum of its step so far, so no loop over a step's spikes
 * has an exit to mispredict. */
static ALWAYS_INLINE void gather_each(float *x, const float *weights, sg_spike_list spikes, size_t steps, size_t width,
                                      int tiles) {
    lane sum[GATHER_TILES];
    size_t next = 0; /* step */
    for (int q = 0; q < tiles; q++)
        sum[q] = lane_zero();
    for (size_t e = 0; e < spikes.count; e++) {
        const size_t t = spikes.step[e] - spikes.first;
        const float *row = opaque(weights + spikes.channel[e] * width);
        const lane_mask goes_on = lane_mask_all(t + 1 == next);
        float *to = x + t * width;
        clear_steps(x, next, t, width, tiles);
        for (int q = 0; q < tiles; q++) {
            sum[q] = lane_add(lane_keep(goes_on, sum[q]), lane_load(row + q * SG_LANES));
            lane_store(to + q * SG_LANES, sum[q]);
        }
        next = t + 1;
    }
    clear_steps(x, next, steps, width, tiles);
}

static void v_gather(float *x, const float *weights, sg_spike_list spikes, size_t steps, size_t width) {
    if (width == SG_LANES && spikes.count < TILE_SPIKES_PER_STEP * steps) {
        gather_few(x, weights, spikes, steps);
        return;
    }
#define GATHER_EACH(n, count) gather_each(x + (n), weights + (n), spikes, steps, width, count)
#define GATHER_MANY(n, count) gather_many(x + (n), weights + (n), spikes, steps, width, count)
    if (spikes.count < SPARSE_SPIKES_PER_STEP * steps)
        WITH_TILES(width, GATHER_TILES, GATHER_EACH);
    else
        WITH_TILES(width, GATHER_TILES, GATHER_MANY);
}

/* sum = (counts ? sum : 0) + row, without a branch, which would be mispredicted. */
static ALWAYS_INLINE void add_counted_row(float *sum, lane_mask counts, const float *row, size_t width) {
    size_t n = 0;
    for (; n + 4 * SG_LANES <= width; n += 4 * SG_LANES)
        for (size_t q = 0; q < 4 * SG_LANES; q += SG_LANES)
            lane_store(sum + n + q, lane_add(lane_keep(counts, lane_load(sum + n + q)), lane_load(row + n + q)));
    for (; n < width; n += SG_LANES)
        lane_store(sum + n, lane_add(lane_keep(counts, lane_load(sum + n)), lane_load(row + n)));
}

static void v_scatter(float *gradient, uint8_t *touched, const float *gx, sg_spike_list spikes, size_t width) {
    for (size_t e = spikes.count; e-- > 0;) {
        const size_t row = spikes.channel[e];
        add_counted_row(gradient + row * width, lane_mask_all(touched[row]),
                        gx + (spikes.step[e] - spikes.first) * width, width);
        touched[row] = 1;
    }
}

/* Some tiles of a row stay in registers while the spikes of its channel are gone through. */
static ALWAYS_INLINE void scatter_sorted_tiles(float *row, lane_mask counts, const float *gx, const uint16_t *rows,
                                               size_t count, size_t width, int tiles) {
    lane sum[GATHER_TILES];
    for (int q = 0; q < tiles; q++)
        sum[q] = lane_keep(counts, lane_load(row + q * SG_LANES));
    for (size_t e = 0; e < count; e++) {
        const float *step = opaque(gx + rows[e] * width);
        for (int q = 0; q < tiles; q++)
            sum[q] = lane_add(sum[q], lane_load(step + q * SG_LANES));
    }
    for (int q = 0; q < tiles; q++)
        lane_store(row + q * SG_LANES, sum[q]);
}

static void v_scatter_sorted(float *gradient, uint8_t *touched, const float *gx, sg_sorted_spikes spikes, size_t inputs,
                             size_t width) {
    for (size_t i = 0; i < inputs; i++, gradient += width) {
        const uint16_t *rows = spikes.row + spikes.begin[i];
        const size_t count = spikes.begin[i + 1] - spikes.begin[i];
        const lane_mask counts = lane_mask_all(touched[i]);
        if (count == 0)
            continue;
        touched[i] = 1;
#define SCATTER_SORTED(n, number) scatter_sorted_tiles(gradient + (n), counts, gx + (n), rows, count, width, number)
        WITH_TILES(width, GATHER_TILES, SCATTER_SORTED);
    }
}

/* One tile of outputs for `block` steps: every input in its order, added where it fired. */
static ALWAYS_INLINE void gather_dense_block(float *x, const float *weights, const uint16_t *spikes, size_t inputs,
                                             size_t width, size_t words, int block) {
    lane sum[BITS_BLOCK];
    for (int s = 0; s < block; s++)
        sum[s] = lane_zero();
    for (size_t first = 0; first < inputs; first += SG_LANES, weights += SG_LANES * width) {
        lane_word fired[BITS_BLOCK];
        for (int s = 0; s < block; s++)
            fired[s] = lane_word_all(spikes[(size_t)s * words + first / SG_LANES]);
        for (size_t i = 0; i < SG_LANES && first + i < inputs; i++) {
            const lane row = lane_load(weights + i * width);
            const lane_word input = lane_word_all(1u << i);
            for (int s = 0; s < block; s++)
                sum[s] = lane_add_where(lane_test(fired[s], input), sum[s], row);
        }
    }
    for (int s = 0; s < block; s++)
        lane_store(x + (size_t)s * width, sum[s]);
}

static void v_gather_bits(float *x, const float *weights, const uint16_t *spikes, size_t steps, size_t inputs,
                          size_t width, size_t stride_below) {
    size_t words = stride_below / SG_LANES;
    for (size_t n = 0; n < width; n += SG_LANES) {
        size_t t = 0;
        for (; t + BITS_BLOCK <= steps; t += BITS_BLOCK)
            gather_dense_block(x + t * width + n, weights + n, spikes + t * words, inputs, width, words, BITS_BLOCK);
        for (; t < steps; t++)
            gather_dense_block(x + t * width + n, weights + n, spikes + t * words, inputs, width, words, 1);
    }
}

/* One tile of the rows of inputs i .. i + block - 1: every step from the last, added where the input fired. */
static ALWAYS_INLINE void scatter_dense_block(float *gradient, const float *gx, const uint16_t *spikes, size_t steps,
                                              size_t i, size_t width, size_t words, int block) {
    lane sum[BITS_BLOCK];
    lane_word input[BITS_BLOCK];
    for (int s = 0; s < block; s++) {
        sum[s] = lane_load(gradient + (i + (size_t)s) * width);
        input[s] = lane_word_all(1u << ((i + (size_t)s) % SG_LANES));
    }
    for (size_t t = steps; t-- > 0;) {
        const lane row = lane_load(gx + t * width);
        const lane_word fired = lane_word_all(spikes[t * words + i / SG_LANES]);
        for (int s = 0; s < block; s++)
            sum[s] = lane_add_where(lane_test(fired, input[s]), sum[s], row);
    }
    for (int s = 0; s < block; s++)
        lane_store(gradient + (i + (size_t)s) * width, sum[s]);
}

static void v_scatter_bits(float *gradient, const float *gx, const uint16_t *spikes, size_t steps, size_t inputs,
                           size_t width, size_t stride_below) {
    size_t words = stride_below / SG_LANES;
    for (size_t n = 0; n < width; n += SG_LANES) {
        size_t i = 0;
        for (; i + BITS_BLOCK <= inputs; i += BITS_BLOCK) /* BITS_BLOCK divides SG_LANES: one word holds a block */
            scatter_dense_block(gradient + n, gx + n, spikes, steps, i, width, words, BITS_BLOCK);
        for (; i < inputs; i++)
            scatter_dense_block(gradient + n, gx + n, spikes, steps, i, width, words, 1);
    }
}

/* The arguments of project, for some tiles of its block. */
typedef struct projection {
    float *g;                /* (T, width_below) */
    const float *gx;         /* (T, width) */
    const float *transposed; /* (neurons, stride_below) */
    const uint16_t *active;  /* (T, words), or NULL */
    bool add;
    size_t neurons, width, width_below, stride_below, words;
} projection;

/* Some tiles of the layer below for some steps. */
static ALWAYS_INLINE void project_block(const projection *p, int tiles, int steps) {
    lane sum[PROJECT_TILES][PROJECT_STEPS];
    for (int q = 0; q < tiles; q++)
        for (int s = 0; s < steps; s++)
            sum[q][s] = p->add ? lane_load(p->g + (size_t)s * p->width_below + q * SG_LANES) : lane_zero();
    for (size_t n = 0; n < p->neurons; n++)
        for (int s = 0; s < steps; s++) {
            lane factor = lane_all(p->gx[(size_t)s * p->width + n]);
            for (int q = 0; q < tiles; q++)
                sum[q][s] = lane_add(sum[q][s],
                                     lane_mul(factor, lane_load(p->transposed + n * p->stride_below + q * SG_LANES)));
        }
    for (int q = 0; q < tiles; q++)
        for (int s = 0; s < steps; s++)
            lane_store(p->g + (size_t)s * p->width_below + q * SG_LANES, sum[q][s]);
}

/* `tiles` x `steps` tiles, of which those without an active neuron become 0; nothing is computed if that is all. */
static ALWAYS_INLINE void project_active(const projection *p, int tiles, int steps) {
    if (!p->active) {
        project_block(p, tiles, steps);
        return;
    }
    uint32_t any = 0;
    for (int s = 0; s < steps; s++)
        for (int q = 0; q < tiles; q++)
            any |= p->active[(size_t)s * p->words + (size_t)q];
    if (any)
        project_block(p, tiles, steps);
    for (int s = 0; s < steps; s++)
        for (int q = 0; q < tiles; q++)
            if (!p->active[(size_t)s * p->words + (size_t)q])
                lane_store(p->g + (size_t)s * p->width_below + q * SG_LANES, lane_zero());
}

static ALWAYS_INLINE void project_tiles(projection p, size_t steps, int tiles) {
    for (size_t t = 0; t < steps;) {
        size_t done = t + PROJECT_STEPS <= steps ? PROJECT_STEPS : 1;
        if (done == PROJECT_STEPS)
            project_active(&p, tiles, PROJECT_STEPS);
        else
            project_active(&p, tiles, 1);
        t += done;
        p.g += done * p.width_below;
        p.gx += done * p.width;
        p.active = p.active ? p.active + done * p.words : NULL;
    }
}

static void v_project(float *g, const float *gx, const float *transposed, const uint16_t *active, bool add,
                      size_t steps, size_t neurons, size_t width, size_t width_below, size_t stride_below) {
    size_t tile = 0, tiles = width_below / SG_LANES;
    while (tile < tiles) {
        const projection p = {g + tile * SG_LANES,
                              gx,
                              transposed + tile * SG_LANES,
                              active ? active + tile : NULL,
                              add,
                              neurons,
                              width,
                              width_below,
                              stride_below,
                              stride_below / SG_LANES};
        bool whole = tile + PROJECT_TILES <= tiles;
        if (whole)
            project_tiles(p, steps, PROJECT_TILES);
        else
            project_tiles(p, steps, 1);
        tile += whole ? PROJECT_TILES : 1;
    }
}

/* The sum of gx row, of which gx is in registers. */
static ALWAYS_INLINE float dot(const lane *gx, const float *row, int tiles) {
    lane sum = lane_mul(gx[0], lane_load(row));
    for (int q = 1; q < tiles; q++)
        sum = lane_add(sum, lane_mul(gx[q], lane_load(row + q * SG_LANES)));
    return lane_sum(sum);
}

static ALWAYS_INLINE void project_step_of(float *g, const float *gx, const float *weights, const uint16_t *active,
                                          size_t inputs, int tiles) {
    const size_t width = (size_t)tiles * SG_LANES;
    lane x[SG_BLOCK / SG_LANES];
    for (int q = 0; q < tiles; q++)
        x[q] = lane_load(gx + q * SG_LANES);
    for (size_t first = 0; first < inputs; first += SG_LANES) {
        const uint32_t there = inputs - first < SG_LANES ? (1u << (inputs - first)) - 1 : 0xffff;
        for (uint32_t bits = active ? active[first / SG_LANES] & there : there; bits; bits &= bits - 1) {
            const size_t i = first + (size_t)__builtin_ctz(bits);
            g[i] += dot(x, opaque(weights + i * width), tiles);
        }
    }
}

static void v_project_step(float *g, const float *gx, const float *weights, const uint16_t *active, size_t inputs,
                           size_t width) {
#define PROJECT_STEP(tiles)                                                                                            \
    case tiles:                                                                                                        \
        project_step_of(g, gx, weights, active, inputs, tiles);                                                        \
        break;
    switch (width / SG_LANES) {
        PROJECT_STEP(1)
        PROJECT_STEP(2)
        PROJECT_STEP(3)
        PROJECT_STEP(4)
        PROJECT_STEP(5)
        PROJECT_STEP(6)
        PROJECT_STEP(7)
        PROJECT_STEP(8)
    }
}

static ALWAYS_INLINE void project_step_twice_of(float *const g[2], const float *const gx[2], const float *weights,
                                                size_t inputs, int tiles) {
    const size_t width = (size_t)tiles * SG_LANES;
    lane x[2][SG_BLOCK / SG_LANES];
    for (int s = 0; s < 2; s++)
        for (int q = 0; q < tiles; q++)
            x[s][q] = lane_load(gx[s] + q * SG_LANES);
    for (size_t i = 0; i < inputs; i++, weights += width) {
        lane row = lane_load(weights);
        lane first = lane_mul(x[0][0], row), second = lane_mul(x[1][0], row);
        for (int q = 1; q < tiles; q++) {
            row = lane_load(weights + q * SG_LANES);
            first = lane_add(first, lane_mul(x[0][q], row));
            second = lane_add(second, lane_mul(x[1][q], row));
        }
        g[0][i] += lane_sum(first);
        g[1][i] += lane_sum(second);
    }
}

static void v_project_step_twice(float *const g[2], const float *const gx[2], const float *weights, size_t inputs,
                                 size_t width) {
#define PROJECT_STEP_TWICE(tiles)                                                                                      \
    case tiles:                                                                                                        \
        project_step_twice_of(g, gx, weights, inputs, tiles);                                                          \
        break;
    switch (width / SG_LANES) {
        PROJECT_STEP_TWICE(1)
        PROJECT_STEP_TWICE(2)
        PROJECT_STEP_TWICE(3)
        PROJECT_STEP_TWICE(4)
        PROJECT_STEP_TWICE(5)
        PROJECT_STEP_TWICE(6)
        PROJECT_STEP_TWICE(7)
        PROJECT_STEP_TWICE(8)
    }
}

/* Some tiles of one step stay in registers while the spikes are gone through. */
static ALWAYS_INLINE void add_spikes_tiles(float *x, const float *weights, const uint16_t *spikes, size_t words,
                                           size_t width, int tiles) {
    lane sum[GATHER_TILES];
    for (int q = 0; q < tiles; q++)
        sum[q] = lane_load(x + q * SG_LANES);
    for (size_t word = 0; word < words; word++)
        for (uint32_t bits = spikes[word]; bits; bits &= bits - 1) {
            const float *row = opaque(weights + (word * SG_LANES + (size_t)__builtin_ctz(bits)) * width);
            for (int q = 0; q < tiles; q++)
                sum[q] = lane_add(sum[q], lane_load(row + q * SG_LANES));
        }
    for (int q = 0; q < tiles; q++)
        lane_store(x + q * SG_LANES, sum[q]);
}

static void v_add_spikes(float *x, const float *weights, const uint16_t *spikes, size_t inputs, size_t width) {
    const size_t words = (inputs + SG_LANES - 1) / SG_LANES;
#define ADD_SPIKES(n, count) add_spikes_tiles(x + (n), weights + (n), spikes, words, width, count)
    WITH_TILES(width, GATHER_TILES, ADD_SPIKES);
}
