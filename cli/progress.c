#include "progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum { LINE = 512, BAR_MOST = 30, BAR_LEAST = 6, WIDTH_LEAST = 10, WIDTH_DEFAULT = 80 };

static const double REDRAW_SECONDS = 0.1;

static struct {
    double asked_at; /* seconds of the monotonic clock, when a drawing was last due */
    int columns;     /* on the screen now; 0: none */
} bar;

bool sg_cli_progress_possible(void) {
    const char *terminal = getenv("TERM");
    return isatty(STDERR_FILENO) && terminal && *terminal && strcmp(terminal, "dumb") != 0;
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* The clock is asked first: unlike a terminal, it answers without a call of the kernel. */
bool sg_cli_progress_due(void) {
    const double time = now();
    if (time - bar.asked_at < REDRAW_SECONDS)
        return false;
    bar.asked_at = time;
    return sg_cli_progress_possible();
}

/* Columns that a line may take; the last stays free, since some terminals wrap after it. */
static int room(void) {
    struct winsize size;
    int width = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : WIDTH_DEFAULT;
    width = width < WIDTH_LEAST ? WIDTH_LEAST : width;
    return (width < LINE ? width : LINE) - 1;
}

/* "[====>    ] " of `width` columns between the brackets, or nothing where it would be too narrow to say anything. */
static void draw_bar(char *text, int width, double done) {
    *text = 0;
    if (width < BAR_LEAST || done < 0)
        return;
    int filled = (int)(done * width + 0.5);
    filled = filled > width ? width : filled;
    *text++ = '[';
    for (int i = 0; i < width; i++)
        *text++ = i < filled ? (i == filled - 1 && filled < width ? '>' : '=') : ' ';
    memcpy(text, "] ", 3);
}

/* Columns of the first `count` parts, each after two blanks. */
static int parts_width(size_t count, const char *const *parts) {
    size_t width = 0;
    for (size_t i = 0; i < count; i++)
        width += 2 + strlen(parts[i]);
    return (int)width;
}

/* Writes the line into `text`, cut to `columns`, and returns its length. */
static int compose(char *text, int columns, const char *label, double done, size_t count, const char *const *parts) {
    char picture[BAR_MOST + 4], percent[16] = "";
    if (done >= 0)
        snprintf(percent, sizeof percent, "%3.0f%%", 100 * (done < 1 ? done : 1));
    int left = columns - (int)(strlen(label) + strlen(percent) + strlen(" [] "));
    while (count > 1 && left - parts_width(count, parts) < BAR_LEAST)
        count--;
    left -= parts_width(count, parts);
    draw_bar(picture, left < BAR_MOST ? left : BAR_MOST, done);
    int used = snprintf(text, LINE, "%s %s%s", label, picture, percent);
    for (size_t i = 0; i < count && used < LINE; i++)
        used += snprintf(text + used, (size_t)(LINE - used), "  %s", parts[i]);
    return used < columns ? used : columns;
}

void sg_cli_progress_draw(const char *label, double done, size_t count, const char *const *parts) {
    char line[LINE];
    int length = compose(line, room(), label, done, count, parts);
    fprintf(stderr, "\r%.*s%*s", length, line, bar.columns > length ? bar.columns - length : 0, "");
    fflush(stderr);
    bar.columns = length;
}

void sg_cli_progress_clear(void) {
    if (bar.columns == 0)
        return;
    fprintf(stderr, "\r%*s\r", bar.columns, "");
    fflush(stderr);
    bar.columns = 0;
    bar.asked_at = 0;
}
