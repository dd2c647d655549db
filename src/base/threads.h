/* Work in numbered pieces. What a piece computes may depend on its number alone, never on the thread that runs it, so
 * results do not depend on the number of threads. */
#ifndef SG_BASE_THREADS_H
#define SG_BASE_THREADS_H

/* Threads to use for a request: 0 means one for each processor this process may run on. */
int sg_threads(int requested);

/* Calls work(context, piece, thread) for piece 0 .. pieces-1, with thread in 0 .. threads-1. Returns after all. */
void sg_parallel(int threads, int pieces, void (*work)(void *context, int piece, int thread), void *context);

#endif
