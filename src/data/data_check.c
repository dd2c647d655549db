#include "data/source.h"

sg_status sg_rate_check(const char *key, double rate_hz, double dt_ms) {
    return rate_hz * dt_ms <= 1000
               ? SG_OK
               : sg_fail(SG_CONFIG, "%s: %g Hz is more than one spike in a step of %g ms: use at most %g Hz", key,
                         rate_hz, dt_ms, 1000 / dt_ms);
}

static sg_status check_parts(const sg_data_config *config) {
    if (config->split == SG_SPLIT_GROUPS && sg_is_empty(config->test_groups))
        return sg_fail(SG_CONFIG, "data.test_groups: is empty, but data.split is 'groups': name one or more groups, "
                                  "separated by commas");
    if (config->validation > 0 && config->validation_groups > 0)
        return sg_fail(SG_CONFIG, "data.validation_groups: %lld, but data.validation is %g: give one of them",
                       (long long)config->validation_groups, config->validation);
    if (config->stratified && config->split != SG_SPLIT_SHUFFLED && config->validation == 0)
        return sg_fail(SG_CONFIG, "data.stratified: true, but no share is taken, so that it has no effect: leave it "
                                  "out, or set data.validation or data.split: shuffled");
    return SG_OK;
}

bool sg_data_may_validate(const sg_data_config *config) {
    return config->validation > 0 || config->validation_groups > 0 ||
           (config->split == SG_SPLIT_STANDARD && sg_source_at(config->set)->may_validate);
}

sg_status sg_data_config_check(const sg_data_config *config) {
    SG_TRY(check_parts(config));
    return sg_source_at(config->set)->check(config);
}
