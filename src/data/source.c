#include "data/source.h"

#include <stdarg.h>
#include <stdio.h>

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
                                 .samples = {writer.samples[SG_TRAIN], writer.samples[SG_TEST],
                                             writer.samples[SG_VALIDATION]},
                                 .events = writer.count,
                                 .numbers = writer.layout.numbers,
                                 .held_bytes = writer.held_bytes};
    sg_event_writer_close(&writer);
    return status;
}

sg_status sg_source_check_split(const sg_data_config *config, const char *format, ...) {
    char what[SG_MESSAGE_TEXT];
    va_list arguments;
    if (config->split != SG_SPLIT_STANDARD)
        return SG_OK;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    return sg_fail(SG_CONFIG, "data.split: standard, but %s", what);
}
