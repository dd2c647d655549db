/* A recording of any format. The first byte is the format's number; from 248 on the format is found, by one of eight
 * names. In a long run FUZZ_FORMAT=evt3 has all be read as that format, so that each can have its part of the time. */
#include "hear.h"
#include "scratch.h"
#include "target.h"

#include <stdlib.h>

/* NULL: it is found. */
static const sg_recording_format *choose_format(uint8_t first) {
    const char *only = getenv("FUZZ_FORMAT");
    return sg_recording_at(only ? sg_kind_find(sg_recording_kinds, only) : first);
}

/* A format that opens its files by itself is none of these: it is found, but has no file. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    static const char *const names[] = {"a.bin", "a.bs1", "a.bs3", "a.dat", "a.aedat", "a.raw", "a.csv", "a.npy"};
    heard found = {0};
    uint64_t left_out[SG_LEFT_REASONS];
    const sg_recording_listener listener = hear(&found, NULL);
    if (!size)
        return 0;
    const char *name = names[*bytes % (sizeof names / sizeof *names)];
    if (sg_recording_read_bytes(name, bytes + 1, size - 1, choose_format(*bytes), &listener, left_out) != SG_OK)
        require_one_line();
    return 0;
}
