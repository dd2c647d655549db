#include "nir/layer.h"

#include "nir/primitive.h"

#include <stdlib.h>

void sg_nir_layer_free(sg_nir_layer *layer) {
    double *const arrays[] = {layer->late,      layer->before, layer->weights, layer->bias,
                              layer->recurrent, layer->gain,   layer->offset};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        free(arrays[i]);
    for (int param = 0; param < SG_NEURON_PARAMS; param++)
        free(layer->param[param]);
    *layer = (sg_nir_layer){0};
}

sg_status sg_nir_whole(const sg_nir_node *node, sg_nir_field field, int64_t fallback, int64_t *value) {
    const sg_nir_array *array = &node->field[field];
    *value = fallback;
    if (!array->values)
        return SG_OK;
    for (size_t i = 1; i < array->count; i++)
        if (array->values[i] != array->values[0])
            return sg_nir_refuse("'%s' is %g in one direction and %g in the other, which surgrad cannot compute",
                                 sg_nir_field_name(field), array->values[0], array->values[i]);
    const double number = array->values[0];
    if (!(number >= -1e9 && number <= 1e9) || (double)(int64_t)number != number)
        return sg_nir_refuse("'%s' is %g, expected a whole number", sg_nir_field_name(field), number);
    *value = (int64_t)number;
    return SG_OK;
}
