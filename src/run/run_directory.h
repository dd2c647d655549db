/* A run directory: config.yaml, metrics.csv, model.h5, checkpoint.h5, and best.h5 where there is a validation part.
 * While a run uses it, it is locked. checkpoint.h5 is the truth: it is written first, and the others again from it. */
#ifndef SG_RUN_RUN_DIRECTORY_H
#define SG_RUN_RUN_DIRECTORY_H

#include "store/checkpoint.h"

enum { SG_RUN_DIRECTORY_PATH = 4096 };

typedef struct sg_run_directory {
    char dir[SG_RUN_DIRECTORY_PATH];
    int lock;            /* of its lock file; -1: the folder is not open */
    bool has_validation; /* whether the run has a validation part, and so a best epoch; set by its owner */
} sg_run_directory;

/* Opens the folder of a run as sg_run_options tells (`dir`, `number_dir`, `resume`), made if it is missing, and locks
 * it. *found is whether there is a checkpoint to resume from. SG_IO_ERROR if another run uses it, if it holds a run
 * that is not to be resumed or cannot be, or if it cannot be written. */
sg_status sg_run_directory_open(sg_run_directory *folder, const sg_run_options *options, bool *found);

/* Unlocks it; a folder that is not open is left alone. */
void sg_run_directory_close(sg_run_directory *folder);

/* Writes the configuration of a run that begins. */
sg_status sg_run_directory_begin(const sg_run_directory *folder, const sg_config *config);

/* Reads the checkpoint into trainer and position, and writes again what a killed run may not have written after it.
 * SG_CONFIG if it was made with other settings than `config`. */
sg_status sg_run_directory_load(const sg_run_directory *folder, const sg_config *config, sg_trainer *trainer,
                                sg_position *position);

/* Writes the checkpoint; sg_run_directory_save_epoch the metrics and the model too, and the best model if this epoch is
 * it. SG_IO_ERROR, with nothing written, if the folder was moved, removed or replaced since it was opened. */
sg_status sg_run_directory_save(const sg_run_directory *folder, const sg_config *config, const sg_trainer *trainer,
                                const sg_position *position);
sg_status sg_run_directory_save_epoch(const sg_run_directory *folder, const sg_config *config,
                                      const sg_trainer *trainer, const sg_position *position);

#endif
