/* Sixteen lanes as four NEON registers (AArch64). */
#include <arm_neon.h>

typedef struct lane {
    float32x4_t part[4];
} lane;
typedef struct lane_mask {
    uint32x4_t part[4];
} lane_mask;

#define EACH(type, expression) ((type){{expression(0), expression(1), expression(2), expression(3)}})

static inline lane lane_all(float x) {
#define ALL(i) vdupq_n_f32(x)
    return EACH(lane, ALL);
}
static inline lane lane_zero(void) {
    return lane_all(0);
}
static inline lane lane_load(const float *p) {
#define LOAD(i) vld1q_f32(p + 4 * i)
    return EACH(lane, LOAD);
}
static inline void lane_store(float *p, lane a) {
    for (int i = 0; i < 4; i++)
        vst1q_f32(p + 4 * i, a.part[i]);
}
/* The first `count` lanes, fewer than all; the others are 0, or left as they are. */
static inline lane lane_load_first(const float *p, size_t count) {
    float all[16] = {0};
    for (size_t k = 0; k < count; k++)
        all[k] = p[k];
    return lane_load(all);
}
static inline void lane_store_first(float *p, lane a, size_t count) {
    float all[16];
    lane_store(all, a);
    for (size_t k = 0; k < count; k++)
        p[k] = all[k];
}
static inline lane lane_add(lane a, lane b) {
#define ADD(i) vaddq_f32(a.part[i], b.part[i])
    return EACH(lane, ADD);
}
static inline lane lane_sub(lane a, lane b) {
#define SUB(i) vsubq_f32(a.part[i], b.part[i])
    return EACH(lane, SUB);
}
static inline lane lane_mul(lane a, lane b) {
#define MUL(i) vmulq_f32(a.part[i], b.part[i])
    return EACH(lane, MUL);
}
static inline lane lane_div(lane a, lane b) {
#define DIV(i) vdivq_f32(a.part[i], b.part[i])
    return EACH(lane, DIV);
}
static inline lane lane_sqrt(lane a) {
#define SQRT(i) vsqrtq_f32(a.part[i])
    return EACH(lane, SQRT);
}
static inline lane lane_abs(lane a) {
#define ABS(i) vabsq_f32(a.part[i])
    return EACH(lane, ABS);
}
static inline lane_mask lane_above(lane a, lane b) {
#define ABOVE(i) vcgtq_f32(a.part[i], b.part[i])
    return EACH(lane_mask, ABOVE);
}
static inline lane_mask lane_at_least(lane a, lane b) {
#define AT_LEAST(i) vcgeq_f32(a.part[i], b.part[i])
    return EACH(lane_mask, AT_LEAST);
}
static inline lane_mask lane_not_below(lane a, lane b) {
#define NOT_BELOW(i) vmvnq_u32(vcltq_f32(a.part[i], b.part[i]))
    return EACH(lane_mask, NOT_BELOW);
}
static inline lane lane_choose(lane_mask m, lane a, lane b) {
#define CHOOSE(i) vbslq_f32(m.part[i], a.part[i], b.part[i])
    return EACH(lane, CHOOSE);
}
static inline lane lane_keep(lane_mask m, lane a) {
    return lane_choose(m, a, lane_zero());
}
static inline lane lane_drop(lane_mask m, lane a) {
    return lane_choose(m, lane_zero(), a);
}
static inline lane lane_add_where(lane_mask m, lane a, lane b) {
    return lane_choose(m, lane_add(a, b), a);
}
static inline uint16_t lane_bits(lane_mask m) {
    static const uint32_t powers[4] = {1, 2, 4, 8};
    const uint32x4_t weights = vld1q_u32(powers);
#define NIBBLE(i) vaddvq_u32(vandq_u32(m.part[i], weights)) << 4 * i
    return (uint16_t)(NIBBLE(0) | NIBBLE(1) | NIBBLE(2) | NIBBLE(3));
}
static inline lane_mask lane_mask_of(uint16_t bits) {
    static const uint32_t powers[4] = {1, 2, 4, 8};
    const uint32x4_t weights = vld1q_u32(powers);
#define HAS_BIT(i) vtstq_u32(vdupq_n_u32((uint32_t)bits >> 4 * i), weights)
    return EACH(lane_mask, HAS_BIT);
}
static inline lane_mask lane_mask_all(bool yes) {
    const uint32x4_t all = vdupq_n_u32(-(uint32_t)yes);
#define SAME(i) all
    return EACH(lane_mask, SAME);
}
/* The sum of all lanes, by halves: lanes k + 8 to lanes k, then k + 4, k + 2, k + 1. */
static inline float lane_sum(lane a) {
    const float32x4_t quarter = vaddq_f32(vaddq_f32(a.part[0], a.part[2]), vaddq_f32(a.part[1], a.part[3]));
    const float32x2_t pair = vadd_f32(vget_low_f32(quarter), vget_high_f32(quarter));
    return vget_lane_f32(pair, 0) + vget_lane_f32(pair, 1);
}
/* A word of spike bits in every lane; and all lanes where it has the one bit of `bits`, none where it has not. */
typedef uint32x4_t lane_word;
static inline lane_word lane_word_all(uint32_t bits) {
    return vdupq_n_u32(bits);
}
static inline lane_mask lane_test(lane_word word, lane_word bits) {
    const uint32x4_t all = vtstq_u32(word, bits);
    return (lane_mask){{all, all, all, all}};
}
static inline void lane_store_counts(uint32_t *p, lane a) {
    for (int i = 0; i < 4; i++)
        vst1q_u32(p + 4 * i, vcvtq_u32_f32(a.part[i]));
}
/* 2^n in every lane, from n + SG_ROUND (ref/surrogate.h), whose last bits are n. */
static inline lane lane_power_of_two(lane rounded) {
#define POWER_OF_TWO(i)                                                                                                \
    vreinterpretq_f32_s32(vaddq_s32(vshlq_n_s32(vreinterpretq_s32_f32(rounded.part[i]), 23), vdupq_n_s32(0x3f800000)))
    return EACH(lane, POWER_OF_TWO);
}
