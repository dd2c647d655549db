/* How far the clock's gradient is from the exact one of the same network in continuous time: told, and not judged, as
 * that is what a clock does. */
#include "check/check_parts.h"
#include "check/exact.h"
#include "learn/loss.h"
#include "net/neuron_param.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* All layers as one population. */
typedef struct population {
    sg_exact_net net;
    double *theta, *weights, *delays, *by_weights, *by_delays;
    uint8_t *mask;
    double *time; /* of a sample's events, with channel */
    uint32_t *channel;
} population;

static const struct {
    sg_readout clock;
    sg_exact_readout exact;
} readouts[] = {
    {SG_READOUT_MEAN, SG_EXACT_MEAN},
    {SG_READOUT_WEIGHTED, SG_EXACT_WEIGHTED},
    {SG_READOUT_MAX, SG_EXACT_MAX},
    {SG_READOUT_FIRST, SG_EXACT_FIRST},
};

static bool find_readout(sg_readout clock, sg_exact_readout *exact) {
    for (size_t i = 0; i < sizeof readouts / sizeof *readouts; i++)
        if (readouts[i].clock == clock) {
            *exact = readouts[i].exact;
            return true;
        }
    return false;
}

/* Whether the exact engine knows all that the network has. */
static bool fits(const sg_check *c) {
    const sg_learn_config *learn = &c->config.learn;
    const sg_neuron *first = &c->network->layers[0].neuron;
    sg_exact_readout exact;
    bool known = c->twin.plan.gradient == SG_GRADIENT_EVENTPROP && !c->numbers && learn->upper == 0 &&
                 learn->lower == 0 && find_readout(sg_loss_at(learn->loss)->readout, &exact);
    for (size_t l = 0; known && l < c->network->layer_count; l++) {
        const sg_layer *layer = &c->network->layers[l];
        const double *param = layer->neuron.config.param, *same = first->config.param;
        known = !layer->inlet.is_there && !layer->added && !layer->bias && !layer->link.kind->forward_layer &&
                param[SG_PARAM_TAU_MEM] == same[SG_PARAM_TAU_MEM] &&
                param[SG_PARAM_TAU_SYN] == same[SG_PARAM_TAU_SYN] && param[SG_PARAM_TAU_MEM] != param[SG_PARAM_TAU_SYN];
    }
    return known;
}

/* Number `at` of a group, as a synapse of the population from source `from` + row to neuron `to` + column. */
static size_t synapse_of(const population *p, const sg_group *group, size_t at, size_t from, size_t to) {
    return (from + at / group->columns) * p->net.neurons + to + at % group->columns;
}

/* Calls `each` for the weights of all links: from, to as above; own: whether from the layer to itself. */
static void for_links(sg_check *c, population *p,
                      void (*each)(sg_check *c, population *p, size_t l, const sg_group *group, size_t from, size_t to,
                                   bool own)) {
    size_t from = 0, to = 0;
    for (size_t l = 0; l < c->network->layer_count; l++) {
        const sg_layer *layer = &c->network->layers[l];
        each(c, p, l, layer->link.groups, from, to, false);
        if (layer->recurrent.kind)
            each(c, p, l, layer->recurrent.groups, p->net.inputs + to, to, true);
        from = p->net.inputs + to;
        to += layer->neurons;
    }
}

/* Delays of the synapses of a layer's link, or what stands for them in `all` parameters; NULL where it has none. And
 * what they are counted in. */
static double *delays_of(const sg_check *c, size_t l, double *all) {
    const sg_link *link = &c->network->layers[l].link;
    return link->lags.count > 0 ? all + sg_twin_at(c->network, l, &link->groups[1]) : NULL;
}

static double unit_ms(const sg_check *c, size_t l) {
    const sg_layer_config *layer = &c->config.network.layers[l];
    return layer->train_delays ? layer->delay_unit : c->config.network.dt_ms;
}

/* A layer's own spikes come a step later. */
static void take_link(sg_check *c, population *p, size_t l, const sg_group *group, size_t from, size_t to, bool own) {
    const double *weights = c->twin.parameters + sg_twin_at(c->network, l, group);
    const double *delays = own ? NULL : delays_of(c, l, c->twin.parameters);
    for (size_t j = 0; j < sg_group_count(group); j++) {
        size_t at = synapse_of(p, group, j, from, to);
        p->weights[at] = weights[j];
        p->delays[at] = own ? c->config.network.dt_ms : delays ? unit_ms(c, l) * delays[j] : 0;
        p->mask[at] = !own || c->config.network.layers[l].self_connections || j / group->columns != j % group->columns;
    }
}

static void give_link(sg_check *c, population *p, size_t l, const sg_group *group, size_t from, size_t to, bool own) {
    double *exact = c->exact + sg_twin_at(c->network, l, group);
    double *by_delays = own ? NULL : delays_of(c, l, c->exact);
    for (size_t j = 0; j < sg_group_count(group); j++) {
        const size_t at = synapse_of(p, group, j, from, to);
        exact[j] = p->by_weights[at];
        if (by_delays)
            by_delays[j] = unit_ms(c, l) * p->by_delays[at];
    }
}

static bool open_population(sg_check *c, population *p) {
    const sg_layer_config *first = &c->config.network.layers[0];
    const size_t inputs = c->twin.data.inputs, neurons = sg_twin_neurons(c->network), cells = inputs + neurons;
    const size_t events = c->twin.data.steps * inputs * 2; /* one or two in a step and channel */
    p->theta = sg_array(neurons, sizeof(double));
    p->weights = sg_array(4 * cells * neurons, sizeof(double));
    p->mask = sg_array(cells * neurons, 1);
    p->time = sg_array(events, sizeof(double));
    p->channel = sg_array(events, sizeof(uint32_t));
    if (!p->theta || !p->weights || !p->mask || !p->time || !p->channel)
        return false;
    p->delays = p->weights + cells * neurons;
    p->by_weights = p->delays + cells * neurons;
    p->by_delays = p->by_weights + cells * neurons;
    p->net = (sg_exact_net){.inputs = inputs,
                            .neurons = neurons,
                            .outputs = sg_network_top(c->network)->neurons,
                            .tau_mem = first->param[SG_PARAM_TAU_MEM],
                            .tau_syn = first->param[SG_PARAM_TAU_SYN],
                            .end = (double)c->twin.data.steps * c->config.network.dt_ms,
                            .theta = p->theta,
                            .weights = p->weights,
                            .delays = p->delays,
                            .mask = p->mask};
    for (size_t l = 0, n = 0; l < c->network->layer_count; l++)
        for (size_t k = 0; k < c->network->layers[l].neurons; k++)
            p->theta[n++] = c->network->layers[l].neuron.kind->spiking
                                ? sg_neuron_param_configured(&c->config.network.layers[l], SG_PARAM_THRESHOLD)
                                : INFINITY;
    return true;
}

static void close_population(population *p) {
    free(p->theta);
    free(p->weights);
    free(p->mask);
    free(p->time);
    free(p->channel);
}

static sg_exact_input take_events(const sg_check *c, population *p, size_t s) {
    const sg_twin_data *data = &c->twin.data;
    const float *values = data->values + s * data->steps * data->inputs;
    size_t count = 0;
    for (size_t j = 0; j < data->steps * data->inputs; j++)
        for (float times = 0; times < values[j]; times++) {
            p->time[count] = (double)(j / data->inputs) * c->config.network.dt_ms;
            p->channel[count++] = (uint32_t)(j % data->inputs);
        }
    return (sg_exact_input){p->time, p->channel, count};
}

/* First spikes are told in steps by the loss, and in ms by the engine. */
static sg_status run_sample(sg_check *c, population *p, size_t s) {
    const sg_loss_kind *loss = sg_loss_at(c->config.learn.loss);
    const double unit = loss->readout == SG_READOUT_FIRST ? 1 / c->config.network.dt_ms : 1;
    const sg_exact_input input = take_events(c, p, s);
    double values[SG_MAX_CLASSES], by_values[SG_MAX_CLASSES];
    sg_exact_readout readout = SG_EXACT_MEAN;
    sg_exact_run run;
    sg_goals goals;
    sg_goal goal;
    find_readout(loss->readout, &readout);
    sg_status status = sg_exact_open(&run, &p->net, &input);
    if (status == SG_OK) {
        for (size_t k = 0; k < p->net.outputs; k++)
            values[k] = unit * sg_exact_value(&run, readout, k);
        sg_goals_begin(&goals, loss->goal, c->events, s, p->net.outputs);
        sg_goals_take(&goals, 0, &goal);
        sg_loss_of_values(&c->config.learn, c->config.network.dt_ms, values, p->net.outputs, &goal, by_values);
        for (size_t k = 0; k < p->net.outputs; k++)
            by_values[k] *= unit / (double)c->twin.data.samples;
        status = sg_exact_backward(&run, readout, by_values, p->by_weights, p->by_delays);
    }
    sg_exact_close(&run);
    return status;
}

sg_status sg_check_exact(sg_check *c) {
    population p = {0};
    if (!fits(c))
        return SG_OK;
    c->exact = sg_array(c->twin.count, sizeof *c->exact);
    sg_status status = c->exact && open_population(c, &p) ? SG_OK : SG_MEMORY;
    if (status == SG_OK)
        for_links(c, &p, take_link);
    for (size_t s = 0; status == SG_OK && s < c->twin.data.samples; s++)
        status = run_sample(c, &p, s);
    if (status == SG_OK)
        for_links(c, &p, give_link);
    close_population(&p);
    return status;
}
