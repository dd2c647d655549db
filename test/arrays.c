/* Trains on arrays in memory, which every build can, and then tries files and a download: for each one line,
 * "WHAT: done" or "WHAT: " and the library's message.   arrays FOLDER */
#include "surgrad.h"
#include <stdio.h>
#include <string.h>

enum { SAMPLES = 8, STEPS = 20, CHANNELS = 4, EACH = 6 /* events of a sample */ };

static int failed;

static int need(sg_status status, const char *what) {
    if (status != SG_OK)
        fprintf(stderr, "arrays: %s: %s\n", what, sg_error_message());
    failed |= status != SG_OK;
    return status == SG_OK;
}

static void tell(sg_status status, const char *what) {
    printf("%s: %s\n", what, status == SG_OK ? "done" : sg_error_message());
}

/* Samples of label 0 spike in the lower channels, those of label 1 in the upper. */
static sg_status make_events(sg_events **out) {
    static uint64_t first[SAMPLES + 1];
    static uint16_t step[SAMPLES * EACH];
    static uint32_t channel[SAMPLES * EACH], label[SAMPLES];
    sg_events_view view;
    for (uint32_t s = 0; s < SAMPLES; s++) {
        label[s] = s % 2;
        first[s + 1] = (s + 1) * EACH;
        for (uint32_t e = 0; e < EACH; e++) {
            step[s * EACH + e] = (uint16_t)(1 + 2 * e);
            channel[s * EACH + e] = 2 * label[s] + e % 2;
        }
    }
    memset(&view, 0, sizeof view);
    view.samples = SAMPLES;
    view.steps = STEPS;
    view.channels = CHANNELS;
    view.classes = 2;
    view.first = first;
    view.step = step;
    view.channel = channel;
    view.label = label;
    return sg_events_create(&view, out);
}

static sg_status make_config(sg_config **config) {
    static const char text[] = "{epochs: 1, steps: 20, batch: 4, loss: {kind: mean_ce}, optimiser: {lr: 0.05},\n"
                               "data: {set: patterns, split: shuffled, classes: 2, channels: 4, samples: 8},\n"
                               "layers: [{size: 2, neuron: {kind: li}}]}\n";
    return sg_config_parse("arrays", text, sizeof text - 1, config);
}

static void train(sg_network *network, const sg_config *config, const sg_events *events) {
    static const uint32_t samples[SAMPLES] = {0, 1, 2, 3, 4, 5, 6, 7};
    uint32_t predicted[SAMPLES] = {0};
    sg_batch_result first = SG_SIZED(sg_batch_result), last = SG_SIZED(sg_batch_result);
    sg_trainer *trainer;
    size_t right = 0;
    if (!need(sg_trainer_create(network, config, 1, &trainer), "trainer"))
        return;
    need(sg_trainer_step(trainer, events, samples, SAMPLES, &first), "the first step");
    for (int i = 0; i < 50; i++)
        need(sg_trainer_step(trainer, events, samples, SAMPLES, &last), "a step");
    need(sg_predict(network, config, events, samples, SAMPLES, 1, NULL, predicted), "prediction");
    for (uint32_t s = 0; s < SAMPLES; s++)
        right += predicted[s] == s % 2;
    printf("loss %.3f, then %.3f; %u of %u right\n", first.loss, last.loss, (unsigned)right, (unsigned)SAMPLES);
    failed |= last.loss >= first.loss || right != SAMPLES;
    sg_trainer_free(trainer);
}

static void try_files(const sg_network *network, const sg_config *config, const sg_events *events, const char *dir) {
    char path[512], *text = NULL;
    sg_config *read_config = NULL;
    sg_network *read_network = NULL;
    sg_events *read_events = NULL;
    sg_run_options options = SG_SIZED(sg_run_options);
    snprintf(path, sizeof path, "%s/model.h5", dir);
    tell(sg_model_save(network, config, path), "model save");
    tell(sg_model_load(path, &read_config, &read_network), "model load");
    tell(sg_describe_file(path, &text), "describe");
    snprintf(path, sizeof path, "%s/events.h5", dir);
    tell(sg_events_save(events, path), "events save");
    tell(sg_events_load(path, &read_events), "events load");
    snprintf(path, sizeof path, "%s/run", dir);
    options.dir = path;
    tell(sg_run(config, &options, NULL), "run in a folder");
    options.dir = NULL;
    tell(sg_run(config, &options, NULL), "run in memory");
    snprintf(path, sizeof path, "%s/data", dir);
    tell(sg_fetch("mnist", path, NULL, NULL, NULL), "fetch");
    sg_free(text);
    sg_events_free(read_events);
    sg_network_free(read_network);
    sg_config_free(read_config);
}

/* A file that is no sound: a build that reads sound says so, any other that it does not. */
static void try_sound(const char *dir) {
    static const char yaml[] = "data: {set: wav}\nwav: {test_numbers: 1}\nlayers: [{size: 2}, {size: 2}]\n";
    char path[512];
    sg_config *config = NULL;
    sg_data *data = NULL;
    snprintf(path, sizeof path, "%s/0_ann_1.wav", dir);
    FILE *file = fopen(path, "w");
    if (!file || fputs("no sound", file) < 0 || fclose(file) != 0)
        failed = 1;
    need(sg_config_parse("sound", yaml, sizeof yaml - 1, &config), "configuration of sound");
    need(sg_config_set(config, "data.dir", dir), "data.dir");
    tell(sg_data_open(config, &data), "sound");
    sg_data_free(data);
    sg_config_free(config);
}

int main(int argc, char **argv) {
    sg_config *config = NULL;
    sg_events *events = NULL;
    sg_network *network = NULL;
    if (need(make_config(&config), "configuration") && need(make_events(&events), "events") &&
        need(sg_network_create(config, CHANNELS, &network), "network")) {
        train(network, config, events);
        try_files(network, config, events, argc > 1 ? argv[1] : ".");
        try_sound(argc > 1 ? argv[1] : ".");
    }
    sg_network_free(network);
    sg_events_free(events);
    sg_config_free(config);
    return failed;
}
