#include "data/cochlea.h"

#include "base/exact.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ORDER = 4, LANES = 8 }; /* stages of a filter; channels are padded to a multiple */

#define PI      3.14159265358979323846
#define FLUSHED 1e-100 /* states below become 0 at the end of a row: they would decay into denormal numbers */

struct sg_cochlea {
    sg_cochlea_config config;
    double rate_hz;
    size_t stride; /* channels, padded */
    sg_arena memory;
    double *pole_re, *pole_im, *gain; /* (stride) */
    double *re, *im;                  /* (ORDER, stride) */
    double *sum;                      /* (stride) of the squared envelope, over a row so far */
};

/* ------------------------------------------------------------------------------------------------------- filters */

/* Glasberg and Moore 1990: the equivalent rectangular bandwidth at a frequency, in Hz, and the number of such bands
 * below it. */
static double bandwidth_hz(double hz) {
    return 24.7 * (4.37e-3 * hz + 1);
}

static double bands_below(double hz) {
    return 21.4 / sg_log(10) * sg_log(4.37e-3 * hz + 1);
}

static double hz_of_bands(double bands) {
    return (sg_exp(bands * sg_log(10) / 21.4) - 1) / 4.37e-3;
}

double sg_cochlea_centre_hz(const sg_cochlea_config *config, size_t channel) {
    double low = bands_below(config->low_hz), high = bands_below(config->high_hz);
    double share = config->channels > 1 ? (double)channel / (double)(config->channels - 1) : 0;
    return hz_of_bands(low + share * (high - low));
}

/* Hohmann 2002: four complex poles, all at lambda exp(i beta). A filter of that order is 0.9817 times as wide as the
 * decay of its stages says; the gain makes it 1 for a tone at its centre. */
static void design(sg_cochlea *cochlea, size_t channel) {
    const double widening = PI * 720 / 64 / 36; /* pi (2 n - 2)! 2^-(2 n - 2) / (n - 1)!^2, n = 4 */
    double centre = sg_cochlea_centre_hz(&cochlea->config, channel);
    double lambda = sg_exp(-2 * PI * bandwidth_hz(centre) / widening / cochlea->rate_hz);
    double beta = 2 * PI * centre / cochlea->rate_hz, narrow = 1 - lambda;
    cochlea->pole_re[channel] = lambda * sg_cos(beta);
    cochlea->pole_im[channel] = lambda * sg_sin(beta);
    cochlea->gain[channel] = 2 * narrow * narrow * narrow * narrow;
}

static void lay_out(sg_cochlea *cochlea) {
    sg_arena *memory = &cochlea->memory;
    double **const rows[] = {&cochlea->pole_re, &cochlea->pole_im, &cochlea->gain, &cochlea->sum};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        *rows[i] = sg_arena_take(memory, cochlea->stride, sizeof(double));
    cochlea->re = sg_arena_take(memory, ORDER * cochlea->stride, sizeof(double));
    cochlea->im = sg_arena_take(memory, ORDER * cochlea->stride, sizeof(double));
}

static sg_status open_cochlea(sg_cochlea *cochlea) {
    if (cochlea->config.high_hz >= cochlea->rate_hz / 2)
        return sg_fail(SG_DATA, "%g samples a second hold frequencies below %g Hz, but audio.high is %g Hz: lower it",
                       cochlea->rate_hz, cochlea->rate_hz / 2, cochlea->config.high_hz);
    cochlea->stride = ((size_t)cochlea->config.channels + LANES - 1) / LANES * LANES;
    lay_out(cochlea);
    SG_TRY(sg_arena_open(&cochlea->memory));
    lay_out(cochlea);
    for (size_t c = 0; c < (size_t)cochlea->config.channels; c++)
        design(cochlea, c);
    return SG_OK;
}

sg_status sg_cochlea_create(const sg_cochlea_config *config, double rate_hz, sg_cochlea **out) {
    *out = NULL;
    sg_cochlea *cochlea = sg_array(1, sizeof *cochlea);
    if (!cochlea)
        return SG_MEMORY;
    cochlea->config = *config;
    cochlea->rate_hz = rate_hz;
    sg_status status = open_cochlea(cochlea);
    if (status == SG_OK)
        *out = cochlea;
    else
        sg_cochlea_free(cochlea);
    return status;
}

void sg_cochlea_free(sg_cochlea *cochlea) {
    if (cochlea)
        sg_arena_close(&cochlea->memory);
    free(cochlea);
}

double sg_cochlea_rate_hz(const sg_cochlea *cochlea) {
    return cochlea->rate_hz;
}

/* Each stage is y[n] = x[n] + pole y[n - 1], in complex numbers; the stage after takes its result. */
static void pass(sg_cochlea *restrict cochlea, double sample) {
    const size_t stride = cochlea->stride;
    const double *restrict pole_re = cochlea->pole_re, *restrict pole_im = cochlea->pole_im;
    const double *restrict gain = cochlea->gain;
    double *restrict all_re = cochlea->re, *restrict all_im = cochlea->im, *restrict sum = cochlea->sum;
    for (size_t c = 0; c < stride; c++) {
        double x_re = gain[c] * sample, x_im = 0;
        for (size_t stage = 0; stage < ORDER; stage++) {
            double re = all_re[stage * stride + c], im = all_im[stage * stride + c];
            x_re += pole_re[c] * re - pole_im[c] * im;
            x_im += pole_re[c] * im + pole_im[c] * re;
            all_re[stage * stride + c] = x_re;
            all_im[stage * stride + c] = x_im;
        }
        sum[c] += x_re * x_re + x_im * x_im;
    }
}

static void flush(double *states, size_t count) {
    for (size_t i = 0; i < count; i++)
        states[i] = fabs(states[i]) < FLUSHED ? 0 : states[i];
}

/* --------------------------------------------------------------------------------------------------- compression */

/* Of a power relative to the reference, more than 0: 0 .. 1, or beyond. */
static double log_level(const sg_cochlea_config *config, double power) {
    return 1 + 10 / sg_log(10) * sg_log(power) / config->range_db;
}

static double cube_root_level(const sg_cochlea_config *config, double power) {
    (void)config;
    return sg_exp(sg_log(power) / 3);
}

static const struct {
    sg_kind head;
    double (*level)(const sg_cochlea_config *config, double power);
} compressions[] = {
    {{"log", "decibels: 0 at audio.range below the reference, 1 at the reference"}, log_level},
    {{"cube_root", "the cube root of the power, which is near to loudness"}, cube_root_level},
};

const sg_kind *sg_compression_kinds(int i) {
    return i >= 0 && (size_t)i < sizeof compressions / sizeof *compressions ? &compressions[i].head : NULL;
}

/* A tone of amplitude 1 has the power 1. */
static double reference(const sg_cochlea_config *config, const double *power, size_t count) {
    double largest = 0;
    for (size_t i = 0; config->normalise && i < count; i++)
        largest = power[i] > largest ? power[i] : largest;
    return config->normalise ? largest : 1;
}

static void compress(const sg_cochlea_config *config, const double *power, size_t count, uint8_t *levels) {
    const double least = 1e-30, full = reference(config, power, count);
    for (size_t i = 0; i < count; i++) {
        double relative = full > least ? power[i] / full : 0;
        double level = relative > least ? compressions[config->compression].level(config, relative) : 0;
        levels[i] = (uint8_t)(level <= 0 ? 0 : level >= 1 ? 255 : 256 * level);
    }
}

/* ------------------------------------------------------------------------------------------------------- hearing */

/* The first sample of a row. */
static size_t beginning(const sg_cochlea *cochlea, size_t row, double step_ms, size_t count) {
    double begin = ceil((double)row * (step_ms * cochlea->rate_hz / 1000));
    return begin < (double)count ? (size_t)begin : count;
}

size_t sg_cochlea_rows(const sg_cochlea *cochlea, size_t count, double step_ms) {
    return (size_t)ceil((double)count / (step_ms * cochlea->rate_hz / 1000));
}

void sg_cochlea_hear(sg_cochlea *cochlea, const double *samples, size_t count, double step_ms, double *power,
                     uint8_t *levels) {
    const size_t rows = sg_cochlea_rows(cochlea, count, step_ms), channels = (size_t)cochlea->config.channels;
    memset(cochlea->re, 0, ORDER * cochlea->stride * sizeof *cochlea->re);
    memset(cochlea->im, 0, ORDER * cochlea->stride * sizeof *cochlea->im);
    for (size_t row = 0; row < rows; row++) {
        size_t begin = beginning(cochlea, row, step_ms, count), end = beginning(cochlea, row + 1, step_ms, count);
        memset(cochlea->sum, 0, cochlea->stride * sizeof *cochlea->sum);
        for (size_t n = begin; n < end; n++)
            pass(cochlea, samples[n]);
        flush(cochlea->re, ORDER * cochlea->stride);
        flush(cochlea->im, ORDER * cochlea->stride);
        for (size_t c = 0; c < channels; c++)
            power[row * channels + c] = end > begin ? cochlea->sum[c] / (double)(end - begin) : 0;
    }
    compress(&cochlea->config, power, rows * channels, levels);
}
