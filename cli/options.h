/* The list of every option of a configuration. */
#ifndef SG_CLI_OPTIONS_H
#define SG_CLI_OPTIONS_H

void sg_cli_options_text(void);     /* `surgrad info options` */
void sg_cli_options_markdown(void); /* docs/configuration.md */

#endif
