#include "data/encoder.h"

SG_KINDS_DEFINE(sg_encoder, sg_encoder_kind, &sg_encoder_latency, &sg_encoder_latency_log, &sg_encoder_rate,
                &sg_encoder_delta, &sg_encoder_lif, &sg_encoder_direct)

sg_shape sg_encoding_shape(const sg_encoding *encoding) {
    uint32_t height = encoding->is_series ? 1 : encoding->height;
    return (sg_shape){sg_encoder_at(encoding->config->encoder)->channels, height, encoding->width};
}

/* ------------------------------------------------------------------------------------------------------- signals */

sg_status sg_encoder_plan_make(sg_encoder_plan *plan, const sg_encoding *encoding, size_t channels, uint32_t window) {
    *plan = (sg_encoder_plan){.encoding = encoding,
                              .kind = sg_encoder_at(encoding->config->encoder),
                              .channels = channels,
                              .window = window};
    if (plan->kind->check)
        SG_TRY(plan->kind->check(encoding));
    if (plan->kind->times)
        plan->kind->times(plan->times, encoding, window);
    return SG_OK;
}

static void take_times(const sg_encoder_plan *plan, const uint8_t *signal, size_t rows, const sg_spike_sink *out) {
    for (size_t row = 0; row < rows; row++)
        for (uint32_t c = 0; c < plan->channels; c++) {
            uint32_t t = plan->times[signal[row * plan->channels + c]];
            if (t < plan->window)
                out->add(out->user, (uint32_t)row * plan->window + t, c);
        }
}

void sg_encoder_run(const sg_encoder_plan *plan, uint64_t sample, const uint8_t *signal, size_t rows,
                    const sg_spike_sink *out) {
    if (plan->kind->times)
        take_times(plan, signal, rows, out);
    else
        plan->kind->encode(out, plan->encoding, sample, signal, rows, plan->channels, plan->window);
}

static void add_to_writer(void *user, uint32_t step, uint32_t channel) {
    sg_event_writer_add(user, step, channel, 1);
}

static void add_number_to_writer(void *user, uint32_t step, uint32_t channel, float value) {
    sg_event_writer_add_number(user, step, channel, value);
}

sg_spike_sink sg_encoder_into(sg_event_writer *writer) {
    return (sg_spike_sink){writer, add_to_writer, add_number_to_writer};
}

/* ------------------------------------------------------------------------------------------------------- images */

/* How the images are gone through: the signal of each is one row of all pixels, or rows of columns. */
typedef struct plan {
    sg_encoder_plan encoder;
    size_t rows;
} plan;

static sg_status make_plan(plan *p, const sg_encoding *encoding) {
    if (encoding->is_series && encoding->steps % encoding->height != 0)
        return sg_fail(SG_CONFIG,
                       "steps: %u, but data.sequence is rows and the images have %u of them: use a multiple of %u, for "
                       "example %u",
                       encoding->steps, encoding->height, encoding->height,
                       (encoding->steps / encoding->height + 1) * encoding->height);
    p->rows = encoding->is_series ? encoding->height : 1;
    size_t channels = encoding->is_series ? encoding->width : (size_t)encoding->width * encoding->height;
    return sg_encoder_plan_make(&p->encoder, encoding, channels, encoding->steps / (uint32_t)p->rows);
}

static sg_status encode_block(const plan *p, const sg_image_block *block, size_t begin, size_t end, int split,
                              uint64_t first, sg_event_writer *out) {
    const size_t size = p->rows * p->encoder.channels;
    const sg_spike_sink sink = sg_encoder_into(out);
    for (size_t i = begin; i < end; i++) {
        SG_TRY(sg_event_writer_begin(out, split, block->labels ? block->labels[i] : SG_NO_LABEL));
        sg_encoder_run(&p->encoder, first + i, block->pixels + i * size, p->rows, &sink);
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
                                    .window = encoding->is_series ? p->encoder.window : 0,
                                    .has_split = has_split,
                                    .numbers = p->encoder.kind->numbers,
                                    .constant = p->encoder.kind->numbers && !encoding->is_series};
    return sg_event_writer_open(out, &layout);
}

sg_status sg_encode_images(const sg_encoding *encoding, const sg_image_block blocks[SG_IMAGE_PARTS],
                           sg_event_writer *out) {
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
