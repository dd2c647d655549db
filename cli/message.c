#include "message.h"

#include "progress.h"
#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { LINE = 4096 };

/* One line whatever a file's name or an argument held. */
static void say(const char *text, const char *ending) {
    char line[LINE + 256];
    snprintf(line, sizeof line, "surgrad: %s%s", text, ending);
    sg_cli_clean(line, false);
    sg_cli_progress_clear();
    fprintf(stderr, "%s\n", line);
}

void sg_cli_message(const char *format, ...) {
    char text[LINE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    say(text, "");
}

void sg_cli_warning(void *user, const char *text) {
    (void)user;
    sg_cli_message("warning: %s", text);
}

int sg_cli_fail(sg_status status) {
    const char *message = sg_error_message();
    sg_cli_message("%s", *message ? message : sg_status_text(status));
    return sg_cli_exit_code(status);
}

int sg_cli_fail_in(const char *where, sg_status status) {
    sg_cli_message("%s: %s", where, sg_error_message());
    return sg_cli_exit_code(status);
}

int sg_cli_usage(const char *command, const char *format, ...) {
    char text[LINE], remedy[128];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    snprintf(remedy, sizeof remedy, "; try `surgrad help%s%s`", command ? " " : "", command ? command : "");
    say(text, remedy);
    return sg_cli_exit_code(SG_ARGUMENT);
}

int sg_cli_out_of_memory(void) {
    sg_cli_message("not enough memory");
    return sg_cli_exit_code(SG_MEMORY);
}

void sg_cli_consider(const char *found, const char *known, const char **nearest) {
    const char *const both[] = {*nearest, known};
    *nearest = sg_nearest(found, both, 2);
}
