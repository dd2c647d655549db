/* A data set ready to train on: an event store, and which of its samples are for training and which for testing. */
#ifndef SG_DATA_DATASET_H
#define SG_DATA_DATASET_H

#include "data/source.h"

struct sg_data {
    sg_events *events;
    uint32_t *order; /* (samples) the training, validation and test part */
    size_t train_count, validation_count, test_count;
};

sg_status sg_data_make(const sg_data_config *config, const sg_data_request *need, sg_data **out);

/* How large a data set will be, without making it: as `measure` of a source. */
sg_status sg_data_measure(const sg_data_config *config, const sg_data_request *need, sg_source_info *info);

#endif
