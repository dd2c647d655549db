/* The processor: its name and the vector instructions that it and the operating system support. */
#ifndef SG_BASE_CPU_H
#define SG_BASE_CPU_H

#include "base/text.h"

void sg_cpu_describe(sg_text *text);

#endif
