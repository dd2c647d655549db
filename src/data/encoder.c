#include "data/encoder.h"

SG_KINDS_DEFINE(sg_encoder, sg_encoder_kind, &sg_encoder_latency, &sg_encoder_latency_log, &sg_encoder_rate,
                &sg_encoder_delta)

/* How the images are gone through: the signal of each. */
typedef struct plan {
    const sg_encoding *encoding;
    const sg_encoder_kind *kind;
    size_t rows, channels;     /* of the signal: one row of all pixels, or rows of columns */
    uint32_t window;           /* steps of a row */
    uint32_t times[SG_LEVELS]; /* within the window; of encoders that have them */
} plan;

static bool is_sequence(const sg_encoding *encoding) {
    return encoding->config->sequence == SG_SEQUENCE_ROWS;
}

sg_shape sg_encoding_shape(const sg_encoding *encoding) {
    uint32_t height = is_sequence(encoding) ? 1 : encoding->height;
    return (sg_shape){sg_encoder_at(encoding->config->encoder)->channels, height, encoding->width};
}

static sg_status check(const sg_encoding *encoding) {
    const sg_encoder_kind *kind = sg_encoder_at(encoding->config->encoder);
    if (is_sequence(encoding) && encoding->steps % encoding->height != 0)
        return sg_fail(SG_CONFIG,
                       "steps: %u, but data.sequence is rows and the images have %u of them: use a multiple of %u, for "
                       "example %u",
                       encoding->steps, encoding->height, encoding->height,
                       (encoding->steps / encoding->height + 1) * encoding->height);
    return kind->check ? kind->check(encoding) : SG_OK;
}

static sg_status make_plan(plan *p, const sg_encoding *encoding) {
    *p = (plan){.encoding = encoding, .kind = sg_encoder_at(encoding->config->encoder)};
    SG_TRY(check(encoding));
    p->rows = is_sequence(encoding) ? encoding->height : 1;
    p->channels = is_sequence(encoding) ? encoding->width : encoding->width * encoding->height;
    p->window = encoding->steps / (uint32_t)p->rows;
    if (p->kind->times)
        p->kind->times(p->times, encoding, p->window);
    return SG_OK;
}

static void take_times(const plan *p, const uint8_t *signal, sg_event_writer *out) {
    for (size_t row = 0; row < p->rows; row++)
        for (uint32_t c = 0; c < p->channels; c++) {
            uint32_t t = p->times[signal[row * p->channels + c]];
            if (t < p->window)
                sg_event_writer_add(out, (uint32_t)row * p->window + t, c, 1);
        }
}

static void encode_image(const plan *p, uint64_t sample, const uint8_t *signal, sg_event_writer *out) {
    if (p->kind->times)
        take_times(p, signal, out);
    else
        p->kind->encode(out, p->encoding, sample, signal, p->rows, p->channels, p->window);
}

static sg_status encode_block(const plan *p, const sg_image_block *block, size_t begin, size_t end, int split,
                              uint64_t first, sg_event_writer *out) {
    const size_t size = p->rows * p->channels;
    for (size_t i = begin; i < end; i++) {
        SG_TRY(sg_event_writer_begin(out, split, block->labels ? block->labels[i] : SG_NO_LABEL));
        encode_image(p, first + i, block->pixels + i * size, out);
    }
    return SG_OK;
}

static sg_status begin_writing(plan *p, const sg_encoding *encoding, bool has_split, sg_event_writer *out) {
    SG_TRY(make_plan(p, encoding));
    const sg_event_layout layout = {.name = encoding->name,
                                    .steps = encoding->steps,
                                    .classes = encoding->classes,
                                    .shape = sg_encoding_shape(encoding),
                                    .dt_ms = encoding->dt_ms,
                                    .window = is_sequence(encoding) ? p->window : 0,
                                    .has_split = has_split};
    return sg_event_writer_open(out, &layout);
}

sg_status sg_encode_images(const sg_encoding *encoding, const sg_image_block blocks[SG_SPLITS], sg_event_writer *out) {
    const sg_image_block *train = &blocks[SG_TRAIN], *test = &blocks[SG_TEST];
    plan p;
    SG_TRY(begin_writing(&p, encoding, true, out));
    SG_TRY(encode_block(&p, train, 0, train->count, SG_TRAIN, 0, out));
    return encode_block(&p, test, 0, test->count, SG_TEST, train->count, out);
}

sg_status sg_encode_some(const sg_encoding *encoding, const sg_image_block *block, size_t begin, size_t end,
                         uint64_t first, sg_event_writer *out) {
    plan p;
    SG_TRY(begin_writing(&p, encoding, false, out));
    return encode_block(&p, block, begin, end, SG_TRAIN, first, out);
}
