/* Model files: docs/file-formats.md. */
#include "store/network_file.h"

/* A checkpoint holds all that a model does, so it can be evaluated as one. */
static const char *const readable[] = {"surgrad model 1", "surgrad checkpoint 3", "surgrad checkpoint 2",
                                       "surgrad checkpoint 1", NULL};

sg_status sg_model_save(const sg_network *network, const sg_config *config, const char *path) {
    sg_h5 *file;
    SG_TRY(sg_h5_create(&file));
    sg_status status = sg_put_network(file, readable[0], config, network);
    if (status == SG_OK)
        status = sg_h5_write(file, path);
    sg_h5_close(file);
    return status;
}

static sg_status read_model(sg_h5 *file, const char *path, sg_config **config, sg_network **network) {
    sg_shape in;
    SG_TRY(sg_get_config(file, path, readable, config));
    if (sg_config_check(*config) != SG_OK)
        return sg_fail_in(SG_MODEL, "%s: its configuration", path);
    SG_TRY(sg_get_inputs(file, path, *config, &in));
    SG_TRY(sg_network_make(&(*config)->network, in, network));
    SG_TRY(sg_get_knowledge(file, path, *network));
    SG_TRY(sg_get_synapses(file, path, *network));
    SG_TRY(sg_get_weights(file, path, *network, (*network)->parameters));
    sg_network_refresh(*network);
    return SG_OK;
}

sg_status sg_model_load(const char *path, sg_config **config, sg_network **network) {
    *config = NULL;
    *network = NULL;
    sg_h5 *file;
    SG_TRY(sg_h5_open(path, SG_MODEL, &file));
    sg_status status = read_model(file, path, config, network);
    sg_h5_close(file);
    if (status != SG_OK) {
        sg_config_free(*config);
        sg_network_free(*network);
        *config = NULL;
        *network = NULL;
    }
    return status;
}
