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

/* What conv_project computes: one tile of the channels below, in `places` places of a row side by side. */
typedef struct conv_projection {
    const sg_conv *conv;
    const float *row;        /* (stride) gx of a step */
    const float *transposed; /* at the tile */
    size_t width;            /* of its rows */
    size_t y, x, group;
} conv_projection;

static ALWAYS_INLINE void project_places(const conv_projection *p, lane *sum, int places) {
    const sg_conv *conv = p->conv;
    size_t channels = sg_conv_group(conv), begin = conv->columns.first[p->x], end = conv->columns.first[p->x + 1];
    for (int s = 0; s < places; s++)
        sum[s] = lane_zero();
    for (size_t r = conv->rows.first[p->y]; r < conv->rows.first[p->y + 1]; r++)
        for (size_t c = begin; c < end; c++) {
            const float *gx = p->row + sg_conv_neuron(conv, conv->rows.out[r], conv->columns.out[c], p->group);
            size_t tap = conv->rows.tap[r] * conv->columns.taps + conv->columns.tap[c];
            const float *kernel = p->transposed + (tap * conv->channels + p->group * channels) * p->width;
            for (size_t o = 0; o < channels; o++) {
                const lane weights = lane_load(kernel + o * p->width);
                for (int s = 0; s < places; s++)
                    sum[s] = lane_add(sum[s], lane_mul(lane_all(gx[(size_t)s * conv->channels + o]), weights));
            }
        }
}

/* Whether places x and x + 1 of a row have the same taps, one place on. */
static ALWAYS_INLINE bool goes_on(const sg_conv_axis *axis, size_t x) {
    size_t a = axis->first[x], b = axis->first[x + 1], count = b - a;
    if (axis->first[x + 2] - b != count)
        return false;
    for (size_t i = 0; i < count; i++)
        if (axis->tap[a + i] != axis->tap[b + i] || axis->out[a + i] + 1 != axis->out[b + i])
            return false;
    return true;
}

/* Places from x on that have the same taps, CONV_PLACES at most. */
static ALWAYS_INLINE int alike_from(const sg_conv_axis *axis, size_t x) {
    int places = 1;
    while (places < CONV_PLACES && x + (size_t)places < axis->size && goes_on(axis, x + (size_t)places - 1))
        places++;
    return places;
}

static ALWAYS_INLINE void project_tile_at(const conv_projection *p, float *g, float factor, size_t count, int places) {
    lane sum[CONV_PLACES];
    const lane scale = lane_all(factor);
    if (places == CONV_PLACES)
        project_places(p, sum, CONV_PLACES);
    else
        for (int s = 0; s < places; s++) {
            conv_projection one = *p;
            one.x += (size_t)s;
            project_places(&one, sum + s, 1);
        }
    for (int s = 0; s < places; s++) {
        float *to = g + (size_t)s * p->conv->channels_in;
        if (count >= SG_LANES)
            lane_store(to, lane_mul(scale, sum[s]));
        else
            lane_store_first(to, lane_mul(scale, sum[s]), count);
    }
}

static void v_conv_project(float *g, float *row, const float *gx, const float *transposed, float factor,
                           const sg_conv *conv, size_t steps) {
    size_t in_group = sg_conv_group_in(conv), width = (in_group + SG_LANES - 1) / SG_LANES * SG_LANES;
    for (size_t t = 0; t < steps; t++) {
        sg_conv_read_row(row, gx, sg_conv_stride(conv), steps, t);
        for (size_t y = 0; y < conv->rows.size; y++)
            for (size_t x = 0; x < conv->columns.size;) {
                int places = alike_from(&conv->columns, x);
                for (size_t group = 0; group < conv->groups; group++)
                    for (size_t c = 0; c < in_group; c += SG_LANES) {
                        const conv_projection p = {conv, row, transposed + c, width, y, x, group};
                        project_tile_at(&p, g + group * in_group + c, factor, in_group - c, places);
                    }
                g += (size_t)places * conv->channels_in;
                x += (size_t)places;
            }
    }
}
