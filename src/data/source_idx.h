/* Sources of images: four IDX files, training and test images with their labels, in one folder, and an encoder. Sets
 * that can be fetched are rows in source_mnist.c. */
#ifndef SG_DATA_SOURCE_IDX_H
#define SG_DATA_SOURCE_IDX_H

#include "data/encoder.h"
#include "data/idx.h"
#include "data/image_files.h"
#include "data/source.h"

typedef struct sg_images {
    sg_image_files names;
    sg_idx images[SG_IMAGE_PARTS], labels[SG_IMAGE_PARTS];
    sg_image_block blocks[SG_IMAGE_PARTS]; /* views of them */
    uint32_t width, height;                /* of an image, in pixels */
} sg_images;

/* Reads and checks the files; every label must be below the request's classes. SG_DATA with the file and the remedy.
 * Without data.dir they are those of the cache folder, which must be right by their SHA-256. */
sg_status sg_images_open(const sg_source_request *request, sg_images *images);
void sg_images_close(sg_images *images);

/* What images of that many pixels become. */
sg_encoding sg_images_encoding(const sg_source_request *request, uint32_t height, uint32_t width);

/* As rows of the table have them. */
sg_status sg_images_measure(const sg_source_request *request, sg_source_info *info);
sg_status sg_images_read(const sg_source_request *request, sg_event_writer *out);

#endif
