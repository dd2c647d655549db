#include "run/run_directory.h"

#include "file/bytes.h"
#include "file/h5.h"
#include "file/lock.h"
#include "learn/schedule.h"
#include "run/metrics.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH = SG_RUN_DIRECTORY_PATH, HOLDER = 320 };

static const char CONFIG[] = "config.yaml", CHECKPOINT[] = "checkpoint.h5", BEST[] = "best.h5", MODEL[] = "model.h5",
                  METRICS[] = "metrics.csv", LOCK[] = ".surgrad-run.lock";

/* All that a run writes; from the second on, what it has learned. */
static const char *const files[] = {CONFIG, CHECKPOINT, BEST, MODEL, METRICS};

enum { FILES = sizeof files / sizeof *files };

static sg_status path_in(const sg_run_directory *folder, const char *name, char path[PATH]) {
    return sg_join_path(path, PATH, folder->dir, name);
}

/* The first of `files` from `first` on that is there; NULL if none is. */
static sg_status find_file(const sg_run_directory *folder, int first, const char **found) {
    char path[PATH];
    *found = NULL;
    for (int i = first; i < FILES && !*found; i++) {
        SG_TRY(path_in(folder, files[i], path));
        if (sg_file_exists(path))
            *found = files[i];
    }
    return SG_OK;
}

/* ---------------------------------------------------------------------------------------------------- opening */

/* DIR, DIR-2, DIR-3, ... */
static sg_status number_dir(sg_run_directory *folder, const char *dir, int number) {
    size_t length = strlen(dir);
    while (length > 1 && dir[length - 1] == '/')
        length--;
    int used = snprintf(folder->dir, PATH, number > 1 ? "%.*s-%d" : "%.*s", (int)length, dir, number);
    return used < PATH ? SG_OK : sg_fail(SG_ARGUMENT, "the path %.60s... is longer than %d bytes", dir, PATH - 1);
}

/* Locks the folder; folder->lock stays -1 where `holder` has done so. */
static sg_status lock(sg_run_directory *folder, char holder[HOLDER]) {
    char path[PATH];
    SG_TRY(path_in(folder, LOCK, path));
    return sg_lock_try(path, &folder->lock, holder, HOLDER);
}

static sg_status open_this(sg_run_directory *folder) {
    char holder[HOLDER];
    SG_TRY(sg_make_folder(folder->dir));
    SG_TRY(lock(folder, holder));
    if (folder->lock < 0)
        return sg_fail(SG_IO_ERROR, "%s is in use by %s: wait until it ends, or name another folder (--out)",
                       folder->dir, holder);
    return SG_OK;
}

/* A folder counts as ours only if our mkdir made it: runs that start side by side find the same one free. One that
 * another run locks before us is left to it. */
static sg_status open_first_free(sg_run_directory *folder, const char *dir) {
    char holder[HOLDER];
    for (int number = 1; folder->lock < 0; number++) {
        bool made;
        SG_TRY(number_dir(folder, dir, number));
        SG_TRY(sg_make_new_folder(folder->dir, &made));
        if (made)
            SG_TRY(lock(folder, holder));
    }
    return SG_OK;
}

/* The last of the numbered folders before the first that is free. */
static sg_status open_last(sg_run_directory *folder, const char *dir) {
    int number = 0;
    do
        SG_TRY(number_dir(folder, dir, ++number));
    while (sg_file_exists(folder->dir));
    SG_TRY(number_dir(folder, dir, number - 1));
    return open_this(folder);
}

/* A run is not begun where another one's files are, and not where what is left of one could not be gone on with. */
static sg_status check_files(const sg_run_directory *folder, bool resume, bool *found) {
    const char *first, *learned;
    SG_TRY(find_file(folder, 0, &first));
    SG_TRY(find_file(folder, 1, &learned));
    *found = learned == CHECKPOINT;
    if (!resume && first)
        return sg_fail(SG_IO_ERROR,
                       "%s already holds a run (%s): go on with it (--resume), or name another folder (--out)",
                       folder->dir, first);
    if (resume && learned && !*found)
        return sg_fail(SG_IO_ERROR, "%s holds %s, but no %s to resume from: name another folder (--out)", folder->dir,
                       learned, CHECKPOINT);
    return SG_OK;
}

/* Removes what a killed run was writing. */
static sg_status clear_aside(const sg_run_directory *folder) {
    char path[PATH], aside[PATH + 8];
    for (int i = 0; i < FILES; i++) {
        SG_TRY(path_in(folder, files[i], path));
        snprintf(aside, sizeof aside, "%s.tmp", path);
        unlink(aside); /* where it cannot be removed, neither can the file be written, which then says so */
    }
    return SG_OK;
}

sg_status sg_run_directory_open(sg_run_directory *folder, const sg_run_options *options, bool *found) {
    sg_status status;
    folder->lock = -1;
    *found = false;
    SG_TRY(sg_h5_need());
    if (!options->number_dir) {
        SG_TRY(number_dir(folder, options->dir, 1));
        status = open_this(folder);
    } else
        status = options->resume ? open_last(folder, options->dir) : open_first_free(folder, options->dir);
    if (status == SG_OK)
        status = check_files(folder, options->resume, found);
    if (status == SG_OK)
        status = clear_aside(folder);
    if (status != SG_OK)
        sg_run_directory_close(folder);
    return status;
}

void sg_run_directory_close(sg_run_directory *folder) {
    char path[PATH];
    if (folder->lock >= 0 && path_in(folder, LOCK, path) == SG_OK)
        sg_lock_drop(path, folder->lock);
    folder->lock = -1;
}

/* ---------------------------------------------------------------------------------------------------- files */

/* The path of a file to be written, if the folder is still the one that we locked: another run may have its files in
 * one that took its place. */
static sg_status place(const sg_run_directory *folder, const char *name, char path[PATH]) {
    SG_TRY(path_in(folder, LOCK, path));
    if (!sg_is_at(path, folder->lock))
        return sg_fail(SG_IO_ERROR,
                       "cannot save in %s: the folder or its %s was moved, removed or replaced since the run began; "
                       "leave it in place until the run ends",
                       folder->dir, LOCK);
    return path_in(folder, name, path);
}

sg_status sg_run_directory_begin(const sg_run_directory *folder, const sg_config *config) {
    char path[PATH], *text;
    SG_TRY(place(folder, CONFIG, path));
    SG_TRY(sg_config_text(config, &text));
    sg_status status = sg_bytes_write(path, text, strlen(text));
    free(text);
    return status;
}

static sg_status refuse_other(const char *path, const sg_config *config, const sg_config *made, const char *key) {
    char here[SG_OPTION_TEXT], there[SG_OPTION_TEXT], reason[128] = "";
    sg_config_get(config, key, here, sizeof here);
    sg_config_get(made, key, there, sizeof there);
    if (strcmp(key, "epochs") == 0 && sg_schedule_ends(&config->learn))
        snprintf(reason, sizeof reason, " (with schedule.kind %s the learning rate of each step depends on epochs)",
                 sg_schedule_at(config->learn.schedule)->head.name);
    else if (strcmp(key, "epochs") == 0)
        snprintf(reason, sizeof reason, " (the width of delay.kernel in each epoch depends on epochs)");
    return sg_fail(
        SG_CONFIG,
        "%s: it was made with %s: %s, found %s%s: resume with the same settings, or start a new run with its "
        "weights (surgrad train --from RUN)",
        path, key, there, here, reason);
}

/* Where files lie may differ from what a checkpoint was made with, how much memory is used, and how long to train
 * unless the learning rate or the width of delay kernels depends on it; nothing else may. */
static sg_status check_same(const char *path, const sg_config *config) {
    sg_config *made;
    char key[SG_OPTION_TEXT];
    SG_TRY(sg_checkpoint_config(path, &made));
    if (!sg_schedule_ends(&config->learn) && !sg_lags_shrink(&config->network))
        made->learn.epochs = config->learn.epochs;
    made->learn.patience = config->learn.patience;
    made->network.memory = config->network.memory;
    bool differs = sg_config_difference(config, made, key, sizeof key);
    sg_status status = differs ? refuse_other(path, config, made, key) : SG_OK;
    sg_config_free(made);
    return status;
}

static sg_status save_model(const sg_run_directory *folder, const char *name, const sg_config *config,
                            const sg_trainer *trainer) {
    char path[PATH];
    SG_TRY(place(folder, name, path));
    return sg_model_save(trainer->network, config, path);
}

/* What follows from a checkpoint at the end of an epoch. Of a best epoch before that one, best.h5 is there already: it
 * was written before the next checkpoint. */
static sg_status save_results(const sg_run_directory *folder, const sg_config *config, const sg_trainer *trainer,
                              const sg_position *position) {
    char path[PATH];
    if (folder->has_validation && sg_best_epoch(position, &trainer->config) + 1 == position->epoch)
        SG_TRY(save_model(folder, BEST, config, trainer));
    SG_TRY(save_model(folder, MODEL, config, trainer));
    SG_TRY(place(folder, METRICS, path));
    return sg_metrics_write(path, &trainer->config, position->history, (size_t)position->epoch,
                            trainer->network->layer_count, folder->has_validation);
}

sg_status sg_run_directory_load(const sg_run_directory *folder, const sg_config *config, sg_trainer *trainer,
                                sg_position *position) {
    char path[PATH];
    SG_TRY(path_in(folder, CHECKPOINT, path));
    SG_TRY(check_same(path, config));
    SG_TRY(sg_checkpoint_load(path, trainer, (uint64_t)config->learn.epochs, position));
    SG_TRY(sg_run_directory_begin(folder, config));
    bool epoch_is_whole = position->epoch > 0 && position->batch == 0;
    return epoch_is_whole ? save_results(folder, config, trainer, position) : SG_OK;
}

sg_status sg_run_directory_save(const sg_run_directory *folder, const sg_config *config, const sg_trainer *trainer,
                                const sg_position *position) {
    char path[PATH];
    SG_TRY(place(folder, CHECKPOINT, path));
    return sg_checkpoint_save(config, trainer, position, path);
}

sg_status sg_run_directory_save_epoch(const sg_run_directory *folder, const sg_config *config,
                                      const sg_trainer *trainer, const sg_position *position) {
    SG_TRY(sg_run_directory_save(folder, config, trainer, position));
    return save_results(folder, config, trainer, position);
}
