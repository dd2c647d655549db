#include "model.h"

#include "message.h"
#include "nir.h"
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A folder without a model: of a run that has not come to the end of an epoch, or none of a run's. */
static int no_model(const char *dir) {
    char config[SG_CLI_PATH];
    int code = sg_cli_path(config, "%s/config.yaml", dir);
    if (code)
        return code;
    char *word = access(config, F_OK) == 0 ? sg_cli_shell_word(dir) : NULL;
    if (word)
        sg_cli_message("%s: this run has no model yet, as its first epoch is not done; to go on: surgrad train "
                       "--resume --out %s",
                       dir, word);
    else
        sg_cli_message("%s: found no model.h5 in this folder, expected a run directory, as `surgrad train` makes it",
                       dir);
    free(word);
    return sg_cli_exit_code(SG_MODEL);
}

int sg_cli_find_model(const char *operand, char path[SG_CLI_PATH]) {
    if (!sg_cli_is_folder(operand))
        return sg_cli_path(path, "%s", operand);
    int code = sg_cli_run_model(operand, path);
    return code || access(path, F_OK) == 0 ? code : no_model(operand);
}

/* --data names what the configuration names: a file, or else a folder. */
static int move_data(sg_config *config, const char *where) {
    char file[SG_VALUE_TEXT];
    sg_status status = sg_config_get(config, "data.file", file, sizeof file);
    if (status == SG_OK)
        status = sg_config_set(config, *file ? "data.file" : "data.dir", where);
    return status == SG_OK ? 0 : sg_cli_fail_in("--data", status);
}

/* A NIR file tells of no data, unless surgrad wrote what they were: then a file is one of events. */
static int move_data_of_nir(sg_config *config, const char *where) {
    char set[SG_VALUE_TEXT];
    sg_status status = sg_config_get(config, "data.set", set, sizeof set);
    if (status == SG_OK && strcmp(set, "mnist") == 0 && !sg_cli_is_folder(where)) {
        status = sg_config_set(config, "data.set", "events");
        if (status == SG_OK)
            status = sg_config_set(config, "data.file", where);
        return status == SG_OK ? 0 : sg_cli_fail_in("--data", status);
    }
    return status == SG_OK ? move_data(config, where) : sg_cli_fail(status);
}

int sg_cli_model_load(const sg_cli_arguments *arguments, sg_cli_model *model) {
    *model = (sg_cli_model){0};
    int code = sg_cli_find_model(arguments->operand, model->path);
    if (code)
        return code;
    const bool is_nir = sg_cli_is_nir(model->path);
    if (is_nir) {
        code = sg_cli_nir_load(arguments, model->path, stderr, &model->config, &model->network);
    } else if ((code = sg_cli_nir_refuse(arguments)) == 0) {
        sg_status status = sg_model_load(model->path, &model->config, &model->network);
        code = status == SG_OK ? 0 : sg_cli_fail(status);
    }
    if (code || !arguments->data)
        return code;
    return (is_nir ? move_data_of_nir : move_data)(model->config, arguments->data);
}

void sg_cli_model_free(sg_cli_model *model) {
    sg_network_free(model->network);
    sg_config_free(model->config);
    *model = (sg_cli_model){0};
}
