#include "data/encoder.h"

#include "base/memory_limit.h"

#include <stdlib.h>
#include <string.h>

SG_KINDS_DEFINE(sg_encoder, sg_encoder_kind, &sg_encoder_latency, &sg_encoder_latency_log, &sg_encoder_rate,
                &sg_encoder_delta)

static bool grow(sg_spike_buffer *bag) {
    size_t room = bag->room ? 2 * bag->room : 1024;
    if (sg_check_memory(room * (sizeof *bag->step + sizeof *bag->channel), "the list of one image's spikes",
                        "use smaller images, fewer steps, or an encoder of fewer spikes") != SG_OK)
        return false;
    uint16_t *steps = realloc(bag->step, room * sizeof *steps);
    bag->step = steps ? steps : bag->step;
    uint32_t *channels = realloc(bag->channel, room * sizeof *channels);
    bag->channel = channels ? channels : bag->channel;
    if (!steps || !channels) {
        sg_fail(SG_MEMORY, "no memory for the spikes of an image");
        return false;
    }
    bag->room = room;
    return true;
}

void sg_spike_buffer_add(sg_spike_buffer *bag, uint32_t step, uint32_t channel) {
    bag->failed = bag->failed || (bag->count == bag->room && !grow(bag));
    if (bag->failed)
        return;
    bag->step[bag->count] = (uint16_t)step;
    bag->channel[bag->count++] = channel;
}

void sg_spike_buffer_free(sg_spike_buffer *bag) {
    free(bag->step);
    free(bag->channel);
    *bag = (sg_spike_buffer){0};
}

/* How the images are gone through: the signal of each, and room for one image's spikes. */
typedef struct plan {
    const sg_encoding *encoding;
    const sg_encoder_kind *kind;
    size_t rows, channels;     /* of the signal: one row of all pixels, or rows of columns */
    uint32_t window;           /* steps of a row */
    uint32_t times[SG_LEVELS]; /* within the window; of encoders that have them */
    uint32_t *place;           /* (steps + 1) counting sort: where the next spike of a step goes */
    sg_spike_buffer bag;
} plan;

static bool is_sequence(const sg_encoding *encoding) {
    return encoding->config->sequence == SG_SEQUENCE_ROWS;
}

uint32_t sg_encoding_channels(const sg_encoding *encoding) {
    uint32_t values = is_sequence(encoding) ? encoding->width : encoding->width * encoding->height;
    return values * sg_encoder_at(encoding->config->encoder)->channels;
}

static sg_status check(const sg_encoding *encoding) {
    const sg_encoder_kind *kind = sg_encoder_at(encoding->config->encoder);
    if (is_sequence(encoding) && encoding->steps % encoding->height != 0)
        return sg_fail(SG_CONFIG,
                       "steps: %u, but data.sequence is rows and the images have %u of them: use a multiple of %u, for "
                       "example %u",
                       encoding->steps, encoding->height, encoding->height,
                       (encoding->steps / encoding->height + 1) * encoding->height);
    return kind->check ? kind->check(encoding) : SG_OK;
}

static sg_status make_plan(plan *p, const sg_encoding *encoding) {
    *p = (plan){.encoding = encoding, .kind = sg_encoder_at(encoding->config->encoder)};
    SG_TRY(check(encoding));
    p->rows = is_sequence(encoding) ? encoding->height : 1;
    p->channels = is_sequence(encoding) ? encoding->width : encoding->width * encoding->height;
    p->window = encoding->steps / (uint32_t)p->rows;
    if (p->kind->times)
        p->kind->times(p->times, encoding, p->window);
    p->place = sg_array((size_t)encoding->steps + 1, sizeof *p->place);
    return p->place ? SG_OK : SG_MEMORY;
}

static void close_plan(plan *p) {
    free(p->place);
    sg_spike_buffer_free(&p->bag);
}

static void take_times(plan *p, const uint8_t *signal) {
    for (size_t row = 0; row < p->rows; row++)
        for (uint32_t c = 0; c < p->channels; c++) {
            uint32_t t = p->times[signal[row * p->channels + c]];
            if (t < p->window)
                sg_spike_buffer_add(&p->bag, (uint32_t)row * p->window + t, c);
        }
}

/* The spikes of an image into the bag, channels rising within a step. */
static void encode_image(plan *p, uint64_t sample, const uint8_t *signal) {
    p->bag.count = 0;
    if (p->kind->times)
        take_times(p, signal);
    else
        p->kind->encode(&p->bag, p->encoding, sample, signal, p->rows, p->channels, p->window);
}

/* Sorts by step what the bag holds, keeping the order within one. */
static void sort_into(sg_events *events, uint64_t first, plan *p) {
    memset(p->place, 0, ((size_t)events->steps + 1) * sizeof *p->place);
    for (size_t e = 0; e < p->bag.count; e++)
        p->place[p->bag.step[e] + 1]++;
    for (uint32_t t = 0; t < events->steps; t++)
        p->place[t + 1] += p->place[t];
    for (size_t e = 0; e < p->bag.count; e++) {
        uint64_t at = first + p->place[p->bag.step[e]]++;
        events->step[at] = p->bag.step[e];
        events->channel[at] = p->bag.channel[e];
    }
}

/* Calls `each` for every image, with its number. */
static sg_status walk(plan *p, const sg_image_block *blocks, size_t block_count, void *user,
                      void (*each)(void *user, plan *p, size_t sample, uint8_t label)) {
    size_t size = p->rows * p->channels, sample = 0;
    for (size_t b = 0; b < block_count; b++)
        for (size_t i = 0; i < blocks[b].count; i++, sample++) {
            encode_image(p, sample, blocks[b].pixels + i * size);
            if (p->bag.failed)
                return SG_MEMORY;
            each(user, p, sample, blocks[b].labels[i]);
        }
    return SG_OK;
}

static void count_one(void *user, plan *p, size_t sample, uint8_t label) {
    (void)sample, (void)label;
    *(uint64_t *)user += p->bag.count;
}

static void measure_one(void *user, plan *p, size_t sample, uint8_t label) {
    sg_events *events = user;
    events->label[sample] = label;
    events->first[sample + 1] = events->first[sample] + p->bag.count;
}

static void store_one(void *user, plan *p, size_t sample, uint8_t label) {
    sg_events *events = user;
    (void)label;
    sort_into(events, events->first[sample], p);
}

sg_status sg_count_events(const sg_encoding *encoding, const sg_image_block *blocks, size_t block_count,
                          uint64_t *count) {
    plan p;
    *count = 0;
    sg_status status = make_plan(&p, encoding);
    if (status == SG_OK)
        status = walk(&p, blocks, block_count, count, count_one);
    close_plan(&p);
    return status;
}

static sg_status encode_all(plan *p, const sg_image_block *blocks, size_t block_count, sg_events *events) {
    SG_TRY(walk(p, blocks, block_count, events, measure_one));
    SG_TRY(sg_events_reserve(events));
    return walk(p, blocks, block_count, events, store_one);
}

sg_status sg_encode_images(const sg_encoding *encoding, const sg_image_block *blocks, size_t block_count,
                           sg_events **out) {
    plan p;
    size_t samples = 0;
    *out = NULL;
    for (size_t b = 0; b < block_count; b++)
        samples += blocks[b].count;
    sg_status status = make_plan(&p, encoding);
    if (status == SG_OK)
        status = sg_events_make(samples, encoding->steps, sg_encoding_channels(encoding), encoding->classes, out);
    if (status == SG_OK) {
        (*out)->dt_ms = encoding->dt_ms;
        (*out)->width = encoding->width;
        (*out)->height = encoding->height;
        (*out)->window = is_sequence(encoding) ? p.window : 0;
        status = encode_all(&p, blocks, block_count, *out);
    }
    close_plan(&p);
    if (status != SG_OK) {
        sg_events_free(*out);
        *out = NULL;
    }
    return status;
}
