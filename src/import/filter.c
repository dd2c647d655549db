#include "import/filter.h"

#include "base/intern.h"

static bool has_window(const sg_import_config *config) {
    return config->window_ms > 0;
}

static bool has_sensor(const sg_import_config *config) {
    return !sg_is_empty(config->sensor);
}

static bool has_crop(const sg_import_config *config) {
    return !sg_is_empty(config->crop);
}

static bool has_hot_pixels(const sg_import_config *config) {
    return config->hot_hz > 0;
}

static bool has_refractory(const sg_import_config *config) {
    return config->refractory_ms > 0;
}

static bool has_polarity(const sg_import_config *config) {
    return config->polarity != SG_POLARITY_BOTH;
}

static bool has_downsample(const sg_import_config *config) {
    return config->downsample > 1;
}

static bool has_most(const sg_import_config *config) {
    return config->most > 0;
}

/* The window comes first, so that rates are those of what is used; pixels are judged before they are joined. */
const sg_filter_kind sg_filter_kinds[SG_FILTERS] = {
    {"after the window", has_window, sg_filter_window, NULL},
    {"beyond data.sensor", has_sensor, sg_filter_beyond, sg_filter_beyond_sensor},
    {"beyond data.crop", has_crop, sg_filter_crop, sg_filter_crop_sensor},
    {"of hot pixels", has_hot_pixels, sg_filter_hot_pixels, NULL},
    {"within data.refractory of the pixel's last", has_refractory, sg_filter_refractory, NULL},
    {"of the other polarity", has_polarity, sg_filter_polarity, sg_filter_polarity_sensor},
    {NULL, has_downsample, sg_filter_downsample, sg_filter_downsample_sensor},
    {"beyond data.most", has_most, sg_filter_most, NULL},
};

sg_status sg_filter_sample(const sg_import_config *config, sg_raw_sample *sample, uint64_t left_out[SG_FILTERS]) {
    for (int i = 0; i < SG_FILTERS; i++) {
        const size_t before = sample->count;
        if (!sg_filter_kinds[i].is_used(config))
            continue;
        SG_TRY(sg_filter_kinds[i].apply(config, sample));
        left_out[i] += before - sample->count;
    }
    return SG_OK;
}

sg_sensor sg_filter_sensor(const sg_import_config *config, sg_sensor sensor) {
    for (int i = 0; i < SG_FILTERS; i++)
        if (sg_filter_kinds[i].change_sensor && sg_filter_kinds[i].is_used(config))
            sg_filter_kinds[i].change_sensor(config, &sensor);
    return sensor;
}
