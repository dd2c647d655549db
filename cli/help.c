#include "help.h"

#include "message.h"
#include "print.h"
#include "surgrad.h"

#include <limits.h>
#include <string.h>

enum { OPTION_WIDTH = 26 };

/* Columns of the longest name and two blanks. */
static int name_width(void) {
    size_t width = 0;
    for (const sg_cli_command *const *command = sg_cli_commands; *command; command++)
        width = strlen((*command)->name) > width ? strlen((*command)->name) : width;
    return (int)width + 2;
}

void sg_cli_help_overview(FILE *file) {
    fprintf(file,
            "surgrad %s trains spiking neural networks by gradient descent with surrogate derivatives.\n\n"
            "Usage: surgrad COMMAND [options]\n\n",
            sg_version());
    int width = name_width();
    for (const sg_cli_command *const *command = sg_cli_commands; *command; command++) {
        fprintf(file, "  %-*s", width, (*command)->name);
        sg_cli_wrap(file, width + 2, width + 2, (*command)->summary);
    }
    fprintf(file, "\n`surgrad help COMMAND` says more. To begin: surgrad train notebook\n");
}

static void print_usage(FILE *file, const sg_cli_command *command) {
    fprintf(file, "surgrad %s", command->name);
    if (command->operand)
        fprintf(file, command->operand_needed ? " %s%s" : " [%s%s]", command->operand,
                command->operand_most == INT_MAX ? "..." : "");
    fprintf(file, " [options]\n");
}

/* "-s, --set KEY=VALUE", or "--resume" after as many blanks */
static int format_option(char *text, size_t size, const sg_cli_option *option) {
    char letter[8] = "    ";
    if (option->letter)
        snprintf(letter, sizeof letter, "-%c, ", option->letter);
    return snprintf(text, size, "%s--%s%s%s", letter, option->name, option->argument ? " " : "",
                    option->argument ? option->argument : "");
}

static void print_option(FILE *file, const sg_cli_option *option) {
    char text[80];
    int length = format_option(text, sizeof text, option);
    bool fits = length + 4 <= OPTION_WIDTH;
    fprintf(file, "  %s%*s", text, fits ? OPTION_WIDTH - 2 - length : 0, "");
    if (!fits)
        fprintf(file, "\n%*s", OPTION_WIDTH, "");
    sg_cli_wrap(file, OPTION_WIDTH, OPTION_WIDTH, option->help);
}

static void print_indented(FILE *file, const char *lines) {
    while (*lines) {
        int length = (int)strcspn(lines, "\n");
        fprintf(file, "  %.*s\n", length, lines);
        lines += length + (lines[length] != 0);
    }
}

void sg_cli_help_one(FILE *file, const sg_cli_command *command) {
    fprintf(file, "Usage: ");
    print_usage(file, command);
    putc('\n', file);
    sg_cli_wrap(file, 0, 0, command->description);
    if (command->describe)
        command->describe(file);
    const sg_cli_rows rows = sg_cli_command_rows(command);
    fprintf(file, "\nOptions:\n");
    for (size_t i = 0; i < rows.count; i++)
        print_option(file, &rows.row[i]);
    fprintf(file, "\nExamples:\n");
    print_indented(file, command->examples);
}

static void print_exit_codes(FILE *file) {
    int before = -1;
    fprintf(file, "| exit code | meaning |\n|---|---|");
    for (int i = 0; i < SG_CLI_STATUSES; i++) {
        int code = sg_cli_exit_code((sg_status)i);
        const char *text = sg_status_text((sg_status)i);
        if (code == before)
            fprintf(file, "; %s", text);
        else
            fprintf(file, "%s\n| %d | %s", i ? " |" : "", code, text);
        before = code;
    }
    fprintf(file, " |\n");
}

void sg_cli_help_markdown(FILE *file) {
    fprintf(file,
            "# The program\n\n"
            "This page is made by `surgrad help --markdown` from the tables that the program itself reads.\n\n"
            "Results go to standard output, progress and messages to standard error. A message is one line: what,\n"
            "where, what was found, what was expected and, where there is one, the remedy. Options may be written\n"
            "`--epochs 3` or `--epochs=3`, before or after the argument; `--` ends them. A data set that can be\n"
            "fetched is fetched by the command that first needs it.\n\n");
    print_exit_codes(file);
    fprintf(file, "\n```\n");
    sg_cli_help_overview(file);
    fprintf(file, "```\n");
    for (const sg_cli_command *const *command = sg_cli_commands; *command; command++) {
        fprintf(file, "\n## surgrad %s\n\n```\n", (*command)->name);
        sg_cli_help_one(file, *command);
        fprintf(file, "```\n");
    }
}

static int run_help(const sg_cli_arguments *arguments) {
    if (arguments->markdown) {
        sg_cli_help_markdown(stdout);
        return 0;
    }
    if (!arguments->operand) {
        sg_cli_help_overview(stdout);
        return 0;
    }
    const sg_cli_command *command = sg_cli_command_find(arguments->operand);
    if (!command)
        return sg_cli_exit_code(SG_ARGUMENT);
    sg_cli_help_one(stdout, command);
    return 0;
}

static const sg_cli_option options[] = {
    {"markdown", 0, SG_CLI_SWITCH, offsetof(sg_cli_arguments, markdown), NULL, 0, 0,
     "prints all help as one Markdown page, docs/cli.md"},
    SG_CLI_HELP_ROW,
};

const sg_cli_command sg_cli_help_command = {
    .name = "help",
    .operand = "COMMAND",
    .summary = "explain the program or one of its commands",
    .description = "Explains a command, or without one lists them.\n",
    .examples = "surgrad help train\n",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .run = run_help,
};
