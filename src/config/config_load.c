#include "config/config_key.h"
#include "config/recipe.h"
#include "file/bytes.h"
#include "file/kind.h"
#include "file/path.h"
#include "file/yaml.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH = 4096, RECIPES = 64 };

/* ------------------------------------------------------------------------------------------------ parsing */

/* A configuration that is being read, the name of its text, and the folder at which its relative paths begin. */
typedef struct reading {
    sg_config *config;
    const char *name, *folder;
} reading;

static sg_status set_option(void *user, const char *path, const char *value, int line, int column) {
    const reading *into = user;
    char now[SG_KEY_TEXT];
    if (sg_key_is_old(path, now)) {
        sg_warn("%s:%d:%d: %s is called %s now", into->name, line, column, path, now);
        path = now;
    }
    return sg_config_set_in(into->config, into->folder, path, value);
}

/* A search for where a text says most about a key: its own line, or else one of the same section. */
typedef struct search {
    char key[SG_YAML_PATH];
    size_t shared; /* bytes of whole parts that the best place has in common with the key; 0: none yet */
    int line, column;
} search;

static size_t shared_parts(const char *a, const char *b) {
    size_t shared = 0, i = 0;
    for (; a[i] && a[i] == b[i]; i++)
        if (a[i] == '.')
            shared = i;
    return !a[i] && !b[i] ? i : shared;
}

static sg_status compare_place(void *user, const char *path, const char *value, int line, int column) {
    search *best = user;
    char now[SG_KEY_TEXT];
    size_t shared = shared_parts(best->key, sg_key_is_old(path, now) ? now : path);
    (void)value;
    if (shared > best->shared) {
        best->shared = shared;
        best->line = line;
        best->column = column;
    }
    return SG_OK;
}

/* Puts the place of the key that begins the recorded message before it. The text was read once and is read again, so
 * that nobody has to keep the places of all keys for the few texts that are wrong. */
static sg_status fail_at_key(sg_status status, const char *name, const char *text, size_t size) {
    search best = {0};
    char message[SG_MESSAGE_TEXT];
    snprintf(message, sizeof message, "%s", sg_error_message());
    snprintf(best.key, sizeof best.key, "%.*s", (int)strcspn(message, ":"), message);
    if (sg_yaml_read(name, text, size, compare_place, &best) != SG_OK || best.shared == 0)
        return sg_fail(status, "%s: %s", name, message);
    return sg_fail(status, "%s:%d:%d: %s", name, best.line, best.column, message);
}

static sg_status parse(const char *name, const char *folder, const char *text, size_t size, sg_config **out) {
    SG_TRY(sg_config_create(out));
    reading into = {*out, name, folder};
    sg_status status = sg_yaml_read(name, text, size, set_option, &into);
    if (status == SG_OK) {
        status = sg_network_check_time(&(*out)->network);
        if (status != SG_OK)
            fail_at_key(status, name, text, size);
    }
    if (status != SG_OK) {
        sg_config_free(*out);
        *out = NULL;
    }
    return status;
}

sg_status sg_config_parse(const char *name, const char *text, size_t size, sg_config **out) {
    return parse(name, NULL, text, size, out);
}

/* ------------------------------------------------------------------------------------------------ loading */

static bool ends_in(const char *text, const char *end) {
    size_t size = strlen(text), end_size = strlen(end);
    return size >= end_size && strcmp(text + size - end_size, end) == 0;
}

static bool is_file(const char *name) {
    return strchr(name, '/') || ends_in(name, ".yaml") || ends_in(name, ".yml");
}

/* A file that cannot hold a configuration. Of a run's folder, the one in it is named. */
static sg_status wrong_kind(const char *path, const char *kind) {
    char inside[1024], hint[1100] = "";
    if (sg_join_path(inside, sizeof inside, path, "config.yaml") == SG_OK && sg_file_exists(inside))
        snprintf(hint, sizeof hint, "; did you mean %s?", inside);
    return sg_fail(SG_CONFIG, "%s: is %s, expected a configuration (YAML)%s", path, kind, hint);
}

static sg_status unknown_recipe(const char *name) {
    const char *kind = sg_file_kind(name);
    if (kind)
        return wrong_kind(name, kind);
    if (sg_file_exists(name))
        return sg_fail(SG_CONFIG, "found no recipe '%.80s', but a file: write ./%.80s for a configuration", name, name);
    const char *names[RECIPES];
    size_t count = sg_recipe_count < RECIPES ? sg_recipe_count : RECIPES;
    for (size_t i = 0; i < count; i++)
        names[i] = sg_recipes[i].name;
    return sg_fail_unknown(SG_CONFIG, "found no recipe", name, names, count,
                           ", or a file (with a '/' or .yaml in its name)");
}

static sg_status load_file(const char *path, sg_config **out) {
    char folder[PATH];
    uint8_t *bytes;
    size_t size;
    const char *kind = sg_file_kind(path);
    if (kind)
        return wrong_kind(path, kind);
    SG_TRY(sg_run_directory_of(folder, sizeof folder, path));
    sg_status status = sg_bytes_read(path, SG_YAML_BYTES, &bytes, &size);
    if (status != SG_OK)
        return status == SG_MEMORY ? SG_MEMORY : SG_CONFIG;
    status = parse(path, folder, (const char *)bytes, size, out);
    free(bytes);
    return status;
}

sg_status sg_config_load(const char *recipe_or_file, sg_config **out) {
    *out = NULL;
    if (is_file(recipe_or_file))
        return load_file(recipe_or_file, out);
    const char *text = sg_recipe_text(recipe_or_file);
    return text ? sg_config_parse(recipe_or_file, text, strlen(text), out) : unknown_recipe(recipe_or_file);
}

/* Names the place of a recorded message's key in the text of a recipe or file, if that can be read once more. */
static sg_status fail_in_source(sg_status status, const char *recipe_or_file) {
    char message[SG_MESSAGE_TEXT];
    uint8_t *bytes;
    size_t size;
    const char *text = sg_recipe_text(recipe_or_file);
    if (!is_file(recipe_or_file))
        return text ? fail_at_key(status, recipe_or_file, text, strlen(text)) : status;
    snprintf(message, sizeof message, "%s", sg_error_message());
    if (sg_bytes_read(recipe_or_file, SG_YAML_BYTES, &bytes, &size) != SG_OK)
        return sg_fail(status, "%s", message);
    sg_fail(status, "%s", message);
    fail_at_key(status, recipe_or_file, (const char *)bytes, size);
    free(bytes);
    return status;
}

sg_status sg_config_check_in(const sg_config *config, const char *recipe_or_file) {
    sg_status status = sg_config_check(config);
    return status == SG_OK ? SG_OK : fail_in_source(status, recipe_or_file);
}
