/* The program gnuplot, started without a shell. It reads a script and answers with a picture; it is told no path, and
 * what it complains about is kept back until it fails. */
#ifndef SG_CLI_GNUPLOT_H
#define SG_CLI_GNUPLOT_H

#include <stddef.h>

/* 0, or the exit code after the message if gnuplot is not installed or cannot run. */
int sg_cli_need_gnuplot(void);

/* Runs a script whose terminal writes to standard output; the caller frees *picture (size bytes). Scripts hold numbers
 * and texts of our own, never those of a user: gnuplot runs shell commands that stand in its program. Returns 0, or the
 * exit code after a message that begins with `what`. */
int sg_cli_gnuplot(const char *what, const char *script, char **picture, size_t *size);

#endif
