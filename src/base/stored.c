#include "base/stored.h"

#include "base/half.h"

bool sg_stored_is_known(sg_stored stored) {
    const bool power = stored.size == 1 || stored.size == 2 || stored.size == 4 || stored.size == 8;
    switch (stored.kind) {
    case 'b':
        return stored.size == 1;
    case 'i':
    case 'u':
        return power;
    case 'f':
        return power && stored.size != 1;
    default:
        return false;
    }
}

static uint64_t bits_of(sg_stored stored, const uint8_t *bytes) {
    uint64_t bits = 0;
    for (int i = 0; i < stored.size; i++)
        bits |= (uint64_t)bytes[stored.big_endian ? stored.size - 1 - i : i] << 8 * i;
    return bits;
}

static double widen(sg_stored stored, uint64_t bits) {
    const int unused = 64 - 8 * stored.size;
    if (stored.kind == 'i')
        return (double)((int64_t)(bits << unused) >> unused);
    if (stored.kind == 'b')
        return bits != 0;
    if (stored.kind == 'u')
        return (double)bits;
    if (stored.size == 2)
        return sg_half_to_double((uint16_t)bits);
    if (stored.size == 8) {
        double wide;
        memcpy(&wide, &bits, sizeof wide);
        return wide;
    }
    const uint32_t low = (uint32_t)bits;
    float narrow;
    memcpy(&narrow, &low, sizeof narrow);
    return narrow;
}

/* Data sets of spikes are these: channels and half floats of 16 bits. */
static void widen_short(bool half, const uint8_t *from, size_t stride, size_t count, double *to) {
    for (size_t i = 0; i < count; i++, from += stride) {
        const uint16_t bits = (uint16_t)(from[0] | from[1] << 8);
        to[i] = half ? sg_half_to_double(bits) : (double)bits;
    }
}

void sg_stored_widen(sg_stored stored, const void *from, size_t stride, size_t count, double *to) {
    const uint8_t *bytes = from;
    if (stored.size == 2 && !stored.big_endian && stored.kind != 'i') {
        widen_short(stored.kind == 'f', bytes, stride, count, to);
        return;
    }
    for (size_t i = 0; i < count; i++)
        to[i] = widen(stored, bits_of(stored, bytes + i * stride));
}
