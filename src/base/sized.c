#include "base/sized.h"

#include <string.h>

sg_status sg_copy_sized(void *to, const void *from) {
    size_t to_size, from_size, own = sizeof(size_t);
    memcpy(&to_size, to, own);
    memcpy(&from_size, from, own);
    size_t shared = to_size < from_size ? to_size : from_size;
    if (shared <= own)
        return sg_fail(SG_ARGUMENT, "a struct's size is %zu, expected its sizeof: begin with SG_SIZED", shared);
    memcpy((char *)to + own, (const char *)from + own, shared - own);
    return SG_OK;
}
