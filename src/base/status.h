/* Failures: a code, and one line for the user kept for this thread. */
#ifndef SG_BASE_STATUS_H
#define SG_BASE_STATUS_H

#include "surgrad.h"

/* Records the message and returns `status`:  return sg_fail(SG_DATA, "%s: ...", path); */
sg_status sg_fail(sg_status status, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Puts "text: " before the recorded message, for a caller that knows better where it happened. Returns `status`. */
sg_status sg_fail_in(sg_status status, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Passes a failure on. */
#define SG_TRY(expression)                                                                                             \
    do {                                                                                                               \
        sg_status sg_try_status = (expression);                                                                        \
        if (sg_try_status != SG_OK)                                                                                    \
            return sg_try_status;                                                                                      \
    } while (0)

#endif
