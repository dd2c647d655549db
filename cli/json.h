/* Results as JSON. */
#ifndef SG_CLI_JSON_H
#define SG_CLI_JSON_H

#include <cjson/cJSON.h>
#include <stdbool.h>

/* Prints an object on standard output, in one line or indented, and frees it. Returns 0, or the exit code after the
 * message. */
int sg_cli_print_json(cJSON *object, bool indented);

#endif
