/* e-prop (Bellec and colleagues 2019, 2020), in its backward form (docs/maths.md): backpropagation through time in
 * which the spikes that come back to a layer are constant. What is left of time is within each neuron, so that the same
 * sums may be taken forward, as eligibility traces times learning signals: the numbers are equal. */
#include "learn/rule.h"

static sg_backward_plan plan(const sg_learn_config *config) {
    return (sg_backward_plan){.gradient = SG_GRADIENT_SURROGATE,
                              .constant_recurrence = true,
                              .feedback = config->eprop_feedback != SG_EPROP_SYMMETRIC};
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

/* Of several hidden layers the lower ones have no read-out, whose weights could carry the error to them. */
static sg_status check(const sg_learn_config *config, const sg_network_config *network) {
    if (network->layer_count > 2 && config->eprop_feedback == SG_EPROP_SYMMETRIC)
        return sg_fail(SG_CONFIG,
                       "eprop.feedback: symmetric is defined for one hidden layer, which the read-out's weights reach, "
                       "but there are %zu: use random",
                       network->layer_count - 1);
    if (trains_feedback(config))
        SG_TRY(check_adaptive(network));
    for (size_t l = 0; l < network->layer_count; l++)
        if (sg_neuron_at(network->layers[l].neuron)->spiking && network->layers[l].reset_gradient)
            return sg_fail(SG_CONFIG,
                           "layers.%zu.neuron.reset_gradient: rule eprop holds the reset constant: use false, or rule "
                           "bptt",
                           l);
    return SG_OK;
}

static const char *const variants[] = {"eprop.feedback=symmetric", "eprop.feedback=random", "eprop.feedback=adaptive",
                                       NULL};

const sg_rule_kind sg_rule_eprop = {
    .head = {"eprop", "e-prop: as bptt, but spikes that come back to a layer are held constant"},
    .plan = plan,
    .variants = variants,
    .trains_feedback = trains_feedback,
    .check = check,
};
