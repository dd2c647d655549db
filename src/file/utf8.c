#include "file/utf8.h"

#include <string.h>

/* By the number of leading ones of the first byte: the bytes of the character and the least code that needs them. */
static const struct {
    uint8_t mask, lead;
    size_t bytes;
    uint32_t least;
} forms[] = {{0x80, 0x00, 1, 0}, {0xe0, 0xc0, 2, 0x80}, {0xf0, 0xe0, 3, 0x800}, {0xf8, 0xf0, 4, 0x10000}};

size_t sg_utf8_decode(const char *text, size_t size, uint32_t *code) {
    const uint8_t *byte = (const uint8_t *)text;
    size_t form = 0, forms_count = sizeof forms / sizeof *forms;
    while (size && form < forms_count && (byte[0] & forms[form].mask) != forms[form].lead)
        form++;
    if (!size || form == forms_count || forms[form].bytes > size)
        return 0;
    *code = byte[0] & (uint8_t)~forms[form].mask;
    for (size_t i = 1; i < forms[form].bytes; i++) {
        if ((byte[i] & 0xc0) != 0x80)
            return 0;
        *code = *code << 6 | (byte[i] & 0x3f);
    }
    bool surrogate = *code >= 0xd800 && *code <= 0xdfff;
    return *code < forms[form].least || *code > 0x10ffff || surrogate ? 0 : forms[form].bytes;
}

bool sg_utf8_is_control(uint32_t code) {
    return code < 0x20 || (code >= 0x7f && code <= 0x9f) || code == 0x2028 || code == 0x2029 || code == 0xfeff ||
           (code & 0xfffe) == 0xfffe;
}

bool sg_utf8_is_line(const char *text) {
    uint32_t code;
    for (size_t left = strlen(text), size; left > 0; text += size, left -= size) {
        size = sg_utf8_decode(text, left, &code);
        if (size == 0 || sg_utf8_is_control(code))
            return false;
    }
    return true;
}

void sg_utf8_add_line(sg_text *text, const char *bytes) {
    uint32_t code;
    for (size_t left = strlen(bytes), size; left > 0; bytes += size, left -= size) {
        size = sg_utf8_decode(bytes, left, &code);
        const bool is_shown = size > 0 && !sg_utf8_is_control(code);
        size = is_shown ? size : 1;
        if (is_shown)
            sg_text_add(text, "%.*s", (int)size, bytes);
        else
            sg_text_add(text, "\\x%02x", (unsigned char)*bytes);
    }
}
