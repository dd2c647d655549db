/* The recordings of a folder: which there are, and what their names tell. */
#ifndef SG_DATA_WAV_FILES_H
#define SG_DATA_WAV_FILES_H

#include "data/data_config.h"

typedef struct sg_wav_file {
    char *path;
    char *label_text, *group; /* "" where the name does not tell */
    int64_t number;           /* below 0: not told */
    uint32_t label;           /* SG_NO_LABEL: not known */
    int split;
} sg_wav_file;

typedef struct sg_wav_files {
    sg_wav_file *files; /* (count) in the order of their paths, byte by byte */
    size_t count, capacity;
    size_t others;     /* files that do not fit the pattern, ... */
    char *first_other; /* ... and the path of the first */
    size_t cut;        /* recordings written so far that were longer than the steps */
    bool has_labels;   /* all of them */
    bool are_numbers;  /* labels, not words */
    uint32_t classes;  /* the largest label and one */
} sg_wav_files;

/* SG_CONFIG with the key where a pattern or a list cannot be read. */
sg_status sg_wav_check(const sg_data_config *config);

/* All recordings below config->dir whose names fit, with labels and splits; a warning tells of files that do not fit.
 * SG_DATA where there is none, or where some have a label and some have none. */
sg_status sg_wav_find(const sg_data_config *config, sg_wav_files *out);

/* One recording, whose label is known if the name tells a number. */
sg_status sg_wav_one(const sg_data_config *config, const char *path, sg_wav_files *out);

/* Has no label known. */
void sg_wav_forget_labels(sg_wav_files *files);

void sg_wav_files_free(sg_wav_files *files);

#endif
