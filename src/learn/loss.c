#include "learn/loss.h"

#include <string.h>

static const sg_loss_kind spike_count_mse = {
    .head = {"spike_count_mse", "mean over outputs of (spike count - wanted count) squared"},
    .readout = SG_READOUT_COUNT,
    .criterion = sg_squared_error,
    .metric = &sg_metric_accuracy,
};
static const sg_loss_kind count_ce = {
    .head = {"count_ce", "softmax cross-entropy of the spike counts"},
    .readout = SG_READOUT_COUNT,
    .criterion = sg_cross_entropy,
    .metric = &sg_metric_accuracy,
};
static const sg_loss_kind mean_ce = {
    .head = {"mean_ce", "softmax cross-entropy of the mean membrane of a read-out"},
    .readout = SG_READOUT_MEAN,
    .criterion = sg_cross_entropy,
    .metric = &sg_metric_accuracy,
};
static const sg_loss_kind weighted_ce = {
    .head = {"weighted_ce", "as mean_ce, but steps count less and less, exp(-t / T): the last 1 / e of the first"},
    .readout = SG_READOUT_WEIGHTED,
    .criterion = sg_cross_entropy,
    .metric = &sg_metric_accuracy,
};
static const sg_loss_kind max_ce = {
    .head = {"max_ce", "softmax cross-entropy of the highest membrane of a read-out"},
    .readout = SG_READOUT_MAX,
    .criterion = sg_cross_entropy,
    .metric = &sg_metric_accuracy,
};
static const sg_loss_kind last_ce = {
    .head = {"last_ce", "softmax cross-entropy of the membrane of a read-out in the last step"},
    .readout = SG_READOUT_LAST,
    .criterion = sg_cross_entropy,
    .metric = &sg_metric_accuracy,
};
static const sg_loss_kind ttfs_ce = {
    .head = {"ttfs_ce", "softmax cross-entropy of minus the step of the first spike"},
    .readout = SG_READOUT_FIRST,
    .criterion = sg_cross_entropy,
    .metric = &sg_metric_accuracy,
};
static const sg_loss_kind step_ce = {
    .head = {"step_ce", "softmax cross-entropy of the membrane of a read-out in each step, mean over steps"},
    .readout = SG_READOUT_STEPS,
    .criterion = sg_cross_entropy,
    .goal = SG_GOAL_CLASSES,
    .metric = &sg_metric_accuracy,
};
static const sg_loss_kind step_mse = {
    .head = {"step_mse", "half the squares of the membrane less the number that the data have for it, mean over steps"},
    .readout = SG_READOUT_STEPS,
    .criterion = sg_number_error,
    .goal = SG_GOAL_NUMBERS,
    .metric = &sg_metric_mse,
};
static const sg_loss_kind mean_mse = {
    .head = {"mean_mse", "half the squares of the mean membrane less the number that the data have for the sample"},
    .readout = SG_READOUT_MEAN,
    .criterion = sg_number_error,
    .goal = SG_GOAL_CONSTANT,
    .metric = &sg_metric_mse,
};
static const sg_loss_kind last_mse = {
    .head = {"last_mse", "the same of the membrane in the last step"},
    .readout = SG_READOUT_LAST,
    .criterion = sg_number_error,
    .goal = SG_GOAL_CONSTANT,
    .metric = &sg_metric_mse,
};
static const sg_loss_kind step_bce = {
    .head = {"step_bce", "sigmoid cross-entropy of the membrane of each output in each step, mean over steps"},
    .readout = SG_READOUT_STEPS,
    .criterion = sg_binary_entropy,
    .goal = SG_GOAL_SHARES,
    .metric = &sg_metric_bits,
};
static const sg_loss_kind mean_bce = {
    .head = {"mean_bce", "sigmoid cross-entropy of the mean membrane of each output: several classes a sample"},
    .readout = SG_READOUT_MEAN,
    .criterion = sg_binary_entropy,
    .goal = SG_GOAL_CONSTANT_SHARES,
    .metric = &sg_metric_bits,
};
static const sg_loss_kind cosine = {
    .head = {"cosine", "1 - the cosine between the mean membranes and the numbers that the data have for the sample"},
    .readout = SG_READOUT_MEAN,
    .criterion = sg_cosine,
    .goal = SG_GOAL_DIRECTION,
    .metric = &sg_metric_cosine,
};

static const sg_loss_kind spike_time = {
    .head = {"spike_time", "distance of spike trains from those that the data have for them (SLAYER, van Rossum)"},
    .readout = SG_READOUT_TRAIN,
    .trains = sg_spike_time,
    .goal = SG_GOAL_TRAINS,
    .metric = &sg_metric_spikes,
};
static const sg_loss_kind spike_count = {
    .head = {"spike_count", "SLAYER's error of the spike counts within a region of time, and of spikes elsewhere"},
    .readout = SG_READOUT_TRAIN,
    .trains = sg_region_count,
    .metric = &sg_metric_accuracy,
};

SG_KINDS_DEFINE(sg_loss, sg_loss_kind, &spike_count_mse, &count_ce, &mean_ce, &weighted_ce, &max_ce, &last_ce, &ttfs_ce,
                &step_ce, &step_mse, &mean_mse, &last_mse, &step_bce, &mean_bce, &cosine, &spike_time, &spike_count)

/* The target of a sample, or none. */
static sg_spike_list target_of(const sg_events *events, size_t sample) {
    const sg_events *target = events->target;
    if (!target)
        return (sg_spike_list){0};
    size_t first = (size_t)target->first[sample];
    return (sg_spike_list){target->step + first, target->channel + first, (size_t)target->first[sample + 1] - first, 0};
}

static double apply_trains(const sg_loss_kind *loss, const sg_learn_config *config, const sg_network *network,
                           const sg_events *events, size_t sample, double scale, bool backward, sg_workspace *workspace,
                           sg_score *score) {
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
    if (score && loss->metric->trains)
        loss->metric->trains(&trains, score);
    return loss->trains(config, &trains, scale, backward ? buffers->g : NULL);
}

double sg_loss_of_values(const sg_learn_config *config, double dt_ms, const double *values, size_t outputs,
                         const sg_goal *goal, double *by_values) {
    const sg_loss_kind *loss = sg_loss_at(config->loss);
    double slope, sum = loss->criterion(config, values, outputs, goal, by_values);
    if (loss->readout != SG_READOUT_FIRST || config->early == 0)
        return sum;
    sum += sg_late_penalty(config, dt_ms, -values[goal->label], &slope); /* minus the step of the first spike */
    if (by_values)
        by_values[goal->label] -= slope;
    return sum;
}

/* dL/dnumbers of the local read-outs in one step, in the place of their numbers: of the same loss, times `scale`; 0
 * where the step has no goal (NULL). */
static void apply_locally(const sg_learn_config *config, const sg_network *network, sg_workspace *workspace, size_t row,
                          const sg_goal *goal, double scale) {
    const size_t outputs = sg_network_top(network)->neurons;
    double values[SG_MAX_CLASSES], by_values[SG_MAX_CLASSES] = {0};
    for (size_t l = 0; l + 1 < network->layer_count; l++) {
        for (size_t n = 0; n < outputs; n++)
            values[n] = *sg_local_at(network, workspace, l, row, n);
        if (goal)
            sg_loss_at(config->loss)->criterion(config, values, outputs, goal, by_values);
        for (size_t n = 0; n < outputs; n++)
            *sg_local_at(network, workspace, l, row, n) = (float)(by_values[n] * scale);
    }
}

/* Of one row, whose gradient is to be that of a mean over `rows` rows, times `scale`. */
static double apply_row(const sg_learn_config *config, const sg_network *network, sg_workspace *workspace, size_t row,
                        const sg_goal *goal, double scale, size_t rows, double *by_values, sg_score *score) {
    const size_t outputs = sg_network_top(network)->neurons;
    double values[SG_MAX_CLASSES];
    sg_read_row(network, workspace, row, values);
    const double loss =
        sg_loss_of_values(config, sg_network_top(network)->neuron.dt_ms, values, outputs, goal, by_values);
    if (score)
        sg_loss_at(config->loss)->metric->row(values, outputs, goal, score);
    for (size_t n = 0; by_values && n < outputs; n++)
        by_values[n] = by_values[n] / (double)rows * scale;
    return loss;
}

/* Of each row that is there and has a goal; dL/dvalues is then that of the mean over these rows, times `scale`. */
static double apply_criterion(const sg_loss_kind *loss, const sg_learn_config *config, const sg_network *network,
                              const sg_events *events, size_t sample, double scale, bool backward,
                              sg_workspace *workspace, sg_score *score) {
    const size_t outputs = sg_network_top(network)->neurons, rows = sg_readout_rows(loss->readout, network->steps);
    const size_t first = workspace->outputs.first_row, end = first + workspace->outputs.rows;
    const size_t count = sg_goals_count(loss->goal, events, sample, rows);
    const bool is_local = backward && workspace->use.plan.local > 0;
    double sum = 0;
    sg_goals goals;
    sg_goals_begin(&goals, loss->goal, events, sample, outputs);
    for (size_t row = first; row < end; row++) {
        double *by_values = backward ? workspace->by_values + (row - first) * outputs : NULL;
        sg_goal goal;
        const bool is_there = sg_goals_take(&goals, row, &goal);
        if (is_there)
            sum += apply_row(config, network, workspace, row, &goal, scale, count, by_values, score);
        else if (backward)
            memset(by_values, 0, outputs * sizeof *by_values);
        if (is_local)
            apply_locally(config, network, workspace, row, is_there ? &goal : NULL, scale / (double)count);
    }
    return count > 0 ? sum / (double)count : 0; /* none of the steps may have one */
}

void sg_loss_apply(const sg_learn_config *config, const sg_network *network, const sg_events *events, size_t sample,
                   double scale, bool backward, sg_workspace *workspace, sg_measure *measure) {
    const sg_loss_kind *loss = sg_loss_at(config->loss);
    sg_score *score = sg_goals_are_labels(loss->goal, events) ? NULL : &measure->score;
    workspace->seeded = false;
    if (!sg_goals_are_there(loss->goal, events, sample, sg_network_top(network)->neurons))
        return;
    measure->loss += loss->trains
                         ? apply_trains(loss, config, network, events, sample, scale, backward, workspace, score)
                         : apply_criterion(loss, config, network, events, sample, scale, backward, workspace, score);
}

void sg_loss_add_prediction(const sg_learn_config *config, const sg_events *events, size_t sample, uint32_t predicted,
                            sg_measure *measure) {
    if (!sg_goals_are_labels(sg_loss_at(config->loss)->goal, events))
        return;
    measure->score.sum += predicted == events->label[sample];
    measure->score.count++;
}
