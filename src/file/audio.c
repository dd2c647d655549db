/* By libsndfile, from bytes in memory: so what is a folder, a pipe or too large is refused as for every other file.
 * libsndfile takes a WAV file that was cut for a shorter one; so the sizes of its parts are checked first. */
#include "file/audio.h"

#include "base/load.h"
#include "base/memory.h"
#include "base/memory_limit.h"
#include "file/bytes.h"

#include <math.h>
#include <sndfile.h>
#include <stdlib.h>
#include <string.h>

#define LARGEST_FILE ((size_t)1 << 30) /* bytes */

enum { BLOCK = 4096, MOST_CHANNELS = 64 };

typedef struct source {
    const uint8_t *bytes;
    sf_count_t size, at;
} source;

/* ---------------------------------------------------------------------------------------------------- the file */

static sf_count_t tell_size(void *user) {
    return ((source *)user)->size;
}

static sf_count_t tell_place(void *user) {
    return ((source *)user)->at;
}

static sf_count_t seek(sf_count_t offset, int whence, void *user) {
    source *s = user;
    sf_count_t from = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? s->at : s->size;
    if (offset < -from || offset > s->size - from)
        return -1;
    return s->at = from + offset;
}

static sf_count_t read_bytes(void *to, sf_count_t count, void *user) {
    source *s = user;
    count = count < s->size - s->at ? count : s->size - s->at;
    memcpy(to, s->bytes + s->at, (size_t)count);
    s->at += count;
    return count;
}

static bool begins_with(const uint8_t *bytes, size_t size, const char *mark) {
    return size >= 12 && memcmp(bytes, mark, 4) == 0;
}

/* libsndfile knows thirty formats more, of which strangers may send it any: they are not tried. */
static sg_status check_mark(const char *name, const uint8_t *bytes, size_t size) {
    bool is_wav = begins_with(bytes, size, "RIFF") && memcmp(bytes + 8, "WAVE", 4) == 0;
    if (is_wav || begins_with(bytes, size, "fLaC"))
        return SG_OK;
    return sg_fail(SG_DATA, "%s: is no recording of sound that can be read, expected WAV (RIFF, WAVE) or FLAC", name);
}

/* How the samples of a WAV file may be coded; not as MP3, whose decoder prints. */
static sg_status check_coding(const char *name, const uint8_t *format, size_t size) {
    static const uint32_t known[] = {1, 2, 3, 6, 7, 17}; /* PCM, ADPCM, float, A-law, mu-law, IMA ADPCM */
    enum { EXTENSIBLE = 0xfffe, SUBFORMAT = 24 };
    uint32_t coding = size >= 4 ? sg_load_le32(format) & 0xffff : 0;
    if (coding == EXTENSIBLE && size >= SUBFORMAT + 4)
        coding = sg_load_le32(format + SUBFORMAT) & 0xffff;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (coding == known[i])
            return SG_OK;
    return sg_fail(SG_DATA,
                   "%s: its samples are coded as number %u, expected 1 (PCM), 3 (float), 2, 6, 7 or 17: convert it",
                   name, coding);
}

/* SG_DATA unless every part of a WAV file ends within it. FLAC counts its samples itself. */
static sg_status check_parts(const char *name, const uint8_t *bytes, size_t size) {
    if (!begins_with(bytes, size, "RIFF"))
        return SG_OK;
    for (size_t at = 12; at + 8 <= size;) {
        uint64_t length = sg_load_le32(bytes + at + 4), left = size - at - 8;
        if (length > left)
            return sg_fail(SG_DATA, "%s: byte %zu: its part '%.4s' tells %llu bytes, but %llu follow: fetch it again",
                           name, at, (const char *)bytes + at, (unsigned long long)length, (unsigned long long)left);
        if (memcmp(bytes + at, "fmt ", 4) == 0)
            SG_TRY(check_coding(name, bytes + at + 8, (size_t)length));
        at += 8 + (size_t)(length + (length & 1));
    }
    return SG_OK;
}

/* ------------------------------------------------------------------------------------------------------ samples */

static sg_status grow(sg_audio *audio, size_t *room) {
    size_t more = *room ? 2 * *room : 4 * BLOCK;
    SG_TRY(sg_check_memory(more * sizeof *audio->samples, "a recording", "cut it into shorter ones"));
    double *moved = realloc(audio->samples, more * sizeof *moved);
    if (!moved)
        return sg_fail(SG_MEMORY, "no memory for a recording of %zu samples", more);
    audio->samples = moved;
    *room = more;
    return SG_OK;
}

/* Adds the mean of the channels of each of `count` frames. */
static sg_status add_frames(const char *name, sg_audio *audio, const double *frames, size_t count, size_t channels) {
    for (size_t f = 0; f < count; f++) {
        double sum = 0;
        for (size_t c = 0; c < channels; c++)
            sum += frames[f * channels + c];
        if (!isfinite(sum))
            return sg_fail(SG_DATA, "%s: sample %zu is not a finite number", name, audio->count);
        audio->samples[audio->count++] = sum / (double)channels;
    }
    return SG_OK;
}

static sg_status read_frames(const char *name, SNDFILE *file, const SF_INFO *info, sg_audio *audio) {
    double *frames = sg_array((size_t)BLOCK * info->channels, sizeof *frames);
    size_t room = 0;
    sg_status status = frames ? SG_OK : SG_MEMORY;
    for (sf_count_t count = 1; status == SG_OK && count > 0;) {
        count = sf_readf_double(file, frames, BLOCK);
        if (count > 0 && audio->count + BLOCK > room)
            status = grow(audio, &room);
        if (status == SG_OK && count > 0)
            status = add_frames(name, audio, frames, (size_t)count, (size_t)info->channels);
    }
    free(frames);
    if (status == SG_OK && sf_error(file) != SF_ERR_NO_ERROR)
        status = sg_fail(SG_DATA, "%s: cannot be read beyond sample %zu: %s", name, audio->count, sf_strerror(file));
    if (status == SG_OK && info->frames > 0 && (uint64_t)info->frames > audio->count)
        status = sg_fail(SG_DATA, "%s: ends after %zu samples of %lld: fetch it again", name, audio->count,
                         (long long)info->frames);
    if (status == SG_OK && audio->count == 0)
        status = sg_fail(SG_DATA, "%s: holds no samples, expected a recording", name);
    return status;
}

static sg_status read_open(const char *name, SNDFILE *file, const SF_INFO *info, sg_audio *audio) {
    if (info->channels < 1 || info->channels > MOST_CHANNELS || info->samplerate < 1)
        return sg_fail(SG_DATA, "%s: tells %d channels at %d Hz, expected 1 to %d at 1 Hz or more", name,
                       info->channels, info->samplerate, MOST_CHANNELS);
    audio->rate_hz = info->samplerate;
    return read_frames(name, file, info, audio);
}

sg_status sg_audio_parse(const char *name, const void *bytes, size_t size, sg_audio *out) {
    SF_VIRTUAL_IO reader = {tell_size, seek, read_bytes, NULL, tell_place};
    source from = {bytes, (sf_count_t)size, 0};
    SF_INFO info = {0};
    *out = (sg_audio){0};
    SG_TRY(check_mark(name, bytes, size));
    SG_TRY(check_parts(name, bytes, size));
    SNDFILE *file = sf_open_virtual(&reader, SFM_READ, &info, &from);
    if (!file)
        return sg_fail(SG_DATA, "%s: is damaged, or of a kind that libsndfile does not read: %s", name,
                       sf_strerror(NULL));
    sg_status status = read_open(name, file, &info, out);
    sf_close(file);
    if (status != SG_OK)
        sg_audio_free(out);
    return status;
}

sg_status sg_audio_read(const char *path, sg_audio *out) {
    uint8_t *bytes;
    size_t size;
    *out = (sg_audio){0};
    SG_TRY(sg_bytes_read(path, LARGEST_FILE, &bytes, &size));
    sg_status status = sg_audio_parse(path, bytes, size, out);
    free(bytes);
    return status;
}

void sg_audio_free(sg_audio *audio) {
    free(audio->samples);
    *audio = (sg_audio){0};
}
