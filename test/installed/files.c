/* Model files, and networks that begin with one. */
#include "common.h"

#include <string.h>

static void models_are_read_back(void) {
    char *saved, *read;
    sg_config *config;
    sg_network *network;
    subject work;
    open_subject(&work, rich, 1);
    train_step(&work);
    OK(sg_model_save(work.network, work.config, in_folder("model.h5")));
    OK(sg_model_load(in_folder("model.h5"), &config, &network));
    CHECK(same_parameters(work.network, network));
    OK(sg_config_text(work.config, &saved));
    OK(sg_config_text(config, &read));
    CHECK(strcmp(saved, read) == 0);
    sg_free(saved);
    sg_free(read);
    sg_config_free(config);
    sg_network_free(network);
    REFUSED(sg_model_load(in_folder("no-model.h5"), &config, &network), SG_MODEL, "no-model.h5");
    CHECK(config == NULL && network == NULL);
    close_subject(&work);
}

/* `init` takes all parameters of the model, whatever the seed; a model of another size is refused. */
static void a_network_begins_with_a_model(void) {
    sg_config *config = make_config(rich);
    sg_network *drawn, *network;
    subject work;
    open_subject(&work, rich, 1);
    train_step(&work);
    OK(sg_model_save(work.network, work.config, in_folder("init.h5")));
    OK(sg_config_set(config, "seed", "7"));
    OK(sg_network_create(config, INPUTS, &drawn));
    OK(sg_config_set(config, "init", in_folder("init.h5")));
    OK(sg_network_create(config, INPUTS, &network));
    CHECK(same_parameters(work.network, network) && !same_parameters(work.network, drawn));
    sg_network_free(drawn);
    sg_network_free(network);
    OK(sg_config_set(config, "layers.0.size", "17"));
    REFUSED(sg_network_create(config, INPUTS, &network), SG_MODEL, "init.h5");
    sg_config_free(config);
    close_subject(&work);
}

const test_case file_cases[] = {
    {"models are read back", models_are_read_back},
    {"a network begins with a model", a_network_begins_with_a_model},
    {NULL, NULL},
};
