#include "data/source_idx.h"

#include "fetch/cache.h"
#include "fetch/checked.h"

#include <stdio.h>
#include <string.h>

enum { PATH = 4096, REMEDY = 256 };

static sg_status read_own(const sg_data_config *config, const char *name, int rank, sg_idx *out) {
    char path[PATH];
    SG_TRY(sg_idx_find(path, sizeof path, config->dir, name,
                       "put the four IDX files there, or name their folder (data.dir, or --data DIR)"));
    return sg_idx_read(path, rank, out);
}

static bool is_right(const sg_download_set *set, const char *folder, const char *name) {
    for (size_t i = 0; i < set->file_count; i++)
        if (strcmp(set->files[i].name, name) == 0)
            return sg_is_right(&set->files[i], folder);
    return false;
}

/* What the cache folder holds was fetched, and is believed to be the set of that name: so it must be. */
static sg_status read_fetched(const sg_download_set *set, const char *name, int rank, sg_idx *out) {
    char folder[PATH], path[PATH], remedy[REMEDY];
    SG_TRY(sg_cache_folder(set->name, folder, sizeof folder));
    snprintf(remedy, sizeof remedy, "`surgrad fetch %s` gets it", set->name);
    SG_TRY(sg_idx_find(path, sizeof path, folder, name, remedy));
    if (!is_right(set, folder, name))
        return sg_fail(SG_DATA,
                       "%s: is not the file of %s by its size or SHA-256, or is still packed: `surgrad fetch %s` puts "
                       "it right; name the folder of files of your own (data.dir)",
                       path, set->name, set->name);
    return sg_idx_read(path, rank, out);
}

static sg_status read_idx(const sg_source_request *request, const char *name, int rank, sg_idx *out) {
    return !sg_is_empty(request->config->dir) ? read_own(request->config, name, rank, out)
                                              : read_fetched(request->kind->download, name, rank, out);
}

/* Labels of some sets, EMNIST's letters for one, are counted from 1. */
static sg_status wrong_label(const char *name, const sg_idx *labels, size_t i, uint32_t classes) {
    uint8_t least = UINT8_MAX, most = 0;
    for (size_t l = 0; l < labels->count; l++) {
        least = labels->values[l] < least ? labels->values[l] : least;
        most = labels->values[l] > most ? labels->values[l] : most;
    }
    return sg_fail(
        SG_DATA,
        "%s: image %zu has label %u, expected below %u, the neurons of the network's last layer; %sgive that "
        "layer %d neurons%s",
        name, i, labels->values[i], classes, least > 0 ? "labels begin at 1 here, not at 0: " : "", most + 1,
        least > 0 ? ", of which the first then stands for nothing, or take 1 off the labels" : "");
}

static sg_status check_labels(const sg_images *images, int part, uint32_t classes) {
    const sg_idx *labels = &images->labels[part];
    if (labels->shape[0] != images->images[part].shape[0])
        return sg_fail(SG_DATA, "%s has %u images, but %s has %u labels: the two are not of one set",
                       images->names.images[part], images->images[part].shape[0], images->names.labels[part],
                       labels->shape[0]);
    for (size_t i = 0; i < labels->count; i++)
        if (labels->values[i] >= classes)
            return wrong_label(images->names.labels[part], labels, i, classes);
    return SG_OK;
}

static sg_status check_sizes(const sg_images *images) {
    const uint32_t *train = images->images[SG_TRAIN].shape, *test = images->images[SG_TEST].shape;
    if (train[1] != test[1] || train[2] != test[2])
        return sg_fail(SG_DATA, "%s has images of %u x %u pixels, but %s of %u x %u", images->names.images[SG_TRAIN],
                       train[1], train[2], images->names.images[SG_TEST], test[1], test[2]);
    return SG_OK;
}

static sg_status open_all(const sg_source_request *request, sg_images *images) {
    const sg_data_config *config = request->config;
    images->names = sg_image_files_usual();
    if (!sg_is_empty(config->dir))
        SG_TRY(sg_image_files_find(config->dir, &images->names));
    for (int part = 0; part < SG_IMAGE_PARTS; part++) {
        SG_TRY(read_idx(request, images->names.images[part], 3, &images->images[part]));
        SG_TRY(read_idx(request, images->names.labels[part], 1, &images->labels[part]));
        SG_TRY(check_labels(images, part, request->need.classes));
        images->blocks[part] =
            (sg_image_block){images->images[part].values, images->labels[part].values, images->images[part].shape[0]};
    }
    images->height = images->images[SG_TRAIN].shape[1];
    images->width = images->images[SG_TRAIN].shape[2];
    return check_sizes(images);
}

sg_status sg_images_open(const sg_source_request *request, sg_images *images) {
    *images = (sg_images){0};
    sg_status status = open_all(request, images);
    if (status != SG_OK)
        sg_images_close(images);
    return status;
}

void sg_images_close(sg_images *images) {
    for (int part = 0; part < SG_IMAGE_PARTS; part++) {
        sg_idx_free(&images->images[part]);
        sg_idx_free(&images->labels[part]);
    }
}

sg_encoding sg_images_encoding(const sg_source_request *request, uint32_t height, uint32_t width) {
    return (sg_encoding){.name = request->kind->head.name,
                         .config = request->config,
                         .is_series = request->config->sequence == SG_SEQUENCE_ROWS,
                         .steps = request->need.steps,
                         .width = width,
                         .height = height,
                         .classes = request->need.classes,
                         .dt_ms = request->need.dt_ms,
                         .seed = request->need.seed};
}

sg_status sg_images_read(const sg_source_request *request, sg_event_writer *out) {
    sg_images images;
    SG_TRY(sg_images_open(request, &images));
    const sg_encoding encoding = sg_images_encoding(request, images.height, images.width);
    out->held_bytes = (images.blocks[SG_TRAIN].count + images.blocks[SG_TEST].count) * images.width * images.height;
    sg_status status = sg_encode_images(&encoding, images.blocks, out);
    sg_images_close(&images);
    return status;
}

sg_status sg_images_measure(const sg_source_request *request, sg_source_info *info) {
    sg_status status = sg_source_count(request, info);
    const sg_shape image = request->kind->image;
    if (status != SG_OK && image.height > 0) { /* not fetched yet */
        const sg_encoding encoding = sg_images_encoding(request, image.height, image.width);
        *info = (sg_source_info){.shape = sg_encoding_shape(&encoding), .classes = request->need.classes};
    }
    return status;
}

static sg_status check(const sg_data_config *config) {
    if (sg_is_empty(config->dir))
        return sg_fail(SG_CONFIG, "data.dir: is empty, but data.set is 'idx': name the folder of the IDX files");
    return SG_OK;
}

const sg_source_kind sg_source_idx = {
    .head = {"idx", "a folder of IDX files, MNIST's format (data.dir)"},
    .check = check,
    .measure = sg_images_measure,
    .read = sg_images_read,
};
