#include "args.h"

#include "keys.h"
#include "message.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST = 256 }; /* getopt's value of the first row; above every letter */

/* The row of getopt's value: FIRST + row for a long option, the letter for a short one. */
static const sg_cli_option *row_of(const sg_cli_command *command, int value) {
    for (size_t i = 0; i < command->option_count; i++)
        if (value == FIRST + (int)i || (value > 0 && value == command->options[i].letter))
            return &command->options[i];
    return NULL;
}

/* The command's table as getopt wants it. The ':' at the start makes it tell a missing value from an unknown option. */
static void describe(const sg_cli_command *command, struct option *longs, char *shorts) {
    *shorts++ = ':';
    for (size_t i = 0; i < command->option_count; i++) {
        const sg_cli_option *option = &command->options[i];
        bool valued = option->type != SG_CLI_SWITCH;
        longs[i] = (struct option){option->name, valued ? required_argument : no_argument, NULL, FIRST + (int)i};
        if (option->letter)
            *shorts++ = option->letter;
        if (option->letter && valued)
            *shorts++ = ':';
    }
    longs[command->option_count] = (struct option){0};
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
static int unknown_option(const sg_cli_command *command, const char *word) {
    char key[SG_CLI_KEY];
    const char *name = word + strspn(word, "-"), *nearest = NULL;
    if (takes_settings(command) && sg_cli_find_key(name, key))
        return sg_cli_usage(command->name, "unknown option '%s'; did you mean '--set %s='?", word, key);
    for (size_t i = 0; i < command->option_count; i++)
        sg_cli_consider(name, command->options[i].name, &nearest);
    return sg_cli_usage(command->name, "unknown option '%s'%s%s%s", word, nearest ? "; did you mean '--" : "",
                        nearest ? nearest : "", nearest ? "'?" : "");
}

/* Says what is wrong with an option that getopt refused: `found` is ':' (value missing) or '?'. */
static int refuse(const sg_cli_command *command, int found, const char *word) {
    const sg_cli_option *option = row_of(command, optopt);
    if (option && found == ':')
        return sg_cli_usage(command->name, "--%s: found no value, expected %s", option->name, option->argument);
    if (option)
        return sg_cli_usage(command->name, "--%s takes no value, found '%s'", option->name, word);
    if (optopt)
        return sg_cli_usage(command->name, "unknown option '-%c'", optopt);
    return unknown_option(command, word);
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

static int store(const sg_cli_command *command, const sg_cli_option *option, char *text, sg_cli_arguments *arguments) {
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
        arguments->settings[arguments->setting_count++] = (sg_cli_setting){option->name, text};
        return 0;
    }
    return 0;
}

static int store_operands(const sg_cli_command *command, int count, char **operands, sg_cli_arguments *arguments) {
    int most = command->operand ? 1 : 0;
    if (count > most)
        return sg_cli_usage(command->name, "'%s' is one argument too many", operands[most]);
    if (count == 0 && command->operand_needed)
        return sg_cli_usage(command->name, "%s: found nothing, expected %s", command->name, command->operand);
    arguments->operand = count ? operands[0] : NULL;
    return 0;
}

int sg_cli_parse(const sg_cli_command *command, int argc, char **argv, sg_cli_arguments *arguments) {
    struct option longs[SG_CLI_MAX_OPTIONS + 1];
    char shorts[2 * SG_CLI_MAX_OPTIONS + 2];
    *arguments = (sg_cli_arguments){.settings = calloc((size_t)argc, sizeof *arguments->settings)};
    if (!arguments->settings)
        return sg_cli_out_of_memory();
    describe(command, longs, shorts);
    opterr = 0;
    for (int found; (found = getopt_long(argc, argv, shorts, longs, NULL)) != -1;) {
        const sg_cli_option *option = row_of(command, found);
        int code = option ? store(command, option, optarg, arguments) : refuse(command, found, argv[optind - 1]);
        if (code)
            return code;
    }
    return arguments->help ? 0 : store_operands(command, argc - optind, argv + optind, arguments);
}

void sg_cli_arguments_free(sg_cli_arguments *arguments) {
    free(arguments->settings);
    *arguments = (sg_cli_arguments){0};
}
