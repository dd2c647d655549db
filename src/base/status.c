#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static _Thread_local char message[SG_MESSAGE_TEXT];
static _Thread_local sg_warning_listener listener;

static const char *const texts[] = {
    [SG_OK] = "done",
    [SG_IO_ERROR] = "a file or folder could not be written, or the network failed",
    [SG_MEMORY] = "not enough memory",
    [SG_ARGUMENT] = "a function or the program was called with a wrong argument",
    [SG_CONFIG] = "the configuration is wrong",
    [SG_DATA] = "a data file is missing or damaged",
    [SG_MODEL] = "a model or checkpoint file is missing, damaged or of another network",
    [SG_DIVERGED] = "a number is no longer finite",
    [SG_STOPPED] = "stopped on request, after saving",
};

const char *sg_version(void) {
    return SG_VERSION;
}

int sg_version_number(void) {
    return SG_VERSION_NUMBER;
}

const char *sg_status_text(sg_status status) {
    return (size_t)status < sizeof texts / sizeof *texts ? texts[status] : "an unknown status";
}

const char *sg_error_message(void) {
    return message;
}

/* Keeps the promise of one line, whatever a file's name or a library's text held. */
static void flatten(char *text) {
    for (char *c = text; *c; c++)
        if ((unsigned char)*c < ' ')
            *c = ' ';
}

sg_status sg_fail(sg_status status, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    flatten(message);
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
    flatten(message);
    return status;
}

void sg_warn(const char *format, ...) {
    char text[SG_MESSAGE_TEXT];
    if (!listener.handler)
        return;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    flatten(text);
    listener.handler(listener.user, text);
}

sg_warning_listener sg_swap_warning_listener(sg_warning_listener next) {
    sg_warning_listener before = listener;
    listener = next;
    return before;
}

void sg_set_warning_handler(sg_warning_handler *handler, void *user) {
    listener = (sg_warning_listener){handler, user};
}
