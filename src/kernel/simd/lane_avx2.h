/* Sixteen lanes as two AVX registers. */
#include <immintrin.h>

typedef struct lane {
    __m256 low, high;
} lane;
typedef struct lane_mask {
    __m256 low, high;
} lane_mask;

#define EACH(expression)      ((lane){expression(low), expression(high)})
#define EACH_MASK(expression) ((lane_mask){expression(low), expression(high)})

static inline lane lane_zero(void) {
    return (lane){_mm256_setzero_ps(), _mm256_setzero_ps()};
}
static inline lane lane_all(float x) {
    return (lane){_mm256_set1_ps(x), _mm256_set1_ps(x)};
}
static inline lane lane_load(const float *p) {
    return (lane){_mm256_loadu_ps(p), _mm256_loadu_ps(p + 8)};
}
static inline void lane_store(float *p, lane a) {
    _mm256_storeu_ps(p, a.low);
    _mm256_storeu_ps(p + 8, a.high);
}
/* The first `count` lanes, fewer than all; the others are 0, or left as they are. */
static inline __m256i lane_first(size_t count, int from) {
    const __m256i lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)count - from), lanes);
}
static inline lane lane_load_first(const float *p, size_t count) {
    return (lane){_mm256_maskload_ps(p, lane_first(count, 0)), _mm256_maskload_ps(p + 8, lane_first(count, 8))};
}
static inline void lane_store_first(float *p, lane a, size_t count) {
    _mm256_maskstore_ps(p, lane_first(count, 0), a.low);
    _mm256_maskstore_ps(p + 8, lane_first(count, 8), a.high);
}
static inline lane lane_add(lane a, lane b) {
#define ADD(half) _mm256_add_ps(a.half, b.half)
    return EACH(ADD);
}
static inline lane lane_sub(lane a, lane b) {
#define SUB(half) _mm256_sub_ps(a.half, b.half)
    return EACH(SUB);
}
static inline lane lane_mul(lane a, lane b) {
#define MUL(half) _mm256_mul_ps(a.half, b.half)
    return EACH(MUL);
}
static inline lane lane_div(lane a, lane b) {
#define DIV(half) _mm256_div_ps(a.half, b.half)
    return EACH(DIV);
}
static inline lane lane_sqrt(lane a) {
#define SQRT(half) _mm256_sqrt_ps(a.half)
    return EACH(SQRT);
}
static inline lane lane_abs(lane a) {
#define ABS(half) _mm256_andnot_ps(_mm256_set1_ps(-0.0f), a.half)
    return EACH(ABS);
}
static inline lane_mask lane_above(lane a, lane b) {
#define ABOVE(half) _mm256_cmp_ps(a.half, b.half, _CMP_GT_OQ)
    return EACH_MASK(ABOVE);
}
static inline lane_mask lane_at_least(lane a, lane b) {
#define AT_LEAST(half) _mm256_cmp_ps(a.half, b.half, _CMP_GE_OQ)
    return EACH_MASK(AT_LEAST);
}
static inline lane_mask lane_not_below(lane a, lane b) {
#define NOT_BELOW(half) _mm256_cmp_ps(a.half, b.half, _CMP_NLT_UQ)
    return EACH_MASK(NOT_BELOW);
}
static inline lane lane_keep(lane_mask m, lane a) {
#define KEEP(half) _mm256_and_ps(m.half, a.half)
    return EACH(KEEP);
}
static inline lane lane_drop(lane_mask m, lane a) {
#define DROP(half) _mm256_andnot_ps(m.half, a.half)
    return EACH(DROP);
}
static inline lane lane_choose(lane_mask m, lane a, lane b) {
#define CHOOSE(half) _mm256_blendv_ps(b.half, a.half, m.half)
    return EACH(CHOOSE);
}
static inline lane lane_add_where(lane_mask m, lane a, lane b) {
    return lane_choose(m, lane_add(a, b), a);
}
static inline uint16_t lane_bits(lane_mask m) {
    return (uint16_t)(_mm256_movemask_ps(m.low) | _mm256_movemask_ps(m.high) << 8);
}
static inline lane_mask lane_mask_of(uint16_t bits) {
    const __m256i all = _mm256_set1_epi32(bits);
    const __m256i low = _mm256_setr_epi32(1, 2, 4, 8, 16, 32, 64, 128), high = _mm256_slli_epi32(low, 8);
#define HAS_BIT(half) _mm256_castsi256_ps(_mm256_cmpeq_epi32(_mm256_and_si256(all, half), half))
    return EACH_MASK(HAS_BIT);
}
static inline lane_mask lane_mask_all(bool yes) {
    const __m256 all = _mm256_castsi256_ps(_mm256_set1_epi32(-(int)yes));
    return (lane_mask){all, all};
}
/* The sum of all lanes, by halves: lanes k + 8 to lanes k, then k + 4, k + 2, k + 1. */
static inline float lane_sum(lane a) {
    const __m256 half = _mm256_add_ps(a.low, a.high);
    __m128 quarter = _mm_add_ps(_mm256_castps256_ps128(half), _mm256_extractf128_ps(half, 1));
    quarter = _mm_add_ps(quarter, _mm_movehl_ps(quarter, quarter));
    return _mm_cvtss_f32(_mm_add_ss(quarter, _mm_movehdup_ps(quarter)));
}
/* A word of spike bits in every lane; and all lanes where it has the one bit of `bits`, none where it has not. */
typedef __m256i lane_word;
static inline lane_word lane_word_all(uint32_t bits) {
    return _mm256_set1_epi32((int)bits);
}
static inline lane_mask lane_test(lane_word word, lane_word bits) {
    const __m256 all = _mm256_castsi256_ps(_mm256_cmpeq_epi32(_mm256_and_si256(word, bits), bits));
    return (lane_mask){all, all};
}
static inline void lane_store_counts(uint32_t *p, lane a) {
    _mm256_storeu_si256((__m256i *)p, _mm256_cvttps_epi32(a.low));
    _mm256_storeu_si256((__m256i *)(p + 8), _mm256_cvttps_epi32(a.high));
}
/* 2^n in every lane, from n + SG_ROUND (ref/surrogate.h), whose last bits are n. */
static inline lane lane_power_of_two(lane rounded) {
#define POWER_OF_TWO(half)                                                                                             \
    _mm256_castsi256_ps(                                                                                               \
        _mm256_add_epi32(_mm256_slli_epi32(_mm256_castps_si256(rounded.half), 23), _mm256_set1_epi32(0x3f800000)))
    return EACH(POWER_OF_TWO);
}
