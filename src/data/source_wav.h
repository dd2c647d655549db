/* Recordings of sound as samples: read one after the other, heard by the cochlea, encoded. */
#ifndef SG_DATA_SOURCE_WAV_H
#define SG_DATA_SOURCE_WAV_H

#include "data/source.h"
#include "data/wav_files.h"

/* Writes recordings `begin` .. `end - 1`, and opens the writer. What comes after the last step is left out. */
sg_status sg_wav_write(const sg_source_request *request, sg_wav_files *files, size_t begin, size_t end,
                       sg_event_writer *out);

/* The levels of one recording, (rows, channels), 0 .. 255; freed by the caller. */
sg_status sg_wav_levels(const sg_source_request *request, const char *path, size_t *rows, uint8_t **levels);

/* Warns of recordings of which something was left out, after the last. */
void sg_wav_tell_cut(const sg_source_request *request, const sg_wav_files *files);

#endif
