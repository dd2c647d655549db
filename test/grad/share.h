/* How much of a long test is run: one of so many cases. All, but with sanitisers, which take ten times as long and look
 * for other faults, one of 23; SURGRAD_ONE_OF in the environment says otherwise, as for a second compiler. */
#ifndef TEST_GRAD_SHARE_H
#define TEST_GRAD_SHARE_H

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

/* Of this many cases, those that are run: some at least. */
static inline size_t share_of(size_t cases) {
    enum { LEAST = 5 };
    const size_t share = cases / one_of();
    return share < LEAST ? LEAST : share;
}

#endif
