/* Numbers and paragraphs as people read them. */
#ifndef SG_CLI_PRINT_H
#define SG_CLI_PRINT_H

#include <stdint.h>
#include <stdio.h>

/* Room for any number that these functions write. They return `text`, to stand in a printf. */
typedef char sg_cli_number[40];

const char *sg_cli_count(sg_cli_number text, uint64_t count);    /* "31,250" */
const char *sg_cli_bytes(sg_cli_number text, uint64_t bytes);    /* "57.1 MiB" */
const char *sg_cli_duration(sg_cli_number text, double seconds); /* "0:43", "1:02:03" */

/* Prints words in lines of at most 80 columns, each line but the first after `indent` blanks; `column` is where the
 * first begins. A newline in the text starts a new line. Ends with a newline. */
void sg_cli_wrap(FILE *file, int column, int indent, const char *text);

#endif
