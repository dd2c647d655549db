#include "config/config.h"

#include "base/memory.h"
#include "config/config_key.h"
#include "file/path.h"

#include <stdlib.h>
#include <string.h>

sg_status sg_config_create(sg_config **out) {
    sg_config *config = *out = sg_array(1, sizeof *config);
    if (!config)
        return SG_MEMORY;
    const sg_section *section;
    for (size_t i = 0; (section = sg_section_at(i)) != NULL; i++)
        if (!section->layered)
            sg_option_defaults(section->table, *section->count, (char *)config + section->offset);
    return SG_OK;
}

sg_status sg_config_copy(const sg_config *from, sg_config **out) {
    *out = sg_array(1, sizeof **out);
    if (!*out)
        return SG_MEMORY;
    **out = *from;
    return SG_OK;
}

void sg_config_free(sg_config *config) {
    free(config);
}

/* Sets an option of the layer behind the last, which becomes one if the value is good. */
static sg_status set_in_new_layer(sg_config *config, const sg_option *option, const char *key, const char *value) {
    sg_layer_config *layer = &config->network.layers[config->network.layer_count];
    sg_option_defaults(sg_layer_options, sg_layer_option_count, layer);
    sg_status status = sg_option_set(option, layer, key, value);
    if (status == SG_OK)
        config->network.layer_count++;
    else
        memset(layer, 0, sizeof *layer);
    return status;
}

/* Paths are kept absolute, so that they lead to the same place from wherever a run is looked at. */
static sg_status complete_path(const char *folder, const char *key, const char *value, char path[SG_OPTION_TEXT]) {
    if (*value == '~' && (!value[1] || value[1] == '/'))
        return sg_fail(SG_CONFIG,
                       "%s: found '%.200s', expected a path without '~', which only a shell replaces, and only at the "
                       "beginning of a word: write the whole path, from '/' on",
                       key, value);
    return sg_absolute_path(path, SG_OPTION_TEXT, folder, value) == SG_OK ? SG_OK : sg_fail_in(SG_CONFIG, "%s", key);
}

/* Whether a value is good does not depend on the layer, so "layers.all" fails at the first or not at all. */
sg_status sg_config_set_in(sg_config *config, const char *folder, const char *key, const char *value) {
    sg_field field;
    char path[SG_OPTION_TEXT];
    SG_TRY(sg_field_find(config, key, &field));
    if (field.option->type == SG_OPTION_PATH) {
        SG_TRY(complete_path(folder, key, value, path));
        value = path;
    }
    if (field.is_new)
        return set_in_new_layer(config, field.option, key, value);
    for (size_t i = 0; i < field.count; i++)
        SG_TRY(sg_option_set(field.option, (char *)config + field.offset + i * sizeof(sg_layer_config), key, value));
    return SG_OK;
}

/* The name that a key has now. */
static const char *name_now(const char *key, char now[SG_KEY_TEXT]) {
    if (!sg_key_is_old(key, now))
        return key;
    sg_warn("%s: is called %s now", key, now);
    return now;
}

sg_status sg_config_set(sg_config *config, const char *key, const char *value) {
    char now[SG_KEY_TEXT];
    key = name_now(key, now);
    return sg_config_set_in(config, NULL, key, value);
}

sg_status sg_config_get(const sg_config *config, const char *key, char *value, size_t size) {
    sg_field field;
    char now[SG_KEY_TEXT];
    if (size)
        *value = 0;
    key = name_now(key, now);
    SG_TRY(sg_field_find(config, key, &field));
    if (field.is_new)
        return sg_fail(SG_CONFIG, "%s: there is no such layer, the layers are %zu", key, config->network.layer_count);
    if (field.count != 1)
        return sg_fail(SG_CONFIG, "%s: found %zu layers, expected the number of one", key, field.count);
    char whole[SG_OPTION_TEXT];
    sg_option_get(field.option, (const char *)config + field.offset, whole);
    size_t need = strlen(whole) + 1;
    if (need > size)
        return sg_fail(SG_ARGUMENT, "%s: its value has %zu bytes with its 0, found room for %zu: give it more room",
                       key, need, size);
    memcpy(value, whole, need);
    return SG_OK;
}

sg_status sg_config_check(const sg_config *config) {
    SG_TRY(sg_network_config_check(&config->network));
    SG_TRY(sg_learn_config_check(&config->learn, &config->network));
    if (config->learn.patience > 0 && !sg_data_may_validate(&config->data))
        return sg_fail(SG_CONFIG,
                       "patience: %lld epochs, but nothing is held out to see by whether training still helps: "
                       "set data.validation, for example to 0.1, or use patience: 0",
                       (long long)config->learn.patience);
    SG_TRY(sg_data_config_check(&config->data));
    return sg_config_check_useless(config);
}
