#include "config/config_key.h"

#include <stdlib.h>
#include <string.h>

/* Text in double quotes. Control characters never get into a field (file/option.c). */
static void write_quoted(sg_text *text, const char *value) {
    sg_text_add(text, "\"");
    for (size_t part; *value; value += part) {
        part = strcspn(value, "\"\\");
        sg_text_add(text, "%.*s", (int)part, value);
        if (value[part])
            sg_text_add(text, "\\%c", value[part++]);
    }
    sg_text_add(text, "\"\n");
}

static void write_value(sg_text *text, const sg_option *option, const void *target) {
    char value[SG_OPTION_TEXT];
    sg_option_get(option, target, value);
    if (option->type == SG_OPTION_STRING || option->type == SG_OPTION_PATH)
        write_quoted(text, value);
    else
        sg_text_add(text, "%s\n", value);
}

/* Begins a line; the first line of an item of a sequence with its dash. */
static void indent(sg_text *text, int spaces, bool *item) {
    sg_text_add(text, "%*s%s", *item ? spaces - 2 : spaces, "", *item ? "- " : "");
    *item = false;
}

/* Writes every option of a table, nested: parents are written where they differ from those of the option before. */
static void write_table(sg_text *text, const sg_section *section, const void *target, int spaces, bool item) {
    const char *before = "";
    for (size_t i = 0; i < *section->count; i++) {
        const sg_option *option = &section->table[i];
        const char *part = option->key;
        int depth = 0;
        for (const char *dot; (dot = strchr(part, '.')) != NULL; part = dot + 1, depth += 2)
            if (strncmp(option->key, before, (size_t)(dot + 1 - option->key)) != 0) {
                indent(text, spaces + depth, &item);
                sg_text_add(text, "%.*s:\n", (int)(dot - part), part);
            }
        indent(text, spaces + depth, &item);
        sg_text_add(text, "%s: ", part);
        write_value(text, option, target);
        before = option->key;
    }
}

static void write_layers(sg_text *text, const sg_section *section, const sg_network_config *network) {
    if (network->layer_count)
        sg_text_add(text, "layers:\n");
    for (size_t i = 0; i < network->layer_count; i++)
        write_table(text, section, &network->layers[i], 4, true);
}

sg_status sg_config_text(const sg_config *config, char **out) {
    sg_text text = {0};
    const sg_section *section;
    for (size_t i = 0; (section = sg_section_at(i)) != NULL; i++)
        if (section->layered)
            write_layers(&text, section, &config->network);
        else
            write_table(&text, section, (const char *)config + section->offset, 0, false);
    return sg_text_take(&text, out);
}
