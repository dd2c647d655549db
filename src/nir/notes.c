#include "nir/nir.h"

#include <stdarg.h>
#include <stdio.h>

void sg_nir_note(sg_texts *notes, const char *format, ...) {
    char text[SG_MESSAGE_TEXT];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    for (char *c = text; *c; c++)
        *c = (unsigned char)*c < ' ' ? ' ' : *c;
    sg_texts_add(notes, text);
}

void sg_nir_tell(const sg_texts *notes, const sg_nir_options *options) {
    for (size_t i = 0; options->on_note && i < notes->count; i++)
        options->on_note(options->user, notes->items[i]);
}
