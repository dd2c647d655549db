/* Sixteen lanes as one AVX-512 register. */
#include <immintrin.h>

typedef __m512 lane;
typedef __mmask16 lane_mask;

static inline lane lane_zero(void) {
    return _mm512_setzero_ps();
}
static inline lane lane_all(float x) {
    return _mm512_set1_ps(x);
}
static inline lane lane_load(const float *p) {
    return _mm512_loadu_ps(p);
}
static inline void lane_store(float *p, lane a) {
    _mm512_storeu_ps(p, a);
}
/* The first `count` lanes, fewer than all; the others are 0, or left as they are. */
static inline lane lane_load_first(const float *p, size_t count) {
    return _mm512_maskz_loadu_ps((__mmask16)((1u << count) - 1), p);
}
static inline void lane_store_first(float *p, lane a, size_t count) {
    _mm512_mask_storeu_ps(p, (__mmask16)((1u << count) - 1), a);
}
static inline lane lane_add(lane a, lane b) {
    return _mm512_add_ps(a, b);
}
static inline lane lane_sub(lane a, lane b) {
    return _mm512_sub_ps(a, b);
}
static inline lane lane_mul(lane a, lane b) {
    return _mm512_mul_ps(a, b);
}
static inline lane lane_div(lane a, lane b) {
    return _mm512_div_ps(a, b);
}
static inline lane lane_sqrt(lane a) {
    return _mm512_sqrt_ps(a);
}
static inline lane lane_abs(lane a) {
    return _mm512_abs_ps(a);
}
static inline lane_mask lane_above(lane a, lane b) {
    return _mm512_cmp_ps_mask(a, b, _CMP_GT_OQ);
}
static inline lane_mask lane_at_least(lane a, lane b) {
    return _mm512_cmp_ps_mask(a, b, _CMP_GE_OQ);
}
static inline lane_mask lane_not_below(lane a, lane b) {
    return _mm512_cmp_ps_mask(a, b, _CMP_NLT_UQ);
}
static inline lane lane_keep(lane_mask m, lane a) {
    return _mm512_maskz_mov_ps(m, a);
}
static inline lane lane_drop(lane_mask m, lane a) {
    return _mm512_maskz_mov_ps((__mmask16)~m, a);
}
static inline lane lane_choose(lane_mask m, lane a, lane b) {
    return _mm512_mask_blend_ps(m, b, a);
}
static inline lane lane_add_where(lane_mask m, lane a, lane b) {
    return _mm512_mask_add_ps(a, m, a, b);
}
static inline uint16_t lane_bits(lane_mask m) {
    return m;
}
static inline lane_mask lane_mask_of(uint16_t bits) {
    return bits;
}
static inline lane_mask lane_mask_all(bool yes) {
    return (lane_mask) - (int)yes;
}
/* The sum of all lanes, by halves: lanes k + 8 to lanes k, then k + 4, k + 2, k + 1. */
static inline float lane_sum(lane a) {
    const __m256 half = _mm256_add_ps(_mm512_castps512_ps256(a), _mm512_extractf32x8_ps(a, 1));
    __m128 quarter = _mm_add_ps(_mm256_castps256_ps128(half), _mm256_extractf128_ps(half, 1));
    quarter = _mm_add_ps(quarter, _mm_movehl_ps(quarter, quarter));
    return _mm_cvtss_f32(_mm_add_ss(quarter, _mm_movehdup_ps(quarter)));
}
/* A word of spike bits in every lane; and all lanes where it has the one bit of `bits`, none where it has not. */
typedef __m512i lane_word;
static inline lane_word lane_word_all(uint32_t bits) {
    return _mm512_set1_epi32((int)bits);
}
static inline lane_mask lane_test(lane_word word, lane_word bits) {
    return _mm512_test_epi32_mask(word, bits);
}
static inline void lane_store_counts(uint32_t *p, lane a) {
    _mm512_storeu_si512(p, _mm512_cvttps_epi32(a));
}
/* 2^n in every lane, from n + SG_ROUND (ref/surrogate.h), whose last bits are n. */
static inline lane lane_power_of_two(lane rounded) {
    const __m512i bits = _mm512_slli_epi32(_mm512_castps_si512(rounded), 23);
    return _mm512_castsi512_ps(_mm512_add_epi32(bits, _mm512_set1_epi32(0x3f800000)));
}
