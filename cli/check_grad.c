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

static int print_json(cJSON *rows, bool good) {
    cJSON *object = cJSON_CreateObject();
    cJSON_AddBoolToObject(object, "good", good);
    cJSON_AddItemToObject(object, "groups", rows);
    return sg_cli_print_json(object, true);
}

static int check(const sg_config *config, const sg_cli_arguments *arguments) {
    char seed[SG_VALUE_TEXT];
    bool good;
    table t = {.rows = arguments->json ? cJSON_CreateArray() : NULL};
    sg_config_get(config, "seed", seed, sizeof seed);
    sg_status status = sg_check_gradients(config, strtoull(seed, NULL, 10), on_row, &t, &good);
    if (status != SG_OK) {
        cJSON_Delete(t.rows);
        return sg_cli_fail(status);
    }
    int code = 0;
    if (t.rows)
        code = print_json(t.rows, good);
    else
        printf("%s: smooth within %.0e, kernels within %.0e of the largest entry\n",
               good ? "all gradients are right" : "gradients are WRONG", SG_SMOOTH_TOLERANCE, SG_KERNEL_TOLERANCE);
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
                   "1 if any is too large.\n",
    .examples = "surgrad check-grad notebook\nsurgrad check-grad fast --set layers.0.neuron.kind=alif --json\n",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .run = run_check_grad,
};
