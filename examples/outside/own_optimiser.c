/* Trains with an optimiser of your own: surgrad gives the gradient, you move the parameters:   ./own_optimiser
 *
 * The optimiser is sign descent with momentum (Signum): every parameter moves by `lr` against the sign of the running
 * mean of its gradient. If you only want to change a gradient before a built-in optimiser takes it (clip it, add noise,
 * add those of other processes), call sg_trainer_set_gradient_of and then sg_trainer_apply. */
#include <stdio.h>
#include <stdlib.h>
#include <surgrad.h>

enum { EPOCHS = 60, MOST = 4096 /* parameters of all groups */ };

static const char yaml[] = "steps: 60\nloss: {kind: mean_ce}\n"
                           "data: {set: patterns, split: shuffled, classes: 4, samples: 60}\n"
                           "layers:\n  - {size: 30, link: {bias: true}}\n  - {size: 4, neuron: {kind: li}}\n";

static void need(sg_status status) {
    if (status == SG_OK)
        return;
    fprintf(stderr, "own_optimiser: %s\n", sg_error_message());
    exit(1);
}

/* Moves one group of parameters; `mean` is the running mean of its gradient. */
static void move(const float *gradient, float *mean, float *values, size_t count, float lr) {
    for (size_t j = 0; j < count; j++) {
        mean[j] = 0.9f * mean[j] + 0.1f * gradient[j];
        values[j] -= lr * (float)((mean[j] > 0) - (mean[j] < 0));
    }
}

/* Moves every group of every layer. */
static void descend(sg_network *network, const sg_trainer *trainer, float lr) {
    static float means[MOST], gradient[MOST], values[MOST];
    size_t begin = 0;
    for (size_t layer = 0; layer < sg_network_layers(network); layer++) {
        sg_group_info group = SG_SIZED(sg_group_info);
        for (size_t i = 0; sg_network_group(network, layer, i, &group) == SG_OK; i++) {
            size_t count = (size_t)group.rows * group.columns;
            need(sg_trainer_get_gradient_of(trainer, layer, group.name, gradient));
            need(sg_network_get_group(network, layer, group.name, values));
            move(gradient, means + begin, values, count, lr);
            need(sg_network_set_group(network, layer, group.name, values));
            begin += count;
        }
    }
}

int main(void) {
    sg_config *config;
    sg_data *data;
    sg_network *network;
    sg_trainer *trainer;
    sg_evaluation test = SG_SIZED(sg_evaluation);
    need(sg_config_parse("own_optimiser", yaml, sizeof yaml - 1, &config));
    need(sg_data_open(config, &data));
    sg_data_view part = sg_data_get(data);
    need(sg_network_create(config, sg_events_get(part.events).channels, &network));
    need(sg_trainer_create(network, config, 0, &trainer));
    for (int epoch = 1; epoch <= EPOCHS; epoch++) {
        sg_batch_result batch = SG_SIZED(sg_batch_result);
        need(sg_trainer_gradient(trainer, part.events, part.train, part.train_count, &batch));
        descend(network, trainer, 0.01f * (1 - (float)epoch / EPOCHS));
        if (epoch == 1 || epoch % 20 == 0)
            printf("epoch %d: loss %.4f\n", epoch, batch.loss);
    }
    need(sg_evaluate(network, config, part.events, part.test, part.test_count, 0, &test, NULL, NULL));
    printf("test accuracy %.3f\n", test.accuracy);
    sg_trainer_free(trainer);
    sg_network_free(network);
    sg_data_free(data);
    sg_config_free(config);
    return 0;
}
