/* New samples for a trained network. What a file is, its first bytes tell. Images are read whole and encoded block
 * after block; recordings of sound are read block after block; a file of spike events is one block, as are recordings
 * of sensors. */
#include "base/sized.h"
#include "data/events_file.h"
#include "data/source_idx.h"
#include "data/source_wav.h"
#include "file/bytes.h"
#include "file/kind.h"
#include "import/items.h"
#include "run/from_config.h"
#include "run/new_recordings.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCK = 1024, RECORDINGS = 64 }; /* images, and recordings, that are encoded together */

struct sg_samples {
    const sg_network *network; /* that they are for; NULL: not told */
    sg_config config;          /* its data are where `path` says */
    sg_source_request request;
    sg_encoding encoding;
    sg_images images; /* of a folder */
    sg_idx alone;     /* of a file */
    sg_image_block parts[SG_IMAGE_PARTS];
    size_t part, next;       /* the next image */
    uint64_t first;          /* number of the part's first image */
    sg_wav_files recordings; /* the next of which is `next` */
    sg_events *events;       /* of a file of spike events or of recordings of sensors, until they are handed over */
    char *path;
};

/* ------------------------------------------------------------------------------------------------------- opening */

static bool takes_images(const sg_samples *samples) {
    return samples->request.kind->read == sg_images_read;
}

static bool takes_sound(const sg_samples *samples) {
    return samples->request.kind == &sg_source_wav;
}

/* Whether recordings of sensors can become the network's inputs. */
static bool takes_recordings(const sg_samples *samples) {
    return samples->network && samples->network->conditioning;
}

static const sg_texts *class_names(const sg_samples *samples) {
    return samples->network && samples->network->class_names.count > 0 ? &samples->network->class_names : NULL;
}

static sg_status no_encoder(const sg_samples *samples, const char *found) {
    return sg_fail(SG_DATA,
                   "%s: is %s, but the network was trained on data.set: %s, which has no encoder for it: expected "
                   "an HDF5 file of spike events%s",
                   samples->path, found, samples->request.kind->head.name,
                   takes_sound(samples) ? ", or recordings of sound" : "");
}

/* Words that are labels are numbered by all that are in the folder of the training data; those here may be others. */
static sg_status open_recordings(sg_samples *samples) {
    samples->config.data.dir = samples->path;
    SG_TRY(sg_wav_find(&samples->config.data, &samples->recordings));
    if (!samples->recordings.are_numbers)
        sg_wav_forget_labels(&samples->recordings);
    return SG_OK;
}

/* Words that are labels are numbered by the names of the network's classes, and it may have none. */
static sg_status open_sensors(sg_samples *samples) {
    SG_TRY(sg_new_recordings_read(samples->network, &samples->config, samples->path, &samples->events));
    if (samples->events->class_names.count > 0 && !class_names(samples))
        sg_forget_labels(samples->events);
    return SG_OK;
}

static sg_status open_folder(sg_samples *samples, const char *found) {
    if (takes_sound(samples))
        return open_recordings(samples);
    if (takes_recordings(samples))
        return open_sensors(samples);
    if (!takes_images(samples))
        return no_encoder(samples, found);
    samples->config.data.dir = samples->path;
    SG_TRY(sg_images_open(&samples->request, &samples->images));
    samples->encoding = sg_images_encoding(&samples->request, samples->images.height, samples->images.width);
    samples->parts[0] = samples->images.blocks[SG_TRAIN];
    samples->parts[1] = samples->images.blocks[SG_TEST];
    return SG_OK;
}

static sg_status open_images(sg_samples *samples, const char *found) {
    sg_idx *alone = &samples->alone;
    if (!takes_images(samples))
        return no_encoder(samples, found);
    SG_TRY(sg_idx_read(samples->path, SG_IDX_IMAGES, alone));
    samples->encoding = sg_images_encoding(&samples->request, alone->shape[1], alone->shape[2]);
    samples->parts[0] = (sg_image_block){.pixels = alone->values, .count = alone->shape[0]};
    return SG_OK;
}

/* A file of HDF5 is one of spike events, or holds recordings. */
static sg_status open_hdf5(sg_samples *samples, const char *found) {
    sg_h5 *file;
    (void)found;
    if (!takes_recordings(samples))
        return sg_events_load(samples->path, &samples->events);
    SG_TRY(sg_h5_open_large(samples->path, SG_DATA, &file));
    const bool is_events = sg_is_events_file(file);
    sg_h5_close(file);
    return is_events ? sg_events_load(samples->path, &samples->events) : open_sensors(samples);
}

static sg_status open_picture(sg_samples *samples, const char *found) {
    return sg_fail(SG_DATA, "%s: is %s, which surgrad does not read: save its grey values as an IDX file of images",
                   samples->path, found);
}

static sg_status open_sound(sg_samples *samples, const char *found) {
    if (!takes_sound(samples))
        return no_encoder(samples, found);
    samples->config.data.dir = samples->path;
    return sg_wav_one(&samples->config.data, samples->path, &samples->recordings);
}

/* By how the name of a kind begins (file/kind.h). */
static const struct {
    const char *kind;
    sg_status (*open)(sg_samples *samples, const char *found);
} openers[] = {{"HDF5", open_hdf5},
               {"IDX", open_images},
               {"a folder", open_folder},
               {"a recording", open_sound},
               {"a PNG picture", open_picture},
               {"a JPEG picture", open_picture}};

/* Only a network that knows how recordings became its inputs can be given one. */
static sg_status refuse(const sg_samples *samples, const char *found) {
    const sg_recording_format *format;
    if (sg_recording_find(samples->path, &format) == SG_OK)
        return sg_fail(SG_DATA,
                       "%s: is a recording of a sensor (%s), but the network was not trained on such: make events of "
                       "it as the training data were made, and name that file (surgrad import --help)",
                       samples->path, format->head.name);
    return sg_fail(SG_DATA,
                   "%s: is %s, expected an HDF5 file of spike events, an IDX file of images, a recording of sound, or "
                   "a folder of such files",
                   samples->path, found ? found : "of no known kind");
}

static sg_status open_path(sg_samples *samples) {
    const char *found = sg_file_kind(samples->path);
    for (size_t i = 0; found && i < sizeof openers / sizeof *openers; i++)
        if (strncmp(found, openers[i].kind, strlen(openers[i].kind)) == 0)
            return openers[i].open(samples, found);
    if (!sg_file_exists(samples->path))
        return sg_fail(SG_DATA, "%s: there is no such file or folder: name the samples to predict", samples->path);
    if (takes_recordings(samples))
        return open_sensors(samples);
    return refuse(samples, found);
}

static sg_status open_samples(sg_samples *samples, const sg_network *network, const sg_config *config,
                              const char *path) {
    SG_TRY(sg_config_check(config));
    samples->network = network;
    samples->config = *config;
    samples->path = sg_text_copy(path);
    if (!samples->path)
        return SG_MEMORY;
    samples->request =
        (sg_source_request){sg_source_at(config->data.set), &samples->config.data, sg_config_data_request(config)};
    return open_path(samples);
}

sg_status sg_samples_open(const sg_config *config, const char *path, sg_samples **out) {
    return sg_samples_open_for(NULL, config, path, out);
}

sg_status sg_samples_open_for(const sg_network *network, const sg_config *config, const char *path, sg_samples **out) {
    *out = NULL;
    sg_samples *samples = sg_array(1, sizeof *samples);
    if (!samples)
        return SG_MEMORY;
    sg_status status = open_samples(samples, network, config, path);
    if (status == SG_OK)
        *out = samples;
    else
        sg_samples_free(samples);
    return status;
}

void sg_samples_free(sg_samples *samples) {
    if (!samples)
        return;
    sg_images_close(&samples->images);
    sg_idx_free(&samples->alone);
    sg_events_free(samples->events);
    sg_wav_files_free(&samples->recordings);
    free(samples->path);
    free(samples);
}

/* ------------------------------------------------------------------------------------------------------- reading */

/* Whether an image is left; begins the next part where one is done. */
static bool has_image(sg_samples *samples) {
    while (samples->part < SG_IMAGE_PARTS && samples->next == samples->parts[samples->part].count) {
        samples->first += samples->next;
        samples->next = 0;
        samples->part++;
    }
    return samples->part < SG_IMAGE_PARTS;
}

static sg_status take(sg_event_writer *writer, sg_status status, sg_events **out) {
    if (status == SG_OK)
        status = sg_event_writer_take(writer, out);
    sg_event_writer_close(writer);
    return status;
}

static sg_status next_images(sg_samples *samples, sg_event_writer *writer) {
    const sg_image_block *part = &samples->parts[samples->part];
    size_t begin = samples->next, end = part->count - begin < BLOCK ? part->count : begin + BLOCK;
    samples->next = end;
    return sg_encode_some(&samples->encoding, part, begin, end, samples->first, writer);
}

static sg_status next_recordings(sg_samples *samples, sg_event_writer *writer) {
    sg_wav_files *all = &samples->recordings;
    size_t begin = samples->next, left = all->count - begin;
    samples->next += left < RECORDINGS ? left : RECORDINGS;
    SG_TRY(sg_wav_write(&samples->request, all, begin, samples->next, writer));
    if (samples->next == all->count)
        sg_wav_tell_cut(&samples->request, all);
    return SG_OK;
}

/* A whole store, which has labels as its file numbers them. */
static sg_status hand_over(sg_samples *samples, sg_events **out) {
    const sg_texts *names = class_names(samples);
    if (names && samples->events->class_names.count > 0)
        SG_TRY(sg_number_labels(samples->events, samples->path, names));
    *out = samples->events;
    samples->events = NULL;
    return SG_OK;
}

sg_status sg_samples_next(sg_samples *samples, sg_events **out) {
    sg_event_writer writer = {0};
    *out = NULL;
    if (samples->events)
        return hand_over(samples, out);
    if (takes_sound(samples))
        return samples->next < samples->recordings.count ? take(&writer, next_recordings(samples, &writer), out)
                                                         : SG_OK;
    return has_image(samples) ? take(&writer, next_images(samples, &writer), out) : SG_OK;
}

static sg_status write_sample(sg_event_writer *writer, const sg_event_layout *layout, const double *time_ms,
                              const uint32_t *channel, size_t count) {
    SG_TRY(sg_event_writer_open(writer, layout));
    SG_TRY(sg_event_writer_begin(writer, SG_TRAIN, SG_NO_LABEL));
    for (size_t e = 0; e < count; e++)
        sg_event_writer_add_at(writer, time_ms[e], channel[e], 1);
    return SG_OK;
}

sg_status sg_sample_create(const sg_network *network, const char *name, const double *time_ms, const uint32_t *channel,
                           size_t count, sg_events **out) {
    const sg_layer *bottom = &network->layers[0];
    const sg_event_layout layout = {.name = name,
                                    .steps = (uint32_t)network->steps,
                                    .classes = (uint32_t)sg_network_top(network)->neurons,
                                    .shape = bottom->link.in,
                                    .dt_ms = bottom->neuron.dt_ms};
    sg_event_writer writer = {0};
    *out = NULL;
    return take(&writer, write_sample(&writer, &layout, time_ms, channel, count), out);
}

/* --------------------------------------------------------------------------------------------------------- sound */

static sg_status hear(const sg_config *config, const char *path, sg_hearing *out) {
    const sg_source_request request = {&sg_source_wav, &config->data, sg_config_data_request(config)};
    out->channels = (uint32_t)config->data.audio.channels;
    out->centre_hz = sg_array(out->channels, sizeof *out->centre_hz);
    if (!out->centre_hz)
        return SG_MEMORY;
    for (size_t c = 0; c < out->channels; c++)
        out->centre_hz[c] = sg_cochlea_centre_hz(&config->data.audio, c);
    return sg_wav_levels(&request, path, &out->rows, &out->levels);
}

sg_status sg_hear(const sg_config *config, const char *path, sg_hearing *out) {
    sg_hearing whole = SG_SIZED(sg_hearing);
    SG_TRY(sg_copy_sized(out, &whole));
    SG_TRY(sg_config_check(config));
    if (sg_source_at(config->data.set) != &sg_source_wav)
        return sg_fail(SG_CONFIG, "data.set: is '%s', whose data are no sound, expected wav",
                       sg_source_at(config->data.set)->head.name);
    sg_status status = hear(config, path, &whole);
    if (status == SG_OK)
        return sg_copy_sized(out, &whole);
    free(whole.centre_hz);
    return status;
}
