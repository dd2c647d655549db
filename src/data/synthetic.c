#include "data/synthetic.h"

#include "base/memory_limit.h"

sg_status sg_synthetic_check(const sg_source_request *request, double spikes_per_channel) {
    const sg_data_config *config = request->config;
    SG_TRY(sg_source_check_split(config, "a set that is drawn is one part: use split: shuffled"));
    if (config->classes > request->need.classes)
        return sg_fail(SG_CONFIG,
                       "data.classes: %lld, but the network's last layer has %u neurons: use at most as many classes",
                       (long long)config->classes, request->need.classes);
    double samples = (double)config->classes * (double)config->samples;
    double events = samples * (double)config->channels * spikes_per_channel;
    double bytes = samples * (double)sg_events_bytes(1, 0, false) +
                   events * (double)(sg_events_bytes(0, 1, false) - sg_events_bytes(0, 0, false));
    return sg_check_memory(bytes < (double)SIZE_MAX ? (size_t)bytes : SIZE_MAX, "the data set that is to be drawn",
                           "lower data.samples, data.classes, data.channels or steps");
}
