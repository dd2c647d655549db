/* A race on purpose: shows that the thread sanitizer, as it is set up, still sees one. Never a model for other code. */
#include "base/threads.h"

static int total; /* of all pieces, added to without a lock */
static double sums[64];

static void add_piece(void *context, int piece, int thread) {
    (void)context, (void)thread;
    volatile double sum = 0;
    for (int i = 0; i < 20000; i++) /* long enough for every thread to get pieces */
        sum += i;
    sums[piece] = sum;
    total++;
}

int main(void) {
    sg_pool *pool;
    if (sg_pool_create(4, &pool) != SG_OK)
        return 2;
    for (int i = 0; i < 5; i++)
        sg_pool_run(pool, 64, add_piece, 0);
    sg_pool_free(pool);
    return total == 0 || sums[63] < 1;
}
