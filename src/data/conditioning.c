#include "data/conditioning.h"

#include "base/memory.h"
#include "base/number.h"
#include "data/data_config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Whether an option is one of recordings. */
static bool is_of_recordings(const sg_option *option) {
    const size_t begin = offsetof(sg_data_config, import), end = begin + sizeof(sg_import_config);
    return option->offset >= begin && option->offset < end;
}

sg_status sg_conditioning_text(const sg_conditioning *conditioning, const char **out) {
    const sg_data_config options = {.import = conditioning->config};
    const sg_shape *places = &conditioning->places;
    char value[SG_OPTION_TEXT], *made;
    sg_text text = {0};
    for (size_t i = 0; i < sg_data_option_count; i++) {
        if (!is_of_recordings(&sg_data_options[i]))
            continue;
        sg_option_get(&sg_data_options[i], &options, value);
        sg_text_add(&text, "%s: %s\n", sg_data_options[i].key, value);
    }
    sg_format_number(value, sizeof value, conditioning->dt_ms);
    sg_text_add(&text, "dt: %s\n", value);
    sg_text_add(&text, "places: %" PRIu32 " %" PRIu32 " %" PRIu32 "\n", places->channels, places->height,
                places->width);
    SG_TRY(sg_text_take(&text, &made));
    *out = sg_intern(made);
    free(made);
    return *out ? SG_OK : SG_MEMORY;
}

/* ------------------------------------------------------------------------------------------------------- reading */

static bool read_places(const char *text, sg_shape *places) {
    uint32_t *const axes[] = {&places->channels, &places->height, &places->width};
    int64_t value;
    for (size_t i = 0; i < 3; i++, text += *text == ' ') {
        if (!sg_parse_integer(text, &text, &value) || value < 1 || value > INT32_MAX)
            return false;
        *axes[i] = (uint32_t)value;
    }
    return !*text;
}

static bool read_dt(const char *text, double *dt_ms) {
    return sg_parse_number(text, &text, dt_ms) && !*text && *dt_ms > 0;
}

static bool read_option(const char *key, const char *value, sg_data_config *options) {
    const sg_option *option = sg_option_find(sg_data_options, sg_data_option_count, key);
    return option && is_of_recordings(option) && sg_option_set(option, options, key, value) == SG_OK;
}

/* `line` is "KEY: VALUE". */
static bool read_line(char *line, sg_conditioning *out, sg_data_config *options) {
    char *value = strstr(line, ": ");
    if (!value)
        return false;
    *value = 0;
    value += 2;
    const bool is_read = strcmp(line, "places") == 0 ? read_places(value, &out->places)
                         : strcmp(line, "dt") == 0   ? read_dt(value, &out->dt_ms)
                                                     : read_option(line, value, options);
    value[-2] = ':';
    return is_read;
}

static sg_status read_lines(char *text, sg_conditioning *out, sg_data_config *options) {
    char *rest = text, shown[SG_SHOWN_TEXT];
    for (char *line; (line = strsep(&rest, "\n"));)
        if (*line && !read_line(line, out, options))
            return sg_fail(
                SG_DATA,
                "how recordings are conditioned: found '%s', expected an option of recordings, dt or places: "
                "was it written by a newer version?",
                sg_shown(line, shown));
    if (out->dt_ms > 0 && out->places.width > 0)
        return SG_OK;
    return sg_fail(SG_DATA, "how recordings are conditioned: found neither dt nor places, expected both");
}

sg_status sg_conditioning_parse(const char *text, sg_conditioning *out) {
    sg_data_config options;
    sg_option_defaults(sg_data_options, sg_data_option_count, &options);
    *out = (sg_conditioning){0};
    char *copy = sg_text_copy(text);
    if (!copy)
        return SG_MEMORY;
    sg_status status = read_lines(copy, out, &options);
    free(copy);
    out->config = options.import;
    return status == SG_OK ? sg_import_check(&out->config) : status;
}
