/* surgrad: the program. Finds the command, reads its arguments, runs it. */
#include "args.h"
#include "help.h"
#include "interrupt.h"
#include "message.h"
#include "surgrad.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

const sg_cli_command *const sg_cli_commands[] = {
    &sg_cli_train_command,
    &sg_cli_eval_command,
    &sg_cli_predict_command,
    &sg_cli_info_command,
    &sg_cli_import_command,
    &sg_cli_encode_command,
    &sg_cli_import_nir_command,
    &sg_cli_export_nir_command,
    &sg_cli_check_grad_command,
    &sg_cli_plot_command,
    &sg_cli_fetch_command,
    &sg_cli_help_command,
    NULL,
};

/* Words that are no command, and the one that answers them. */
static const struct {
    const char *word, *remedy;
} others[] = {
    {"options", "surgrad info options"},  {"cpu", "surgrad info cpu"},     {"recipes", "surgrad info"},
    {"version", "surgrad --version"},     {"-V", "surgrad --version"},     {"-v", "surgrad --version"},
    {"resume", "surgrad train --resume"}, {"test", "surgrad eval"},        {"download", "surgrad fetch"},
    {"infer", "surgrad predict"},         {"classify", "surgrad predict"},
};

static int unknown_command(const char *name, const char *nearest) {
    char remedy[160] = "";
    if (nearest)
        snprintf(remedy, sizeof remedy, "; did you mean '%s'?", nearest);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strcmp(name, others[i].word) == 0)
            snprintf(remedy, sizeof remedy, "; did you mean `%s`?", others[i].remedy);
    if (sg_recipe_text(name))
        snprintf(remedy, sizeof remedy, ", which is a recipe; did you mean `surgrad train %s`?", name);
    return sg_cli_usage(NULL, "unknown %s '%s'%s", name[0] == '-' ? "option" : "command", name, remedy);
}

const sg_cli_command *sg_cli_command_find(const char *name) {
    const char *nearest = NULL;
    for (const sg_cli_command *const *command = sg_cli_commands; *command; command++) {
        if (strcmp((*command)->name, name) == 0)
            return *command;
        sg_cli_consider(name, (*command)->name, &nearest);
    }
    unknown_command(name, nearest);
    return NULL;
}

static int use_cpu(const char *level) {
    sg_status status = sg_set_cpu(level);
    return status == SG_OK ? 0 : sg_cli_fail(status);
}

static int run_command(int argc, char **argv) {
    const sg_cli_command *command = sg_cli_command_find(argv[0]);
    if (!command)
        return sg_cli_exit_code(SG_ARGUMENT);
    sg_cli_arguments arguments;
    int code = sg_cli_parse(command, argc, argv, &arguments);
    if (code == 0 && arguments.help)
        sg_cli_help_one(stdout, command);
    else if (code == 0 && (code = use_cpu(arguments.cpu)) == 0)
        code = command->run(&arguments);
    sg_cli_arguments_free(&arguments);
    return code;
}

/* Of a command, or of all where it is NULL. */
static int run_help(const char *name) {
    const sg_cli_command *command = name ? sg_cli_command_find(name) : NULL;
    if (command)
        sg_cli_help_one(stdout, command);
    else if (!name)
        sg_cli_help_overview(stdout);
    return command || !name ? 0 : sg_cli_exit_code(SG_ARGUMENT);
}

static int run(int argc, char **argv) {
    if (argc < 2) {
        sg_cli_help_overview(stderr);
        return sg_cli_exit_code(SG_ARGUMENT);
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("surgrad %s\n", sg_version());
        return 0;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
        return run_help(argv[2]);
    return run_command(argc - 1, argv + 1);
}

/* A result that could not be written is a failure. A reader that went away (EPIPE) knows, and needs no message. */
static int close_output(int code) {
    bool failed = ferror(stdout) != 0;
    errno = 0;
    failed = fclose(stdout) != 0 || failed;
    if (failed && errno != EPIPE)
        sg_cli_message("standard output: cannot write%s%s", errno ? ": " : "", errno ? strerror(errno) : "");
    return failed && code == 0 ? sg_cli_exit_code(SG_IO_ERROR) : code;
}

/* Arrays of a megabyte and more go back to the system when they are freed. Left to itself, glibc keeps those of up to
 * 32 MB once it has seen such, and a file that grows in memory leaves gaps there: a wide network's run took half as
 * much again. */
static void give_memory_back(void) {
#ifdef __GLIBC__
    mallopt(M_MMAP_THRESHOLD, 1 << 20);
#endif
}

int main(int argc, char **argv) {
    give_memory_back();
    sg_cli_survive_file_limit();
    sg_set_warning_handler(sg_cli_warning, NULL);
    return close_output(run(argc, argv));
}
