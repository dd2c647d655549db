/* `surgrad info --time`. */
#ifndef SG_CLI_INFO_TIME_H
#define SG_CLI_INFO_TIME_H

#include "surgrad.h"

/* Trains a new network of the configuration for a second, and prints how long an epoch would take. Returns 0, or the
 * exit code after the message. */
int sg_cli_print_time(const sg_config *config, int threads);

#endif
