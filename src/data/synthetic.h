/* What sources that are drawn from the seed have in common. Their samples of all classes come one after the other. */
#ifndef SG_DATA_SYNTHETIC_H
#define SG_DATA_SYNTHETIC_H

#include "data/source.h"

/* Before all is drawn, which takes its time: SG_CONFIG where the network has too few outputs or a split is asked for,
 * SG_MEMORY where samples of so many spikes a channel would not fit. */
sg_status sg_synthetic_check(const sg_source_request *request, double spikes_per_channel);

#endif
