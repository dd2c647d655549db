/* surgrad train --leave-one-out: a run for each group of the data, which is then the test part. */
#ifndef SG_CLI_LEAVE_ONE_OUT_H
#define SG_CLI_LEAVE_ONE_OUT_H

#include "run_dir.h"
#include "surgrad.h"

/* The file of the folder that tells what is trained; a folder of one run has config.yaml. */
#define SG_CLI_LEAVE_ONE_OUT "leave-one-out.yaml"

/* Trains once for each group, in a folder of places->dir that has its name, and prints a table. With --resume, runs
 * that are complete are only read. `config` is changed. Returns 0, or the exit code after the message. */
int sg_cli_leave_one_out(sg_config *config, const sg_cli_arguments *arguments, const sg_cli_places *places);

#endif
