/* Pictures as files and as text. */
#ifndef SG_CLI_PICTURE_FILE_H
#define SG_CLI_PICTURE_FILE_H

/* Draws a script (gnuplot.h) of `width` x `height` pixels into DIR/NAME.svg and DIR/NAME.png, each written aside and
 * then renamed, and prints their paths. Returns 0, or the exit code after the message. */
int sg_cli_picture_save(const char *dir, const char *name, int width, int height, const char *script);

/* The same as text of 80 columns on standard output. */
int sg_cli_picture_print(const char *name, int height, const char *script);

#endif
