/* What commands that start from a configuration share. Both return 0, or the exit code after the message. */
#ifndef SG_CLI_SETTINGS_H
#define SG_CLI_SETTINGS_H

#include "command.h"
#include "surgrad.h"

/* Applies the settings of the command line, in their order, to a configuration that was loaded from `source`, and
 * checks the whole. */
int sg_cli_apply(const char *source, const sg_cli_arguments *arguments, sg_config *config);

/* Loads a recipe or file, applies the settings of the command line in their order, and checks the whole. */
int sg_cli_configure(const char *source, const sg_cli_arguments *arguments, sg_config **config);

/* Fetches the data that `config` names if they are of a set that can be fetched and are not in the cache. */
int sg_cli_need_data(const sg_config *config);

/* Reads the data, fetched first where needed. The caller frees them. */
int sg_cli_open_data(const sg_config *config, sg_data **data);

#endif
