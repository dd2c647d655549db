#include "data/augment_events.h"

#include "base/random.h"

#include <math.h>

bool sg_moves_events(const sg_data_config *config) {
    return config->flip > 0 || config->flip_polarity > 0 || config->shift_channels > 0 || config->stretch > 0;
}

sg_status sg_move_events_check(const sg_data_config *config, const sg_events *events) {
    if (config->flip > 0 && events->shape.width < 2)
        return sg_fail(SG_CONFIG, "augment.flip: the data are not images, so nothing can be mirrored in them: leave it "
                                  "out, or say the shape of events that are (data.shape)");
    if (config->flip_polarity > 0 && events->shape.channels != 2)
        return sg_fail(SG_CONFIG,
                       "augment.flip_polarity: the data have %u maps, expected 2, one of each polarity: leave it out, "
                       "or say their shape (data.shape)",
                       events->shape.channels);
    if (config->shift_channels > 0 && sg_shape_is_image(events->shape))
        return sg_fail(SG_CONFIG, "augment.shift_channels: the channels are pixels: use augment.shift");
    return SG_OK;
}

/* What is drawn for a sample, each by its own index, so that one option does not change what another one draws. */
enum { DRAW_FLIP, DRAW_POLARITY, DRAW_CHANNELS, DRAW_STRETCH };

static double drawn(uint64_t key, uint64_t which) {
    return sg_random_uniform(key, 0, which);
}

/* The map mirrored, each row from right to left. */
static void flip(sg_shape shape, sg_event_list spikes) {
    for (size_t e = 0; e < spikes.count; e++) {
        const uint32_t x = spikes.channel[e] % shape.width;
        spikes.channel[e] += shape.width - 1 - 2 * x;
    }
}

/* The two maps change places. */
static void flip_polarity(sg_shape shape, sg_event_list spikes) {
    const uint32_t map = shape.height * shape.width;
    for (size_t e = 0; e < spikes.count; e++)
        spikes.channel[e] = spikes.channel[e] < map ? spikes.channel[e] + map : spikes.channel[e] - map;
}

/* What leaves the channels, or the steps, is lost. */
static size_t shift_channels(const sg_events *events, int64_t by, sg_event_list spikes) {
    size_t left = 0;
    for (size_t e = 0; e < spikes.count; e++) {
        const int64_t channel = spikes.channel[e] + by;
        spikes.step[left] = spikes.step[e];
        spikes.channel[left] = (uint32_t)channel;
        if (spikes.value)
            spikes.value[left] = spikes.value[e];
        left += channel >= 0 && channel < events->channels;
    }
    return left;
}

/* Times from the beginning of the sample, `factor` times as long. */
static size_t stretch(const sg_events *events, double factor, sg_event_list spikes) {
    size_t left = 0;
    for (size_t e = 0; e < spikes.count; e++) {
        const double step = floor((spikes.step[e] + 0.5) * factor);
        if (step >= events->steps)
            break; /* and so are the later ones */
        spikes.step[left] = (uint16_t)step;
        spikes.channel[left++] = spikes.channel[e];
    }
    return left;
}

size_t sg_move_events(const sg_data_config *config, const sg_events *events, uint64_t key, sg_event_list spikes) {
    const double most = (double)config->shift_channels;
    if (drawn(key, DRAW_FLIP) < config->flip)
        flip(events->shape, spikes);
    if (drawn(key, DRAW_POLARITY) < config->flip_polarity)
        flip_polarity(events->shape, spikes);
    if (config->shift_channels > 0)
        spikes.count =
            shift_channels(events, (int64_t)floor(drawn(key, DRAW_CHANNELS) * (2 * most + 1) - most), spikes);
    if (config->stretch > 0)
        spikes.count = stretch(events, 1 + config->stretch * (2 * drawn(key, DRAW_STRETCH) - 1), spikes);
    return spikes.value ? spikes.count : sg_order_channels(spikes, events->counts);
}
