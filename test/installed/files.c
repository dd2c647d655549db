/* Files: models, details of data, recordings, new samples and sound. */
#include "common.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void models_are_read_back(void) {
    char *saved, *read;
    sg_config *config;
    sg_network *network;
    subject work;
    open_subject(&work, rich, 1);
    train_step(&work);
    OK(sg_model_save(work.network, work.config, in_folder("model.h5")));
    OK(sg_model_load(in_folder("model.h5"), &config, &network));
    CHECK(same_parameters(work.network, network));
    OK(sg_config_text(work.config, &saved));
    OK(sg_config_text(config, &read));
    CHECK(strcmp(saved, read) == 0);
    sg_free(saved);
    sg_free(read);
    sg_config_free(config);
    sg_network_free(network);
    REFUSED(sg_model_load(in_folder("no-model.h5"), &config, &network), SG_MODEL, "no-model.h5");
    CHECK(config == NULL && network == NULL);
    close_subject(&work);
}

static void count_lines(void *user, const char *text) {
    ++*(int *)user;
    CHECK(*text != 0);
}

/* A network goes out as a NIR graph and comes back; what NIR has no primitive for is refused. */
static void graphs_are_read_back(void) {
    static const char layers[] = "steps: 40\nloss: {kind: mean_ce}\nlayers:\n"
                                 "  - {size: 16, link: {sd: 0.5, bias: true}, recurrent: {from: own}, neuron: {kind: "
                                 "cuba_lif, reset: subtract}}\n"
                                 "  - {size: 3, link: {sd: 0.5}, neuron: {kind: li}}\n";
    sg_nir_options options = SG_SIZED(sg_nir_options);
    sg_config *config;
    sg_network *network;
    int lines = 0;
    subject work;
    open_subject(&work, layers, 1);
    options.on_note = count_lines;
    options.user = &lines;
    OK(sg_nir_export(work.network, work.config, &options, in_folder("graph.nir")));
    CHECK(lines > 0);
    OK(sg_nir_import(in_folder("graph.nir"), NULL, &config, &network));
    CHECK(same_parameters(work.network, network));
    sg_network_free(network);
    sg_config_free(config);
    close_subject(&work);
    open_subject(&work, rich, 1);
    REFUSED(sg_nir_export(work.network, work.config, NULL, in_folder("graph.nir")), SG_MODEL, "alif");
    close_subject(&work);
    REFUSED(sg_nir_import(in_folder("no.nir"), NULL, &config, &network), SG_MODEL, "no.nir");
    CHECK(config == NULL && network == NULL);
}

/* `init` takes all parameters of the model, whatever the seed; a model of another size is refused. */
static void a_network_begins_with_a_model(void) {
    sg_config *config = make_config(rich);
    sg_network *drawn, *network;
    subject work;
    open_subject(&work, rich, 1);
    train_step(&work);
    OK(sg_model_save(work.network, work.config, in_folder("init.h5")));
    OK(sg_config_set(config, "seed", "7"));
    OK(sg_network_create(config, INPUTS, &drawn));
    OK(sg_config_set(config, "init", in_folder("init.h5")));
    OK(sg_network_create(config, INPUTS, &network));
    CHECK(same_parameters(work.network, network) && !same_parameters(work.network, drawn));
    sg_network_free(drawn);
    sg_network_free(network);
    OK(sg_config_set(config, "layers.0.size", "17"));
    REFUSED(sg_network_create(config, INPUTS, &network), SG_MODEL, "init.h5");
    sg_config_free(config);
    close_subject(&work);
}

/* ---------------------------------------------------------------------------------------------------- details */

/* Names, groups and origins come back from a store and from its file. */
static void details_are_kept(void) {
    static const uint64_t first[] = {0, 1, 2};
    static const uint16_t step[] = {0, 3};
    static const uint32_t channel[] = {1, 0}, label[] = {1, SG_NO_LABEL}, group[] = {SG_NO_GROUP, 0};
    static const char *const classes[] = {"left", "right"}, *const groups[] = {"ann"}, *const origins[] = {"a", "b:1"};
    sg_events_view view = {0};
    sg_events_details details = SG_SIZED(sg_events_details), found = SG_SIZED(sg_events_details);
    sg_events *events, *read;
    view.samples = view.channels = view.classes = 2;
    view.steps = 4;
    view.first = first;
    view.step = step;
    view.channel = channel;
    view.label = label;
    details.class_names = classes;
    details.group_names = groups;
    details.groups = 1;
    details.group = group;
    details.origin = origins;
    OK(sg_events_create_detailed(&view, &details, &events));
    OK(sg_events_save(events, in_folder("details.h5")));
    OK(sg_events_load(in_folder("details.h5"), &read));
    OK(sg_events_get_details(read, &found));
    CHECK(strcmp(found.class_names[1], "right") == 0 && strcmp(found.origin[1], "b:1") == 0);
    CHECK(found.groups == 1 && strcmp(found.group_names[0], "ann") == 0);
    CHECK(found.group[0] == SG_NO_GROUP && found.group[1] == 0);
    CHECK(sg_events_get(read).label[1] == SG_NO_LABEL);
    sg_events_free(events);
    sg_events_free(read);
    details.groups = 0;
    REFUSED(sg_events_create_detailed(&view, &details, &events), SG_DATA, "group");
}

/* ------------------------------------------------------------------------------------------------------ import */

/* Writes `count` files of N-MNIST's format and a table that tells a class, a group and a part for each. */
static void write_recordings(int count) {
    static const char *const parts[] = {"train", "test", "validation"};
    FILE *table = fopen(in_folder("labels.csv"), "w");
    fputs("file,label,group,split\n", table);
    for (int i = 0; i < count; i++) {
        char name[32];
        sprintf(name, "r%d.bin", i);
        FILE *file = fopen(in_folder(name), "wb");
        for (int e = 0; e < 5; e++) {
            const unsigned char event[] = {(unsigned char)(i + 1), (unsigned char)e, (unsigned char)(e % 2 << 7),
                                           (unsigned char)(4 * e), 0};
            CHECK(fwrite(event, 1, sizeof event, file) == sizeof event);
        }
        CHECK(fclose(file) == 0);
        if (i < count - 1)
            fprintf(table, "%s,%s,ann,%s\n", name, i % 2 ? "wave" : "clap", parts[i % 3]);
        else
            fprintf(table, "%s,,,\n", name);
    }
    CHECK(fclose(table) == 0);
}

static void recordings_are_imported(void) {
    sg_config *config;
    sg_events *events;
    sg_events_details details = SG_SIZED(sg_events_details);
    sg_import_result result = SG_SIZED(sg_import_result);
    const char *sources[1];
    write_recordings(4);
    OK(sg_config_create(&config));
    sources[0] = in_folder("labels.csv");
    OK(sg_import(config, sources, 1, in_folder("imported.h5"), NULL, &result));
    CHECK(result.samples == 4 && result.files == 4 && result.events == 20 && result.classes == 2);
    CHECK(result.train == 2 && result.test == 1 && result.validation == 1);
    OK(sg_events_load(in_folder("imported.h5"), &events));
    OK(sg_events_get_details(events, &details));
    CHECK(strcmp(details.class_names[0], "clap") == 0 && strcmp(details.class_names[1], "wave") == 0);
    CHECK(details.groups == 1 && details.group[0] == 0 && details.group[3] == SG_NO_GROUP);
    CHECK(strstr(details.origin[2], "r2.bin") != NULL);
    CHECK(sg_events_get(events).label[1] == 1 && sg_events_get(events).label[3] == SG_NO_LABEL);
    CHECK(sg_events_get(events).split[2] == 2);
    sg_events_free(events);
    sources[0] = in_folder("no-recording.bin");
    REFUSED(sg_import(config, sources, 1, in_folder("none.h5"), NULL, NULL), SG_DATA, "no-recording.bin");
    sg_config_free(config);
}

/* ------------------------------------------------------------------------------------------------- predictions */

/* A network that knows its data takes their names along, into files and copies, and numbers labels by them. */
static void names_of_classes_are_known(void) {
    static const char *const names[] = {"left", "right", "up"}, *const turned[] = {"up", "left", "right"};
    sg_events_details details = SG_SIZED(sg_events_details);
    sg_events *named, *others, *found;
    sg_config *config;
    sg_network *network, *copy;
    sg_samples *samples;
    subject work;
    open_subject(&work, plain, 1);
    const sg_events_view view = sg_events_get(work.events);
    details.class_names = names;
    OK(sg_events_create_detailed(&view, &details, &named));
    CHECK(sg_network_class_name(work.network, 0) == NULL);
    OK(sg_network_know(work.network, named));
    OK(sg_model_save(work.network, work.config, in_folder("named.h5")));
    OK(sg_model_load(in_folder("named.h5"), &config, &network));
    OK(sg_network_copy(network, &copy));
    CHECK(strcmp(sg_network_class_name(network, 1), "right") == 0 && strcmp(sg_network_class_name(copy, 2), "up") == 0);
    CHECK(sg_network_class_name(network, 3) == NULL);
    details.class_names = turned;
    OK(sg_events_create_detailed(&view, &details, &others));
    REFUSED(sg_predict(network, config, others, work.samples, 1, 1, NULL, NULL), SG_MODEL, "class 0 is 'up'");
    OK(sg_events_save(others, in_folder("others.h5")));
    OK(sg_samples_open_for(network, config, in_folder("others.h5"), &samples));
    OK(sg_samples_next(samples, &found));
    for (uint32_t s = 0; s < SAMPLES; s++)
        CHECK(sg_events_get(found).label[s] == (view.label[s] + 2) % 3);
    sg_events_free(found);
    sg_samples_free(samples);
    REFUSED(sg_samples_open_for(network, config, in_folder("r0.bin"), &samples), SG_DATA, "was not trained on such");
    sg_events_free(named);
    sg_events_free(others);
    sg_network_free(copy);
    sg_network_free(network);
    sg_config_free(config);
    close_subject(&work);
}

/* Samples of a file without labels give what the store gives; a sample of times is predicted alone. */
static void new_samples_are_predicted(void) {
    static const double time_ms[] = {3, 0.5};
    static const uint32_t spikes[] = {1, 0};
    double outputs[SAMPLES * CLASSES], again[SAMPLES * CLASSES], probabilities[SAMPLES * CLASSES];
    uint32_t predicted[SAMPLES];
    sg_predictions all = SG_SIZED(sg_predictions);
    sg_answer_info answer = SG_SIZED(sg_answer_info);
    sg_samples *samples;
    sg_events *events, *one;
    subject work;
    open_subject(&work, plain, 1);
    OK(sg_predict(work.network, work.config, work.events, work.samples, SAMPLES, 1, outputs, predicted));
    OK(sg_events_save(work.events, in_folder("new.h5")));
    OK(sg_samples_open(work.config, in_folder("new.h5"), &samples));
    OK(sg_samples_next(samples, &events));
    OK(sg_predict(work.network, work.config, events, work.samples, SAMPLES, 1, again, predicted));
    CHECK(memcmp(outputs, again, sizeof outputs) == 0);
    sg_events_free(events);
    OK(sg_samples_next(samples, &events));
    CHECK(events == NULL);
    sg_samples_free(samples);
    OK(sg_answer(work.config, &answer));
    CHECK(answer.kind == SG_ANSWER_CLASS && !answer.has_steps && !answer.needs_steps);
    CHECK(sg_has_probabilities(work.config));
    OK(sg_probabilities(work.config, outputs, SAMPLES, probabilities));
    CHECK(fabs(probabilities[0] + probabilities[1] + probabilities[2] - 1) < 1e-12);
    all.samples = SAMPLES;
    all.outputs = CLASSES;
    all.predicted = predicted;
    all.output = outputs;
    OK(sg_predictions_save(&all, in_folder("predictions.h5")));
    REFUSED(sg_events_load(in_folder("predictions.h5"), &events), SG_DATA, "surgrad predictions 1");
    OK(sg_sample_create(work.network, "one", time_ms, spikes, 2, &one));
    CHECK(sg_events_get(one).samples == 1 && sg_events_get(one).label[0] == SG_NO_LABEL);
    CHECK(sg_events_get(one).first[1] == 2 && sg_events_get(one).channel[0] == 0);
    OK(sg_predict(work.network, work.config, one, work.samples, 1, 1, outputs, NULL));
    sg_events_free(one);
    close_subject(&work);
}

/* ------------------------------------------------------------------------------------------------------- sound */

/* A recording of a tone: the channel that hears most of it is near its frequency. */
static void sound_is_heard(void) {
    enum { RATE = 16000, COUNT = 8000 };
    static const unsigned char head[44] = {'R', 'I', 'F',  'F',  0xa4, 0x3e, 0,   0,    'W',  'A', 'V',
                                           'E', 'f', 'm',  't',  ' ',  16,   0,   0,    0,    1,   0,
                                           1,   0,   0x80, 0x3e, 0,    0,    0,   0x7d, 0,    0,   2,
                                           0,   16,  0,    'd',  'a',  't',  'a', 0x80, 0x3e, 0,   0};
    sg_hearing hearing = SG_SIZED(sg_hearing);
    sg_config *config = make_config(plain);
    FILE *file = fopen(in_folder("tone.wav"), "wb");
    size_t most = 0;
    CHECK(fwrite(head, 1, sizeof head, file) == sizeof head);
    for (int i = 0; i < COUNT; i++) {
        const int value = (int)(12000 * sin(2 * 3.14159265358979 * 1000 * i / RATE));
        fputc(value & 255, file);
        fputc(value >> 8 & 255, file);
    }
    CHECK(fclose(file) == 0);
    REFUSED(sg_hear(config, in_folder("tone.wav"), &hearing), SG_CONFIG, "data.set");
    OK(sg_config_set(config, "data.set", "wav"));
    OK(sg_config_set(config, "data.split", "shuffled"));
    OK(sg_config_set(config, "data.dir", in_folder("")));
    OK(sg_hear(config, in_folder("tone.wav"), &hearing));
    CHECK(hearing.rows > 0);
    for (size_t c = 0; c < hearing.channels; c++)
        if (hearing.levels[hearing.rows / 2 * hearing.channels + c] >
            hearing.levels[hearing.rows / 2 * hearing.channels + most])
            most = c;
    CHECK(hearing.centre_hz[most] > 800 && hearing.centre_hz[most] < 1250);
    sg_free(hearing.centre_hz);
    sg_free(hearing.levels);
    sg_config_free(config);
}

const test_case file_cases[] = {
    {"details are kept", details_are_kept},
    {"recordings are imported", recordings_are_imported},
    {"new samples are predicted", new_samples_are_predicted},
    {"names of classes are known", names_of_classes_are_known},
    {"sound is heard", sound_is_heard},
    {"models are read back", models_are_read_back},
    {"graphs are read back", graphs_are_read_back},
    {"a network begins with a model", a_network_begins_with_a_model},
    {NULL, NULL},
};
