#include "learn/optimiser.h"

static const sg_optimiser_kind *const table[] = {
    &sg_optimiser_adam,
    &sg_optimiser_sgd,
};

enum { COUNT = sizeof table / sizeof *table };

const char *sg_optimiser_name(int i) {
    return i >= 0 && i < COUNT ? table[i]->name : NULL;
}

const sg_optimiser_kind *sg_optimiser_at(int i) {
    return table[i];
}

size_t sg_optimiser_arrays(const sg_learn_config *config) {
    size_t count = 0;
    while (table[config->optimiser]->array_name(config, count))
        count++;
    return count;
}
