/* What neurons do in every step, of many samples at once. */
#include "common.h"

#include <math.h>
#include <string.h>

enum { SIZE = STEPS * HIDDEN /* of a layer's record of one sample */ };

static uint8_t raster[SAMPLES * SIZE];
static float membrane[SAMPLES * SIZE], current[SAMPLES * SIZE], adaptation[SAMPLES * SIZE];
static float readout[SAMPLES * STEPS * CLASSES];

static void record(const subject *work) {
    const sg_layer_record records[] = {{0, raster, membrane, current, adaptation}, {1, NULL, readout, NULL, NULL}};
    memset(raster, 2, sizeof raster);
    OK(sg_network_record(work->network, work->events, work->samples, SAMPLES, 2, records, 2));
}

static void many_samples_are_each_alone(void) {
    static uint8_t one_raster[SIZE];
    static float one_membrane[SIZE];
    subject work;
    open_subject(&work, rich, 1);
    record(&work);
    for (size_t s = 0; s < SAMPLES; s++) {
        OK(sg_network_raster(work.network, work.events, s, 0, one_raster));
        OK(sg_network_membrane(work.network, work.events, s, 0, one_membrane));
        CHECK(memcmp(one_raster, raster + s * SIZE, sizeof one_raster) == 0);
        CHECK(memcmp(one_membrane, membrane + s * SIZE, sizeof one_membrane) == 0);
    }
    close_subject(&work);
}

/* The raster counts the spikes and the silent neurons that the evaluation and the trainer tell. */
static void rasters_count_the_spikes(void) {
    sg_layer_activity activity[2];
    sg_evaluation result = SG_SIZED(sg_evaluation);
    sg_batch_result batch = SG_SIZED(sg_batch_result);
    uint64_t spikes = 0, trained;
    uint32_t silent = 0;
    subject work;
    open_subject(&work, rich, 1);
    record(&work);
    for (size_t n = 0; n < HIDDEN; n++) {
        uint64_t fired = 0;
        for (size_t j = n; j < SAMPLES * SIZE; j += HIDDEN)
            fired += raster[j];
        spikes += fired;
        silent += fired == 0;
    }
    OK(sg_evaluate(work.network, work.config, work.events, work.samples, SAMPLES, 1, &result, activity, NULL));
    CHECK(spikes > 100 && fabs(activity[0].spikes_per_sample * SAMPLES - (double)spikes) < 1e-6);
    CHECK(activity[0].silent == silent && activity[1].silent == 0);
    OK(sg_trainer_gradient(work.trainer, work.events, work.samples, SAMPLES, &batch));
    OK(sg_trainer_spikes(work.trainer, 0, &trained));
    CHECK(trained == spikes);
    close_subject(&work);
}

/* A neuron fires where its membrane is above the threshold and what adaptation adds to it. Adaptation is 0 before the
 * first spike of a neuron, and afterwards is not. */
static void states_explain_the_spikes(void) {
    size_t adapted = 0, spikes = 0, driven = 0;
    subject work;
    open_subject(&work, rich, 1);
    record(&work);
    for (size_t s = 0; s < SAMPLES; s++)
        for (size_t n = 0; n < HIDDEN; n++) {
            bool fired = false;
            for (size_t t = 0; t < STEPS; t++) {
                size_t j = s * SIZE + t * HIDDEN + n;
                CHECK(raster[j] <= 1 && (!raster[j] || membrane[j] > 1));
                CHECK(fired || adaptation[j] == 0 || raster[j]);
                CHECK(adaptation[j] != 0 || raster[j] || membrane[j] <= 1);
                fired |= raster[j] == 1;
                spikes += raster[j];
                adapted += adaptation[j] > 0;
                driven += current[j] != 0;
            }
        }
    CHECK(spikes > 100 && adapted > spikes && driven > spikes);
    close_subject(&work);
}

/* The read-out's output is the mean of its membrane over all steps. */
static void outputs_are_the_mean_membrane(void) {
    static double outputs[SAMPLES * CLASSES];
    subject work;
    open_subject(&work, rich, 1);
    record(&work);
    OK(sg_predict(work.network, work.config, work.events, work.samples, SAMPLES, 1, outputs, NULL));
    for (size_t s = 0; s < SAMPLES; s++)
        for (size_t n = 0; n < CLASSES; n++) {
            double sum = 0;
            for (size_t t = 0; t < STEPS; t++)
                sum += readout[(s * STEPS + t) * CLASSES + n];
            CHECK(fabs(sum / STEPS - outputs[s * CLASSES + n]) < 1e-5);
        }
    close_subject(&work);
}

const test_case record_cases[] = {
    {"many samples are each alone", many_samples_are_each_alone},
    {"rasters count the spikes", rasters_count_the_spikes},
    {"states explain the spikes", states_explain_the_spikes},
    {"outputs are the mean membrane", outputs_are_the_mean_membrane},
    {NULL, NULL},
};
