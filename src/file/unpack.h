/* LZ4 and ZSTD frames in memory. */
#ifndef SG_FILE_UNPACK_H
#define SG_FILE_UNPACK_H

#include "file/stream.h"

typedef enum sg_packing { SG_PACKING_LZ4, SG_PACKING_ZSTD } sg_packing;

typedef struct sg_unpacker sg_unpacker;

/* SG_MEMORY. */
sg_status sg_unpacker_open(sg_packing packing, sg_unpacker **out);

/* Unpacks one whole frame to the beginning of `to`. `to` grows as bytes come out, to `limit` at most. SG_DATA
 * where the frame is damaged, ends early or late, or unpacks to more: the message tells no file. */
sg_status sg_unpack(sg_unpacker *unpacker, const uint8_t *bytes, size_t size, size_t limit, sg_stream_block *to);

void sg_unpacker_close(sg_unpacker *unpacker);

#endif
