/* Signals that ask a run to stop. */
#ifndef SG_CLI_INTERRUPT_H
#define SG_CLI_INTERRUPT_H

/* Begins to listen. `text`, a line that begins and ends with a newline, is printed when it stops: the first signal that
 * ends a terminal, a job or its output sets the flag to 1, and the run stops and saves. Ctrl-C after it ends the
 * program at once. A signal that was ignored when the program began (nohup) stays ignored. */
const volatile int *sg_cli_interrupt_listen(const char *text);

/* From now on a signal that ends the program removes path + ".tmp" first, where outputs are written before they get
 * their name. One file at a time. Returns 0, or the exit code after the message. */
int sg_cli_interrupt_guard(const char *path);
void sg_cli_interrupt_unguard(void);

/* Makes a file that grows past the limit of its size an error of write, where it would end the program (SIGXFSZ). */
void sg_cli_survive_file_limit(void);

#endif
