#include "config/config_key.h"

#include <stdio.h>
#include <string.h>

static bool section_differs(const sg_section *section, const sg_config *a, const sg_config *b, size_t layer, char *key,
                            size_t size) {
    size_t offset = section->offset + layer * sizeof(sg_layer_config);
    for (size_t i = 0; i < *section->count; i++) {
        const sg_option *option = &section->table[i];
        if (option->type == SG_OPTION_PATH ||
            sg_option_is_same(option, (const char *)a + offset, (const char *)b + offset))
            continue;
        char number[24], whole[SG_KEY_TEXT];
        snprintf(number, sizeof number, "%zu", layer);
        sg_section_key(section, option, number, whole);
        snprintf(key, size, "%s", whole);
        return true;
    }
    return false;
}

bool sg_config_difference(const sg_config *a, const sg_config *b, char *key, size_t size) {
    const sg_section *section;
    size_t common = a->network.layer_count < b->network.layer_count ? a->network.layer_count : b->network.layer_count;
    for (size_t i = 0; (section = sg_section_at(i)) != NULL; i++)
        for (size_t layer = 0; layer < (section->layered ? common : 1); layer++)
            if (section_differs(section, a, b, layer, key, size))
                return true;
    if (a->network.layer_count == b->network.layer_count)
        return false;
    snprintf(key, size, "layers.%zu.size", common); /* of the layer that only one of them has */
    return true;
}
