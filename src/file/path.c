#include "file/path.h"

#include "file/bytes.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Without "./" in front; "." is the empty path. */
static const char *skip_here(const char *path) {
    while (path[0] == '.' && path[1] == '/')
        path += 1 + strspn(path + 1, "/");
    return strcmp(path, ".") == 0 ? "" : path;
}

static sg_status join(char *path, size_t size, const char *folder, const char *name) {
    name = skip_here(name);
    if (*name)
        return sg_join_path(path, size, folder, name);
    size_t length = strlen(folder);
    if (length >= size)
        return sg_fail(SG_ARGUMENT, "the path %s is longer than %zu bytes: use a shorter folder name", folder,
                       size ? size - 1 : 0);
    memcpy(path, folder, length + 1);
    return SG_OK;
}

sg_status sg_absolute_path(char *path, size_t size, const char *folder, const char *name) {
    char here[PATH_MAX], base[PATH_MAX];
    if (!*name || *name == '/')
        return join(path, size, name, "");
    if (folder && *folder == '/')
        return join(path, size, folder, name);
    if (!getcwd(here, sizeof here))
        return sg_fail(SG_IO_ERROR,
                       "%s: cannot tell the current folder, which it is relative to: %s: give an absolute path", name,
                       strerror(errno));
    SG_TRY(join(base, sizeof base, here, folder ? folder : ""));
    return join(path, size, base, name);
}

sg_status sg_run_directory_of(char *folder, size_t size, const char *path) {
    const char *slash = strrchr(path, '/');
    int length = slash ? (int)(slash - path) + 1 : 0;
    if (snprintf(folder, size, "%.*s", length, path) < (int)size)
        return SG_OK;
    return sg_fail(SG_ARGUMENT, "the path %s is longer than %zu bytes: use a shorter folder name", path,
                   size ? size - 1 : 0);
}

const char *sg_path_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}
