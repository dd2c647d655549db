#include "learn/learn_config.h"
#include "learn/loss.h"
#include "learn/optimiser.h"
#include "learn/rule.h"
#include "learn/schedule.h"
#include "net/neuron.h"

#include <stdio.h>
#include <string.h>

enum { NAMES = 256 }; /* bytes of a list of kinds in a message */

static void add_name(char names[NAMES], const char *name) {
    size_t used = strlen(names);
    snprintf(names + used, NAMES - used, "%s%s", used ? ", " : "", name);
}

/* "mean_ce, max_ce": the losses that are made of spikes, or those that are not. */
static void list_losses(bool of_spikes, char names[NAMES]) {
    const sg_loss_kind *loss;
    for (int i = 0; (loss = sg_loss_at(i)) != NULL; i++)
        if (sg_readout_spikes(loss->readout) == of_spikes)
            add_name(names, loss->head.name);
}

/* "li, cuba_li": the kinds of neuron that fire, or those that do not. */
static void list_neurons(bool spiking, char names[NAMES]) {
    const sg_neuron_kind *neuron;
    for (int i = 0; (neuron = sg_neuron_at(i)) != NULL; i++)
        if (neuron->spiking == spiking)
            add_name(names, neuron->head.name);
}

/* A loss made of spikes for neurons that never fire, or one on the membrane for those that do. */
static sg_status refuse_pair(const sg_loss_kind *loss, size_t layer, const sg_neuron_kind *neuron) {
    char losses[NAMES] = "", neurons[NAMES] = "";
    list_losses(neuron->spiking, losses);
    list_neurons(!neuron->spiking, neurons);
    return sg_fail(SG_CONFIG,
                   "loss.kind: '%s' %s, but layers.%zu.neuron.kind '%s' %s: use a loss on %s (%s), or neurons that %s "
                   "(%s)",
                   loss->head.name, neuron->spiking ? "needs the membrane of a read-out" : "is made of spikes", layer,
                   neuron->head.name, neuron->spiking ? "fires" : "never fires",
                   neuron->spiking ? "spikes" : "the membrane", losses, neuron->spiking ? "never fire" : "fire",
                   neurons);
}

/* An exponential of the sample's length must leave room for gradients in single precision. */
static sg_status check_early(const sg_learn_config *config, const sg_network_config *network) {
    const double most = 40, sample = (double)network->steps * network->dt_ms;
    if (sg_loss_at(config->loss)->readout != SG_READOUT_FIRST || config->early == 0 ||
        sample <= most * config->early_tau)
        return SG_OK;
    return sg_fail(
        SG_CONFIG,
        "loss.early_tau: %g ms, but a sample lasts %g ms, expected %g ms or more: the penalty of a late spike "
        "would be e^%.0f times loss.early",
        config->early_tau, sample, sample / most, sample / config->early_tau);
}

static sg_status check_region(const sg_learn_config *config, const sg_network_config *network) {
    size_t begin, end, steps = (size_t)network->steps;
    if (sg_loss_at(config->loss)->trains != sg_region_count)
        return SG_OK;
    sg_loss_region(config, network->dt_ms, steps, &begin, &end);
    if (begin < end && end <= steps)
        return SG_OK;
    return sg_fail(
        SG_CONFIG,
        "loss.region_%s: the region is %g to %g ms of a sample of %g ms, expected one step or more within it: "
        "use other times, or more steps",
        begin < steps ? "end" : "begin", config->region_begin, config->region_end, (double)steps * network->dt_ms);
}

/* Mean and variance are those of all steps of a batch, so that a gradient through them goes back by all of these. What
 * holds spikes below constant, or follows their times, has none that is defined. */
static sg_status check_norms(const sg_learn_config *config, const sg_network_config *network) {
    const sg_backward_plan plan = sg_rule_at(config->rule)->plan(config);
    for (size_t l = 0; l < network->layer_count; l++) {
        const sg_layer_config *layer = &network->layers[l];
        if (layer->norm == SG_NORM_NONE)
            continue;
        if (plan.gradient != SG_GRADIENT_SURROGATE || plan.feedback || plan.constant_inputs || plan.constant_recurrence)
            return sg_fail(SG_CONFIG,
                           "layers.%zu.link.norm: its gradient is not defined for rule %s: use rule bptt or slayer, or "
                           "link.norm none",
                           l, sg_rule_at(config->rule)->head.name);
        if (layer->norm == SG_NORM_BNTT && config->batch == 1 && sg_link_at(layer->link)->forward_layer == NULL)
            return sg_fail(SG_CONFIG,
                           "layers.%zu.link.norm: bntt normalises each step over the batch, but batch is 1, of which "
                           "nothing is left: use a larger batch, or tdbn",
                           l);
    }
    return SG_OK;
}

/* Losses of when outputs fire, one spike in a step. */
static sg_status check_several(const sg_loss_kind *loss, const sg_network_config *network) {
    const size_t last = network->layer_count - 1, most = sg_layer_most_spikes(&network->layers[last]);
    if (most == 1 || (loss->readout != SG_READOUT_FIRST && loss->readout != SG_READOUT_TRAIN))
        return SG_OK;
    return sg_fail(SG_CONFIG,
                   "loss.kind: '%s' is of the times of spikes, but layers.%zu.neuron.max_spikes is %zu: use a loss of "
                   "counts, or max_spikes 1 in the last layer",
                   loss->head.name, last, most);
}

sg_status sg_learn_config_check(const sg_learn_config *config, const sg_network_config *network) {
    size_t last = network->layer_count - 1;
    const sg_neuron_kind *neuron = sg_neuron_at(network->layers[last].neuron);
    const sg_loss_kind *loss = sg_loss_at(config->loss);
    if (network->layers[last].size > SG_MAX_CLASSES)
        return sg_fail(SG_CONFIG, "layers.%zu.size: %lld outputs, expected at most %d", last,
                       (long long)network->layers[last].size, SG_MAX_CLASSES);
    SG_TRY(sg_optimiser_check(config));
    SG_TRY(sg_schedule_check(config));
    SG_TRY(sg_rule_check_config(config, network));
    SG_TRY(check_region(config, network));
    SG_TRY(check_early(config, network));
    SG_TRY(check_norms(config, network));
    SG_TRY(check_several(loss, network));
    if (sg_readout_spikes(loss->readout) == neuron->spiking)
        return SG_OK;
    return refuse_pair(loss, last, neuron);
}
