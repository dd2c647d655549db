#include "run/from_config.h"

#include "store/initial.h"

uint64_t sg_config_data_seed(const sg_config *config) {
    return (uint64_t)(config->data.seed < 0 ? config->learn.seed : config->data.seed);
}

sg_data_request sg_config_data_request(const sg_config *config) {
    const sg_network_config *network = &config->network;
    return (sg_data_request){
        .steps = (uint32_t)network->steps,
        .classes = (uint32_t)network->layers[network->layer_count - 1].size,
        .seed = sg_config_data_seed(config),
        .dt_ms = network->dt_ms,
    };
}

const char *sg_data_protocol(const sg_config *config) {
    return config->data.split == SG_SPLIT_STANDARD ? sg_source_at(config->data.set)->protocol : NULL;
}

sg_status sg_data_open(const sg_config *config, sg_data **out) {
    *out = NULL;
    SG_TRY(sg_config_check(config));
    const sg_data_request need = sg_config_data_request(config);
    return sg_data_make(&config->data, &need, out);
}

sg_status sg_network_begin(sg_network *network, const sg_config *config) {
    if (!sg_is_empty(config->learn.init))
        return sg_initial_load(config->learn.init, network);
    return sg_network_initialise(network, &config->network, (uint64_t)config->learn.seed);
}

sg_status sg_network_know(sg_network *network, const sg_events *events) {
    network->conditioning = events->conditioning;
    return sg_texts_copy(&network->class_names, &events->class_names);
}

sg_status sg_network_create(const sg_config *config, uint32_t inputs, sg_network **out) {
    return sg_network_create_shaped(config, sg_flat_shape(inputs), out);
}

sg_status sg_network_create_shaped(const sg_config *config, sg_shape in, sg_network **out) {
    *out = NULL;
    SG_TRY(sg_config_check(config));
    SG_TRY(sg_check_input_shape(in, SG_ARGUMENT));
    SG_TRY(sg_network_make(&config->network, in, out));
    sg_status status = sg_network_begin(*out, config);
    if (status != SG_OK) {
        sg_network_free(*out);
        *out = NULL;
    }
    return status;
}
