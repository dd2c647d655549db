#include "base/random.h"

#include "base/exact.h"

#include <math.h>

void sg_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]) {
    uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3], k0 = key[0], k1 = key[1];
    for (int round = 0; round < 10; round++) {
        uint64_t a = (uint64_t)0xD2511F53u * c0, b = (uint64_t)0xCD9E8D57u * c2;
        c0 = (uint32_t)(b >> 32) ^ c1 ^ k0;
        c1 = (uint32_t)b;
        c2 = (uint32_t)(a >> 32) ^ c3 ^ k1;
        c3 = (uint32_t)a;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    out[0] = c0, out[1] = c1, out[2] = c2, out[3] = c3;
}

/* `attempt` tells apart the draws that rejection needs for one index. */
static void draw(uint64_t seed, uint32_t stream, uint64_t index, uint32_t attempt, uint64_t out[2]) {
    const uint32_t counter[4] = {(uint32_t)index, (uint32_t)(index >> 32), stream, attempt};
    const uint32_t key[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)};
    uint32_t words[4];
    sg_philox(counter, key, words);
    out[0] = words[0] | (uint64_t)words[1] << 32;
    out[1] = words[2] | (uint64_t)words[3] << 32;
}

static double unit(uint64_t bits) {
    return (double)(bits >> 11) * 0x1p-53;
}

uint64_t sg_random_bits(uint64_t seed, uint32_t stream, uint64_t index) {
    uint64_t bits[2];
    draw(seed, stream, index, 0, bits);
    return bits[0];
}

double sg_random_uniform(uint64_t seed, uint32_t stream, uint64_t index) {
    return unit(sg_random_bits(seed, stream, index));
}

/* Marsaglia's polar method: no sine or cosine, only a logarithm and a square root. */
double sg_random_normal(uint64_t seed, uint32_t stream, uint64_t index) {
    for (uint32_t attempt = 0;; attempt++) {
        uint64_t bits[2];
        draw(seed, stream, index, attempt, bits);
        double x = 2 * unit(bits[0]) - 1, y = 2 * unit(bits[1]) - 1, r = x * x + y * y;
        if (r > 0 && r < 1)
            return x * sqrt(-2 * sg_log(r) / r);
    }
}

/* 0 .. bound-1, each equally likely: the multiples of 2^64/bound, what is left over drawn again. */
static uint64_t below(uint64_t bound, uint64_t seed, uint32_t stream, uint64_t index) {
    uint64_t reject = -bound % bound; /* 2^64 mod bound */
    for (uint32_t attempt = 0;; attempt++) {
        uint64_t bits[2];
        draw(seed, stream, index, attempt, bits);
        if (bits[0] >= reject)
            return bits[0] % bound;
    }
}

void sg_random_shuffle(uint32_t *items, size_t count, uint64_t seed, uint32_t stream) {
    for (size_t left = count; left > 1; left--) {
        size_t pick = (size_t)below(left, seed, stream, left);
        uint32_t item = items[pick];
        items[pick] = items[left - 1];
        items[left - 1] = item;
    }
}
