#include "learn/loss.h"

static const sg_loss_kind spike_count_mse = {
    .head = {"spike_count_mse", "mean over outputs of (spike count - wanted count) squared"},
    .readout = SG_READOUT_COUNT,
    .criterion = sg_squared_error,
};
static const sg_loss_kind count_ce = {
    .head = {"count_ce", "softmax cross-entropy of the spike counts"},
    .readout = SG_READOUT_COUNT,
    .criterion = sg_cross_entropy,
};
static const sg_loss_kind mean_ce = {
    .head = {"mean_ce", "softmax cross-entropy of the mean membrane of a read-out"},
    .readout = SG_READOUT_MEAN,
    .criterion = sg_cross_entropy,
};
static const sg_loss_kind weighted_ce = {
    .head = {"weighted_ce", "as mean_ce, but steps count less and less, exp(-t / T): the last 1 / e of the first"},
    .readout = SG_READOUT_WEIGHTED,
    .criterion = sg_cross_entropy,
};
static const sg_loss_kind max_ce = {
    .head = {"max_ce", "softmax cross-entropy of the highest membrane of a read-out"},
    .readout = SG_READOUT_MAX,
    .criterion = sg_cross_entropy,
};
static const sg_loss_kind last_ce = {
    .head = {"last_ce", "softmax cross-entropy of the membrane of a read-out in the last step"},
    .readout = SG_READOUT_LAST,
    .criterion = sg_cross_entropy,
};
static const sg_loss_kind ttfs_ce = {
    .head = {"ttfs_ce", "softmax cross-entropy of minus the step of the first spike"},
    .readout = SG_READOUT_FIRST,
    .criterion = sg_cross_entropy,
};
static const sg_loss_kind step_ce = {
    .head = {"step_ce", "softmax cross-entropy of the membrane of a read-out in each step, mean over steps"},
    .readout = SG_READOUT_STEPS,
    .criterion = sg_cross_entropy,
};

static const sg_loss_kind spike_time = {
    .head = {"spike_time", "distance of spike trains from those that the data have for them (SLAYER, van Rossum)"},
    .readout = SG_READOUT_TRAIN,
    .trains = sg_spike_time,
    .has_target = true,
};
static const sg_loss_kind spike_count = {
    .head = {"spike_count", "SLAYER's error of the spike counts within a region of time, and of spikes elsewhere"},
    .readout = SG_READOUT_TRAIN,
    .trains = sg_region_count,
};

SG_KINDS_DEFINE(sg_loss, sg_loss_kind, &spike_count_mse, &count_ce, &mean_ce, &weighted_ce, &max_ce, &last_ce, &ttfs_ce,
                &step_ce, &spike_time, &spike_count)

/* The target of a sample, or none. */
static sg_spike_list target_of(const sg_events *events, size_t sample) {
    const sg_events *target = events->target;
    if (!target)
        return (sg_spike_list){0};
    size_t first = (size_t)target->first[sample];
    return (sg_spike_list){target->step + first, target->channel + first, (size_t)target->first[sample + 1] - first, 0};
}

static double apply_trains(const sg_loss_kind *loss, const sg_learn_config *config, const sg_network *network,
                           const sg_events *events, size_t sample, double scale, bool backward,
                           sg_workspace *workspace) {
    const sg_layer *last = sg_network_top(network);
    const sg_layer_buffers *buffers = &workspace->layers[network->layer_count - 1];
    const sg_trains trains = {.spikes = buffers->spikes,
                              .steps = network->steps,
                              .outputs = last->neurons,
                              .stride = last->stride,
                              .dt_ms = last->neuron.dt_ms,
                              .label = events->label[sample],
                              .target = target_of(events, sample)};
    workspace->seeded = backward;
    return loss->trains(config, &trains, scale, backward ? buffers->g : NULL);
}

double sg_loss_of_values(const sg_learn_config *config, double dt_ms, const double *values, size_t outputs,
                         uint32_t label, double *by_values) {
    const sg_loss_kind *loss = sg_loss_at(config->loss);
    double slope, sum = loss->criterion(config, values, outputs, label, by_values);
    if (loss->readout != SG_READOUT_FIRST || config->early == 0)
        return sum;
    sum += sg_late_penalty(config, dt_ms, -values[label], &slope); /* minus the step of the first spike */
    if (by_values)
        by_values[label] -= slope;
    return sum;
}

/* Of each row that is there; dL/dvalues is then that of the mean over the rows, times `scale`. */
static double apply_criterion(const sg_loss_kind *loss, const sg_learn_config *config, const sg_network *network,
                              uint32_t label, double scale, bool backward, sg_workspace *workspace) {
    const size_t outputs = sg_network_top(network)->neurons, rows = sg_readout_rows(loss->readout, network->steps);
    const size_t first = workspace->outputs.first_row, end = first + workspace->outputs.rows;
    const double dt_ms = sg_network_top(network)->neuron.dt_ms;
    double values[SG_MAX_CLASSES], sum = 0;
    for (size_t row = first; row < end; row++) {
        double *by_values = backward ? workspace->by_values + (row - first) * outputs : NULL;
        sg_read_row(network, workspace, row, values);
        sum += sg_loss_of_values(config, dt_ms, values, outputs, label, by_values);
        for (size_t n = 0; backward && n < outputs; n++)
            by_values[n] = by_values[n] / (double)rows * scale;
    }
    return sum / (double)rows;
}

double sg_loss_apply(const sg_learn_config *config, const sg_network *network, const sg_events *events, size_t sample,
                     double scale, bool backward, sg_workspace *workspace) {
    const sg_loss_kind *loss = sg_loss_at(config->loss);
    uint32_t label = events->label[sample];
    workspace->seeded = false;
    if (label == SG_NO_LABEL || (loss->has_target && !events->target))
        return 0;
    return loss->trains ? apply_trains(loss, config, network, events, sample, scale, backward, workspace)
                        : apply_criterion(loss, config, network, label, scale, backward, workspace);
}

uint32_t sg_largest_output(const double *values, size_t outputs) {
    uint32_t best = 0;
    for (uint32_t n = 1; n < outputs; n++)
        if (values[n] > values[best])
            best = n;
    return best;
}
