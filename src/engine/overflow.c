#include "engine/overflow.h"

void sg_find_overflow(void *overflow, const sg_network *network, const sg_workspace *workspace, size_t first,
                      size_t steps) {
    sg_overflow *best = overflow;
    if (best->found && best->step < first)
        return;
    for (size_t l = 0; l < network->layer_count; l++)
        for (size_t i = 0; workspace->layers[l].x && i < sg_layer_blocks(&network->layers[l]); i++) {
            sg_block block = sg_layer_block(&network->layers[l], i);
            size_t count = steps * block.width;
            size_t at = network->kernels->first_not_finite(workspace->layers[l].x + block.first * steps, count);
            if (at == count || (best->found && best->step <= first + at / block.width))
                continue;
            *best = (sg_overflow){true, l, block.first + at % block.width, first + at / block.width};
        }
}
