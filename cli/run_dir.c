#include "run_dir.h"

#include "message.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

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

static int default_dir(const char *source, int number, char dir[SG_CLI_PATH]) {
    const char *name;
    int length = base_name(source, &name);
    if (number < 2)
        return snprintf(dir, SG_CLI_PATH, "runs/%.*s", length, name);
    return snprintf(dir, SG_CLI_PATH, "runs/%.*s-%d", length, name, number);
}

static bool exists(const char *path) {
    return access(path, F_OK) == 0;
}

/* The first default folder that is free or, to resume, the last that is not. Its length is returned. */
static int pick_dir(const char *source, bool resume, char dir[SG_CLI_PATH]) {
    int number = 1, length;
    while ((length = default_dir(source, number, dir)) < SG_CLI_PATH && exists(dir))
        number++;
    return resume && number > 1 ? default_dir(source, number - 1, dir) : length;
}

int sg_cli_find_places(const sg_cli_arguments *arguments, sg_cli_places *places) {
    const char *recipe = arguments->operand, *out = arguments->out;
    if (!recipe && !(arguments->resume && out))
        return sg_cli_usage("train", "found no recipe, expected RECIPE or FILE.yaml, or --resume with --out DIR");
    int source = snprintf(places->source, SG_CLI_PATH, recipe ? "%s" : "%s/config.yaml", recipe ? recipe : out);
    int dir =
        out ? snprintf(places->dir, SG_CLI_PATH, "%s", out) : pick_dir(places->source, arguments->resume, places->dir);
    if (source >= SG_CLI_PATH || dir >= SG_CLI_PATH)
        return sg_cli_usage("train", "a path is longer than %d bytes", SG_CLI_PATH - 1);
    return 0;
}

void sg_cli_run_model(const char *dir, char path[SG_CLI_PATH]) {
    snprintf(path, SG_CLI_PATH, "%s/best.h5", dir);
    if (!exists(path))
        snprintf(path, SG_CLI_PATH, "%s/model.h5", dir);
}
