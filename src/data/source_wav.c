#include "data/source_wav.h"

#include "data/encoder.h"
#include "file/audio.h"
#include "file/utf8.h"

#include <stdlib.h>

/* What hears one recording after the other. */
typedef struct ear {
    const sg_encoding *encoding;
    sg_encoder_plan encoder;
    sg_cochlea *cochlea; /* for the rate of the last recording; or NULL */
    double *power;       /* (room) */
    uint8_t *levels;     /* (room) */
    size_t room;
} ear;

static void close_ear(ear *e) {
    sg_cochlea_free(e->cochlea);
    free(e->power);
    free(e->levels);
}

static sg_status reserve(ear *e, size_t count) {
    if (count <= e->room)
        return SG_OK;
    free(e->power);
    free(e->levels);
    e->room = 0;
    e->power = sg_array(count, sizeof *e->power);
    e->levels = sg_array(count, sizeof *e->levels);
    if (!e->power || !e->levels)
        return SG_MEMORY;
    e->room = count;
    return SG_OK;
}

static sg_status tune(ear *e, double rate_hz) {
    if (e->cochlea && sg_cochlea_rate_hz(e->cochlea) == rate_hz)
        return SG_OK;
    sg_cochlea_free(e->cochlea);
    return sg_cochlea_create(&e->encoding->config->audio, rate_hz, &e->cochlea);
}

static sg_status hear(ear *e, const sg_audio *audio, size_t *rows) {
    const sg_encoding *encoding = e->encoding;
    SG_TRY(tune(e, audio->rate_hz));
    *rows = sg_cochlea_rows(e->cochlea, audio->count, encoding->dt_ms);
    SG_TRY(reserve(e, *rows * encoding->width));
    sg_cochlea_hear(e->cochlea, audio->samples, audio->count, encoding->dt_ms, e->power, e->levels);
    return SG_OK;
}

/* Leaves the levels of a recording in the ear. */
static sg_status hear_file(ear *e, const char *path, size_t *rows) {
    sg_audio audio;
    SG_TRY(sg_audio_read(path, &audio));
    sg_status status = hear(e, &audio, rows);
    sg_audio_free(&audio);
    return status == SG_DATA ? sg_fail_in(status, "%s", path) : status;
}

/* The group that the name tells, and the file. */
static sg_status tell(const sg_wav_file *file, sg_event_writer *out) {
    sg_text group = {0}, origin = {0};
    sg_utf8_add_line(&group, file->group);
    sg_utf8_add_line(&origin, file->path);
    sg_status status = group.failed || origin.failed ? sg_fail(SG_MEMORY, "%s: no memory for its name", file->path)
                                                     : sg_event_writer_tell(out, group.data, origin.data);
    free(group.data);
    free(origin.data);
    return status;
}

static sg_status write_file(ear *e, sg_wav_files *files, size_t number, sg_event_writer *out) {
    const sg_wav_file *file = &files->files[number];
    const uint32_t steps = e->encoding->steps;
    const sg_spike_sink sink = sg_encoder_into(out);
    size_t rows = 0;
    SG_TRY(hear_file(e, file->path, &rows));
    SG_TRY(sg_event_writer_begin(out, file->split, file->label));
    SG_TRY(tell(file, out));
    files->cut += rows > steps;
    sg_encoder_run(&e->encoder, number, e->levels, rows < steps ? rows : steps, &sink);
    return SG_OK;
}

static bool has_test(const sg_data_config *config) {
    return !sg_is_empty(config->wav_test_numbers) || !sg_is_empty(config->wav_test_groups);
}

static sg_encoding encoding_of(const sg_source_request *request) {
    return (sg_encoding){.name = request->kind->head.name,
                         .config = request->config,
                         .is_series = true,
                         .steps = request->need.steps,
                         .width = (uint32_t)request->config->audio.channels,
                         .height = 1,
                         .classes = request->need.classes,
                         .dt_ms = request->need.dt_ms,
                         .seed = request->need.seed};
}

sg_status sg_wav_write(const sg_source_request *request, sg_wav_files *files, size_t begin, size_t end,
                       sg_event_writer *out) {
    const sg_encoding encoding = encoding_of(request);
    const sg_event_layout layout = {.name = encoding.name,
                                    .steps = encoding.steps,
                                    .classes = encoding.classes,
                                    .shape = sg_encoding_shape(&encoding),
                                    .dt_ms = encoding.dt_ms,
                                    .window = 1,
                                    .has_split = has_test(request->config),
                                    .numbers = sg_encoder_at(request->config->encoder)->numbers};
    ear e = {.encoding = &encoding};
    SG_TRY(sg_encoder_plan_make(&e.encoder, &encoding, encoding.width, 1));
    SG_TRY(sg_event_writer_open(out, &layout));
    sg_status status = SG_OK;
    for (size_t i = begin; status == SG_OK && i < end; i++)
        status = write_file(&e, files, i, out);
    close_ear(&e);
    return status;
}

sg_status sg_wav_levels(const sg_source_request *request, const char *path, size_t *rows, uint8_t **levels) {
    const sg_encoding encoding = encoding_of(request);
    ear e = {.encoding = &encoding};
    sg_status status = hear_file(&e, path, rows);
    *levels = status == SG_OK ? e.levels : NULL;
    e.levels = status == SG_OK ? NULL : e.levels;
    close_ear(&e);
    return status;
}

void sg_wav_tell_cut(const sg_source_request *request, const sg_wav_files *files) {
    if (files->cut > 0)
        sg_warn("%s: %zu of %zu recordings are longer than %u steps of %g ms: what comes later is left out; more "
                "steps, or a longer dt, keep it",
                request->config->dir, files->cut, files->count, request->need.steps, request->need.dt_ms);
}

/* ----------------------------------------------------------------------------------------------------------- kind */

static sg_status check(const sg_data_config *config) {
    if (sg_is_empty(config->dir))
        return sg_fail(SG_CONFIG, "data.dir: is empty, but data.set is 'wav': name the folder of the recordings");
    if (config->audio.low_hz >= config->audio.high_hz)
        return sg_fail(SG_CONFIG, "audio.low: is %g Hz, expected less than audio.high, %g Hz", config->audio.low_hz,
                       config->audio.high_hz);
    SG_TRY(sg_wav_check(config));
    return has_test(config)
               ? SG_OK
               : sg_source_check_split(config, "neither wav.test_numbers nor wav.test_groups tells what to "
                                               "test by");
}

static sg_status check_labels(const sg_source_request *request, const sg_wav_files *files) {
    const char *dir = request->config->dir;
    if (!files->has_labels)
        return sg_fail(SG_DATA,
                       "%s: its recordings have no labels, as wav.name, '%s', has no {label}: they can only be "
                       "predicted",
                       dir, request->config->wav_name);
    if (files->classes > request->need.classes)
        return sg_fail(SG_DATA,
                       "%s: its labels need %u classes, expected at most %u, the neurons of the network's last "
                       "layer: give that layer %u neurons",
                       dir, files->classes, request->need.classes, files->classes);
    return SG_OK;
}

/* What wav.name tells of the parts counts where the data set divides itself. */
static void warn_of_split(const sg_data_config *config) {
    const char *key = sg_is_empty(config->wav_test_numbers) ? "wav.test_groups" : "wav.test_numbers";
    if (has_test(config) && config->split != SG_SPLIT_STANDARD)
        sg_warn("%s: %.80s has no effect, since data.split is not standard: leave one of the two out", key,
                sg_is_empty(config->wav_test_numbers) ? config->wav_test_groups : config->wav_test_numbers);
}

static sg_status read_files(const sg_source_request *request, sg_event_writer *out) {
    sg_wav_files files;
    warn_of_split(request->config);
    SG_TRY(sg_wav_find(request->config, &files));
    sg_status status = check_labels(request, &files);
    if (status == SG_OK)
        status = sg_wav_write(request, &files, 0, files.count, out);
    if (status == SG_OK)
        sg_wav_tell_cut(request, &files);
    sg_wav_files_free(&files);
    return status;
}

const sg_source_kind sg_source_wav = {
    .head = {"wav", "a folder of recordings of sound (data.dir), heard by an artificial cochlea"},
    .check = check,
    .measure = sg_source_count,
    .read = read_files,
};
