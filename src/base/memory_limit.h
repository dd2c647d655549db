/* How much memory a process may hold, so that a plan that cannot fit is refused before it is allocated: a kernel that
 * overcommits would grant it, and kill the process once it is filled. */
#ifndef SG_BASE_MEMORY_LIMIT_H
#define SG_BASE_MEMORY_LIMIT_H

#include "base/status.h"

/* The least of the machine's memory, the limits of the process's control groups (versions 1 and 2), and its own limits
 * of address space and data (ulimit -v, -d), in bytes; SIZE_MAX where none is known. */
size_t sg_memory_limit(void);

/* SG_MEMORY with "WHAT needs 68.9 GB, but this machine has 25.2 GB: REMEDY" if `bytes` are more than the limit. */
sg_status sg_check_memory(size_t bytes, const char *what, const char *remedy);

/* Puts a limit in the place of the process's own; 0: its own again. For tests, and for the whole process. */
void sg_pretend_memory(size_t bytes);

/* The least limit of the control groups that `groups`, a file like /proc/self/cgroup, names below the folder `root`,
 * in general /sys/fs/cgroup; SIZE_MAX where none is known. */
size_t sg_control_group_limit(const char *groups, const char *root);

#endif
