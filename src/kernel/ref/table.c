#include "kernel/ref/ref.h"

#define ROW(name) .name = sg_ref_##name,
const sg_kernels sg_kernels_ref = {.name = "scalar", SG_KERNEL_LIST(ROW)};
