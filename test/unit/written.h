/* Events written by an encoder or a generator, made a store. cmocka must be included before. */
#ifndef TEST_UNIT_WRITTEN_H
#define TEST_UNIT_WRITTEN_H

#include "data/encoder.h"
#include "data/source.h"

/* Encodes images, which may be split. NULL after a failure. */
static inline sg_status encode_images(const sg_encoding *encoding, const sg_image_block blocks[SG_IMAGE_PARTS],
                                      sg_events **out) {
    sg_event_writer writer = {0};
    *out = NULL;
    sg_status status = sg_encode_images(encoding, blocks, &writer);
    if (status == SG_OK)
        status = sg_event_writer_take(&writer, out);
    sg_event_writer_close(&writer);
    return status;
}

/* All samples of a source. */
static inline sg_status read_source(const sg_source_request *request, sg_events **out) {
    sg_event_writer writer = {0};
    *out = NULL;
    sg_status status = request->kind->read(request, &writer);
    if (status == SG_OK)
        status = sg_event_writer_take(&writer, out);
    sg_event_writer_close(&writer);
    return status;
}

/* The number of a source in the table. */
static inline int row_of(const sg_source_kind *kind) {
    int i = 0;
    while (sg_source_at(i) != kind)
        i++;
    return i;
}

/* The number of events that this makes, counted without a store. */
static inline uint64_t count_events(const sg_encoding *encoding, const sg_image_block blocks[SG_IMAGE_PARTS]) {
    sg_event_writer writer = {.counts_only = true};
    assert_int_equal(sg_encode_images(encoding, blocks, &writer), SG_OK);
    assert_int_equal(sg_event_writer_finish(&writer), SG_OK);
    uint64_t count = writer.count;
    assert_null(writer.events);
    sg_event_writer_close(&writer);
    return count;
}

#endif
