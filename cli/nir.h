/* NIR files in the place of models. */
#ifndef SG_CLI_NIR_H
#define SG_CLI_NIR_H

#include "command.h"
#include "surgrad.h"

/* Whether a path is that of a NIR file, by its name. */
bool sg_cli_is_nir(const char *path);

/* Reads one as the arguments ask for; the report goes to `notes`, a line each. Returns 0, or the exit code after the
 * message. */
int sg_cli_nir_load(const sg_cli_arguments *arguments, const char *path, FILE *notes, sg_config **config,
                    sg_network **network);

/* Refuses options that are of NIR files where there is none. Returns as above. */
int sg_cli_nir_refuse(const sg_cli_arguments *arguments);

#endif
