#include "run/folder.h"

#include "file/bytes.h"
#include "learn/schedule.h"
#include "run/metrics.h"

#include <stdlib.h>
#include <string.h>

enum { PATH = 4096 };

static sg_status write_config(const char *dir, const sg_config *config) {
    char path[PATH], *text;
    SG_TRY(sg_join_path(path, sizeof path, dir, "config.yaml"));
    SG_TRY(sg_config_text(config, &text));
    sg_status status = sg_bytes_write(path, text, strlen(text));
    free(text);
    return status;
}

sg_status sg_folder_open(const char *dir, const sg_config *config, bool resume, bool *found) {
    char checkpoint[PATH], settings[PATH];
    SG_TRY(sg_make_folder(dir));
    SG_TRY(sg_join_path(checkpoint, sizeof checkpoint, dir, "checkpoint.h5"));
    SG_TRY(sg_join_path(settings, sizeof settings, dir, "config.yaml"));
    *found = sg_file_exists(checkpoint);
    if (!resume && (*found || sg_file_exists(settings)))
        return sg_fail(SG_IO_ERROR, "%s already holds a run: go on with it (--resume), or name another folder (--out)",
                       dir);
    return *found ? SG_OK : write_config(dir, config);
}

/* Where the data lie may differ from what a checkpoint was made with, and how long to train unless the learning rate
 * depends on it; nothing else may. */
static sg_status check_same(const char *path, const sg_config *config) {
    sg_config *made;
    char key[SG_OPTION_TEXT], here[SG_OPTION_TEXT], there[SG_OPTION_TEXT];
    SG_TRY(sg_checkpoint_config(path, &made));
    if (!sg_schedule_ends(&config->learn))
        made->learn.epochs = config->learn.epochs;
    memcpy(made->data.dir, config->data.dir, sizeof made->data.dir);
    memcpy(made->data.file, config->data.file, sizeof made->data.file);
    bool same = !sg_config_difference(config, made, key, sizeof key);
    sg_status status = SG_OK;
    if (!same) {
        sg_config_get(config, key, here, sizeof here);
        sg_config_get(made, key, there, sizeof there);
        status = sg_fail(SG_CONFIG,
                         "%s: it was made with %s: %s, found %s: resume with the same settings, or start a new run",
                         path, key, there, here);
    }
    sg_config_free(made);
    return status;
}

sg_status sg_folder_load(const char *dir, const sg_config *config, sg_trainer *trainer, sg_position *position) {
    char path[PATH];
    SG_TRY(sg_join_path(path, sizeof path, dir, "checkpoint.h5"));
    SG_TRY(check_same(path, config));
    SG_TRY(sg_checkpoint_load(path, trainer, (uint64_t)config->learn.epochs, position));
    return write_config(dir, config);
}

sg_status sg_folder_save(const char *dir, const sg_config *config, const sg_trainer *trainer,
                         const sg_position *position) {
    char path[PATH];
    SG_TRY(sg_join_path(path, sizeof path, dir, "checkpoint.h5"));
    return sg_checkpoint_save(config, trainer, position, path);
}

static sg_status save_model(const char *dir, const char *name, const sg_config *config, const sg_trainer *trainer) {
    char path[PATH];
    SG_TRY(sg_join_path(path, sizeof path, dir, name));
    return sg_model_save(trainer->network, config, path);
}

/* best.h5 comes before the checkpoint that counts its epoch: a run that is cut off between the two writes it again. */
sg_status sg_folder_save_epoch(const char *dir, const sg_config *config, const sg_trainer *trainer,
                               const sg_position *position) {
    char path[PATH];
    bool held_out = config->data.held_out > 0;
    if (held_out && sg_best_epoch(position) + 1 == position->epoch)
        SG_TRY(save_model(dir, "best.h5", config, trainer));
    SG_TRY(sg_folder_save(dir, config, trainer, position));
    SG_TRY(save_model(dir, "model.h5", config, trainer));
    SG_TRY(sg_join_path(path, sizeof path, dir, "metrics.csv"));
    return sg_metrics_write(path, position->history, (size_t)position->epoch, trainer->network->layer_count, held_out);
}
