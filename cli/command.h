/* The commands of the program, and the arguments that they share. A command is a row of main.c and a file of its own;
 * its table of options gives the parser, `--help` and docs/cli.md. */
#ifndef SG_CLI_COMMAND_H
#define SG_CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* key=value, from --set or from an option that stands for one. */
typedef struct sg_cli_setting {
    const char *key, *value;
} sg_cli_setting;

/* Everything that a command line can say. Texts are those of argv; one that was not given is NULL. */
typedef struct sg_cli_arguments {
    const char *operand;         /* the first of the operands */
    const char *const *operands; /* (operand_count) inside argv */
    size_t operand_count;
    sg_cli_setting *settings; /* (setting_count) in the order given; freed by sg_cli_arguments_free */
    size_t setting_count;
    int64_t threads; /* 0: one for each processor */
    int64_t steps;   /* of an import's samples; 0: not told */
    const char *cpu; /* the kernels to use; NULL: the fastest */
    const char *out, *data, *dir, *samples, *from, *format, *sound;
    const char *dt, *reset, *order, *integration; /* of a NIR file */
    bool resume, leave_one_out, json, markdown, ascii, time, rules, by_step, help;
} sg_cli_arguments;

typedef enum sg_cli_type {
    SG_CLI_SWITCH,   /* bool; no value */
    SG_CLI_TEXT,     /* const char * */
    SG_CLI_INTEGER,  /* int64_t within low .. high */
    SG_CLI_SET,      /* a setting: the value is "key=value" */
    SG_CLI_SHORTHAND /* a setting whose key is the option's name */
} sg_cli_type;

typedef struct sg_cli_option {
    const char *name;     /* long, without dashes */
    char letter;          /* short, or 0 */
    sg_cli_type type;     /* of the field at ... */
    size_t offset;        /* ... in sg_cli_arguments; unused for settings */
    const char *argument; /* its value's name in help texts, or NULL */
    int64_t low, high;    /* of SG_CLI_INTEGER */
    const char *help;
} sg_cli_option;

enum { SG_CLI_MAX_OPTIONS = 32 };

struct sg_option_info;

typedef struct sg_cli_command {
    const char *name;
    const char *operand;          /* its name in help texts: "RECIPE|FILE.yaml"; NULL: the command takes none */
    bool operand_needed;          /* at least one */
    int operand_most;             /* 0: one, where there is any */
    const char *summary;          /* one line */
    const char *description;      /* paragraphs, each ended by a newline */
    void (*describe)(FILE *file); /* prints what only the library knows, behind the description; NULL: nothing */
    const char *examples;         /* command lines, each ended by a newline */
    const sg_cli_option *options;
    size_t option_count;                                /* at most SG_CLI_MAX_OPTIONS */
    int (*run)(const sg_cli_arguments *arguments);      /* the exit code, after the message if it is not 0 */
    bool (*takes)(const struct sg_option_info *option); /* the options of a configuration that are its own, too, by the
                                                           last part of their key; NULL: none */
} sg_cli_command;

/* The options of a command, those that its `takes` names behind those of its table. */
typedef struct sg_cli_rows {
    sg_cli_option row[SG_CLI_MAX_OPTIONS];
    const char *key[SG_CLI_MAX_OPTIONS]; /* of the setting that the option stands for; of a shorthand its name */
    size_t count;
} sg_cli_rows;

sg_cli_rows sg_cli_command_rows(const sg_cli_command *command);

/* NULL-terminated, in the order of the help text. */
extern const sg_cli_command *const sg_cli_commands[];

extern const sg_cli_command sg_cli_train_command, sg_cli_eval_command, sg_cli_info_command, sg_cli_encode_command,
    sg_cli_import_command, sg_cli_fetch_command, sg_cli_predict_command, sg_cli_check_grad_command, sg_cli_plot_command,
    sg_cli_import_nir_command, sg_cli_export_nir_command, sg_cli_help_command;

/* The command of this name, or NULL after the message. */
const sg_cli_command *sg_cli_command_find(const char *name);

/* Rows that several commands have. */
#define SG_CLI_SET_ROW                                                                                                 \
    {                                                                                                                  \
        "set", 's', SG_CLI_SET, 0, "KEY=VALUE", 0, 0,                                                                  \
            "sets one option of the configuration, e.g. optimiser.lr=0.001; may be given again; `surgrad info "        \
            "options` "                                                                                                \
            "lists them"                                                                                               \
    }
#define SG_CLI_THREADS_ROW                                                                                             \
    {                                                                                                                  \
        "threads", 't', SG_CLI_INTEGER, offsetof(sg_cli_arguments, threads), "N", 0, 1024,                             \
            "threads to use; 0, the default, is one for each processor; results do not depend on it"                   \
    }
#define SG_CLI_CPU_ROW                                                                                                 \
    {                                                                                                                  \
        "cpu", 0, SG_CLI_TEXT, offsetof(sg_cli_arguments, cpu), "LEVEL", 0, 0,                                         \
            "vector instructions to use: one of those that `surgrad info cpu` lists; default: SURGRAD_CPU in the "     \
            "environment, else the fastest; results do not depend on it"                                               \
    }
#define SG_CLI_DATA_ROW                                                                                                \
    {                                                                                                                  \
        "data", 'd', SG_CLI_TEXT, offsetof(sg_cli_arguments, data), "DIR", 0, 0,                                       \
            "where the data are, in place of data.dir (or data.file) of the model's configuration"                     \
    }
#define SG_CLI_INTEGRATION_ROW                                                                                         \
    {                                                                                                                  \
        "integration", 0, SG_CLI_TEXT, offsetof(sg_cli_arguments, integration), "KIND", 0, 0,                          \
            "of a NIR file: what time constants mean in a step, euler or exact; default: as the file's metadata "      \
            "tell, "                                                                                                   \
            "else euler"                                                                                               \
    }
#define SG_CLI_NIR_ROWS                                                                                                \
    {"dt",                                                                                                             \
     0,                                                                                                                \
     SG_CLI_TEXT,                                                                                                      \
     offsetof(sg_cli_arguments, dt),                                                                                   \
     "TIME",                                                                                                           \
     0,                                                                                                                \
     0,                                                                                                                \
     "of a NIR file: the length of a step, with its unit; default: as the file's metadata tell, else 0.1 ms"},         \
        {"steps",                                                                                                      \
         0,                                                                                                            \
         SG_CLI_INTEGER,                                                                                               \
         offsetof(sg_cli_arguments, steps),                                                                            \
         "N",                                                                                                          \
         1,                                                                                                            \
         65535,                                                                                                        \
         "of a NIR file: the steps of a sample; default: as the file's metadata tell, else 100"},                      \
        {"reset",                                                                                                      \
         0,                                                                                                            \
         SG_CLI_TEXT,                                                                                                  \
         offsetof(sg_cli_arguments, reset),                                                                            \
         "KIND",                                                                                                       \
         0,                                                                                                            \
         0,                                                                                                            \
         "of a NIR file: what a spike does to the membrane, zero, subtract or none; default: as the file's metadata "  \
         "tell, else zero"},                                                                                           \
        {"order",                                                                                                      \
         0,                                                                                                            \
         SG_CLI_TEXT,                                                                                                  \
         offsetof(sg_cli_arguments, order),                                                                            \
         "ORDER",                                                                                                      \
         0,                                                                                                            \
         0,                                                                                                            \
         "of a NIR file: the order of a step's parts, as neuron.order; default: as the file's metadata tell, else "    \
         "notebook"},                                                                                                  \
        SG_CLI_INTEGRATION_ROW

#define SG_CLI_HELP_ROW                                                                                                \
    { "help", 'h', SG_CLI_SWITCH, offsetof(sg_cli_arguments, help), NULL, 0, 0, "prints this text" }

#endif
