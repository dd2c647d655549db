#include "base/threads.h"

#include "base/memory.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A thread that waits looks this often before it sleeps: some 20 us, longer than the gap between two pieces of a
 * training step, and short enough to leave a shared processor to others. */
enum { LOOKS = 2000 };

typedef struct worker {
    sg_pool *pool;
    pthread_t thread;
    int number; /* 1 .. threads-1; the caller of sg_pool_run is 0 */
} worker;

struct sg_pool {
    int threads;
    int started; /* workers that run */
    worker *workers;
    pthread_mutex_t lock;
    pthread_cond_t wake, done;
    atomic_uint round; /* changes when there is work, or the end */
    atomic_int busy;   /* workers that have not finished this round */
    atomic_int next;   /* piece */
    bool quit;
    int pieces;
    void (*work)(void *context, int piece, int thread);
    void *context;
};

int sg_threads(int requested) {
    cpu_set_t allowed;
    if (requested > 0)
        return requested;
    if (sched_getaffinity(0, sizeof allowed, &allowed) == 0)
        return CPU_COUNT(&allowed);
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 ? (int)online : 1;
}

static inline void pause_briefly(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

static void run_pieces(sg_pool *pool, int thread) {
    for (int piece; (piece = atomic_fetch_add(&pool->next, 1)) < pool->pieces;)
        pool->work(pool->context, piece, thread);
}

static void wait_for_round(sg_pool *pool, unsigned int last) {
    for (int look = 0; look < LOOKS; look++) {
        if (atomic_load(&pool->round) != last)
            return;
        pause_briefly();
    }
    pthread_mutex_lock(&pool->lock);
    while (atomic_load(&pool->round) == last)
        pthread_cond_wait(&pool->wake, &pool->lock);
    pthread_mutex_unlock(&pool->lock);
}

static void finish_round(sg_pool *pool) {
    if (atomic_fetch_sub(&pool->busy, 1) != 1)
        return;
    pthread_mutex_lock(&pool->lock);
    pthread_cond_signal(&pool->done);
    pthread_mutex_unlock(&pool->lock);
}

static void *serve(void *argument) {
    worker *self = argument;
    sg_pool *pool = self->pool;
    for (unsigned int last = 0;; finish_round(pool)) {
        wait_for_round(pool, last++);
        if (pool->quit)
            return NULL;
        run_pieces(pool, self->number);
    }
}

static void start_round(sg_pool *pool) {
    atomic_store(&pool->busy, pool->started);
    atomic_store(&pool->next, 0);
    pthread_mutex_lock(&pool->lock);
    atomic_fetch_add(&pool->round, 1);
    pthread_cond_broadcast(&pool->wake);
    pthread_mutex_unlock(&pool->lock);
}

static void wait_for_workers(sg_pool *pool) {
    for (int look = 0; look < LOOKS; look++) {
        if (atomic_load(&pool->busy) == 0)
            return;
        pause_briefly();
    }
    pthread_mutex_lock(&pool->lock);
    while (atomic_load(&pool->busy) > 0)
        pthread_cond_wait(&pool->done, &pool->lock);
    pthread_mutex_unlock(&pool->lock);
}

void sg_pool_run(sg_pool *pool, int pieces, void (*work)(void *context, int piece, int thread), void *context) {
    pool->pieces = pieces;
    pool->work = work;
    pool->context = context;
    start_round(pool);
    run_pieces(pool, 0);
    wait_for_workers(pool);
}

static sg_status start_workers(sg_pool *pool) {
    for (int i = 1; i < pool->threads; i++) {
        worker *w = &pool->workers[i - 1];
        *w = (worker){.pool = pool, .number = i};
        int error = pthread_create(&w->thread, NULL, serve, w);
        if (error)
            return sg_fail(SG_MEMORY, "cannot start thread %d of %d: %s; ask for fewer threads", i + 1, pool->threads,
                           strerror(error));
        pool->started++;
    }
    return SG_OK;
}

sg_status sg_pool_create(int threads, sg_pool **out) {
    *out = NULL;
    sg_pool *pool = sg_array(1, sizeof *pool);
    if (!pool)
        return SG_MEMORY;
    pool->threads = threads;
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->wake, NULL);
    pthread_cond_init(&pool->done, NULL);
    pool->workers = sg_array((size_t)threads, sizeof *pool->workers);
    sg_status status = pool->workers ? start_workers(pool) : SG_MEMORY;
    if (status == SG_OK)
        *out = pool;
    else
        sg_pool_free(pool);
    return status;
}

int sg_pool_threads(const sg_pool *pool) {
    return pool->threads;
}

void sg_pool_free(sg_pool *pool) {
    if (!pool)
        return;
    pool->quit = true;
    start_round(pool);
    for (int i = 0; i < pool->started; i++)
        pthread_join(pool->workers[i].thread, NULL);
    pthread_mutex_destroy(&pool->lock);
    pthread_cond_destroy(&pool->wake);
    pthread_cond_destroy(&pool->done);
    free(pool->workers);
    free(pool);
}
