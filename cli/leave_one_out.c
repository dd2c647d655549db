#include "leave_one_out.h"

#include "message.h"
#include "metric.h"
#include "output_file.h"
#include "text.h"
#include "train_run.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* A run with one group left out. */
typedef struct fold {
    char *group;
    size_t samples; /* of the group */
    bool is_done;
    sg_run_result result;
} fold;

typedef struct folds {
    fold *folds; /* (count) in the order of the data */
    size_t count;
} folds;

static void free_folds(folds *all) {
    for (size_t i = 0; i < all->count; i++)
        free(all->folds[i].group);
    free(all->folds);
}

/* ------------------------------------------------------------------------------------------------------- groups */

static sg_status copy_config(const sg_config *config, sg_config **copy) {
    char *text;
    sg_status status = sg_config_text(config, &text);
    if (status != SG_OK)
        return status;
    status = sg_config_parse("configuration", text, strlen(text), copy);
    sg_free(text);
    return status;
}

/* The data as one heap of samples: whatever the configuration says of parts, it does not matter to their groups. */
static int open_samples(const sg_config *config, sg_data **data) {
    static const struct {
        const char *key, *value;
    } settings[] = {{"data.split", "shuffled"}, {"data.train_fraction", "0.5"},  {"data.test_groups", ""},
                    {"data.validation", "0"},   {"data.validation_groups", "0"}, {"data.stratified", "false"},
                    {"patience", "0"},          {"wav.test_numbers", ""},        {"wav.test_groups", ""}};
    sg_config *copy = NULL;
    sg_status status = copy_config(config, &copy);
    for (size_t i = 0; i < sizeof settings / sizeof *settings && status == SG_OK; i++)
        status = sg_config_set(copy, settings[i].key, settings[i].value);
    if (status == SG_OK)
        status = sg_data_open(copy, data);
    sg_config_free(copy);
    return status == SG_OK ? 0 : sg_cli_fail(status);
}

static int too_few(const char *source, size_t groups) {
    sg_cli_name name;
    sg_cli_message(
        "%s: --leave-one-out: its data have samples of %zu groups, expected 2 or more, such as speakers: use "
        "data that name them (docs/data.md), or train without it",
        sg_cli_shown(name, source), groups);
    return sg_cli_exit_code(SG_CONFIG);
}

/* The groups that have samples. */
static bool take_groups(const sg_events *events, folds *all) {
    const sg_events_view view = sg_events_get(events);
    sg_events_details details = SG_SIZED(sg_events_details);
    if (sg_events_get_details(events, &details) != SG_OK)
        return false;
    size_t *samples = calloc(details.groups + (size_t)1, sizeof *samples);
    all->folds = calloc(details.groups + (size_t)1, sizeof *all->folds);
    for (size_t s = 0; samples && details.groups && s < view.samples; s++)
        if (details.group[s] != SG_NO_GROUP)
            samples[details.group[s]]++;
    bool good = samples && all->folds;
    for (uint32_t g = 0; good && g < details.groups; g++)
        if (samples[g]) {
            fold *one = &all->folds[all->count++];
            *one = (fold){.group = strdup(details.group_names[g]), .samples = samples[g]};
            good = one->group != NULL;
        }
    free(samples);
    return good;
}

static int find_groups(const sg_config *config, const char *source, folds *all) {
    sg_data *data;
    int code = open_samples(config, &data);
    if (code)
        return code;
    bool good = take_groups(sg_data_get(data).events, all);
    sg_data_free(data);
    if (!good)
        return sg_cli_out_of_memory();
    return all->count >= 2 ? 0 : too_few(source, all->count);
}

/* ------------------------------------------------------------------------------------------------------ folders */

/* The name of a group as that of a folder: letters, digits, and bytes above 127 as they are; others as "%2f". */
static int fold_dir(char dir[SG_CLI_PATH], const char *parent, const char *group) {
    int code = sg_cli_path(dir, "%s/", parent);
    for (const unsigned char *byte = (const unsigned char *)group; code == 0 && *byte; byte++) {
        char next[SG_CLI_PATH];
        const bool is_plain = (*byte >= '0' && *byte <= '9') || ((*byte | 32) >= 'a' && (*byte | 32) <= 'z') ||
                              *byte > 127 || *byte == '_' || *byte == '-';
        code = sg_cli_path(next, is_plain ? "%s%c" : "%s%%%02x", dir, *byte);
        memcpy(dir, next, sizeof next);
    }
    return code;
}

/* Keeps what is trained, so that a resume needs no more than the folder. */
static int write_config(const char *path, const sg_config *config) {
    sg_cli_output output;
    char *text;
    sg_status status = sg_config_text(config, &text);
    if (status != SG_OK)
        return sg_cli_fail(status);
    int code = sg_cli_output_open(path, &output);
    if (code == 0) {
        fputs(text, output.file);
        code = sg_cli_output_close(&output, true);
    }
    sg_free(text);
    return code;
}

static bool make_folder(const char *path) {
    char part[SG_CLI_PATH];
    for (const char *end = path; *end; end += *end != 0) {
        end += strspn(end, "/");
        end += strcspn(end, "/");
        memcpy(part, path, (size_t)(end - path));
        part[end - path] = 0;
        if (mkdir(part, 0777) != 0 && errno != EEXIST)
            return false;
    }
    return sg_cli_is_folder(path);
}

static int begin_folder(const sg_config *config, const sg_cli_places *places, bool resume) {
    char path[SG_CLI_PATH];
    struct stat about;
    sg_cli_name dir;
    int code = sg_cli_path(path, "%s/%s", places->dir, SG_CLI_LEAVE_ONE_OUT);
    if (code)
        return code;
    bool is_there = stat(path, &about) == 0;
    if (is_there && !resume) {
        sg_cli_message("%s already holds runs (%s): go on with them (--resume), or name another folder (--out)",
                       sg_cli_shown(dir, places->dir), SG_CLI_LEAVE_ONE_OUT);
        return sg_cli_exit_code(SG_IO_ERROR);
    }
    if (is_there)
        return 0;
    if (!make_folder(places->dir)) {
        sg_cli_message("%s: the folder cannot be made: %s", sg_cli_shown(dir, places->dir), strerror(errno));
        return sg_cli_exit_code(SG_IO_ERROR);
    }
    return write_config(path, config);
}

/* ------------------------------------------------------------------------------------------------------- results */

static const sg_epoch *chosen(const fold *one) {
    return one->result.validated ? &one->result.best : &one->result.last;
}

/* The mean of the test part's metric, and its standard deviation, with n - 1. */
static void summarise(const folds *all, double *mean, double *sd) {
    double squares = 0;
    *mean = 0;
    for (size_t i = 0; i < all->count; i++)
        *mean += chosen(&all->folds[i])->test_metric / (double)all->count;
    for (size_t i = 0; i < all->count; i++)
        squares += pow(chosen(&all->folds[i])->test_metric - *mean, 2);
    *sd = sqrt(squares / (double)(all->count - 1));
}

static void print_table(const folds *all, const sg_metric_info *metric, const char *path) {
    double mean, sd;
    sg_cli_name name;
    sg_cli_number score, spread;
    int width = 5, brief = (int)strlen(metric->brief);
    for (size_t i = 0; i < all->count; i++)
        width = (int)strlen(all->folds[i].group) > width ? (int)strlen(all->folds[i].group) : width;
    printf("\n%-*s  samples  epoch", width, "group");
    if (all->folds[0].result.validated)
        printf("  valid %s", metric->brief);
    printf("  test %s\n", metric->brief);
    for (size_t i = 0; i < all->count; i++) {
        const fold *one = &all->folds[i];
        printf("%-*s  %7zu  %5u", width, sg_cli_shown(name, one->group), one->samples, chosen(one)->epoch);
        if (one->result.validated)
            printf("  %*s", brief + 6, sg_cli_score(score, metric, chosen(one)->validation_metric));
        printf("  %*s\n", brief + 5, sg_cli_score(score, metric, chosen(one)->test_metric));
    }
    summarise(all, &mean, &sd);
    printf("test %s %s, mean of %zu groups; standard deviation %s; runs: %s\n", metric->title,
           sg_cli_score(score, metric, mean), all->count, sg_cli_score(spread, metric, sd), sg_cli_shown(name, path));
}

static void write_cell(FILE *file, const char *text) {
    putc('"', file);
    for (; *text; text++)
        fprintf(file, *text == '"' ? "\"\"" : "%c", *text);
    putc('"', file);
}

/* What is done so far, as CSV. */
static int write_table(const folds *all, const sg_metric_info *metric, const char *dir) {
    char path[SG_CLI_PATH];
    sg_cli_output output;
    int code = sg_cli_path(path, "%s/leave-one-out.csv", dir);
    if (code == 0)
        code = sg_cli_output_open(path, &output);
    if (code)
        return code;
    fprintf(output.file, "group,samples,epoch,validation_%s,test_%s\n", metric->name, metric->name);
    for (size_t i = 0; i < all->count && all->folds[i].is_done; i++) {
        const fold *one = &all->folds[i];
        write_cell(output.file, one->group);
        fprintf(output.file, ",%zu,%u,", one->samples, chosen(one)->epoch);
        if (one->result.validated)
            fprintf(output.file, "%.9g", chosen(one)->validation_metric);
        fprintf(output.file, ",%.9g\n", chosen(one)->test_metric);
    }
    return sg_cli_output_close(&output, true);
}

/* --------------------------------------------------------------------------------------------------------- runs */

/* Options of another split have no effect any more, which would be refused or warned of. */
static sg_status reset(sg_config *config, const char *key) {
    sg_option_info info = SG_SIZED(sg_option_info);
    for (size_t i = 0; sg_option_at(i, &info); i++)
        if (strcmp(info.key, key) == 0)
            return sg_config_set(config, key, info.fallback);
    return SG_OK;
}

static int configure_fold(sg_config *config, const char *group) {
    static const char *const others[] = {"data.train_fraction", "wav.test_numbers", "wav.test_groups"};
    sg_status status = sg_config_set(config, "data.split", "groups");
    for (size_t i = 0; i < sizeof others / sizeof *others && status == SG_OK; i++)
        status = reset(config, others[i]);
    if (status == SG_OK)
        status = sg_config_set(config, "data.test_groups", group);
    return status == SG_OK ? 0 : sg_cli_fail(status);
}

/* The folder holds the recipe and its settings, so that it is all that there is to name. */
static int tell_resume(const char *dir) {
    char *word = sg_cli_shell_word(dir);
    sg_cli_message("stopped and saved; to go on: surgrad train --resume --leave-one-out --out %s", word ? word : dir);
    free(word);
    return sg_cli_exit_code(SG_STOPPED);
}

static int run_fold(const sg_cli_train_job *all, const char *parent, fold *one) {
    static sg_cli_train_view view;
    char dir[SG_CLI_PATH];
    sg_cli_train_job job = *all;
    int code = fold_dir(dir, parent, one->group);
    if (code)
        return code;
    job.dir = dir;
    job.resume = all->resume && sg_cli_is_folder(dir);
    one->result = (sg_run_result)SG_SIZED(sg_run_result);
    sg_status status = sg_cli_train_run(&job, &view, &one->result);
    one->is_done = status == SG_OK;
    if (status == SG_STOPPED)
        return tell_resume(parent);
    return status == SG_OK ? 0 : sg_cli_fail(status);
}

static int run_folds(sg_config *config, const sg_cli_arguments *arguments, const sg_cli_places *places, folds *all) {
    const sg_cli_train_job job = {.config = config,
                                  .source = places->source,
                                  .resume = arguments->resume,
                                  .threads = (int)arguments->threads,
                                  .stop = sg_cli_train_listen()};
    const sg_metric_info metric = sg_cli_metric(config);
    int code = 0;
    for (size_t i = 0; i < all->count && code == 0; i++) {
        sg_cli_name name;
        fold *one = &all->folds[i];
        fprintf(stderr, "\nleft out   %s, group %zu of %zu\n", sg_cli_shown(name, one->group), i + 1, all->count);
        printf("%s\n", sg_cli_shown(name, one->group));
        code = configure_fold(config, one->group);
        if (code == 0)
            code = run_fold(&job, places->dir, one);
        if (code == 0)
            code = write_table(all, &metric, places->dir);
    }
    return code;
}

int sg_cli_leave_one_out(sg_config *config, const sg_cli_arguments *arguments, const sg_cli_places *places) {
    const sg_metric_info metric = sg_cli_metric(config);
    folds all = {0};
    int code = find_groups(config, places->source, &all);
    if (code == 0)
        code = begin_folder(config, places, arguments->resume);
    if (code == 0)
        code = run_folds(config, arguments, places, &all);
    if (code == 0)
        print_table(&all, &metric, places->dir);
    free_folds(&all);
    return code;
}
