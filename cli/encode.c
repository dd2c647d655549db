#include "command.h"
#include "interrupt.h"
#include "message.h"
#include "print.h"
#include "settings.h"
#include "surgrad.h"
#include "text.h"

#include <stdio.h>

static int save(const sg_events *events, const char *path) {
    int code = sg_cli_interrupt_guard(path);
    if (code)
        return code;
    sg_status status = sg_events_save(events, path);
    sg_cli_interrupt_unguard();
    if (status != SG_OK)
        return sg_cli_fail(status);
    sg_events_view view = sg_events_get(events);
    uint64_t total = view.first[view.samples];
    sg_cli_number samples, count;
    sg_cli_name name;
    printf("%s: %s samples, %u steps, %u channels, %u classes, %s events (%.1f per sample)\n", sg_cli_shown(name, path),
           sg_cli_count(samples, view.samples), view.steps, view.channels, view.classes, sg_cli_count(count, total),
           view.samples ? (double)total / (double)view.samples : 0);
    return 0;
}

static int run_encode(const sg_cli_arguments *arguments) {
    if (!arguments->out)
        return sg_cli_usage("encode", "--out: found nothing, expected the file to write, e.g. -o events.h5");
    sg_config *config = NULL;
    sg_data *data = NULL;
    int code = sg_cli_configure(arguments->operand, arguments, &config);
    if (code == 0)
        code = sg_cli_open_data(config, &data);
    if (code == 0)
        code = save(sg_data_get(data).events, arguments->out);
    sg_data_free(data);
    sg_config_free(config);
    return code;
}

static const sg_cli_option options[] = {
    {"out", 'o', SG_CLI_TEXT, offsetof(sg_cli_arguments, out), "FILE", 0, 0, "the file to write"},
    SG_CLI_SET_ROW,
    SG_CLI_HELP_ROW,
};

const sg_cli_command sg_cli_encode_command = {
    .name = "encode",
    .operand = "RECIPE|FILE.yaml",
    .operand_needed = true,
    .summary = "write a data set as spike events to an HDF5 file",
    .description =
        "Encodes every sample of the data set that a recipe or configuration names, training and test, and "
        "writes the spike events to an HDF5 file, which `data.set: events` reads. The file says how the channels "
        "of images lie, and which samples the data set tests by.\n",
    .examples = "surgrad encode notebook -o mnist.h5\n",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .run = run_encode,
};
