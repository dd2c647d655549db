/* The trained model that a command is given, and its data. */
#ifndef SG_CLI_MODEL_H
#define SG_CLI_MODEL_H

#include "command.h"
#include "run_dir.h"
#include "surgrad.h"

typedef struct sg_cli_model {
    char path[SG_CLI_PATH]; /* of its file */
    sg_config *config;      /* that of the file, its data moved to where --data says */
    sg_network *network;
} sg_cli_model;

/* The model file that an operand names, itself or by its run directory. Returns 0, or the exit code after the message.
 */
int sg_cli_find_model(const char *operand, char path[SG_CLI_PATH]);

/* Loads the operand, a model file, or a run directory that stands for the model in it. Returns 0, or the exit code
 * after the message. sg_cli_model_free takes what a failure left too. */
int sg_cli_model_load(const sg_cli_arguments *arguments, sg_cli_model *model);
void sg_cli_model_free(sg_cli_model *model);

#endif
