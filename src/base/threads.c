#include "base/threads.h"

#include "base/memory.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A thread that waits looks this often before it sleeps: some 20 us, longer than the gap between two tasks of a
 * training step, and short enough to leave a shared processor to others. */
enum { LOOKS = 2000 };

typedef struct worker {
    sg_pool *pool;
    pthread_t thread;
    int number; /* 1 .. threads-1; the caller of sg_pool_run is 0 */
} worker;

/* A counter on a separate cache line. */
typedef struct share {
    _Alignas(SG_ALIGNMENT) atomic_int next; /* task, counted from the first of the share */
} share;

struct sg_pool {
    int threads;
    int started; /* workers that run */
    worker *workers;
    pthread_mutex_t lock;
    pthread_cond_t wake, done;
    atomic_uint round; /* changes when there is work, or the end */
    atomic_int busy;   /* workers that have not finished this round */
    share *shares;     /* (threads) */
    int share_count;   /* of this round: one with all tasks, or one for each thread */
    bool quit;
    int tasks;
    void (*work)(void *context, int task, int thread);
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

int sg_threads_for(int requested, size_t parts) {
    int threads = sg_threads(requested);
    return (size_t)threads < parts ? threads : (int)parts;
}

static inline void pause_briefly(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

static void run_tasks(sg_pool *pool, int thread) {
    for (int i = 0; i < pool->share_count; i++) {
        int of = (thread + i) % pool->share_count;
        int begin = of * pool->tasks / pool->share_count, end = (of + 1) * pool->tasks / pool->share_count;
        for (int task; (task = begin + atomic_fetch_add(&pool->shares[of].next, 1)) < end;)
            pool->work(pool->context, task, thread);
    }
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
        run_tasks(pool, self->number);
    }
}

static void start_round(sg_pool *pool) {
    atomic_store(&pool->busy, pool->started);
    for (int i = 0; i < pool->share_count; i++)
        atomic_store(&pool->shares[i].next, 0);
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

static void run(sg_pool *pool, int shares, int tasks, void (*work)(void *context, int task, int thread),
                void *context) {
    pool->share_count = shares;
    pool->tasks = tasks;
    pool->work = work;
    pool->context = context;
    start_round(pool);
    run_tasks(pool, 0);
    wait_for_workers(pool);
}

void sg_pool_run(sg_pool *pool, int tasks, void (*work)(void *context, int task, int thread), void *context) {
    run(pool, 1, tasks, work, context);
}

void sg_pool_share(sg_pool *pool, int tasks, void (*work)(void *context, int task, int thread), void *context) {
    run(pool, pool->threads, tasks, work, context);
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
    pool->shares = sg_array((size_t)threads, sizeof *pool->shares);
    sg_status status = pool->workers && pool->shares ? start_workers(pool) : SG_MEMORY;
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
    free(pool->shares);
    free(pool);
}
