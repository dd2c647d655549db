#include "check/twin_kink.h"

#include <math.h>

double sg_twin_kink(const sg_twin *twin, const sg_twin_rates *rates, const sg_dual *spikes, size_t n, size_t t) {
    const size_t last = twin->network->layer_count - 1;
    const sg_layer *layer = &twin->network->layers[last];
    const size_t at = sg_twin_at(twin->network, last, &layer->link.groups[0]);
    const double before = rates->before[t * layer->neurons + n], after = rates->after[t * layer->neurons + n];
    const double tau = twin->config->layers[last].param[SG_PARAM_TAU_MEM] / twin->config->dt_ms;
    double moved = 0, down = 0;
    sg_twin_keep_off(twin->clearance, fabs(after), 0, fabs(before) + fabs(after));
    for (size_t i = 0; i < layer->link.inputs; i++) {
        const double inhibition = fmax(0, -twin->parameters[at + i * layer->neurons + n]);
        if (spikes[i].value > 0) {
            moved += inhibition * spikes[i].slope;
            down += inhibition;
        }
    }
    return before > 0 && after < 0 && down > 0 ? before / tau * moved / down : 0;
}
