/* A progress bar: one line on stderr, redrawn at most 10 times a second, and only on a terminal. There is one, as there
 * is one stderr; messages clear it and the next drawing brings it back. */
#ifndef SG_CLI_PROGRESS_H
#define SG_CLI_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

/* Whether stderr is a terminal whose lines can be redrawn (TERM=dumb is not). */
bool sg_cli_progress_possible(void);

/* Whether a bar is possible and it is time to draw it again. */
bool sg_cli_progress_due(void);

/* Draws "LABEL [====>    ]  61%  PART  PART", fitted to the terminal's width: where they leave no room for the bar, the
 * last of the `count` parts are left out. `done` is 0 to 1, or below 0 while unknown. Texts are ASCII. */
void sg_cli_progress_draw(const char *label, double done, size_t count, const char *const *parts);

/* Removes the bar, if one is drawn. */
void sg_cli_progress_clear(void);

#endif
