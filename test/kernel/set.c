/* A set of arrays between guards, and the comparison of two. */
#include "check.h"

#include "base/memory.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Under AddressSanitizer guards must not even be read. */
#if __has_include(<sanitizer/asan_interface.h>)
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(address, size)   ((void)(address), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#endif

enum { GUARD = 2 * SG_ALIGNMENT, BEFORE_ALL = CHECK_ARRAYS };

static const size_t sizes[] = {[TYPE_FLOAT] = sizeof(float), [TYPE_U8] = 1, [TYPE_U16] = 2, [TYPE_U32] = 4};

/* What guards are full of: as floats signalling NaN, which no arithmetic leaves as they are, another for each array, so
 * that a copy shows too; as spikes nearly all neurons. Words lie where they would lie from the begin of the memory. */
static unsigned char guard_byte(size_t array, size_t place) {
    const unsigned char word[4] = {(unsigned char)array, 0x5a, 0xa0, 0xff};
    return word[place % 4];
}

static void put_guard(const check_set *set, size_t array, char *from, size_t size) {
    char pattern[GUARD];
    for (size_t j = 0; j < GUARD; j++)
        pattern[j] = (char)guard_byte(array, (size_t)(from - set->memory) + j);
    for (size_t done = 0; done < size; done += GUARD)
        memcpy(from + done, pattern, size - done < GUARD ? size - done : GUARD);
}

void check_open(check_set *set) {
    *set = (check_set){.memory = sg_array(CHECK_MEMORY, 1)};
    if (!set->memory) {
        fprintf(stderr, "kernel-check: out of memory\n");
        exit(1);
    }
}

void check_unguard(const check_set *set) {
    ASAN_UNPOISON_MEMORY_REGION(set->memory, set->used);
}

void check_close(check_set *set) {
    check_unguard(set);
    free(set->memory);
}

static size_t bytes_of(const check_array *array) {
    return array->count * sizes[array->type];
}

static size_t room_of(const check_array *array) {
    size_t bytes = bytes_of(array);
    return bytes + GUARD + (SG_ALIGNMENT - bytes % SG_ALIGNMENT) % SG_ALIGNMENT;
}

void *check_blank(check_set *set, const char *name, enum check_type type, size_t count) {
    const check_array array = {name, type, set->memory + set->used, count, NULL};
    if (set->array_count == CHECK_ARRAYS || room_of(&array) > CHECK_MEMORY - set->used) {
        fprintf(stderr, "kernel-check: '%s' does not fit; make CHECK_ARRAYS or CHECK_MEMORY larger\n", name);
        abort();
    }
    put_guard(set, set->array_count, array.data, room_of(&array));
    set->arrays[set->array_count++] = array;
    set->used += room_of(&array);
    return array.data;
}

float *check_floats(check_set *set, const char *name, size_t count) {
    float *values = check_blank(set, name, TYPE_FLOAT, count);
    check_fill(set, values, count);
    return values;
}

float *check_rows(check_set *set, const char *name, size_t rows, size_t width, size_t stride) {
    float *values = check_floats(set, name, rows * stride);
    for (size_t r = 0; r < rows; r++)
        for (size_t n = width; n < stride; n++)
            values[r * stride + n] = 0;
    return values;
}

void check_ignore(check_set *set, const void *data) {
    static const size_t none = 0;
    for (size_t i = 0; i < set->array_count; i++)
        if (set->arrays[i].data == (const char *)data)
            set->arrays[i].used = &none;
}

/* What is not touched is as good as NaN. */
void check_gradient_rows(check_set *set) {
    size_t rows = set->below.neurons, width = set->block.width;
    set->gradient = check_rows(set, "gradient", rows, set->at[NEURONS], width);
    set->touched = check_blank(set, "touched", TYPE_U8, rows);
    for (size_t i = 0; i < rows; i++) {
        set->touched[i] = check_draw(set) % 2;
        if (!set->touched[i])
            memset(set->gradient + i * width, 0xff, width * sizeof *set->gradient);
    }
}

/* 0 keeps a state at what comes in, 1 keeps it as it is; between them lies what networks have. */
float check_decay(check_set *set) {
    static const float exact[VALUES_KINDS][2] = {[VALUES_THRESHOLD] = {0, 0.5f}, [VALUES_FLUSH] = {1, 0.5f}};
    const float *of = exact[set->at[VALUES]];
    return of[1] > 0 ? of[check_draw(set) % 2] : check_draw_between(set, 0.5f, 1);
}

static bool fires(check_set *set, size_t t) {
    static const float share[] = {[SPIKES_RARE] = 120.0f / 78400, [SPIKES_SPARSE] = 0.05f, [SPIKES_GAPS] = 0.5f,
                                  [SPIKES_MANY] = 0.75f,          [SPIKES_ALL] = 2,        [SPIKES_COUNTS] = 0.3f};
    size_t kind = set->at[SPIKES];
    return check_draw_between(set, 0, 1) < share[kind] && (kind != SPIKES_GAPS || t % 3 == 1);
}

static void set_bit(uint16_t *bits, size_t t, size_t n, size_t stride) {
    bits[t * (stride / SG_LANES) + n / SG_LANES] |= (uint16_t)(1u << n % SG_LANES);
}

uint8_t *check_touched(check_set *set, size_t count) {
    uint8_t *touched = check_blank(set, "touched", TYPE_U8, count);
    for (size_t j = 0; j < count; j++)
        touched[j] = fires(set, j);
    return touched;
}

uint16_t *check_bits(check_set *set, const char *name, size_t width, size_t stride) {
    size_t steps = set->at[STEPS], words = steps * (stride / SG_LANES);
    uint16_t *bits = check_blank(set, name, TYPE_U16, words);
    memset(bits, 0, words * sizeof *bits);
    if (set->at[SPIKES] == SPIKES_ONE && steps > 0) {
        size_t t = (size_t)(check_draw(set) % steps);
        set_bit(bits, t, (size_t)(check_draw(set) % width), stride);
    }
    for (size_t t = 0; t < steps; t++)
        for (size_t n = 0; n < width; n++)
            if (fires(set, t))
                set_bit(bits, t, n, stride);
    return bits;
}

/* How often each spike stands in the list. */
static size_t draw_repeats(check_set *set, uint8_t *repeats, size_t count) {
    size_t all = 0;
    for (size_t e = 0; e < count; e++) {
        bool more = set->at[SPIKES] == SPIKES_COUNTS && check_draw(set) % 3 == 0;
        repeats[e] = more ? (uint8_t)(2 + check_draw(set) % 3) : 1;
        all += repeats[e];
    }
    return all;
}

void check_list(check_set *set, size_t width, size_t stride) {
    const uint16_t *bits = check_bits(set, "spikes", width, stride);
    size_t steps = set->at[STEPS], count = sg_kernels_ref.count_all_spikes(bits, steps, stride);
    uint8_t *repeats = check_blank(set, "repeats", TYPE_U8, count);
    size_t all = draw_repeats(set, repeats, count);
    uint16_t *step = check_blank(set, "step", TYPE_U16, all);
    uint32_t *channel = check_blank(set, "channel", TYPE_U32, all);
    sg_kernels_ref.list_spikes(step, channel, bits, steps, stride);
    for (size_t e = count, at = all; e-- > 0;)
        for (uint8_t i = 0; i < repeats[e]; i++) {
            channel[--at] = channel[e];
            step[at] = (uint16_t)(step[e] + set->at[BEGIN]);
        }
    set->list = (sg_spike_list){step, channel, all, set->at[BEGIN]};
}

void check_room(check_set *set, size_t count, const size_t *used) {
    set->step = check_blank(set, "step", TYPE_U16, count);
    set->arrays[set->array_count - 1].used = used;
    set->channel = check_blank(set, "channel", TYPE_U32, count);
    set->arrays[set->array_count - 1].used = used;
}

static size_t padded(size_t width) {
    return (width + SG_LANES - 1) / SG_LANES * SG_LANES;
}

/* As it lies in a layer without others, before a last one that is full, or behind some tiles. */
static check_block block_of(size_t neurons, size_t layer) {
    size_t width = padded(neurons);
    check_block block = {0, width, neurons, 0};
    if (layer == LAYER_FIRST)
        block.neurons = width + SG_LANES;
    if (layer == LAYER_LAST) {
        block.first = 3 * SG_LANES;
        block.neurons = block.first + neurons;
    }
    block.stride = padded(block.neurons);
    return block;
}

static void poison_guards(const check_set *set) {
    ASAN_POISON_MEMORY_REGION(set->memory, GUARD);
    for (size_t i = 0; i < set->array_count; i++) {
        const check_array *array = &set->arrays[i];
        ASAN_POISON_MEMORY_REGION(array->data + bytes_of(array), room_of(array) - bytes_of(array));
    }
}

void check_make(check_set *set, const check_case *row, const size_t at[AXES], uint64_t seed, uint32_t stream) {
    check_set fresh = {.seed = seed, .stream = stream, .memory = set->memory};
    memcpy(fresh.at, at, sizeof fresh.at);
    fresh.block = block_of(at[NEURONS], at[LAYER]);
    fresh.below = block_of(at[INPUTS], at[LAYER]);
    fresh.surrogate = (sg_surrogate){.kind = (sg_surrogate_kind)at[SURROGATE],
                                     .k = at[SURROGATE] == SG_SURROGATE_BOXCAR ? 0.25f : 1.5f,
                                     .height = 0.7f,
                                     .cutoff = at[CUTOFF] ? 0.25f : 0};
    fresh.used = GUARD; /* before the first array */
    check_unguard(set);
    *set = fresh;
    put_guard(set, BEFORE_ALL, set->memory, GUARD);
    row->make(set);
    poison_guards(set);
}

/* The first byte of a guard that was written, or `size`. */
static size_t first_written(const check_set *set, size_t array, const char *from, size_t size) {
    size_t place = (size_t)(from - set->memory), j = 0;
    while (j < size && (unsigned char)from[j] == guard_byte(array, place + j))
        j++;
    return j;
}

static bool guards_stand(const check_set *set, char *text, size_t size) {
    size_t front = first_written(set, BEFORE_ALL, set->memory, GUARD);
    if (front < GUARD) {
        snprintf(text, size, "wrote %zu bytes before the begin of %s", GUARD - front, set->arrays[0].name);
        return false;
    }
    for (size_t i = 0; i < set->array_count; i++) {
        const check_array *array = &set->arrays[i];
        size_t bytes = bytes_of(array), guard = room_of(array) - bytes;
        size_t written = first_written(set, i, array->data + bytes, guard);
        if (written < guard) {
            snprintf(text, size, "wrote past the end of %s, which has %zu elements, at byte %zu behind it", array->name,
                     array->count, written);
            return false;
        }
    }
    return true;
}

static uint32_t bits_at(const check_array *array, size_t j) {
    uint32_t bits = 0;
    memcpy(&bits, array->data + j * sizes[array->type], sizes[array->type]); /* the low bytes come first */
    return bits;
}

static float float_at(const check_array *array, size_t j) {
    return ((const float *)(const void *)array->data)[j];
}

static bool is_nan(const check_array *array, size_t j) {
    return array->type == TYPE_FLOAT && isnan(float_at(array, j));
}

/* Two NaN are the same, whatever they carry. */
static bool same_element(const check_array *expected, const check_array *found, size_t j) {
    size_t size = sizes[expected->type];
    if (memcmp(expected->data + j * size, found->data + j * size, size) == 0)
        return true;
    return is_nan(expected, j) && is_nan(found, j);
}

static void print_element(const check_array *array, size_t j, char *text, size_t size) {
    uint32_t word = bits_at(array, j);
    if (array->type == TYPE_FLOAT)
        snprintf(text, size, "%.9g (0x%08" PRIx32 ")", (double)float_at(array, j), word);
    else
        snprintf(text, size, "%" PRIu32 " (0x%" PRIx32 ")", word, word);
}

static bool same_array(const check_array *expected, const check_array *found, char *text, size_t size) {
    size_t count = expected->used ? *expected->used : expected->count;
    for (size_t j = 0; j < count; j++)
        if (!same_element(expected, found, j)) {
            char wanted[64], got[64];
            print_element(expected, j, wanted, sizeof wanted);
            print_element(found, j, got, sizeof got);
            snprintf(text, size, "%s[%zu] is %s, expected %s", found->name, j, got, wanted);
            return false;
        }
    return true;
}

bool check_same(const check_set *expected, const check_set *found, char *text, size_t size) {
    check_unguard(expected);
    check_unguard(found);
    if (expected->result != found->result) {
        snprintf(text, size, "returned %zu, expected %zu", found->result, expected->result);
        return false;
    }
    if (!guards_stand(expected, text, size) || !guards_stand(found, text, size))
        return false;
    for (size_t i = 0; i < expected->array_count; i++)
        if (!same_array(&expected->arrays[i], &found->arrays[i], text, size))
            return false;
    return true;
}

static uint64_t mix(uint64_t digest, uint64_t word) {
    digest = (digest ^ word) * 0x9e3779b97f4a7c15;
    return digest ^ digest >> 29;
}

void check_digest(uint64_t *digest, const check_set *set) {
    *digest = mix(*digest, set->result);
    for (size_t i = 0; i < set->array_count; i++) {
        const check_array *array = &set->arrays[i];
        size_t count = array->used ? *array->used : array->count;
        for (size_t j = 0; j < count; j++)
            *digest = mix(*digest, is_nan(array, j) ? 0x7fc00000 : bits_at(array, j));
    }
}
