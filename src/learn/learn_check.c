#include "learn/learn_config.h"
#include "learn/loss.h"
#include "learn/optimiser.h"
#include "learn/schedule.h"
#include "net/neuron.h"

sg_status sg_learn_config_check(const sg_learn_config *config, const sg_network_config *network) {
    size_t last = network->layer_count - 1;
    const sg_neuron_kind *neuron = sg_neuron_at(network->layers[last].neuron);
    const sg_loss_kind *loss = sg_loss_at(config->loss);
    if (network->layers[last].size > SG_MAX_CLASSES)
        return sg_fail(SG_CONFIG, "layers.%zu.size: %lld outputs, expected at most %d", last,
                       (long long)network->layers[last].size, SG_MAX_CLASSES);
    SG_TRY(sg_optimiser_check(config));
    SG_TRY(sg_schedule_check(config));
    if (sg_readout_spikes(loss->readout) == neuron->spiking)
        return SG_OK;
    if (!neuron->spiking)
        return sg_fail(
            SG_CONFIG,
            "loss.kind: '%s' is made of spikes, but layers.%zu.neuron.kind '%s' never fires: use a loss on the "
            "membrane (mean_ce, max_ce, last_ce), or neurons that fire",
            loss->name, last, neuron->name);
    return sg_fail(
        SG_CONFIG,
        "loss.kind: '%s' needs the membrane of a read-out, but layers.%zu.neuron.kind '%s' fires: use a loss "
        "on spikes (spike_count_mse, count_ce, ttfs_ce), or neuron.kind: li",
        loss->name, last, neuron->name);
}
