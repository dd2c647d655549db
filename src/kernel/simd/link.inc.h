/* Links. A block is some tiles side by side, or some steps one after the other, kept in registers together; `inline` and a
 * constant size let the compiler unroll it. */

static ALWAYS_INLINE void add_row(float *sum, const float *row, size_t stride) {
    size_t n = 0;
    for (; n + 4 * SG_LANES <= stride; n += 4 * SG_LANES)
        for (int q = 0; q < 4; q++)
            lane_store(sum + n + q * SG_LANES,
                       lane_add(lane_load(sum + n + q * SG_LANES), lane_load(row + n + q * SG_LANES)));
    for (; n < stride; n += SG_LANES)
        lane_store(sum + n, lane_add(lane_load(sum + n), lane_load(row + n)));
}

/* Some tiles of every step: the rows of a step are added in registers. */
static ALWAYS_INLINE void gather_tiles(float *x, const float *weights, sg_spike_list spikes, size_t steps,
                                       size_t stride, int tiles) {
    for (size_t t = 0, e = 0; t < steps; t++, x += stride) {
        lane sum[WIDE];
        for (int q = 0; q < tiles; q++)
            sum[q] = lane_zero();
        for (; e < spikes.count && spikes.step[e] == t; e++)
            for (int q = 0; q < tiles; q++)
                sum[q] = lane_add(sum[q], lane_load(weights + spikes.channel[e] * stride + q * SG_LANES));
        for (int q = 0; q < tiles; q++)
            lane_store(x + q * SG_LANES, sum[q]);
    }
}

/* One tile of every step, where a step has few spikes: the end of its run would be guessed wrong by the processor nearly
 * every time, which costs more than adding to memory. */
static void gather_few(float *x, const float *weights, sg_spike_list spikes, size_t steps, size_t stride) {
    for (size_t t = 0; t < steps; t++)
        lane_store(x + t * stride, lane_zero());
    for (size_t e = 0; e < spikes.count; e++) {
        float *sum = x + spikes.step[e] * stride;
        lane_store(sum, lane_add(lane_load(sum), lane_load(weights + spikes.channel[e] * stride)));
    }
}

static void gather(float *x, const float *weights, sg_spike_list spikes, size_t steps, size_t stride) {
    size_t n = 0;
    for (; n + WIDE * SG_LANES <= stride; n += WIDE * SG_LANES)
        gather_tiles(x + n, weights + n, spikes, steps, stride, WIDE);
    for (; n < stride; n += SG_LANES)
        if (spikes.count < FEW * steps)
            gather_few(x + n, weights + n, spikes, steps, stride);
        else
            gather_tiles(x + n, weights + n, spikes, steps, stride, 1);
}

static void scatter(float *gradient, const float *gx, sg_spike_list spikes, size_t stride) {
    for (size_t e = 0; e < spikes.count; e++)
        add_row(gradient + spikes.channel[e] * stride, gx + spikes.step[e] * stride, stride);
}

/* One tile of outputs for `block` steps: every input in its order, added where it fired. */
static ALWAYS_INLINE void gather_dense_block(float *x, const float *weights, const uint16_t *spikes, size_t inputs,
                                             size_t stride, size_t words, int block) {
    lane sum[BLOCK];
    for (int s = 0; s < block; s++)
        sum[s] = lane_zero();
    for (size_t i = 0; i < inputs; i++) {
        lane row = lane_load(weights + i * stride);
        for (int s = 0; s < block; s++) {
            uint32_t bit = spikes[(size_t)s * words + i / SG_LANES] >> (i % SG_LANES) & 1u;
            sum[s] = lane_add_where(lane_mask_all(bit), sum[s], row);
        }
    }
    for (int s = 0; s < block; s++)
        lane_store(x + (size_t)s * stride, sum[s]);
}

static void gather_dense(float *x, const float *weights, const uint16_t *spikes, size_t steps, size_t inputs,
                         size_t stride, size_t stride_below) {
    size_t words = stride_below / SG_LANES;
    for (size_t n = 0; n < stride; n += SG_LANES) {
        size_t t = 0;
        for (; t + BLOCK <= steps; t += BLOCK)
            gather_dense_block(x + t * stride + n, weights + n, spikes + t * words, inputs, stride, words, BLOCK);
        for (; t < steps; t++)
            gather_dense_block(x + t * stride + n, weights + n, spikes + t * words, inputs, stride, words, 1);
    }
}

/* One tile of the rows of inputs i .. i + block - 1: every step in its order, added where the input fired. */
static ALWAYS_INLINE void scatter_dense_block(float *gradient, const float *gx, const uint16_t *spikes, size_t steps,
                                              size_t i, size_t stride, size_t words, int block) {
    lane sum[BLOCK];
    for (int s = 0; s < block; s++)
        sum[s] = lane_load(gradient + (i + (size_t)s) * stride);
    for (size_t t = 0; t < steps; t++) {
        lane row = lane_load(gx + t * stride);
        uint32_t bits = (uint32_t)spikes[t * words + i / SG_LANES] >> (i % SG_LANES);
        for (int s = 0; s < block; s++)
            sum[s] = lane_add_where(lane_mask_all(bits >> s & 1u), sum[s], row);
    }
    for (int s = 0; s < block; s++)
        lane_store(gradient + (i + (size_t)s) * stride, sum[s]);
}

static void scatter_dense(float *gradient, const float *gx, const uint16_t *spikes, size_t steps, size_t inputs,
                          size_t stride, size_t stride_below) {
    size_t words = stride_below / SG_LANES;
    for (size_t n = 0; n < stride; n += SG_LANES) {
        size_t i = 0;
        for (; i + BLOCK <= inputs; i += BLOCK) /* BLOCK divides SG_LANES: one word holds a block */
            scatter_dense_block(gradient + n, gx + n, spikes, steps, i, stride, words, BLOCK);
        for (; i < inputs; i++)
            scatter_dense_block(gradient + n, gx + n, spikes, steps, i, stride, words, 1);
    }
}

/* Some tiles of the layer below for some steps. */
static ALWAYS_INLINE void project_block(float *g, const float *gx, const float *transposed, size_t neurons,
                                        size_t stride, size_t stride_below, int tiles, int steps) {
    lane sum[2][PROJECT_STEPS];
    for (int q = 0; q < tiles; q++)
        for (int s = 0; s < steps; s++)
            sum[q][s] = lane_zero();
    for (size_t n = 0; n < neurons; n++)
        for (int s = 0; s < steps; s++) {
            lane factor = lane_all(gx[(size_t)s * stride + n]);
            for (int q = 0; q < tiles; q++)
                sum[q][s] = lane_add(sum[q][s],
                                     lane_mul(factor, lane_load(transposed + n * stride_below + q * SG_LANES)));
        }
    for (int q = 0; q < tiles; q++)
        for (int s = 0; s < steps; s++)
            lane_store(g + (size_t)s * stride_below + q * SG_LANES, sum[q][s]);
}

/* `tiles` x `steps` tiles, of which those without an active neuron become 0; nothing is computed if that is all. */
static ALWAYS_INLINE void project_active(float *g, const float *gx, const float *transposed, const uint16_t *active,
                                         size_t neurons, size_t stride, size_t stride_below, int tiles, int steps) {
    size_t words = stride_below / SG_LANES;
    uint32_t any = !active;
    for (int s = 0; active && s < steps; s++)
        for (int q = 0; q < tiles; q++)
            any |= active[(size_t)s * words + (size_t)q];
    if (any)
        project_block(g, gx, transposed, neurons, stride, stride_below, tiles, steps);
    for (int s = 0; active && s < steps; s++)
        for (int q = 0; q < tiles; q++)
            if (!active[(size_t)s * words + (size_t)q])
                lane_store(g + (size_t)s * stride_below + q * SG_LANES, lane_zero());
}

static ALWAYS_INLINE void project_tiles(float *g, const float *gx, const float *transposed, const uint16_t *active,
                                        size_t steps, size_t neurons, size_t stride, size_t stride_below, int tiles) {
    size_t words = stride_below / SG_LANES, t = 0;
    for (; t + PROJECT_STEPS <= steps; t += PROJECT_STEPS)
        project_active(g + t * stride_below, gx + t * stride, transposed, active ? active + t * words : NULL, neurons,
                       stride, stride_below, tiles, PROJECT_STEPS);
    for (; t < steps; t++)
        project_active(g + t * stride_below, gx + t * stride, transposed, active ? active + t * words : NULL, neurons,
                       stride, stride_below, tiles, 1);
}

static void project(float *g, const float *gx, const float *transposed, const uint16_t *active, size_t steps,
                    size_t neurons, size_t stride, size_t stride_below) {
    size_t tile = 0, tiles = stride_below / SG_LANES;
    for (; tile + 2 <= tiles; tile += 2)
        project_tiles(g + tile * SG_LANES, gx, transposed + tile * SG_LANES, active ? active + tile : NULL, steps,
                      neurons, stride, stride_below, 2);
    for (; tile < tiles; tile++)
        project_tiles(g + tile * SG_LANES, gx, transposed + tile * SG_LANES, active ? active + tile : NULL, steps,
                      neurons, stride, stride_below, 1);
}
