#include "net/neuron.h"

static const sg_neuron_kind *const table[] = {
    &sg_neuron_cuba_lif,
};

enum { COUNT = sizeof table / sizeof *table };

const char *sg_neuron_name(int i) {
    return i >= 0 && i < COUNT ? table[i]->name : NULL;
}

const sg_neuron_kind *sg_neuron_at(int i) {
    return table[i];
}
