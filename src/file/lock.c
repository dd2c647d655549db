#include "file/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static int lock_now_or_wait(int file, void (*waiting)(void *user), void *user) {
    if (flock(file, LOCK_EX | LOCK_NB) == 0)
        return 0;
    if (errno != EWOULDBLOCK)
        return errno;
    waiting(user);
    while (flock(file, LOCK_EX))
        if (errno != EINTR)
            return errno;
    return 0;
}

/* Whether the path still leads to this file: the one before us removed it, and another may have made a new one. */
static bool is_current(const char *path, int file) {
    struct stat here, there;
    return fstat(file, &here) == 0 && stat(path, &there) == 0 && here.st_dev == there.st_dev &&
           here.st_ino == there.st_ino;
}

sg_status sg_lock_take(const char *path, void (*waiting)(void *user), void *user, int *lock) {
    for (;;) {
        int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
        int error = file < 0 ? errno : lock_now_or_wait(file, waiting, user);
        if (!error && is_current(path, file)) {
            *lock = file;
            return SG_OK;
        }
        if (file >= 0)
            close(file);
        if (error)
            return sg_fail(SG_IO_ERROR, "cannot lock %s: %s", path, strerror(error));
    }
}

void sg_lock_drop(const char *path, int lock) {
    unlink(path); /* while we hold it, so that nobody locks a file without a name and believes it holds the lock */
    close(lock);
}
