/* Trains with a loss of your own, in a loop of your own:   ./own_loss
 *
 * The loss is the hinge: every wrong output should be below the label's by a margin of 1. */
#include <stdio.h>
#include <stdlib.h>
#include <surgrad.h>

enum { CLASSES = 4, EPOCHS = 40, MOST = 256 /* samples */ };

static const char yaml[] = "steps: 60\nloss: {kind: max_ce}\noptimiser: {lr: 0.01}\n"
                           "data: {set: patterns, split: shuffled, classes: 4, samples: 60}\n"
                           "layers:\n  - {size: 30}\n  - {size: 4, neuron: {kind: li}}\n";

static void need(sg_status status) {
    if (status == SG_OK)
        return;
    fprintf(stderr, "own_loss: %s\n", sg_error_message());
    exit(1);
}

/* The loss of one sample, and its derivative with respect to each of the outputs (CLASSES). */
static double hinge(const double *outputs, uint32_t label, double *by_outputs) {
    double loss = 0;
    by_outputs[label] = 0;
    for (uint32_t n = 0; n < CLASSES; n++) {
        double short_of = 1 + outputs[n] - outputs[label];
        if (n == label)
            continue;
        by_outputs[n] = short_of > 0;
        by_outputs[label] -= by_outputs[n];
        loss += short_of > 0 ? short_of : 0;
    }
    return loss;
}

/* One step on all training samples; returns their mean loss. */
static double step(sg_trainer *trainer, sg_data_view part, size_t *correct) {
    static double outputs[MOST * CLASSES], by_outputs[MOST * CLASSES];
    sg_batch_result batch = SG_SIZED(sg_batch_result);
    const uint32_t *label = sg_events_get(part.events).label;
    double loss = 0;
    need(sg_trainer_forward(trainer, part.events, part.train, part.train_count, outputs, &batch));
    for (size_t s = 0; s < part.train_count; s++)
        loss += hinge(outputs + s * CLASSES, label[part.train[s]], by_outputs + s * CLASSES);
    /* backward takes the derivative of the loss that is minimised, here of the mean. */
    for (size_t j = 0; j < part.train_count * CLASSES; j++)
        by_outputs[j] /= (double)part.train_count;
    need(sg_trainer_backward(trainer, part.events, part.train, part.train_count, by_outputs, &batch));
    need(sg_trainer_apply(trainer, NULL));
    *correct = batch.correct;
    return loss / (double)part.train_count;
}

int main(void) {
    sg_config *config;
    sg_data *data;
    sg_network *network;
    sg_trainer *trainer;
    sg_evaluation test = SG_SIZED(sg_evaluation);
    need(sg_config_parse("own_loss", yaml, sizeof yaml - 1, &config));
    need(sg_data_open(config, &data));
    sg_data_view part = sg_data_get(data);
    need(sg_network_create(config, sg_events_get(part.events).channels, &network));
    need(sg_trainer_create(network, config, 0, &trainer));
    for (int epoch = 1; epoch <= EPOCHS; epoch++) {
        size_t correct;
        double loss = step(trainer, part, &correct);
        if (epoch == 1 || epoch % 10 == 0)
            printf("epoch %d: hinge loss %.4f, %zu of %zu right\n", epoch, loss, correct, part.train_count);
    }
    need(sg_evaluate(network, config, part.events, part.test, part.test_count, 0, &test, NULL, NULL));
    printf("test accuracy %.3f\n", test.accuracy);
    sg_trainer_free(trainer);
    sg_network_free(network);
    sg_data_free(data);
    sg_config_free(config);
    return 0;
}
