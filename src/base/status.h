/* Failures: a code, and one line for the user kept for this thread. */
#ifndef SG_BASE_STATUS_H
#define SG_BASE_STATUS_H

#include "base/arithmetic.h"
#include "surgrad.h"

#define SG_MESSAGE_TEXT 2048 /* bytes of a recorded message, with its 0 */

/* Records the message and returns `status`:  return sg_fail(SG_DATA, "%s: ...", path); */
sg_status sg_fail(sg_status status, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Puts "text: " before the recorded message, for a caller that knows better where it happened. Returns `status`. */
sg_status sg_fail_in(sg_status status, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Tells this thread's warning handler, if it has one, of something odd that is not a failure: one line. The recorded
 * message of a failure stays. */
void sg_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Who is told of warnings, in this thread. */
typedef struct sg_warning_listener {
    sg_warning_handler *handler; /* or NULL */
    void *user;
} sg_warning_listener;

/* Puts another listener in the place of this thread's, and returns the one before. */
sg_warning_listener sg_swap_warning_listener(sg_warning_listener listener);

/* Passes a failure on. */
#define SG_TRY(expression)                                                                                             \
    do {                                                                                                               \
        sg_status sg_try_status = (expression);                                                                        \
        if (sg_try_status != SG_OK)                                                                                    \
            return sg_try_status;                                                                                      \
    } while (0)

#endif
