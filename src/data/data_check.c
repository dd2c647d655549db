#include "data/data_config.h"

sg_status sg_rate_check(const char *key, double rate_hz, double dt_ms) {
    return rate_hz * dt_ms <= 1000
               ? SG_OK
               : sg_fail(SG_CONFIG, "%s: %g Hz is more than one spike in a step of %g ms: use at most %g Hz", key,
                         rate_hz, dt_ms, 1000 / dt_ms);
}

sg_status sg_data_config_check(const sg_data_config *config) {
    if (config->set == SG_SET_IDX && !*config->dir)
        return sg_fail(SG_CONFIG, "data.dir: is empty, but data.set is 'idx': name the folder of the IDX files");
    if (config->set == SG_SET_EVENTS && !*config->file)
        return sg_fail(SG_CONFIG, "data.file: is empty, but data.set is 'events': name the HDF5 file of spike events");
    return SG_OK;
}
