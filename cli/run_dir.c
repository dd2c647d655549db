#include "run_dir.h"

#include "leave_one_out.h"
#include "message.h"
#include "model.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int sg_cli_path(char path[SG_CLI_PATH], const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(path, SG_CLI_PATH, format, arguments);
    va_end(arguments);
    if (length >= 0 && length < SG_CLI_PATH)
        return 0;
    sg_cli_message("the path %.60s... has %d bytes, expected at most %d: use a shorter one", path, length,
                   SG_CLI_PATH - 1);
    return sg_cli_exit_code(SG_ARGUMENT);
}

bool sg_cli_is_folder(const char *path) {
    struct stat found;
    return stat(path, &found) == 0 && S_ISDIR(found.st_mode);
}

/* "recipes/my.net.yaml" -> "my.net" */
static int base_name(const char *source, const char **name) {
    static const char *const endings[] = {".yaml", ".yml", ".h5"};
    const char *slash = strrchr(source, '/');
    *name = slash ? slash + 1 : source;
    size_t length = strlen(*name);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t tail = strlen(endings[i]);
        if (length > tail && strcmp(*name + length - tail, endings[i]) == 0)
            return (int)(length - tail);
    }
    return (int)length;
}

static int default_dir(const sg_cli_arguments *arguments, const char *source, char dir[SG_CLI_PATH]) {
    const char *name;
    int length = base_name(source, &name);
    return sg_cli_path(dir, arguments->leave_one_out ? "runs/%.*s-leave-one-out" : "runs/%.*s", length, name);
}

static bool exists(const char *path) {
    return access(path, F_OK) == 0;
}

/* A run that was killed before it wrote its config.yaml leaves nothing that tells what it was to do. */
static int nothing_to_resume(const sg_cli_places *places) {
    sg_cli_message("%s: there is no such file, and so nothing that tells what to resume: name the recipe too "
                   "(surgrad train RECIPE --resume --out DIR)",
                   places->source);
    return sg_cli_exit_code(SG_ARGUMENT);
}

static int find_source(const sg_cli_arguments *arguments, sg_cli_places *places) {
    if (arguments->operand || arguments->from)
        return sg_cli_path(places->source, "%s", arguments->operand ? arguments->operand : places->model);
    return sg_cli_path(places->source, "%s/%s", arguments->out,
                       arguments->leave_one_out ? SG_CLI_LEAVE_ONE_OUT : "config.yaml");
}

/* The name of the run that --from means, even if it is "." or ends in '/'. */
static int default_dir_from(const sg_cli_arguments *arguments, char dir[SG_CLI_PATH]) {
    char *whole = realpath(arguments->from, NULL);
    int code = default_dir(arguments, whole ? whole : arguments->from, dir);
    free(whole);
    return code;
}

static int find_dir(const sg_cli_arguments *arguments, sg_cli_places *places) {
    if (arguments->out)
        return sg_cli_path(places->dir, "%s", arguments->out);
    if (arguments->from && !arguments->operand)
        return default_dir_from(arguments, places->dir);
    return default_dir(arguments, places->source, places->dir);
}

int sg_cli_find_places(const sg_cli_arguments *arguments, sg_cli_places *places) {
    const char *recipe = arguments->operand, *from = arguments->from;
    if (from && arguments->resume)
        return sg_cli_usage("train", "--from begins a new run, --resume goes on with one: give one of the two");
    if (!recipe && !from && !(arguments->resume && arguments->out))
        return sg_cli_usage("train",
                            "found no recipe, expected RECIPE or FILE.yaml, or --resume with --out DIR, or --from RUN");
    int code = from ? sg_cli_find_model(from, places->model) : 0;
    if (code == 0)
        code = find_source(arguments, places);
    if (code == 0)
        code = find_dir(arguments, places);
    if (code)
        return code;
    places->number_dir = !arguments->out;
    return recipe || from || exists(places->source) ? 0 : nothing_to_resume(places);
}

int sg_cli_run_model(const char *dir, char path[SG_CLI_PATH]) {
    int code = sg_cli_path(path, "%s/best.h5", dir);
    return code || exists(path) ? code : sg_cli_path(path, "%s/model.h5", dir);
}
