/* Convolutions: one step after the other, as a row of all neurons. What a spike adds to lies side by side. */

/* to (count) += from (count). */
static ALWAYS_INLINE void add_run(float *to, const float *from, size_t count) {
    size_t n = 0;
    for (; n + SG_LANES <= count; n += SG_LANES)
        lane_store(to + n, lane_add(lane_load(to + n), lane_load(from + n)));
    if (n < count)
        lane_store_first(to + n, lane_add(lane_load_first(to + n, count - n), lane_load_first(from + n, count - n)),
                         count - n);
}

static ALWAYS_INLINE void write_conv_row(float *x, const float *row, float factor, const float *bias, size_t stride,
                                         size_t steps, size_t t) {
    const lane scale = lane_all(factor);
    for (size_t first = 0; first < stride; first += SG_BLOCK) {
        size_t width = stride - first < SG_BLOCK ? stride - first : SG_BLOCK;
        float *to = x + first * steps + t * width;
        for (size_t n = 0; n < width; n += SG_LANES) {
            const lane value = lane_mul(scale, lane_load(row + first + n));
            lane_store(to + n, bias ? lane_add(value, lane_load(bias + first + n)) : value);
        }
    }
}

static void v_conv_gather(float *x, float *row, const float *packed, float factor, const float *bias,
                          sg_spike_list spikes, const sg_conv *conv, size_t steps) {
    size_t stride = sg_conv_stride(conv);
    for (size_t t = 0, e = 0; t < steps; t++) {
        memset(row, 0, stride * sizeof *row);
        for (; e < spikes.count && spikes.step[e] - spikes.first == t; e++) {
            const sg_conv_input in = sg_conv_input_of(conv, spikes.channel[e]);
#define ADD_KERNEL(run) add_run(row + (run).neuron, packed + (run).packed, (run).count)
            SG_CONV_EACH_RUN(conv, in, ADD_KERNEL);
        }
        write_conv_row(x, row, factor, bias, stride, steps, t);
    }
}

static void v_conv_scatter(float *sums, float *by_bias, float *row, const float *gx, sg_spike_list spikes,
                           const sg_conv *conv, size_t steps) {
    size_t stride = sg_conv_stride(conv), neurons = sg_conv_neurons(conv);
    for (size_t t = steps, e = spikes.count; t-- > 0;) {
        if (by_bias || (e > 0 && spikes.step[e - 1] - spikes.first == t))
            sg_conv_read_row(row, gx, stride, steps, t);
        for (size_t n = 0; by_bias && n < neurons; n += conv->channels)
            add_run(by_bias, row + n, conv->channels);
        for (; e > 0 && spikes.step[e - 1] - spikes.first == t; e--) {
            const sg_conv_input in = sg_conv_input_of(conv, spikes.channel[e - 1]);
#define ADD_ROW(run) add_run(sums + (run).packed, row + (run).neuron, (run).count)
            SG_CONV_EACH_RUN(conv, in, ADD_ROW);
        }
    }
}

/* What conv_project computes: one tile of the channels below, in the places of a row that are wanted. */
typedef struct conv_projection {
    const sg_conv *conv;
    const float *transposed; /* at the group and the tile */
    size_t width;            /* of its rows */
    const float *row;        /* gx of a step at the group; with margins, if columns are even */
    const uint8_t *wanted;   /* (places) of the row, or NULL */
    size_t y;
    float factor;
    size_t count; /* of the tile's channels that are there, or more */
} conv_projection;

/* sum += what one tap brings to some places. gx of place s lies at gx[s] + at. */
static ALWAYS_INLINE void project_tap(const conv_projection *p, lane *sum, const float *const *gx, size_t at,
                                      size_t tap, int places) {
    size_t channels = sg_conv_group(p->conv);
    const float *kernel = p->transposed + tap * p->conv->channels * p->width;
    for (size_t o = 0; o < channels; o++) {
        const lane weights = lane_load(kernel + o * p->width);
        for (int s = 0; s < places; s++)
            sum[s] = lane_add(sum[s], lane_mul(lane_all(gx[s][at + o]), weights));
    }
}

static ALWAYS_INLINE void write_place(const conv_projection *p, float *g, lane sum) {
    const lane value = lane_mul(lane_all(p->factor), sum);
    if (p->count >= SG_LANES)
        lane_store(g, value);
    else
        lane_store_first(g, value, p->count);
}

/* Some places of a row where taps go on one by one: all have all of the columns' taps, as gx is 0 beside its rows. */
static ALWAYS_INLINE void project_even(const conv_projection *p, float *g, const size_t *x, int places) {
    const sg_conv *conv = p->conv;
    size_t width = conv->columns.out_size + 2 * (conv->columns.taps - 1);
    const float *gx[CONV_PLACES];
    lane sum[CONV_PLACES];
    for (int s = 0; s < places; s++) {
        gx[s] = p->row + (x[s] + conv->columns.padding) * conv->channels;
        sum[s] = lane_zero();
    }
    for (size_t r = conv->rows.first[p->y]; r < conv->rows.first[p->y + 1]; r++)
        for (size_t k = 0; k < conv->columns.taps; k++)
            project_tap(p, sum, gx, (conv->rows.out[r] * width + k) * conv->channels,
                        conv->rows.tap[r] * conv->columns.taps + k, places);
    for (int s = 0; s < places; s++)
        write_place(p, g + x[s] * conv->channels_in, sum[s]);
}

static void project_one(const conv_projection *p, float *g, size_t x) {
    const sg_conv *conv = p->conv;
    lane sum = lane_zero();
    for (size_t r = conv->rows.first[p->y]; r < conv->rows.first[p->y + 1]; r++)
        for (size_t c = conv->columns.first[x]; c < conv->columns.first[x + 1]; c++)
            project_tap(p, &sum, &p->row, sg_conv_neuron(conv, conv->rows.out[r], conv->columns.out[c], 0),
                        conv->rows.tap[r] * conv->columns.taps + conv->columns.tap[c], 1);
    write_place(p, g + x * conv->channels_in, sum);
}

/* Wanted places are computed CONV_PLACES at a time, wherever they lie; the last of them several times, if too few are
 * left. */
static ALWAYS_INLINE void project_row(const conv_projection *p, float *g) {
    size_t x[CONV_PLACES];
    int found = 0;
    for (size_t place = 0; place < p->conv->columns.size; place++) {
        if (p->wanted && !p->wanted[place])
            continue;
        if (!p->conv->columns.is_even) {
            project_one(p, g, place);
            continue;
        }
        x[found++] = place;
        if (found == CONV_PLACES) {
            project_even(p, g, x, CONV_PLACES);
            found = 0;
        }
    }
    for (int s = found; found > 0 && s < CONV_PLACES; s++)
        x[s] = x[found - 1];
    if (found == 1)
        project_even(p, g, x, 1);
    else if (found > CONV_PLACES / 2)
        project_even(p, g, x, CONV_PLACES);
    else if (found > 0)
        project_even(p, g, x, CONV_PLACES / 2);
}

/* A step of gx as a row of all neurons, with places of 0 beside each row of the map. */
static void read_margined(float *row, const float *gx, const sg_conv *conv, size_t steps, size_t t) {
    size_t line = conv->columns.out_size * conv->channels, margin = (conv->columns.taps - 1) * conv->channels;
    sg_conv_read_row(row, gx, sg_conv_stride(conv), steps, t);
    for (size_t y = conv->rows.out_size; y-- > 0;) { /* from the last, as rows move up */
        float *to = row + y * (line + 2 * margin);
        memmove(to + margin, row + y * line, line * sizeof *row);
        memset(to + margin + line, 0, margin * sizeof *row);
    }
    for (size_t y = 0; y < conv->rows.out_size; y++)
        memset(row + y * (line + 2 * margin), 0, margin * sizeof *row);
}

static void v_conv_project(float *g, float *row, const float *gx, const float *transposed, const uint8_t *wanted,
                           float factor, const sg_conv *conv, size_t steps) {
    size_t in_group = sg_conv_group_in(conv), group_size = sg_conv_group(conv);
    size_t width = (in_group + SG_LANES - 1) / SG_LANES * SG_LANES, line = conv->columns.size * conv->channels_in;
    for (size_t t = 0; t < steps; t++) {
        if (wanted)
            memset(g, 0, conv->rows.size * line * sizeof *g);
        if (conv->columns.is_even)
            read_margined(row, gx, conv, steps, t);
        else
            sg_conv_read_row(row, gx, sg_conv_stride(conv), steps, t);
        for (size_t y = 0; y < conv->rows.size; y++, g += line)
            for (size_t group = 0; group < conv->groups; group++)
                for (size_t c = 0; c < in_group; c += SG_LANES) {
                    const conv_projection p = {
                        .conv = conv,
                        .transposed = transposed + group * group_size * width + c,
                        .width = width,
                        .row = row + group * group_size,
                        .wanted = wanted ? wanted + (t * conv->rows.size + y) * conv->columns.size : NULL,
                        .y = y,
                        .factor = factor,
                        .count = in_group - c,
                    };
                    project_row(&p, g + group * in_group + c);
                }
    }
}
