/* The surrogate derivatives: a name for each kind that the kernels know. */
#ifndef SG_NET_SURROGATE_H
#define SG_NET_SURROGATE_H

#include "kernel/kernel.h"

const char *sg_surrogate_name(int i); /* the i-th, NULL past the last */
sg_surrogate sg_surrogate_at(int i);

#endif
