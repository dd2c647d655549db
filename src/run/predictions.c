/* What is made of a network's outputs: probabilities, and a file. */
#include "base/sized.h"
#include "config/config.h"
#include "file/h5.h"
#include "learn/loss.h"

bool sg_has_probabilities(const sg_config *config) {
    return sg_loss_at(config->learn.loss)->criterion == sg_cross_entropy;
}

sg_status sg_probabilities(const sg_config *config, const double *outputs, size_t count, double *probabilities) {
    SG_TRY(sg_config_check(config));
    const sg_network_config *network = &config->network;
    const size_t classes = (size_t)network->layers[network->layer_count - 1].size;
    if (!sg_has_probabilities(config))
        return sg_fail(SG_ARGUMENT, "loss.kind: %s makes no probabilities of outputs, as a cross-entropy does",
                       sg_loss_at(config->learn.loss)->head.name);
    for (size_t s = 0; s < count; s++)
        sg_softmax(&config->learn, outputs + s * classes, classes, probabilities + s * classes);
    return SG_OK;
}

static sg_status put(sg_h5 *file, const sg_predictions *p) {
    const uint64_t shape[] = {p->samples, p->outputs};
    SG_TRY(sg_h5_put_text(file, "format", "surgrad predictions 1"));
    SG_TRY(sg_h5_put(file, "predicted", SG_H5_U32, p->predicted, 1, shape, true));
    SG_TRY(sg_h5_put(file, "output", SG_H5_F64, p->output, 2, shape, true));
    if (p->probability)
        SG_TRY(sg_h5_put(file, "probability", SG_H5_F64, p->probability, 2, shape, true));
    if (p->class_names)
        SG_TRY(sg_h5_put_texts(file, "class_names", p->class_names, p->outputs));
    if (p->origin)
        SG_TRY(sg_h5_put_texts(file, "origin", p->origin, p->samples));
    return p->label ? sg_h5_put(file, "label", SG_H5_U32, p->label, 1, shape, true) : SG_OK;
}

sg_status sg_predictions_save(const sg_predictions *predictions, const char *path) {
    sg_predictions whole = SG_SIZED(sg_predictions);
    SG_TRY(sg_copy_sized(&whole, predictions));
    sg_h5 *file;
    SG_TRY(sg_h5_create(&file));
    sg_status status = put(file, &whole);
    if (status == SG_OK)
        status = sg_h5_write(file, path);
    sg_h5_close(file);
    return status;
}
