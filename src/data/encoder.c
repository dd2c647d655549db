#include "data/encoder.h"

static const sg_encoder_kind *const table[] = {
    &sg_encoder_latency,
};

enum { COUNT = sizeof table / sizeof *table };

const char *sg_encoder_name(int i) {
    return i >= 0 && i < COUNT ? table[i]->name : NULL;
}

static uint64_t count_image(const uint8_t *pixels, uint32_t channels, const uint32_t *times, uint32_t steps) {
    uint64_t count = 0;
    for (uint32_t c = 0; c < channels; c++)
        count += times[pixels[c]] < steps;
    return count;
}

uint64_t sg_count_events(const sg_data_config *config, uint32_t steps, uint32_t channels, const sg_image_block *blocks,
                         size_t block_count) {
    uint32_t times[SG_LEVELS];
    uint64_t count = 0;
    table[config->encoder]->times(times, config, steps);
    for (size_t b = 0; b < block_count; b++)
        for (size_t s = 0; s < blocks[b].count; s++)
            count += count_image(blocks[b].pixels + s * channels, channels, times, steps);
    return count;
}

/* For a counting sort by step: a pixel has 256 levels, so at most 256 steps occur, however large T is. */
typedef struct plan {
    uint32_t times[SG_LEVELS];  /* step of a level */
    uint32_t bucket[SG_LEVELS]; /* rank of its step among the steps that occur; bucket_count: never */
    uint16_t step[SG_LEVELS];   /* step of a bucket */
    uint32_t bucket_count;
} plan;

static uint32_t next_step(const uint32_t *times, uint32_t steps, uint32_t from) {
    uint32_t next = steps;
    for (uint32_t level = 0; level < SG_LEVELS; level++)
        if (times[level] >= from && times[level] < next)
            next = times[level];
    return next;
}

static void make_plan(plan *p, const sg_data_config *config, uint32_t steps) {
    table[config->encoder]->times(p->times, config, steps);
    p->bucket_count = 0;
    for (uint32_t t = next_step(p->times, steps, 0); t < steps; t = next_step(p->times, steps, t + 1))
        p->step[p->bucket_count++] = (uint16_t)t;
    for (uint32_t level = 0; level < SG_LEVELS; level++) {
        p->bucket[level] = p->bucket_count;
        for (uint32_t b = 0; b < p->bucket_count; b++)
            if (p->step[b] == p->times[level])
                p->bucket[level] = b;
    }
}

static void encode_image(sg_events *events, uint64_t first, const uint8_t *pixels, const plan *p) {
    uint64_t place[SG_LEVELS + 1] = {0};
    for (uint32_t c = 0; c < events->channels; c++)
        place[p->bucket[pixels[c]]]++;
    uint64_t next = first;
    for (uint32_t b = 0; b < p->bucket_count; b++) {
        uint64_t count = place[b];
        place[b] = next;
        next += count;
    }
    for (uint32_t c = 0; c < events->channels; c++) {
        uint32_t b = p->bucket[pixels[c]];
        if (b == p->bucket_count)
            continue;
        events->step[place[b]] = p->step[b];
        events->channel[place[b]++] = c;
    }
}

static void count_block(sg_events *events, size_t s, const sg_image_block *block, const plan *p) {
    for (size_t i = 0; i < block->count; i++, s++) {
        events->label[s] = block->labels[i];
        events->first[s + 1] = events->first[s] + count_image(block->pixels + i * events->channels, events->channels,
                                                              p->times, events->steps);
    }
}

static void encode_block(sg_events *events, size_t s, const sg_image_block *block, const plan *p) {
    for (size_t i = 0; i < block->count; i++)
        encode_image(events, events->first[s + i], block->pixels + i * events->channels, p);
}

sg_status sg_encode_images(const sg_data_config *config, uint32_t steps, uint32_t channels, uint32_t classes,
                           const sg_image_block *blocks, size_t block_count, sg_events **out) {
    plan p;
    make_plan(&p, config, steps);
    size_t samples = 0;
    for (size_t b = 0; b < block_count; b++)
        samples += blocks[b].count;
    SG_TRY(sg_events_make(samples, steps, channels, classes, out));
    for (size_t b = 0, s = 0; b < block_count; s += blocks[b++].count)
        count_block(*out, s, &blocks[b], &p);
    if (sg_events_reserve(*out) != SG_OK) {
        sg_events_free(*out);
        *out = NULL;
        return SG_MEMORY;
    }
    for (size_t b = 0, s = 0; b < block_count; s += blocks[b++].count)
        encode_block(*out, s, &blocks[b], &p);
    return SG_OK;
}
