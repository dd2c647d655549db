/* A listener that reads all it is told, so that a sanitiser sees every value, and requires what every format promises:
 * times and values are numbers, and events lie on the sensor. */
#ifndef TEST_FUZZ_HEAR_H
#define TEST_FUZZ_HEAR_H

#include "recording/recording.h"

typedef struct heard {
    sg_sensor sensor;
    double sum; /* of all there was */
} heard;

/* `options` may be NULL. */
sg_recording_listener hear(heard *to, const sg_recording_options *options);

#endif
