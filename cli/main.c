/* surgrad: the program. Finds the command, reads its arguments, runs it. */
#include "args.h"
#include "help.h"
#include "message.h"
#include "surgrad.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

const sg_cli_command *const sg_cli_commands[] = {
    &sg_cli_train_command,  &sg_cli_eval_command,       &sg_cli_info_command,
    &sg_cli_encode_command, &sg_cli_check_grad_command, &sg_cli_plot_command,
    &sg_cli_fetch_command,  &sg_cli_help_command,       NULL,
};

const sg_cli_command *sg_cli_command_find(const char *name) {
    sg_cli_nearest nearest = {.found = name};
    for (const sg_cli_command *const *command = sg_cli_commands; *command; command++) {
        if (strcmp((*command)->name, name) == 0)
            return *command;
        sg_cli_consider(&nearest, (*command)->name);
    }
    bool option = name[0] == '-';
    sg_cli_usage(NULL, "unknown %s '%s'%s%s%s", option ? "option" : "command", name,
                 nearest.name ? "; did you mean '" : "", nearest.name ? nearest.name : "", nearest.name ? "'?" : "");
    return NULL;
}

static int use_cpu(const char *level) {
    sg_status status = sg_set_cpu(level);
    return status == SG_OK ? 0 : sg_cli_fail(status);
}

static int run_command(int argc, char **argv) {
    const sg_cli_command *command = sg_cli_command_find(argv[0]);
    if (!command)
        return sg_status_exit_code(SG_ARGUMENT);
    sg_cli_arguments arguments;
    int code = sg_cli_parse(command, argc, argv, &arguments);
    if (code == 0 && arguments.help)
        sg_cli_help_one(stdout, command);
    else if (code == 0 && (code = use_cpu(arguments.cpu)) == 0)
        code = command->run(&arguments);
    sg_cli_arguments_free(&arguments);
    return code;
}

static int run(int argc, char **argv) {
    if (argc < 2) {
        sg_cli_help_overview(stderr);
        return sg_status_exit_code(SG_ARGUMENT);
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("surgrad %s\n", sg_version());
        return 0;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        sg_cli_help_overview(stdout);
        return 0;
    }
    return run_command(argc - 1, argv + 1);
}

/* A result that could not be written is a failure. A reader that went away (EPIPE) knows, and needs no message. */
static int close_output(int code) {
    bool failed = ferror(stdout) != 0;
    errno = 0;
    failed = fclose(stdout) != 0 || failed;
    if (failed && errno != EPIPE)
        sg_cli_message("standard output: cannot write%s%s", errno ? ": " : "", errno ? strerror(errno) : "");
    return failed && code == 0 ? sg_status_exit_code(SG_IO) : code;
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
    sg_set_warning_handler(sg_cli_warning, NULL);
    return close_output(run(argc, argv));
}
