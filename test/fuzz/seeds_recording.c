#include "seeds.h"
#include "small_recordings.h"

#include "file/bytes.h"

#include <zlib.h>

/* The byte by which fuzz_recording.c reads a file of this name. */
static uint8_t first_byte(const char *name) {
    static const char *const endings[] = {".bin", ".bs1", ".bs3", ".dat", ".aedat", ".raw"};
    int i = 0;
    while (i < 5 && !sg_recording_ends(name, endings[i]))
        i++;
    return (uint8_t)(248 + i);
}

/* Packed as one gzip member, after the first byte. */
static void pack(written *file) {
    written packed = {.bytes = {*file->bytes}, .size = 1};
    z_stream z = {.next_in = file->bytes + 1, .avail_in = (uInt)file->size - 1};
    z.next_out = packed.bytes + 1;
    z.avail_out = sizeof packed.bytes - 1;
    check(deflateInit2(&z, 9, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK, "gzip");
    check(deflate(&z, Z_FINISH) == Z_STREAM_END, "gzip");
    packed.size += z.total_out;
    deflateEnd(&z);
    *file = packed;
}

static void write_seed(const char *folder, const small_recording *of, const char *ending, const written *file) {
    char name[96];
    snprintf(name, sizeof name, "%s/%s-%s%s", folder, of->format, of->name, ending);
    check(sg_bytes_write(seed_path(name), file->bytes, file->size) == SG_OK, name);
}

void write_recordings(void) {
    for (size_t i = 0; i < SMALL_RECORDINGS; i++) {
        written file = {0};
        const small_recording *of = &small_recordings[i];
        add_le(&file, first_byte(of->name), 1);
        of->write(&file);
        write_seed("recording", of, "", &file);
        pack(&file);
        write_seed("recording", of, ".gz", &file);
    }
    for (size_t i = 0; i < SMALL_RECORDINGS; i++) {
        written file = {0};
        const small_recording *of = &small_recordings[i];
        add_le(&file, 1u << i % 8, 1); /* one option */
        add_le(&file, (uint64_t)(first_byte(of->name) - 248), 1);
        of->write(&file);
        write_seed("import", of, "", &file);
    }
}
