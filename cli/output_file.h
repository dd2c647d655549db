/* Files of results: written aside and then renamed, so that a reader finds the old file or the whole new one. */
#ifndef SG_CLI_OUTPUT_FILE_H
#define SG_CLI_OUTPUT_FILE_H

#include "run_dir.h"

#include <stdio.h>

typedef struct sg_cli_output {
    char path[SG_CLI_PATH], aside[SG_CLI_PATH]; /* "": standard output */
    FILE *file;
} sg_cli_output;

/* Begins a file; standard output for NULL. Returns 0, or the exit code after the message. */
int sg_cli_output_open(const char *path, sg_cli_output *output);

/* Gives the file its name where it is `whole` and every write went well; else nothing of it is left. Returns 0, or the
 * exit code after the message. Leaves standard output open. */
int sg_cli_output_close(sg_cli_output *output, bool whole);

#endif
