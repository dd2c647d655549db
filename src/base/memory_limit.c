#include "base/memory_limit.h"

#include "base/number.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { PATH = 4096 };

static atomic_size_t pretended;

static size_t smaller(size_t a, size_t b) {
    return a < b ? a : b;
}

/* ---------------------------------------------------------------------------------------------- control groups */

/* The two versions: the controllers that a line of /proc/self/cgroup names, and where the limit of a group stands. */
static const struct {
    const char *controllers, *folder, *file;
} versions[] = {{"", "", "memory.max"}, {"memory", "/memory", "memory.limit_in_bytes"}};

/* The number in a file; SIZE_MAX if there is none ("max"). */
static size_t number_in(const char *path) {
    char text[32] = "";
    const char *end;
    int64_t number;
    FILE *file = fopen(path, "r");
    if (!file)
        return SIZE_MAX;
    bool good = fgets(text, sizeof text, file) && sg_parse_integer(text, &end, &number) && number > 0;
    fclose(file);
    return good ? (size_t)number : SIZE_MAX;
}

/* A group's limit holds for the groups below it, so the least on the way up to the root counts. A container may see its
 * own group as the root, though its path is told in full: folders that are not there have no limit. */
static size_t least_upward(const char *root, const char *group, const char *file) {
    char folder[PATH], path[PATH + 64];
    size_t least = SIZE_MAX, top = strlen(root);
    if ((size_t)snprintf(folder, sizeof folder, "%s%s", root, group) >= sizeof folder)
        return SIZE_MAX;
    for (char *end = folder + strlen(folder); end; end = strrchr(folder + top, '/')) {
        *end = 0;
        snprintf(path, sizeof path, "%s/%s", folder, file);
        least = smaller(least, number_in(path));
    }
    return least;
}

/* A line is NUMBER:CONTROLLERS:PATH. */
static size_t limit_of_line(char *line, const char *root) {
    char base[PATH], *controllers = strchr(line, ':'), *group = controllers ? strchr(controllers + 1, ':') : NULL;
    if (!group)
        return SIZE_MAX;
    *group++ = 0;
    group[strcspn(group, "\n")] = 0;
    for (size_t i = 0; i < sizeof versions / sizeof *versions; i++) {
        if (strcmp(controllers + 1, versions[i].controllers) != 0)
            continue;
        snprintf(base, sizeof base, "%s%s", root, versions[i].folder);
        return least_upward(base, group, versions[i].file);
    }
    return SIZE_MAX;
}

size_t sg_control_group_limit(const char *groups, const char *root) {
    char line[PATH];
    size_t least = SIZE_MAX;
    FILE *file = fopen(groups, "r");
    while (file && fgets(line, sizeof line, file))
        least = smaller(least, limit_of_line(line, root));
    if (file)
        fclose(file);
    return least;
}

/* ------------------------------------------------------------------------------------------------ all limits */

static size_t physical(void) {
    long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
    return pages > 0 && size > 0 ? (size_t)pages * (size_t)size : SIZE_MAX;
}

static size_t groups(void) {
    return sg_control_group_limit("/proc/self/cgroup", "/sys/fs/cgroup");
}

static size_t own_limit(__rlimit_resource_t resource) {
    struct rlimit limit;
    if (getrlimit(resource, &limit) || limit.rlim_cur == RLIM_INFINITY)
        return SIZE_MAX;
    return (size_t)limit.rlim_cur;
}

static size_t address_space(void) {
    return own_limit(RLIMIT_AS);
}

static size_t data_segment(void) {
    return own_limit(RLIMIT_DATA);
}

static const struct {
    size_t (*bytes)(void);
    const char *giver; /* "... needs 68.9 GB, but GIVER 25.2 GB" */
} limits[] = {
    {physical, "this machine has"},
    {groups, "its control group allows this process"},
    {address_space, "ulimit -v allows this process"},
    {data_segment, "ulimit -d allows this process"},
};

static size_t least_of_all(const char **giver) {
    size_t least = pretended;
    *giver = limits[0].giver;
    for (size_t i = 0; !pretended && i < sizeof limits / sizeof *limits; i++) {
        size_t bytes = limits[i].bytes();
        if (i > 0 && bytes >= least)
            continue;
        least = bytes;
        *giver = limits[i].giver;
    }
    return least;
}

size_t sg_memory_limit(void) {
    const char *giver;
    return least_of_all(&giver);
}

sg_status sg_check_memory(size_t bytes, const char *what, const char *remedy) {
    const char *giver;
    char needed[32], given[32];
    size_t limit = least_of_all(&giver);
    if (bytes <= limit)
        return SG_OK;
    sg_format_bytes(needed, sizeof needed, (double)bytes);
    sg_format_bytes(given, sizeof given, (double)limit);
    return sg_fail(SG_MEMORY, "%s needs %s, but %s %s: %s", what, needed, giver, given, remedy);
}

void sg_pretend_memory(size_t bytes) {
    pretended = bytes;
}
