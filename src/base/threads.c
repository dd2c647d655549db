#include "base/threads.h"

#include <omp.h>

int sg_threads(int requested) {
    return requested > 0 ? requested : omp_get_num_procs();
}

void sg_parallel(int threads, int pieces, void (*work)(void *context, int piece, int thread), void *context) {
    if (threads > pieces)
        threads = pieces;
    if (threads <= 1) {
        for (int piece = 0; piece < pieces; piece++)
            work(context, piece, 0);
        return;
    }
#pragma omp parallel for num_threads(threads) schedule(dynamic, 1)
    for (int piece = 0; piece < pieces; piece++)
        work(context, piece, omp_get_thread_num());
}
