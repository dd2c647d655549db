/* Pattern generation (Bellec and colleagues 2020): for spikes that are always the same noise, each output's membrane
 * should be a sum of sines, whose amplitudes and phases are drawn from the seed. */
#include "base/exact.h"
#include "base/memory.h"
#include "base/random.h"
#include "data/one_sample.h"

#include <math.h>
#include <stdlib.h>

/* Hz: of the input's spikes, and of the sines, which repeat after a second. */
static const double NOISE_HZ = 50, SINES_HZ[] = {1, 2, 3, 5};
enum { SINES = sizeof SINES_HZ / sizeof *SINES_HZ };
static const double LEAST = 0.5, MOST = 2; /* amplitude, before the whole is scaled to 1 */
static const double TWO_PI = 6.283185307179586;

static sg_status write_noise(void *user, sg_event_writer *writer) {
    const sg_source_request *request = user;
    sg_one_sample_noise(request, NOISE_HZ, 0, (uint32_t)request->config->channels, writer);
    return SG_OK;
}

/* values (T) of an output; the largest is 1 or -1. */
static void draw_wave(const sg_source_request *request, uint32_t output, double *values) {
    const uint64_t key = sg_random_bits(request->need.seed, SG_STREAM_SET, 1 + output);
    double largest = 0;
    for (uint32_t t = 0; t < request->need.steps; t++) {
        values[t] = 0;
        for (uint32_t k = 0; k < SINES; k++) {
            const double amplitude = LEAST + (MOST - LEAST) * sg_random_uniform(key, k, 0);
            const double turns = SINES_HZ[k] * t * request->need.dt_ms / 1000 + sg_random_uniform(key, k, 1);
            values[t] += amplitude * sg_sin(TWO_PI * (turns - floor(turns)));
        }
        largest = fmax(largest, fabs(values[t]));
    }
    for (uint32_t t = 0; t < request->need.steps; t++)
        values[t] /= largest;
}

/* The waves of all outputs, (outputs, T), written step by step, as numbers must come. */
typedef struct waves {
    uint32_t outputs, steps;
    double *values;
} waves;

static sg_status write_waves(void *user, sg_event_writer *writer) {
    const waves *w = user;
    for (uint32_t t = 0; t < w->steps; t++)
        for (uint32_t k = 0; k < w->outputs; k++)
            sg_event_writer_add_number(writer, t, k, (float)w->values[(size_t)k * w->steps + t]);
    return SG_OK;
}

static sg_status add_target(const sg_source_request *request, sg_event_writer *out) {
    waves w = {request->need.classes, request->need.steps, NULL};
    const sg_event_layout layout = {.name = "sines", .shape = sg_flat_shape(w.outputs), .numbers = true};
    w.values = sg_array((size_t)w.outputs * w.steps, sizeof *w.values);
    if (!w.values)
        return SG_MEMORY;
    for (uint32_t k = 0; k < w.outputs; k++)
        draw_wave(request, k, w.values + (size_t)k * w.steps);
    const sg_status status = sg_one_sample_set_target(request, layout, write_waves, &w, out);
    free(w.values);
    return status;
}

static sg_status read(const sg_source_request *request, sg_event_writer *out) {
    sg_source_request asked = *request;
    const sg_event_layout layout = {.name = "sines",
                                    .shape = sg_flat_shape((uint32_t)request->config->channels),
                                    .has_split = true};
    SG_TRY(sg_rate_check("dt", NOISE_HZ, request->need.dt_ms));
    SG_TRY(sg_one_sample_write(request, layout, write_noise, &asked, out));
    return add_target(request, out);
}

const sg_source_kind sg_source_sines = {
    .head = {"sines", "noise that is always the same, and sums of sines that outputs should be; drawn from the seed"},
    .check = sg_one_sample_check,
    .measure = sg_source_count,
    .read = read,
};
