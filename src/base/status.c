#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static _Thread_local char message[2048];

static const struct {
    int exit_code;
    const char *text;
} table[] = {
#define ROW(name, exit_code, text) {exit_code, text},
    SG_STATUS_LIST(ROW)
#undef ROW
};

static bool known(sg_status status) {
    return (size_t)status < sizeof table / sizeof *table;
}

const char *sg_version(void) {
    return SG_VERSION;
}

const char *sg_status_text(sg_status status) {
    return known(status) ? table[status].text : "an unknown status";
}

int sg_status_exit_code(sg_status status) {
    return known(status) ? table[status].exit_code : 1;
}

const char *sg_error_message(void) {
    return message;
}

/* Keeps the promise of one line, whatever a file's name or a library's text held. */
static void flatten(void) {
    for (char *c = message; *c; c++)
        if ((unsigned char)*c < ' ')
            *c = ' ';
}

sg_status sg_fail(sg_status status, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    flatten();
    return status;
}

sg_status sg_fail_in(sg_status status, const char *format, ...) {
    char old[sizeof message];
    memcpy(old, message, sizeof old);
    va_list arguments;
    va_start(arguments, format);
    int used = vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    if (used >= 0 && (size_t)used < sizeof message)
        snprintf(message + used, sizeof message - (size_t)used, ": %s", old);
    flatten();
    return status;
}
