/* Proves the gradients of a network: of a small one of the same kind, on random input. */
#include "check/twin.h"

#include "base/random.h"
#include "data/events.h"
#include "learn/trainer.h"
#include "net/initialiser.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { INPUTS = 9, NEURONS = 7, STEPS = 26, SAMPLES = 3, TRIES = 2000 };

/* Spikes and surrogates have corners; a membrane must stay so far away that neither single precision nor a difference
 * gets to the other side. Where the smooth functions have none, a longer way drowns less in rounding. */
static const double MARGIN = 1e-4, SHORT_WAY = 4e-6, LONG_WAY = 2e-5, SAFETY = 3;

/* A check in work. */
typedef struct check {
    sg_config config; /* small */
    sg_network *network;
    sg_trainer *trainer;
    sg_events *events;
    uint8_t spikes[SAMPLES * STEPS * INPUTS];
    sg_twin twin;
    double *gradient; /* (parameters) of the twin with spikes */
    double *slope;    /* (parameters) of the smooth twin */
    double *measured; /* (parameters) differences of the smooth twin */
    double *found;    /* (parameters) of the kernels */
} check;

/* The same kinds, few of each, with weights at which neurons fire now and then. */
static void shrink(sg_config *config) {
    sg_network_config *network = &config->network;
    size_t last = network->layer_count - 1;
    network->steps = network->steps < STEPS ? network->steps : STEPS;
    network->memory = 0;
    for (size_t l = 0; l <= last; l++) {
        sg_layer_config *layer = &network->layers[l];
        int64_t most = NEURONS + (int64_t)l;
        layer->size = layer->size < most ? layer->size : most;
        layer->dropout = 0;
        memset(layer->dial_file, 0, sizeof layer->dial_file); /* it has values for other neurons */
        sg_weights_config weights = {
            .sd = 0.1, .limit = 0.1, .gain = 1.5, .xi = 1, .input_rate_hz = 250 / network->dt_ms};
        for (weights.kind = 0; strcmp(sg_initialiser_name(weights.kind), "fluctuation") != 0; weights.kind++) {
        }
        layer->weights = weights;
        weights.gain = 0.5;
        layer->own_weights = weights;
    }
    config->data = (sg_data_config){.set = SG_SET_EVENTS};
    config->learn.true_count = 5;
    config->learn.false_count = 1;
    config->learn.upper_rate = config->learn.upper_rate < 3 ? config->learn.upper_rate : 3;
    config->learn.lower_rate = config->learn.lower_rate < 2 ? config->learn.lower_rate : 2;
}

static sg_status make_events(check *c, uint64_t seed) {
    size_t steps = (size_t)c->config.network.steps,
           classes = c->network->layers[c->network->layer_count - 1].shape.neurons;
    SG_TRY(sg_events_make(SAMPLES, (uint32_t)steps, INPUTS, (uint32_t)classes, &c->events));
    sg_events *events = c->events;
    for (size_t j = 0; j < SAMPLES * steps * INPUTS; j++)
        c->spikes[j] = sg_random_uniform(seed, 1, j) < 0.25;
    for (size_t s = 0; s < SAMPLES; s++) {
        events->label[s] = (uint32_t)(sg_random_bits(seed, 2, s) % classes);
        events->first[s + 1] = events->first[s];
        for (size_t j = 0; j < steps * INPUTS; j++)
            events->first[s + 1] += c->spikes[s * steps * INPUTS + j];
    }
    SG_TRY(sg_events_reserve(events));
    for (size_t j = 0, e = 0; j < SAMPLES * steps * INPUTS; j++)
        if (c->spikes[j]) {
            events->step[e] = (uint16_t)(j / INPUTS % steps);
            events->channel[e++] = (uint32_t)(j % INPUTS);
        }
    return SG_OK;
}

/* Calls `each` for every group. */
static sg_status for_groups(check *c, sg_status (*each)(check *c, size_t l, const sg_group *group, float *values)) {
    for (size_t l = 0; l < c->network->layer_count; l++)
        for (size_t g = 0; g < c->network->layers[l].group_count; g++) {
            const sg_group *group = &c->network->layers[l].groups[g];
            float *values = sg_array(group->rows * c->network->layers[l].shape.neurons, sizeof *values);
            if (!values)
                return SG_MEMORY;
            sg_status status = each(c, l, group, values);
            free(values);
            SG_TRY(status);
        }
    return SG_OK;
}

/* Biases are 0 at first; here they are not, so that they matter. */
static sg_status move_bias(check *c, size_t l, const sg_group *group, float *values) {
    if (strcmp(group->name, "bias") != 0)
        return SG_OK;
    for (size_t n = 0; n < c->network->layers[l].shape.neurons; n++)
        values[n] = 0.1f * (float)sg_random_normal((uint64_t)c->config.learn.seed, 3, n);
    return sg_network_set_group(c->network, l, group->name, values);
}

static sg_status take_parameters(check *c, size_t l, const sg_group *group, float *values) {
    SG_TRY(sg_network_get_group(c->network, l, group->name, values));
    double *to = c->twin.parameters + sg_twin_at(c->network, l, group);
    for (size_t j = 0; j < group->rows * c->network->layers[l].shape.neurons; j++)
        to[j] = values[j];
    return SG_OK;
}

static sg_status take_gradient(check *c, size_t l, const sg_group *group, float *values) {
    SG_TRY(sg_trainer_get_gradient_of(c->trainer, l, group->name, values));
    double *to = c->found + sg_twin_at(c->network, l, group);
    for (size_t j = 0; j < group->rows * c->network->layers[l].shape.neurons; j++)
        to[j] = values[j];
    return SG_OK;
}

static sg_status open_twin(check *c) {
    size_t cells = SAMPLES * (size_t)c->config.network.steps * sg_twin_neurons(c->network);
    size_t count = sg_twin_parameters(c->network);
    c->twin = (sg_twin){
        .network = c->network,
        .config = &c->config.network,
        .learn = &c->config.learn,
        .data = {SAMPLES, (size_t)c->config.network.steps, INPUTS, c->spikes, c->events->label},
        .count = count,
        .direction = count,
    };
    c->twin.parameters = sg_array(count, sizeof(double));
    c->twin.held = sg_array(cells, sizeof(double));
    c->twin.resting = sg_array(cells, 1);
    c->twin.out = sg_array(cells, sizeof(double));
    c->gradient = sg_array(count, sizeof(double));
    c->slope = sg_array(count, sizeof(double));
    c->measured = sg_array(count, sizeof(double));
    c->found = sg_array(count, sizeof(double));
    return c->twin.parameters && c->twin.held && c->twin.resting && c->twin.out && c->gradient && c->slope &&
                   c->measured && c->found
               ? SG_OK
               : SG_MEMORY;
}

/* Whether some neuron of every layer fires: of a silent one, there may be no gradient to compare. */
static bool all_fire(const check *c) {
    size_t width = sg_twin_neurons(c->network), first = 0;
    for (size_t l = 0; l < c->network->layer_count; l++) {
        size_t neurons = c->network->layers[l].shape.neurons;
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
static sg_status initialise(check *c, uint64_t seed) {
    const sg_warning_listener before = sg_swap_warning_listener((sg_warning_listener){0});
    sg_status status = sg_network_initialise(c->network, &c->config.network, seed);
    sg_swap_warning_listener(before);
    return status;
}

/* A network that fires, and samples none of whose membranes comes too near to a corner, with spikes or smooth. */
static sg_status open_check(check *c, uint64_t seed) {
    sg_dual loss;
    double nearest;
    c->config.learn.seed = (int64_t)(seed & 0xffffffff);
    SG_TRY(sg_network_make(&c->config.network, INPUTS, &c->network));
    SG_TRY(initialise(c, seed));
    SG_TRY(for_groups(c, move_bias));
    SG_TRY(make_events(c, seed));
    SG_TRY(open_twin(c));
    SG_TRY(for_groups(c, take_parameters));
    SG_TRY(sg_twin_run(&c->twin, &loss));
    nearest = all_fire(c) ? c->twin.nearest : 0;
    c->twin.smooth = true;
    SG_TRY(sg_twin_run(&c->twin, &loss));
    c->twin.nearest = fmin(nearest, c->twin.nearest);
    return SG_OK;
}

static void close_check(check *c) {
    sg_trainer_free(c->trainer);
    sg_network_free(c->network);
    sg_events_free(c->events);
    free(c->twin.parameters);
    free(c->twin.held);
    free(c->twin.resting);
    free(c->twin.out);
    free(c->gradient);
    free(c->slope);
    free(c->measured);
    free(c->found);
    *c = (check){.config = c->config};
}

/* The slope of the twin's loss in every direction; returns in *reach how far any parameter may move until a membrane
 * gets to a corner. */
static sg_status run_slopes(check *c, bool smooth, double *slope, double *reach) {
    sg_dual loss;
    *reach = INFINITY;
    c->twin.smooth = smooth;
    c->twin.holding = false;
    for (c->twin.direction = 0; c->twin.direction < c->twin.count; c->twin.direction++) {
        SG_TRY(sg_twin_run(&c->twin, &loss));
        slope[c->twin.direction] = loss.slope;
        *reach = fmin(*reach, c->twin.reach);
    }
    return SG_OK;
}

/* How far to go to either side for a difference. */
static double way_of(const check *c) {
    for (size_t l = 0; l < c->network->layer_count; l++) {
        sg_surrogate_kind kind = c->network->layers[l].neuron.spiking.surrogate.kind;
        bool rounded = kind == SG_SURROGATE_SIGMOID || kind == SG_SURROGATE_ARCTAN || kind == SG_SURROGATE_GAUSSIAN;
        if (c->network->layers[l].neuron.kind->spiking && !rounded)
            return SHORT_WAY;
    }
    return LONG_WAY;
}

/* The loss with parameter j moved. */
static sg_status run_moved(check *c, size_t j, double by, double *value) {
    sg_dual loss;
    double at = c->twin.parameters[j];
    c->twin.parameters[j] = at + by;
    sg_status status = sg_twin_run(&c->twin, &loss);
    c->twin.parameters[j] = at;
    *value = loss.value;
    return status;
}

/* Central differences, of fourth order, of the smooth twin's loss, with what is constant held at what it was in the
 * middle. */
static sg_status run_differences(check *c) {
    const double h = way_of(c), by[4] = {h, -h, 2 * h, -2 * h};
    double value[4];
    c->twin.smooth = true;
    c->twin.holding = true;
    for (size_t j = 0; j < c->twin.count; j++) {
        for (size_t k = 0; k < 4; k++)
            SG_TRY(run_moved(c, j, by[k], &value[k]));
        c->measured[j] = (8 * (value[0] - value[1]) - (value[2] - value[3])) / (12 * h);
    }
    return SG_OK;
}

static sg_status run_kernels(check *c) {
    const uint32_t samples[SAMPLES] = {0, 1, 2};
    sg_batch_result batch;
    SG_TRY(sg_trainer_create(c->network, &c->config, 1, &c->trainer));
    SG_TRY(sg_trainer_gradient(c->trainer, c->events, samples, SAMPLES, &batch));
    return for_groups(c, take_gradient);
}

/* Whether the network and samples in hand can be checked: nothing is too near to a corner. */
static sg_status run_smooth(check *c, bool *usable) {
    double reach = 0;
    *usable = c->twin.nearest >= MARGIN;
    if (*usable)
        SG_TRY(run_slopes(c, true, c->slope, &reach));
    *usable = *usable && reach > SAFETY * way_of(c);
    return SG_OK;
}

static sg_status run_rest(check *c) {
    double reach;
    SG_TRY(run_differences(c));
    SG_TRY(run_slopes(c, false, c->gradient, &reach));
    return run_kernels(c);
}

/* The largest difference, as a share of the largest entry. Of groups without a gradient (what is drawn but not trained)
 * there is none, nor of the weights that are and stay 0. */
static double error_of(const double *a, const double *b, size_t rows, size_t columns, bool hollow) {
    double difference = 0, largest = 0;
    for (size_t j = 0; j < rows * columns; j++) {
        if (hollow && j / columns == j % columns)
            continue;
        difference = fmax(difference, fabs(a[j] - b[j]));
        largest = fmax(largest, fabs(b[j]));
    }
    return largest > 0 ? difference / largest : difference;
}

static bool is_trained(const sg_layer *layer, const sg_group *group) {
    for (int dial = 0; dial < SG_DIALS; dial++)
        if (layer->raw[dial] == group)
            return layer->neuron.config.train[dial];
    return true;
}

static void report(const check *c, void (*row)(void *user, const sg_gradient_row *row), void *user, bool *good) {
    for (size_t l = 0; l < c->network->layer_count; l++) {
        const sg_layer *layer = &c->network->layers[l];
        for (size_t g = 0; g < layer->group_count; g++) {
            const sg_group *group = &layer->groups[g];
            size_t at = sg_twin_at(c->network, l, group), columns = layer->shape.neurons;
            if (!is_trained(layer, group))
                continue;
            double largest = 0;
            for (size_t j = 0; j < group->rows * columns; j++)
                largest = fmax(largest, fabs(c->gradient[at + j]));
            const sg_gradient_row found = {
                .layer = l,
                .group = group->name,
                .parameters = group->rows * columns,
                .largest = largest,
                .smooth_error = error_of(c->slope + at, c->measured + at, group->rows, columns, group->hollow),
                .kernel_error = error_of(c->found + at, c->gradient + at, group->rows, columns, group->hollow),
            };
            *good = *good && found.smooth_error <= SG_SMOOTH_TOLERANCE && found.kernel_error <= SG_KERNEL_TOLERANCE;
            if (row)
                row(user, &found);
        }
    }
}

sg_status sg_check_gradients(const sg_config *config, uint64_t seed,
                             void (*row)(void *user, const sg_gradient_row *row), void *user, bool *good) {
    check *c = sg_array(1, sizeof *c);
    if (!c)
        return SG_MEMORY;
    *good = true;
    c->config = *config;
    sg_status status = sg_config_check(config);
    if (status == SG_OK)
        shrink(&c->config);
    bool usable = false;
    for (uint64_t try = 0; status == SG_OK && !usable && try < TRIES; try++) {
        close_check(c);
        status = open_check(c, sg_random_bits(seed, 0, try));
        if (status == SG_OK)
            status = run_smooth(c, &usable);
    }
    if (status == SG_OK && !usable)
        status = sg_fail(
            SG_ARGUMENT,
            "no small network was found that fires and whose membranes stay off the threshold: try another seed");
    if (status == SG_OK)
        status = run_rest(c);
    if (status == SG_OK)
        report(c, row, user, good);
    close_check(c);
    free(c);
    return status;
}
