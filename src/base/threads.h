/* A pool of threads that run numbered tasks. A task may depend on its number, never on the thread that runs it, so
 * results do not depend on the number of threads. */
#ifndef SG_BASE_THREADS_H
#define SG_BASE_THREADS_H

#include "base/status.h"

typedef struct sg_pool sg_pool;

/* Threads to use for a request: 0 means one for each processor that this process may run on. */
int sg_threads(int requested);

/* The same for work in so many parts (1 or more): there is no more to share. */
int sg_threads_for(int requested, size_t parts);

/* A pool of `threads`, 1 or more, including the caller's. SG_MEMORY if the system gives no more. */
sg_status sg_pool_create(int threads, sg_pool **out);
int sg_pool_threads(const sg_pool *pool);
void sg_pool_free(sg_pool *pool);

/* Calls work(context, task, thread) for task 0 .. tasks-1, with thread in 0 .. threads-1. Returns after all of them.
 * One caller at a time. Allocates nothing. Tasks begin in their order. */
void sg_pool_run(sg_pool *pool, int tasks, void (*work)(void *context, int task, int thread), void *context);

/* The same, but each thread begins with a range of neighbouring tasks, the same in each call with as many tasks, and
 * then helps the others. So a task that is run again and again tends to find its data in its processor's cache. */
void sg_pool_share(sg_pool *pool, int tasks, void (*work)(void *context, int task, int thread), void *context);

#endif
