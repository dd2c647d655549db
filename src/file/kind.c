#include "file/kind.h"

#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { HEAD = 8 };
#define PICKLE "a Python pickle, which is never run; save its arrays as .npy or .npz"

static const struct {
    const char *kind;
    unsigned char bytes[HEAD];
    size_t count;
} heads[] = {
    {"HDF5 (a model, a checkpoint or spike events)", "\x89HDF\r\n\x1a\n", 8},
    {"a PNG picture", "\x89PNG\r\n\x1a\n", 8},
    {"a JPEG picture", "\xff\xd8\xff", 3},
    {"a NumPy array", "\x93NUMPY", 6},
    {"a recording of sound (RIFF)", "RIFF", 4},
    {"a recording of sound (FLAC)", "fLaC", 4},
    {"a ZIP archive", "PK\x03\x04", 4},
    {"a gzip file in another", "\x1f\x8b", 2},
    {"a program", "\x7f\x45LF", 4},
    {"a MATLAB file; save it as HDF5 or CSV", "MATLAB 5", 8},
    {PICKLE, "\x80\x04\x95", 3},
    {PICKLE, "\x80\x05\x95", 3},
    {PICKLE, "\x80\x02", 2},
    {PICKLE, "\x80\x03", 2},
};

/* IDX begins with two zeros, a type from 8 to 14, and the number of dimensions. */
static int is_idx(const unsigned char *head) {
    return head[0] == 0 && head[1] == 0 && head[2] >= 8 && head[2] <= 14 && head[3] >= 1 && head[3] <= 8;
}

static const char *kind_of(const unsigned char *head) {
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        if (memcmp(head, heads[i].bytes, heads[i].count) == 0)
            return heads[i].kind;
    return is_idx(head) ? "IDX data" : NULL;
}

/* zlib hands on what is not packed as it is. Takes the descriptor. */
static const char *kind_of_file(int file) {
    unsigned char head[HEAD] = "";
    gzFile packed = gzdopen(file, "rb");
    if (!packed) {
        close(file);
        return NULL;
    }
    gzread(packed, head, HEAD); /* what is shorter ends in zeros, and is none of these */
    gzclose(packed);
    return kind_of(head);
}

const char *sg_file_kind(const char *path) {
    struct stat about;
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe without a writer must not hang us */
    if (file < 0)
        return NULL;
    if (fstat(file, &about) == 0 && S_ISREG(about.st_mode))
        return kind_of_file(file);
    close(file);
    return S_ISDIR(about.st_mode) ? "a folder" : NULL;
}

bool sg_zip_first_name(const void *bytes, size_t size, char *name, size_t room) {
    enum { NAME_SIZE = 26, NAME = 30 }; /* places in the first file's header */
    const unsigned char *head = bytes;
    if (size < NAME || memcmp(head, "PK\3\4", 4) != 0)
        return false;
    const size_t length = (size_t)head[NAME_SIZE] | (size_t)head[NAME_SIZE + 1] << 8;
    if (length >= room || length > size - NAME)
        return false;
    memcpy(name, head + NAME, length);
    name[length] = 0;
    return true;
}
