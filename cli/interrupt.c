#include "interrupt.h"

#include "progress.h"

#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

static volatile sig_atomic_t stop;
static const char *message; /* begins with a newline where a progress bar may stand */

static const int signals[] = {SIGINT, SIGTERM};

enum { SIGNALS = sizeof signals / sizeof *signals };

static void on_signal(int number) {
    (void)number;
    stop = 1;
    for (int i = 0; i < SIGNALS; i++)
        signal(signals[i], SIG_DFL);
    /* Nothing is to be done about a message that cannot be written. */
    ssize_t written = write(STDERR_FILENO, message, strlen(message));
    (void)written;
}

const volatile int *sg_cli_interrupt_listen(void) {
    static const char text[] = "\nsurgrad: stopping after this batch; once more ends at once, unsaved\n";
    message = sg_cli_progress_possible() ? text : text + 1;
    for (int i = 0; i < SIGNALS; i++) {
        struct sigaction old, new = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
        sigemptyset(&new.sa_mask);
        if (sigaction(signals[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
            sigaction(signals[i], &new, NULL);
    }
    return &stop;
}
