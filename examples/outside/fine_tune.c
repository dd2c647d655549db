/* Trains a network, and then another one that begins with its weights, on data of another kind:   ./fine_tune FOLDER
 *
 * FOLDER is made; the first run and its model.h5 are kept there. The second task has the same patterns with more noise,
 * and a single epoch. It is done twice: from the model, and from weights that are drawn anew. */
#include <stdio.h>
#include <stdlib.h>
#include <surgrad.h>

static const char yaml[] = "epochs: 15\nbatch: 32\nsteps: 60\nloss: {kind: mean_ce}\noptimiser: {lr: 0.005}\n"
                           "data: {set: patterns, split: shuffled, classes: 4, samples: 60}\n"
                           "layers:\n  - {size: 30}\n  - {size: 4, neuron: {kind: li}}\n";

static void need(sg_status status) {
    if (status == SG_OK)
        return;
    fprintf(stderr, "fine_tune: %s\n", sg_error_message());
    exit(1);
}

/* Trains as `config` says; returns the test accuracy after the last epoch. */
static double train(const sg_config *config, const char *folder) {
    sg_run_options options = SG_SIZED(sg_run_options);
    sg_run_result result = SG_SIZED(sg_run_result);
    options.dir = folder;
    need(sg_run(config, &options, &result));
    return result.last.test_accuracy;
}

int main(int argc, char **argv) {
    const char *folder = argc > 1 ? argv[1] : "fine-tune-run";
    char model[4096];
    sg_config *first, *drawn, *tuned;
    need(sg_config_parse("fine_tune", yaml, sizeof yaml - 1, &first));
    printf("first task:                    test accuracy %.3f\n", train(first, folder));

    need(sg_config_copy(first, &drawn));
    need(sg_config_set(drawn, "epochs", "1"));
    need(sg_config_set(drawn, "patterns.jitter", "4 ms"));
    need(sg_config_set(drawn, "patterns.drop", "0.3"));
    need(sg_config_copy(drawn, &tuned));
    snprintf(model, sizeof model, "%s/model.h5", folder);
    need(sg_config_set(tuned, "init", model));
    printf("second task, from the model:   test accuracy %.3f\n", train(tuned, NULL));
    printf("second task, weights drawn:    test accuracy %.3f\n", train(drawn, NULL));
    sg_config_free(first);
    sg_config_free(drawn);
    sg_config_free(tuned);
    return 0;
}
