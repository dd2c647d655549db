/* read_recordings: reads recordings into memory, as sg_recording_read tells them, and prints one line of JSON:
 *
 *     read_recordings FILE...
 *     {"events":1000000,"x":319500000,"us":23456.7}
 *
 * `x` is the sum of all columns, so that it is seen that readers agree; `us` is processor time, of the separate process
 * that reads HDF5, too. bench/readers.py compares it with other readers. */
#include "recording/recording.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

/* As other readers keep an event. */
typedef struct kept_event {
    int64_t us;
    uint16_t x, y;
    uint8_t polarity;
} kept_event;

typedef struct kept {
    kept_event *events; /* (capacity) */
    size_t count, capacity;
} kept;

static sg_status keep(void *user, const sg_raw_event *events, size_t count) {
    kept *all = user;
    if (all->count + count > all->capacity) {
        all->capacity = 2 * (all->capacity + count);
        kept_event *moved = realloc(all->events, all->capacity * sizeof *moved);
        if (!moved)
            return sg_fail(SG_MEMORY, "no memory for %zu events", all->capacity);
        all->events = moved;
    }
    for (size_t e = 0; e < count; e++)
        all->events[all->count++] =
            (kept_event){(int64_t)events[e].us, (uint16_t)events[e].x, (uint16_t)events[e].y, events[e].polarity};
    return SG_OK;
}

static double processor_us(int who) {
    struct rusage use;
    getrusage(who, &use);
    return 1e6 * (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
           (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec);
}

static double all_processor_us(void) {
    return processor_us(RUSAGE_SELF) + processor_us(RUSAGE_CHILDREN);
}

/* What the files hold, and what it took to read them. */
typedef struct told {
    uint64_t events, x;
    double us;
} told;

static sg_status read_file(const char *path, told *sum) {
    kept all = {0};
    const sg_recording_listener listener = {.user = &all, .events = keep};
    const double start = all_processor_us();
    sg_status status = sg_recording_read(path, NULL, &listener, NULL);
    sum->us += all_processor_us() - start;
    sum->events += all.count;
    for (size_t e = 0; e < all.count; e++)
        sum->x += all.events[e].x;
    free(all.events);
    return status;
}

/* Everything is read three times, and the last time is told: other readers, too, run in a process that has read before,
 * and whose memory the kernel has given already. */
int main(int count, char **files) {
    told sum = {0};
    for (int round = 0; round < 3; round++) {
        sum = (told){0};
        for (int i = 1; i < count; i++)
            if (read_file(files[i], &sum) != SG_OK) {
                fprintf(stderr, "read_recordings: %s\n", sg_error_message());
                return 1;
            }
    }
    printf("{\"events\":%" PRIu64 ",\"x\":%" PRIu64 ",\"us\":%.1f}\n", sum.events, sum.x, sum.us);
    return 0;
}
