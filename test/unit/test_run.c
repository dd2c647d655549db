/* A run and its folder: who may use it, and what is written again after a kill. */
#include "file/bytes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "folder.h"

static const char LOCK[] = ".surgrad-run.lock";

/* Two epochs of a tiny network that chooses its best epoch on held-out data. */
static sg_config *tiny(void) {
    static const char yaml[] = "seed: 9\nepochs: 2\nbatch: 16\nsteps: 20\n"
                               "data: {set: patterns, split: shuffled, validation: 0.2, classes: 2, channels: 8, "
                               "samples: 40}\n"
                               "layers: [{size: 6, link: {sd: 1}}, {size: 2, link: {sd: 1}}]\nloss: {kind: count_ce}\n";
    sg_config *config;
    assert_int_equal(sg_config_parse("tiny", yaml, strlen(yaml), &config), SG_OK);
    return config;
}

static const char *in_dir(const char *dir, const char *name) {
    char path[256];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    return in_folder(path);
}

static bool there(const char *dir, const char *name) {
    return sg_file_exists(in_dir(dir, name));
}

static void assert_same_files(const char *a, const char *b) {
    static const char *const names[] = {"config.yaml", "best.h5", "model.h5"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        uint8_t *left, *right;
        size_t left_size, right_size;
        assert_int_equal(sg_bytes_read(in_dir(a, names[i]), SIZE_MAX, &left, &left_size), SG_OK);
        assert_int_equal(sg_bytes_read(in_dir(b, names[i]), SIZE_MAX, &right, &right_size), SG_OK);
        assert_int_equal(left_size, right_size);
        assert_memory_equal(left, right, left_size);
        free(left);
        free(right);
    }
}

static sg_status run_in(const char *dir, bool resume, sg_run_options more) {
    sg_config *config = tiny();
    sg_run_options options = more;
    options.dir = dir;
    options.resume = resume;
    options.threads = 1;
    sg_status status = sg_run(config, &options, NULL);
    sg_config_free(config);
    return status;
}

/* ---------------------------------------------------------------------------------------------------- one at a time */

typedef struct second {
    const char *dir;
    bool resume;
    sg_status status;
    char message[2048];
} second;

static void start_another(void *user, const sg_epoch *epoch, size_t layers) {
    second *other = user;
    (void)epoch, (void)layers;
    other->status = run_in(other->dir, other->resume, SG_SIZED(sg_run_options));
    snprintf(other->message, sizeof other->message, "%s", sg_error_message());
}

static void a_folder_in_use_is_refused(void **state) {
    (void)state;
    char dir[1024], expected[2048], host[256] = "";
    gethostname(host, sizeof host - 1);
    for (int resume = 0; resume < 2; resume++) {
        snprintf(dir, sizeof dir, "%s", in_folder(resume ? "used-resume" : "used"));
        snprintf(expected, sizeof expected,
                 "%s is in use by process %ld on %s: wait until it ends, or name another folder (--out)", dir,
                 (long)getpid(), host);
        second other = {.dir = dir, .resume = resume};
        const sg_run_options options = {.size = sizeof(sg_run_options), .on_epoch = start_another, .user = &other};
        assert_int_equal(run_in(dir, false, options), SG_OK);
        assert_int_equal(other.status, SG_IO_ERROR);
        assert_string_equal(other.message, expected);
        assert_false(there(resume ? "used-resume" : "used", LOCK));
    }
    assert_int_equal(run_in(in_folder("alone"), false, SG_SIZED(sg_run_options)), SG_OK);
    assert_same_files("alone", "used");
}

/* The folder of a run that goes on is replaced by one in which another run begins. */
static void replace_folder(void *user, const sg_epoch *epoch, size_t layers) {
    const char *dir = user;
    (void)layers;
    if (epoch->epoch > 1)
        return;
    assert_int_equal(rename(dir, in_folder("before")), 0);
    assert_int_equal(run_in(dir, false, SG_SIZED(sg_run_options)), SG_OK);
}

static void another_runs_files_are_not_overwritten(void **state) {
    (void)state;
    char dir[1024];
    snprintf(dir, sizeof dir, "%s", in_folder("replaced"));
    const sg_run_options options = {.size = sizeof(sg_run_options), .on_epoch = replace_folder, .user = dir};
    struct stat before, after;
    assert_int_equal(run_in(dir, false, options), SG_IO_ERROR);
    assert_message_has("the folder or its .surgrad-run.lock was moved, removed or replaced since the run began");
    assert_same_files("alone", "replaced");
    assert_int_equal(stat(in_dir("replaced", "checkpoint.h5"), &before), 0);
    assert_int_equal(run_in(in_folder("before"), true, SG_SIZED(sg_run_options)), SG_OK); /* where it moved to */
    assert_same_files("alone", "before");
    assert_int_equal(stat(in_dir("replaced", "checkpoint.h5"), &after), 0);
    assert_int_equal(before.st_ino, after.st_ino);
}

static void files_of_others_are_not_overwritten(void **state) {
    (void)state;
    assert_int_equal(sg_make_folder(in_folder("foreign")), SG_OK);
    put_file(in_dir("foreign", "model.h5"), "precious", 8);
    assert_int_equal(run_in(in_folder("foreign"), false, SG_SIZED(sg_run_options)), SG_IO_ERROR);
    assert_message_has("/foreign already holds a run (model.h5): ");
    assert_int_equal(run_in(in_folder("foreign"), true, SG_SIZED(sg_run_options)), SG_IO_ERROR);
    assert_message_has("/foreign holds model.h5, but no checkpoint.h5 to resume from: ");
    assert_false(there("foreign", "config.yaml"));
    assert_false(there("foreign", LOCK));
}

/* ---------------------------------------------------------------------------------------------------- numbers */

static void keep_dir(void *user, const char *dir) {
    snprintf(user, 1024, "%s", dir);
    assert_true(sg_file_exists(dir));
}

static void folders_are_numbered(void **state) {
    (void)state;
    char dir[1024];
    const sg_run_options options = {.size = sizeof(sg_run_options),
                                    .number_dir = true,
                                    .on_dir = keep_dir,
                                    .user = dir};
    assert_int_equal(sg_make_folder(in_folder("a/n-2")), SG_OK);
    put_file(in_folder("a/n-3"), "a file", 6);
    const char *const expected[] = {"a/n", "a/n-4", "a/n-5"};
    for (int i = 0; i < 3; i++) {
        assert_int_equal(run_in(in_folder("a/n/"), false, options), SG_OK);
        assert_string_equal(dir, in_folder(expected[i]));
        assert_true(there(expected[i], "model.h5"));
    }
    assert_int_equal(remove(in_dir("a/n-5", "model.h5")), 0);
    assert_int_equal(run_in(in_folder("a/n"), true, options), SG_OK);
    assert_string_equal(dir, in_folder("a/n-5"));
    assert_true(there("a/n-5", "model.h5"));
    assert_int_equal(run_in(in_folder("a/new"), true, options), SG_OK);
    assert_string_equal(dir, in_folder("a/new"));
    put_file(in_folder("file"), "x", 1);
    assert_int_equal(run_in(in_folder("file/n"), false, options), SG_IO_ERROR);
    assert_message_has("/file is there and is not a folder");
}

/* ---------------------------------------------------------------------------------------------------- after a kill */

static void results_are_written_again(void **state) {
    (void)state;
    static const char *const results[] = {"model.h5", "best.h5", "metrics.csv", "config.yaml"};
    sg_config *config = tiny();
    assert_int_equal(sg_config_set(config, "epochs", "1"), SG_OK);
    const sg_run_options first = {.size = sizeof(sg_run_options), .dir = in_folder("again"), .threads = 1};
    assert_int_equal(sg_run(config, &first, NULL), SG_OK);
    for (size_t i = 0; i < sizeof results / sizeof *results; i++)
        assert_int_equal(remove(in_dir("again", results[i])), 0);
    put_file(in_dir("again", "checkpoint.h5.tmp"), "half", 4);
    put_file(in_dir("again", "metrics.csv.tmp"), "half", 4);
    put_file(in_dir("again", "mine.tmp"), "mine", 4);
    const sg_run_options resumed = {.size = sizeof(sg_run_options),
                                    .dir = in_folder("again"),
                                    .resume = true,
                                    .threads = 1};
    assert_int_equal(sg_run(config, &resumed, NULL), SG_OK); /* nothing is left to train */
    for (size_t i = 0; i < sizeof results / sizeof *results; i++)
        assert_true(there("again", results[i]));
    assert_false(there("again", "checkpoint.h5.tmp"));
    assert_false(there("again", "metrics.csv.tmp"));
    assert_true(there("again", "mine.tmp"));
    sg_config_free(config);
    assert_int_equal(run_in(in_folder("again"), true, SG_SIZED(sg_run_options)), SG_OK);
    assert_same_files("alone", "again");
}

static void set_flag(void *user, const sg_data *data, const sg_network *network) {
    (void)data, (void)network;
    *(int *)user = 1;
}

static void count_batch(void *user, const sg_progress *progress) {
    (void)progress;
    *(int *)user += 1;
}

/* A run that is asked to stop before its first batch, or while an epoch is evaluated, trains no batch more. */
static void a_stop_is_heard_before_a_batch(void **state) {
    (void)state;
    int flag = 0;
    const sg_run_options options = {
        .size = sizeof(sg_run_options), .stop = &flag, .on_start = set_flag, .on_batch = count_batch, .user = &flag};
    for (int resume = 0; resume < 2; resume++) {
        flag = 0;
        assert_int_equal(run_in(in_folder("stopped"), resume, options), SG_STOPPED);
        assert_int_equal(flag, 1);
        assert_message_has("stopped in epoch 1 after batch 0 of ");
    }
    assert_int_equal(run_in(in_folder("stopped"), true, SG_SIZED(sg_run_options)), SG_OK);
    assert_same_files("alone", "stopped");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_folder_in_use_is_refused),          cmocka_unit_test(another_runs_files_are_not_overwritten),
        cmocka_unit_test(files_of_others_are_not_overwritten), cmocka_unit_test(folders_are_numbered),
        cmocka_unit_test(results_are_written_again),           cmocka_unit_test(a_stop_is_heard_before_a_batch),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
