/* Structs of the public header that begin with `size`, which callers of an older or newer header share with us. */
#ifndef SG_BASE_SIZED_H
#define SG_BASE_SIZED_H

#include "base/status.h"

/* Copies such a struct from us to a caller or back: as much as both have. `size` of `to` stays, and so does what `to`
 * has more, which is 0 (SG_SIZED) or our defaults. SG_ARGUMENT where the size of either has no room for one member. */
sg_status sg_copy_sized(void *to, const void *from);

#endif
