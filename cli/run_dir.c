#include "run_dir.h"

#include "message.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
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
    return sg_status_exit_code(SG_ARGUMENT);
}

/* "recipes/my.net.yaml" -> "my.net" */
static int base_name(const char *source, const char **name) {
    static const char *const endings[] = {".yaml", ".yml"};
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

static int default_dir(const char *source, char dir[SG_CLI_PATH]) {
    const char *name;
    int length = base_name(source, &name);
    return sg_cli_path(dir, "runs/%.*s", length, name);
}

static bool exists(const char *path) {
    return access(path, F_OK) == 0;
}

/* A run that was killed before it wrote its config.yaml leaves nothing that tells what it was to do. */
static int nothing_to_resume(const sg_cli_places *places) {
    sg_cli_message("%s: there is no such file, and so nothing that tells what to resume: name the recipe too "
                   "(surgrad train RECIPE --resume --out DIR)",
                   places->source);
    return sg_status_exit_code(SG_ARGUMENT);
}

int sg_cli_find_places(const sg_cli_arguments *arguments, sg_cli_places *places) {
    const char *recipe = arguments->operand, *out = arguments->out;
    if (!recipe && !(arguments->resume && out))
        return sg_cli_usage("train", "found no recipe, expected RECIPE or FILE.yaml, or --resume with --out DIR");
    int code = sg_cli_path(places->source, recipe ? "%s" : "%s/config.yaml", recipe ? recipe : out);
    if (code == 0)
        code = out ? sg_cli_path(places->dir, "%s", out) : default_dir(places->source, places->dir);
    if (code)
        return code;
    places->number_dir = !out;
    return recipe || exists(places->source) ? 0 : nothing_to_resume(places);
}

int sg_cli_run_model(const char *dir, char path[SG_CLI_PATH]) {
    int code = sg_cli_path(path, "%s/best.h5", dir);
    return code || exists(path) ? code : sg_cli_path(path, "%s/model.h5", dir);
}
