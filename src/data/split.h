/* Which samples of a data set train, validate and test. */
#ifndef SG_DATA_SPLIT_H
#define SG_DATA_SPLIT_H

#include "data/dataset.h"

/* Fills the order and the counts of a data set whose events are there. What is drawn depends on the seed alone.
 * SG_CONFIG, with the key and the remedy, where a part would be empty or the events do not have what is asked for. */
sg_status sg_split(sg_data *data, const sg_data_config *config, uint64_t seed);

#endif
