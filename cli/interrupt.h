/* SIGINT and SIGTERM: the first one asks the run to stop and save, the second ends the program at once. */
#ifndef SG_CLI_INTERRUPT_H
#define SG_CLI_INTERRUPT_H

/* Begins to listen; the flag becomes 1. A signal that was ignored when the program began (nohup) stays ignored. */
const volatile int *sg_cli_interrupt_listen(void);

#endif
