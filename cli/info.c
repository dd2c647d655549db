#include "command.h"
#include "info_run.h"
#include "info_time.h"
#include "message.h"
#include "options.h"
#include "print.h"
#include "run_dir.h"
#include "settings.h"
#include "surgrad.h"
#include "text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int list_recipes(void) {
    const char *name, *summary;
    for (size_t i = 0; sg_recipe_at(i, &name, &summary); i++) {
        int used = printf("%-10s  ", name);
        sg_cli_wrap(stdout, used, used, summary);
    }
    return 0;
}

static int print_description(char *text, sg_status status) {
    if (status != SG_OK)
        return sg_cli_fail(status);
    sg_cli_clean(text, true); /* it names files */
    fputs(text, stdout);
    sg_free(text);
    return 0;
}

static int describe_file(const char *path) {
    char *text = NULL;
    sg_status status = sg_describe_file(path, &text);
    return print_description(text, status);
}

static int describe_cpu(const sg_cli_arguments *arguments) {
    (void)arguments;
    char *text = NULL;
    sg_status status = sg_describe_cpu(&text);
    return print_description(text, status);
}

static int list_options(const sg_cli_arguments *arguments) {
    if (arguments->markdown)
        sg_cli_options_markdown();
    else
        sg_cli_options_text();
    return 0;
}

static void print_summary(const char *source) {
    const char *name, *summary;
    for (size_t i = 0; sg_recipe_at(i, &name, &summary); i++)
        if (strcmp(name, source) == 0) {
            int used = printf("%s: ", name);
            sg_cli_wrap(stdout, used, 0, summary);
            return;
        }
    sg_cli_name shown;
    printf("%s\n", sg_cli_shown(shown, source));
}

static void print_values(const sg_config *config) {
    static const struct {
        const char *title, *key;
    } rows[] = {{"data", "data.set"},  {"encoder", "encoder.kind"},    {"steps", "steps"},
                {"dt", "dt"},          {"epochs", "epochs"},           {"batch", "batch"},
                {"loss", "loss.kind"}, {"optimiser", "optimiser.kind"}};
    char value[SG_VALUE_TEXT];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (sg_config_get(config, rows[i].key, value, sizeof value) == SG_OK)
            printf("%-10s  %s\n", rows[i].title, value);
}

static void print_protocol(const sg_config *config) {
    const char *protocol = sg_data_protocol(config);
    if (!protocol)
        return;
    int used = printf("\n%-10s  ", "parts") - 1;
    sg_cli_wrap(stdout, used, used, protocol);
}

/* Layers and their sizes. The first one's inputs are the data's channels, unknown (0) while the data are not there. */
static int print_layers(const sg_config *config, sg_shape in, bool known_inputs, size_t *layers) {
    sg_network *network = NULL;
    const sg_shape one = {1, 1, 1};
    sg_status status = sg_network_create_shaped(config, known_inputs ? in : one, &network);
    if (status != SG_OK && !known_inputs) {
        printf("\nlayers follow from the shape of the data, which are not here yet\n");
        return 0;
    }
    if (status != SG_OK)
        return sg_cli_fail(status);
    printf("\nlayer  link      neuron      inputs  neurons  parameters\n");
    size_t total = 0;
    for (size_t i = 0; i < sg_network_layers(network); i++) {
        sg_layer_info layer = SG_SIZED(sg_layer_info);
        sg_cli_number inputs, count, parameters;
        if ((status = sg_network_layer(network, i, &layer)) != SG_OK)
            break;
        bool known = i > 0 || known_inputs;
        total += layer.parameters;
        printf("%5zu  %-8s  %-8s  %8s %8s %11s\n", i, layer.link, layer.neuron,
               known ? sg_cli_count(inputs, layer.inputs) : "?", sg_cli_count(count, layer.neurons),
               known ? sg_cli_count(parameters, layer.parameters) : "?");
    }
    sg_cli_number text;
    if (known_inputs)
        printf("%*s\n", 56, sg_cli_count(text, total));
    *layers = sg_network_layers(network);
    sg_network_free(network);
    return status == SG_OK ? 0 : sg_cli_fail(status);
}

/* How each layer is computed; nothing where the inputs are not known. */
static int print_plan(const sg_config *config, sg_shape in, int threads, size_t layers, double input_events) {
    printf("\nlayer  computed         a sample's buffers  operations  how\n");
    for (size_t l = 0; l < layers; l++) {
        sg_stage_info stage = SG_SIZED(sg_stage_info);
        sg_cli_number bytes;
        sg_status status = sg_plan_layer(config, in, threads, l, input_events, &stage);
        if (status != SG_OK)
            return sg_cli_fail(status);
        printf("%5zu  %-15s  %18s  %8.2f M  %s%s\n", l, stage.name, sg_cli_bytes(bytes, stage.bytes),
               stage.operations / 1e6, stage.summary,
               stage.blockwise ? "; all samples of a batch, block after block of its neurons" : "");
    }
    printf("operations of a sample, forward and backward, if a twentieth of the %s fire in each step\n",
           input_events > 0 ? "neurons" : "inputs and neurons");
    return 0;
}

static void print_memory(const sg_memory_plan *plan) {
    const struct {
        const char *title;
        size_t bytes;
        const char *what;
    } rows[] = {{"program", plan->program, "code and libraries"},
                {"images", plan->images, "the files, while they are encoded"},
                {"events", plan->events, "the data set, encoded"},
                {"parameters", plan->parameters, "weights, gradient, state of the optimiser"},
                {"slices", plan->slices, "partial gradients of a batch"},
                {"workspaces", plan->workspaces, "buffers of the samples in work"},
                {"evaluation", plan->evaluation, "buffers of an evaluation"},
                {"files", plan->files, "a checkpoint, made in memory, and the library for it"},
                {"peak", plan->peak,
                 plan->events ? "at most at once: images go before training begins"
                              : "without images and events: the data are not here yet"}};
    printf("\nmemory for training\n");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        sg_cli_number text;
        bool unknown = rows[i].bytes == 0;
        printf("%-10s  %10s%s%s\n", rows[i].title, unknown ? "?" : sg_cli_bytes(text, rows[i].bytes),
               rows[i].what[0] ? "  " : "", rows[i].what);
    }
}

static int describe_config(const char *source, const sg_cli_arguments *arguments) {
    sg_config *config = NULL;
    int code = sg_cli_configure(source, arguments, &config);
    if (code)
        return code;
    sg_memory_plan plan = SG_SIZED(sg_memory_plan);
    sg_config_set(config, "init", ""); /* sizes do not depend on the weights */
    sg_status status = sg_memory(config, (int)arguments->threads, &plan);
    if (status == SG_OK) {
        print_summary(source);
        putchar('\n');
        print_values(config);
        print_protocol(config);
        size_t layers = 0;
        bool known = plan.inputs > 0;
        code = print_layers(config, plan.in, known, &layers);
        if (code == 0 && known)
            code = print_plan(config, plan.in, (int)arguments->threads, layers, plan.input_events);
        if (code == 0)
            print_memory(&plan);
        if (code == 0 && arguments->time)
            code = sg_cli_print_time(config, (int)arguments->threads);
    } else {
        code = sg_cli_fail(status);
    }
    sg_config_free(config);
    return code;
}

/* A run directory: how far it is, then its configuration. */
static int describe_run(const char *dir, const sg_cli_arguments *arguments) {
    char config[SG_CLI_PATH];
    int code = sg_cli_path(config, "%s/config.yaml", dir);
    if (code == 0)
        code = sg_cli_describe_run(dir);
    if (code)
        return code;
    putchar('\n');
    return describe_config(config, arguments);
}

static bool ends_with(const char *text, const char *ending) {
    size_t length = strlen(text), tail = strlen(ending);
    return length >= tail && strcmp(text + length - tail, ending) == 0;
}

/* A word that names no file is taken for a recipe, so that a misspelt one is answered with the nearest. */
static bool is_config(const char *operand) {
    if (ends_with(operand, ".yaml") || ends_with(operand, ".yml") || sg_recipe_text(operand))
        return true;
    return !strchr(operand, '/') && !strchr(operand, '.') && access(operand, F_OK) != 0;
}

static const struct {
    const char *word;
    int (*run)(const sg_cli_arguments *arguments);
} topics[] = {{"options", list_options}, {"cpu", describe_cpu}};

enum { TOPICS = sizeof topics / sizeof *topics };

/* Whether a word is no file, and no recipe. */
static bool is_unknown(const char *operand) {
    return !sg_recipe_text(operand) && access(operand, F_OK) != 0;
}

/* The topic that a misspelt word is nearest to, unless a recipe is as near. */
static const char *nearest_topic(const char *operand) {
    const char *recipe = NULL, *nearest, *name, *summary;
    for (size_t i = 0; sg_recipe_at(i, &name, &summary); i++)
        sg_cli_consider(operand, name, &recipe);
    nearest = recipe;
    for (size_t i = 0; i < TOPICS; i++)
        sg_cli_consider(operand, topics[i].word, &nearest);
    return nearest != recipe ? nearest : NULL;
}

static int run_info(const sg_cli_arguments *arguments) {
    const char *operand = arguments->operand;
    if (!operand)
        return list_recipes();
    for (size_t i = 0; i < TOPICS; i++)
        if (strcmp(operand, topics[i].word) == 0)
            return topics[i].run(arguments);
    if (sg_cli_is_folder(operand))
        return describe_run(operand, arguments);
    if (!is_config(operand))
        return describe_file(operand);
    const char *topic = is_unknown(operand) ? nearest_topic(operand) : NULL;
    if (topic)
        return sg_cli_usage("info", "found no recipe '%s'; did you mean '%s'?", operand, topic);
    return describe_config(operand, arguments);
}

static const sg_cli_option options[] = {
    SG_CLI_SET_ROW,
    SG_CLI_THREADS_ROW,
    {"markdown", 0, SG_CLI_SWITCH, offsetof(sg_cli_arguments, markdown), NULL, 0, 0,
     "with `options`: prints them as a Markdown page, docs/configuration.md"},
    {"time", 0, SG_CLI_SWITCH, offsetof(sg_cli_arguments, time), NULL, 0, 0,
     "of a recipe or configuration: trains for a second and tells how long an epoch will take"},
    SG_CLI_HELP_ROW,
};

const sg_cli_command sg_cli_info_command = {
    .name = "info",
    .operand = "RECIPE|FILE|RUN_DIR|options|cpu",
    .summary = "say what a recipe, file or run is: sizes, and memory before training",
    .description = "Without an argument, lists the recipes. For a recipe or configuration: its layers, and the memory "
                   "that training it takes. For a run directory: the epochs done and what they reached as well. For a "
                   "file: what it is (model, checkpoint, spike events, IDX data). "
                   "`options` lists every option of a configuration, `cpu` shows the processor, its vector "
                   "instructions and threads.\n",
    .examples = "surgrad info\nsurgrad info notebook --set layers.0.size=512\nsurgrad info runs/notebook/model.h5\n"
                "surgrad info runs/notebook\n"
                "surgrad info options\n",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .run = run_info,
};
