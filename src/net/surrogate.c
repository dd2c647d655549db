#include "net/surrogate.h"

#include "base/exact.h"
#include "net/neuron.h"

#include <math.h>

static const double PI = 0x1.921fb54442d18p+1;

/* k and height of the kernels, from the options: steepness, width and gain, 0 for the defaults. */
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

/* ------------------------------------------------------------------------------------------ their scales and ends */

static double never(double k) {
    (void)k;
    return INFINITY;
}

static double itself(double k) {
    return k;
}

static double inverse(double k) {
    return 1 / k;
}

static double inverse_root(double k) {
    return 1 / sqrt(k);
}

static const sg_surrogate_row relu_row = {
    .head = {"relu", "1 from the threshold on, else 0"},
    .compact = true,
    .step = true,
    .k = 1,
    .width = 1,
    .gain = 1,
    .make = relu,
    .smooth = smooth_relu,
    .slope = slope_relu,
    .scale = never,
    .end = never,
};
static const sg_surrogate_row fast_sigmoid_row = {
    .head = {"fast_sigmoid", "1 / (1 + k abs(u))^2; k is 10 unless set"},
    .k = 10,
    .width = 1,
    .gain = 1,
    .make = fast_sigmoid,
    .smooth = smooth_fast_sigmoid,
    .slope = slope_fast_sigmoid,
    .scale = inverse,
    .end = never,
};
static const sg_surrogate_row sigmoid_row = {
    .head = {"sigmoid", "derivative of the logistic function; k is 4 unless set"},
    .k = 4,
    .width = 1,
    .gain = 1,
    .make = sigmoid,
    .smooth = smooth_sigmoid,
    .slope = slope_sigmoid,
    .scale = inverse,
    .end = never,
};
static const sg_surrogate_row arctan_row = {
    .head = {"arctan", "derivative of an arctangent; k is 2 unless set"},
    .k = 2,
    .width = 1,
    .gain = 1,
    .make = arctan,
    .smooth = smooth_arctan,
    .slope = slope_arctan,
    .scale = inverse,
    .end = never,
};
static const sg_surrogate_row triangle_row = {
    .head = {"triangle", "falls evenly to 0 at width; width is the threshold and gain 0.3 unless set"},
    .compact = true,
    .k = 1,
    .width = 0,
    .gain = 0.3,
    .make = triangle,
    .smooth = smooth_triangle,
    .slope = slope_triangle,
    .scale = inverse,
    .end = inverse,
};
static const sg_surrogate_row boxcar_row = {
    .head = {"boxcar", "even over width, 0 beyond; width and gain are 1 unless set"},
    .compact = true,
    .k = 1,
    .width = 1,
    .gain = 1,
    .make = boxcar,
    .smooth = smooth_boxcar,
    .slope = slope_boxcar,
    .scale = never,
    .end = itself,
};
static const sg_surrogate_row gaussian_row = {
    .head = {"gaussian", "normal distribution of standard deviation width; width is 0.5 and gain 1 unless set"},
    .k = 1,
    .width = 0.5,
    .gain = 1,
    .make = gaussian,
    .smooth = smooth_gaussian,
    .slope = slope_gaussian,
    .scale = inverse_root,
    .end = never,
};
static const sg_surrogate_row exponential_row = {
    .head = {"exponential", "falls exponentially on both sides; width and gain are 1 unless set"},
    .k = 1,
    .width = 1,
    .gain = 1,
    .make = exponential,
    .smooth = smooth_exponential,
    .slope = slope_exponential,
    .scale = inverse,
    .end = never,
};

SG_KINDS_DEFINE(sg_surrogate,
                sg_surrogate_row, [SG_SURROGATE_RELU] = &relu_row, [SG_SURROGATE_FAST_SIGMOID] = &fast_sigmoid_row,
                [SG_SURROGATE_SIGMOID] = &sigmoid_row, [SG_SURROGATE_ARCTAN] = &arctan_row,
                [SG_SURROGATE_TRIANGLE] = &triangle_row, [SG_SURROGATE_BOXCAR] = &boxcar_row,
                [SG_SURROGATE_GAUSSIAN] = &gaussian_row, [SG_SURROGATE_EXPONENTIAL] = &exponential_row)

static double or_usual(double value, double usual) {
    return value > 0 ? value : usual;
}

sg_surrogate sg_surrogate_make(const sg_layer_config *config) {
    const sg_surrogate_row *row = sg_surrogate_at(config->surrogate);
    double k = or_usual(config->surrogate_k, row->k), gain = or_usual(config->surrogate_gain, row->gain);
    double width = or_usual(config->surrogate_width, row->width), unit = sg_layer_unit(config);
    sg_surrogate surrogate = row->make(k / unit, width > 0 ? width * unit : config->param[SG_PARAM_THRESHOLD], gain);
    surrogate.kind = (sg_surrogate_kind)config->surrogate;
    surrogate.cutoff = (float)(config->surrogate_cutoff * unit);
    return surrogate;
}

bool sg_surrogate_is_compact(sg_surrogate surrogate) {
    return surrogate.cutoff > 0 || sg_surrogate_at((int)surrogate.kind)->compact;
}

bool sg_surrogate_is_step(sg_surrogate surrogate) {
    return sg_surrogate_at((int)surrogate.kind)->step;
}

/* The farthest u at which sigma may be other than 0. */
static double reach_of(sg_surrogate s) {
    return s.cutoff > 0 ? s.cutoff : INFINITY;
}

double sg_surrogate_smooth(sg_surrogate s, double u) {
    double reach = reach_of(s);
    return sg_surrogate_at((int)s.kind)->smooth(s.k, s.height, fmax(-reach, fmin(u, reach)));
}

double sg_surrogate_slope(sg_surrogate s, double u) {
    return fabs(u) > reach_of(s) ? 0 : sg_surrogate_at((int)s.kind)->slope(s.k, s.height, u);
}

double sg_surrogate_end(sg_surrogate s) {
    return fmin(reach_of(s), sg_surrogate_at((int)s.kind)->end(s.k));
}

double sg_surrogate_scale(sg_surrogate s) {
    return sg_surrogate_at((int)s.kind)->scale(s.k);
}
