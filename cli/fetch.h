/* Downloads with a progress bar. */
#ifndef SG_CLI_FETCH_H
#define SG_CLI_FETCH_H

/* Fetches a data set into `dir`, or the cache folder where that is NULL. Returns 0, or the exit code after the message.
 */
int sg_cli_fetch(const char *name, const char *dir);

#endif
