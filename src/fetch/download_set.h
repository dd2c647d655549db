/* A set of files that can be fetched, and from where. Which source a file comes from does not matter, since every file
 * is checked by the SHA-256 that stands here. */
#ifndef SG_FETCH_DOWNLOAD_SET_H
#define SG_FETCH_DOWNLOAD_SET_H

#include <stddef.h>
#include <stdint.h>

#define SG_DOWNLOAD_FILES 8 /* at most in one data set */

typedef struct sg_fetched_file {
    const char *name;   /* as it is stored, unpacked */
    uint64_t size;      /* bytes, unpacked */
    const char *sha256; /* of the unpacked bytes */
} sg_fetched_file;

typedef enum sg_mirror_kind {
    SG_MIRROR_FOLDER, /* `place` is a folder of this machine that holds NAME + suffix */
    SG_MIRROR_URL,    /* `place` + "/" + NAME + suffix is a URL */
    SG_MIRROR_ARCHIVE /* `place` is the URL of an archive with members `inside` + "/" + NAME + suffix */
} sg_mirror_kind;

typedef struct sg_mirror {
    sg_mirror_kind kind;
    const char *place;
    const char *suffix; /* ".gz" for packed files, else "" */
    /* of an archive: */
    const char *inside;
    uint64_t size;      /* bytes */
    const char *sha256; /* checked before the archive is opened */
} sg_mirror;

typedef struct sg_download_set {
    const char *name;
    sg_fetched_file files[SG_DOWNLOAD_FILES];
    size_t file_count;
    const sg_mirror *sources; /* in the order they are tried */
    size_t source_count;
    const char *remedy; /* another way to get the files, or NULL */
} sg_download_set;

#endif
