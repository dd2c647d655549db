/* Options of a configuration, by what a newcomer calls them. */
#ifndef SG_CLI_KEYS_H
#define SG_CLI_KEYS_H

#include <stdbool.h>

enum { SG_CLI_KEY = 128 };

/* The option that a word such as "lr", "weight-decay" or "batch-size=32" stands for: it is its key, the end of its key,
 * or what other programs call it. Options of layers are those of all. False if there is none. */
bool sg_cli_find_key(const char *word, char key[SG_CLI_KEY]);

#endif
