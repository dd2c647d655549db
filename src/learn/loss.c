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

SG_KINDS_DEFINE(sg_loss, sg_loss_kind, &spike_count_mse, &count_ce, &mean_ce, &weighted_ce, &max_ce, &last_ce, &ttfs_ce)

uint32_t sg_largest_output(const double *values, size_t outputs) {
    uint32_t best = 0;
    for (uint32_t n = 1; n < outputs; n++)
        if (values[n] > values[best])
            best = n;
    return best;
}
