#include "file/lock.h"

#include "file/bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

enum { HOST = 256, NOTE = HOST + 64 };

static bool means_no_locks(int error) {
    return error == ENOLCK || error == ENOSYS || error == EOPNOTSUPP;
}

/* Returns 0 or errno: EWOULDBLOCK where another holds the lock and `operation` does not wait. */
static int lock_file(const char *path, int file, int operation) {
    while (flock(file, operation))
        if (means_no_locks(errno)) {
            sg_warn("%s: its file system has no locks: see to it that nobody else uses this folder", path);
            return 0;
        } else if (errno != EINTR)
            return errno;
    return 0;
}

static int lock_now_or_wait(const char *path, int file, void (*waiting)(void *user), void *user) {
    int error = lock_file(path, file, LOCK_EX | LOCK_NB);
    if (error != EWOULDBLOCK || !waiting)
        return error;
    waiting(user);
    return lock_file(path, file, LOCK_EX);
}

/* Opens and locks the file; begins again where the holder before us removed it meanwhile. Returns 0 or errno; *file is
 * open after 0 and after EWOULDBLOCK. */
static int open_and_lock(const char *path, void (*waiting)(void *user), void *user, int *file) {
    for (;;) {
        *file = sg_open_file(path, O_RDWR | O_CREAT | O_NOFOLLOW);
        if (*file < 0)
            return errno;
        int error = lock_now_or_wait(path, *file, waiting, user);
        bool done = !error || error == EWOULDBLOCK;
        if (done && sg_is_at(path, *file))
            return error;
        close(*file);
        if (!done)
            return error;
    }
}

static sg_status lock_failed(const char *path, int error) {
    return sg_fail(SG_IO_ERROR, "cannot lock %s: %s", path, strerror(error));
}

sg_status sg_lock_take(const char *path, void (*waiting)(void *user), void *user, int *lock) {
    int error = open_and_lock(path, waiting, user, lock);
    return error ? lock_failed(path, error) : SG_OK;
}

/* Who we are, for others to read while we hold the lock: one line, and what a longer note of a killed holder left. */
static int write_note(int file) {
    char host[HOST] = "", note[NOTE];
    if (gethostname(host, sizeof host - 1) || !*host)
        snprintf(host, sizeof host, "an unnamed host");
    int length = snprintf(note, sizeof note, "process %ld on %s\n", (long)getpid(), host);
    return sg_write_all(file, note, (size_t)length);
}

/* A holder that has just locked the file has not written its note yet, so an empty one is looked at again. */
static void read_note(int file, char *holder, size_t size) {
    const struct timespec pause = {.tv_nsec = 10 * 1000 * 1000};
    char note[NOTE];
    ssize_t length = 0;
    for (int tries = 0; tries < 20 && (length = pread(file, note, sizeof note - 1, 0)) == 0; tries++)
        nanosleep(&pause, NULL);
    note[length > 0 ? length : 0] = 0;
    note[strcspn(note, "\n")] = 0;
    snprintf(holder, size, "%s", *note ? note : "another process");
}

sg_status sg_lock_try(const char *path, int *lock, char *holder, size_t size) {
    int error = open_and_lock(path, NULL, NULL, lock);
    if (error == EWOULDBLOCK) {
        read_note(*lock, holder, size);
        close(*lock);
        *lock = -1;
        return SG_OK;
    }
    if (!error && (error = write_note(*lock)) != 0)
        sg_lock_drop(path, *lock);
    return error ? lock_failed(path, error) : SG_OK;
}

void sg_lock_drop(const char *path, int lock) {
    if (sg_is_at(path, lock))
        unlink(path); /* while we hold it, so that nobody locks a file without a name and believes it holds the lock */
    close(lock);
}
