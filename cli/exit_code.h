/* The program's exit codes. */
#ifndef SG_CLI_EXIT_CODE_H
#define SG_CLI_EXIT_CODE_H

#include "surgrad.h"

enum { SG_CLI_STATUSES = SG_STOPPED + 1 }; /* they are numbered from 0 */

/* The exit code for a status; 1 for one that this program does not know. */
int sg_cli_exit_code(sg_status status);

#endif
