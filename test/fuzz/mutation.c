#include "mutation.h"

#include "base/random.h"

#include <stdbool.h>
#include <string.h>

enum { SIGNATURE = 4, CHECKSUM = 4, NEAR = 64, LARGEST_BLOCK = 8192 /* bytes */ };

/* Jenkins's lookup3, by which HDF5 protects its blocks; in its library, though in no header of those that it installs.
 */
uint32_t H5_checksum_lookup3(const void *data, size_t length, uint32_t start);

/* ----------------------------------------------------------------------------------------------------- survey */

static bool is_signature(const uint8_t *bytes) {
    static const char *const known[] = {"\x89HDF", "OHDR", "OCHK", "TREE", "SNOD", "HEAP", "GCOL", "FRHP",
                                        "FHDB",    "FHIB", "BTHD", "BTLF", "BTIN", "FAHD", "FADB", "EAHD",
                                        "EAIB",    "EASB", "EADB", "FSHD", "FSSE", "SMTB", "SMLI"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (memcmp(bytes, known[i], SIGNATURE) == 0)
            return true;
    return false;
}

static void put_number(uint8_t *bytes, uint64_t value, size_t size) {
    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)(value >> 8 * i);
}

/* The first length whose checksum stands behind it. */
static size_t protected_length(const uint8_t *bytes, size_t size) {
    for (size_t length = SIGNATURE; length + CHECKSUM <= size && length < LARGEST_BLOCK; length++) {
        uint8_t sum[CHECKSUM];
        put_number(sum, H5_checksum_lookup3(bytes, length, 0), CHECKSUM);
        if (memcmp(bytes + length, sum, CHECKSUM) == 0)
            return length;
    }
    return 0;
}

void seed_survey(seed *from) {
    from->block_count = 0;
    for (size_t i = 0; i + SIGNATURE <= from->size && from->block_count < SEED_BLOCKS; i++)
        if (is_signature(from->bytes + i))
            from->blocks[from->block_count++] = (block){i, protected_length(from->bytes + i, from->size - i)};
}

/* -------------------------------------------------------------------------------------------------- mutations */

typedef struct mutant {
    const seed *from;
    uint8_t *bytes;
    size_t size;
    uint64_t number, drawn; /* of its random numbers, the next */
} mutant;

static size_t below(mutant *m, size_t limit) {
    return (size_t)(sg_random_bits(m->number, 0, m->drawn++) % limit);
}

/* Where to go wrong: mostly where HDF5 keeps its structure, as bytes of numbers do little harm. */
static size_t place(mutant *m) {
    const seed *from = m->from;
    if (from->block_count && below(m, 2)) {
        const block *near = &from->blocks[below(m, from->block_count)];
        size_t length = near->length ? near->length : NEAR, at = near->start + below(m, length);
        return at < m->size ? at : near->start % m->size;
    }
    size_t at = below(m, m->size);
    for (int tries = 0; tries < 8 && (m->bytes[at] == 0 || m->bytes[at] == 0xff); tries++)
        at = below(m, m->size);
    return at;
}

static void flip_bits(mutant *m) {
    m->bytes[place(m)] ^= (uint8_t)(1 + below(m, 255));
}

static void set_byte(mutant *m) {
    static const uint8_t values[] = {0, 1, 2, 3, 4, 8, 16, 32, 64, 127, 128, 254, 255};
    m->bytes[place(m)] = values[below(m, sizeof values)];
}

/* A number of 2, 4 or 8 bytes: a size or an address on the edge of what may be, or the address of another block, so
 * that what should be a tree becomes a ring. */
static void set_number(mutant *m) {
    static const size_t sizes[] = {2, 4, 8};
    size_t size = sizes[below(m, 3)], at = place(m);
    const uint64_t values[] = {0,
                               1,
                               below(m, 1024),
                               m->size,
                               m->size - below(m, 64) % m->size,
                               m->size + below(m, 64),
                               UINT64_MAX,
                               UINT64_MAX - below(m, 64),
                               (uint64_t)INT64_MAX - below(m, 2),
                               UINT32_MAX - below(m, 2),
                               (uint64_t)INT32_MAX + below(m, 2),
                               1ull << below(m, 64),
                               at - at % 8,
                               below(m, m->size),
                               m->from->block_count ? m->from->blocks[below(m, m->from->block_count)].start : 0};
    at -= below(m, 2) ? at % size : 0;
    if (at + size <= m->size)
        put_number(m->bytes + at, values[below(m, sizeof values / sizeof *values)], size);
}

static void add_a_little(mutant *m) {
    m->bytes[place(m)] += (uint8_t)(below(m, 9) - 4);
}

static void copy_bytes(mutant *m) {
    size_t to = place(m), from = place(m), most = m->size - (to > from ? to : from);
    memmove(m->bytes + to, m->bytes + from, 1 + below(m, most < NEAR ? most : NEAR));
}

static void clear_bytes(mutant *m) {
    size_t at = place(m), most = m->size - at;
    memset(m->bytes + at, below(m, 2) ? 0 : 0xff, 1 + below(m, most < NEAR ? most : NEAR));
}

static void cut(mutant *m) {
    if (below(m, 8) == 0)
        m->size = 1 + below(m, m->size);
}

static void (*const kinds[])(mutant *m) = {flip_bits,  set_byte,    set_number, set_number,   set_number, add_a_little,
                                           copy_bytes, clear_bytes, flip_bits,  add_a_little, cut};

static void mend_checksums(const mutant *m) {
    for (size_t i = 0; i < m->from->block_count; i++) {
        const block *b = &m->from->blocks[i];
        if (b->length && b->start + b->length + CHECKSUM <= m->size)
            put_number(m->bytes + b->start + b->length, H5_checksum_lookup3(m->bytes + b->start, b->length, 0),
                       CHECKSUM);
    }
}

size_t seed_mutate(const seed *from, uint64_t number, uint8_t *bytes) {
    mutant m = {.from = from, .bytes = bytes, .size = from->size, .number = number};
    memcpy(bytes, from->bytes, from->size);
    for (size_t i = 1 + below(&m, 4); i; i--)
        kinds[below(&m, sizeof kinds / sizeof *kinds)](&m);
    if (below(&m, 8))
        mend_checksums(&m);
    return m.size;
}
