#include "nir.h"

#include "message.h"
#include "text.h"

#include <string.h>

bool sg_cli_is_nir(const char *path) {
    static const char end[] = ".nir";
    const size_t length = strlen(path), size = sizeof end - 1;
    return length > size && strcmp(path + length - size, end) == 0;
}

static void print_note(void *user, const char *text) {
    fprintf(user, "%s\n", text);
}

/* --set dt and --set steps count as --dt and --steps, so that weights are made for the right step. */
static const char *setting(const sg_cli_arguments *arguments, const char *key) {
    const char *value = NULL;
    for (size_t i = 0; i < arguments->setting_count; i++)
        if (strcmp(arguments->settings[i].key, key) == 0)
            value = arguments->settings[i].value;
    return value;
}

int sg_cli_nir_load(const sg_cli_arguments *arguments, const char *path, FILE *notes, sg_config **config,
                    sg_network **network) {
    sg_nir_options options = SG_SIZED(sg_nir_options);
    options.dt = arguments->dt ? arguments->dt : setting(arguments, "dt");
    options.steps = (uint32_t)arguments->steps;
    options.reset = arguments->reset;
    options.order = arguments->order;
    options.integration = arguments->integration;
    options.on_note = print_note;
    options.user = notes;
    sg_status status = sg_nir_import(path, &options, config, network);
    return status == SG_OK ? 0 : sg_cli_fail(status);
}

int sg_cli_nir_refuse(const sg_cli_arguments *arguments) {
    const char *found = arguments->dt            ? "dt"
                        : arguments->steps       ? "steps"
                        : arguments->reset       ? "reset"
                        : arguments->order       ? "order"
                        : arguments->integration ? "integration"
                                                 : NULL;
    if (!found)
        return 0;
    sg_cli_message("--%s: is for a NIR file, whose name ends in .nir: a model has its own, and a recipe takes --set",
                   found);
    return sg_cli_exit_code(SG_ARGUMENT);
}
