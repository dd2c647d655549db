#include "base/exact.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

/* ln 2 in two parts; the first has zeros at its end, so that k * LN2_HIGH is exact for |k| < 2^20. */
static const double LN2_HIGH = 0x1.62e42feep-1, LN2_LOW = 0x1.a39ef35793c76p-33;

static double power_of_two(int k) /* -1022 <= k <= 1023 */
{
    uint64_t bits = (uint64_t)(k + 1023) << 52;
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* 1/n! */
static const double TAYLOR[14] = {
    1,          1,           1.0 / 2,      1.0 / 6,       1.0 / 24,       1.0 / 120,       1.0 / 720,
    1.0 / 5040, 1.0 / 40320, 1.0 / 362880, 1.0 / 3628800, 1.0 / 39916800, 1.0 / 479001600, 1.0 / 6227020800,
};

/* x = k ln 2 + r with |r| <= ln2/2; the Taylor series of exp(r) to r^13 leaves less than 2^-57. */
double sg_exp(double x) {
    if (x != x)
        return x;
    if (x > 709.78)
        return INFINITY;
    if (x < -708)
        return 0;
    int k = (int)(x * 0x1.71547652b82fep0 + (x < 0 ? -0.5 : 0.5));
    double r = x - k * LN2_HIGH - k * LN2_LOW;
    double sum = TAYLOR[13];
    for (int n = 12; n >= 0; n--)
        sum = sum * r + TAYLOR[n];
    return k > 1023 ? sum * 2 * power_of_two(k - 1) : sum * power_of_two(k);
}

/* x = 2^k m with m in [sqrt(1/2), sqrt(2)); log m = 2 artanh(s), s = (m-1)/(m+1), |s| < 0.172. */
double sg_log(double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    int k = (int)(bits >> 52) - 1023;
    bits = (bits & 0x000fffffffffffff) | 0x3ff0000000000000;
    double m;
    memcpy(&m, &bits, sizeof m);
    if (m > 1.4142135623730951) {
        m /= 2;
        k++;
    }
    double s = (m - 1) / (m + 1), square = s * s, sum = 0;
    for (int n = 23; n >= 3; n -= 2)
        sum = (sum + 1.0 / n) * square;
    return k * LN2_HIGH + (2 * s + (2 * s * sum + k * LN2_LOW));
}

/* Near 0 the series of exp without its first term, so that nothing cancels. */
double sg_expm1(double x) {
    if (!(fabs(x) < 0.35))
        return sg_exp(x) - 1;
    double sum = TAYLOR[13];
    for (int n = 12; n >= 1; n--)
        sum = sum * x + TAYLOR[n];
    return sum * x;
}

/* pi/2 in two parts; the first has zeros at its end, so that k * HALF_PI_HIGH is exact for |k| < 2^20. */
static const double HALF_PI_HIGH = 0x1.921fb544p+0, HALF_PI_LOW = 0x1.0b4611a626331p-34;

/* The Taylor series of sine (odd) or cosine (even) for |r| <= pi/4; what is left out is less than 2^-57. */
static double series(double r, int first) {
    double square = r * r, sum = 1;
    for (int n = 16 + first; n > first; n -= 2)
        sum = 1 - sum * square / (n * (n - 1.0));
    return first == 1 ? r * sum : sum;
}

/* The sine of x + quarter turns: x = k pi/2 + r, and the quarters tell which series and which sign. */
static double wave(double x, int quarter) {
    double k = floor(x * 0x1.45f306dc9c883p-1 + 0.5), r = x - k * HALF_PI_HIGH - k * HALF_PI_LOW;
    int turn = (int)(int64_t)fmod(k, 4) + 4 + quarter;
    double value = series(r, turn % 2 == 0);
    return turn % 4 >= 2 ? -value : value;
}

double sg_sin(double x) {
    return wave(x, 0);
}

double sg_cos(double x) {
    return wave(x, 1);
}
