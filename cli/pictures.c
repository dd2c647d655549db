#include "pictures.h"

#include "message.h"

#include <stdlib.h>

sg_layer_info sg_cli_layer(const sg_cli_scene *scene, size_t layer) {
    sg_layer_info info = SG_SIZED(sg_layer_info);
    sg_network_layer(scene->network, layer, &info);
    return info;
}

void *sg_cli_room(size_t count, size_t size) {
    void *memory = calloc(count ? count : 1, size);
    if (!memory)
        exit(sg_cli_out_of_memory());
    return memory;
}

void sg_cli_include(sg_cli_range *range, double value) {
    if (!isfinite(value))
        return;
    range->low = fmin(range->low, value);
    range->high = fmax(range->high, value);
}

void sg_cli_set_range(FILE *script, char axis, sg_cli_range range) {
    double room = range.low == 0 ? 1 : fabs(range.low) / 10;
    if (range.low > range.high)
        fprintf(script, "set %crange [0:1]\n", axis);
    else if (range.high - range.low <= 1e-9 * fabs(range.high))
        fprintf(script, "set %crange [%.9g:%.9g]\n", axis, range.low - room, range.low + room);
    else
        fprintf(script, "set %crange [*:*]\n", axis);
}

void sg_cli_write_number(FILE *script, double value) {
    fprintf(script, isfinite(value) ? " %.9g" : " NaN", value);
}

double sg_cli_tics(double span, double most) {
    static const double steps[] = {1, 2, 5};
    double ten = 1;
    for (size_t i = 0; isfinite(span); i++) {
        double step = steps[i % 3] * ten;
        if (span <= step * most)
            return step;
        if (i % 3 == 2)
            ten *= 10;
    }
    return 1;
}
