/* Smooth random manifolds (Zenke and Vogels 2021): a class is a manifold of `dimension` dimensions in the space of the
 * channels' spike times, a sample a random point of it. One spike a channel. */
#include "base/exact.h"
#include "base/random.h"
#include "data/synthetic.h"

#include <math.h>
#include <stdlib.h>

static const double TWO_PI = 0x1.921fb54442d18p+2;

/* k^-alpha, k from 1 to `cutoff`. */
static double *make_strengths(const sg_data_config *config) {
    double *strength = sg_array((size_t)config->cutoff, sizeof *strength);
    for (int64_t k = 1; strength && k <= config->cutoff; k++)
        strength[k - 1] = sg_exp(-config->alpha * sg_log((double)k));
    return strength;
}

/* The embedding of one class in one channel at a point: a product over the dimensions of sums of sines, wave k with its
 * own amplitude, stretch and phase, each of [0, 1). */
static double embed(const sg_source_request *request, const double *strength, uint64_t key, uint64_t channel,
                    const double *point) {
    const sg_data_config *config = request->config;
    double product = 1;
    for (int64_t d = 0; d < config->dimension; d++) {
        double sum = 0;
        for (int64_t k = 0; k < config->cutoff; k++) {
            uint64_t index =
                3 * ((channel * (uint64_t)config->dimension + (uint64_t)d) * (uint64_t)config->cutoff + (uint64_t)k);
            double amplitude = sg_random_uniform(key, 0, index), stretch = sg_random_uniform(key, 0, index + 1),
                   phase = sg_random_uniform(key, 0, index + 2);
            sum += amplitude * strength[k] * sg_sin(TWO_PI * ((double)(k + 1) * point[d] * stretch + phase));
        }
        product *= sum;
    }
    return product;
}

/* One channel of all samples of a class, stretched so that it fills 0 to 1. */
static void embed_class(const sg_source_request *request, const double *strength, uint64_t class, uint64_t channel,
                        double *values) {
    const sg_data_config *config = request->config;
    uint64_t key = sg_random_bits(request->need.seed, SG_STREAM_SET, class), samples = (uint64_t)config->samples;
    double low = INFINITY, high = -INFINITY, point[16];
    for (uint64_t s = 0; s < samples; s++) {
        for (int64_t d = 0; d < config->dimension; d++)
            point[d] = sg_random_uniform(request->need.seed, SG_STREAM_SAMPLES,
                                         (class * samples + s) * (uint64_t)config->dimension + (uint64_t)d);
        values[s] = embed(request, strength, key, channel, point);
        low = values[s] < low ? values[s] : low;
        high = values[s] > high ? values[s] : high;
    }
    for (uint64_t s = 0; s < samples; s++)
        values[s] = high > low ? (values[s] - low) / (high - low) : 0;
}

/* A class at work. */
typedef struct work {
    double *strength; /* (cutoff) */
    double *values;   /* (samples) of one channel */
    uint16_t *step;   /* (samples, channels) */
} work;

static void draw_class(const sg_source_request *request, uint64_t class, const work *w) {
    const uint64_t samples = (uint64_t)request->config->samples, channels = (uint64_t)request->config->channels;
    for (uint64_t c = 0; c < channels; c++) {
        embed_class(request, w->strength, class, c, w->values);
        for (uint64_t s = 0; s < samples; s++) {
            double t = w->values[s] * request->need.steps;
            w->step[s * channels + c] = (uint16_t)(t < request->need.steps ? t : request->need.steps - 1);
        }
    }
}

static sg_status write_class(const sg_source_request *request, uint32_t class, const work *w, sg_event_writer *out) {
    const uint64_t samples = (uint64_t)request->config->samples, channels = (uint64_t)request->config->channels;
    draw_class(request, class, w);
    for (uint64_t s = 0; s < samples; s++) {
        SG_TRY(sg_event_writer_begin(out, SG_TRAIN, class));
        for (uint32_t c = 0; c < channels; c++)
            sg_event_writer_add(out, w->step[s * channels + c], c, 1);
    }
    return SG_OK;
}

static sg_status write_all(const sg_source_request *request, const work *w, sg_event_writer *out) {
    const sg_event_layout layout = {.name = "randman",
                                    .steps = request->need.steps,
                                    .classes = (uint32_t)request->config->classes,
                                    .shape = sg_flat_shape((uint32_t)request->config->channels),
                                    .dt_ms = request->need.dt_ms};
    if (!w->strength || !w->values || !w->step)
        return SG_MEMORY;
    SG_TRY(sg_event_writer_open(out, &layout));
    for (uint32_t class = 0; class < layout.classes; class ++)
        SG_TRY(write_class(request, class, w, out));
    return SG_OK;
}

static sg_status read(const sg_source_request *request, sg_event_writer *out) {
    const sg_data_config *config = request->config;
    SG_TRY(sg_synthetic_check(request, 1));
    const work w = {make_strengths(config), sg_array((size_t)config->samples, sizeof *w.values),
                    sg_array((size_t)config->samples, (size_t)config->channels * sizeof *w.step)};
    sg_status status = write_all(request, &w, out);
    free(w.strength);
    free(w.values);
    free(w.step);
    return status;
}

const sg_source_kind sg_source_randman = {
    .head = {"randman", "smooth random manifolds, drawn from the seed"},
    .check = sg_source_check_nothing,
    .measure = sg_source_count,
    .read = read,
};
