/* SHA-256 as FIPS 180-4 tells it. Our own, since it is what libcrypto would be needed for, and a set of data is hashed
 * once. */
#include "file/sha256.h"

#include "file/bytes.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { CHUNK = 65536 /* bytes read at a time */, BLOCK = 64, WORDS = 8, ROUNDS = 64, LENGTH = 8 /* bytes */ };

typedef struct digest {
    uint32_t state[WORDS];
    uint8_t block[BLOCK]; /* its first size % BLOCK bytes wait for the rest */
    uint64_t size;        /* bytes so far */
} digest;

/* The first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
static const uint32_t constants[ROUNDS] = {0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1,
                                           0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
                                           0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
                                           0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
                                           0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
                                           0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
                                           0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
                                           0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
                                           0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
                                           0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
                                           0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

/* ------------------------------------------------------------------------------------------------------ one block */

static uint32_t rotate(uint32_t x, int bits) {
    return x >> bits | x << (32 - bits);
}

static void fill_schedule(uint32_t w[ROUNDS], const uint8_t *block) {
    for (int i = 0; i < 16; i++)
        w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 | (uint32_t)block[4 * i + 2] << 8 |
               block[4 * i + 3];
    for (int i = 16; i < ROUNDS; i++) {
        uint32_t a = w[i - 15], b = w[i - 2];
        w[i] =
            w[i - 16] + (rotate(a, 7) ^ rotate(a, 18) ^ a >> 3) + w[i - 7] + (rotate(b, 17) ^ rotate(b, 19) ^ b >> 10);
    }
}

static void take_block(uint32_t state[WORDS], const uint8_t *block) {
    uint32_t w[ROUNDS], s[WORDS];
    fill_schedule(w, block);
    memcpy(s, state, sizeof s);
    for (int i = 0; i < ROUNDS; i++) {
        uint32_t a = s[0], e = s[4];
        uint32_t choice = (e & s[5]) ^ (~e & s[6]), majority = (a & s[1]) ^ (a & s[2]) ^ (s[1] & s[2]);
        uint32_t one = s[7] + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + choice + constants[i] + w[i];
        uint32_t two = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + majority;
        memmove(s + 1, s, 7 * sizeof *s);
        s[4] += one;
        s[0] = one + two;
    }
    for (int i = 0; i < WORDS; i++)
        state[i] += s[i];
}

/* --------------------------------------------------------------------------------------------------- any number */

/* The first 32 bits of the fractional parts of the square roots of the first eight primes. */
static const digest begun = {
    .state = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19}};

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

static void add(digest *d, const void *data, size_t size) {
    const uint8_t *next = data;
    while (size > 0) {
        size_t waiting = d->size % BLOCK, count = least(size, BLOCK - waiting);
        memcpy(d->block + waiting, next, count);
        if (waiting + count == BLOCK)
            take_block(d->state, d->block);
        d->size += count;
        next += count;
        size -= count;
    }
}

/* A bit that is 1, zeros as far as the last 8 bytes of a block, and there the number of bits. */
static void finish(digest *d, char text[SG_SHA256_TEXT]) {
    static const uint8_t padding[BLOCK] = {0x80};
    uint8_t length[LENGTH];
    for (int i = 0; i < LENGTH; i++)
        length[i] = (uint8_t)(d->size * 8 >> (56 - 8 * i));
    size_t waiting = d->size % BLOCK, room = BLOCK - LENGTH;
    add(d, padding, (waiting < room ? room : room + BLOCK) - waiting);
    add(d, length, sizeof length);
    for (int i = 0; i < WORDS; i++)
        snprintf(text + 8 * i, 9, "%08x", d->state[i]);
}

void sg_sha256_bytes(const void *data, size_t size, char text[SG_SHA256_TEXT]) {
    digest d = begun;
    add(&d, data, size);
    finish(&d, text);
}

static sg_status digest_open(const char *path, int file, char text[SG_SHA256_TEXT]) {
    digest d = begun;
    unsigned char chunk[CHUNK];
    ssize_t count;
    while ((count = read(file, chunk, sizeof chunk)) != 0) {
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return sg_fail(SG_DATA, "%s: cannot be read: %s", path, strerror(errno));
        add(&d, chunk, (size_t)count);
    }
    finish(&d, text);
    return SG_OK;
}

sg_status sg_sha256_file(const char *path, char text[SG_SHA256_TEXT]) {
    int file;
    SG_TRY(sg_open_to_read(path, &file));
    sg_status status = digest_open(path, file, text);
    close(file);
    return status;
}
