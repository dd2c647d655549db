#include "file/unpack.h"

#include "base/memory.h"
#include "base/memory_limit.h"

#include <lz4frame.h>
#include <stdlib.h>
#include <zstd.h>

/* What waits, and where the next of it goes. */
typedef struct part {
    const uint8_t *from;
    size_t left; /* packed bytes */
    uint8_t *to;
    size_t room;
} part;

/* A library: `step` unpacks what there is room for, and tells whether the frame is complete; NULL, or what is wrong. */
struct sg_unpacker {
    const struct library *library;
    void *context;
};

typedef struct library {
    const char *name;
    void *(*open)(void);
    const char *(*step)(void *context, part *of, bool *ended);
    void (*begin)(void *context);
    void (*close)(void *context);
} library;

/* -------------------------------------------------------------------------------------------------------------- LZ4 */

static void *lz4_open(void) {
    LZ4F_dctx *context = NULL;
    return LZ4F_isError(LZ4F_createDecompressionContext(&context, LZ4F_VERSION)) ? NULL : context;
}

static const char *lz4_step(void *context, part *of, bool *ended) {
    size_t written = of->room, taken = of->left;
    size_t code = LZ4F_decompress(context, of->to, &written, of->from, &taken, NULL);
    if (LZ4F_isError(code))
        return LZ4F_getErrorName(code);
    *of = (part){of->from + taken, of->left - taken, of->to + written, of->room - written};
    *ended = code == 0;
    return NULL;
}

static void lz4_begin(void *context) {
    LZ4F_resetDecompressionContext(context);
}

static void lz4_close(void *context) {
    LZ4F_freeDecompressionContext(context);
}

/* ------------------------------------------------------------------------------------------------------------- ZSTD */

static void *zstd_open(void) {
    return ZSTD_createDCtx();
}

static const char *zstd_step(void *context, part *of, bool *ended) {
    ZSTD_outBuffer out = {.dst = of->to, .size = of->room};
    ZSTD_inBuffer in = {.src = of->from, .size = of->left};
    size_t code = ZSTD_decompressStream(context, &out, &in);
    if (ZSTD_isError(code))
        return ZSTD_getErrorName(code);
    *of = (part){of->from + in.pos, of->left - in.pos, of->to + out.pos, of->room - out.pos};
    *ended = code == 0;
    return NULL;
}

static void zstd_begin(void *context) {
    ZSTD_DCtx_reset(context, ZSTD_reset_session_only);
}

static void zstd_close(void *context) {
    ZSTD_freeDCtx(context);
}

static const library libraries[] = {
    [SG_PACKING_LZ4] = {"LZ4", lz4_open, lz4_step, lz4_begin, lz4_close},
    [SG_PACKING_ZSTD] = {"ZSTD", zstd_open, zstd_step, zstd_begin, zstd_close},
};

/* ------------------------------------------------------------------------------------------------------------- both */

sg_status sg_unpacker_open(sg_packing packing, sg_unpacker **out) {
    *out = NULL;
    sg_unpacker *unpacker = sg_array(1, sizeof *unpacker);
    if (!unpacker)
        return SG_MEMORY;
    unpacker->library = &libraries[packing];
    unpacker->context = unpacker->library->open();
    if (!unpacker->context) {
        free(unpacker);
        return sg_fail(SG_MEMORY, "no memory to unpack %s data", libraries[packing].name);
    }
    *out = unpacker;
    return SG_OK;
}

void sg_unpacker_close(sg_unpacker *unpacker) {
    if (unpacker)
        unpacker->library->close(unpacker->context);
    free(unpacker);
}

static sg_status make_room(const library *of, size_t limit, sg_stream_block *to) {
    if (to->size < to->capacity)
        return SG_OK;
    if (to->capacity >= limit)
        return sg_fail(SG_DATA, "%s data unpack to more than %zu bytes", of->name, limit);
    size_t capacity = 2 * to->capacity + SG_STREAM_WINDOW;
    if (capacity > limit)
        capacity = limit;
    SG_TRY(sg_check_memory(capacity, "unpacking", "such a file cannot be read here"));
    uint8_t *bytes = realloc(to->bytes, capacity);
    if (!bytes)
        return sg_fail(SG_MEMORY, "no memory to unpack %zu bytes", capacity);
    to->bytes = bytes;
    to->capacity = capacity;
    return SG_OK;
}

sg_status sg_unpack(sg_unpacker *unpacker, const uint8_t *bytes, size_t size, size_t limit, sg_stream_block *to) {
    const library *of = unpacker->library;
    part p = {.from = bytes, .left = size};
    bool ended = false;
    to->size = 0;
    if (!size)
        return sg_fail(SG_DATA, "there are no %s data", of->name);
    of->begin(unpacker->context);
    while (!ended) {
        SG_TRY(make_room(of, limit, to));
        p.to = to->bytes + to->size;
        p.room = to->capacity - to->size;
        const size_t left = p.left, room = p.room;
        const char *wrong = of->step(unpacker->context, &p, &ended);
        to->size = to->capacity - p.room;
        if (wrong)
            return sg_fail(SG_DATA, "%s data are damaged (%s)", of->name, wrong);
        if (!ended && p.left == left && p.room == room)
            return sg_fail(SG_DATA, "%s data end early (%zu bytes unpacked)", of->name, to->size);
    }
    return p.left == 0 ? SG_OK : sg_fail(SG_DATA, "%zu other bytes follow the %s data", p.left, of->name);
}
