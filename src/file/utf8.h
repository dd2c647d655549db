/* UTF-8 text, checked before it reaches a parser or a message. */
#ifndef SG_FILE_UTF8_H
#define SG_FILE_UTF8_H

#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The bytes of the character that begins `text`, and its code point; 0 if no valid character begins there (too long
 * forms, surrogates and codes above 0x10ffff are not valid). */
size_t sg_utf8_decode(const char *text, size_t size, uint32_t *code);

/* Whether a code point is a control, a line separator, or none that text may hold: what breaks a line of a message or
 * of a YAML file. Tab and newline are among them. */
bool sg_utf8_is_control(uint32_t code);

/* Whether a text may stand in a message or a table: UTF-8, and one line. */
bool sg_utf8_is_line(const char *text);

/* Adds bytes as one line of UTF-8, which the name of a file need not be: those of another kind stand as "\\xe9". */
void sg_utf8_add_line(sg_text *text, const char *bytes);

#endif
