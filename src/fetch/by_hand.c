#include "fetch/by_hand.h"

#include "fetch/cache.h"

#include <limits.h>
#include <string.h>

#define BY_PAGE     "its publisher hands it out by a web page alone"
#define NO_CHECKSUM "of its files only MD5 sums are known (docs/data.md), which vouch for nothing"
#define HEIDELBERG  "https://zenkelab.org/datasets/ or https://compneuro.net/datasets/"

static const sg_by_hand rows[] = {
    {"nmnist", BY_PAGE, "Train.zip and Test.zip", "https://www.garrickorchard.com/datasets/n-mnist", "unpack them into",
     NULL},
    {"dvs-gesture", BY_PAGE, "DvsGesture.tar.gz", "https://research.ibm.com/interactive/dvsgesture", "unpack it into",
     NULL},
    {"shd", NO_CHECKSUM, "shd_train.h5.gz and shd_test.h5.gz", HEIDELBERG, "put them into", NULL},
    {"ssc", NO_CHECKSUM, "ssc_train.h5.gz, ssc_valid.h5.gz and ssc_test.h5.gz", HEIDELBERG, "put them into", NULL},
    {"ntidigits", BY_PAGE, "n-tidigits.hdf5",
     "https://docs.google.com/document/d/1Uxe7GsKKXcy6SlDUX4hoJVAC0-UkH-8kr5UXp0Ndi1M", "read it in",
     "any folder (surgrad import n-tidigits.hdf5 -o events.h5)"},
    {"fsdd", "it is a repository, not a file", "it by `git clone`",
     "https://github.com/Jakobovski/free-spoken-digit-dataset", "keep it in",
     "the folder where `surgrad train fsdd` is called, or name its recordings (--set data.dir=DIR)"},
};

const sg_by_hand *sg_by_hand_at(size_t i) {
    return i < sizeof rows / sizeof *rows ? &rows[i] : NULL;
}

const sg_by_hand *sg_by_hand_find(const char *name) {
    const sg_by_hand *set;
    for (size_t i = 0; (set = sg_by_hand_at(i)); i++)
        if (strcmp(set->name, name) == 0)
            return set;
    return NULL;
}

sg_status sg_by_hand_fail(const sg_by_hand *set, const char *dir) {
    char folder[PATH_MAX];
    const char *place = dir ? dir : set->place ? set->place : folder;
    if (place == folder)
        SG_TRY(sg_cache_folder(set->name, folder, sizeof folder));
    return sg_fail(SG_IO_ERROR, "%s: is not fetched by surgrad, as %s: get %s from %s, and %s %s%s", set->name,
                   set->why, set->files, set->home, set->then, place,
                   place == set->place ? "" : ", or name another folder (--set data.dir=DIR)");
}
