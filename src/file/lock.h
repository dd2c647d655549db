/* A lock file: one process (and one thread of it) at a time. It ends with its process, however that ends. Where a file
 * system has no locks, a warning says so, and the work goes on without. */
#ifndef SG_FILE_LOCK_H
#define SG_FILE_LOCK_H

#include "base/status.h"

/* Makes and locks a file. Where another holds it, calls waiting(user) once and waits. SG_IO_ERROR if the file cannot be
 * made or locked. */
sg_status sg_lock_take(const char *path, void (*waiting)(void *user), void *user, int *lock);

/* The same without waiting: where another holds it, *lock is -1 and `holder` tells who, "process 12 on this-host". */
sg_status sg_lock_try(const char *path, int *lock, char *holder, size_t size);

/* Removes the file, if it is still at its path (sg_is_at of file/bytes.h), and lets the next one in. */
void sg_lock_drop(const char *path, int lock);

#endif
