#include "config/config_key.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char layers[] = "layers.";

static const sg_section sections[] = {
    {sg_learn_options, &sg_learn_option_count, offsetof(sg_config, learn), false},
    {sg_time_options, &sg_time_option_count, offsetof(sg_config, network), false},
    {sg_data_options, &sg_data_option_count, offsetof(sg_config, data), false},
    {sg_layer_options, &sg_layer_option_count, offsetof(sg_config, network.layers), true},
};

const sg_section *sg_section_at(size_t i) {
    return i < sizeof sections / sizeof *sections ? &sections[i] : NULL;
}

void sg_section_key(const sg_section *section, const sg_option *option, const char *layer, char key[SG_KEY_TEXT]) {
    snprintf(key, SG_KEY_TEXT, "%s%s%s%s", section->layered ? layers : "", section->layered ? layer : "",
             section->layered ? "." : "", option->key);
}

/* ---------------------------------------------------------------------------------------- unknown keys */

/* How far a key that was found is from a known one. What stands before the last dot that both share counts for
 * nothing, so that a long path does not make everything in it look alike. A known key that ends in the whole of the
 * found one ("lr" for "optimiser.lr") is the last resort. */
static size_t distance_of(const char *found, const char *known) {
    size_t shared = 0, found_size = strlen(found), known_size = strlen(known);
    for (size_t i = 0; found[i] && found[i] == known[i]; i++)
        if (found[i] == '.')
            shared = i + 1;
    if (sg_is_near(found + shared, known + shared))
        return sg_edit_distance(found + shared, known + shared);
    bool is_end = known_size > found_size && known[known_size - found_size - 1] == '.' &&
                  strcmp(known + known_size - found_size, found) == 0;
    return is_end ? SIZE_MAX - 1 : SIZE_MAX;
}

/* "layers.LAYER.rest": the layer as text, and the rest; false for other keys. */
static bool split_layer(const char *key, char layer[8], const char **rest) {
    if (strncmp(key, layers, strlen(layers)) != 0)
        return false;
    const char *begin = key + strlen(layers), *dot = strchr(begin, '.');
    if (!dot || dot == begin || dot - begin >= 8)
        return false;
    snprintf(layer, 8, "%.*s", (int)(dot - begin), begin);
    *rest = dot + 1;
    return true;
}

static void find_nearest(const char *key, const char *layer, char nearest[SG_KEY_TEXT]) {
    size_t least = SIZE_MAX;
    *nearest = 0;
    for (const sg_section *section = sections; section < sections + sizeof sections / sizeof *sections; section++)
        for (size_t i = 0; i < *section->count; i++) {
            char known[SG_KEY_TEXT];
            sg_section_key(section, &section->table[i], layer, known);
            size_t distance = distance_of(key, known);
            if (distance < least) {
                least = distance;
                memcpy(nearest, known, SG_KEY_TEXT);
            }
        }
}

static sg_status unknown_key(const char *key) {
    char layer[8], nearest[SG_KEY_TEXT];
    const char *rest;
    find_nearest(key, split_layer(key, layer, &rest) ? layer : "0", nearest);
    if (*nearest)
        return sg_fail(SG_CONFIG, "unknown key '%.200s'; did you mean '%s'?", key, nearest);
    return sg_fail(SG_CONFIG, "unknown key '%.200s'; `surgrad info options` lists them", key);
}

bool sg_key_is_old(const char *key, char now[SG_KEY_TEXT]) {
    char layer[8];
    const char *rest = key;
    bool layered = split_layer(key, layer, &rest);
    for (const sg_section *section = sections; section < sections + sizeof sections / sizeof *sections; section++)
        for (size_t i = 0; section->layered == layered && i < *section->count; i++) {
            const sg_option *option = &section->table[i];
            if (!option->old || strcmp(option->old, rest) != 0)
                continue;
            sg_section_key(section, option, layer, now);
            return true;
        }
    return false;
}

/* ---------------------------------------------------------------------------------------------- layers */

/* A layer's index, written in the one usual way; -1 for anything else. */
static int parse_index(const char *layer) {
    bool plain = strspn(layer, "0123456789") == strlen(layer) && (layer[0] != '0' || !layer[1]);
    return plain ? atoi(layer) : -1;
}

static sg_status find_layer(const sg_config *config, const char *key, const char *layer, sg_field *field) {
    size_t there = config->network.layer_count;
    if (strcmp(layer, "all") == 0) {
        field->count = there;
        return there ? SG_OK : sg_fail(SG_CONFIG, "%s: there is no layer yet: add one with layers.0.size", key);
    }
    int index = parse_index(layer);
    if (index < 0)
        return sg_fail(SG_CONFIG, "%s: found the layer '%s', expected its number, from 0, or all", key, layer);
    if (index >= SG_MAX_LAYERS)
        return sg_fail(SG_CONFIG, "%s: found the layer %d, expected at most %d layers (0 to %d)", key, index,
                       SG_MAX_LAYERS, SG_MAX_LAYERS - 1);
    if ((size_t)index > there)
        return sg_fail(SG_CONFIG, "%s: there %s %zu layer%s, so that the next to add is layers.%zu", key,
                       there == 1 ? "is" : "are", there, there == 1 ? "" : "s", there);
    field->offset += (size_t)index * sizeof(sg_layer_config);
    field->is_new = (size_t)index == there;
    return SG_OK;
}

sg_status sg_field_find(const sg_config *config, const char *key, sg_field *field) {
    char layer[8];
    const char *rest = key;
    bool layered = split_layer(key, layer, &rest);
    for (const sg_section *section = sections; section < sections + sizeof sections / sizeof *sections; section++) {
        const sg_option *option =
            section->layered == layered ? sg_option_find(section->table, *section->count, rest) : NULL;
        if (!option)
            continue;
        *field = (sg_field){option, section->offset, 1, false};
        return layered ? find_layer(config, key, layer, field) : SG_OK;
    }
    return unknown_key(key);
}
