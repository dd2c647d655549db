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
    for (int i = 0; i < 5; i++)
        sg_parallel(4, 64, add_piece, 0);
    return total == 0 || sums[63] < 1;
}
