#include "net/neuron.h"

#include "base/exact.h"

static const sg_neuron_kind *const table[] = {
    &sg_neuron_cuba_lif,
    &sg_neuron_li,
};

enum { COUNT = sizeof table / sizeof *table };

const char *sg_neuron_name(int i) {
    return i >= 0 && i < COUNT ? table[i]->name : NULL;
}

const sg_neuron_kind *sg_neuron_at(int i) {
    return table[i];
}

double sg_decay(int integration, double dt_ms, double tau_ms) {
    return integration == SG_INTEGRATE_EULER ? 1 - dt_ms / tau_ms : sg_exp(-dt_ms / tau_ms);
}
