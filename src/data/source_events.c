/* A file of spike events: docs/file-formats.md. */
#include "data/source.h"
#include "file/bytes.h"

static sg_status check(const sg_data_config *config) {
    if (!*config->file)
        return sg_fail(SG_CONFIG, "data.file: is empty, but data.set is 'events': name the HDF5 file of spike events");
    return SG_OK;
}

static sg_status read(const sg_source_request *request, sg_event_writer *out) {
    const sg_data_config *config = request->config;
    sg_events *events;
    SG_TRY(sg_source_check_split(config, "an events file is one part"));
    if (!sg_file_exists(config->file))
        return sg_fail(SG_DATA,
                       "%s: there is no such file: put the spike events there, or name their file "
                       "(data.file, or --data FILE)",
                       config->file);
    SG_TRY(sg_events_load(config->file, &events));
    return sg_event_writer_adopt(out, config->file, events);
}

const sg_source_kind sg_source_events = {
    .head = {"events", "an HDF5 file of spike events (data.file)"},
    .check = check,
    .measure = sg_source_count,
    .read = read,
};
