/* A run takes the memory that `surgrad info` tells, within 5 %, however many files it writes. SURGRAD is the program.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "folder.h"

/* The networks' first layers have 1.6 MB of weights, and 6.6 MB: the latter is trained block by block
 * (engine/blockwise.h).
 */
#define WITH(size)                                                                                                     \
    "patterns", "--threads", "2", "--set", "data.channels=400", "--set", "data.classes=4", "--set", "data.samples=50", \
        "--set", "layers.1.size=4", "--set", "layers.0.size=" size

static void run(char *const arguments[], const char *output, struct rusage *usage) {
    int code;
    pid_t child = fork();
    if (child == 0) {
        if (freopen(output, "w", stdout) && freopen(output, "a", stderr))
            execv(SURGRAD, arguments);
        _exit(127);
    }
    assert_int_equal(wait4(child, &code, 0, usage), child);
    assert_int_equal(code, 0);
}

/* In MiB. */
static double told_peak(const char *path) {
    char line[256];
    double peak = 0;
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file))
        if (strncmp(line, "peak ", 5) == 0)
            peak = strtod(line + 5, NULL);
    fclose(file);
    assert_true(peak > 0);
    return peak;
}

static void check(char *const info[], char *train[]) {
    struct rusage usage;
    size_t last = 0;
    while (strcmp(train[last], "--out") != 0)
        last++;
    run(info, in_folder("info"), &usage);
    double told = told_peak(in_folder("info"));
    train[last + 1] = (char *)in_folder(train[last - 1]);
    run(train, in_folder("train"), &usage);
    double taken = (double)usage.ru_maxrss / 1024;
    if (taken > 1.05 * told || taken < 0.95 * told)
        fail_msg("%s took %.1f MiB, told were %.1f", train[last - 1], taken, told);
}

static void a_run_takes_what_is_told(void **state) {
    (void)state;
    char *const info_narrow[] = {"surgrad", "info", WITH("1000"), NULL};
    char *const info_wide[] = {"surgrad", "info", WITH("4096"), NULL};
    char *train_narrow[] = {"surgrad", "train", "--epochs", "4", WITH("1000"), "--out", NULL, NULL};
    char *train_wide[] = {"surgrad", "train", "--epochs", "4", WITH("4096"), "--out", NULL, NULL};
    check(info_narrow, train_narrow);
    check(info_wide, train_wide);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_run_takes_what_is_told)};
    return cmocka_run_group_tests_name("memory", tests, folder_make, folder_remove);
}
