#include "check/twin_link.h"

/* A sum of products over one place of a kernel that is rows x columns large. */
typedef struct kernel {
    long rows, columns, row_stride, column_stride, row_padding, column_padding, row_dilation, column_dilation;
} kernel;

/* x_oyx += sum over c, j, k of s_c,(y S + j D - P),(x S + k D - P) W_cjk,o + b_o, c in the group of o; silent beyond
 * the border. Neuron n is (y, x, o), input i is (c, y, x). */
static sg_dual convolve(const sg_twin *twin, const sg_link *link, const sg_layer_config *config, const kernel *size,
                        size_t at, const sg_dual *spikes, size_t n, sg_dual x) {
    long channels = link->out.channels, o = (long)n % channels, place = (long)n / channels;
    long out_y = place / link->out.width, out_x = place % link->out.width;
    long height = link->in.height, width = link->in.width;
    long in_group = link->in.channels / config->groups, first = o / (channels / config->groups) * in_group;
    for (long c = 0; c < in_group; c++)
        for (long j = 0; j < size->rows; j++)
            for (long k = 0; k < size->columns; k++) {
                long y = out_y * size->row_stride + j * size->row_dilation - size->row_padding;
                long in_x = out_x * size->column_stride + k * size->column_dilation - size->column_padding;
                if (y < 0 || y >= height || in_x < 0 || in_x >= width)
                    continue;
                size_t row = (size_t)((c * size->rows + j) * size->columns + k);
                sg_dual weight = sg_twin_parameter(twin, at + row * (size_t)channels + (size_t)o);
                x = sg_plus(x, sg_times(spikes[((first + c) * height + y) * width + in_x], weight));
            }
    size_t rows = (size_t)(in_group * size->rows * size->columns);
    return config->bias ? sg_plus(x, sg_twin_parameter(twin, at + rows * (size_t)channels + (size_t)o)) : x;
}

sg_dual sg_twin_link_conv2d(const sg_twin *twin, const sg_link *link, const sg_layer_config *config, size_t at,
                            const sg_dual *spikes, size_t n, sg_dual x) {
    const long size = config->kernel, stride = config->stride, padding = config->padding, dilation = config->dilation;
    const kernel square = {size, size, stride, stride, padding, padding, dilation, dilation};
    return convolve(twin, link, config, &square, at, spikes, n, x);
}

sg_dual sg_twin_link_conv1d(const sg_twin *twin, const sg_link *link, const sg_layer_config *config, size_t at,
                            const sg_dual *spikes, size_t n, sg_dual x) {
    const kernel row = {1, config->kernel, 1, config->stride, 0, config->padding, 1, config->dilation};
    return convolve(twin, link, config, &row, at, spikes, n, x);
}
