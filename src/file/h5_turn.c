/* HDF5 takes one thread at a time, unless it was built otherwise, which Debian's is not. One lock for all files: its
 * state is one for the process. */
#include "file/h5_detail.h"

#include <pthread.h>

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

void sg_h5_take_turn(void) {
    pthread_mutex_lock(&turn);
}

void sg_h5_end_turn(void) {
    pthread_mutex_unlock(&turn);
}
