/* The sections of a configuration, and what a dotted key stands for. */
#ifndef SG_CONFIG_CONFIG_KEY_H
#define SG_CONFIG_CONFIG_KEY_H

#include "config/config.h"

#define SG_KEY_TEXT 128 /* bytes of a known key, with its 0 */

/* A table of options and the struct that it fills. */
typedef struct sg_section {
    const sg_option *table;
    const size_t *count;
    size_t offset; /* of the struct in sg_config; of the first, where there is one for each layer */
    bool layered;  /* keys begin with "layers.N." */
} sg_section;

/* The i-th section, in the order of documentation and files; NULL past the last. */
const sg_section *sg_section_at(size_t i);

/* The whole key of a section's option: "seed", "layers.N.size" for a layer "N". */
void sg_section_key(const sg_section *section, const sg_option *option, const char *layer, char key[SG_KEY_TEXT]);

/* The fields that a key stands for: `count` structs of sg_layer_config from `offset` on, or one of any section. */
typedef struct sg_field {
    const sg_option *option;
    size_t offset, count;
    bool is_new; /* of the layer after the last */
} sg_field;

/* Whether a key has another name now; `now` is then that one. */
bool sg_key_is_old(const char *key, char now[SG_KEY_TEXT]);

/* SG_CONFIG: an unknown key, with the nearest that is known, or a layer that is not there and cannot be the next. */
sg_status sg_field_find(const sg_config *config, const char *key, sg_field *field);

#endif
