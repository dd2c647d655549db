/* One sample and what the outputs should do for it: there is nothing else to learn. It stands there data.samples times
 * to train by, and once more to test. */
#ifndef SG_DATA_ONE_SAMPLE_H
#define SG_DATA_ONE_SAMPLE_H

#include "data/source.h"

/* A `check`: SG_CONFIG where samples are to be split. */
sg_status sg_one_sample_check(const sg_data_config *config);

/* Writes the events of a sample that has been begun. */
typedef sg_status sg_one_sample(void *user, sg_event_writer *writer);

/* Writes all samples of the input, whose splits tell which tests, or of the target; opens the writer. */
sg_status sg_one_sample_write(const sg_source_request *request, sg_event_layout layout, sg_one_sample *write,
                              void *user, sg_event_writer *writer);

/* The target, as the input's writer gets it. */
sg_status sg_one_sample_set_target(const sg_source_request *request, sg_event_layout layout, sg_one_sample *write,
                                   void *user, sg_event_writer *of_input);

/* Random spikes, drawn from the seed and `kind`: one in each step and channel with the same probability. */
void sg_one_sample_noise(const sg_source_request *request, double rate_hz, uint32_t kind, uint32_t channels,
                         sg_event_writer *writer);

#endif
