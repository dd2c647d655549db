/* The whole configuration: the sections of data, network and learning, in one value that can be copied by `=`. */
#ifndef SG_CONFIG_CONFIG_H
#define SG_CONFIG_CONFIG_H

#include "data/data_config.h"
#include "learn/learn_config.h"

struct sg_config {
    sg_data_config data;
    sg_network_config network;
    sg_learn_config learn;
};

/* Refuses an option that is not at its default, yet has no effect. SG_CONFIG with the key and the remedies. */
sg_status sg_config_check_useless(const sg_config *config);

/* Puts such options at their defaults, which changes nothing else: models of older versions may hold them. */
void sg_config_reset_useless(sg_config *config);

/* As sg_config_set, where a relative path begins at `folder`, or at the current folder if that is NULL. Keys of older
 * versions are unknown here. */
sg_status sg_config_set_in(sg_config *config, const char *folder, const char *key, const char *value);

/* Whether two configurations differ, other than in where files and folders lie; `key` is then the first option that
 * does. */
bool sg_config_difference(const sg_config *a, const sg_config *b, char *key, size_t size);

#endif
