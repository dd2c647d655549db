#include "learn/loss.h"

static const sg_loss_kind table[] = {
    {"spike_count_mse", SG_READOUT_COUNT, sg_squared_error}, {"count_ce", SG_READOUT_COUNT, sg_cross_entropy},
    {"mean_ce", SG_READOUT_MEAN, sg_cross_entropy},          {"max_ce", SG_READOUT_MAX, sg_cross_entropy},
    {"last_ce", SG_READOUT_LAST, sg_cross_entropy},          {"ttfs_ce", SG_READOUT_FIRST, sg_cross_entropy},
};

enum { COUNT = sizeof table / sizeof *table };

const char *sg_loss_name(int i) {
    return i >= 0 && i < COUNT ? table[i].name : NULL;
}

const sg_loss_kind *sg_loss_at(int i) {
    return &table[i];
}

uint32_t sg_largest_output(const double *values, size_t outputs) {
    uint32_t best = 0;
    for (uint32_t n = 1; n < outputs; n++)
        if (values[n] > values[best])
            best = n;
    return best;
}
