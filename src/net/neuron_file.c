#include "net/neuron_file.h"

#include "base/text.h"
#include "net/initialiser.h"
#include "net/neuron_param.h"

#include <stdlib.h>
#include <string.h>

enum { NAMES_SHOWN = 8, NAME_SHOWN = 40 };

/* What a look at a file's names has found. */
typedef struct look {
    const sg_network_config *config;
    const sg_layer_config *layer;
    bool *there;      /* (SG_NEURON_PARAMS) */
    size_t unused;    /* names */
    sg_text names;    /* the first of them */
    const char *near; /* a param that the nearest of them may mean; NULL: none */
} look;

static bool has_param(const look *at, sg_neuron_param param) {
    return sg_neuron_has_param(sg_neuron_at(at->layer->neuron), param);
}

/* Whether weights are read from under a name of this file. */
static bool has_weights(const look *at, const sg_weights_config *weights, const char *name) {
    const char *dataset = weights->dataset + (*weights->dataset == '/');
    size_t length = strlen(name);
    return sg_initialiser_at(weights->kind)->reads && strcmp(weights->file, at->layer->param_file) == 0 &&
           strncmp(dataset, name, length) == 0 && (!dataset[length] || dataset[length] == '/');
}

static bool is_of_weights(const look *at, const char *name) {
    for (size_t l = 0; l < at->config->layer_count; l++) {
        const sg_layer_config *layer = &at->config->layers[l];
        if (has_weights(at, &layer->weights, name) ||
            (sg_layer_recurs(layer) && has_weights(at, &layer->recurrent_weights, name)))
            return true;
    }
    return false;
}

static void note_unused(look *at, const char *name) {
    if (at->unused++ < NAMES_SHOWN)
        sg_text_add(&at->names, "%s'%.*s'", at->names.used ? ", " : "", NAME_SHOWN, name);
    for (int param = 0; param < SG_NEURON_PARAMS; param++)
        if (has_param(at, (sg_neuron_param)param))
            sg_offer_nearest(name, sg_neuron_param_name((sg_neuron_param)param), &at->near);
}

static void take_name(void *user, const char *name) {
    look *at = user;
    for (int param = 0; param < SG_NEURON_PARAMS; param++)
        if (has_param(at, (sg_neuron_param)param) && strcmp(name, sg_neuron_param_name((sg_neuron_param)param)) == 0) {
            at->there[param] = true;
            return;
        }
    if (!is_of_weights(at, name))
        note_unused(at, name);
}

/* "tau_mem, threshold": the params of the layer's kind. */
static void list_params(const look *at, sg_text *text) {
    for (int param = 0; param < SG_NEURON_PARAMS; param++)
        if (has_param(at, (sg_neuron_param)param))
            sg_text_add(text, "%s%s", text->used ? ", " : "", sg_neuron_param_name((sg_neuron_param)param));
}

/* The unused names and the params, for a person. */
static sg_status tell(look *at, size_t l) {
    const char *kind = sg_neuron_at(at->layer->neuron)->head.name, *path = at->layer->param_file, *near = at->near;
    const char *more = at->unused > NAMES_SHOWN ? ", ..." : "";
    bool used = false;
    char *params;
    sg_text list = {0};
    list_params(at, &list);
    SG_TRY(sg_text_take(&list, &params));
    for (int param = 0; param < SG_NEURON_PARAMS; param++)
        used = used || at->there[param];
    sg_status status = SG_OK;
    if (!used)
        status = sg_fail(SG_MODEL,
                         "%s: has no values for layers.%zu (neuron.file): found %s%s, expected one or more of the "
                         "datasets %s of neuron.kind '%s'%s%s%s",
                         path, l, at->unused ? at->names.data : "nothing", more, params, kind,
                         near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
    else if (at->unused)
        sg_warn("%s: %s%s: not used by layers.%zu (neuron.file), whose neuron.kind '%s' takes %s%s%s%s", path,
                at->names.data, more, l, kind, params, near ? "; did you mean '" : "", near ? near : "",
                near ? "'?" : "");
    free(params);
    return status;
}

sg_status sg_neuron_file_look(sg_h5 *file, const sg_network_config *config, size_t l, bool there[SG_NEURON_PARAMS]) {
    look at = {.config = config, .layer = &config->layers[l], .there = there};
    memset(there, 0, SG_NEURON_PARAMS * sizeof *there);
    sg_status status = sg_h5_each_name(file, take_name, &at);
    if (status == SG_OK && at.names.failed)
        status = sg_fail(SG_MEMORY, "%s: no memory for its names", config->layers[l].param_file);
    if (status == SG_OK)
        status = tell(&at, l);
    free(at.names.data);
    return status;
}
