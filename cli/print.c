#include "print.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

enum { WIDTH = 80 };

const char *sg_cli_count(sg_cli_number text, uint64_t count) {
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%" PRIu64, count);
    char *out = text;
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            *out++ = ',';
        *out++ = digits[i];
    }
    *out = 0;
    return text;
}

const char *sg_cli_bytes(sg_cli_number text, uint64_t bytes) {
    static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
    size_t unit = 0;
    double value = (double)bytes;
    for (; value >= 1024 && unit + 1 < sizeof units / sizeof *units; unit++)
        value /= 1024;
    snprintf(text, sizeof(sg_cli_number), "%.*f %s", unit ? 1 : 0, value, units[unit]);
    return text;
}

const char *sg_cli_duration(sg_cli_number text, double seconds) {
    static const double LONGEST = 1e9;
    uint64_t whole = (uint64_t)(seconds < LONGEST ? seconds + 0.5 : LONGEST);
    if (whole < 3600)
        snprintf(text, sizeof(sg_cli_number), "%" PRIu64 ":%02" PRIu64, whole / 60, whole % 60);
    else
        snprintf(text, sizeof(sg_cli_number), "%" PRIu64 ":%02" PRIu64 ":%02" PRIu64, whole / 3600, whole / 60 % 60,
                 whole % 60);
    return text;
}

void sg_cli_wrap(FILE *file, int column, int indent, const char *text) {
    for (bool first = true; *text; first = false) {
        int word = (int)strcspn(text, " \n");
        if (!first && column + 1 + word > WIDTH) {
            fprintf(file, "\n%*s", indent, "");
            column = indent;
        } else if (!first && column > indent) {
            putc(' ', file);
            column++;
        }
        fprintf(file, "%.*s", word, text);
        column += word;
        text += word;
        if (*text == '\n' && text[1]) {
            fprintf(file, "\n%*s", indent, "");
            column = indent;
        }
        text += *text != 0;
    }
    putc('\n', file);
}
