/* Recordings of sound, read whole: WAV and FLAC. */
#ifndef SG_FILE_AUDIO_H
#define SG_FILE_AUDIO_H

#include "base/status.h"

typedef struct sg_audio {
    double *samples; /* (count) -1 .. 1, of several channels their mean; freed by sg_audio_free */
    size_t count;
    double rate_hz;
} sg_audio;

/* SG_DATA where the file is missing, empty, damaged or no sound; `path` opens every message. SG_IO_ERROR where surgrad
 * is built without audio (audio_none.c). */
sg_status sg_audio_read(const char *path, sg_audio *out);

/* The same of bytes in memory; `name` opens messages. */
sg_status sg_audio_parse(const char *name, const void *bytes, size_t size, sg_audio *out);

void sg_audio_free(sg_audio *audio);

#endif
