/* Texts of a user's, such as names of files, on their way to a terminal or a shell. */
#ifndef SG_CLI_TEXT_H
#define SG_CLI_TEXT_H

#include <stdbool.h>
#include <stdio.h>

/* Puts '?' in the place of every control character and every broken character of UTF-8, since a terminal would obey the
 * one and guess at the other. Newlines stay where `lines` is true. */
void sg_cli_clean(char *text, bool lines);

/* A name so cleaned, for a printf of a result; cut to the room there is. */
typedef char sg_cli_name[4400];
const char *sg_cli_shown(sg_cli_name shown, const char *name);

/* Writes JSON as cJSON makes it, with the control characters that it leaves alone, DEL and C1, as "\u007f", and
 * broken characters as U+FFFD. */
void sg_cli_write_json(FILE *file, const char *json);

/* The word that a shell reads as `text`, quoted where needed. The caller frees it; NULL if memory ends. */
char *sg_cli_shell_word(const char *text);

#endif
