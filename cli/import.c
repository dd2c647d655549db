#include "command.h"
#include "interrupt.h"
#include "message.h"
#include "print.h"
#include "progress.h"
#include "surgrad.h"
#include "text.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

/* ------------------------------------------------------------------------------------------------------ summary */

static void print_samples(const sg_import_result *result) {
    sg_cli_number files, samples, parts[3];
    printf("  samples        %s, of %s %s", sg_cli_count(samples, result->samples), sg_cli_count(files, result->files),
           result->files == 1 ? "file" : "files");
    if (result->train + result->validation + result->test > 0)
        printf("; %s to train, %s to validate, %s to test", sg_cli_count(parts[0], result->train),
               sg_cli_count(parts[1], result->validation), sg_cli_count(parts[2], result->test));
    printf("\n  classes        %u\n", result->classes);
}

static void print_input(const sg_import_result *result) {
    const sg_shape shape = result->shape;
    if (shape.height > 1)
        printf("  sensor         %u x %u pixels, %u %s: %u channels\n", shape.width, shape.height, shape.channels,
               shape.channels == 1 ? "map" : "polarities", result->channels);
    else
        printf("  sensor         %u channels\n", result->channels);
    printf("  time           %u steps of %g ms; the longest sample lasts %.6g s, all of them %.6g s\n", result->steps,
           result->dt_ms, result->longest, result->seconds);
}

static void print_events(const sg_import_result *result) {
    sg_cli_number events, read, mean;
    const double samples = result->samples ? (double)result->samples : 1;
    printf("  events         %s, %s of a sample", sg_cli_count(events, result->events),
           sg_cli_count(mean, (uint64_t)((double)result->events / samples + 0.5)));
    if (result->seconds > 0)
        printf(", %.4g in a second", (double)result->events / result->seconds);
    if (result->frames > 0)
        printf("; made of %s frames of time series\n", sg_cli_count(read, result->frames));
    else
        printf("; the files hold %s\n", sg_cli_count(read, result->read));
}

static void print_left_out(const sg_import_result *result) {
    sg_cli_number count;
    if (result->out_of_order)
        printf("  out of order   %s events: sorted\n", sg_cli_count(count, result->out_of_order));
    if (result->doubles)
        printf("  left out       %s doubles: events on another of their channel in the same step\n",
               sg_cli_count(count, result->doubles));
    for (size_t i = 0; result->losses[i].why; i++)
        printf("  left out       %s %s\n", sg_cli_count(count, result->losses[i].events), result->losses[i].why);
    if (result->other_files)
        printf("  left out       %s other files, which are no recordings\n", sg_cli_count(count, result->other_files));
    if (result->surgrad_files)
        printf("  left out       %s %s that surgrad wrote\n", sg_cli_count(count, result->surgrad_files),
               result->surgrad_files == 1 ? "file" : "files");
}

static void print_summary(const char *path, const sg_import_result *result) {
    sg_cli_name name;
    printf("%s:\n", sg_cli_shown(name, path));
    print_samples(result);
    print_input(result);
    print_events(result);
    print_left_out(result);
}

/* ------------------------------------------------------------------------------------------------------- import */

static void on_progress(void *user, size_t files, size_t all, uint64_t events) {
    (void)user;
    if (!sg_cli_progress_due())
        return;
    sg_cli_number done, total, count;
    char of_files[96], of_events[64];
    snprintf(of_files, sizeof of_files, "%s of %s files", sg_cli_count(done, files), sg_cli_count(total, all));
    snprintf(of_events, sizeof of_events, "%s events", sg_cli_count(count, events));
    sg_cli_progress_draw("import", all > 1 ? (double)files / (double)all : -1, 2,
                         (const char *[]){of_events, of_files});
}

static int configure(const sg_cli_arguments *arguments, sg_config *config) {
    sg_status status = sg_config_set(config, "data.set", "recordings");
    for (size_t i = 0; status == SG_OK && i < arguments->setting_count; i++)
        status = sg_config_set(config, arguments->settings[i].key, arguments->settings[i].value);
    return status == SG_OK ? 0 : sg_cli_fail_in("command line", status);
}

static int import_sources(const sg_cli_arguments *arguments, const sg_config *config) {
    sg_import_options options = SG_SIZED(sg_import_options);
    sg_import_result result = SG_SIZED(sg_import_result);
    options.steps = (uint32_t)arguments->steps;
    options.on_progress = on_progress;
    options.stop = sg_cli_interrupt_listen("\nsurgrad: stopping\n");
    int code = sg_cli_interrupt_guard(arguments->out);
    if (code)
        return code;
    sg_status status =
        sg_import(config, arguments->operands, arguments->operand_count, arguments->out, &options, &result);
    sg_cli_interrupt_unguard();
    sg_cli_progress_clear();
    if (status != SG_OK)
        return sg_cli_fail(status);
    print_summary(arguments->out, &result);
    return 0;
}

static int run_import(const sg_cli_arguments *arguments) {
    sg_config *config;
    if (!arguments->out)
        return sg_cli_usage("import", "--out: found nothing, expected the file to write, e.g. -o events.h5");
    sg_status status = sg_config_create(&config);
    if (status != SG_OK)
        return sg_cli_fail(status);
    int code = configure(arguments, config);
    if (code == 0)
        code = import_sources(arguments, config);
    sg_config_free(config);
    return code;
}

/* Options that recordings alone have. */
static bool takes(const sg_option_info *option) {
    static const char applies[] = "data.set recordings";
    const size_t size = sizeof applies - 1;
    return strncmp(option->applies, applies, size) == 0 && (option->applies[size] == ',' || !option->applies[size]);
}

static const sg_cli_option options[] = {
    {"out", 'o', SG_CLI_TEXT, offsetof(sg_cli_arguments, out), "FILE", 0, 0, "the file to write"},
    {"dt", 0, SG_CLI_SHORTHAND, 0, "time", 0, 0, "length of a step, with its unit; default: 1 ms"},
    {"steps", 0, SG_CLI_INTEGER, offsetof(sg_cli_arguments, steps), "N", 1, 65535,
     "steps of each sample: they share --window evenly, or else have the length --dt; default: as many as the window, "
     "or "
     "else the longest sample, has"},
    SG_CLI_SET_ROW,
    SG_CLI_HELP_ROW,
};

const sg_cli_command sg_cli_import_command = {
    .name = "import",
    .operand = "SOURCE",
    .operand_needed = true,
    .operand_most = INT_MAX,
    .summary = "make an HDF5 file of spike events from recordings",
    .description =
        "Reads recordings of event cameras, cochleas and other sensors, and writes their events, in steps and "
        "channels, "
        "to an HDF5 file, which `data.set: events` reads. A source is a recording; a folder of recordings, in which "
        "folders Train and Test, and in them one for each class, tell what they are; a table labels.csv with columns "
        "file,label and, where known, group,split,start_us,end_us; a list of SLAYER's; or '-', standard input. The "
        "format of each file is found by its content. Every event that is left out is counted, and why.\n"
        "\n"
        "The same options, in a configuration with `data.set: recordings`, read the original files in place.\n",
    .examples = "surgrad import N-MNIST -o nmnist.h5 --dt 3ms --window 300ms\n"
                "surgrad import recording.raw -o pieces.h5 --pieces 100ms --downsample 8 --counts true\n"
                "surgrad import shd_train.h5 shd_test.h5 -o shd.h5 --downsample 5 --steps 100 --window 1.4s\n",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .run = run_import,
    .takes = takes,
};
