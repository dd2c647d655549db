/* A program of your own that trains a network:   ./train [recipe or YAML file] */
#include <stdio.h>
#include <surgrad.h>

static sg_status train(const char *recipe, sg_run_result *result) {
    sg_config *config;
    sg_status status = sg_config_load(recipe, &config);
    if (status == SG_OK)
        status = sg_config_set(config, "epochs", "1");
    if (status == SG_OK)
        status = sg_run(config, NULL, result);
    sg_config_free(config);
    return status;
}

int main(int argc, char **argv) {
    sg_run_result result = SG_SIZED(sg_run_result);
    sg_status status = train(argc > 1 ? argv[1] : "notebook", &result);
    if (status != SG_OK) {
        fprintf(stderr, "train: %s\n", sg_error_message());
        return 1;
    }
    printf("test accuracy %.3f after one epoch\n", result.last.test_accuracy);
    return 0;
}
