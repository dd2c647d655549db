/* Where a run's configuration comes from and where its files go. */
#ifndef SG_CLI_RUN_DIR_H
#define SG_CLI_RUN_DIR_H

#include "command.h"

enum { SG_CLI_PATH = 4096 };

/* Writes a path. One that does not fit is an error, never another path. Returns 0, or the exit code after the message.
 */
int sg_cli_path(char path[SG_CLI_PATH], const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Whether the path leads to a folder. */
bool sg_cli_is_folder(const char *path);

typedef struct sg_cli_places {
    char source[SG_CLI_PATH]; /* recipe, file, the config.yaml of the run to resume, or the model to begin from */
    char model[SG_CLI_PATH];  /* whose weights are the initial ones (--from); "": none */
    char dir[SG_CLI_PATH];
    bool number_dir; /* DIR, DIR-2, ...: sg_run_options tells */
} sg_cli_places;

/* Without --out a run goes to runs/NAME, NAME that of the recipe or file or else of --from, or where that is taken to
 * runs/NAME-2, -3, ...; --resume goes on with the last of these. Returns 0, or the exit code after the message. */
int sg_cli_find_places(const sg_cli_arguments *arguments, sg_cli_places *places);

/* The model that stands for the run in `dir`: best.h5 if there is one, else model.h5. Returns as sg_cli_path. */
int sg_cli_run_model(const char *dir, char path[SG_CLI_PATH]);

#endif
