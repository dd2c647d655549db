/* HDF5 files with something wrong in them, as accidents and attackers make them, each told by its number. */
#ifndef TEST_FUZZ_MUTATION_H
#define TEST_FUZZ_MUTATION_H

#include <stddef.h>
#include <stdint.h>

#define SEED_BLOCKS 256

/* A block of metadata, told by its signature. */
typedef struct block {
    size_t start;
    size_t length; /* bytes before its checksum; 0: it has none */
} block;

/* A sound file to start from. */
typedef struct seed {
    uint8_t *bytes;
    size_t size, block_count;
    block blocks[SEED_BLOCKS];
} seed;

/* Finds the blocks of a seed whose bytes and size are set. */
void seed_survey(seed *from);

/* Writes mutation `number` of the seed to `bytes` (seed.size bytes of room), and returns its size. Checksums that the
 * mutation made wrong are mended in seven of eight, so that HDF5 goes on to read what they protect. */
size_t seed_mutate(const seed *from, uint64_t number, uint8_t *bytes);

#endif
