#include "command.h"
#include "message.h"
#include "nir.h"
#include "surgrad.h"
#include "text.h"

#include <stdio.h>

static void print_layer(const sg_network *network, size_t l) {
    sg_layer_info info = SG_SIZED(sg_layer_info);
    if (sg_network_layer(network, l, &info) == SG_OK)
        printf("layer %zu: %s, %u inputs, %u %s%s\n", l, info.link, info.inputs, info.neurons, info.neuron,
               info.recurrent ? ", recurrent" : "");
}

static int save(const sg_cli_arguments *arguments, const sg_config *config, const sg_network *network) {
    sg_cli_name name;
    for (size_t l = 0; l < sg_network_layers(network); l++)
        print_layer(network, l);
    sg_status status = sg_model_save(network, config, arguments->out);
    if (status != SG_OK)
        return sg_cli_fail(status);
    printf("model: %s\n", sg_cli_shown(name, arguments->out));
    return 0;
}

static int run_import_nir(const sg_cli_arguments *arguments) {
    sg_config *config = NULL;
    sg_network *network = NULL;
    if (!arguments->out)
        return sg_cli_usage("import-nir", "--out: found nothing, expected the file to write, e.g. -o model.h5");
    int code = sg_cli_nir_load(arguments, arguments->operand, stdout, &config, &network);
    if (code == 0)
        code = save(arguments, config, network);
    sg_network_free(network);
    sg_config_free(config);
    return code;
}

static const sg_cli_option options[] = {
    {"out", 'o', SG_CLI_TEXT, offsetof(sg_cli_arguments, out), "FILE", 0, 0, "the model file to write"},
    SG_CLI_NIR_ROWS,
    SG_CLI_HELP_ROW,
};

const sg_cli_command sg_cli_import_nir_command = {
    .name = "import-nir",
    .operand = "FILE.nir",
    .operand_needed = true,
    .summary = "make a model of a NIR graph from another program",
    .description =
        "Reads a NIR graph and writes the model that it stands for, with a report: what was chosen, as NIR does not "
        "tell it, and what of the graph became something else. A graph that surgrad cannot compute is refused, with "
        "the name of the node and the reason. docs/nir.md has the equations.\n"
        "\n"
        "`train`, `eval` and `predict` take such a file in the place of a recipe or a model, with the same options.\n",
    .examples = "surgrad import-nir braille.nir -o braille.h5 --dt 0.1ms --steps 256\n"
                "surgrad import-nir nmnist.nir -o nmnist.h5 --dt 1ms --steps 300 --reset subtract\n",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .run = run_import_nir,
};
