#include "interrupt.h"

#include "progress.h"
#include "run_dir.h"

#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

static volatile sig_atomic_t stop;
static const char *message; /* begins with a newline where a progress bar may stand */

/* Batch systems send SIGTERM, SIGXCPU, SIGUSR1 or SIGUSR2 some time before they kill. SIGHUP: the terminal is gone.
 * SIGPIPE: nobody reads the results any more, as after `| head -1`. SIGQUIT still ends at once. */
static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGXCPU, SIGUSR1, SIGUSR2, SIGPIPE};

enum { SIGNALS = sizeof signals / sizeof *signals };

/* The file that is written aside, and the process that writes it. */
static struct {
    volatile sig_atomic_t is_there;
    pid_t owner;
    char path[SG_CLI_PATH];
} aside;

/* Ends the program as the signal does without a handler. A process that was forked to read HDF5 has the handler, too.
 */
static void on_end(int number) {
    if (aside.is_there && aside.owner == getpid())
        unlink(aside.path);
    signal(number, SIG_DFL);
    raise(number);
}

/* A second Ctrl-C is the impatience of a person. The others come in numbers by themselves: from the terminal and from
 * its shell, to the job and to its group, every second past the limit of processor time. They must not end the saving.
 */
static void on_signal(int number) {
    (void)number;
    if (stop)
        return;
    stop = 1;
    signal(SIGINT, on_end);
    /* Nothing is to be done about a message that cannot be written. */
    ssize_t written = write(STDERR_FILENO, message, strlen(message));
    (void)written;
}

static void listen_to(int number, void (*handler)(int number)) {
    struct sigaction old, new = {.sa_handler = handler, .sa_flags = SA_RESTART};
    sigemptyset(&new.sa_mask);
    if (sigaction(number, NULL, &old) == 0 && old.sa_handler != SIG_IGN)
        sigaction(number, &new, NULL);
}

const volatile int *sg_cli_interrupt_listen(const char *text) {
    message = sg_cli_progress_possible() ? text : text + 1;
    for (int i = 0; i < SIGNALS; i++)
        listen_to(signals[i], on_signal);
    return &stop;
}

int sg_cli_interrupt_guard(const char *path) {
    sg_cli_interrupt_unguard();
    int code = sg_cli_path(aside.path, "%s.tmp", path);
    if (code)
        return code;
    aside.owner = getpid();
    aside.is_there = 1;
    for (int i = 0; !message && i < SIGNALS; i++) /* else these ask to stop, and only a second one ends */
        listen_to(signals[i], on_end);
    return 0;
}

void sg_cli_interrupt_unguard(void) {
    aside.is_there = 0;
}

static void on_file_limit(int number) {
    (void)number;
}

/* Not ignored but handled: programs that are started, such as gnuplot, then keep their own way. */
void sg_cli_survive_file_limit(void) {
    listen_to(SIGXFSZ, on_file_limit);
}
