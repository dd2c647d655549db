/* Options that have no effect are refused, and only those: what the tables say of it agrees with the kinds, and with
 * training. */
#include "config/config_key.h"
#include "learn/loss.h"
#include "net/neuron_param.h"
#include "run/from_config.h"
#include "train/trainer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "written.h"

#include "unit/folder.h"

static sg_config *parse(const char *yaml) {
    sg_config *config;
    if (sg_config_parse("file", yaml, strlen(yaml), &config) != SG_OK)
        fail_msg("%s", sg_error_message());
    return config;
}

static void set(sg_config *config, const char *key, const char *value) {
    if (sg_config_set(config, key, value) != SG_OK)
        fail_msg("%s", sg_error_message());
}

/* ------------------------------------------------------------------------------------------- the tables */

static bool is_a_choice(const sg_option *option, const char *name, size_t length) {
    for (int i = 0; option->choice(i); i++)
        if (strlen(option->choice(i)->name) == length && memcmp(option->choice(i)->name, name, length) == 0)
            return true;
    return false;
}

static void assert_names_are_choices(const sg_option *option, const char *values) {
    if (option->type != SG_OPTION_CHOICE)
        return;
    values += strncmp(values, "not ", 4) == 0 ? 4 : 0;
    for (const char *at = values; *at; at += strspn(at, ", ")) {
        size_t length = strcspn(at, ",");
        if (!is_a_choice(option, at, length))
            fail_msg("%s has no '%.*s'", option->key, (int)length, at);
        at += length;
    }
}

static void every_need_names_what_is_there(void **state) {
    (void)state;
    const sg_section *section;
    size_t needs = 0;
    for (size_t s = 0; (section = sg_section_at(s)) != NULL; s++)
        for (size_t i = 0; i < *section->count; i++) {
            const sg_option *option = &section->table[i];
            for (size_t length = 0; option->needs.key; length++) {
                const sg_option *needed = sg_option_find(section->table, *section->count, option->needs.key);
                if (!needed || length == *section->count)
                    fail_msg("%s needs %s, which is not there or needs it", option->key, option->needs.key);
                bool number = strncmp(option->needs.values, "above ", 6) == 0;
                assert_true(!number || needed->type == SG_OPTION_NUMBER || needed->type == SG_OPTION_INTEGER);
                assert_names_are_choices(needed, option->needs.values);
                option = needed;
                needs++;
            }
        }
    assert_true(needs > 80);
}

static void what_they_apply_to_is_told(void **state) {
    (void)state;
    sg_option_info info = SG_SIZED(sg_option_info);
    size_t told = 0;
    for (size_t i = 0; sg_option_at(i, &info); i++) {
        told += *info.applies != 0;
        assert_true(strlen(info.applies) < 120); /* not cut */
        if (strcmp(info.key, "layers.N.neuron.coupling") == 0)
            assert_string_equal(info.applies, "neuron.kind adlif");
        if (strcmp(info.key, "layers.N.recurrent.weights") == 0)
            assert_string_equal(info.applies, "recurrent.from not none");
        if (strcmp(info.key, "seed") == 0)
            assert_string_equal(info.applies, "");
    }
    assert_true(told > 60);
}

static bool layer_option_has_effect(const sg_layer_config *layer, const char *format, const char *name) {
    char key[64];
    snprintf(key, sizeof key, format, name);
    const sg_option *option = sg_option_find(sg_layer_options, sg_layer_option_count, key);
    assert_non_null(option);
    return !sg_option_unmet(sg_layer_options, sg_layer_option_count, option, layer);
}

/* A spike response neuron is configured by numbers that can be neither spread nor trained. */
static bool is_fixed(const sg_neuron_kind *kind, int param) {
    return kind->response && (param == SG_PARAM_TAU_SYN || param == SG_PARAM_THRESHOLD);
}

static void needs_agree_with_the_kinds_of_neuron(void **state) {
    (void)state;
    static const char *const param_keys[] = {"neuron.%s", "neuron.spread.%s", "neuron.train.%s", "neuron.own.%s"};
    static const char *const of_spikes[] = {"reset", "reset_gradient", "refractory"};
    static const char *const of_kernels[] = {"tau_ref", "scale_ref"};
    sg_layer_config *layer = calloc(1, sizeof *layer);
    sg_option_defaults(sg_layer_options, sg_layer_option_count, layer);
    for (; sg_neuron_at(layer->neuron); layer->neuron++) {
        const sg_neuron_kind *kind = sg_neuron_at(layer->neuron);
        for (int param = 0; param < SG_NEURON_PARAMS; param++)
            for (size_t i = 0; i < sizeof param_keys / sizeof *param_keys; i++)
                assert_int_equal(layer_option_has_effect(layer, param_keys[i],
                                                         sg_neuron_param_name((sg_neuron_param)param)),
                                 sg_neuron_has_param(kind, (sg_neuron_param)param) ||
                                     (i == 0 && is_fixed(kind, param)));
        for (size_t i = 0; i < 3; i++)
            assert_int_equal(layer_option_has_effect(layer, "neuron.%s", of_spikes[i]),
                             kind->spiking && !kind->response);
        assert_int_equal(layer_option_has_effect(layer, "neuron.%s", "synapse"), kind->synapse);
        assert_int_equal(layer_option_has_effect(layer, "neuron.%s", "integration"), kind->leaks);
        assert_int_equal(layer_option_has_effect(layer, "neuron.%s", "scale"), kind->leaks && !kind->resonates);
        assert_int_equal(layer_option_has_effect(layer, "neuron.%s", "floor"),
                         kind->spiking && !kind->response && !kind->resonates);
        for (size_t i = 0; i < 2; i++)
            assert_int_equal(layer_option_has_effect(layer, "neuron.%s", of_kernels[i]), kind->response);
        assert_int_equal(layer_option_has_effect(layer, "neuron.%s", "order"), !kind->response && !kind->resonates);
        assert_int_equal(layer_option_has_effect(layer, "surrogate.%s", "kind"), kind->spiking);
    }
    free(layer);
}

static void needs_agree_with_the_kinds_of_loss(void **state) {
    (void)state;
    static const char *const keys[] = {"loss.true_count", "loss.false_count",  "loss.scale",     "loss.label_smoothing",
                                       "loss.tau",        "loss.region_begin", "loss.region_end"};
    enum { KEYS = sizeof keys / sizeof *keys };
    sg_learn_config learn = {0};
    sg_option_defaults(sg_learn_options, sg_learn_option_count, &learn);
    for (; sg_loss_at(learn.loss); learn.loss++)
        for (size_t i = 0; i < KEYS; i++) {
            const sg_option *option = sg_option_find(sg_learn_options, sg_learn_option_count, keys[i]);
            const sg_loss_kind *kind = sg_loss_at(learn.loss);
            const bool counts = kind->criterion == sg_squared_error || kind->trains == sg_region_count;
            const bool has[KEYS] = {counts,
                                    counts,
                                    kind->criterion == sg_cross_entropy || kind->criterion == sg_binary_entropy,
                                    kind->criterion == sg_cross_entropy,
                                    kind->trains != NULL,
                                    kind->trains == sg_region_count,
                                    kind->trains == sg_region_count};
            assert_int_equal(!sg_option_unmet(sg_learn_options, sg_learn_option_count, option, &learn), has[i]);
        }
}

/* ------------------------------------------------------------------------------------- what is refused */

static void assert_refused(const char *yaml, const char *message) {
    sg_config *config = parse(yaml);
    assert_int_equal(sg_config_check(config), SG_CONFIG);
    assert_string_equal(sg_error_message(), message);
    sg_config_free(config);
}

static void assert_taken(const char *yaml) {
    sg_config *config = parse(yaml);
    if (sg_config_check(config) != SG_OK)
        fail_msg("%s", sg_error_message());
    sg_config_free(config);
}

static void options_without_effect_are_refused(void **state) {
    (void)state;
    assert_refused("layers: [{size: 2, neuron: {coupling: 3}}]",
                   "layers.0.neuron.coupling: 3, but neuron.kind is 'cuba_lif', for which it has no effect: leave it "
                   "out, or give its default (--set layers.0.neuron.coupling=0.2), or use neuron.kind: adlif");
    assert_refused("{layers: [{size: 2}], loss: {kind: count_ce, true_count: 7}}",
                   "loss.true_count: 7, but loss.kind is 'count_ce', for which it has no effect: leave it out, or give "
                   "its default (--set loss.true_count=100), or use loss.kind: spike_count_mse, spike_count");
    assert_refused(
        "layers: [{size: 3}, {size: 2, neuron: {kind: lif, tau_syn: 3 ms}}]",
        "layers.1.neuron.tau_syn: 3 ms, but neuron.kind is 'lif', for which it has no effect: leave it out, "
        "or give its default (--set 'layers.1.neuron.tau_syn=5 ms'), or use neuron.kind: cuba_lif, cuba_li, srm");
    assert_refused("{layers: [{size: 2}], data: {file: /a.h5}}",
                   "data.file: /a.h5, but data.set is 'mnist', for which it has no effect: leave it out, or give its "
                   "default (--set 'data.file='), or use data.set: events, "
                   "recordings, nmnist, dvs-gesture, shd, ssc");
    assert_refused("layers: [{size: 2, recurrent: {weights: uniform}}]",
                   "layers.0.recurrent.weights: uniform, but recurrent.from is 'none', for which it has no effect: "
                   "leave it out, or give its default (--set layers.0.recurrent.weights=normal), or use another "
                   "recurrent.from");
    assert_refused("{layers: [{size: 2}], regularise: {upper_rate: 3}}",
                   "regularise.upper_rate: 3, but regularise.upper is '0', for which it has no effect: leave it out, "
                   "or give its default (--set regularise.upper_rate=10), or use regularise.upper above 0");
}

/* Of a chain the last need is told: mending the first alone would not help. */
static void needs_chain(void **state) {
    (void)state;
    assert_refused(
        "{layers: [{size: 2}], data: {set: patterns}, encoder: {tau: 3 ms}}",
        "encoder.tau: 3 ms, but data.set is 'patterns', for which it has no effect: leave it out, or give "
        "its default (--set 'encoder.tau=20 ms'), or use data.set: mnist, fashion-mnist, idx, wav, recordings");
    assert_refused("layers: [{size: 2, recurrent: {weights: normal, limit: 2}}]",
                   "layers.0.recurrent.limit: 2, but recurrent.from is 'none', for which it has no effect: leave it "
                   "out, or give its default (--set layers.0.recurrent.limit=0.1), or use another recurrent.from");
    assert_taken("layers: [{size: 2, recurrent: {from: own, weights: uniform, limit: 2}}]");
}

static void defaults_may_be_said_anywhere(void **state) {
    (void)state;
    assert_taken("layers: [{size: 2, neuron: {kind: if, coupling: 0.20, tau_syn: 5000 us, train: {tau_mem: no}}}]");
    sg_config *config = parse("layers: [{size: 2}]");
    char *text;
    assert_int_equal(sg_config_text(config, &text), SG_OK);
    assert_taken(text);
    sg_free(text);
    sg_config_free(config);
}

/* "layers.all" reaches read-outs too. */
static void what_all_layers_have_may_be_useless_in_some(void **state) {
    (void)state;
    sg_config *config = parse("{layers: [{size: 3}, {size: 2, neuron: {kind: li}}], loss: {kind: mean_ce}}");
    set(config, "layers.all.surrogate.kind", "sigmoid");
    set(config, "layers.all.neuron.threshold", "10");
    assert_int_equal(sg_config_check(config), SG_OK);
    set(config, "layers.1.neuron.threshold", "11");
    assert_int_equal(sg_config_check(config), SG_CONFIG);
    set(config, "layers.1.neuron.threshold", "1");
    set(config, "layers.all.neuron.coupling", "3");
    assert_int_equal(sg_config_check(config), SG_CONFIG);
    sg_config_free(config);
}

static void keep_warning(void *user, const char *text) {
    snprintf(user, 256, "%s", text);
}

/* Nothing in a table says how many layers there are. */
static void regularisers_without_hidden_neurons_are_told(void **state) {
    (void)state;
    for (int layers = 1; layers <= 2; layers++) {
        char told[256] = "";
        sg_config *config = parse("{layers: [{size: 2}], regularise: {lower: 1}}");
        sg_network *network;
        sg_trainer *trainer;
        if (layers == 2)
            set(config, "layers.1.size", "2");
        assert_int_equal(sg_network_create(config, 3, &network), SG_OK);
        sg_set_warning_handler(keep_warning, told);
        assert_int_equal(sg_trainer_create(network, config, 1, &trainer), SG_OK);
        sg_set_warning_handler(NULL, NULL);
        assert_string_equal(
            told, layers == 2 ? "" : "regularise: has no effect, since a network of one layer has no hidden neurons");
        sg_trainer_free(trainer);
        sg_network_free(network);
        sg_config_free(config);
    }
}

/* ---------------------------------------------------------------------------------------- old models */

/* A model that holds such options is read, without them. */
static void models_that_hold_them_are_read(void **state) {
    (void)state;
    sg_config *config = parse("{layers: [{size: 3}, {size: 2, neuron: {kind: li}}], loss: {kind: mean_ce}}"), *read;
    sg_network *network, *again;
    assert_int_equal(sg_network_create(config, 4, &network), SG_OK);
    set(config, "layers.0.neuron.coupling", "3");
    set(config, "loss.true_count", "7");
    set(config, "optimiser.lr", "0.5");
    assert_int_equal(sg_model_save(network, config, in_folder("old.h5")), SG_OK);
    if (sg_model_load(in_folder("old.h5"), &read, &again) != SG_OK)
        fail_msg("%s", sg_error_message());
    assert_true(read->network.layers[0].param[SG_PARAM_COUPLING] == 0.2 && read->learn.true_count == 100);
    assert_true(read->learn.lr == 0.5);
    assert_int_equal(sg_config_check(read), SG_OK);
    sg_network_free(again);
    sg_config_free(read);
    sg_network_free(network);
    sg_config_free(config);
}

/* ----------------------------------------------------------------------------------------- by training */

enum { CLASSES = 2, BATCH = 8, BATCHES = 8 };

/* What training leaves: losses and parameters; nothing where the data refuse it, as they do to move what is no image.
 * Not through sg_run, which would refuse. */
typedef struct outcome {
    double loss[BATCHES];
    size_t count;
    float *parameters;
} outcome;

/* What one of the outputs should do, for each sample: a spike, or a number; a direction is of all of them. */
static sg_events *make_target(const sg_events *events, uint32_t outputs, sg_goal_kind kind) {
    enum { MOST = 1024 };
    const sg_events_view view = sg_events_get(events);
    uint64_t first[MOST + 1];
    uint16_t step[MOST];
    uint32_t channel[MOST];
    float value[MOST];
    sg_events_details details = SG_SIZED(sg_events_details);
    sg_events *target;
    const size_t each = kind == SG_GOAL_DIRECTION ? outputs : 1, count = each * view.samples;
    assert_true(count <= MOST);
    for (size_t s = 0; s <= view.samples; s++)
        first[s] = each * s;
    for (size_t j = 0; j < count; j++) {
        step[j] = (uint16_t)(j % view.steps);
        channel[j] = (uint32_t)(j % outputs);
        value[j] = 1 / (2 + (float)channel[j]);
    }
    if (kind != SG_GOAL_TRAINS)
        details.value = value;
    if (kind == SG_GOAL_CONSTANT || kind == SG_GOAL_CONSTANT_SHARES || kind == SG_GOAL_DIRECTION) {
        details.constant = true;
        memset(step, 0, sizeof step);
    }
    const sg_events_view wanted = {.samples = view.samples,
                                   .steps = view.steps,
                                   .channels = outputs,
                                   .first = first,
                                   .step = step,
                                   .channel = channel};
    assert_int_equal(sg_events_create_detailed(&wanted, &details, &target), SG_OK);
    return target;
}

static outcome train(const sg_config *config) {
    const sg_data_request need = sg_config_data_request(config);
    outcome o = {0};
    sg_data *data;
    sg_network *network;
    sg_trainer *trainer;
    sg_batch_result batch = SG_SIZED(sg_batch_result);
    if (sg_data_make(&config->data, &need, &data) != SG_OK)
        return o;
    const sg_data_view view = sg_data_get(data);
    const sg_goal_kind goal = sg_loss_at(config->learn.loss)->goal;
    if (goal != SG_GOAL_LABEL && goal != SG_GOAL_CLASSES)
        data->events->target = make_target(data->events, need.classes, goal);
    assert_int_equal(sg_network_make(&config->network, sg_events_get(view.events).shape, &network), SG_OK);
    assert_int_equal(sg_network_initialise(network, &config->network, (uint64_t)config->learn.seed), SG_OK);
    assert_int_equal(sg_trainer_create(network, config, 1, &trainer), SG_OK);
    assert_int_equal(sg_trainer_set_partners(trainer, view.events, view.train, view.train_count), SG_OK);
    sg_trainer_set_epoch(trainer, 1);
    for (size_t i = 0; i < BATCHES; i++) {
        if (sg_trainer_step(trainer, view.events, view.train + i % 3 * 4, BATCH, &batch) != SG_OK)
            fail_msg("%s", sg_error_message());
        o.loss[i] = batch.loss;
    }
    o.count = network->parameter_count;
    o.parameters = malloc(o.count * sizeof *o.parameters);
    memcpy(o.parameters, network->parameters, o.count * sizeof *o.parameters);
    sg_trainer_free(trainer);
    sg_network_free(network);
    sg_data_free(data);
    return o;
}

static bool is_same(const outcome *a, const outcome *b) {
    return memcmp(a->loss, b->loss, sizeof a->loss) == 0 && a->count == b->count &&
           memcmp(a->parameters, b->parameters, a->count * sizeof *a->parameters) == 0;
}

/* Sets an option to something else than its default. */
static void change(const sg_option *option, void *target) {
    static const char *const values[] = {"0.37", "3", "5", "7 ms", "true", "false", "x", "-0.4"};
    for (int i = 0; option->type == SG_OPTION_CHOICE && sg_option_is_default(option, target); i++)
        assert_int_equal(sg_option_set(option, target, option->key, option->choice(i)->name), SG_OK);
    for (size_t i = 0; i < sizeof values / sizeof *values && sg_option_is_default(option, target); i++)
        sg_option_set(option, target, option->key, values[i]);
    assert_false(sg_option_is_default(option, target));
}

static size_t tried;

/* Changes each option that has no effect, alone: it is refused, and training it all the same gives the same bits. */
static void try_section(const sg_config *config, const sg_section *section, const outcome *expected) {
    sg_config *changed = malloc(sizeof *changed);
    for (size_t i = 0; i < *section->count; i++) {
        const sg_option *option = &section->table[i];
        *changed = *config;
        void *target = (char *)changed + section->offset;
        if (!sg_option_unmet(section->table, *section->count, option, target) || !sg_option_is_default(option, target))
            continue;
        change(option, target);
        assert_int_equal(sg_config_check(changed), SG_CONFIG);
        outcome found = train(changed);
        if (found.count && !is_same(&found, expected))
            fail_msg("%s has an effect", option->key);
        free(found.parameters);
        tried += found.count > 0;
    }
    free(changed);
}

/* What has an effect does change the outcome, so that equal outcomes mean something. */
static void try_learning_rate(const sg_config *config, const outcome *expected) {
    sg_config *changed = malloc(sizeof *changed);
    *changed = *config;
    set(changed, "optimiser.lr", "0.02");
    outcome found = train(changed);
    assert_false(is_same(&found, expected));
    free(found.parameters);
    free(changed);
}

/* A network of one layer, which is the one that is tried, with more settings: "key=value key=value ...". */
static sg_config *configure(const char *settings) {
    char text[256];
    sg_config *config = parse("{steps: 24, epochs: 3, layers: [{size: 16, link: {sd: 3}}], data: {set: patterns, "
                              "split: shuffled, classes: 2, channels: 6, samples: 12}, patterns: {rate: 400}}");
    snprintf(text, sizeof text, "%s", settings);
    for (char *word = strtok(text, " "); word; word = strtok(NULL, " ")) {
        char *value = strchr(word, '=');
        *value++ = 0;
        set(config, word, value);
    }
    return config;
}

static void try_options(const sg_config *config) {
    outcome expected = train(config);
    assert_true(expected.count > 0);
    try_learning_rate(config, &expected);
    const sg_section *section;
    for (size_t i = 0; (section = sg_section_at(i)) != NULL; i++)
        try_section(config, section, &expected);
    free(expected.parameters);
}

/* A choice, and settings that its values go with: the first of the two, or else the second. */
typedef struct choice {
    const char *key;
    const char *settings[2];
    size_t without; /* values that need a file */
} choice;

static void try_choice(const choice *c) {
    sg_field field;
    sg_config *config = configure("");
    assert_int_equal(sg_field_find(config, c->key, &field), SG_OK);
    sg_config_free(config);
    size_t refused = 0;
    for (int i = 0; field.option->choice(i); i++) {
        size_t refusals = 0;
        for (size_t j = 0; j < 2 && refusals == j; j++) {
            config = configure(c->settings[j]);
            set(config, c->key, field.option->choice(i)->name);
            if (sg_config_check(config) == SG_OK)
                try_options(config);
            else
                refusals++;
            sg_config_free(config);
        }
        refused += refusals == 2;
    }
    assert_int_equal(refused, c->without);
}

static void what_is_refused_has_no_effect(void **state) {
    (void)state;
    static const choice choices[] = {
        {"layers.0.neuron.kind", {"loss.kind=count_ce", "loss.kind=mean_ce"}, 0},
        {"layers.0.surrogate.kind", {"loss.kind=count_ce", ""}, 0},
        {"layers.0.neuron.order", {"", ""}, 0},
        {"layers.0.neuron.reset", {"", ""}, 0},
        {"layers.0.link.weights", {"", "layers.0.link.sd=0.1 layers.0.neuron.threshold=0.2"}, 1},
        {"layers.0.recurrent.weights", {"layers.0.recurrent.from=own", ""}, 1},
        {"loss.kind", {"", "layers.0.neuron.kind=li"}, 0},
        {"optimiser.kind", {"optimiser.beta2=0.3", ""}, 0},
        {"schedule.kind", {"", "schedule.step_epochs=2"}, 0},
    };
    for (size_t i = 0; i < sizeof choices / sizeof *choices; i++)
        try_choice(&choices[i]);
    sg_config *config = configure("data.set=randman patterns.rate=20");
    try_options(config);
    sg_config_free(config);
    assert_true(tried > 2000);
}

/* ------------------------------------------------------------------------------------------ by encoding */

static sg_events *encode(const sg_data_config *config) {
    static const uint8_t pixels[] = {0, 30, 60, 90, 120, 150, 180, 210, 240, 255, 128, 1}, labels[] = {0};
    const sg_image_block blocks[SG_IMAGE_PARTS] = {{pixels, labels, 1}};
    const sg_encoding encoding = {.config = config,
                                  .is_series = config->sequence == SG_SEQUENCE_ROWS,
                                  .steps = 300,
                                  .width = 4,
                                  .height = 3,
                                  .classes = 1,
                                  .dt_ms = 1};
    sg_events *events;
    assert_int_equal(encode_images(&encoding, blocks, &events), SG_OK);
    return events;
}

static bool are_same_events(const sg_events *a, const sg_events *b) {
    uint64_t count = a->first[1];
    return count == b->first[1] && memcmp(a->step, b->step, count * sizeof *a->step) == 0 &&
           memcmp(a->channel, b->channel, count * sizeof *a->channel) == 0;
}

/* An encoder's spikes change with the options that it needs, and with no others. */
static void encoders_read_what_they_need(void **state) {
    (void)state;
    static const char *const keys[] = {"encoder.threshold", "encoder.tau", "encoder.max_rate", "encoder.delta"};
    sg_data_config config, changed;
    for (int kind = 0; sg_encoder_at(kind); kind++) {
        memset(&config, 0, sizeof config);
        sg_option_defaults(sg_data_options, sg_data_option_count, &config);
        config.encoder = kind;
        config.sequence = SG_SEQUENCE_ROWS;
        sg_events *expected = encode(&config);
        for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
            const sg_option *option = sg_option_find(sg_data_options, sg_data_option_count, keys[i]);
            changed = config;
            change(option, &changed);
            sg_events *found = encode(&changed);
            assert_int_equal(!sg_option_unmet(sg_data_options, sg_data_option_count, option, &config),
                             !are_same_events(expected, found));
            sg_events_free(found);
        }
        sg_events_free(expected);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_need_names_what_is_there),
        cmocka_unit_test(what_they_apply_to_is_told),
        cmocka_unit_test(needs_agree_with_the_kinds_of_neuron),
        cmocka_unit_test(needs_agree_with_the_kinds_of_loss),
        cmocka_unit_test(options_without_effect_are_refused),
        cmocka_unit_test(needs_chain),
        cmocka_unit_test(defaults_may_be_said_anywhere),
        cmocka_unit_test(what_all_layers_have_may_be_useless_in_some),
        cmocka_unit_test(regularisers_without_hidden_neurons_are_told),
        cmocka_unit_test(models_that_hold_them_are_read),
        cmocka_unit_test(what_is_refused_has_no_effect),
        cmocka_unit_test(encoders_read_what_they_need),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
