#include "text.h"

#include <stdlib.h>
#include <string.h>

/* Bytes of the character of UTF-8 that begins `text`; 0 if none does. */
static size_t length_of(const unsigned char *text) {
    static const struct {
        unsigned char first, last; /* of the leading byte */
        size_t bytes;
    } rows[] = {{0x00, 0x7f, 1}, {0xc2, 0xdf, 2}, {0xe0, 0xef, 3}, {0xf0, 0xf4, 4}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (text[0] < rows[i].first || text[0] > rows[i].last)
            continue;
        for (size_t j = 1; j < rows[i].bytes; j++)
            if ((text[j] & 0xc0) != 0x80)
                return 0;
        return rows[i].bytes;
    }
    return 0;
}

/* C0, DEL and C1, to which terminals listen. */
static bool is_control(const unsigned char *text) {
    return text[0] < ' ' || text[0] == 0x7f || (text[0] == 0xc2 && text[1] < 0xa0);
}

void sg_cli_clean(char *text, bool lines) {
    unsigned char *at = (unsigned char *)text;
    while (*at) {
        size_t length = length_of(at), bytes = length ? length : 1;
        bool kept = length > 0 && (!is_control(at) || (lines && *at == '\n'));
        if (!kept)
            memset(at, '?', bytes);
        at += bytes;
    }
}

const char *sg_cli_shown(sg_cli_name shown, const char *name) {
    snprintf(shown, sizeof(sg_cli_name), "%s", name);
    sg_cli_clean(shown, false);
    return shown;
}

void sg_cli_write_json(FILE *file, const char *json) {
    const unsigned char *at = (const unsigned char *)json;
    for (size_t length; *at; at += length ? length : 1) {
        length = length_of(at);
        if (length == 0)
            fputs("\\ufffd", file);
        else if (is_control(at) && *at != '\n' && *at != '\t')
            fprintf(file, "\\u%04x", at[length - 1]);
        else
            fwrite(at, 1, length, file);
    }
}

/* Whether a terminal shows all of it. */
static bool is_shown(const char *text) {
    const unsigned char *at = (const unsigned char *)text;
    for (size_t length; *at; at += length) {
        length = length_of(at);
        if (length == 0 || is_control(at))
            return false;
    }
    return true;
}

/* Between single quotes a shell changes nothing, and only the quote itself must stand outside. */
static void write_quoted(FILE *file, const char *text) {
    putc('\'', file);
    for (; *text; text++)
        fputs(*text == '\'' ? "'\\''" : (char[]){*text, 0}, file);
    putc('\'', file);
}

/* The form $'...' has an octal number for what a terminal would not show. */
static void write_escaped(FILE *file, const char *text) {
    fputs("$'", file);
    for (; *text; text++)
        if (is_control((const unsigned char *)text) || strchr("\\'!", *text) || (unsigned char)*text >= 0x80)
            fprintf(file, "\\%03o", (unsigned char)*text);
        else
            putc(*text, file);
    putc('\'', file);
}

char *sg_cli_shell_word(const char *text) {
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./-";
    char *word = NULL;
    size_t size;
    FILE *file = open_memstream(&word, &size);
    if (!file)
        return NULL;
    if (!is_shown(text))
        write_escaped(file, text);
    else if (*text && !text[strspn(text, plain)])
        fputs(text, file);
    else
        write_quoted(file, text);
    if (fclose(file) == 0)
        return word;
    free(word);
    return NULL;
}
