/* How much of a long test is run: one of so many cases. All, but with sanitisers, which take ten times as long and look
 * for other faults, one of 23; SURGRAD_ONE_OF in the environment says otherwise, as for a second compiler. What ctest
 * runs side by side on several processors is a part each: SURGRAD_PART is "0/4", "1/4" and so on. */
#ifndef TEST_GRAD_SHARE_H
#define TEST_GRAD_SHARE_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

static inline size_t one_of(void) {
    const char *given = getenv("SURGRAD_ONE_OF");
    if (given && strtoul(given, NULL, 10) > 0)
        return strtoul(given, NULL, 10);
#if defined(__SANITIZE_ADDRESS__)
    return 23; /* a prime: every kind of each list comes in turn */
#else
    return 1;
#endif
}

/* Whether the case of this number is run. */
static inline bool is_of_share(size_t number) {
    const char *given = getenv("SURGRAD_PART");
    size_t part, parts;
    if (!given || sscanf(given, "%zu/%zu", &part, &parts) != 2 || parts == 0)
        part = 0, parts = 1;
    return number % parts == part && number / parts % one_of() == 0;
}

/* Of this many cases, those that are run: some at least. */
static inline size_t share_of(size_t cases) {
    enum { LEAST = 5 };
    const size_t share = cases / one_of();
    return share < LEAST ? LEAST : share;
}

#endif
