/* A lock file: one process (and one thread of it) at a time. It ends with its process, however that ends. */
#ifndef SG_FILE_LOCK_H
#define SG_FILE_LOCK_H

#include "base/status.h"

/* Makes and locks a file. Where another holds it, calls waiting(user) once and waits. SG_IO_ERROR if the file cannot be
 * made or its file system has no locks. */
sg_status sg_lock_take(const char *path, void (*waiting)(void *user), void *user, int *lock);

/* Removes the file and lets the next one in. */
void sg_lock_drop(const char *path, int lock);

#endif
