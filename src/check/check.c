/* Proves the gradients of a network: of a small one of the same kind, on random input. */
#include "check/check_parts.h"

#include "base/random.h"
#include "data/encoder.h"
#include "data/event_writer.h"
#include "data/source_idx.h"
#include "learn/loss.h"
#include "learn/rule.h"
#include "net/added.h"
#include "net/initialiser.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TRIES = 2000 };

/* Spikes and some surrogates have kinks. A membrane must stay MARGIN away from them, relative to its size, so that
 * rounding to single precision does not cross one. */
static const double MARGIN = 1e-4;

/* Those of synapses differ, and none is at the last lag: in the corners of their kernels nothing can be checked. */
static void shrink_lags(sg_layer_config *layer, double dt_ms, double most) {
    layer->delay_most = layer->delay_most < most ? layer->delay_most : most;
    layer->delay_sigma = layer->delay_sigma < 4 ? layer->delay_sigma : 4;
    most = 0.95 * dt_ms * (double)(sg_lags_plan(layer, dt_ms).count - 1);
    layer->delay_high = layer->delay_low < layer->delay_high && layer->delay_high < most ? layer->delay_high : most;
    layer->delay_low = layer->delay_low < layer->delay_high ? layer->delay_low : 0;
}

/* Delays of a few steps. */
static void shrink_delays(sg_layer_config *layer, double dt_ms) {
    const double most = 6 * dt_ms;
    layer->delay_low = layer->delay_low < most ? layer->delay_low : most;
    layer->delay_high = layer->delay_high < most ? layer->delay_high : most;
    if (layer->delay == SG_DELAY_SYNAPTIC && layer->train_delays)
        shrink_lags(layer, dt_ms, most);
}

/* Convolutions of few channels with small kernels, and shorter samples, since each membrane of a map may come too near
 * to a corner. Their neurons have few inputs, and need larger weights to fire. Groups go on to divide channels. */
static void shrink_convolutions(sg_network_config *network) {
    bool grouped = false;
    for (size_t l = 0; l < network->layer_count; l++)
        grouped = grouped || network->layers[l].groups > 1;
    for (size_t l = 0; l < network->layer_count; l++) {
        sg_layer_config *layer = &network->layers[l];
        if (sg_link_at(layer->link)->forward_layer) {
            layer->weights.gain = 2.5;
            network->steps = network->steps < MAP_STEPS ? network->steps : MAP_STEPS;
        }
        layer->channels = grouped ? 4 : layer->channels < 3 ? layer->channels : 3;
        layer->groups = layer->groups > 1 ? 2 : 1;
        bool keeps_size = layer->stride == 1 && 2 * layer->padding == layer->dilation * (layer->kernel - 1);
        layer->kernel = layer->kernel < 3 ? layer->kernel : 3;
        layer->stride = layer->stride < 2 ? layer->stride : 2;
        layer->padding = layer->padding < 2 ? layer->padding : 2;
        layer->dilation = layer->dilation < 2 ? layer->dilation : 2;
        if (keeps_size)
            layer->padding = layer->dilation * (layer->kernel - 1) / 2;
        layer->pool_size = 2;
        shrink_delays(layer, network->dt_ms);
    }
}

/* A few windows of the shorter sample; what is not cut stays whole. */
static void shrink_window(sg_config *config, int64_t steps) {
    enum { WINDOW = 5 };
    int64_t *window = &config->learn.bptt_window;
    if (*window < steps)
        *window = *window < WINDOW ? *window : WINDOW;
}

/* A few chunks of it. */
static void shrink_chunk(int64_t *chunk) {
    enum { CHUNK = 8 };
    *chunk = *chunk < CHUNK ? *chunk : CHUNK;
}

/* The same kinds, few of each, with weights at which neurons fire now and then. */
static void shrink(sg_config *config) {
    sg_network_config *network = &config->network;
    size_t last = network->layer_count - 1;
    bool adds = false; /* of layers that are added, shapes must stay equal */
    for (size_t l = 0; l <= last; l++)
        adds = adds || sg_added_layers(&network->layers[l], l) != 0;
    shrink_window(config, network->steps);
    shrink_chunk(&config->learn.eprop_chunk);
    shrink_chunk(&config->learn.decolle_chunk);
    network->steps = network->steps < STEPS ? network->steps : STEPS;
    network->memory = 0;
    config->learn.batch = SAMPLES;
    for (size_t l = 0; l <= last; l++) {
        sg_layer_config *layer = &network->layers[l];
        int64_t most = NEURONS + (adds ? 0 : (int64_t)l);
        layer->size = layer->size < most ? layer->size : most;
        layer->dropout = 0;
        layer->density = layer->density > 0.4 ? layer->density : 0.4; /* of a few inputs */
        layer->param_file = NULL;                                     /* it has values for other neurons */
        sg_weights_config weights = {
            .sd = 0.1, .limit = 0.1, .gain = 1.5, .xi = 1, .input_rate_hz = 250 / network->dt_ms};
        weights.kind = sg_kind_find(sg_initialiser_kinds, "fluctuation");
        layer->weights = weights;
        weights.gain = 0.5;
        layer->recurrent_weights = weights;
    }
    shrink_convolutions(network);
    config->data = (sg_data_config){0};
    if (config->learn.region_end > 0 && network->steps > 8) {
        config->learn.region_begin = 3 * network->dt_ms;
        config->learn.region_end = (double)(network->steps - 4) * network->dt_ms;
    } else {
        config->learn.region_begin = config->learn.region_end = 0;
    }
    config->learn.true_count = 5;
    config->learn.false_count = 1;
    config->learn.upper_rate = config->learn.upper_rate < 3 ? config->learn.upper_rate : 3;
    config->learn.lower_rate = config->learn.lower_rate < 2 ? config->learn.lower_rate : 2;
}

/* Channels without places, or the smallest map that the network's kernels and pools fit: those with dilation without
 * their padding, since on a map smaller than that they would see nothing else. */
static sg_status choose_inputs(sg_check *c) {
    enum { LARGEST = 64 };
    sg_network_config tight = c->config.network;
    const sg_network_config *network = &tight;
    const char *kind = sg_link_at(network->layers[0].link)->head.name;
    sg_status status = SG_OK;
    for (size_t l = 0; l < tight.layer_count; l++)
        tight.layers[l].padding = tight.layers[l].dilation > 1 ? 0 : tight.layers[l].padding;
    c->in = sg_flat_shape(INPUTS);
    if (!sg_link_at(network->layers[0].link)->forward_layer)
        return sg_network_check_shapes(network, c->in);
    for (uint32_t size = 3; size <= LARGEST; size++) {
        c->in = (sg_shape){2, strcmp(kind, "conv1d") == 0 ? 1 : size, size};
        if ((status = sg_network_check_shapes(network, c->in)) == SG_OK)
            break;
    }
    return status;
}

/* Events of a channel in a step: none, or one, or in the second sample two now and then, as stores that count have. */
static float draw_count(uint64_t seed, size_t j, bool counts) {
    double drawn = sg_random_uniform(seed, 1, j);
    return (float)((drawn < 0.25) + (counts && drawn < 0.05));
}

/* A number is 0 in half of the channels and steps, and elsewhere of either sign. */
static float draw_number(uint64_t seed, size_t j) {
    double drawn = sg_random_uniform(seed, 1, j);
    return drawn < 0.5 ? 0 : (float)(2 * drawn - 1.25);
}

static void draw_values(sg_check *c, uint64_t seed, size_t steps, size_t inputs) {
    const size_t size = steps * inputs;
    for (size_t j = 0; j < SAMPLES * size; j++)
        c->values[j] = !c->numbers   ? draw_count(seed, j, j / size == 1)
                       : c->constant ? draw_number(seed, j / size * inputs + j % inputs)
                                     : draw_number(seed, j);
}

/* The events of a sample, from its values. */
static void write_sample(const sg_check *c, sg_event_writer *writer, const float *values, size_t steps, size_t inputs) {
    for (size_t j = 0; j < (c->constant ? 1 : steps) * inputs; j++)
        if (!c->numbers)
            sg_event_writer_add(writer, (uint32_t)(j / inputs), (uint32_t)(j % inputs), (uint32_t)values[j]);
        else if (values[j] != 0)
            sg_event_writer_add_number(writer, (uint32_t)(j / inputs), (uint32_t)(j % inputs), values[j]);
}

static sg_status make_events(sg_check *c, uint64_t seed) {
    size_t steps = (size_t)c->config.network.steps, classes = sg_network_top(c->network)->neurons;
    size_t inputs = (size_t)sg_shape_size(c->in);
    const sg_event_layout layout = {.name = "random input",
                                    .steps = (uint32_t)steps,
                                    .classes = (uint32_t)classes,
                                    .shape = c->in,
                                    .counts = !c->numbers,
                                    .numbers = c->numbers,
                                    .constant = c->constant};
    sg_event_writer writer = {0};
    sg_status status = sg_event_writer_open(&writer, &layout);
    c->values = sg_array(SAMPLES * steps * inputs, sizeof *c->values);
    if (c->values)
        draw_values(c, seed, steps, inputs);
    else
        status = SG_MEMORY;
    for (size_t s = 0; status == SG_OK && s < SAMPLES; s++) {
        status = sg_event_writer_begin(&writer, SG_TRAIN, (uint32_t)(sg_random_bits(seed, 2, s) % classes));
        write_sample(c, &writer, c->values + s * steps * inputs, steps, inputs);
    }
    if (status == SG_OK)
        status = sg_event_writer_take(&writer, &c->events);
    sg_event_writer_close(&writer);
    return status;
}

/* The target of a sample: spikes; a class of most steps; or most of the numbers, as what is not there does not count.
 */
static void write_target(sg_event_writer *writer, sg_goal_kind kind, uint64_t seed, size_t s, size_t outputs) {
    const size_t steps = writer->layout.constant ? 1 : writer->layout.steps;
    for (size_t j = 0; j < steps * outputs; j++) {
        const uint64_t n = j % outputs, cell = s * steps * outputs + j;
        const double drawn = sg_random_uniform(seed, 5, cell), of_step = sg_random_uniform(seed, 6, cell - n);
        const bool is_class = n == (uint64_t)(of_step * (double)(outputs + 1));
        if (writer->layout.numbers && drawn < 0.8)
            sg_event_writer_add_number(writer, (uint32_t)(j / outputs), (uint32_t)n,
                                       (float)sg_random_uniform(seed, 7, cell));
        else if (!writer->layout.numbers && (kind == SG_GOAL_CLASSES ? is_class : drawn < 0.1))
            sg_event_writer_add(writer, (uint32_t)(j / outputs), (uint32_t)n, 1);
    }
}

/* What the outputs should do, where the loss compares with it; classes of steps for half of the seeds. */
static sg_status make_target(sg_check *c, uint64_t seed) {
    const size_t outputs = sg_network_top(c->network)->neurons;
    const sg_goal_kind kind = sg_loss_at(c->config.learn.loss)->goal;
    const bool is_whole = kind == SG_GOAL_CONSTANT || kind == SG_GOAL_CONSTANT_SHARES || kind == SG_GOAL_DIRECTION;
    const sg_event_layout layout = {.name = "random targets",
                                    .steps = (uint32_t)c->network->steps,
                                    .classes = 1,
                                    .shape = sg_flat_shape((uint32_t)outputs),
                                    .numbers = is_whole || kind == SG_GOAL_NUMBERS || kind == SG_GOAL_SHARES,
                                    .constant = is_whole};
    sg_event_writer writer = {0};
    if (kind == SG_GOAL_LABEL || (kind == SG_GOAL_CLASSES && seed % 2 == 0))
        return SG_OK;
    sg_status status = sg_event_writer_open(&writer, &layout);
    for (size_t s = 0; status == SG_OK && s < SAMPLES; s++) {
        status = sg_event_writer_begin(&writer, SG_TRAIN, 0);
        write_target(&writer, kind, seed, s, outputs);
    }
    if (status == SG_OK)
        status = sg_event_writer_take(&writer, &c->events->target);
    sg_event_writer_close(&writer);
    return status;
}

/* Calls `each` for every group. */
static sg_status for_groups(sg_check *c,
                            sg_status (*each)(sg_check *c, size_t l, const sg_group *group, float *values)) {
    for (size_t l = 0; l < c->network->layer_count; l++)
        for (size_t g = 0; g < c->network->layers[l].group_count; g++) {
            const sg_group *group = &c->network->layers[l].groups[g];
            float *values = sg_array(sg_group_count(group), sizeof *values);
            if (!values)
                return SG_MEMORY;
            sg_status status = each(c, l, group, values);
            free(values);
            SG_TRY(status);
        }
    return SG_OK;
}

/* Biases and shifts are 0 at first, scales 1; here they are not, so that they matter. */
static sg_status move_bias(sg_check *c, size_t l, const sg_group *group, float *values) {
    const sg_norm *norm = &c->network->layers[l].norm;
    if (strcmp(group->name, "bias") != 0 && (norm->rows == 0 || (group != norm->scale && group != norm->shift)))
        return SG_OK;
    for (size_t n = 0; n < sg_group_count(group); n++)
        values[n] =
            (group == norm->scale ? 1 : 0) + 0.1f * (float)sg_random_normal((uint64_t)c->config.learn.seed, 3, n);
    return sg_network_set_group(c->network, l, group->name, values);
}

static sg_status take_parameters(sg_check *c, size_t l, const sg_group *group, float *values) {
    SG_TRY(sg_network_get_group(c->network, l, group->name, values));
    double *to = c->twin.parameters + sg_twin_at(c->network, l, group);
    for (size_t j = 0; j < sg_group_count(group); j++)
        to[j] = values[j];
    return SG_OK;
}

static sg_status take_gradient(sg_check *c, size_t l, const sg_group *group, float *values) {
    SG_TRY(sg_trainer_get_gradient_of(c->trainer, l, group->name, values));
    double *to = c->found + sg_twin_at(c->network, l, group);
    for (size_t j = 0; j < sg_group_count(group); j++)
        to[j] = values[j];
    return SG_OK;
}

static sg_status open_twin(sg_check *c) {
    size_t cells = SAMPLES * (size_t)c->config.network.steps * sg_twin_neurons(c->network);
    size_t count = sg_twin_parameters(c->network);
    c->twin = (sg_twin){
        .network = c->network,
        .config = &c->config.network,
        .learn = &c->config.learn,
        .plan = sg_rule_at(c->config.learn.rule)->plan(&c->config.learn),
        .feedback = &c->feedback,
        .data = {SAMPLES, (size_t)c->config.network.steps, (size_t)sg_shape_size(c->in), c->values, c->events->label,
                 c->events->target},
        .count = count,
        .direction = count,
    };
    c->twin.parameters = sg_array(count, sizeof(double));
    c->twin.resets = sg_array(cells, sizeof(double));
    c->twin.resting = sg_array(cells, 1);
    c->twin.above = sg_array(cells, 1);
    c->twin.cut = sg_array(cells * SG_TWIN_STATES, sizeof(double));
    c->twin.winners = sg_array(SAMPLES * (size_t)c->config.network.steps * sg_twin_inputs(c->network), 1);
    c->twin.delays = sg_array(sg_twin_inputs(c->network), sizeof(double));
    c->twin.errors = sg_array(cells, sizeof(double));
    c->twin.out = sg_array(cells, sizeof(double));
    c->gradient = sg_array(count, sizeof(double));
    c->slope = sg_array(count, sizeof(double));
    c->way = sg_array(count, sizeof(double));
    c->measured = sg_array(count, sizeof(double));
    c->found = sg_array(count, sizeof(double));
    c->smooth_floor = sg_array(count, sizeof(double));
    c->kernel_floor = sg_array(count, sizeof(double));
    return c->twin.parameters && c->twin.resets && c->twin.resting && c->twin.above && c->twin.cut && c->twin.winners &&
                   c->twin.delays && c->twin.errors && c->twin.out && c->gradient && c->slope && c->way &&
                   c->measured && c->found && c->smooth_floor && c->kernel_floor
               ? SG_OK
               : SG_MEMORY;
}

/* Whether some neuron of every layer fires: of a silent one, there may be no gradient to compare. */
static bool all_fire(const sg_check *c) {
    size_t width = sg_twin_neurons(c->network), first = 0;
    for (size_t l = 0; l < c->network->layer_count; l++) {
        size_t neurons = c->network->layers[l].neurons;
        double sum = 0;
        for (size_t cell = 0; cell < SAMPLES * c->network->steps; cell++)
            for (size_t n = 0; n < neurons; n++)
                sum += c->twin.out[cell * width + first + n];
        if (c->network->layers[l].neuron.kind->spiking && sum == 0)
            return false;
        first += neurons;
    }
    return true;
}

/* Networks are drawn until one serves: what is odd about them is nobody's business. */
static sg_status initialise(sg_check *c, uint64_t seed) {
    const sg_warning_listener before = sg_swap_warning_listener((sg_warning_listener){0});
    sg_status status = sg_network_initialise(c->network, &c->config.network, seed);
    sg_swap_warning_listener(before);
    return status;
}

sg_status sg_check_draw_feedback(sg_check *c) {
    sg_feedback_close(&c->feedback);
    return sg_feedback_open(&c->feedback, c->network, &c->twin.plan, (uint64_t)c->config.learn.seed);
}

/* A network and samples. */
static sg_status make_try(sg_check *c, uint64_t seed) {
    c->config.learn.seed = (int64_t)(seed & 0xffffffff);
    SG_TRY(sg_network_make(&c->config.network, c->in, &c->network));
    SG_TRY(initialise(c, seed));
    SG_TRY(for_groups(c, move_bias));
    SG_TRY(make_events(c, seed));
    SG_TRY(make_target(c, seed));
    SG_TRY(open_twin(c));
    SG_TRY(sg_check_draw_feedback(c));
    return for_groups(c, take_parameters);
}

/* Ready for another try. */
static void clear(sg_check *c) {
    sg_trainer_free(c->trainer);
    sg_network_free(c->network);
    sg_events_free(c->events);
    sg_feedback_close(&c->feedback);
    free(c->twin.parameters);
    free(c->twin.resets);
    free(c->twin.resting);
    free(c->twin.above);
    free(c->twin.cut);
    free(c->twin.winners);
    free(c->twin.delays);
    free(c->twin.errors);
    free(c->values);
    free(c->twin.out);
    free(c->gradient);
    free(c->slope);
    free(c->way);
    free(c->measured);
    free(c->exact);
    free(c->found);
    free(c->smooth_floor);
    free(c->kernel_floor);
    *c = (sg_check){.config = c->config,
                    .in = c->in,
                    .numbers = c->numbers,
                    .constant = c->constant,
                    .silent = c->silent,
                    .overflown = c->overflown,
                    .close = c->close,
                    .tied = c->tied};
}

/* Whether the network and samples in hand can be checked: it fires, and nothing is too near to a corner, with spikes
 * or smooth. */
static sg_status is_usable(sg_check *c, bool *usable) {
    sg_dual loss;
    *usable = false;
    c->twin.clearance = &c->clearance;
    SG_TRY(sg_twin_run(&c->twin, &loss));
    double nearest = c->clearance.nearest;
    if (!all_fire(c)) {
        c->silent++;
        return SG_OK;
    }
    c->twin.smooth = true;
    SG_TRY(sg_twin_run(&c->twin, &loss));
    if (!isfinite(loss.value)) { /* smooth spikes may be large, and grow from layer to layer */
        c->overflown++;
        return SG_OK;
    }
    if (fmin(nearest, c->clearance.nearest) < MARGIN) {
        c->close++;
        return SG_OK;
    }
    SG_TRY(sg_check_gradient(c, usable));
    if (!*usable) {
        c->overflown++;
        return SG_OK;
    }
    SG_TRY(sg_check_slopes(c, true, c->slope, c->way));
    c->twin.clearance = NULL;
    for (size_t j = 0; j < c->twin.count; j++)
        *usable = *usable && c->way[j] > 0;
    c->tied += !*usable;
    return SG_OK;
}

/* Tries networks until one can be checked. */
static sg_status find_network(sg_check *c, uint64_t seed) {
    bool usable = false;
    for (uint64_t try = 0; !usable && try < TRIES; try++) {
        clear(c);
        SG_TRY(make_try(c, sg_random_bits(seed, 0, try)));
        SG_TRY(is_usable(c, &usable));
    }
    if (usable)
        return SG_OK;
    return sg_fail(SG_ARGUMENT,
                   "none of %d small networks can be checked: in %zu a layer never fires, in %zu the smooth loss is "
                   "not finite or a gradient above 1e30, in %zu a membrane is within a share of %g of where its spike "
                   "or surrogate has a corner, in %zu it lies in one: try another seed, or fewer layers",
                   TRIES, c->silent, c->overflown, c->close, MARGIN, c->tied);
}

/* Numbers where the configuration's encoder makes them: constant ones of images. */
static void choose_kind(sg_check *c) {
    const sg_data_config *data = &c->config.data;
    const sg_source_kind *source = sg_source_at(data->set);
    const bool images = source->read == sg_images_read;
    c->numbers = (images || source == &sg_source_wav) && sg_encoder_at(data->encoder)->numbers;
    c->constant = c->numbers && images && data->sequence == SG_SEQUENCE_NONE;
}

sg_status sg_check_open(const sg_config *config, uint64_t seed, sg_check **out) {
    *out = NULL;
    SG_TRY(sg_config_check(config));
    sg_check *c = sg_array(1, sizeof *c);
    if (!c)
        return SG_MEMORY;
    c->config = *config;
    choose_kind(c);
    shrink(&c->config);
    sg_status status = choose_inputs(c);
    if (status == SG_OK)
        status = find_network(c, seed);
    if (status == SG_OK)
        status = sg_check_measure(c);
    if (status == SG_OK)
        status = sg_check_exact(c);
    if (status == SG_OK)
        *out = c;
    else
        sg_check_close(c);
    return status;
}

sg_status sg_check_run_kernels(sg_check *c, const sg_kernels *kernels) {
    const uint32_t samples[SAMPLES] = {0, 1, 2};
    const sg_kernels *in_use = c->network->kernels;
    sg_batch_result batch = SG_SIZED(sg_batch_result);
    sg_trainer_free(c->trainer);
    c->trainer = NULL;
    c->network->kernels = kernels ? kernels : in_use;
    sg_network_refresh(c->network);
    sg_status status = sg_trainer_create(c->network, &c->config, 1, &c->trainer);
    if (status == SG_OK)
        status = sg_trainer_gradient(c->trainer, c->events, samples, SAMPLES, &batch);
    if (status == SG_OK)
        status = for_groups(c, take_gradient);
    c->network->kernels = in_use;
    return status;
}

const sg_network *sg_check_network(const sg_check *c) {
    return c->network;
}

const double *sg_check_found(const sg_check *c) {
    return c->found;
}

void sg_check_close(sg_check *c) {
    if (c)
        clear(c);
    free(c);
}

sg_status sg_check_gradients(const sg_config *config, uint64_t seed,
                             void (*row)(void *user, const sg_gradient_row *row), void *user, bool *good) {
    sg_check *c;
    *good = true;
    SG_TRY(sg_check_open(config, seed, &c));
    sg_status status = sg_check_run_kernels(c, NULL);
    if (status == SG_OK)
        *good = sg_check_report(c, row, user);
    sg_check_close(c);
    return status;
}
