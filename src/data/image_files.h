/* The names of the four IDX files of a set of images. */
#ifndef SG_DATA_IMAGE_FILES_H
#define SG_DATA_IMAGE_FILES_H

#include "data/events.h"

enum { SG_IMAGE_NAME = 80 }; /* bytes of a file's name, with its 0 */

typedef struct sg_image_files {
    char images[SG_IMAGE_PARTS][SG_IMAGE_NAME], labels[SG_IMAGE_PARTS][SG_IMAGE_NAME]; /* without .gz */
} sg_image_files;

/* The names that the files are fetched by, MNIST's own. */
sg_image_files sg_image_files_usual(void);

/* The names of the set in a folder: MNIST's, with a '-' or '.' before "idx", or those of one of EMNIST's sets. SG_DATA
 * if files of several sets are there, which the message lists. Where there is none: MNIST's own, so that what is
 * missing is told by those. */
sg_status sg_image_files_find(const char *folder, sg_image_files *out);

#endif
