/* An archive of NumPy: arrays t, x, y, p by their names; with `first` and `label`, of many samples. */
#include "file/kind.h"
#include "file/zip.h"
#include "recording/npy.h"

#include <stdlib.h>
#include <string.h>

static bool fits(const sg_recording_head *head) {
    char name[SG_NPY_NAME];
    return sg_zip_first_name(head->bytes, head->size, name, sizeof name) && sg_recording_ends(name, ".npy");
}

static sg_status add_members(sg_npy *npy, const sg_zip *zip) {
    for (size_t i = 0; i < zip->count; i++) {
        const sg_zip_member *member = &zip->members[i];
        const size_t size = strlen(member->name);
        char name[SG_NPY_NAME];
        if (size <= 4 || size - 4 >= sizeof name || strcmp(member->name + size - 4, ".npy") != 0)
            return sg_fail(SG_DATA, "%s: holds %.64s, expected arrays (NAME.npy) alone", zip->spool.path, member->name);
        memcpy(name, member->name, size - 4);
        name[size - 4] = 0;
        SG_TRY(sg_npy_add(npy, name, member->at, member->size));
    }
    return SG_OK;
}

static sg_status read_archive(sg_recording *recording, sg_zip *zip) {
    SG_TRY(sg_zip_open(recording->path, zip));
    sg_npy npy = {.spool = &zip->spool};
    SG_TRY(add_members(&npy, zip));
    const sg_arrays arrays = {npy.list, npy.count, &npy, sg_npy_read, NULL, NULL};
    return sg_arrays_read(recording, &arrays);
}

static sg_status read(sg_recording *recording) {
    sg_zip *zip = malloc(sizeof *zip);
    if (!zip)
        return sg_fail(SG_MEMORY, "%s: no memory to read the archive", recording->path);
    sg_status status = read_archive(recording, zip);
    sg_zip_close(zip);
    free(zip);
    return status;
}

const sg_recording_format sg_recording_npz = {
    .head = {"npz", "NumPy: an archive of arrays, one for each column of events"},
    .endings = ".npz",
    .many = true,
    .opens = true,
    .fits = fits,
    .read = read,
};
