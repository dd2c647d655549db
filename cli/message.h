/* Messages on stderr, one line each, kept clear of the progress bar. Those that end a command return its exit code. */
#ifndef SG_CLI_MESSAGE_H
#define SG_CLI_MESSAGE_H

#include "exit_code.h"

/* "surgrad: MESSAGE" */
void sg_cli_message(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* "surgrad: warning: TEXT"; a warning handler of the library, which needs no user. */
void sg_cli_warning(void *user, const char *text);

/* The library's last failure; the second form says where it happened. */
int sg_cli_fail(sg_status status);
int sg_cli_fail_in(const char *where, sg_status status);

/* "surgrad: MESSAGE; try `surgrad help COMMAND`" for a wrong command line; `command` may be NULL. */
int sg_cli_usage(const char *command, const char *format, ...) __attribute__((format(printf, 2, 3)));

int sg_cli_out_of_memory(void);

/* Makes *nearest (NULL at first) the known word if that is near the one found, and nearer than *nearest is. */
void sg_cli_consider(const char *found, const char *known, const char **nearest);

#endif
