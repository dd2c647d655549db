#include "command.h"
#include "message.h"
#include "model.h"
#include "surgrad.h"
#include "text.h"

#include <stdio.h>

static void print_note(void *user, const char *text) {
    (void)user;
    printf("%s\n", text);
}

static int export_model(const sg_cli_arguments *arguments, const sg_cli_model *model) {
    sg_cli_name name;
    sg_nir_options options = SG_SIZED(sg_nir_options);
    options.integration = arguments->integration;
    options.on_note = print_note;
    sg_status status = sg_nir_export(model->network, model->config, &options, arguments->out);
    if (status != SG_OK)
        return sg_cli_fail(status);
    printf("graph: %s\n", sg_cli_shown(name, arguments->out));
    return 0;
}

static int run_export_nir(const sg_cli_arguments *arguments) {
    sg_cli_model model;
    if (!arguments->out)
        return sg_cli_usage("export-nir", "--out: found nothing, expected the file to write, e.g. -o model.nir");
    int code = sg_cli_find_model(arguments->operand, model.path);
    if (code)
        return code;
    sg_status status = sg_model_load(model.path, &model.config, &model.network);
    code = status == SG_OK ? export_model(arguments, &model) : sg_cli_fail(status);
    sg_cli_model_free(&model);
    return code;
}

static const sg_cli_option options[] = {
    {"out", 'o', SG_CLI_TEXT, offsetof(sg_cli_arguments, out), "FILE", 0, 0, "the NIR file to write"},
    {"integration", 0, SG_CLI_TEXT, offsetof(sg_cli_arguments, integration), "KIND", 0, 0,
     "what readers of the file make of time constants: euler (the default), as most do, or exact, as Sinabs and "
     "Rockpool"},
    SG_CLI_HELP_ROW,
};

const sg_cli_command sg_cli_export_nir_command = {
    .name = "export-nir",
    .operand = "MODEL|RUN_DIR",
    .operand_needed = true,
    .summary = "write a model as a NIR graph for other programs",
    .description =
        "Writes a model file, or that of a run directory (best.h5 if there is one, else model.h5), as a NIR graph, "
        "with "
        "a report of what NIR does not know. Programs that take steps of the model's dt get the same spikes, if they "
        "order a step as the model does. What NIR does not know is in the metadata, from which surgrad makes the same "
        "model again. docs/nir.md has the equations.\n",
    .examples = "surgrad export-nir runs/notebook -o notebook.nir\n",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .run = run_export_nir,
};
