#include "base/number.h"

#include <errno.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static locale_t plain;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void make_plain(void) {
    plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

/* Switches this thread to the C locale; hand what it returns to uselocale(). */
static locale_t enter(void) {
    pthread_once(&once, make_plain);
    return uselocale(plain);
}

bool sg_parse_number(const char *text, const char **end, double *value) {
    char *stop;
    locale_t before = enter();
    errno = 0;
    *value = strtod(text, &stop);
    uselocale(before);
    *end = stop;
    bool vanished = errno == ERANGE && *value == 0; /* 1e-400 */
    return stop != text && isfinite(*value) && !vanished;
}

bool sg_parse_integer(const char *text, const char **end, int64_t *value) {
    char *stop;
    errno = 0;
    long long read = strtoll(text, &stop, 10);
    *end = stop;
    *value = read;
    return stop != text && errno == 0;
}

/* Of 15 digits %g leaves out the zeros at the end, and what is shorter reads back the same; so begin there where fewer
 * digits would bring an exponent: 20, not 2e+01. */
void sg_format_number(char *text, size_t size, double value) {
    locale_t before = enter();
    bool plain_range = fabs(value) >= 1 && fabs(value) < 1e15;
    for (int digits = plain_range ? 15 : 1; digits <= 17; digits++) {
        snprintf(text, size, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    uselocale(before);
}

void sg_format_fixed(char *text, size_t size, int decimals, double value) {
    locale_t before = enter();
    snprintf(text, size, "%.*f", decimals, value);
    uselocale(before);
}

void sg_format_bytes(char *text, size_t size, double bytes) {
    static const char *const units[] = {"bytes", "kB", "MB", "GB", "TB", "PB", "EB"};
    size_t unit = 0;
    char number[32];
    for (; bytes >= 999.5 && unit + 1 < sizeof units / sizeof *units; unit++)
        bytes /= 1000;
    sg_format_fixed(number, sizeof number, unit == 0 || bytes >= 99.95 ? 0 : bytes >= 9.995 ? 1 : 2, bytes);
    snprintf(text, size, "%s %s", number, units[unit]);
}
