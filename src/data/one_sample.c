#include "data/one_sample.h"

#include "base/random.h"

sg_status sg_one_sample_check(const sg_data_config *config) {
    return config->split == SG_SPLIT_STANDARD
               ? SG_OK
               : sg_fail(SG_CONFIG,
                         "data.split: spike trains and sines are one sample, which is there to train and to test: use "
                         "standard");
}

sg_status sg_one_sample_write(const sg_source_request *request, sg_event_layout layout, sg_one_sample *write,
                              void *user, sg_event_writer *writer) {
    layout.steps = request->need.steps;
    layout.classes = 1;
    layout.dt_ms = request->need.dt_ms;
    SG_TRY(sg_event_writer_open(writer, &layout));
    for (int64_t s = 0; s <= request->config->samples; s++) {
        bool tests = layout.has_split && s == request->config->samples;
        SG_TRY(sg_event_writer_begin(writer, tests ? SG_TEST : SG_TRAIN, 0));
        SG_TRY(write(user, writer));
    }
    return SG_OK;
}

sg_status sg_one_sample_set_target(const sg_source_request *request, sg_event_layout layout, sg_one_sample *write,
                                   void *user, sg_event_writer *of_input) {
    sg_event_writer writer = {0};
    sg_events *target = NULL;
    sg_status status = sg_one_sample_write(request, layout, write, user, &writer);
    if (status == SG_OK)
        status = sg_event_writer_take(&writer, &target);
    sg_event_writer_close(&writer);
    if (status == SG_OK)
        sg_event_writer_set_target(of_input, target);
    return status;
}

void sg_one_sample_noise(const sg_source_request *request, double rate_hz, uint32_t kind, uint32_t channels,
                         sg_event_writer *writer) {
    const uint64_t key = sg_random_bits(request->need.seed, SG_STREAM_SET, kind);
    const double probability = rate_hz * request->need.dt_ms / 1000;
    for (uint32_t t = 0; t < request->need.steps; t++)
        for (uint32_t c = 0; c < channels; c++)
            if (sg_random_uniform(key, c, t) < probability)
                sg_event_writer_add(writer, t, c, 1);
}
