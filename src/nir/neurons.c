/* IF, LIF, CubaLIF, LI, CubaLI, Threshold: between their continuous time and a step (docs/nir.md). */
#include "base/exact.h"
#include "base/memory.h"
#include "base/shape.h"
#include "net/neuron_param.h"
#include "nir/primitive.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double NEAR_ONE = 1e-6;      /* single precision of what a file's gain is made of */
static const double SAME = 1e-12;         /* what rounding makes of a number on its way through a file */
static const double MANY_STEPS = 4000;    /* of a time constant: more are odd */
static const double WITHIN_A_STEP = 1024; /* exp(-1024) is 0: a membrane that forgets in each step */

static bool is_near(double value, double other, double share) {
    return fabs(value - other) <= share * fabs(other);
}

/* ---------------------------------------------------------------------------------------------------------- reading */

/* What a neuron of a node is: shares of a step, and NIR's own numbers. */
typedef struct neuron_numbers {
    double rest, rest_syn; /* 1 - decay; 1 of what does not leak or has no synapse */
    double r, w_in, threshold, leak, reset;
} neuron_numbers;

/* A number for each neuron, or one for all; of a map one for each channel. */
static sg_status check_counts(const sg_nir_layer *layer, const sg_nir_node *node) {
    const size_t places = sg_nir_places(layer), neurons = layer->columns * places;
    for (int field = 0; field < SG_NIR_FIELDS; field++) {
        const sg_nir_array *array = &node->field[field];
        const char *name = sg_nir_field_name((sg_nir_field)field);
        if (!array->values || array->count == 1)
            continue;
        if (array->count != neurons && array->count != layer->columns)
            return sg_nir_refuse("'%s' has %zu numbers, but there are %zu neurons", name, array->count, neurons);
        for (size_t i = 0; array->count == neurons && i < neurons; i++)
            if (array->values[i] != array->values[i / places * places])
                return sg_nir_refuse("'%s' differs within a map, but neurons of a convolution are alike", name);
    }
    return SG_OK;
}

static double number(const sg_nir_layer *layer, const sg_nir_node *node, sg_nir_field field, size_t column,
                     double fallback) {
    const sg_nir_array *array = &node->field[field];
    if (!array->values)
        return fallback;
    return array->values[array->count == 1 ? 0 : column * (array->count / layer->columns)];
}

/* 1 - decay of a time constant; refuses one that has none in steps of this length. */
static sg_status rest_of(const char *name, double tau_s, size_t column, const sg_nir_time *time, double *rest) {
    const double share = time->dt_s / tau_s;
    if (!(tau_s > (time->exact ? 0 : time->dt_s)))
        return sg_nir_refuse("'%s' of neuron %zu is %g s, expected more than %g s%s", name, column, tau_s,
                             time->exact ? 0 : time->dt_s,
                             time->exact || tau_s <= 0 ? "" : ": use a smaller dt, or integration exact");
    *rest = time->exact ? -sg_expm1(-share) : share;
    return SG_OK;
}

static sg_status numbers_of(const sg_nir_layer *layer, const sg_nir_node *node, size_t column, const sg_nir_time *time,
                            neuron_numbers *n) {
    const bool cuba = node->field[SG_NIR_TAU_SYN].values;
    const sg_nir_field tau = cuba ? SG_NIR_TAU_MEM : SG_NIR_TAU;
    *n = (neuron_numbers){
        .rest = 1,
        .rest_syn = 1,
        .r = number(layer, node, SG_NIR_R, column, 1),
        .w_in = number(layer, node, SG_NIR_W_IN, column, 1),
        .threshold = number(layer, node, SG_NIR_V_THRESHOLD, column, 0),
        .leak = number(layer, node, SG_NIR_V_LEAK, column, 0),
        .reset = number(layer, node, SG_NIR_V_RESET, column, 0),
    };
    if (node->field[tau].values)
        SG_TRY(rest_of(sg_nir_field_name(tau), number(layer, node, tau, column, 0), column, time, &n->rest));
    return cuba ? rest_of("tau_syn", number(layer, node, SG_NIR_TAU_SYN, column, 0), column, time, &n->rest_syn)
                : SG_OK;
}

/* A time constant in ms whose decay in a step has this rest, as the layer integrates. */
static double time_of(const sg_nir_layer *layer, double rest, const sg_nir_time *time) {
    const bool exact = sg_layer_integration(layer->config) == SG_INTEGRATE_EXACT;
    return 1000 * time->dt_s / (exact ? -sg_log(1 - rest) : rest);
}

/* Puts a param of the columns into the configuration where it is one number, else has each neuron have its own. What
 * surgrad wrote there is kept where it is the same, or where neurons began with it. */
static sg_status take_param(sg_nir_layer *layer, sg_neuron_param param) {
    sg_layer_config *config = layer->config;
    const double *values = layer->param[param];
    bool same = true;
    for (size_t n = 1; n < layer->columns; n++)
        same = same && values[n] == values[0];
    config->param[param] = values[0];
    if (layer->told &&
        (config->own[param] || config->train[param] || is_near(values[0], layer->told->param[param], SAME)))
        config->param[param] = layer->told->param[param];
    if (same || config->train[param])
        return SG_OK;
    if (sg_nir_places(layer) > 1)
        return sg_nir_refuse("its %s is not the same for all, but neurons of a convolution are alike",
                             sg_neuron_param_name(param));
    config->own[param] = true;
    return SG_OK;
}

static sg_status add_column(sg_nir_layer *layer, sg_neuron_param param, size_t column, double value) {
    if (!layer->param[param] && !(layer->param[param] = sg_array(layer->columns, sizeof *layer->param[param])))
        return SG_MEMORY;
    layer->param[param][column] = value;
    return SG_OK;
}

/* Some exporters wrote steps in the place of seconds. */
static void look_at_time(const sg_nir_layer *layer, const sg_nir_node *node, const sg_nir_time *time) {
    const bool cuba = node->field[SG_NIR_TAU_MEM].values;
    const double tau = number(layer, node, cuba ? SG_NIR_TAU_MEM : SG_NIR_TAU, 0, 0);
    if (tau > MANY_STEPS * time->dt_s)
        sg_warn("%s: node '%s' (%s): its time constant is %g s, %g steps: if it was written in steps, use a dt of 1 s",
                layer->graph->path, node->name, node->kind->type, tau, tau / time->dt_s);
}

/* Orders whose membrane takes 1 - decay of its input by definition. */
static bool is_scaled_by_order(const sg_layer_config *config) {
    return config->order == SG_ORDER_NORSE || config->order == SG_ORDER_SINABS;
}

/* Whether the membrane takes 1 - decay of its input. */
static bool is_scaled(const sg_layer_config *config) {
    return config->scale == SG_SCALE_DECAY || is_scaled_by_order(config);
}

static sg_status choose_scale(sg_nir_layer *layer, const sg_nir_node *node, const sg_nir_time *time) {
    bool ones = true;
    neuron_numbers n;
    for (size_t column = 0; column < layer->columns; column++) {
        SG_TRY(numbers_of(layer, node, column, time, &n));
        ones = ones && is_near(n.r * n.rest, 1, NEAR_ONE);
    }
    if (is_scaled_by_order(layer->config))
        layer->config->scale = layer->told ? layer->told->scale : SG_SCALE_NONE;
    else
        layer->config->scale = ones ? SG_SCALE_NONE : SG_SCALE_DECAY;
    return SG_OK;
}

/* What is left of a gain when the neuron has taken its own part; 1 but for rounding is 1. */
static double gain_of(const sg_nir_layer *layer, const neuron_numbers *n, const sg_nir_time *time) {
    const sg_neuron_kind *kind = sg_neuron_at(layer->config->neuron);
    double gain = n->r;
    if (!kind->leaks)
        gain = is_near(n->r * time->dt_s, 1, NEAR_ONE) ? 1 : n->r;
    else if (!is_scaled(layer->config))
        gain = n->r * n->rest;
    if (kind->synapse)
        gain *= n->w_in * n->rest_syn / (layer->config->order == SG_ORDER_SINABS ? 1 - n->rest_syn : 1);
    return is_near(gain, 1, NEAR_ONE) ? 1 : gain;
}

/* The resting potential is an input of the membrane; membranes are counted from the reset. */
static sg_status take_offset(sg_nir_layer *layer, const neuron_numbers *n, size_t column) {
    const sg_neuron_kind *kind = sg_neuron_at(layer->config->neuron);
    const double drive = kind->leaks ? n->leak - n->reset : 0;
    if (drive != 0 && kind->synapse)
        return sg_nir_refuse("'v_leak' of neuron %zu is %g, expected %g, the value after a reset: a synapse lets no "
                             "constant through to the membrane",
                             column, n->leak, n->reset);
    layer->offset[column] = drive * (is_scaled(layer->config) ? 1 : n->rest);
    return SG_OK;
}

static sg_status take_column(sg_nir_layer *layer, const sg_nir_node *node, size_t column, const sg_nir_time *time) {
    const sg_neuron_kind *kind = sg_neuron_at(layer->config->neuron);
    neuron_numbers n;
    SG_TRY(numbers_of(layer, node, column, time, &n));
    layer->gain[column] = gain_of(layer, &n, time);
    SG_TRY(take_offset(layer, &n, column));
    if (kind->leaks)
        SG_TRY(add_column(layer, SG_PARAM_TAU_MEM, column, time_of(layer, n.rest, time)));
    if (kind->synapse)
        SG_TRY(add_column(layer, SG_PARAM_TAU_SYN, column, time_of(layer, n.rest_syn, time)));
    if (layer->fires != SG_NIR_NONE)
        n.threshold = number(layer, &layer->graph->nodes[layer->fires], SG_NIR_THRESHOLD, column, 0);
    if (!kind->spiking)
        return SG_OK;
    if (!(n.threshold > n.reset))
        return sg_nir_refuse("the threshold of neuron %zu is %g, expected more than %g, the value after a reset",
                             column, n.threshold, n.reset);
    return add_column(layer, SG_PARAM_THRESHOLD, column, n.threshold - n.reset);
}

static sg_status take_neurons(sg_nir_layer *layer, const sg_nir_node *node, const sg_nir_time *time, const char *kind) {
    layer->config->neuron = sg_kind_find(sg_neuron_kinds, kind);
    layer->gain = sg_array(layer->columns, sizeof *layer->gain);
    layer->offset = sg_array(layer->columns, sizeof *layer->offset);
    if (!layer->gain || !layer->offset)
        return SG_MEMORY;
    SG_TRY(check_counts(layer, node));
    if (layer->fires != SG_NIR_NONE)
        SG_TRY(check_counts(layer, &layer->graph->nodes[layer->fires]));
    if (sg_neuron_at(layer->config->neuron)->leaks) {
        look_at_time(layer, node, time);
        SG_TRY(choose_scale(layer, node, time));
    }
    for (size_t column = 0; column < layer->columns; column++)
        SG_TRY(take_column(layer, node, column, time));
    for (int param = 0; param < SG_NEURON_PARAMS; param++)
        if (layer->param[param])
            SG_TRY(take_param(layer, (sg_neuron_param)param));
    return SG_OK;
}

/* Those that fire by themselves. */
static sg_status take_firing(sg_nir_layer *layer, const sg_nir_node *node, const sg_nir_time *time, const char *kind) {
    if (layer->config->reset == SG_RESET_NONE)
        layer->config->reset = SG_RESET_ZERO;
    return take_neurons(layer, node, time, kind);
}

static sg_status take_if(sg_nir_layer *layer, const sg_nir_node *node, const sg_nir_time *time) {
    return take_firing(layer, node, time, "if");
}

static sg_status take_lif(sg_nir_layer *layer, const sg_nir_node *node, const sg_nir_time *time) {
    return take_firing(layer, node, time, "lif");
}

static sg_status take_cuba_lif(sg_nir_layer *layer, const sg_nir_node *node, const sg_nir_time *time) {
    return take_firing(layer, node, time, "cuba_lif");
}

/* Before a Threshold it is a neuron that fires and is not reset. */
static sg_status take_integrator(sg_nir_layer *layer, const sg_nir_node *node, const sg_nir_time *time,
                                 const char *firing, const char *silent) {
    const bool fires = layer->fires != SG_NIR_NONE;
    if (fires)
        layer->config->reset = SG_RESET_NONE;
    return take_neurons(layer, node, time, fires ? firing : silent);
}

static sg_status take_li(sg_nir_layer *layer, const sg_nir_node *node, const sg_nir_time *time) {
    return take_integrator(layer, node, time, "lif", "li");
}

static sg_status take_cuba_li(sg_nir_layer *layer, const sg_nir_node *node, const sg_nir_time *time) {
    return take_integrator(layer, node, time, "cuba_lif", "cuba_li");
}

/* A time constant, in ms, of a membrane that forgets within a step. */
static double no_time(const sg_nir_layer *layer, const sg_nir_time *time) {
    const double dt_ms = 1000 * time->dt_s;
    const double told = layer->told ? layer->told->param[SG_PARAM_TAU_MEM] : INFINITY;
    return sg_exp(-dt_ms / told) == 0 ? told : dt_ms / WITHIN_A_STEP;
}

static sg_status take_threshold(sg_nir_layer *layer, const sg_nir_node *node, const sg_nir_time *time) {
    sg_layer_config *config = layer->config;
    config->neuron = sg_kind_find(sg_neuron_kinds, "lif");
    config->order = SG_ORDER_NOTEBOOK;
    config->integration = SG_INTEGRATE_EXACT;
    config->scale = SG_SCALE_NONE;
    config->reset = SG_RESET_NONE;
    config->reset_gradient = false;
    SG_TRY(check_counts(layer, node));
    for (size_t n = 0; n < layer->columns; n++) {
        const double threshold = number(layer, node, SG_NIR_THRESHOLD, n, 0);
        if (!(threshold > 0))
            return sg_nir_refuse("'threshold' of neuron %zu is %g, expected more than 0", n, threshold);
        SG_TRY(add_column(layer, SG_PARAM_TAU_MEM, n, no_time(layer, time)));
        SG_TRY(add_column(layer, SG_PARAM_THRESHOLD, n, threshold));
    }
    SG_TRY(take_param(layer, SG_PARAM_TAU_MEM));
    return take_param(layer, SG_PARAM_THRESHOLD);
}

/* ---------------------------------------------------------------------------------------------------------- writing */

static const sg_layer_config *config_of(const sg_nir_written *w) {
    return &w->layer->neuron.config;
}

/* A param of neuron n, as the equations have it. */
static sg_neuron_param_value value_of(const sg_nir_written *w, sg_neuron_param param, size_t n) {
    const sg_layer *layer = w->layer;
    const sg_group *raw = layer->raw[param];
    if (!raw)
        return sg_neuron_param_from_config(config_of(w), param, layer->neuron.dt_ms);
    return sg_neuron_param_from_raw(param, w->network->parameters[raw->at + (raw->columns == 1 ? 0 : n)]);
}

/* Numbers of a neuron in the file's words. */
static double rest_in(const sg_nir_written *w, sg_neuron_param param, size_t n) {
    return value_of(w, param, n).rest;
}

static double tau_in(const sg_nir_written *w, sg_neuron_param param, size_t n) {
    const sg_neuron_param_value value = value_of(w, param, n);
    return w->time.dt_s / (w->time.exact ? -sg_log(value.value) : value.rest);
}

static double tau_mem_in(const sg_nir_written *w, size_t n) {
    return tau_in(w, SG_PARAM_TAU_MEM, n);
}

static double tau_syn_in(const sg_nir_written *w, size_t n) {
    return tau_in(w, SG_PARAM_TAU_SYN, n);
}

/* The membrane takes r (1 - decay) of what comes. */
static double r_in(const sg_nir_written *w, size_t n) {
    const sg_layer *layer = w->layer;
    if (!layer->neuron.kind->leaks)
        return 1;
    const float gain = layer->neuron.constants[SG_MEMBRANE_GAIN * layer->stride + n];
    return gain == 1 ? 1 / rest_in(w, SG_PARAM_TAU_MEM, n) : 1;
}

static double w_in_in(const sg_nir_written *w, size_t n) {
    const double rest = rest_in(w, SG_PARAM_TAU_SYN, n);
    return (config_of(w)->order == SG_ORDER_SINABS ? 1 - rest : 1) / rest;
}

static double threshold_in(const sg_nir_written *w, size_t n) {
    return value_of(w, SG_PARAM_THRESHOLD, n).value;
}

static double zero_in(const sg_nir_written *w, size_t n) {
    (void)w, (void)n;
    return 0;
}

/* A number for each neuron, in the file's order. */
static sg_status put_each(const sg_nir_written *w, sg_nir_field field,
                          double (*number_in)(const sg_nir_written *, size_t)) {
    const sg_layer *layer = w->layer;
    uint64_t axes[3];
    const int rank = sg_nir_shape_of(layer->link.out, axes);
    double *values = sg_array(layer->neurons, sizeof *values);
    if (!values)
        return SG_MEMORY;
    for (size_t n = 0; n < layer->neurons; n++)
        values[sg_layer_number(layer, n)] = number_in(w, n);
    sg_status status = sg_nir_put_numbers(w, field, values, rank, axes);
    free(values);
    return status;
}

static bool is_kind(const sg_nir_written *w, const char *kind) {
    return strcmp(w->layer->neuron.kind->head.name, kind) == 0;
}

static bool is_reset(const sg_nir_written *w) {
    return sg_layer_reset(config_of(w)) != SG_RESET_NONE;
}

/* Whether its membrane forgets within a step. */
static bool is_threshold(const sg_nir_written *w) {
    for (size_t n = 0; is_kind(w, "lif") && n < w->layer->neurons; n++)
        if (w->layer->neuron.constants[SG_BETA * w->layer->stride + n] != 0)
            return false;
    return is_kind(w, "lif") && config_of(w)->order == SG_ORDER_NOTEBOOK;
}

static bool fits_if(const sg_nir_written *w) {
    return is_kind(w, "if") && is_reset(w);
}

static bool fits_lif(const sg_nir_written *w) {
    return is_kind(w, "lif") && is_reset(w) && !is_threshold(w);
}

static bool fits_cuba_lif(const sg_nir_written *w) {
    return is_kind(w, "cuba_lif") && is_reset(w);
}

static bool fits_li(const sg_nir_written *w) {
    return is_kind(w, "li") || (is_kind(w, "lif") && !is_reset(w) && !is_threshold(w));
}

static bool fits_cuba_li(const sg_nir_written *w) {
    return is_kind(w, "cuba_li") || (is_kind(w, "cuba_lif") && !is_reset(w));
}

static bool fits_threshold(const sg_nir_written *w) {
    return is_threshold(w) || ((is_kind(w, "lif") || is_kind(w, "cuba_lif")) && !is_reset(w));
}

/* v_reset is 0, as where it is missing, and is left out: readers of before 2025 refuse it. */
static sg_status put_firing(const sg_nir_written *w) {
    SG_TRY(put_each(w, SG_NIR_R, r_in));
    return put_each(w, SG_NIR_V_THRESHOLD, threshold_in);
}

static sg_status put_cuba(const sg_nir_written *w) {
    SG_TRY(put_each(w, SG_NIR_TAU_MEM, tau_mem_in));
    SG_TRY(put_each(w, SG_NIR_TAU_SYN, tau_syn_in));
    SG_TRY(put_each(w, SG_NIR_W_IN, w_in_in));
    return put_each(w, SG_NIR_V_LEAK, zero_in);
}

static sg_status put_lif(const sg_nir_written *w) {
    SG_TRY(put_each(w, SG_NIR_TAU, tau_mem_in));
    SG_TRY(put_each(w, SG_NIR_V_LEAK, zero_in));
    return put_firing(w);
}

static sg_status put_cuba_lif(const sg_nir_written *w) {
    SG_TRY(put_cuba(w));
    return put_firing(w);
}

static sg_status put_li(const sg_nir_written *w) {
    SG_TRY(put_each(w, SG_NIR_TAU, tau_mem_in));
    SG_TRY(put_each(w, SG_NIR_V_LEAK, zero_in));
    return put_each(w, SG_NIR_R, r_in);
}

static sg_status put_cuba_li(const sg_nir_written *w) {
    SG_TRY(put_cuba(w));
    return put_each(w, SG_NIR_R, r_in);
}

static sg_status put_threshold(const sg_nir_written *w) {
    return put_each(w, SG_NIR_THRESHOLD, threshold_in);
}

#define R         SG_NIR_BIT(SG_NIR_R)
#define V_LEAK    SG_NIR_BIT(SG_NIR_V_LEAK)
#define THRESHOLD SG_NIR_BIT(SG_NIR_V_THRESHOLD)
#define V_RESET   SG_NIR_BIT(SG_NIR_V_RESET)
#define TAU       SG_NIR_BIT(SG_NIR_TAU)
#define TAUS      (SG_NIR_BIT(SG_NIR_TAU_MEM) | SG_NIR_BIT(SG_NIR_TAU_SYN))
#define W_IN      SG_NIR_BIT(SG_NIR_W_IN)

const sg_nir_primitive sg_nir_if = {
    .type = "IF",
    .role = SG_NIR_NEURON,
    .needs = R | THRESHOLD,
    .may = V_RESET,
    .take = take_if,
    .fits = fits_if,
    .put = put_firing,
};
const sg_nir_primitive sg_nir_lif = {
    .type = "LIF",
    .role = SG_NIR_NEURON,
    .needs = TAU | R | V_LEAK | THRESHOLD,
    .may = V_RESET,
    .take = take_lif,
    .fits = fits_lif,
    .put = put_lif,
};
const sg_nir_primitive sg_nir_cuba_lif = {
    .type = "CubaLIF",
    .role = SG_NIR_NEURON,
    .needs = TAUS | R | V_LEAK | THRESHOLD,
    .may = V_RESET | W_IN,
    .take = take_cuba_lif,
    .fits = fits_cuba_lif,
    .put = put_cuba_lif,
};
const sg_nir_primitive sg_nir_li = {
    .type = "LI",
    .role = SG_NIR_NEURON,
    .needs = TAU | R | V_LEAK,
    .take = take_li,
    .fits = fits_li,
    .put = put_li,
};
const sg_nir_primitive sg_nir_cuba_li = {
    .type = "CubaLI",
    .role = SG_NIR_NEURON,
    .needs = TAUS | R | V_LEAK,
    .may = W_IN,
    .take = take_cuba_li,
    .fits = fits_cuba_li,
    .put = put_cuba_li,
};
const sg_nir_primitive sg_nir_threshold = {
    .type = "Threshold",
    .role = SG_NIR_FIRES,
    .needs = SG_NIR_BIT(SG_NIR_THRESHOLD),
    .take = take_threshold,
    .fits = fits_threshold,
    .put = put_threshold,
};
