#include "command.h"
#include "leave_one_out.h"
#include "message.h"
#include "metric.h"
#include "nir.h"
#include "run_dir.h"
#include "settings.h"
#include "surgrad.h"
#include "text.h"
#include "train_run.h"

#include <stdio.h>
#include <stdlib.h>

/* The run's own config.yaml holds its recipe and settings, so its folder is all that there is to name. */
static void print_resume(const char *dir) {
    char *word = sg_cli_shell_word(dir);
    sg_cli_message("stopped and saved; to go on: surgrad train --resume --out %s", word ? word : dir);
    free(word);
}

static void print_result(const sg_config *config, const sg_run_result *result, const char *path) {
    const sg_metric_info metric = sg_cli_metric(config);
    sg_cli_name dir;
    sg_cli_number validation, test;
    const char *plural = result->epochs == 1 ? "" : "s";
    sg_cli_shown(dir, path);
    if (result->validated) {
        printf("best epoch %u: validation %s %s, test %s %s; %u epoch%s in %.1f s; model: %s/best.h5\n",
               result->best.epoch, metric.title, sg_cli_score(validation, &metric, result->best.validation_metric),
               metric.title, sg_cli_score(test, &metric, result->best.test_metric), result->epochs, plural,
               result->seconds, dir);
        return;
    }
    printf("test %s %s after %u epoch%s in %.1f s; model: %s/model.h5\n", metric.title,
           sg_cli_score(test, &metric, result->last.test_metric), result->epochs, plural, result->seconds, dir);
}

static int train(const sg_config *config, const sg_network *network, const sg_cli_arguments *arguments,
                 const sg_cli_places *places) {
    static sg_cli_train_view view;
    const sg_cli_train_job job = {.config = config,
                                  .network = network,
                                  .source = places->source,
                                  .dir = places->dir,
                                  .number_dir = places->number_dir,
                                  .resume = arguments->resume,
                                  .threads = (int)arguments->threads,
                                  .stop = sg_cli_train_listen()};
    sg_run_result result = SG_SIZED(sg_run_result);
    sg_status status = sg_cli_train_run(&job, &view, &result);
    if (status != SG_OK && status != SG_STOPPED)
        return sg_cli_fail(status);
    if (status == SG_OK)
        print_result(config, &result, view.dir);
    else
        print_resume(view.dir);
    return sg_cli_exit_code(status);
}

/* A run that begins with the weights of another has its configuration too, unless a recipe is named. */
static int configure_from(const sg_cli_arguments *arguments, const sg_cli_places *places, sg_config **config) {
    sg_network *network = NULL;
    sg_status status =
        arguments->operand ? sg_config_load(places->source, config) : sg_model_load(places->model, config, &network);
    sg_network_free(network);
    if (status == SG_OK)
        status = sg_config_set(*config, "init", places->model);
    return status == SG_OK ? sg_cli_apply(places->source, arguments, *config) : sg_cli_fail(status);
}

/* A NIR graph gives the network to begin with as well. */
static int configure(const sg_cli_arguments *arguments, const sg_cli_places *places, sg_config **config,
                     sg_network **network) {
    if (arguments->from || !sg_cli_is_nir(places->source)) {
        int code = sg_cli_nir_refuse(arguments);
        if (code)
            return code;
        return arguments->from ? configure_from(arguments, places, config)
                               : sg_cli_configure(places->source, arguments, config);
    }
    if (arguments->leave_one_out)
        return sg_cli_usage("train",
                            "--leave-one-out: begins with drawn weights, which a NIR file has not: use a recipe");
    int code = sg_cli_nir_load(arguments, places->source, stderr, config, network);
    return code ? code : sg_cli_apply(places->source, arguments, *config);
}

static int run_train(const sg_cli_arguments *arguments) {
    static sg_cli_places places;
    sg_config *config = NULL;
    sg_network *network = NULL;
    int code = sg_cli_find_places(arguments, &places);
    if (code == 0)
        code = configure(arguments, &places, &config, &network);
    if (code == 0)
        code = sg_cli_need_data(config);
    if (code == 0)
        code = arguments->leave_one_out ? sg_cli_leave_one_out(config, arguments, &places)
                                        : train(config, network, arguments, &places);
    sg_network_free(network);
    sg_config_free(config);
    return code;
}

static const sg_cli_option options[] = {
    SG_CLI_SET_ROW,
    {"epochs", 'e', SG_CLI_SHORTHAND, 0, "N", 0, 0, "the same as --set epochs=N"},
    {"seed", 0, SG_CLI_SHORTHAND, 0, "N", 0, 0, "the same as --set seed=N"},
    SG_CLI_THREADS_ROW,
    SG_CLI_CPU_ROW,
    {"out", 'o', SG_CLI_TEXT, offsetof(sg_cli_arguments, out), "DIR", 0, 0,
     "run directory; default: runs/NAME, NAME that of the recipe or file, or where that exists runs/NAME-2, -3, ..."},
    {"resume", 'r', SG_CLI_SWITCH, offsetof(sg_cli_arguments, resume), NULL, 0, 0,
     "goes on from the checkpoint in the run directory (without --out, in the last default one); with --out the recipe "
     "may be left out"},
    {"from", 'f', SG_CLI_TEXT, offsetof(sg_cli_arguments, from), "RUN", 0, 0,
     "begins a new run with the weights of another (best.h5 if there is one, else model.h5) or of a model file, and "
     "with its configuration unless a recipe is named; the optimiser starts anew"},
    {"leave-one-out", 0, SG_CLI_SWITCH, offsetof(sg_cli_arguments, leave_one_out), NULL, 0, 0,
     "trains once for each group of the data, such as a speaker, which is then the test part: a run in a folder of its "
     "name in the run directory (default: runs/NAME-leave-one-out), then a table with mean and standard deviation, "
     "also leave-one-out.csv; --resume goes on with what is not complete"},
    SG_CLI_NIR_ROWS,
    SG_CLI_HELP_ROW,
};

const sg_cli_command sg_cli_train_command = {
    .name = "train",
    .operand = "RECIPE|FILE.yaml|FILE.nir",
    .summary = "train a network",
    .description =
        "Trains the network that a recipe, a configuration file or a NIR graph describes, and evaluates it on the test "
        "data after "
        "every epoch. The run directory then holds config.yaml (every option), metrics.csv (a line for each epoch), "
        "model.h5 and checkpoint.h5; with data.validation also best.h5, the "
        "model "
        "of the epoch that did best on it.\n"
        "Ctrl-C stops after the batch in hand and saves; --resume then goes on to the same bits as a run that was not "
        "stopped, and so it does after a kill or a full disk. A second Ctrl-C ends at once. What batch systems send "
        "before they kill (SIGTERM, SIGXCPU, SIGUSR1, SIGUSR2), a terminal that closes (SIGHUP, but not under nohup) "
        "and a reader of the results that went away (SIGPIPE) stop and save likewise; the exit code is 130.\n"
        "A run directory belongs to one process at a time: others are refused until it ends.\n"
        "--resume takes more epochs if the learning rate does not depend on them (schedule.kind constant or step). To "
        "go on with another rate, schedule or data, begin a new run with the weights of the old one: --from.\n",
    .examples = "surgrad train notebook\n"
                "surgrad train notebook --epochs 5 --set optimiser.lr=0.005 --out runs/slow\n"
                "surgrad train --resume --out runs/slow\n"
                "surgrad train fsdd --leave-one-out --out runs/speakers\n"
                "surgrad train --from runs/slow --set optimiser.lr=0.0005 --out runs/finer\n",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .run = run_train,
};
