#include "data/source.h"

sg_status sg_rate_check(const char *key, double rate_hz, double dt_ms) {
    return rate_hz * dt_ms <= 1000
               ? SG_OK
               : sg_fail(SG_CONFIG, "%s: %g Hz is more than one spike in a step of %g ms: use at most %g Hz", key,
                         rate_hz, dt_ms, 1000 / dt_ms);
}

sg_status sg_data_config_check(const sg_data_config *config) {
    return sg_source_at(config->set)->check(config);
}
