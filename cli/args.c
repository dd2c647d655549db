#include "args.h"

#include "keys.h"
#include "message.h"
#include "surgrad.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST = 256 }; /* getopt's value of the first row; above every letter */

sg_cli_rows sg_cli_command_rows(const sg_cli_command *command) {
    sg_cli_rows rows = {.count = command->option_count};
    sg_option_info info = SG_SIZED(sg_option_info);
    for (size_t i = 0; i < command->option_count; i++) {
        rows.row[i] = command->options[i];
        rows.key[i] = command->options[i].name;
    }
    for (size_t i = 0; command->takes && sg_option_at(i, &info); i++) {
        if (!command->takes(&info) || rows.count == SG_CLI_MAX_OPTIONS)
            continue;
        const char *dot = strrchr(info.key, '.');
        rows.row[rows.count] = (sg_cli_option){.name = dot ? dot + 1 : info.key,
                                               .type = SG_CLI_SHORTHAND,
                                               .argument = info.type,
                                               .help = info.help};
        rows.key[rows.count++] = info.key;
    }
    return rows;
}

/* The row of getopt's value: FIRST + row for a long option, the letter for a short one; or -1. */
static int row_of(const sg_cli_rows *rows, int value) {
    for (size_t i = 0; i < rows->count; i++)
        if (value == FIRST + (int)i || (value > 0 && value == rows->row[i].letter))
            return (int)i;
    return -1;
}

/* The rows as getopt wants them. The ':' at the start makes it tell a missing value from an unknown option. */
static void describe(const sg_cli_rows *rows, struct option *longs, char *shorts) {
    *shorts++ = ':';
    for (size_t i = 0; i < rows->count; i++) {
        const sg_cli_option *option = &rows->row[i];
        bool valued = option->type != SG_CLI_SWITCH;
        longs[i] = (struct option){option->name, valued ? required_argument : no_argument, NULL, FIRST + (int)i};
        if (option->letter)
            *shorts++ = option->letter;
        if (option->letter && valued)
            *shorts++ = ':';
    }
    longs[rows->count] = (struct option){0};
    *shorts = 0;
}

/* Whether the command takes --set. */
static bool takes_settings(const sg_cli_command *command) {
    for (size_t i = 0; i < command->option_count; i++)
        if (command->options[i].type == SG_CLI_SET)
            return true;
    return false;
}

/* Says that there is no such option. One that is none of the command's may be one of the configuration's. */
static int unknown_option(const sg_cli_command *command, const sg_cli_rows *rows, const char *word) {
    char key[SG_CLI_KEY];
    const char *name = word + strspn(word, "-"), *nearest = NULL;
    if (takes_settings(command) && sg_cli_find_key(name, key))
        return sg_cli_usage(command->name, "unknown option '%s'; did you mean '--set %s='?", word, key);
    for (size_t i = 0; i < rows->count; i++)
        sg_cli_consider(name, rows->row[i].name, &nearest);
    return sg_cli_usage(command->name, "unknown option '%s'%s%s%s", word, nearest ? "; did you mean '--" : "",
                        nearest ? nearest : "", nearest ? "'?" : "");
}

/* Says what is wrong with an option that getopt refused: `found` is ':' (value missing) or '?'. */
static int refuse(const sg_cli_command *command, const sg_cli_rows *rows, int found, const char *word) {
    int row = row_of(rows, optopt);
    const sg_cli_option *option = row < 0 ? NULL : &rows->row[row];
    if (option && found == ':')
        return sg_cli_usage(command->name, "--%s: found no value, expected %s", option->name, option->argument);
    if (option)
        return sg_cli_usage(command->name, "--%s takes no value, found '%s'", option->name, word);
    if (optopt)
        return sg_cli_usage(command->name, "unknown option '-%c'", optopt);
    return unknown_option(command, rows, word);
}

static int store_integer(const sg_cli_command *command, const sg_cli_option *option, const char *text, int64_t *value) {
    char *end = NULL;
    errno = 0;
    bool digits = text[strspn(text, "-")] >= '0' && text[strspn(text, "-")] <= '9'; /* no blanks, no '+' */
    *value = digits ? strtoll(text, &end, 10) : 0;
    if (!digits || *end || errno || *value < option->low || *value > option->high)
        return sg_cli_usage(command->name, "--%s: found '%s', expected a whole number, %" PRId64 " to %" PRId64,
                            option->name, text, option->low, option->high);
    return 0;
}

static int store_set(const sg_cli_command *command, char *text, sg_cli_setting *setting) {
    char *equals = strchr(text, '=');
    if (!equals || equals == text)
        return sg_cli_usage(command->name, "--set: found '%s', expected KEY=VALUE, e.g. --set optimiser.lr=0.001",
                            text);
    *equals = 0;
    *setting = (sg_cli_setting){text, equals + 1};
    return 0;
}

static int store(const sg_cli_command *command, const sg_cli_rows *rows, int row, char *text,
                 sg_cli_arguments *arguments) {
    const sg_cli_option *option = &rows->row[row];
    void *field = (char *)arguments + option->offset;
    switch (option->type) {
    case SG_CLI_SWITCH:
        *(bool *)field = true;
        return 0;
    case SG_CLI_TEXT:
        *(const char **)field = text;
        return 0;
    case SG_CLI_INTEGER:
        return store_integer(command, option, text, field);
    case SG_CLI_SET:
        return store_set(command, text, &arguments->settings[arguments->setting_count++]);
    case SG_CLI_SHORTHAND:
        arguments->settings[arguments->setting_count++] = (sg_cli_setting){rows->key[row], text};
        return 0;
    }
    return 0;
}

static int store_operands(const sg_cli_command *command, int count, char **operands, sg_cli_arguments *arguments) {
    int most = command->operand && command->operand_most == 0 ? 1 : command->operand_most;
    if (count > most)
        return sg_cli_usage(command->name, "'%s' is one argument too many", operands[most]);
    if (count == 0 && command->operand_needed)
        return sg_cli_usage(command->name, "%s: found nothing, expected %s", command->name, command->operand);
    arguments->operand = count ? operands[0] : NULL;
    arguments->operands = (const char *const *)operands;
    arguments->operand_count = (size_t)count;
    return 0;
}

int sg_cli_parse(const sg_cli_command *command, int argc, char **argv, sg_cli_arguments *arguments) {
    struct option longs[SG_CLI_MAX_OPTIONS + 1];
    char shorts[2 * SG_CLI_MAX_OPTIONS + 2];
    *arguments = (sg_cli_arguments){.settings = calloc((size_t)argc, sizeof *arguments->settings)};
    if (!arguments->settings)
        return sg_cli_out_of_memory();
    const sg_cli_rows rows = sg_cli_command_rows(command);
    describe(&rows, longs, shorts);
    opterr = 0;
    for (int found; (found = getopt_long(argc, argv, shorts, longs, NULL)) != -1;) {
        int row = row_of(&rows, found);
        int code =
            row >= 0 ? store(command, &rows, row, optarg, arguments) : refuse(command, &rows, found, argv[optind - 1]);
        if (code)
            return code;
    }
    return arguments->help ? 0 : store_operands(command, argc - optind, argv + optind, arguments);
}

void sg_cli_arguments_free(sg_cli_arguments *arguments) {
    free(arguments->settings);
    *arguments = (sg_cli_arguments){0};
}
