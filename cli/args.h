/* Command lines: a declarative layer over getopt_long. */
#ifndef SG_CLI_ARGS_H
#define SG_CLI_ARGS_H

#include "command.h"

/* Reads argv[1] .. argv[argc - 1] (argv[0] is the command's name) as `command` takes them. Returns 0, or the exit code
 * after the message. Cuts the values of --set in argv at their '='. */
int sg_cli_parse(const sg_cli_command *command, int argc, char **argv, sg_cli_arguments *arguments);

void sg_cli_arguments_free(sg_cli_arguments *arguments);

#endif
