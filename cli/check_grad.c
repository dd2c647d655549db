#include "command.h"
#include "json.h"
#include "message.h"
#include "print.h"
#include "settings.h"
#include "surgrad.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Where the rows go. */
typedef struct table {
    bool header_printed;
    cJSON *rows; /* NULL: printed as a table */
} table;

static bool is_good(const sg_gradient_row *row) {
    return row->smooth_error <= SG_SMOOTH_TOLERANCE && row->kernel_error <= SG_KERNEL_TOLERANCE;
}

/* Whether rounding alone may make more than the tolerance of the largest entry. */
static bool is_faint(const sg_gradient_row *row) {
    return row->smooth_floor > SG_SMOOTH_TOLERANCE * row->largest ||
           row->kernel_floor > SG_KERNEL_TOLERANCE * row->largest;
}

static void print_row(const sg_gradient_row *row) {
    char exact[64] = "";
    if (!isnan(row->exact_distance))
        snprintf(exact, sizeof exact, "; the clock's is %.2g off the exact one", row->exact_distance);
    printf("%-32s  %10zu  %10.2e  %12.1e  %12.1e  %s%s\n", row->group, row->parameters, row->largest, row->smooth_error,
           row->kernel_error,
           !is_good(row)   ? "WRONG"
           : is_faint(row) ? "right, faint"
                           : "right",
           exact);
}

static void add_row(cJSON *rows, const char *name, const sg_gradient_row *row) {
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "group", name);
    cJSON_AddNumberToObject(object, "parameters", (double)row->parameters);
    cJSON_AddNumberToObject(object, "largest", row->largest);
    cJSON_AddNumberToObject(object, "smooth_error", row->smooth_error);
    cJSON_AddNumberToObject(object, "kernel_error", row->kernel_error);
    cJSON_AddNumberToObject(object, "smooth_floor", row->smooth_floor);
    cJSON_AddNumberToObject(object, "kernel_floor", row->kernel_floor);
    if (!isnan(row->exact_distance))
        cJSON_AddNumberToObject(object, "exact_distance", row->exact_distance);
    cJSON_AddBoolToObject(object, "good", is_good(row));
    cJSON_AddItemToArray(rows, object);
}

static void on_row(void *user, const sg_gradient_row *row) {
    table *t = user;
    char name[64];
    snprintf(name, sizeof name, "layers.%zu.%s", row->layer, row->group);
    if (t->rows) {
        add_row(t->rows, name, row);
        return;
    }
    if (!t->header_printed)
        printf("%-32s  %10s  %10s  %12s  %12s\n", "gradient by", "parameters", "largest", "smooth error",
               "kernel error");
    t->header_printed = true;
    sg_gradient_row named = *row;
    named.group = name;
    print_row(&named);
}

static int print_json(cJSON *rows, const char *name, bool good) {
    cJSON *object = cJSON_CreateObject();
    cJSON_AddBoolToObject(object, "good", good);
    cJSON_AddItemToObject(object, name, rows);
    return sg_cli_print_json(object, true);
}

/* ------------------------------------------------------------------------------------------------- all rules */

static void print_rule_row(const sg_rule_row *row) {
    char name[64], cosine[16], true_cosine[16];
    snprintf(name, sizeof name, "%s %s", row->rule, row->setting);
    if (row->refused) {
        printf("%-32s  not defined: %s\n", name, row->refused);
        return;
    }
    snprintf(cosine, sizeof cosine, row->cosine == row->cosine ? "%.4f" : "-", row->cosine);
    snprintf(true_cosine, sizeof true_cosine, row->true_cosine == row->true_cosine ? "%.4f" : "-", row->true_cosine);
    printf("%-32s  layers.%zu.%-16s  %8s  %10.1e  %11s  %12.1e  %s\n", name, row->layer, row->group, cosine,
           row->difference, true_cosine, row->kernel_error,
           !row->good     ? "WRONG"
           : row->is_bptt ? "right, is bptt"
                          : "right");
}

static void add_number_or_null(cJSON *object, const char *name, double value) {
    if (value - value == 0)
        cJSON_AddNumberToObject(object, name, value);
    else
        cJSON_AddNullToObject(object, name);
}

static void add_rule_row(cJSON *rows, const sg_rule_row *row) {
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "rule", row->rule);
    cJSON_AddStringToObject(object, "setting", row->setting);
    cJSON_AddItemToArray(rows, object);
    if (row->refused) {
        cJSON_AddStringToObject(object, "refused", row->refused);
        return;
    }
    char name[64];
    snprintf(name, sizeof name, "layers.%zu.%s", row->layer, row->group);
    cJSON_AddStringToObject(object, "group", name);
    cJSON_AddNumberToObject(object, "parameters", (double)row->parameters);
    add_number_or_null(object, "cosine", row->cosine);
    add_number_or_null(object, "difference", row->difference);
    add_number_or_null(object, "true_cosine", row->true_cosine);
    add_number_or_null(object, "kernel_error", row->kernel_error);
    cJSON_AddBoolToObject(object, "is_bptt", row->is_bptt);
    cJSON_AddBoolToObject(object, "good", row->good);
}

static void on_rule_row(void *user, const sg_rule_row *row) {
    table *t = user;
    if (t->rows) {
        add_rule_row(t->rows, row);
        return;
    }
    if (!t->header_printed)
        printf("%-32s  %-25s  %8s  %10s  %11s  %12s\n", "rule", "gradient by", "cosine", "difference", "true cosine",
               "kernel error");
    t->header_printed = true;
    print_rule_row(row);
}

/* ---------------------------------------------------------------------------------------------------- command */

/* The last line of a table. */
static void print_verdict(bool rules, bool good) {
    if (rules)
        printf("%s: kernels within %.0e of the largest entry, and those of bptt where they ought to be\n",
               good ? "all rules are right" : "rules are WRONG", SG_KERNEL_TOLERANCE);
    else
        printf("%s: smooth within %.0e, kernels within %.0e of the largest entry\n",
               good ? "all gradients are right" : "gradients are WRONG", SG_SMOOTH_TOLERANCE, SG_KERNEL_TOLERANCE);
}

static int check(const sg_config *config, const sg_cli_arguments *arguments) {
    char text[SG_VALUE_TEXT];
    bool good;
    table t = {.rows = arguments->json ? cJSON_CreateArray() : NULL};
    sg_config_get(config, "seed", text, sizeof text);
    uint64_t seed = strtoull(text, NULL, 10);
    sg_status status = arguments->rules ? sg_check_rules(config, seed, on_rule_row, &t, &good)
                                        : sg_check_gradients(config, seed, on_row, &t, &good);
    if (status != SG_OK) {
        cJSON_Delete(t.rows);
        return sg_cli_fail(status);
    }
    int code = 0;
    if (t.rows)
        code = print_json(t.rows, arguments->rules ? "rules" : "groups", good);
    else
        print_verdict(arguments->rules, good);
    return code || good ? code : 1;
}

static int run_check_grad(const sg_cli_arguments *arguments) {
    sg_config *config = NULL;
    int code = sg_cli_configure(arguments->operand, arguments, &config);
    if (code == 0)
        code = check(config, arguments);
    sg_config_free(config);
    return code;
}

static const sg_cli_option options[] = {
    SG_CLI_SET_ROW,
    {"seed", 0, SG_CLI_SHORTHAND, 0, "N", 0, 0, "the same as --set seed=N: another network, other input"},
    {"rules", 0, SG_CLI_SWITCH, offsetof(sg_cli_arguments, rules), NULL, 0, 0,
     "compares all learning rules on the same small network"},
    SG_CLI_CPU_ROW,
    {"json", 'j', SG_CLI_SWITCH, offsetof(sg_cli_arguments, json), NULL, 0, 0, "prints JSON"},
    SG_CLI_HELP_ROW,
};

const sg_cli_command sg_cli_check_grad_command = {
    .name = "check-grad",
    .operand = "RECIPE|FILE.yaml",
    .operand_needed = true,
    .summary = "prove the gradients of a network",
    .description = "Makes a small network of the same kinds as the recipe's or file's, with a few neurons in each "
                   "layer, on random "
                   "input, and a twin of it in double precision. The smooth error is that of the twin whose spikes are "
                   "replaced by "
                   "the smooth function behind the surrogate, against central differences of its loss. The kernel "
                   "error is that of "
                   "the single-precision kernels that train, against the twin with real spikes and surrogate "
                   "derivatives. Both are "
                   "relative to the largest entry of their group of parameters. Of a faint group the entries are so "
                   "small that rounding alone makes a larger "
                   "error: "
                   "its errors are relative to what rounding makes (smooth_floor and kernel_floor in JSON). Exit code "
                   "1 if any is too large. With --rules it compares what each learning rule gives the same network: "
                   "the cosine of the angle to the gradient of bptt, the largest difference from it, and the cosine of "
                   "the angle between the rule's gradient of the smooth twin and central differences of its loss; "
                   "rules that are not defined for the network are told with the reason.\n",
    .examples = "surgrad check-grad notebook\nsurgrad check-grad fast --set layers.0.neuron.kind=alif --json\nsurgrad "
                "check-grad smnist --rules\n",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .run = run_check_grad,
};
