/* What is made of a network's outputs: probabilities, and a file. */
#include "base/sized.h"
#include "config/config.h"
#include "file/h5.h"
#include "learn/loss.h"

/* What the outputs of a loss with this metric say. */
static const struct {
    const sg_metric_kind *metric;
    sg_answer_kind kind;
} answers[] = {{&sg_metric_accuracy, SG_ANSWER_CLASS},
               {&sg_metric_bits, SG_ANSWER_BITS},
               {&sg_metric_mse, SG_ANSWER_NUMBERS},
               {&sg_metric_cosine, SG_ANSWER_NUMBERS},
               {&sg_metric_spikes, SG_ANSWER_TRAINS}};

sg_status sg_answer(const sg_config *config, sg_answer_info *info) {
    const sg_loss_kind *loss = sg_loss_at(config->learn.loss);
    size_t i = 0;
    while (answers[i].metric != loss->metric)
        i++;
    const bool has_steps = sg_readout_has_rows(loss->readout) || answers[i].kind == SG_ANSWER_TRAINS;
    const sg_answer_info whole = {.size = sizeof whole,
                                  .kind = answers[i].kind,
                                  .has_steps = has_steps,
                                  .needs_steps = has_steps && answers[i].kind != SG_ANSWER_CLASS};
    return sg_copy_sized(info, &whole);
}

/* How criteria make probabilities of a row of outputs. */
static const struct {
    sg_criterion *criterion;
    void (*of)(const sg_learn_config *config, const double *values, size_t outputs, double *p);
} probabilities_of[] = {{sg_cross_entropy, sg_softmax}, {sg_binary_entropy, sg_sigmoid}};

enum { PROBABILITIES = sizeof probabilities_of / sizeof *probabilities_of };

static size_t find_probabilities(const sg_config *config) {
    size_t i = 0;
    while (i < PROBABILITIES && probabilities_of[i].criterion != sg_loss_at(config->learn.loss)->criterion)
        i++;
    return i;
}

bool sg_has_probabilities(const sg_config *config) {
    return find_probabilities(config) < PROBABILITIES;
}

sg_status sg_probabilities(const sg_config *config, const double *outputs, size_t count, double *probabilities) {
    SG_TRY(sg_config_check(config));
    const sg_network_config *network = &config->network;
    const size_t classes = (size_t)network->layers[network->layer_count - 1].size, i = find_probabilities(config);
    if (i == PROBABILITIES)
        return sg_fail(SG_ARGUMENT, "loss.kind: %s makes no probabilities of outputs, as a cross-entropy does",
                       sg_loss_at(config->learn.loss)->head.name);
    for (size_t s = 0; s < count; s++)
        probabilities_of[i].of(&config->learn, outputs + s * classes, classes, probabilities + s * classes);
    return SG_OK;
}

/* An array of what each sample, or step of it, has; with an axis of outputs or without. NULL is left out. */
static sg_status put_rows(sg_h5 *file, const sg_predictions *p, const char *name, sg_h5_type type, const void *data,
                          bool by_output) {
    uint64_t shape[3] = {p->samples};
    int rank = 1;
    if (p->steps > 0)
        shape[rank++] = p->steps;
    if (by_output)
        shape[rank++] = p->outputs;
    return data ? sg_h5_put(file, name, type, data, rank, shape, true) : SG_OK;
}

static sg_status put_trains(sg_h5 *file, const sg_predictions *p) {
    const uint64_t ends = p->samples + 1, spikes = p->first[p->samples];
    SG_TRY(sg_h5_put(file, "first", SG_H5_U64, p->first, 1, &ends, true));
    SG_TRY(sg_h5_put(file, "step", SG_H5_U16, p->step, 1, &spikes, true));
    return sg_h5_put(file, "channel", SG_H5_U32, p->channel, 1, &spikes, true);
}

static sg_status put(sg_h5 *file, const sg_predictions *p) {
    const uint64_t samples = p->samples;
    SG_TRY(sg_h5_put_text(file, "format", "surgrad predictions 1"));
    SG_TRY(put_rows(file, p, "predicted", SG_H5_U32, p->predicted, p->bits));
    SG_TRY(put_rows(file, p, "output", SG_H5_F64, p->output, true));
    SG_TRY(put_rows(file, p, "probability", SG_H5_F64, p->probability, true));
    if (p->first)
        SG_TRY(put_trains(file, p));
    if (p->class_names)
        SG_TRY(sg_h5_put_texts(file, "class_names", p->class_names, p->outputs));
    if (p->origin)
        SG_TRY(sg_h5_put_texts(file, "origin", p->origin, p->samples));
    return p->label ? sg_h5_put(file, "label", SG_H5_U32, p->label, 1, &samples, true) : SG_OK;
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
