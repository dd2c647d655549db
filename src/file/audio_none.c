/* In the place of audio.c, where surgrad is built without audio (SURGRAD_AUDIO=OFF). */
#include "file/audio.h"

sg_status sg_audio_parse(const char *name, const void *bytes, size_t size, sg_audio *out) {
    (void)bytes, (void)size;
    *out = (sg_audio){0};
    return sg_fail(SG_IO_ERROR, "%s: this surgrad is built without audio (SURGRAD_AUDIO=OFF)", name);
}

sg_status sg_audio_read(const char *path, sg_audio *out) {
    return sg_audio_parse(path, NULL, 0, out);
}

void sg_audio_free(sg_audio *audio) {
    *audio = (sg_audio){0};
}
