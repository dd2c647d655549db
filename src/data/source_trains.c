/* One sample and the spike trains that outputs should emit for it, from two recordings in a folder, as SLAYER's
 * regression has them; or both drawn from the seed. */
#include "data/one_sample.h"
#include "file/path.h"
#include "recording/recording.h"

#include <limits.h>

/* Rates of trains that are drawn: those of SLAYER's files. */
static const double INPUT_HZ = 5, TARGET_HZ = 27;

/* Where a recording goes, if anywhere, and the channels that it has. */
typedef struct listener {
    sg_event_writer *writer;
    uint32_t channels;
} listener;

static sg_status take(void *user, const sg_raw_event *events, size_t count) {
    listener *to = user;
    for (size_t i = 0; i < count; i++) {
        to->channels = events[i].x >= to->channels ? events[i].x + 1 : to->channels;
        if (to->writer)
            sg_event_writer_add_at(to->writer, events[i].us / 1000, events[i].x, 1);
    }
    return SG_OK;
}

static sg_status read_file(const sg_data_config *config, const char *name, listener *to) {
    char path[PATH_MAX];
    const sg_recording_listener told = {.user = to, .events = take};
    SG_TRY(sg_absolute_path(path, sizeof path, config->dir, name));
    return sg_recording_read(path, NULL, &told, NULL);
}

/* What is read or drawn: the input, or the target. */
typedef struct part {
    const sg_source_request *request;
    const char *name, *file;
    double rate_hz;
    uint32_t kind, channels;
} part;

static sg_status write_sample(void *user, sg_event_writer *writer) {
    const part *p = user;
    listener to = {.writer = writer};
    if (!sg_is_empty(p->request->config->dir))
        return read_file(p->request->config, p->file, &to);
    sg_one_sample_noise(p->request, p->rate_hz, p->kind, p->channels, writer);
    return SG_OK;
}

/* The channels that a file has, or else those that are wanted. */
static sg_status find_channels(const sg_data_config *config, part *p) {
    listener to = {0};
    if (sg_is_empty(config->dir))
        return SG_OK;
    SG_TRY(read_file(config, p->file, &to));
    if (to.channels == 0)
        return sg_fail(SG_DATA, "%s/%s: has no spikes, expected some", config->dir, p->file);
    p->channels = to.channels > p->channels || p->kind == 0 ? to.channels : p->channels;
    return SG_OK;
}

static sg_event_layout layout_of(const part *p, bool has_split) {
    return (sg_event_layout){.name = p->name, .shape = sg_flat_shape(p->channels), .has_split = has_split};
}

static sg_status read(const sg_source_request *request, sg_event_writer *out) {
    part input = {request, "the input's spikes", "input.bs1", INPUT_HZ, 0, (uint32_t)request->config->channels};
    part target = {request, "the target's spikes", "output.bs1", TARGET_HZ, 1, request->need.classes};
    SG_TRY(find_channels(request->config, &input));
    SG_TRY(sg_one_sample_write(request, layout_of(&input, true), write_sample, &input, out));
    SG_TRY(find_channels(request->config, &target));
    return sg_one_sample_set_target(request, layout_of(&target, false), write_sample, &target, out);
}

const sg_source_kind sg_source_trains = {
    .head = {"trains",
             "spike trains and those that outputs should emit: input.bs1 and output.bs1 of data.dir, or drawn"},
    .check = sg_one_sample_check,
    .measure = sg_source_count,
    .read = read,
};
