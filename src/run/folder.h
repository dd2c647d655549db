/* A run directory: config.yaml, metrics.csv, model.h5, checkpoint.h5, and best.h5 where a part is held out. */
#ifndef SG_RUN_FOLDER_H
#define SG_RUN_FOLDER_H

#include "store/checkpoint.h"

/* Makes the folder of a new run and writes config.yaml, or finds that of a run to resume: *found is then whether it
 * holds a checkpoint. SG_IO_ERROR if it is in use and not to be resumed, or cannot be written. */
sg_status sg_folder_open(const char *dir, const sg_config *config, bool resume, bool *found);

/* Reads the checkpoint into trainer and position. SG_CONFIG if it was made with other settings than `config`. */
sg_status sg_folder_load(const char *dir, const sg_config *config, sg_trainer *trainer, sg_position *position);

/* Writes the checkpoint; sg_folder_save_epoch the metrics and the model too, and the best model if this epoch is it. */
sg_status sg_folder_save(const char *dir, const sg_config *config, const sg_trainer *trainer,
                         const sg_position *position);
sg_status sg_folder_save_epoch(const char *dir, const sg_config *config, const sg_trainer *trainer,
                               const sg_position *position);

#endif
