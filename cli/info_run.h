/* `surgrad info RUN_DIR`. */
#ifndef SG_CLI_INFO_RUN_H
#define SG_CLI_INFO_RUN_H

/* How far a run is, and how good: epochs done, the last and the best one, the model. Returns 0, or the exit code after
 * the message. */
int sg_cli_describe_run(const char *dir);

#endif
