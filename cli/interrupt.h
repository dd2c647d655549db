/* Signals that ask a run to stop. */
#ifndef SG_CLI_INTERRUPT_H
#define SG_CLI_INTERRUPT_H

/* Begins to listen. `text`, a line that begins and ends with a newline, is printed when it stops: the first signal that
 * ends a terminal, a job or its output sets the flag to 1, and the run stops and saves. Ctrl-C after it ends the
 * program at once. A signal that was ignored when the program began (nohup) stays ignored. */
const volatile int *sg_cli_interrupt_listen(const char *text);

/* Makes a file that grows past the limit of its size an error of write, where it would end the program (SIGXFSZ). */
void sg_cli_survive_file_limit(void);

#endif
