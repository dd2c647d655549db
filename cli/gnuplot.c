#include "gnuplot.h"

#include "message.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { REASON = 512 };

/* One start of gnuplot. The script and the complaints are files without a name, so that only the picture comes through
 * a pipe and neither side can wait for the other. */
typedef struct process {
    FILE *script, *complaints;
    int picture[2]; /* the pipe; -1: closed */
    pid_t id;
    int status; /* as waitpid tells it */
} process;

static void close_end(int *end) {
    if (*end >= 0)
        close(*end);
    *end = -1;
}

static void release(process *p) {
    if (p->script)
        fclose(p->script);
    if (p->complaints)
        fclose(p->complaints);
    close_end(&p->picture[0]);
    close_end(&p->picture[1]);
}

/* The files and the pipe. Returns 0, or errno. */
static int prepare(process *p, const char *script) {
    *p = (process){.script = tmpfile(), .picture = {-1, -1}};
    p->complaints = p->script ? tmpfile() : NULL;
    if (!p->complaints || pipe2(p->picture, O_CLOEXEC) != 0)
        return errno;
    fcntl(fileno(p->script), F_SETFD, FD_CLOEXEC);
    fcntl(fileno(p->complaints), F_SETFD, FD_CLOEXEC);
    if (fputs(script, p->script) == EOF || fflush(p->script) != 0)
        return errno;
    rewind(p->script);
    return 0;
}

/* Returns 0, or errno: ENOENT if there is no such program. */
static int start(process *p, char *const argv[]) {
    posix_spawn_file_actions_t actions;
    int error = posix_spawn_file_actions_init(&actions);
    if (error)
        return error;
    const int from[] = {fileno(p->script), p->picture[1], fileno(p->complaints)};
    for (int to = 0; error == 0 && to < 3; to++)
        error = posix_spawn_file_actions_adddup2(&actions, from[to], to);
    if (error == 0)
        error = posix_spawnp(&p->id, argv[0], &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    close_end(&p->picture[1]);
    return error;
}

/* Reads the picture to its end, so that the process can finish, and waits for it. Returns 0, or errno. */
static int collect(process *p, char **picture, size_t *size) {
    char bytes[16384];
    ssize_t count;
    FILE *out = open_memstream(picture, size);
    int error = out ? 0 : errno;
    while ((count = read(p->picture[0], bytes, sizeof bytes)) > 0 || (count < 0 && errno == EINTR))
        if (out && count > 0 && fwrite(bytes, 1, (size_t)count, out) != (size_t)count)
            error = ENOMEM;
    if (count < 0)
        error = errno;
    if (out && fclose(out) != 0)
        error = errno;
    while (waitpid(p->id, &p->status, 0) < 0 && errno == EINTR)
        ;
    return error;
}

/* gnuplot tells the reason in the last line of its complaints. */
static void read_reason(const process *p, char reason[REASON]) {
    char line[REASON];
    snprintf(reason, REASON, WIFSIGNALED(p->status) ? "signal %d ended it" : "it ended with code %d",
             WIFSIGNALED(p->status) ? WTERMSIG(p->status) : WEXITSTATUS(p->status));
    rewind(p->complaints);
    while (fgets(line, sizeof line, p->complaints)) {
        line[strcspn(line, "\n")] = 0;
        const char *text = line + strspn(line, " ");
        if (*text)
            snprintf(reason, REASON, "%s", text);
    }
}

static int cannot_start(int error) {
    if (error == ENOENT)
        sg_cli_message(
            "gnuplot: found no such program, which draws the pictures: install it (apt-get install gnuplot-nox)");
    else
        sg_cli_message("gnuplot: cannot be started: %s", strerror(error));
    return sg_cli_exit_code(SG_IO_ERROR);
}

static int run(const char *what, char *const argv[], const char *script, char **picture, size_t *size) {
    process p;
    char reason[REASON];
    int error = prepare(&p, script);
    if (error == 0)
        error = start(&p, argv);
    if (error) {
        release(&p);
        return cannot_start(error);
    }
    error = collect(&p, picture, size);
    bool drawn = error == 0 && WIFEXITED(p.status) && WEXITSTATUS(p.status) == 0;
    if (!drawn) {
        read_reason(&p, reason);
        sg_cli_message("%s: gnuplot could not draw it: %s", what, error ? strerror(error) : reason);
        free(*picture);
        *picture = NULL;
    }
    release(&p);
    return drawn ? 0 : sg_cli_exit_code(SG_IO_ERROR);
}

int sg_cli_need_gnuplot(void) {
    char *version = NULL;
    size_t size;
    int code = run("a first picture", (char *[]){"gnuplot", "--version", NULL}, "", &version, &size);
    free(version);
    return code;
}

/* -d: no file of the user's or of the system is read before the script. */
int sg_cli_gnuplot(const char *what, const char *script, char **picture, size_t *size) {
    *picture = NULL;
    return run(what, (char *[]){"gnuplot", "-d", NULL}, script, picture, size);
}
