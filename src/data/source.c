#include "data/source.h"

#define ROW(name) &sg_source_##name,
SG_KINDS_DEFINE(sg_source, sg_source_kind, SG_SOURCES(ROW))

sg_status sg_source_check_nothing(const sg_data_config *config) {
    (void)config;
    return SG_OK;
}

sg_status sg_source_count(const sg_source_request *request, sg_source_info *info) {
    sg_event_writer writer = {.counts_only = true};
    sg_status status = request->kind->read(request, &writer);
    if (status == SG_OK)
        status = sg_event_writer_finish(&writer);
    if (status == SG_OK)
        *info = (sg_source_info){.shape = writer.layout.shape,
                                 .classes = writer.layout.classes,
                                 .samples = {writer.samples[SG_TRAIN], writer.samples[SG_TEST]},
                                 .events = writer.count,
                                 .held_bytes = writer.held_bytes};
    sg_event_writer_close(&writer);
    return status;
}

sg_status sg_source_check_split(const sg_data_config *config, const char *what) {
    if (config->split == SG_SPLIT_STANDARD)
        return sg_fail(SG_CONFIG, "data.split: standard, but %s: use split: shuffled", what);
    return SG_OK;
}
