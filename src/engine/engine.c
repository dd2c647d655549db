#include "engine/engine.h"

static const sg_engine_kind *const table[] = {&sg_engine_cpu};

const sg_engine_kind *sg_engine_default(void) {
    return table[0];
}
