/* Configurations, and what is known of their options: bounds, choices, needs. */
#include "common.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* The key of an option in a configuration of one layer: "layers.N.size" is "layers.0.size". */
static const char *first_layers(const char *key) {
    static char text[256];
    const char *rest = strncmp(key, "layers.N.", 9) == 0 ? key + 9 : NULL;
    snprintf(text, sizeof text, "%s%s", rest ? "layers.0." : "", rest ? rest : key);
    return text;
}

static sg_status set_number(sg_config *config, const sg_option_info *info, double number) {
    const char *unit = strcmp(info->type, "time") == 0 ? " ms" : strcmp(info->type, "size") == 0 ? " B" : "";
    char value[64];
    snprintf(value, sizeof value, "%.17g%s", number, unit);
    return sg_config_set(config, first_layers(info->key), value);
}

static bool is_number(const sg_option_info *info) {
    static const char *const types[] = {"integer", "number", "time", "size"};
    for (size_t i = 0; i < 4; i++)
        if (strcmp(info->type, types[i]) == 0)
            return true;
    return false;
}

/* A bound is taken where it is closed, and refused where it is open; what is out of bounds is refused, but 0 where it
 * is allowed. */
static void bounds_are_what_is_taken(void) {
    sg_config *config = make_config("layers: [{size: 10}]");
    sg_option_info info = SG_SIZED(sg_option_info);
    size_t low = 0, high = 0;
    for (size_t i = 0; sg_option_at(i, &info); i++) {
        if (!is_number(&info))
            continue;
        if (isfinite(info.low)) {
            CHECK((set_number(config, &info, info.low) == SG_OK) ==
                  (!info.low_open || (info.or_zero && info.low == 0)));
            REFUSED(set_number(config, &info, info.low - fabs(info.low) - 1), SG_CONFIG, info.bounds);
            low++;
        }
        if (isfinite(info.high)) {
            CHECK((set_number(config, &info, info.high) == SG_OK) == !info.high_open);
            REFUSED(set_number(config, &info, 2 * fabs(info.high) + 1), SG_CONFIG, info.bounds);
            high++;
        }
        if (info.or_zero)
            OK(set_number(config, &info, 0));
    }
    CHECK(low > 50 && high > 50);
    sg_config_free(config);
}

/* Both ends of "0.5 ms to 20 ms" can be written as they stand there. */
static void bounds_can_be_written(void) {
    sg_config *config = make_config("layers: [{size: 10}]");
    sg_option_info info = SG_SIZED(sg_option_info);
    size_t written = 0;
    for (size_t i = 0; sg_option_at(i, &info); i++) {
        char low[64] = "", high[64] = "";
        const char *range = strncmp(info.bounds, "0, or ", 6) == 0 ? info.bounds + 6 : info.bounds;
        const char *to = strstr(range, " to ");
        if (!is_number(&info) || !to)
            continue;
        snprintf(low, sizeof low, "%.*s", (int)(to - range), range);
        snprintf(high, sizeof high, "%s", to + 4);
        OK(sg_config_set(config, first_layers(info.key), low));
        OK(sg_config_set(config, first_layers(info.key), high));
        written++;
    }
    CHECK(written > 50);
    sg_config_free(config);
}

static void choices_are_what_is_taken(void) {
    sg_config *config = make_config("layers: [{size: 10}]");
    sg_option_info info = SG_SIZED(sg_option_info);
    size_t choices = 0;
    for (size_t i = 0; sg_option_at(i, &info); i++) {
        const char *name, *summary;
        size_t j = 0;
        for (; sg_option_choice(i, j, &name, &summary); j++) {
            OK(sg_config_set(config, first_layers(info.key), name));
            CHECK(strlen(summary) > 0 && strstr(info.bounds, name) != NULL);
        }
        CHECK(j == info.choices && (j > 0) == (strcmp(info.type, "choice") == 0));
        if (j > 0)
            REFUSED(sg_config_set(config, first_layers(info.key), "none of these"), SG_CONFIG, "none of these");
        choices += j;
    }
    CHECK(choices > 40);
    sg_config_free(config);
}

/* The option that has a key, and its number; false if there is none. */
static bool find_option(const char *key, size_t *i, sg_option_info *info) {
    for (*i = 0; sg_option_at(*i, info); (*i)++)
        if (strcmp(info->key, key) == 0)
            return true;
    return false;
}

static bool has_choice(size_t i, const char *value) {
    const char *name, *summary;
    for (size_t j = 0; sg_option_choice(i, j, &name, &summary); j++)
        if (strcmp(name, value) == 0)
            return true;
    return false;
}

/* A need names an option that exists, and values that it can have. */
static void needs_can_be_met(void) {
    sg_option_info info = SG_SIZED(sg_option_info), needed = SG_SIZED(sg_option_info);
    size_t kinds[4] = {0}, at;
    for (size_t i = 0; sg_option_at(i, &info); i++) {
        size_t j = 0;
        kinds[info.need]++;
        CHECK((info.need == SG_NEED_NOTHING) == (strlen(info.need_key) == 0));
        if (info.need != SG_NEED_NOTHING)
            CHECK(find_option(info.need_key, &at, &needed));
        for (; sg_option_need_value(i, j); j++)
            CHECK(needed.choices == 0 || has_choice(at, sg_option_need_value(i, j)));
        CHECK(j == info.need_values);
    }
    CHECK(kinds[SG_NEED_NOTHING] && kinds[SG_NEED_ONE_OF] && kinds[SG_NEED_NONE_OF] && kinds[SG_NEED_ABOVE]);
}

/* What has no effect for the kind is refused, in the words of `applies`. */
static void a_need_that_is_not_met_is_refused(void) {
    sg_config *config = make_config("{optimiser: {kind: adam, alpha: 0.5}, layers: [{size: 10}]}");
    REFUSED(sg_config_check(config), SG_CONFIG, "optimiser.alpha");
    OK(sg_config_set(config, "optimiser.kind", "rmsprop"));
    OK(sg_config_check(config));
    sg_config_free(config);
}

static void copies_are_apart(void) {
    char value[SG_VALUE_TEXT], *text, *copied;
    sg_config *config = make_config(plain), *copy;
    OK(sg_config_copy(config, &copy));
    OK(sg_config_text(config, &text));
    OK(sg_config_text(copy, &copied));
    CHECK(strcmp(text, copied) == 0);
    sg_free(copied);
    OK(sg_config_set(config, "optimiser.lr", "0.125"));
    OK(sg_config_set(config, "layers.2.size", "3"));
    sg_config_free(config);
    OK(sg_config_get(copy, "optimiser.lr", value, sizeof value));
    CHECK(strcmp(value, "0.5") == 0);
    CHECK(sg_config_get(copy, "layers.2.size", value, sizeof value) == SG_CONFIG && value[0] == '\0');
    OK(sg_config_text(copy, &copied));
    CHECK(strcmp(text, copied) == 0);
    sg_free(text);
    sg_free(copied);
    sg_config_free(copy);
}

/* A value that does not fit is refused with the bytes that it needs. */
static void values_need_room(void) {
    char value[6];
    sg_config *config = make_config(plain);
    REFUSED(sg_config_get(config, "loss.kind", value, sizeof value), SG_ARGUMENT, "8");
    CHECK(value[0] == '\0');
    sg_config_free(config);
}

/* The whole configuration as text is read back to the same text. */
static void text_is_read_back(void) {
    char *once, *twice;
    sg_config *config = make_config(rich), *again;
    OK(sg_config_text(config, &once));
    OK(sg_config_parse("again", once, strlen(once), &again));
    OK(sg_config_text(again, &twice));
    CHECK(strcmp(once, twice) == 0 && strstr(once, "alif") != NULL);
    sg_free(once);
    sg_free(twice);
    sg_config_free(config);
    sg_config_free(again);
}

/* A fault that only the whole has is told with the line of the file. */
static void faults_name_their_line(void) {
    const char *path = in_folder("wrong.yaml");
    FILE *file = fopen(path, "w");
    sg_config *config;
    CHECK(file && fputs("steps: 40\nlayers:\n  - size: 4\noptimiser:\n  alpha: 0.5\n", file) >= 0 && fclose(file) == 0);
    OK(sg_config_load(path, &config));
    REFUSED(sg_config_check_in(config, path), SG_CONFIG, "wrong.yaml:5");
    sg_config_free(config);
}

static void recipes_are_configurations(void) {
    const char *name, *summary;
    size_t i = 0;
    for (; sg_recipe_at(i, &name, &summary); i++) {
        sg_config *loaded, *parsed;
        char *left, *right;
        const char *yaml = sg_recipe_text(name);
        CHECK(yaml && strlen(summary) > 0);
        OK(sg_config_load(name, &loaded));
        OK(sg_config_parse(name, yaml, strlen(yaml), &parsed));
        OK(sg_config_check(loaded));
        OK(sg_config_text(loaded, &left));
        OK(sg_config_text(parsed, &right));
        CHECK(strcmp(left, right) == 0);
        sg_free(left);
        sg_free(right);
        sg_config_free(loaded);
        sg_config_free(parsed);
    }
    CHECK(i > 5 && sg_recipe_text("none of them") == NULL);
}

const test_case option_cases[] = {
    {"bounds are what is taken", bounds_are_what_is_taken},
    {"bounds can be written", bounds_can_be_written},
    {"choices are what is taken", choices_are_what_is_taken},
    {"needs can be met", needs_can_be_met},
    {"a need that is not met is refused", a_need_that_is_not_met_is_refused},
    {"copies are apart", copies_are_apart},
    {"values need room", values_need_room},
    {"text is read back", text_is_read_back},
    {"faults name their line", faults_name_their_line},
    {"recipes are configurations", recipes_are_configurations},
    {NULL, NULL},
};
