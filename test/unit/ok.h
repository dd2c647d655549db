/* Calls that must succeed: a failure is a failure of the test, with its message. To be included after cmocka.h. */
#ifndef SG_TEST_OK_H
#define SG_TEST_OK_H

#include "surgrad.h"

#include <string.h>

#define OK(call) assert_ok((call), #call)

static inline void assert_ok(sg_status status, const char *call) {
    if (status != SG_OK)
        fail_msg("%s: %s", call, sg_error_message());
}

static inline sg_config *parse(const char *yaml) {
    sg_config *config;
    OK(sg_config_parse("test", yaml, strlen(yaml), &config));
    return config;
}

#endif
