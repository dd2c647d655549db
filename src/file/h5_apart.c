/* HDF5 reads in a separate process. HDF5 trusts what a file says: of 3,000 mutations of sound files, 46 crashed HDF5
 * 1.10.8 or kept it busy for ever, in ways too many to check beforehand. Here that costs a process that nobody misses,
 * and the caller gets a status. The process sees the file's bytes in memory (fork copies nothing) and writes its answer
 * into shared memory. Its time and memory are limited; the limits grow with the file and the answer. Files are
 * read side by side: the turn of HDF5 is held while a process is forked, and no longer. A process may wait for ever for
 * a lock that another thread of the host held when it was forked, as of an allocator that does not mind forks: what
 * the clock ended is asked again. */
#include "file/h5_detail.h"

#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    SECONDS = 2,                 /* of processor time, and more for large files: */
    BYTES_PER_SECOND = 16 << 20, /* the slowest that a sound file is read */
    PATIENCE = 5, /* seconds by the clock for one of processor time in the first try, twice that in the next: */
    TRIES = 3     /* on a machine that has much to do, the last one has time enough */
};
#define SPARE_MEMORY ((size_t)1 << 30) /* bytes, besides what the process has and twice the answer */

/* ------------------------------------------------------------------------------------------------- in the child */

static unsigned seconds_for(const sg_h5 *file, size_t size) {
    return SECONDS + (unsigned)((file->size + size) / BYTES_PER_SECOND);
}

/* Bytes of address space in use. */
static size_t address_space(void) {
    unsigned long pages = 0;
    FILE *statm = fopen("/proc/self/statm", "r");
    if (!statm)
        return 0;
    if (fscanf(statm, "%lu", &pages) != 1)
        pages = 0;
    fclose(statm);
    return pages * (size_t)sysconf(_SC_PAGESIZE);
}

static void limit(int resource, size_t most) {
    const struct rlimit both = {most, most};
    setrlimit(resource, &both); /* may be lower already, which does as well */
}

/* No limit that holds the child may be undone by what the host has set, and its end is no one's business but ours: it
 * leaves no core file, prints nothing, calls no handler of the host, and ends with the host. */
static void confine(const sg_h5 *file, size_t size, pid_t parent, unsigned patience) {
    static const int fatal[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS, SIGALRM, SIGXCPU};
    sigset_t none;
    sigemptyset(&none);
    for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++)
        signal(fatal[i], SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, NULL);
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    dup2(nowhere, STDERR_FILENO); /* the C library prints there what it finds wrong with its memory */
    prctl(PR_SET_DUMPABLE, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
    size_t used = address_space(), most;
    if (used && sg_size_multiply(size, 2, &most) && sg_size_add(most, used + SPARE_MEMORY, &most))
        limit(RLIMIT_AS, most);
    limit(RLIMIT_CPU, seconds_for(file, size));
    alarm(patience * seconds_for(file, size));
    sg_h5_lock_in();
}

static _Noreturn void answer_in_child(sg_h5 *file, sg_h5_task *task, const void *question, sg_h5_answer *answer,
                                      size_t size) {
    H5E_BEGIN_TRY {
        answer->status = sg_h5_open_memory(file);
        if (answer->status == SG_OK)
            answer->status = task(file, question, answer->data, size);
    }
    H5E_END_TRY;
    if (answer->status != SG_OK)
        snprintf(answer->message, sizeof answer->message, "%s", sg_error_message());
    answer->whole = true;
    _exit(0);
}

/* ------------------------------------------------------------------------------------------------ in the parent */

static sg_status not_started(const sg_h5 *file) {
    return sg_fail(SG_MEMORY, "%s: no memory or no process to read it in: %s", file->path, strerror(errno));
}

/* Why a child ended without an answer. Its end may have gone to the host's own handler: then nothing is known. */
static sg_status unanswered(const sg_h5 *file, size_t size, int end) {
    int by = WIFSIGNALED(end) ? WTERMSIG(end) : 0;
    if (by == SIGKILL || by == SIGXCPU || by == SIGALRM)
        return sg_fail(
            file->code,
            "%s: HDF5 does not come to an end with it in %u s: it is damaged, or made to harm; use a copy of "
            "it or make it again",
            file->path, seconds_for(file, size));
    return sg_fail(
        file->code,
        "%s: HDF5 fails on it (signal %d): it is damaged, or made to harm; use a copy of it or make it again",
        file->path, by);
}

static sg_h5_answer *make_answer(size_t size) {
    size_t whole;
    if (!sg_size_add(sizeof(sg_h5_answer), size, &whole))
        return NULL;
    sg_h5_answer *answer = mmap(NULL, whole, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return answer == MAP_FAILED ? NULL : answer;
}

void sg_h5_forget(sg_h5_answer *answer, size_t size) {
    if (answer)
        munmap(answer, sizeof *answer + size);
}

/* Takes over what the child said, as far as it may be believed: it may have been led to write anything there. */
static sg_status take_status(const sg_h5 *file, sg_h5_answer *answer) {
    answer->message[sizeof answer->message - 1] = 0;
    if (answer->status == SG_OK)
        return SG_OK;
    return sg_fail(answer->status == SG_MEMORY ? SG_MEMORY : file->code, "%s", answer->message);
}

/* Forks with HDF5 at rest, as no other thread is amidst a call of it. The child has the turn for ever: HDF5 is its
 * own. */
static pid_t fork_with_hdf5(void) {
    sg_h5_take_turn();
    pid_t child = H5open() >= 0 ? fork() : -1;
    if (child != 0)
        sg_h5_end_turn();
    return child;
}

/* Asks in a process of its own, and gives how it ended; `started` is why there was none. */
static int run_apart(sg_h5 *file, sg_h5_task *task, const void *question, sg_h5_answer *answer, size_t size,
                     unsigned patience, sg_status *started) {
    pid_t parent = getpid(), child = fork_with_hdf5();
    if (child == 0) {
        confine(file, size, parent, patience);
        answer_in_child(file, task, question, answer, size);
    }
    *started = child < 0 ? not_started(file) : SG_OK;
    int end = 0;
    while (child > 0 && waitpid(child, &end, 0) < 0 && errno == EINTR)
        ;
    return end;
}

static bool ended_by_clock(int end) {
    return WIFSIGNALED(end) && WTERMSIG(end) == SIGALRM;
}

sg_status sg_h5_ask(sg_h5 *file, sg_h5_task *task, const void *question, size_t size, sg_h5_answer **out) {
    *out = NULL;
    sg_h5_answer *answer = make_answer(size);
    if (!answer)
        return not_started(file);
    sg_status status;
    unsigned patience = PATIENCE;
    int tries = 0, end;
    do {
        end = run_apart(file, task, question, answer, size, patience, &status);
        patience *= 2;
    } while (status == SG_OK && !answer->whole && ended_by_clock(end) && ++tries < TRIES);
    if (status == SG_OK)
        status = answer->whole ? take_status(file, answer) : unanswered(file, size, end);
    if (status == SG_OK)
        *out = answer;
    else
        sg_h5_forget(answer, size);
    return status;
}
