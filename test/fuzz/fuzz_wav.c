#include "target.h"

#include "data/cochlea.h"
#include "file/audio.h"

#include <stdlib.h>

enum { MOST = 1 << 16, CHANNELS = 4 };

/* What was parsed is heard, so that a sanitiser sees every sample read. */
static void hear(const sg_audio *audio) {
    const sg_cochlea_config config = {.channels = CHANNELS, .low_hz = 100, .high_hz = 300, .range_db = 50};
    sg_cochlea *cochlea;
    if (audio->count > MOST || sg_cochlea_create(&config, audio->rate_hz, &cochlea) != SG_OK)
        return;
    size_t rows = sg_cochlea_rows(cochlea, audio->count, 10);
    double *power = calloc(rows * CHANNELS, sizeof *power);
    uint8_t *levels = calloc(rows * CHANNELS, 1);
    if (power && levels)
        sg_cochlea_hear(cochlea, audio->samples, audio->count, 10, power, levels);
    free(power);
    free(levels);
    sg_cochlea_free(cochlea);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    sg_audio audio;
    if (sg_audio_parse("bytes", bytes, size, &audio) == SG_OK) {
        if (audio.count == 0 || !(audio.rate_hz >= 1))
            abort();
        hear(&audio);
    } else if (audio.samples) {
        abort();
    }
    sg_audio_free(&audio);
    return 0;
}
