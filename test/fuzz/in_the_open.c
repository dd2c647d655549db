/* HDF5 without its separate process: what h5_apart.c defines, so that the linker takes this in its place. */
#include "file/h5_detail.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_ANSWER = 256 << 20 /* bytes */ };

void sg_h5_forget(sg_h5_answer *answer, size_t size) {
    (void)size;
    free(answer);
}

static sg_status run(sg_h5 *file, sg_h5_task *task, const void *question, sg_h5_answer *answer, size_t size) {
    sg_status status;
    sg_h5_take_turn();
    H5E_BEGIN_TRY {
        status = sg_h5_open_memory(file);
        if (status == SG_OK)
            status = task(file, question, answer->data, size);
        if (file->file >= 0)
            H5Fclose(file->file);
        file->file = H5I_INVALID_HID;
    }
    H5E_END_TRY;
    sg_h5_end_turn();
    return status == SG_OK || status == SG_MEMORY ? status : file->code;
}

/* The kernel gives the shared memory of an answer as it is filled; here it is filled at once, so that less may be asked
 * for. */
sg_status sg_h5_ask(sg_h5 *file, sg_h5_task *task, const void *question, size_t size, sg_h5_answer **out) {
    *out = NULL;
    sg_h5_answer *answer = size < MOST_ANSWER ? sg_array(1, sizeof *answer + size) : NULL;
    if (!answer)
        return sg_fail(SG_MEMORY, "%s: no memory for an answer of %zu bytes", file->path, size);
    sg_status status = run(file, task, question, answer, size);
    if (status == SG_OK)
        *out = answer;
    else
        sg_h5_forget(answer, size);
    return status;
}
