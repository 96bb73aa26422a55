/* SPDX-License-Identifier: MIT */
/* signals: Ctrl-C and its kin as a wish of the run; the second one leaves at once.
 *
 * Handlers only count and write one byte; everything else happens between turns. */
#ifndef CLI_SIGNALS_H
#define CLI_SIGNALS_H

/* SIGINT, SIGTERM, SIGHUP are caught, SIGPIPE is ignored.  wake: a descriptor to write to, or -1.
 */
void signals_catch(int wake);
/* How many came. */
int signals_count(void);
/* True once after the terminal changed its size. */
int signals_take_resize(void);

#endif
