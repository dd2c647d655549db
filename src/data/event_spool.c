#include "data/event_spool.h"

#include "data/event_counts.h"
#include "data/event_writer.h"
#include "file/bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const size_t sizes[SG_SPOOL_COLUMNS] = {
    [SG_SPOOL_STEP] = sizeof(uint16_t), [SG_SPOOL_CHANNEL] = sizeof(uint32_t), [SG_SPOOL_COUNT] = sizeof(uint16_t)};

static int columns_of(const sg_event_spool *spool) {
    return spool->counts ? SG_SPOOL_COLUMNS : SG_SPOOL_COUNT;
}

static sg_status failed(const sg_event_spool *spool, const char *what, int error) {
    return sg_fail(SG_IO_ERROR, "cannot write %s: a file of its events beside it cannot be %s: %s", spool->path, what,
                   strerror(error));
}

/* A file without a name: it is gone with this process, however that ends. */
static sg_status open_column(sg_event_spool *spool, int column) {
    char name[PATH_MAX];
    if (snprintf(name, sizeof name, "%s.XXXXXX", spool->path) >= (int)sizeof name)
        return failed(spool, "made", ENAMETOOLONG);
    int file = mkostemp(name, O_CLOEXEC);
    if (file < 0)
        return failed(spool, "made", errno);
    unlink(name);
    spool->files[column] = file;
    spool->block[column] = sg_array(SG_SPOOL_BLOCK, sizes[column]);
    return spool->block[column] ? SG_OK : SG_MEMORY;
}

sg_status sg_event_spool_open(sg_event_spool *spool, const char *path, bool counts) {
    *spool = (sg_event_spool){.path = path, .counts = counts, .files = {-1, -1, -1}, .capacity = 1024};
    spool->first = sg_array(spool->capacity, sizeof *spool->first);
    if (!spool->first)
        return SG_MEMORY;
    for (int i = 0; i < columns_of(spool); i++)
        SG_TRY(open_column(spool, i));
    return SG_OK;
}

sg_status sg_event_spool_flush(sg_event_spool *spool) {
    for (int i = 0; i < columns_of(spool); i++) {
        int error = sg_write_all(spool->files[i], spool->block[i], spool->used * sizes[i]);
        if (error)
            return failed(spool, "written", error);
    }
    spool->used = 0;
    return SG_OK;
}

/* Adds events as entries to the block, which has room for all of them, and returns how many entries they are. */
static size_t put_in_block(sg_event_spool *spool, const uint16_t *steps, const uint32_t *channels, size_t count) {
    uint16_t *to_step = (uint16_t *)spool->block[SG_SPOOL_STEP] + spool->used;
    uint32_t *to_channel = (uint32_t *)spool->block[SG_SPOOL_CHANNEL] + spool->used;
    if (spool->counts)
        return sg_count_events(steps, channels, count, to_step, to_channel,
                               (uint16_t *)spool->block[SG_SPOOL_COUNT] + spool->used);
    memcpy(to_step, steps, count * sizeof *steps);
    memcpy(to_channel, channels, count * sizeof *channels);
    return count;
}

static sg_status end_sample(sg_event_spool *spool) {
    if (spool->samples + 2 > spool->capacity) {
        uint64_t *moved = realloc(spool->first, 2 * spool->capacity * sizeof *moved);
        if (!moved)
            return sg_fail(SG_MEMORY, "cannot write %s: no memory for its %zu samples", spool->path, spool->samples);
        spool->first = moved;
        spool->capacity *= 2;
    }
    spool->first[++spool->samples] = spool->entries;
    return SG_OK;
}

sg_status sg_event_spool_add(void *user, const sg_event_list *events) {
    sg_event_spool *spool = user;
    for (size_t e = 0; e < events->count;) {
        const size_t room = SG_SPOOL_BLOCK - spool->used, rest = events->count - e, count = rest < room ? rest : room;
        const size_t entries = put_in_block(spool, events->step + e, events->channel + e, count);
        spool->used += entries;
        spool->entries += entries;
        e += count;
        if (spool->used == SG_SPOOL_BLOCK)
            SG_TRY(sg_event_spool_flush(spool));
    }
    return end_sample(spool);
}

static sg_status read_back(const sg_event_spool *spool, int file, uint64_t at, void *to, size_t size) {
    for (size_t used = 0; used < size;) {
        ssize_t count = pread(file, (char *)to + used, size - used, (off_t)(at + used));
        if (count == 0 || (count < 0 && errno != EINTR))
            return failed(spool, "read", count ? errno : EIO);
        used += count > 0 ? (size_t)count : 0;
    }
    return SG_OK;
}

static void number_within(const sg_event_spool *spool, uint32_t *channels, size_t count) {
    for (size_t e = 0; e < count; e++)
        channels[e] = sg_channel_within(channels[e], spool->from, spool->to);
}

sg_status sg_event_spool_each(sg_event_spool *spool, int column, void *user,
                              sg_status (*each)(void *user, uint64_t first, const void *values, size_t count)) {
    void *values = spool->block[column];
    for (uint64_t first = 0; first < spool->entries; first += SG_SPOOL_BLOCK) {
        const uint64_t rest = spool->entries - first;
        const size_t count = rest < SG_SPOOL_BLOCK ? (size_t)rest : SG_SPOOL_BLOCK;
        SG_TRY(read_back(spool, spool->files[column], first * sizes[column], values, count * sizes[column]));
        if (column == SG_SPOOL_CHANNEL)
            number_within(spool, values, count);
        SG_TRY(each(user, first, values, count));
    }
    return SG_OK;
}

void sg_event_spool_close(sg_event_spool *spool) {
    for (int i = 0; i < columns_of(spool) && spool->path; i++) {
        if (spool->files[i] >= 0)
            close(spool->files[i]);
        free(spool->block[i]);
    }
    free(spool->first);
    *spool = (sg_event_spool){0};
}
