/* Help texts, all made from the tables of the commands. */
#ifndef SG_CLI_HELP_H
#define SG_CLI_HELP_H

#include "command.h"

#include <stdio.h>

void sg_cli_help_overview(FILE *file);
void sg_cli_help_one(FILE *file, const sg_cli_command *command);
void sg_cli_help_markdown(FILE *file); /* docs/cli.md */

#endif
