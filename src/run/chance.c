#include "run/chance.h"

#include "learn/loss.h"

#include <math.h>
#include <stdio.h>

enum { HINT = 256 };

/* The share of its first value down to which a loss has hardly fallen. */
static const double HARDLY = 0.95;

/* The accuracy that counts, and the samples that it was measured on. */
typedef struct measured {
    const char *name;
    double accuracy;
    const uint32_t *samples; /* (count) */
    size_t count;
} measured;

static measured measured_of(const sg_outcome *outcome) {
    const sg_position *position = outcome->position;
    sg_data_view view = sg_data_get(outcome->data);
    if (view.validation_count > 0)
        return (measured){"validation",
                          position->history[sg_best_epoch(position, &outcome->config->learn)].validation_metric,
                          view.validation, view.validation_count};
    return (measured){"test", position->history[position->epoch - 1].test_metric, view.test, view.test_count};
}

/* The share of the commonest label. */
static double commonest(const sg_events *events, const measured *m) {
    size_t counts[SG_MAX_CLASSES] = {0}, most = 0;
    for (size_t s = 0; s < m->count; s++) {
        size_t count = ++counts[events->label[m->samples[s]]];
        most = count > most ? count : most;
    }
    return (double)most / (double)m->count;
}

/* A layer whose neurons fire never, or nearly always, passes nothing on. */
static bool hint_at_layer(const sg_outcome *outcome, const sg_epoch *last, size_t l, char text[HINT]) {
    bool saturated = last->rate_hz[l] * outcome->config->network.dt_ms / 1000 > SG_SATURATED;
    if (last->silent[l] == 1)
        snprintf(text, HINT, "no neuron of layers.%zu fires: raise its link.sd or lower its neuron.threshold", l);
    else if (saturated)
        snprintf(text, HINT, "the neurons of layers.%zu fire nearly always: lower its link.sd or optimiser.lr", l);
    return saturated || last->silent[l] == 1;
}

static void find_hint(const sg_outcome *outcome, char text[HINT]) {
    const sg_position *position = outcome->position;
    const sg_epoch *first = &position->history[0], *last = &position->history[position->epoch - 1];
    double lr = outcome->config->learn.lr;
    for (size_t l = 0; l < outcome->network->layer_count; l++)
        if (hint_at_layer(outcome, last, l, text))
            return;
    if (last->gradient_norm == 0)
        snprintf(text, HINT, "the gradient is 0, so that nothing is learned any more: lower optimiser.lr (%g)", lr);
    else if (position->epoch > 1 && last->train_loss > HARDLY * first->train_loss)
        snprintf(text, HINT,
                 "the training loss hardly fell (%.4g at first, now %.4g): lower optimiser.lr (%g), or if that is low "
                 "raise it",
                 first->train_loss, last->train_loss, lr);
    else
        snprintf(text, HINT, "train for more epochs, or try another optimiser.lr (%g) or other initial weights", lr);
}

void sg_warn_of_chance(const sg_outcome *outcome) {
    if (!sg_goals_are_labels(sg_loss_at(outcome->config->learn.loss)->goal, outcome->data->events))
        return; /* of other targets chance has no say */
    const measured m = measured_of(outcome);
    double chance = commonest(outcome->data->events, &m);
    double most = chance + 2 * sqrt(chance * (1 - chance) / (double)m.count);
    char hint[HINT];
    if (most >= 1 || m.accuracy > most) /* of a few samples chance may have all right */
        return;
    find_hint(outcome, hint);
    sg_warn("the %s accuracy, %.4f, is that of chance: to say the commonest class each time is right in %.4f of these "
            "samples; %s",
            m.name, m.accuracy, chance, hint);
}
