/* One sample and the spike trains that outputs should emit for it, from two recordings in a folder, as SLAYER's
 * regression has them; or both drawn from the seed. It stands there data.samples times to train by, and once more to
 * test, as there is nothing else. */
#include "base/random.h"
#include "data/source.h"
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

/* Trains of random spikes: one in each step with the same probability. */
static void draw(const sg_source_request *request, double rate_hz, uint32_t kind, uint32_t channels,
                 sg_event_writer *writer) {
    const uint64_t key = sg_random_bits(request->need.seed, SG_STREAM_SET, kind);
    const double probability = rate_hz * request->need.dt_ms / 1000;
    for (uint32_t t = 0; t < request->need.steps; t++)
        for (uint32_t c = 0; c < channels; c++)
            if (sg_random_uniform(key, c, t) < probability)
                sg_event_writer_add(writer, t, c, 1);
}

/* What is read or drawn: the input, or the target. */
typedef struct part {
    const char *name, *file;
    double rate_hz;
    uint32_t kind, channels;
} part;

static sg_status write_part(const sg_source_request *request, const part *p, bool has_split, sg_event_writer *writer) {
    const sg_event_layout layout = {.name = p->name,
                                    .steps = request->need.steps,
                                    .classes = 1,
                                    .shape = sg_flat_shape(p->channels),
                                    .dt_ms = request->need.dt_ms,
                                    .has_split = has_split};
    SG_TRY(sg_event_writer_open(writer, &layout));
    for (int64_t s = 0; s <= request->config->samples; s++) {
        listener to = {.writer = writer};
        bool tests = has_split && s == request->config->samples;
        SG_TRY(sg_event_writer_begin(writer, tests ? SG_TEST : SG_TRAIN, 0));
        if (sg_is_empty(request->config->dir))
            draw(request, p->rate_hz, p->kind, p->channels, writer);
        else
            SG_TRY(read_file(request->config, p->file, &to));
    }
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

static sg_status make_target(const sg_source_request *request, sg_events **out) {
    part p = {"the target's spikes", "output.bs1", TARGET_HZ, 1, request->need.classes};
    sg_event_writer writer = {0};
    *out = NULL;
    SG_TRY(find_channels(request->config, &p));
    sg_status status = write_part(request, &p, false, &writer);
    if (status == SG_OK)
        status = sg_event_writer_take(&writer, out);
    sg_event_writer_close(&writer);
    return status;
}

static sg_status read(const sg_source_request *request, sg_event_writer *out) {
    part p = {"the input's spikes", "input.bs1", INPUT_HZ, 0, (uint32_t)request->config->channels};
    sg_events *target;
    SG_TRY(find_channels(request->config, &p));
    SG_TRY(write_part(request, &p, true, out));
    SG_TRY(make_target(request, &target));
    sg_event_writer_set_target(out, target);
    return SG_OK;
}

static sg_status check(const sg_data_config *config) {
    return config->split == SG_SPLIT_STANDARD
               ? SG_OK
               : sg_fail(SG_CONFIG, "data.split: spike trains are one sample, which is there to train and to test: use "
                                    "standard");
}

const sg_source_kind sg_source_trains = {
    .head = {"trains",
             "spike trains and those that outputs should emit: input.bs1 and output.bs1 of data.dir, or drawn"},
    .check = check,
    .measure = sg_source_count,
    .read = read,
};
