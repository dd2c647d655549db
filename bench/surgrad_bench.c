/* bench-surgrad: times training steps (gradient and optimiser), with surgrad.h alone, and prints one line of JSON.
 * `bench-surgrad --help` lists the options; docs/performance.md says how it is used. */
#include "measure.h"
#include "synthetic.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] = "Usage: bench-surgrad [RECIPE|FILE.yaml] [options]\n"
                           "\n"
                           "Times training steps and prints one line of JSON; times are microseconds a sample.\n"
                           "\n"
                           "  --set KEY=VALUE    sets one option of the configuration; may be given again\n"
                           "  --model FILE       goes on from a model file, in the place of a recipe\n"
                           "  --name TEXT        what the line calls the network; default: the recipe\n"
                           "  --threads N        threads to use; default 1\n"
                           "  --warm-up N        batches before those that are timed; default 5\n"
                           "  --batches N        batches that are timed; default 50\n"
                           "  --seconds S        stop timing after S seconds, but not before 5 batches\n"
                           "  --synthetic D      random spikes of density D (0 to 1), not the configuration's data\n"
                           "  --profiles         random spikes whose rates are smooth and tell the class\n"
                           "  --channels N       input channels of random spikes; default 784\n"
                           "  --shape CxHxW      in their place: C maps of H x W pixels\n"
                           "  --samples N        samples of random spikes; default: one batch\n"
                           "  --save-model FILE  writes the network before the first step\n"
                           "  --save-events FILE writes the spikes that are trained on\n"
                           "  --help             prints this text\n";

enum { MAX_SETTINGS = 64, LEAST_BATCHES = 5, LEVEL_SIZE = 32 };

typedef struct bench_settings {
    const char *recipe, *model, *save_model, *save_events, *name;
    char *set[MAX_SETTINGS]; /* KEY=VALUE, in the order given */
    size_t set_count;
    int threads;
    size_t warm_up, batches, samples;
    sg_shape shape; /* of random spikes */
    bool profiles;
    double seconds; /* 0: no limit */
    double density; /* of random spikes; 0: the configuration's data */
} bench_settings;

typedef struct bench_setup {
    sg_config *config;
    sg_network *network;
    sg_data *data;     /* NULL for random spikes */
    sg_events *random; /* NULL for data */
    sg_trainer *trainer;
    const sg_events *events;
    const uint32_t *samples; /* (count) */
    uint32_t *numbers;       /* what `samples` are for random spikes */
    size_t count, batch;
    double data_seconds; /* to read, encode and split the data */
} bench_setup;

typedef struct bench_outcome {
    double *us; /* (repeats) of a sample, one for each batch */
    size_t repeats;
    double loss_first, loss_last; /* of the very first batch, warm-up or not, and of the last */
    double *spikes;               /* (layers) of a sample, over the timed batches */
} bench_outcome;

static void need(sg_status status) {
    if (status == SG_OK)
        return;
    const char *message = sg_error_message();
    fprintf(stderr, "bench-surgrad: %s\n", *message ? message : sg_status_text(status));
    exit(1);
}

static void *need_memory(void *memory) {
    if (!memory)
        need(SG_MEMORY);
    return memory;
}

static void usage_error(const char *option, const char *found, const char *expected) {
    fprintf(stderr, "bench-surgrad: %s %s: expected %s\n", option, found, expected);
    exit(2);
}

/* ------------------------------------------------------------------------------------------ command line */

enum {
    SET = 256,
    MODEL,
    NAME,
    THREADS,
    WARM_UP,
    BATCHES,
    SECONDS,
    SYNTHETIC,
    PROFILES,
    CHANNELS,
    SHAPE,
    SAMPLES,
    SAVE_MODEL,
    SAVE_EVENTS,
    HELP
};

static const struct option options[] = {
    {"set", required_argument, NULL, SET},
    {"model", required_argument, NULL, MODEL},
    {"name", required_argument, NULL, NAME},
    {"threads", required_argument, NULL, THREADS},
    {"warm-up", required_argument, NULL, WARM_UP},
    {"batches", required_argument, NULL, BATCHES},
    {"seconds", required_argument, NULL, SECONDS},
    {"synthetic", required_argument, NULL, SYNTHETIC},
    {"profiles", no_argument, NULL, PROFILES},
    {"channels", required_argument, NULL, CHANNELS},
    {"shape", required_argument, NULL, SHAPE},
    {"samples", required_argument, NULL, SAMPLES},
    {"save-model", required_argument, NULL, SAVE_MODEL},
    {"save-events", required_argument, NULL, SAVE_EVENTS},
    {"help", no_argument, NULL, HELP},
    {NULL, 0, NULL, 0},
};

static double number(const char *option, const char *text, double limit) {
    char *end;
    double value = strtod(text, &end);
    if (end == text || *end || !(value > 0 && value < limit))
        usage_error(option, text, limit == 1 ? "a number above 0 and below 1" : "a number above 0");
    return value;
}

/* "2x34x34" */
static sg_shape shape(const char *text) {
    unsigned channels, height, width;
    char more;
    if (sscanf(text, "%5ux%5ux%5u%c", &channels, &height, &width, &more) != 3 || !channels || !height || !width)
        usage_error("--shape", text, "maps, height and width as in 2x34x34, each 1 to 99999");
    return (sg_shape){channels, height, width};
}

/* The text that an option sets; NULL for options of other kinds. */
static const char **text_of(bench_settings *settings, int option) {
    switch (option) {
    case MODEL:
        return &settings->model;
    case NAME:
        return &settings->name;
    case SAVE_MODEL:
        return &settings->save_model;
    case SAVE_EVENTS:
        return &settings->save_events;
    default:
        return NULL;
    }
}

static void apply(bench_settings *settings, int option) {
    switch (option) {
    case SET:
        if (!strchr(optarg, '=') || settings->set_count == MAX_SETTINGS)
            usage_error("--set", optarg, "KEY=VALUE, at most 64 times");
        settings->set[settings->set_count++] = optarg;
        break;
    case THREADS:
        settings->threads = (int)bench_count("--threads", optarg);
        break;
    case WARM_UP:
        settings->warm_up = strcmp(optarg, "0") ? bench_count("--warm-up", optarg) : 0;
        break;
    case BATCHES:
        settings->batches = bench_count("--batches", optarg);
        break;
    case SECONDS:
        settings->seconds = number("--seconds", optarg, 1e6);
        break;
    case SYNTHETIC:
        settings->density = number("--synthetic", optarg, 1);
        break;
    case PROFILES:
        settings->profiles = true;
        break;
    case CHANNELS:
        settings->shape = (sg_shape){(uint32_t)bench_count("--channels", optarg), 1, 1};
        break;
    case SHAPE:
        settings->shape = shape(optarg);
        break;
    case SAMPLES:
        settings->samples = bench_count("--samples", optarg);
        break;
    case HELP:
        fputs(help, stdout);
        exit(0);
    default:
        exit(2); /* getopt_long has said why */
    }
}

static bench_settings read_command_line(int count, char **words) {
    bench_settings settings = {.recipe = "notebook", .threads = 1, .warm_up = 5, .batches = 50, .shape = {784, 1, 1}};
    for (int option; (option = getopt_long(count, words, "", options, NULL)) != -1;)
        if (text_of(&settings, option))
            *text_of(&settings, option) = optarg;
        else
            apply(&settings, option);
    if (optind < count)
        settings.recipe = words[optind++];
    if (optind < count)
        usage_error("argument", words[optind], "one recipe or file");
    if (!settings.name)
        settings.name = settings.model ? settings.model : settings.recipe;
    return settings;
}

/* --------------------------------------------------------------------------------------------- preparing */

static void configure(const bench_settings *settings, bench_setup *setup) {
    if (settings->model)
        need(sg_model_load(settings->model, &setup->config, &setup->network));
    else
        need(sg_config_load(settings->recipe, &setup->config));
    for (size_t i = 0; i < settings->set_count; i++) {
        char *value = strchr(settings->set[i], '=');
        *value = 0;
        need(sg_config_set(setup->config, settings->set[i], value + 1));
        *value = '=';
    }
    need(sg_config_check(setup->config));
    char batch[SG_VALUE_TEXT];
    need(sg_config_get(setup->config, "batch", batch, sizeof batch));
    setup->batch = bench_count("batch", batch);
}

static void read_data(bench_setup *setup) {
    double start = bench_now_us();
    need(sg_data_open(setup->config, &setup->data));
    setup->data_seconds = (bench_now_us() - start) * 1e-6;
    sg_data_view view = sg_data_get(setup->data);
    setup->events = view.events;
    setup->samples = view.train;
    setup->count = view.train_count;
}

static void make_data(const bench_settings *settings, bench_setup *setup) {
    setup->count = settings->samples ? settings->samples : setup->batch;
    sg_layer_info last = SG_SIZED(sg_layer_info);
    need(sg_network_layer(setup->network, sg_network_layers(setup->network) - 1, &last));
    need(bench_synthetic(&(bench_shape){.samples = setup->count,
                                        .steps = sg_network_steps(setup->network),
                                        .in = settings->shape,
                                        .classes = last.neurons,
                                        .density = settings->density,
                                        .profiles = settings->profiles},
                         &setup->random));
    setup->events = setup->random;
    setup->numbers = need_memory(malloc(setup->count * sizeof *setup->numbers));
    for (size_t s = 0; s < setup->count; s++)
        setup->numbers[s] = (uint32_t)s;
    setup->samples = setup->numbers;
}

static bench_setup prepare(const bench_settings *settings) {
    bench_setup setup = {0};
    configure(settings, &setup);
    sg_shape in = settings->shape;
    if (settings->density == 0) {
        read_data(&setup);
        in = sg_events_get(setup.events).shape;
    }
    if (!setup.network)
        need(sg_network_create_shaped(setup.config, in, &setup.network));
    if (settings->density > 0)
        make_data(settings, &setup);
    if (setup.batch > setup.count)
        setup.batch = setup.count;
    if (settings->save_model)
        need(sg_model_save(setup.network, setup.config, settings->save_model));
    if (settings->save_events)
        need(sg_events_save(setup.events, settings->save_events));
    need(sg_trainer_create(setup.network, setup.config, settings->threads, &setup.trainer));
    return setup;
}

static void release(bench_setup *setup) {
    sg_trainer_free(setup->trainer);
    sg_network_free(setup->network);
    sg_config_free(setup->config);
    sg_data_free(setup->data);
    sg_events_free(setup->random);
    free(setup->numbers);
}

/* --------------------------------------------------------------------------------------------- measuring */

/* Whole batches, from the first sample again where less than one is left. */
static double step(const bench_setup *setup, size_t number, sg_batch_result *result) {
    size_t batches = setup->count / setup->batch;
    const uint32_t *samples = setup->samples + number % batches * setup->batch;
    double start = bench_now_us();
    need(sg_trainer_step(setup->trainer, setup->events, samples, setup->batch, result));
    return bench_now_us() - start;
}

static double spikes_of(const bench_setup *setup, size_t layer) {
    uint64_t spikes;
    need(sg_trainer_spikes(setup->trainer, layer, &spikes));
    return (double)spikes;
}

static bench_outcome measure(const bench_settings *settings, const bench_setup *setup) {
    size_t layers = sg_network_layers(setup->network);
    bench_outcome outcome = {.us = need_memory(malloc(settings->batches * sizeof(double))),
                             .spikes = need_memory(calloc(layers, sizeof(double)))};
    sg_batch_result result = SG_SIZED(sg_batch_result);
    double spent = 0;
    for (size_t i = 0; i < settings->warm_up + settings->batches; i++) {
        double us = step(setup, i, &result);
        outcome.loss_first = i ? outcome.loss_first : result.loss;
        outcome.loss_last = result.loss;
        if (i < settings->warm_up)
            continue;
        outcome.us[outcome.repeats++] = us / (double)setup->batch;
        for (size_t l = 0; l < layers; l++)
            outcome.spikes[l] += spikes_of(setup, l) / (double)setup->batch;
        spent += us;
        if (settings->seconds > 0 && spent > settings->seconds * 1e6 && outcome.repeats >= LEAST_BATCHES)
            break;
    }
    for (size_t l = 0; l < layers; l++)
        outcome.spikes[l] /= (double)outcome.repeats;
    return outcome;
}

/* ---------------------------------------------------------------------------------------------- printing */

/* The kernels in use, out of the lines of sg_describe_cpu; "" if they do not tell. */
static void kernel_level(char *level) {
    static const char label[] = "kernels: ";
    char *text;
    need(sg_describe_cpu(&text));
    const char *line = strstr(text, label);
    line = line ? line + sizeof label - 1 : "";
    snprintf(level, LEVEL_SIZE, "%.*s", (int)strcspn(line, " ,;\n"), line);
    sg_free(text);
}

static double input_events(const bench_setup *setup) {
    sg_events_view events = sg_events_get(setup->events);
    return (double)events.first[events.samples] / (double)events.samples;
}

static void print(const bench_settings *settings, const bench_setup *setup, bench_outcome *outcome) {
    char level[LEVEL_SIZE];
    kernel_level(level);
    printf("{");
    bench_print("surgrad", settings->name, settings->threads, setup->batch, outcome->repeats,
                bench_spread_of(outcome->us, outcome->repeats));
    printf(",\"level\":\"%s\",\"steps\":%u,\"inputs\":%u,\"input_events\":%.4g,\"neurons\":[", level,
           (unsigned)sg_network_steps(setup->network), (unsigned)sg_events_get(setup->events).channels,
           input_events(setup));
    size_t layers = sg_network_layers(setup->network);
    for (size_t l = 0; l < layers; l++) {
        sg_layer_info layer = SG_SIZED(sg_layer_info);
        need(sg_network_layer(setup->network, l, &layer));
        printf("%s%u", l ? "," : "", (unsigned)layer.neurons);
    }
    printf("],\"spikes\":[");
    for (size_t l = 0; l < layers; l++)
        printf("%s%.6g", l ? "," : "", outcome->spikes[l]);
    printf("],\"loss_first\":%.9g,\"loss_last\":%.9g", outcome->loss_first, outcome->loss_last);
    if (setup->data)
        printf(",\"data_seconds\":%.3f", setup->data_seconds);
    printf("}\n");
}

int main(int count, char **words) {
    bench_settings settings = read_command_line(count, words);
    bench_setup setup = prepare(&settings);
    bench_outcome outcome = measure(&settings, &setup);
    print(&settings, &setup, &outcome);
    free(outcome.us);
    free(outcome.spikes);
    release(&setup);
    return fflush(stdout) ? 1 : 0;
}
