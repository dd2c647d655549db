#include "base/exact.h"
#include "base/random.h"
#include "data/sort_events.h"
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
static double embed(const sg_synthetic_request *drawing, const double *strength, uint64_t key, uint64_t channel,
                    const double *point) {
    const sg_data_config *config = drawing->config;
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
static void embed_class(const sg_synthetic_request *drawing, const double *strength, uint64_t class, uint64_t channel,
                        double *values) {
    const sg_data_config *config = drawing->config;
    uint64_t key = sg_random_bits(drawing->seed, SG_STREAM_SET, class), samples = (uint64_t)config->samples;
    double low = INFINITY, high = -INFINITY, point[16];
    for (uint64_t s = 0; s < samples; s++) {
        for (int64_t d = 0; d < config->dimension; d++)
            point[d] = sg_random_uniform(drawing->seed, SG_STREAM_SAMPLES,
                                         (class * samples + s) * (uint64_t)config->dimension + (uint64_t)d);
        values[s] = embed(drawing, strength, key, channel, point);
        low = values[s] < low ? values[s] : low;
        high = values[s] > high ? values[s] : high;
    }
    for (uint64_t s = 0; s < samples; s++)
        values[s] = high > low ? (values[s] - low) / (high - low) : 0;
}

static void fill(const sg_synthetic_request *drawing, const double *strength, double *values, sg_events *events) {
    uint64_t samples = (uint64_t)drawing->config->samples;
    for (uint64_t class = 0; class < (uint64_t)drawing->config->classes; class ++)
        for (uint32_t c = 0; c < events->channels; c++) {
            embed_class(drawing, strength, class, c, values);
            for (uint64_t s = 0; s < samples; s++) {
                uint64_t at = events->first[class * samples + s] + c;
                double t = values[s] * drawing->steps;
                events->step[at] = (uint16_t)(t < drawing->steps ? t : drawing->steps - 1);
                events->channel[at] = c;
            }
        }
}

sg_status sg_make_randman(const sg_synthetic_request *drawing, sg_events **out) {
    const sg_data_config *config = drawing->config;
    size_t samples = (size_t)(config->classes * config->samples);
    SG_TRY(sg_events_make(samples, drawing->steps, (uint32_t)config->channels, (uint32_t)config->classes, out));
    for (size_t s = 0; s < samples; s++) {
        (*out)->first[s + 1] = (*out)->first[s] + (uint64_t)config->channels;
        (*out)->label[s] = (uint32_t)(s / (size_t)config->samples);
    }
    double *strength = make_strengths(config), *values = sg_array((size_t)config->samples, sizeof *values);
    sg_status status = strength && values ? sg_events_reserve(*out) : SG_MEMORY;
    if (status == SG_OK) {
        fill(drawing, strength, values, *out);
        status = sg_events_sort(*out);
    }
    free(strength);
    free(values);
    return status;
}
