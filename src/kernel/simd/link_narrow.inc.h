/* Links to a layer of one tile. Of four rows there are but sixteen sums: they are made once, and four bits of the
 * spikes then say which of them to add. */

enum {
    SUMS = 16 * SG_LANES,      /* floats of the sums of four rows */
    WORDS = 4,                 /* tiles of inputs in one pass of gather: as many bits as a register has */
    STEPS = 16,                /* steps in one pass of scatter */
    WINDOWS = STEPS / 4,       /* of four steps */
    INPUTS = WORDS * SG_LANES, /* in one pass of gather */
};

/* sums[b] = the rows whose bit is set in b, added from the first to the last. Nothing is -0, which added leaves any
 * number as it is. */
static ALWAYS_INLINE void sum_fours(float *sums, const lane rows[4]) {
    lane_store(sums, lane_all(-0.0f));
    for (size_t r = 0; r < 4; r++)
        for (size_t b = 0; b < (size_t)1 << r; b++)
            lane_store(sums + (((size_t)1 << r) + b) * SG_LANES, lane_add(lane_load(sums + b * SG_LANES), rows[r]));
}

static ALWAYS_INLINE lane sum_at(const float *sums, uint64_t bits, size_t four) {
    return lane_load(sums + (bits >> (4 * four) & 15) * SG_LANES);
}

/* `tiles` words of spike bits side by side, the first in the lowest bits. */
static ALWAYS_INLINE uint64_t read_words(const uint16_t *spikes, size_t tiles) {
    uint64_t bits = 0;
    for (size_t k = 0; k < tiles; k++)
        bits |= (uint64_t)spikes[k] << (16 * k);
    return bits;
}

/* Adds `inputs` inputs, the first of a word, which lie in `tiles` words. */
static ALWAYS_INLINE void gather_words(float *x, const float *weights, const uint16_t *spikes, size_t steps,
                                       size_t inputs, size_t words, size_t tiles) {
    _Alignas(64) float sums[INPUTS / 4 * SUMS];
    for (size_t i = 0; i < tiles * SG_LANES; i += 4) {
        lane rows[4];
        for (size_t r = 0; r < 4; r++)
            rows[r] = i + r < inputs ? lane_load(weights + (i + r) * SG_LANES) : lane_zero();
        sum_fours(sums + i / 4 * SUMS, rows);
    }
    for (size_t t = 0; t < steps; t++) {
        const uint64_t bits = read_words(spikes + t * words, tiles);
        lane sum = lane_load(x + t * SG_LANES);
        for (size_t four = 0; four < tiles * SG_LANES / 4; four++)
            sum = lane_add(sum, sum_at(sums + four * SUMS, bits, four));
        lane_store(x + t * SG_LANES, sum);
    }
}

static void v_gather_narrow(float *x, const float *weights, const uint16_t *spikes, size_t steps, size_t inputs,
                            size_t stride_below) {
    const size_t words = stride_below / SG_LANES;
    size_t i = 0;
    for (size_t t = 0; t < steps; t++)
        lane_store(x + t * SG_LANES, lane_zero());
    for (; i + INPUTS <= inputs; i += INPUTS)
        gather_words(x, weights + i * SG_LANES, spikes + i / SG_LANES, steps, INPUTS, words, WORDS);
    for (; i < inputs; i += SG_LANES)
        gather_words(x, weights + i * SG_LANES, spikes + i / SG_LANES, steps, inputs - i, words, 1);
}

/* One word of inputs in four steps, the first step in the lowest bits, to four bits an input, the last step in the
 * lowest. */
#ifdef __BMI2__
static ALWAYS_INLINE uint64_t turn_fours(uint64_t bits) {
    uint64_t turned = 0;
    for (int s = 0; s < 4; s++)
        turned |= _pdep_u64(bits >> (16 * s), (uint64_t)0x1111111111111111 << (3 - s));
    return turned;
}
#else
/* Exchanges the bits of `mask` with those `shift` above them. */
static ALWAYS_INLINE uint64_t swap_bits(uint64_t bits, uint64_t mask, int shift) {
    const uint64_t differ = (bits ^ bits >> shift) & mask;
    return bits ^ differ ^ differ << shift;
}

static ALWAYS_INLINE uint64_t turn_fours(uint64_t bits) {
    bits = bits << 32 | bits >> 32;                 /* the last step first, */
    bits = swap_bits(bits, 0x0000ffff0000ffff, 16); /* pairs, then in pairs */
    bits = swap_bits(bits, 0x0000f0f00000f0f0, 12); /* fours of inputs before steps: 4 x 4 fours are turned, ... */
    bits = swap_bits(bits, 0x00000000ff00ff00, 24);
    bits = swap_bits(bits, 0x0a0a0a0a0a0a0a0a, 3); /* ... then inputs: the 4 x 4 bits of each four */
    return swap_bits(bits, 0x00cc00cc00cc00cc, 6);
}
#endif

/* One word of inputs in four steps, of which `left` are there. */
static ALWAYS_INLINE uint64_t read_steps(const uint16_t *spikes, size_t words, size_t left) {
    uint64_t bits = 0;
    for (size_t s = 0; s < 4; s++)
        bits |= s < left ? (uint64_t)spikes[s * words] << (16 * s) : 0;
    return turn_fours(bits);
}

/* `steps` steps, at most STEPS. */
static ALWAYS_INLINE void scatter_steps(float *gradient, const float *gx, const uint16_t *spikes, size_t steps,
                                        size_t inputs, size_t words) {
    const size_t windows = (steps + 3) / 4;
    _Alignas(64) float sums[WINDOWS * SUMS];
    for (size_t w = 0; w < windows; w++) {
        lane rows[4];
        for (size_t r = 0; r < 4; r++)
            rows[r] = 4 * w + 3 - r < steps ? lane_load(gx + (4 * w + 3 - r) * SG_LANES) : lane_zero();
        sum_fours(sums + w * SUMS, rows);
    }
    for (size_t i = 0; i < inputs; i += SG_LANES) {
        const size_t count = inputs - i < SG_LANES ? inputs - i : SG_LANES;
        uint64_t bits[WINDOWS];
        for (size_t w = 0; w < windows; w++)
            bits[w] = read_steps(spikes + 4 * w * words + i / SG_LANES, words, steps - 4 * w);
        for (size_t n = 0; n < count; n++) {
            lane sum = lane_load(gradient + (i + n) * SG_LANES);
            for (size_t w = windows; w-- > 0;)
                sum = lane_add(sum, sum_at(sums + w * SUMS, bits[w], n));
            lane_store(gradient + (i + n) * SG_LANES, sum);
        }
    }
}

static void v_scatter_narrow(float *gradient, const float *gx, const uint16_t *spikes, size_t steps, size_t inputs,
                             size_t stride_below) {
    const size_t words = stride_below / SG_LANES, whole = steps / STEPS * STEPS;
    if (steps > whole)
        scatter_steps(gradient, gx + whole * SG_LANES, spikes + whole * words, steps - whole, inputs, words);
    for (size_t t = whole; t > 0; t -= STEPS)
        scatter_steps(gradient, gx + (t - STEPS) * SG_LANES, spikes + (t - STEPS) * words, STEPS, inputs, words);
}
