/* Pictures, drawn by the program gnuplot. */
#ifndef SG_CLI_GNUPLOT_H
#define SG_CLI_GNUPLOT_H

#include <stdbool.h>
#include <stdio.h>

/* A picture in work: a pipe that takes gnuplot's commands. */
typedef struct sg_cli_picture {
    FILE *gnuplot;
    char temporary[4200], path[4160]; /* "": drawn as text to standard output */
} sg_cli_picture;

/* 0, or the exit code after the message if gnuplot is not installed. */
int sg_cli_need_gnuplot(void);

/* Begins DIR/NAME.KIND, kind "svg" or "png", or text if kind is "text"; width and height in pixels, 80 columns of text.
 * Ending it writes the file aside and renames it. Both return 0, or the exit code after the message. */
int sg_cli_picture_begin(sg_cli_picture *picture, const char *dir, const char *name, const char *kind, int width,
                         int height);
int sg_cli_picture_end(sg_cli_picture *picture);

/* Writes text as a gnuplot string. */
void sg_cli_gnuplot_quote(FILE *gnuplot, const char *text);

#endif
