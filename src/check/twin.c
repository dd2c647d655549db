#include "check/twin.h"

#include "check/twin_goal.h"
#include "check/twin_inlet.h"
#include "check/twin_kink.h"
#include "check/twin_link.h"
#include "check/twin_norm.h"
#include "check/twin_trains.h"
#include "learn/loss.h"
#include "learn/rate_penalty.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

size_t sg_twin_at(const sg_network *network, size_t layer, const sg_group *group) {
    size_t at = 0;
    for (size_t l = 0; l < layer; l++)
        at += sg_layer_parameters(&network->layers[l]);
    for (const sg_group *before = network->layers[layer].groups; before < group; before++)
        at += sg_group_count(before);
    return at;
}

size_t sg_twin_parameters(const sg_network *network) {
    size_t count = 0;
    for (size_t l = 0; l < network->layer_count; l++)
        count += sg_layer_parameters(&network->layers[l]);
    return count;
}

size_t sg_twin_neurons(const sg_network *network) {
    size_t count = 0;
    for (size_t l = 0; l < network->layer_count; l++)
        count += network->layers[l].neurons;
    return count;
}

size_t sg_twin_inputs(const sg_network *network) {
    size_t count = 0;
    for (size_t l = 0; l < network->layer_count; l++)
        count += network->layers[l].link.inputs;
    return count;
}

/* A run in work: all neurons, and the spikes of a sample so far. */
typedef struct run {
    sg_twin *twin;
    sg_twin_neuron *neurons; /* (neurons of all layers) */
    sg_dual *in;             /* (I) the input of a step */
    sg_dual *summed;         /* (neurons of all layers) spikes below a layer with those that are added */
    sg_dual *passed;         /* (T, inputs of all layers) what passed pools, ... */
    sg_dual *delayed;        /* (inputs of all layers) ... and in a step delays, too */
    sg_dual *out;            /* (1 + T, neurons of all layers) spikes or membranes; row 0 before the first step */
    sg_dual *rates;          /* (neurons of all layers) spikes over all samples */
    sg_dual *held_below;     /* (neurons of all layers, and inputs, too) what comes from the layer below, ... */
    sg_dual *in_step;        /* (neurons of all layers) weighted input of the step, where the membrane's is held */
    sg_dual *held_own;       /* ... and back to a layer, where it is held constant */
    sg_twin_norm norms[SG_MAX_LAYERS];
    sg_twin_rates rates_of; /* of the outputs */
    size_t width;           /* neurons of all layers */
    size_t inputs;          /* of all layers' links */
    sg_rounding rounding;
} run;

/* Whether slopes of spikes are those of their times. */
static bool is_by_time(const sg_twin *twin) {
    return twin->plan.gradient == SG_GRADIENT_EVENTPROP && !twin->smooth;
}

static void read_input(run *r, size_t s, size_t t) {
    const sg_twin_data *data = &r->twin->data;
    const float *values = data->values + (s * data->steps + t) * data->inputs;
    for (size_t i = 0; i < data->inputs; i++)
        r->in[i] = sg_fixed(values[i]);
}

/* += the weighted input of neuron n through a link of layer l. */
static sg_dual weigh(const run *r, size_t l, const sg_link *link, const sg_dual *spikes, size_t n, sg_dual x) {
    size_t at = sg_twin_at(r->twin->network, l, &link->groups[0]);
    return sg_twin_link_of(link)(r->twin, link, &r->twin->config->layers[l], at, spikes, n, x);
}

/* The same of the layer's own link for what comes in, which may look back. */
static sg_dual weigh_incoming(const run *r, size_t t, size_t l, const sg_dual *in, size_t n, bool still) {
    const sg_twin *twin = r->twin;
    const sg_link *link = &twin->network->layers[l].link;
    const sg_twin_history spikes = {in, r->inputs, t, is_by_time(twin), still};
    if (link->lags.count == 0)
        return weigh(r, l, link, in, n, sg_fixed(0));
    return sg_twin_link_delayed(twin, link, &twin->config->layers[l], sg_twin_at(twin->network, l, &link->groups[0]),
                                &spikes, n, sg_fixed(0));
}

/* The spikes `below` layer l, of a step, with those of the layers before that are added. */
static const sg_dual *add_spikes(run *r, size_t l, const sg_dual *now, const sg_dual *below) {
    const sg_layer *layers = r->twin->network->layers;
    if (!layers[l].added)
        return below;
    for (size_t n = 0; n < layers[l].below; n++)
        r->summed[n] = below[n];
    for (size_t k = 0, first = 0; k < l; first += layers[k++].neurons)
        for (size_t n = 0; (layers[l].added >> k & 1) && n < layers[l].below; n++)
            r->summed[n] = sg_plus(r->summed[n], now[first + n]);
    return r->summed;
}

/* What comes into the link of layer l in step t: the data, the spikes of the layer below, or what they pass as. */
static const sg_dual *incoming(const run *r, size_t s, size_t t, size_t l, const sg_dual *below) {
    const sg_twin *twin = r->twin;
    const sg_layer *layer = &twin->network->layers[l];
    size_t first = 0;
    if (!layer->inlet.is_there && layer->link.lags.count == 0)
        return below;
    for (size_t before = 0; before < l; before++)
        first += twin->network->layers[before].link.inputs;
    sg_dual *passed = r->passed + t * r->inputs + first;
    sg_twin_inlet(twin, layer, &twin->config->layers[l], below, passed,
                  twin->winners + (s * twin->data.steps + t) * r->inputs + first);
    if (!layer->inlet.delays)
        return passed;
    for (size_t i = 0; i < layer->link.inputs; i++)
        r->delayed[first + i] =
            sg_twin_delayed(twin, &twin->config->layers[l], sg_twin_at(twin->network, l, layer->delays) + i,
                            r->passed + first + i, r->inputs, t, &twin->delays[first + i]);
    return r->delayed + first;
}

/* Spikes of a layer, whose first neuron is number `first` of all, in step t, as what holds them constant sees them. */
static const sg_dual *held(const run *r, size_t s, size_t t, size_t first, size_t neurons, sg_dual *out) {
    const double *spikes = r->twin->resets + (s * r->twin->data.steps + t) * r->width + first;
    for (size_t n = 0; n < neurons; n++)
        out[n] = sg_fixed(spikes[n]);
    return out;
}

/* Whether the membranes of layer l get what comes from below as a constant, but for those of the step itself. */
static bool acts_in_step(const sg_twin *twin, size_t l) {
    return twin->plan.gradient == SG_GRADIENT_IN_STEP && l > 0 && twin->network->layers[l].neuron.kind->spiking;
}

/* What layer l gets of the layers below, the one before it beginning at `below`; as constants where they are held. */
static const sg_dual *spikes_below(run *r, size_t s, size_t t, size_t l, size_t below, bool are_held) {
    const sg_dual *now = r->out + (t + 1) * r->width;
    if (l == 0)
        return r->in;
    if (are_held)
        now = held(r, s, t, 0, r->width, r->held_below);
    return add_spikes(r, l, now, now + below);
}

/* What comes back to a layer from the step before. */
static const sg_dual *spikes_back(const run *r, size_t s, size_t t, size_t l, size_t first) {
    if (t > 0 && (r->twin->plan.constant_recurrence || sg_plan_cuts_at(&r->twin->plan, t)))
        return held(r, s, t - 1, first, r->twin->network->layers[l].neurons, r->held_own);
    return r->out + t * r->width + first;
}

/* += what feedback lets the hidden layers' spikes do to output k: nothing but their slopes, so that the gradient is
 * that of a loss. */
static sg_dual add_feedback(const run *r, size_t s, size_t t, size_t k, sg_dual x) {
    const sg_twin *twin = r->twin;
    const sg_dual *now = r->out + (t + 1) * r->width;
    const double *spikes = twin->resets + (s * twin->data.steps + t) * r->width;
    for (size_t l = 0, n = 0; l + 1 < twin->network->layer_count; l++)
        for (size_t m = 0; m < twin->network->layers[l].neurons; m++, n++)
            x = sg_plus(x, sg_scaled(*sg_feedback_at(twin->feedback, l, m, k), sg_minus(now[n], sg_fixed(spikes[n]))));
    return x;
}

/* += what comes to neuron n of layer l by links from earlier layers, of whose neurons `now` has the spikes. */
static sg_dual weigh_skips(const run *r, size_t l, const sg_dual *now, size_t n, sg_dual x) {
    const sg_layer *layers = r->twin->network->layers;
    for (size_t k = 0; k < layers[l].skip_count; k++) {
        size_t first = 0;
        for (size_t before = 0; before < layers[l].skip_from[k]; before++)
            first += layers[before].neurons;
        x = weigh(r, l, &layers[l].skips[k], now + first, n, x);
    }
    return x;
}

/* The weighted input of neuron n of layer l, without its bias. */
static sg_dual weigh_all(run *r, size_t t, size_t l, const sg_dual *in, const sg_dual *now, const sg_dual *back,
                         size_t n, bool are_still) {
    const sg_layer *layer = &r->twin->network->layers[l];
    sg_dual x = weigh_incoming(r, t, l, in, n, are_still);
    if (layer->norm.rows > 0)
        x = sg_twin_normalise(r->twin, &r->norms[l], l, t, n, sg_rounded(&r->rounding, x));
    x = weigh_skips(r, l, now, n, x);
    return back ? weigh(r, l, &layer->recurrent, back, n, x) : x;
}

/* Spikes that do not move. */
static const sg_dual *still(const sg_dual *spikes, size_t count, sg_dual *out) {
    for (size_t i = 0; i < count; i++)
        out[i] = sg_fixed(spikes[i].value);
    return out;
}

/* What comes to each neuron of a layer from below, in r->in_step: that of the same step, which is not held. */
static void weigh_in_step(run *r, size_t s, size_t t, size_t l, size_t first, size_t below) {
    const sg_layer *layer = &r->twin->network->layers[l];
    const sg_dual *in = incoming(r, s, t, l, spikes_below(r, s, t, l, below, false));
    for (size_t n = 0; n < layer->neurons; n++)
        r->in_step[first + n] =
            weigh_skips(r, l, r->out + (t + 1) * r->width, n, weigh(r, l, &layer->link, in, n, sg_fixed(0)));
}

/* How fast an output's membrane goes, before and after what came in the step. */
static void keep_rate(run *r, size_t t, size_t n, const sg_twin_neuron *neuron, double came) {
    const size_t at = t * sg_network_top(r->twin->network)->neurons + n;
    r->rates_of.after[at] = neuron->i.value - neuron->v.value;
    r->rates_of.before[at] = r->rates_of.after[at] - came;
}

/* Step t of layer l, whose first neuron is number `first` of all; below are the `below` first of the layer before. */
static void run_layer(run *r, size_t s, size_t t, size_t l, size_t first, size_t below) {
    sg_twin *twin = r->twin;
    const sg_layer *layer = &twin->network->layers[l];
    bool is_led = twin->plan.feedback && l > 0 && l + 1 == twin->network->layer_count;
    sg_dual *now = r->out + (t + 1) * r->width;
    bool in_step = acts_in_step(twin, l);
    if (in_step)
        weigh_in_step(r, s, t, l, first, below);
    const bool holds = in_step || twin->plan.feedback || twin->plan.constant_inputs;
    const sg_dual *in = incoming(r, s, t, l, spikes_below(r, s, t, l, below, holds)),
                  *seen = holds ? r->held_below : now;
    const sg_dual *back = layer->recurrent.kind ? spikes_back(r, s, t, l, first) : NULL;
    bool by_time = is_by_time(twin), looks_back = layer->link.lags.count > 0;
    for (size_t n = 0; n < layer->neurons; n++) {
        size_t at = (s * twin->data.steps + t) * r->width + first + n;
        sg_dual x = weigh_all(r, t, l, in, seen, back, n, false);
        double moved = x.slope;
        if (by_time)
            x = weigh_all(r, t, l, looks_back ? in : still(in, layer->link.inputs, r->held_below), seen,
                          back ? still(back, layer->neurons, r->held_own) : NULL, n, true);
        moved -= x.slope;
        sg_dual besides = in_step ? sg_minus(r->in_step[first + n],
                                             weigh_skips(r, l, r->held_below, n, weigh_incoming(r, t, l, in, n, false)))
                                  : sg_fixed(0);
        if (is_led)
            x = add_feedback(r, s, t, n, x);
        if (layer->bias)
            x = sg_plus(x, sg_twin_parameter(twin, sg_twin_at(twin->network, l, layer->bias) + n));
        const sg_twin_mode mode = {.smooth = twin->smooth,
                                   .holding = twin->holding,
                                   .constant_refractory = twin->plan.constant_refractory,
                                   .resets = &twin->resets[at],
                                   .resting = &twin->resting[at],
                                   .above = &twin->above[at],
                                   .clearance = twin->clearance,
                                   .rounding = &r->rounding,
                                   .by_time = by_time,
                                   .guard = twin->plan.guard,
                                   .delayed = moved,
                                   .in_step = besides};
        if (sg_plan_cuts_at(&twin->plan, t))
            sg_twin_neuron_cut(&r->neurons[first + n], twin->cut + at * SG_TWIN_STATES, twin->holding);
        now[first + n] = sg_twin_step(&r->neurons[first + n], sg_rounded(&r->rounding, x), &mode);
        twin->out[at] = now[first + n].value;
        if (by_time && l + 1 == twin->network->layer_count)
            keep_rate(r, t, n, &r->neurons[first + n], x.value);
        if (layer->neuron.kind->spiking)
            r->rates[first + n] =
                sg_plus(r->rates[first + n],
                        by_time ? (sg_dual){now[first + n].value, r->neurons[first + n].raised} : now[first + n]);
    }
}

static void make_neurons(run *r) {
    sg_twin *twin = r->twin;
    size_t first = 0;
    for (size_t l = 0; l < twin->network->layer_count; l++) {
        const sg_layer *layer = &twin->network->layers[l];
        for (size_t n = 0; n < layer->neurons; n++) {
            sg_dual raw[SG_NEURON_PARAMS];
            bool has_raw[SG_NEURON_PARAMS];
            for (int param = 0; param < SG_NEURON_PARAMS; param++) {
                has_raw[param] = layer->raw[param] != NULL;
                raw[param] = has_raw[param] ? sg_twin_parameter(twin, sg_twin_at(twin->network, l, layer->raw[param]) +
                                                                          n % layer->raw[param]->columns)
                                            : sg_fixed(0);
                sg_twin_keep_straight(twin->clearance, raw[param].slope, 1);
            }
            r->neurons[first + n] = sg_twin_neuron_make(&twin->config->layers[l], twin->config->dt_ms,
                                                        layer->neuron.spiking.surrogate, raw, has_raw, &r->rounding);
        }
        first += layer->neurons;
    }
}

static void begin_sample(run *r) {
    memset(r->out, 0, r->width * sizeof *r->out);
    for (size_t n = 0; n < r->width; n++)
        sg_twin_neuron_rest(&r->neurons[n]);
}

/* ---------------------------------------------------------------------------------------------------- losses */

static sg_dual read_count(const sg_dual *out, size_t steps, size_t width) {
    sg_dual sum = sg_fixed(0);
    for (size_t t = 0; t < steps; t++)
        sum = sg_plus(sum, out[t * width]);
    return sum;
}

static sg_dual read_mean(const sg_dual *out, size_t steps, size_t width) {
    return sg_scaled(1 / (double)steps, read_count(out, steps, width));
}

static sg_dual read_max(const sg_dual *out, size_t steps, size_t width) {
    sg_dual largest = out[0];
    for (size_t t = 1; t < steps; t++)
        largest = out[t * width].value > largest.value ? out[t * width] : largest;
    return largest;
}

static sg_dual read_last(const sg_dual *out, size_t steps, size_t width) {
    return out[(steps - 1) * width];
}

/* -(sum over t of t s_t prod_{t' < t} (1 - s_t') + T prod (1 - s_t)) */
static sg_dual read_first(const sg_dual *out, size_t steps, size_t width) {
    sg_dual none = sg_fixed(1), sum = sg_fixed(0);
    for (size_t t = 0; t < steps; t++) {
        sum = sg_plus(sum, sg_scaled((double)t, sg_times(none, out[t * width])));
        none = sg_times(none, sg_minus(sg_fixed(1), out[t * width]));
    }
    return sg_scaled(-1, sg_plus(sum, sg_scaled((double)steps, none)));
}

/* By its time. */
static sg_dual read_first_time(const sg_dual *out, size_t steps, size_t width) {
    for (size_t t = 0; t < steps; t++)
        if (out[t * width].value > 0)
            return (sg_dual){-(double)t, -out[t * width].slope};
    return sg_fixed(-(double)steps);
}

static sg_dual read_weighted(const sg_dual *out, size_t steps, size_t width) {
    sg_dual sum = sg_fixed(0);
    for (size_t t = 0; t < steps; t++)
        sum = sg_plus(sum, sg_scaled(sg_exp(steps > 1 ? -(double)t / (double)(steps - 1) : 0), out[t * width]));
    return sg_scaled(1 / (double)steps, sum);
}

static sg_dual (*const readers[])(const sg_dual *out, size_t steps, size_t width) = {
    [SG_READOUT_COUNT] = read_count, [SG_READOUT_MEAN] = read_mean,   [SG_READOUT_MAX] = read_max,
    [SG_READOUT_LAST] = read_last,   [SG_READOUT_FIRST] = read_first, [SG_READOUT_WEIGHTED] = read_weighted,
    [SG_READOUT_TRAIN] = read_count,
};

static sg_dual squared_error(const run *r, const sg_dual *values, size_t outputs, const sg_twin_goal *goal) {
    sg_dual sum = sg_fixed(0);
    for (size_t n = 0; n < outputs; n++) {
        sg_dual d =
            sg_minus(values[n], sg_fixed(n == goal->label ? r->twin->learn->true_count : r->twin->learn->false_count));
        sum = sg_plus(sum, sg_times(d, d));
    }
    return sg_scaled(1 / (double)outputs, sum);
}

static sg_dual cross_entropy(const run *r, const sg_dual *values, size_t outputs, const sg_twin_goal *goal) {
    const sg_learn_config *learn = r->twin->learn;
    double largest = -INFINITY, smooth = learn->label_smoothing;
    sg_dual total = sg_fixed(0), loss = sg_fixed(0);
    for (size_t n = 0; n < outputs; n++)
        largest = fmax(largest, learn->loss_scale * values[n].value);
    for (size_t n = 0; n < outputs; n++) {
        sg_dual z = sg_minus(sg_scaled(learn->loss_scale, values[n]), sg_fixed(largest));
        sg_twin_keep_straight(r->twin->clearance, z.slope, 1);
        double target = smooth / (double)outputs + (n == goal->label ? 1 - smooth : 0);
        total = sg_plus(total, sg_dual_exp(z));
        target += n == goal->label ? r->twin->rounding.half : -r->twin->rounding.half;
        loss = sg_minus(loss, sg_scaled(target, z));
    }
    return sg_plus(loss, sg_dual_log(total));
}

/* A maximum has a corner, too: where another step ties for it. */
static void keep_apart(const run *r, const sg_dual *out, sg_dual largest) {
    for (size_t t = 0; t < r->twin->data.steps; t++) {
        sg_dual behind = sg_minus(largest, out[t * r->width]);
        sg_twin_keep_off(r->twin->clearance, behind.value, behind.slope,
                         fabs(largest.value) + fabs(out[t * r->width].value));
    }
}

static sg_dual number_error(const run *r, const sg_dual *values, size_t outputs, const sg_twin_goal *goal) {
    sg_dual sum = sg_fixed(0);
    for (size_t n = 0; n < outputs; n++) {
        const double wanted = sg_twin_number(r->twin, goal, n);
        const sg_dual miss = sg_minus(values[n], sg_fixed(wanted));
        sum = isnan(wanted) ? sum : sg_plus(sum, sg_scaled(0.5, sg_times(miss, miss)));
    }
    return sum;
}

/* - target ln p - (1 - target) ln(1 - p), p = 1 / (1 + exp(-z)) */
static sg_dual binary_entropy(const run *r, const sg_dual *values, size_t outputs, const sg_twin_goal *goal) {
    sg_dual sum = sg_fixed(0);
    for (size_t n = 0; n < outputs; n++) {
        const double wanted = sg_twin_number(r->twin, goal, n);
        const sg_dual z = sg_scaled(r->twin->learn->loss_scale, values[n]);
        const sg_dual away = sg_scaled(z.value > 0 ? -1 : 1, z), one = sg_fixed(1);
        if (isnan(wanted))
            continue;
        sg_twin_keep_straight(r->twin->clearance, z.slope, 1);
        sum = sg_plus(sum, sg_dual_log(sg_plus(one, sg_dual_exp(away))));
        sum = sg_minus(sum, sg_scaled(wanted - (z.value > 0), z));
    }
    return sum;
}

/* 1 - v.y / (|v| |y|) over the outputs that have a target; 1 where either is 0. */
static sg_dual cosine(const run *r, const sg_dual *values, size_t outputs, const sg_twin_goal *goal) {
    sg_dual vv = sg_fixed(0), vy = sg_fixed(0);
    double yy = 0;
    for (size_t n = 0; n < outputs; n++) {
        const double wanted = sg_twin_number(r->twin, goal, n);
        if (isnan(wanted))
            continue;
        vv = sg_plus(vv, sg_times(values[n], values[n]));
        vy = sg_plus(vy, sg_scaled(wanted, values[n]));
        yy += wanted * wanted;
    }
    if (!(vv.value > 0 && yy > 0))
        return sg_fixed(1);
    for (size_t n = 0; n < outputs; n++)
        sg_twin_keep_straight(r->twin->clearance, values[n].slope, sqrt(vv.value));
    return sg_minus(sg_fixed(1), sg_dual_over(vy, sg_scaled(sqrt(yy), sg_dual_sqrt(vv))));
}

static const struct {
    sg_criterion *of; /* of the kernels */
    sg_dual (*twin)(const run *r, const sg_dual *values, size_t outputs, const sg_twin_goal *goal);
} criteria[] = {{sg_squared_error, squared_error},
                {sg_cross_entropy, cross_entropy},
                {sg_number_error, number_error},
                {sg_binary_entropy, binary_entropy},
                {sg_cosine, cosine}};

static sg_dual criterion_of(const run *r, const sg_dual *values, size_t outputs, const sg_twin_goal *goal) {
    size_t i = 0;
    while (criteria[i].of != sg_loss_at(r->twin->learn->loss)->criterion)
        i++;
    return criteria[i].twin(r, values, outputs, goal);
}

/* What the criterion says of the local read-outs in step t: of each hidden layer, its spikes times its matrix. */
static sg_dual local_losses(run *r, size_t t, size_t outputs, const sg_twin_goal *goal) {
    const sg_twin *twin = r->twin;
    const sg_dual *spikes = r->out + (t + 1) * r->width;
    sg_dual values[SG_MAX_CLASSES], sum = sg_fixed(0);
    for (size_t l = 0; l + 1 < twin->network->layer_count; spikes += twin->network->layers[l++].neurons) {
        for (size_t k = 0; k < outputs; k++) {
            values[k] = sg_fixed(0);
            for (size_t m = 0; m < twin->network->layers[l].neurons; m++)
                values[k] = sg_plus(values[k], sg_scaled(*sg_feedback_at(twin->feedback, l, m, k), spikes[m]));
            values[k] = sg_rounded(&r->rounding, values[k]);
        }
        sum = sg_plus(sum, criterion_of(r, values, outputs, goal));
    }
    return sum;
}

/* The mean over the steps that have a goal of what a criterion says of each. */
static sg_dual loss_of_steps(run *r, size_t s, size_t outputs) {
    sg_dual sum = sg_fixed(0);
    size_t count = 0;
    for (size_t t = 0; t < r->twin->data.steps; t++) {
        const sg_twin_goal goal = sg_twin_goal_of(r->twin, s, t, outputs);
        if (!goal.is_there)
            continue;
        sum = sg_plus(sum, criterion_of(r, r->out + (t + 2) * r->width - outputs, outputs, &goal));
        if (r->twin->plan.local > 0)
            sum = sg_plus(sum, local_losses(r, t, outputs, &goal));
        count++;
    }
    return count > 0 ? sg_scaled(1 / (double)count, sum) : sum;
}

/* The maximum of an output, which by time moves with the spike that ends it. */
static sg_dual add_kink(const run *r, const sg_dual *out, size_t n, sg_dual largest) {
    const sg_twin *twin = r->twin;
    const size_t last = twin->network->layer_count - 1, outputs = twin->network->layers[last].neurons;
    size_t t = 0;
    while (out[t * r->width].value < largest.value)
        t++;
    if (last > 0)
        largest.slope += sg_twin_kink(twin, &r->rates_of,
                                      r->out + (t + 2) * r->width - outputs - twin->network->layers[last].below, n, t);
    return largest;
}

/* early (exp(t / early_tau) - 1), t the time of a first spike, whose step is minus this. */
static sg_dual penalty_of_late(const run *r, sg_dual value) {
    const sg_learn_config *learn = r->twin->learn;
    const sg_dual time = sg_scaled(-r->twin->config->dt_ms / learn->early_tau, value);
    sg_twin_keep_straight(r->twin->clearance, time.slope, 1);
    return learn->early > 0 ? sg_scaled(learn->early, sg_minus(sg_dual_exp(time), sg_fixed(1))) : sg_fixed(0);
}

static sg_dual loss_of(run *r, size_t s) {
    const sg_twin *twin = r->twin;
    const sg_loss_kind *kind = sg_loss_at(twin->learn->loss);
    size_t outputs = twin->network->layers[twin->network->layer_count - 1].neurons;
    const sg_twin_goal goal = sg_twin_goal_of(twin, s, 0, outputs);
    sg_dual values[SG_MAX_CLASSES];
    if (kind->trains)
        return sg_twin_trains(twin, &(sg_twin_outputs){r->out + 2 * r->width - outputs, r->width, outputs, s},
                              &r->rounding);
    if (kind->readout == SG_READOUT_STEPS)
        return loss_of_steps(r, s, outputs);
    for (size_t n = 0; n < outputs; n++) {
        const sg_dual *out = r->out + 2 * r->width - outputs + n;
        bool by_time = is_by_time(twin);
        values[n] = by_time && kind->readout == SG_READOUT_FIRST
                        ? read_first_time(out, twin->data.steps, r->width)
                        : readers[kind->readout](out, twin->data.steps, r->width);
        if (kind->readout == SG_READOUT_MAX)
            keep_apart(r, out, values[n]);
        if (kind->readout == SG_READOUT_MAX && by_time && twin->plan.kinks)
            values[n] = add_kink(r, out, n, values[n]);
    }
    if (!goal.is_there)
        return sg_fixed(0);
    const sg_dual loss = criterion_of(r, values, outputs, &goal);
    return kind->readout == SG_READOUT_FIRST ? sg_plus(loss, penalty_of_late(r, values[goal.label])) : loss;
}

/* c max(0, over)^2, whose slope has a corner; `over` is in spikes. */
static sg_dual price(const run *r, double c, sg_dual over) {
    if (c > 0)
        sg_twin_keep_off(r->twin->clearance, fabs(over.value), over.slope, 1);
    return over.value > 0 ? sg_scaled(c, sg_times(over, over)) : sg_fixed(0);
}

static sg_dual rates_price(const run *r) {
    const sg_twin *twin = r->twin;
    const sg_learn_config *learn = twin->learn;
    sg_dual total = sg_fixed(0);
    const sg_dual *rate = r->rates;
    for (size_t l = 0; l + 1 < twin->network->layer_count; l++) {
        size_t neurons = twin->network->layers[l].neurons;
        for (size_t n = 0; n < neurons; n++, rate++) {
            sg_dual mean = sg_scaled(1 / (double)twin->data.samples, *rate);
            sg_dual above = price(r, learn->upper, sg_minus(mean, sg_fixed(learn->upper_rate)));
            sg_dual below = price(r, learn->lower, sg_minus(sg_fixed(learn->lower_rate), mean));
            total = sg_plus(total, sg_scaled(1 / (double)neurons, sg_plus(above, below)));
        }
    }
    return total;
}

static sg_dual run_samples(run *r) {
    const sg_twin *twin = r->twin;
    sg_dual sum = sg_fixed(0);
    make_neurons(r);
    memset(r->rates, 0, r->width * sizeof *r->rates);
    if (twin->clearance)
        *twin->clearance = (sg_twin_clearance){INFINITY, INFINITY, INFINITY};
    for (size_t s = 0; s < twin->data.samples; s++) {
        begin_sample(r);
        for (size_t t = 0; t < twin->data.steps; t++) {
            read_input(r, s, t);
            for (size_t l = 0, first = 0, below = 0; l < twin->network->layer_count; l++) {
                run_layer(r, s, t, l, first, below);
                below = first;
                first += twin->network->layers[l].neurons;
            }
        }
        sum = sg_plus(sum, loss_of(r, s));
    }
    return sg_plus(sg_scaled(1 / (double)twin->data.samples, sum), rates_price(r));
}

/* Each run finds mean and variance of one normalised layer more, from the lowest on: what came into it was right. */
static sg_dual run_all(run *r) {
    sg_dual loss = run_samples(r);
    for (size_t part = 1; part < sg_part_count(r->twin->network); part++) {
        for (size_t l = 0; l < r->twin->network->layer_count; l++)
            sg_twin_norm_take(&r->norms[l]);
        loss = run_samples(r);
    }
    return loss;
}

static bool open_norms(run *r) {
    bool there = true;
    for (size_t l = 0; l < r->twin->network->layer_count; l++)
        there = sg_twin_norm_open(&r->norms[l], &r->twin->network->layers[l].norm) && there;
    return there;
}

sg_status sg_twin_run(sg_twin *twin, sg_dual *loss) {
    run r = {.twin = twin,
             .width = sg_twin_neurons(twin->network),
             .inputs = sg_twin_inputs(twin->network),
             .rounding = twin->rounding};
    r.neurons = sg_array(r.width, sizeof *r.neurons);
    r.in = sg_array(twin->data.inputs, sizeof *r.in);
    r.summed = sg_array(r.width, sizeof *r.summed);
    r.passed = sg_array(twin->data.steps * r.inputs, sizeof *r.passed);
    r.delayed = sg_array(r.inputs, sizeof *r.delayed);
    r.out = sg_array((twin->data.steps + 1) * r.width, sizeof *r.out);
    r.rates = sg_array(r.width, sizeof *r.rates);
    r.held_below = sg_array(r.width + r.inputs, sizeof *r.held_below);
    r.in_step = sg_array(r.width, sizeof *r.in_step);
    r.held_own = sg_array(r.width, sizeof *r.held_own);
    r.rates_of.before = sg_array(twin->data.steps * r.width, sizeof(double));
    r.rates_of.after = sg_array(twin->data.steps * r.width, sizeof(double));
    bool ready = open_norms(&r) && r.neurons && r.in && r.summed && r.passed && r.delayed && r.out && r.rates &&
                 r.held_below && r.held_own && r.in_step && r.rates_of.before && r.rates_of.after;
    if (ready)
        *loss = run_all(&r);
    free(r.neurons);
    free(r.in);
    free(r.summed);
    free(r.passed);
    free(r.delayed);
    free(r.out);
    free(r.rates);
    free(r.held_below);
    free(r.held_own);
    free(r.in_step);
    free(r.rates_of.before);
    free(r.rates_of.after);
    for (size_t l = 0; l < twin->network->layer_count; l++)
        sg_twin_norm_close(&r.norms[l]);
    return ready ? SG_OK : SG_MEMORY;
}
