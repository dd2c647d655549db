/* Options that say something, yet have no effect. A default says nothing, so that a file may hold every option. */
#include "config/config_key.h"

#include <stdio.h>
#include <string.h>

/* An option of a section, or of one of its layers. */
typedef struct place {
    const sg_section *section;
    const sg_option *option;
    size_t layer;
    size_t offset; /* in sg_config, of the struct that the option fills */
} place;

static const sg_option_need *unmet(const sg_config *config, const place *p) {
    return sg_option_unmet(p->section->table, *p->section->count, p->option, (const char *)config + p->offset);
}

static size_t struct_count(const sg_config *config, const sg_section *section) {
    return section->layered ? config->network.layer_count : 1;
}

static place place_in(const place *p, size_t layer) {
    return (place){p->section, p->option, layer, p->section->offset + layer * sizeof(sg_layer_config)};
}

/* Whether all layers have one value, which has an effect in some: it is meant for the network, as "layers.all" is. */
static bool is_said_of_all(const sg_config *config, const place *p) {
    bool has_effect = false;
    for (size_t layer = 0; layer < struct_count(config, p->section); layer++) {
        const place other = place_in(p, layer);
        if (!sg_option_is_same(p->option, (const char *)config + p->offset, (const char *)config + other.offset))
            return false;
        has_effect = has_effect || !unmet(config, &other);
    }
    return has_effect;
}

/* The need for want of which an option that says something has no effect, or NULL. */
static const sg_option_need *useless(const sg_config *config, const place *p) {
    const sg_option_need *need = unmet(config, p);
    if (!need || sg_option_is_default(p->option, (const char *)config + p->offset) || is_said_of_all(config, p))
        return NULL;
    return need;
}

static sg_status refuse(const sg_config *config, const place *p, const sg_option_need *need) {
    const void *target = (const char *)config + p->offset;
    char number[24], key[SG_KEY_TEXT], value[SG_OPTION_TEXT], found[SG_OPTION_TEXT], remedy[256];
    snprintf(number, sizeof number, "%zu", p->layer);
    sg_section_key(p->section, p->option, number, key);
    sg_option_get(p->option, target, value);
    sg_option_get(sg_option_find(p->section->table, *p->section->count, need->key), target, found);
    sg_option_need_remedy(need, remedy, sizeof remedy);
    const char *fallback = p->option->fallback, *quote = !*fallback || strchr(fallback, ' ') ? "'" : "";
    return sg_fail(SG_CONFIG,
                   "%s: %.80s, but %s is '%.80s', for which it has no effect: leave it out, or give its default "
                   "(--set %s%s=%s%s), or %s",
                   key, value, need->key, found, quote, key, fallback, quote, remedy);
}

static sg_status refuse_useless(void *user, const sg_config *config, const place *p) {
    const sg_option_need *need = useless(config, p);
    (void)user;
    return need ? refuse(config, p, need) : SG_OK;
}

static sg_status reset_useless(void *user, const sg_config *config, const place *p) {
    if (useless(config, p))
        sg_option_reset(p->option, (char *)user + p->offset);
    return SG_OK;
}

static sg_status walk(const sg_config *config, sg_status (*each)(void *user, const sg_config *config, const place *p),
                      void *user) {
    const sg_section *section;
    for (size_t i = 0; (section = sg_section_at(i)) != NULL; i++)
        for (size_t layer = 0; layer < struct_count(config, section); layer++)
            for (size_t j = 0; j < *section->count; j++) {
                const place row = {section, &section->table[j], layer, 0}, p = place_in(&row, layer);
                SG_TRY(each(user, config, &p));
            }
    return SG_OK;
}

sg_status sg_config_check_useless(const sg_config *config) {
    return walk(config, refuse_useless, NULL);
}

void sg_config_reset_useless(sg_config *config) {
    walk(config, reset_useless, config);
}
