/* e-prop (Bellec and colleagues 2019, 2020), in its backward form (docs/maths.md): backpropagation through time in
 * which the spikes that come back to a layer are constant. What is left of time is within each neuron, so that the same
 * sums may be taken forward, as eligibility traces times learning signals: the numbers are equal. */
#include "learn/loss.h"
#include "learn/rule.h"
#include "net/neuron.h"
#include "net/neuron_param.h"

static sg_backward_plan plan(const sg_learn_config *config) {
    return (sg_backward_plan){.gradient = SG_GRADIENT_SURROGATE,
                              .constant_recurrence = true,
                              .feedback = config->eprop_feedback != SG_EPROP_SYMMETRIC,
                              .online = config->eprop_form == SG_EPROP_ONLINE ? (size_t)config->eprop_chunk : 0};
}

static bool trains_feedback(const sg_learn_config *config) {
    return config->eprop_feedback == SG_EPROP_ADAPTIVE;
}

/* The weights whose steps feedback takes have to be as many as its own. */
static sg_status check_adaptive(const sg_network_config *network) {
    const sg_layer_config *last = &network->layers[network->layer_count - 1];
    if (network->layer_count != 2)
        return sg_fail(
            SG_CONFIG,
            "eprop.feedback: adaptive is defined for one hidden layer, whose feedback takes the steps of the "
            "read-out's weights, but there are %zu: use random",
            network->layer_count - 1);
    if (sg_link_at(last->link) != &sg_link_dense || last->pool != SG_POOL_NONE)
        return sg_fail(SG_CONFIG, "eprop.feedback: adaptive needs a weight from each hidden neuron to each output: use "
                                  "layers.1.link.kind dense without a pool, or random");
    return SG_OK;
}

/* An error that is known in its own step, or is the same number times a part of each step. */
static sg_status check_online_loss(const sg_learn_config *config) {
    const sg_loss_kind *loss = sg_loss_at(config->loss);
    if (sg_readout_has_rows(loss->readout) || sg_readout_is_linear(loss->readout))
        return SG_OK;
    return sg_fail(SG_CONFIG,
                   "eprop.form: online needs an error that is known as steps come in, but that of loss.kind '%s' "
                   "depends on which steps are still to come: use step_ce, mean_ce, weighted_ce or last_ce, or "
                   "eprop.form: backward",
                   loss->head.name);
}

/* An error takes the same way back through the states of all outputs. They have no pool, as no layer below is a map. */
static sg_status check_online_outputs(size_t l, const sg_layer_config *last) {
    for (int param = 0; param < SG_NEURON_PARAMS; param++)
        if (sg_layer_has_raw(last, (sg_neuron_param)param))
            return sg_fail(
                SG_CONFIG,
                "layers.%zu.neuron: eprop.form: online needs outputs that are alike, but %s is trained or "
                "differs: leave out neuron.train, neuron.spread, neuron.own and neuron.file, or use eprop.form: "
                "backward",
                l, sg_neuron_param_name((sg_neuron_param)param));
    return SG_OK;
}

static sg_status check_online(const sg_learn_config *config, const sg_network_config *network) {
    const size_t last = network->layer_count - 1;
    SG_TRY(check_online_loss(config));
    SG_TRY(sg_rule_check_traces(network, "eprop.form: online", "eprop.form: backward"));
    return check_online_outputs(last, &network->layers[last]);
}

/* Of several hidden layers the lower ones have no read-out, whose weights could carry the error to them. */
static sg_status check(const sg_learn_config *config, const sg_network_config *network) {
    if (network->layer_count > 2 && config->eprop_feedback == SG_EPROP_SYMMETRIC)
        return sg_fail(SG_CONFIG,
                       "eprop.feedback: symmetric is defined for one hidden layer, which the read-out's weights reach, "
                       "but there are %zu: use random",
                       network->layer_count - 1);
    if (trains_feedback(config))
        SG_TRY(check_adaptive(network));
    if (config->eprop_form == SG_EPROP_ONLINE)
        SG_TRY(check_online(config, network));
    for (size_t l = 0; l < network->layer_count; l++)
        if (sg_neuron_at(network->layers[l].neuron)->spiking && network->layers[l].reset_gradient)
            return sg_fail(SG_CONFIG,
                           "layers.%zu.neuron.reset_gradient: rule eprop holds the reset constant: use false, or rule "
                           "bptt",
                           l);
    return SG_OK;
}

static const char *const variants[] = {"eprop.feedback=symmetric", "eprop.form=online", "eprop.feedback=random",
                                       "eprop.feedback=adaptive", NULL};

const sg_rule_kind sg_rule_eprop = {
    .head = {"eprop", "e-prop: as bptt, but spikes that come back to a layer are held constant"},
    .plan = plan,
    .variants = variants,
    .trains_feedback = trains_feedback,
    .check = check,
};
