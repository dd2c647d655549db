/* Blending: two training samples of one class become one, as on the Spiking Heidelberg Digits (docs/maths.md). */
#ifndef SG_DATA_BLEND_H
#define SG_DATA_BLEND_H

#include "data/event_sort.h"
#include "data/events.h"

/* The samples of a training part by their classes: which of them a sample may be blended with. */
typedef struct sg_partners {
    sg_events *events; /* the store, which is kept; NULL: there are no partners */
    uint32_t *samples; /* (first[classes]) those of class 0, of class 1, ..., each in the order of the part */
    size_t *first;     /* (classes + 1) */
} sg_partners;

/* `samples` (count) are the training part; those without a label are nobody's partners, which is warned of. Takes the
 * place of what was open before. SG_DATA if none has a label, SG_MEMORY. */
sg_status sg_partners_open(sg_partners *partners, const sg_events *events, const uint32_t *samples, size_t count);
void sg_partners_close(sg_partners *partners);

/* Blends a sample with another one of its class, with this probability; what is drawn depends on `key` alone. True:
 * `out`, with room for the events of both, holds the events that are kept, in no order. False: nothing was done, and so
 * it is where no other sample is of the class. */
bool sg_blend(const sg_partners *partners, double probability, size_t sample, uint64_t key, sg_event_list *out);

#endif
