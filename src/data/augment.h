/* Augmentation: what is done to a training sample's spikes before it is shown, drawn anew each time (docs/maths.md). */
#ifndef SG_DATA_AUGMENT_H
#define SG_DATA_AUGMENT_H

#include "data/blend.h"
#include "data/data_config.h"
#include "data/events.h"
#include "kernel/kernel.h"

typedef struct sg_augment {
    const sg_data_config *config;
    double dt_ms;
    uint64_t seed;
    const sg_partners *partners; /* of a configuration that blends */
} sg_augment;

/* What a sample is without augmentation. */
sg_input_list sg_events_input(const sg_events *events, size_t sample);

/* Whether anything is to be done. */
bool sg_augments(const sg_data_config *config);

/* SG_CONFIG with the remedy where events are not what the configuration wants to change. */
sg_status sg_augment_check(const sg_data_config *config, const sg_events *events);

/* Where one sample in work is changed. */
typedef struct sg_augment_scratch {
    uint16_t *step;       /* (longest sample, or channels if that is more) */
    uint32_t *channel;    /* likewise */
    uint16_t *moved_step; /* likewise */
    uint32_t *moved;      /* likewise */
    float *value;         /* likewise, of numbers */
    float *by_channel;    /* (channels + 1) the number of each channel in a step, 0: it has none */
    uint16_t *at;         /* (channels + 1) the step of each channel's spike */
    uint32_t *place;      /* (steps + 1) */
} sg_augment_scratch;

/* The scratch for samples of so many events, channels and steps. */
sg_augment_scratch sg_augment_lay_out(sg_arena *arena, size_t longest, size_t channels, size_t steps);

/* Most events that a sample of the store has when it is augmented; `config` NULL: when it is not. */
size_t sg_augment_longest(const sg_data_config *config, const sg_events *events);

/* The spikes or numbers of a sample, augmented as draw `number` and `place` say; they lie in the scratch. Sorted by
 * step, then channel. */
sg_input_list sg_augment_sample(const sg_augment *augment, const sg_events *events, size_t sample, uint64_t number,
                                uint64_t place, const sg_augment_scratch *scratch);

#endif
