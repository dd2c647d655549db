/* Rows of numbers, a tile at a time. */

static void v_scale(float *x, float factor, size_t count) {
    size_t j = 0;
    for (; j + SG_LANES <= count; j += SG_LANES)
        lane_store(x + j, lane_mul(lane_load(x + j), lane_all(factor)));
    sg_ref_scale(x + j, factor, count - j);
}

static ALWAYS_INLINE void outer_rows(float *x, const float *column, const float *row, bool add, size_t rows,
                                     size_t width) {
    for (size_t r = 0; r < rows; r++)
        for (size_t n = 0; n < width; n += SG_LANES) {
            const lane product = lane_mul(lane_all(column[r]), lane_load(row + n));
            float *out = x + r * width + n;
            lane_store(out, add ? lane_add(lane_load(out), product) : product);
        }
}

static void v_outer_product(float *x, const float *column, const float *row, bool add, size_t rows, size_t width) {
    if (add)
        outer_rows(x, column, row, true, rows, width);
    else
        outer_rows(x, column, row, false, rows, width);
}

static void v_mask_columns(float *x, const uint16_t *kept, size_t steps, size_t width) {
    for (size_t n = 0; n < width; n += SG_LANES) {
        const lane_mask stays = lane_mask_of(kept[n / SG_LANES]);
        for (size_t t = 0; t < steps; t++)
            lane_store(x + t * width + n, lane_keep(stays, lane_load(x + t * width + n)));
    }
}

static void v_add_row(float *x, const float *row, size_t steps, size_t width) {
    for (size_t t = 0; t < steps; t++)
        add_row(x + t * width, row, width);
}

static void v_add_steps(float *row, const float *x, size_t steps, size_t width) {
    for (size_t n = 0; n < width; n += SG_LANES) {
        lane sum = lane_load(row + n);
        for (size_t t = steps; t-- > 0;)
            sum = lane_add(sum, lane_load(x + t * width + n));
        lane_store(row + n, sum);
    }
}

static void v_sum_steps(float *sums, const float *x, size_t steps, size_t width) {
    for (size_t n = 0; n < width; n += SG_LANES) {
        lane sum = lane_load(sums + n);
        for (size_t t = 0; t < steps; t++)
            sum = lane_add(sum, lane_load(x + t * width + n));
        lane_store(sums + n, sum);
    }
}

static ALWAYS_INLINE void sum_products(float *sums, const float *x, const float *z, size_t steps, size_t width,
                                       int tiles) {
    lane sum[8];
    for (int q = 0; q < tiles; q++)
        sum[q] = lane_load(sums + q * SG_LANES);
    for (size_t t = 0; t < steps; t++)
        for (int q = 0; q < tiles; q++)
            sum[q] = lane_add(sum[q], lane_mul(lane_load(x + t * width + q * SG_LANES),
                                               lane_load(z + t * width + q * SG_LANES)));
    for (int q = 0; q < tiles; q++)
        lane_store(sums + q * SG_LANES, sum[q]);
}

static void v_sum_products(float *sums, const float *x, const float *z, size_t steps, size_t width) {
#define SUM_PRODUCTS(n, tiles) sum_products(sums + n, x + n, z + n, steps, width, tiles)
    WITH_TILES_HALVED(width, GATHER_TILES, SUM_PRODUCTS);
}

static void v_broadcast_row(float *x, const float *row, size_t steps, size_t width) {
    for (size_t n = 0; n < width; n += SG_LANES) {
        lane value = lane_load(row + n);
        for (size_t t = 0; t < steps; t++)
            lane_store(x + t * width + n, value);
    }
}

/* Lists where a row is in the terms that touch it. */
static size_t list_terms(const float **rows, const sg_rows *terms, size_t count, size_t row, size_t width) {
    size_t listed = 0;
    for (size_t p = 0; p < count; p++) {
        rows[listed] = terms[p].values + row * width;
        listed += terms[p].touched[row];
    }
    return listed;
}

static ALWAYS_INLINE void add_rows(float *sum, const float *const *rows, size_t count, size_t n, int tiles) {
    lane value[8];
    for (int q = 0; q < tiles; q++)
        value[q] = lane_zero();
    for (size_t c = 0; c < count; c++) {
        const float *row = opaque(rows[c] + n);
        for (int q = 0; q < tiles; q++)
            value[q] = lane_add(value[q], lane_load(row + q * SG_LANES));
    }
    for (int q = 0; q < tiles; q++)
        lane_store(sum + n + q * SG_LANES, value[q]);
}

static void v_sum_rows(float *sum, const sg_rows *terms, size_t count, size_t begin, size_t end, size_t width) {
    const float *rows[MAX_SLICES + 1];
    if (count > MAX_SLICES) {
        sg_ref_sum_rows(sum, terms, count, begin, end, width);
        return;
    }
    for (size_t row = begin; row < end; row++) {
        size_t listed = list_terms(rows, terms, count, row, width);
#define ADD_ROWS(n, tiles) add_rows(sum + row * width, rows, listed, n, tiles)
        WITH_TILES_HALVED(width, GATHER_TILES, ADD_ROWS);
    }
}
