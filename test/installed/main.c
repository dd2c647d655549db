/* Uses every function of surgrad.h, as users do, and checks what each gives:   installed FOLDER
 *
 * FOLDER exists and is empty. A line for each case; exits with 1 if a check failed. */
#include "common.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failures;
static const char *folder;

static void complain(const char *file, int line, const char *what, const char *message) {
    fprintf(stderr, "%s:%d: %s%s%s\n", file, line, what, *message ? ": " : "", message);
    failures++;
}

void check(bool condition, const char *text, const char *file, int line) {
    if (!condition)
        complain(file, line, text, "");
}

void check_ok(sg_status status, const char *call, const char *file, int line) {
    if (status == SG_OK)
        return;
    complain(file, line, call, sg_error_message());
    exit(1);
}

void check_refused(sg_status found, sg_status expected, const char *word, const char *call, const char *file,
                   int line) {
    if (found != expected)
        complain(file, line, call, sg_status_text(found));
    else if (!strstr(sg_error_message(), word) || strchr(sg_error_message(), '\n'))
        complain(file, line, call, sg_error_message());
}

const char *in_folder(const char *name) {
    static char paths[4][4096];
    static int next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

static const struct {
    const char *name;
    const test_case *cases;
} themes[] = {
    {"contract", contract_cases}, {"options", option_cases},  {"data", data_cases},      {"network", network_cases},
    {"files", file_cases},        {"outputs", output_cases},  {"records", record_cases}, {"gradients", gradient_cases},
    {"inputs", input_cases},      {"trainer", trainer_cases}, {"runs", run_cases},       {"threads", thread_cases},
    {"looking", look_cases},
};

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: installed FOLDER\n");
        return 2;
    }
    folder = argv[1];
    for (size_t i = 0; i < sizeof themes / sizeof *themes; i++)
        for (const test_case *c = themes[i].cases; c->name; c++) {
            int before = failures;
            c->run();
            printf("%s %s: %s\n", failures == before ? "ok  " : "FAIL", themes[i].name, c->name);
        }
    return failures > 0;
}
