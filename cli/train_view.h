/* What `surgrad train` shows of a run: its start, a progress bar, a table with a row for each epoch. */
#ifndef SG_CLI_TRAIN_VIEW_H
#define SG_CLI_TRAIN_VIEW_H

#include "run_dir.h"
#include "surgrad.h"

typedef struct sg_cli_train_view {
    const char *source;
    char dir[SG_CLI_PATH]; /* the folder in use, once the run has opened it */
    const char *protocol;  /* how the data's parts are meant; NULL: nothing is told */
    sg_metric_info metric;
    char init[SG_VALUE_TEXT]; /* the file of the initial weights; "": there is none */
    int threads;
    bool resume;
    bool has_validation; /* whether a part is, and so has columns of its own */
    bool header_printed;
} sg_cli_train_view;

/* Options of a run whose callbacks show it; `view` must outlive the run. */
sg_run_options sg_cli_train_view_options(sg_cli_train_view *view);

#endif
