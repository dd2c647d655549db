/* Augmentation of events as they are: flips, and shifts along channels and time. */
#ifndef SG_DATA_AUGMENT_EVENTS_H
#define SG_DATA_AUGMENT_EVENTS_H

#include "data/data_config.h"
#include "data/event_sort.h"
#include "data/events.h"

/* Whether any of these is to be done. */
bool sg_moves_events(const sg_data_config *config);

/* SG_CONFIG with the remedy where the channels are not what is to be flipped. */
sg_status sg_move_events_check(const sg_data_config *config, const sg_events *events);

/* Changes `count` spikes of one sample in place, as the key says, which is the sample's own. Returns how many are left,
 * sorted by step, then channel; numbers are not sorted. */
size_t sg_move_events(const sg_data_config *config, const sg_events *events, uint64_t key, sg_event_list spikes);

#endif
