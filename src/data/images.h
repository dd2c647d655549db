/* The image sets: four IDX files, training and test images with their labels, in one folder. */
#ifndef SG_DATA_IMAGES_H
#define SG_DATA_IMAGES_H

#include "data/encoder.h"
#include "data/idx.h"
#include "data/image_files.h"

typedef struct sg_images {
    sg_image_files names;
    sg_idx images[SG_SPLITS], labels[SG_SPLITS];
    sg_image_block blocks[SG_SPLITS]; /* views of them */
    uint32_t width, height;           /* of an image, in pixels */
} sg_images;

/* Reads and checks the files of `config`; every label must be below `classes`. SG_DATA with the file and the remedy.
 * Without data.dir they are those of the cache folder, which must be right by their SHA-256. */
sg_status sg_images_open(const sg_data_config *config, uint32_t classes, sg_images *images);
void sg_images_close(sg_images *images);

#endif
