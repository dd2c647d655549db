/* Latency: bright pixels fire early (docs/maths.md). x = byte / 256, t = floor((1 - x) T), silent where
 * x < threshold. All of this is exact in double precision for T below 2^16. A black pixel would fire at T, which is
 * past the end. */
#include "data/encoder.h"

static void times(uint32_t out[SG_LEVELS], const sg_data_config *config, uint32_t steps) {
    for (uint32_t level = 0; level < SG_LEVELS; level++) {
        double x = level / 256.0;
        out[level] = x < config->encoder_threshold ? steps : (uint32_t)((1 - x) * steps);
    }
}

const sg_encoder_kind sg_encoder_latency = {"latency", times};
