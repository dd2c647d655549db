/* Yin-yang (Kriener, Goeltz, Petrovici 2022): points of the disc of the symbol, of which a class is the eyes, the yin
 * or the yang. The five channels fire once each: those of x, y, 1 - x and 1 - y the later the larger it is, the last at
 * the beginning. */
#include "base/random.h"
#include "data/synthetic.h"

#include <math.h>

enum { CLASSES = 3, CHANNELS = 5, YANG = 0, YIN = 1, EYE = 2 };
static const double RADIUS = 0.5, EYE_RADIUS = 0.1;

static double distance(double x, double y, double to_x, double to_y) {
    return sqrt((x - to_x) * (x - to_x) + (y - to_y) * (y - to_y));
}

static uint32_t class_of(double x, double y) {
    double right = distance(x, y, 1.5 * RADIUS, RADIUS), left = distance(x, y, 0.5 * RADIUS, RADIUS);
    if (right < EYE_RADIUS || left < EYE_RADIUS)
        return EYE;
    bool head = left <= 0.5 * RADIUS, upper = y > RADIUS && right > 0.5 * RADIUS;
    return head || upper ? YIN : YANG;
}

/* Points are drawn until one is in the disc and of the class. */
static void draw_point(uint64_t key, uint32_t class, double point[2]) {
    uint64_t draw = 0;
    do {
        point[0] = 2 * RADIUS * sg_random_uniform(key, 0, draw);
        point[1] = 2 * RADIUS * sg_random_uniform(key, 1, draw);
        draw++;
    } while (distance(point[0], point[1], RADIUS, RADIUS) > RADIUS || class_of(point[0], point[1]) != class);
}

/* The last step in which an input fires. */
static uint32_t latest_of(const sg_source_request *request) {
    double step = floor(request->config->yinyang_latest_ms / request->need.dt_ms), last = request->need.steps - 1;
    return (uint32_t)(step < last ? step : last);
}

static void write_point(const double point[2], uint32_t latest, sg_event_writer *out) {
    const double value[CHANNELS] = {point[0], point[1], 1 - point[0], 1 - point[1], 0};
    for (uint32_t c = 0; c < CHANNELS; c++)
        sg_event_writer_add(out, (uint32_t)floor(value[c] * latest + 0.5), c, 1);
}

/* Classes take turns, so that any part has its share of each. */
static sg_status write_all(const sg_source_request *request, sg_event_writer *out) {
    const sg_event_layout layout = {.name = "yinyang",
                                    .steps = request->need.steps,
                                    .classes = CLASSES,
                                    .shape = sg_flat_shape(CHANNELS),
                                    .dt_ms = request->need.dt_ms};
    SG_TRY(sg_event_writer_open(out, &layout));
    for (uint64_t s = 0; s < CLASSES * (uint64_t)request->config->samples; s++) {
        double point[2];
        SG_TRY(sg_event_writer_begin(out, SG_TRAIN, (uint32_t)(s % CLASSES)));
        draw_point(sg_random_bits(request->need.seed, SG_STREAM_SAMPLES, s), (uint32_t)(s % CLASSES), point);
        write_point(point, latest_of(request), out);
    }
    return SG_OK;
}

static sg_status read(const sg_source_request *request, sg_event_writer *out) {
    sg_data_config config = *request->config;
    const sg_source_request sized = {request->kind, &config, request->need};
    config.classes = CLASSES;
    config.channels = CHANNELS;
    SG_TRY(sg_synthetic_check(&sized, 1));
    return write_all(request, out);
}

const sg_source_kind sg_source_yinyang = {
    .head = {"yinyang", "points of the yin-yang symbol: eyes, yin or yang; drawn from the seed"},
    .check = sg_source_check_nothing,
    .measure = sg_source_count,
    .read = read,
};
