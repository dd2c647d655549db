/* Numbers as text, with a point for the decimal sign whatever the program's locale. */
#ifndef SG_BASE_NUMBER_H
#define SG_BASE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The number that begins `text`; *end is left at what follows it. False if none does, or a double cannot hold it: it is
 * not finite, or would be 0 though it is not. */
bool sg_parse_number(const char *text, const char **end, double *value);
bool sg_parse_integer(const char *text, const char **end, int64_t *value);

/* The shortest text that reads back as the same double. `size` of 32 is enough. */
void sg_format_number(char *text, size_t size, double value);

/* As printf's "%.*f". */
void sg_format_fixed(char *text, size_t size, int decimals, double value);

/* Bytes in three digits or more, with a decimal unit: "68.9 GB", "12.0 kB", "17 bytes". */
void sg_format_bytes(char *text, size_t size, double bytes);

#endif
