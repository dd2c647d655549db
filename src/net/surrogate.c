#include "net/surrogate.h"

#include "base/exact.h"
#include "net/neuron.h"

#include <math.h>

static const double PI = 0x1.921fb54442d18p+1;

/* k and height of the kernels, from the options: steepness, width and gain, 0 for the usual ones. */
static sg_surrogate relu(double k, double width, double gain) {
    (void)k, (void)width, (void)gain;
    return (sg_surrogate){.k = 0};
}

static sg_surrogate fast_sigmoid(double k, double width, double gain) {
    (void)width, (void)gain;
    return (sg_surrogate){.k = (float)k};
}

static sg_surrogate sigmoid(double k, double width, double gain) {
    (void)width, (void)gain;
    return (sg_surrogate){.k = (float)k, .height = (float)k};
}

static sg_surrogate arctan(double k, double width, double gain) {
    (void)width, (void)gain;
    return (sg_surrogate){.k = (float)(PI * k / 2), .height = (float)(k / 2)};
}

static sg_surrogate triangle(double k, double width, double gain) {
    (void)k;
    return (sg_surrogate){.k = (float)(1 / width), .height = (float)(gain / width)};
}

static sg_surrogate boxcar(double k, double width, double gain) {
    (void)k;
    return (sg_surrogate){.k = (float)(width / 2), .height = (float)(gain / width)};
}

static sg_surrogate gaussian(double k, double width, double gain) {
    (void)k;
    return (sg_surrogate){.k = (float)(1 / (2 * width * width)), .height = (float)(gain / (width * sqrt(2 * PI)))};
}

static sg_surrogate exponential(double k, double width, double gain) {
    (void)k;
    return (sg_surrogate){.k = (float)(1 / width), .height = (float)(gain / width)};
}

/* --------------------------------------------------------------------------------------- smooth functions */

static double smooth_relu(double k, double height, double u) {
    (void)k, (void)height;
    return u > 0 ? u : 0;
}

static double smooth_fast_sigmoid(double k, double height, double u) {
    (void)height;
    return u / (1 + k * fabs(u));
}

static double smooth_sigmoid(double k, double height, double u) {
    double e = sg_exp(-k * fabs(u));
    return height / k * (u < 0 ? e / (1 + e) : 1 / (1 + e));
}

static double smooth_arctan(double k, double height, double u) {
    return height / k * atan(k * u); /* for checks alone: nothing that is trained comes of it */
}

static double smooth_triangle(double k, double height, double u) {
    double x = k * u < -1 ? -1 : k * u > 1 ? 1 : k * u;
    return height / k * (0.5 + x - x * fabs(x) / 2);
}

static double smooth_boxcar(double k, double height, double u) {
    return height * (u < -k ? 0 : u > k ? 2 * k : u + k);
}

static double smooth_gaussian(double k, double height, double u) {
    return height * sqrt(PI / k) / 2 * (1 + erf(sqrt(k) * u));
}

static double smooth_exponential(double k, double height, double u) {
    double e = sg_exp(-k * fabs(u));
    return height / k * (u < 0 ? e : 2 - e);
}

/* ------------------------------------------------------------------------------------------ their derivatives */

static double slope_relu(double k, double height, double u) {
    (void)k, (void)height;
    return u >= 0;
}

static double slope_fast_sigmoid(double k, double height, double u) {
    double d = 1 + k * fabs(u);
    (void)height;
    return 1 / (d * d);
}

static double slope_sigmoid(double k, double height, double u) {
    double e = sg_exp(-k * fabs(u));
    return height * e / ((1 + e) * (1 + e));
}

static double slope_arctan(double k, double height, double u) {
    return height / (1 + k * u * k * u);
}

static double slope_triangle(double k, double height, double u) {
    return k * fabs(u) < 1 ? height * (1 - k * fabs(u)) : 0;
}

static double slope_boxcar(double k, double height, double u) {
    return fabs(u) <= k ? height : 0;
}

static double slope_gaussian(double k, double height, double u) {
    return height * sg_exp(-k * u * u);
}

static double slope_exponential(double k, double height, double u) {
    return height * sg_exp(-k * fabs(u));
}

/* ------------------------------------------------------------------------------------------ and their scales */

static double straight(double k) {
    (void)k;
    return INFINITY;
}

static double inverse(double k) {
    return 1 / k;
}

static double inverse_root(double k) {
    return 1 / sqrt(k);
}

static const struct {
    const char *name;
    bool compact, step;    /* as sg_surrogate_is_compact and sg_surrogate_is_step have it */
    double k, width, gain; /* usual values; a width of 0: the threshold */
    sg_surrogate (*make)(double k, double width, double gain);
    double (*smooth)(double k, double height, double u);
    double (*slope)(double k, double height, double u);
    double (*scale)(double k);
} table[SG_SURROGATES] = {
    [SG_SURROGATE_RELU] = {"relu", true, true, 1, 1, 1, relu, smooth_relu, slope_relu, straight},
    [SG_SURROGATE_FAST_SIGMOID] = {"fast_sigmoid", false, false, 10, 1, 1, fast_sigmoid, smooth_fast_sigmoid,
                                   slope_fast_sigmoid, inverse},
    [SG_SURROGATE_SIGMOID] = {"sigmoid", false, false, 4, 1, 1, sigmoid, smooth_sigmoid, slope_sigmoid, inverse},
    [SG_SURROGATE_ARCTAN] = {"arctan", false, false, 2, 1, 1, arctan, smooth_arctan, slope_arctan, inverse},
    [SG_SURROGATE_TRIANGLE] = {"triangle", true, false, 1, 0, 0.3, triangle, smooth_triangle, slope_triangle, inverse},
    [SG_SURROGATE_BOXCAR] = {"boxcar", true, false, 1, 1, 1, boxcar, smooth_boxcar, slope_boxcar, straight},
    [SG_SURROGATE_GAUSSIAN] = {"gaussian", false, false, 1, 0.5, 1, gaussian, smooth_gaussian, slope_gaussian,
                               inverse_root},
    [SG_SURROGATE_EXPONENTIAL] = {"exponential", false, false, 1, 1, 1, exponential, smooth_exponential,
                                  slope_exponential, inverse},
};

const char *sg_surrogate_name(int i) {
    return i >= 0 && i < SG_SURROGATES ? table[i].name : NULL;
}

static double or_usual(double value, double usual) {
    return value > 0 ? value : usual;
}

sg_surrogate sg_surrogate_make(const sg_layer_config *config) {
    int i = config->surrogate;
    double k = or_usual(config->surrogate_k, table[i].k), gain = or_usual(config->surrogate_gain, table[i].gain);
    double width = or_usual(config->surrogate_width, table[i].width), unit = sg_layer_unit(config);
    sg_surrogate surrogate =
        table[i].make(k / unit, width > 0 ? width * unit : config->param[SG_PARAM_THRESHOLD], gain);
    surrogate.kind = (sg_surrogate_kind)i;
    return surrogate;
}

bool sg_surrogate_is_compact(sg_surrogate surrogate) {
    return table[surrogate.kind].compact;
}

bool sg_surrogate_is_step(sg_surrogate surrogate) {
    return table[surrogate.kind].step;
}

double sg_surrogate_smooth(sg_surrogate s, double u) {
    return table[s.kind].smooth(s.k, s.height, u);
}

double sg_surrogate_slope(sg_surrogate s, double u) {
    return table[s.kind].slope(s.k, s.height, u);
}

double sg_surrogate_scale(sg_surrogate s) {
    return table[s.kind].scale(s.k);
}
