/* Trains on spike trains from arrays of your own and predicts the label of each test sample:   ./predict FOLDER
 *
 * FOLDER is made; the run and its model.h5 are kept there. */
#include <stdio.h>
#include <stdlib.h>
#include <surgrad.h>

enum { SAMPLES = 90, TRAINED = 72, STEPS = 50, CHANNELS = 24, CLASSES = 3, EVENTS = 20 /* of a sample */ };

static const char yaml[] = "epochs: 15\nbatch: 24\nsteps: 50\ndt: 1 ms\nloss: {kind: mean_ce}\n"
                           "layers:\n  - {size: 20}\n  - {size: 3, neuron: {kind: li}}\n";

static void need(sg_status status) {
    if (status == SG_OK)
        return;
    fprintf(stderr, "predict: %s\n", sg_error_message());
    exit(1);
}

/* Two in three events of class c are in channels 8c .. 8c+7, the others anywhere. Events are sorted by step. */
static sg_events *make_events(void) {
    static uint64_t first[SAMPLES + 1];
    static uint16_t step[SAMPLES * EVENTS];
    static uint32_t channel[SAMPLES * EVENTS], label[SAMPLES];
    sg_events *events;
    for (uint32_t s = 0; s < SAMPLES; s++) {
        label[s] = s % CLASSES;
        first[s + 1] = (s + 1) * EVENTS;
        for (uint32_t e = 0; e < EVENTS; e++) {
            step[s * EVENTS + e] = (uint16_t)(2 * e + (uint32_t)rand() % 2);
            channel[s * EVENTS + e] = rand() % 3 ? 8 * label[s] + (uint32_t)rand() % 8 : (uint32_t)rand() % CHANNELS;
        }
    }
    const sg_events_view arrays = {.samples = SAMPLES,
                                   .steps = STEPS,
                                   .channels = CHANNELS,
                                   .classes = CLASSES,
                                   .dt_ms = 1,
                                   .first = first,
                                   .step = step,
                                   .channel = channel,
                                   .label = label};
    need(sg_events_create(&arrays, &events));
    return events;
}

/* Trains on the first TRAINED samples and tests on the rest; the model is in FOLDER/model.h5. */
static void train(const char *folder, const sg_events *events, const uint32_t *samples) {
    sg_config *config;
    sg_data *data;
    sg_run_options options = SG_SIZED(sg_run_options);
    need(sg_config_parse("predict", yaml, sizeof yaml - 1, &config));
    need(sg_data_create(events, samples, TRAINED, NULL, 0, samples + TRAINED, SAMPLES - TRAINED, &data));
    options.dir = folder;
    options.data = data;
    need(sg_run(config, &options, NULL));
    sg_data_free(data);
    sg_config_free(config);
}

int main(int argc, char **argv) {
    char model[4096];
    uint32_t samples[SAMPLES], predicted[SAMPLES - TRAINED];
    double outputs[(SAMPLES - TRAINED) * CLASSES];
    sg_events *events = make_events();
    sg_config *config;
    sg_network *network;
    const char *folder = argc > 1 ? argv[1] : "predict-run";
    for (uint32_t s = 0; s < SAMPLES; s++)
        samples[s] = s;
    train(folder, events, samples);

    snprintf(model, sizeof model, "%s/model.h5", folder);
    need(sg_model_load(model, &config, &network));
    need(sg_predict(network, config, events, samples + TRAINED, SAMPLES - TRAINED, 0, outputs, predicted));
    printf("sample label predicted outputs\n");
    for (uint32_t s = 0; s < SAMPLES - TRAINED; s++) {
        printf("%6u %5u %9u", TRAINED + s, sg_events_get(events).label[TRAINED + s], predicted[s]);
        for (uint32_t n = 0; n < CLASSES; n++)
            printf(" %8.4f", outputs[s * CLASSES + n]);
        printf("\n");
    }
    sg_network_free(network);
    sg_config_free(config);
    sg_events_free(events);
    return 0;
}
