#include "seeds.h"
#include "small_recordings.h"

#include "file/bytes.h"

/* The byte by which fuzz_recording.c reads a file of this name. */
static uint8_t first_byte(const char *name) {
    static const char *const endings[] = {".bin", ".bs1", ".bs3", ".dat", ".aedat"};
    int i = 0;
    while (i < 4 && !sg_recording_ends(name, endings[i]))
        i++;
    return (uint8_t)(248 + i);
}

void write_recordings(void) {
    for (size_t i = 0; i < SMALL_RECORDINGS; i++) {
        char name[80];
        written file = {0};
        const small_recording *of = &small_recordings[i];
        add_le(&file, first_byte(of->name), 1);
        of->write(&file);
        snprintf(name, sizeof name, "recording/%s-%s", of->format, of->name);
        check(sg_bytes_write(seed_path(name), file.bytes, file.size) == SG_OK, name);
    }
}
