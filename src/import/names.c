/* Names: those in a folder, and what they say. */
#include "import/walk.h"

#include "base/memory.h"
#include "file/path.h"
#include "recording/columns.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

static int is_shown(const struct dirent *entry) {
    return entry->d_name[0] != '.';
}

sg_status sg_names_read(const char *folder, sg_names *names) {
    struct dirent **entries;
    *names = (sg_names){0};
    int count = scandir(folder, &entries, is_shown, versionsort);
    if (count < 0)
        return sg_fail(SG_DATA, "%s: the folder cannot be read: %s", folder, strerror(errno));
    names->names = sg_array((size_t)count, sizeof *names->names);
    sg_status status = names->names ? SG_OK : SG_MEMORY;
    for (int i = 0; i < count; i++) {
        if (status == SG_OK && (names->names[names->count] = sg_text_copy(entries[i]->d_name)))
            names->count++;
        else
            status = SG_MEMORY;
        free(entries[i]);
    }
    free(entries);
    return status;
}

void sg_names_free(sg_names *names) {
    for (size_t i = 0; i < names->count; i++)
        free(names->names[i]);
    free(names->names);
    *names = (sg_names){0};
}

bool sg_is_folder(const char *path) {
    struct stat about;
    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

bool sg_ends_in(const char *name, const char *ending) {
    size_t length = strlen(name), end = strlen(ending);
    return length >= end && strcasecmp(name + length - end, ending) == 0;
}

/* ------------------------------------------------------------------------------------------------------- splits */

int sg_split_of_word(const char *word) {
    return sg_split_named(word, strlen(word));
}

int sg_split_of_file(const char *path) {
    for (const char *at = sg_path_name(path), *end; *at; at = end) {
        for (end = at; isalpha((unsigned char)*end); end++)
            ;
        int split = sg_split_named(at, (size_t)(end - at));
        if (split >= 0)
            return split;
        end += *end != 0 && end == at;
    }
    return SG_SPLIT_NOT_TOLD;
}
