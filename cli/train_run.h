/* One run of `surgrad train`, shown as it goes. */
#ifndef SG_CLI_TRAIN_RUN_H
#define SG_CLI_TRAIN_RUN_H

#include "train_view.h"

typedef struct sg_cli_train_job {
    const sg_config *config;
    const sg_network *network; /* to begin with; NULL: as the configuration says */
    const char *source;        /* what it is called */
    const char *dir;
    bool number_dir, resume;
    int threads;
    const volatile int *stop;
} sg_cli_train_job;

/* Trains, and shows it in `view`, which holds the folder in use afterwards. SG_STOPPED after a signal. */
sg_status sg_cli_train_run(const sg_cli_train_job *job, sg_cli_train_view *view, sg_run_result *result);

/* Listens to signals that ask to stop. */
const volatile int *sg_cli_train_listen(void);

#endif
