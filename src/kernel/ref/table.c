#include "kernel/ref/ref.h"

const sg_kernels sg_kernels_ref = {
    .name = "scalar",
    .gather = sg_ref_gather,
    .scatter = sg_ref_scatter,
    .project = sg_ref_project,
    .transpose = sg_ref_transpose,
    .cuba_lif_forward = sg_ref_cuba_lif_forward,
    .cuba_lif_backward = sg_ref_cuba_lif_backward,
    .support = sg_ref_support,
    .list = sg_ref_list,
    .count = sg_ref_count,
    .mark = sg_ref_mark,
    .add_pieces = sg_ref_add_pieces,
    .adam = sg_ref_adam,
    .sgd = sg_ref_sgd,
    .first_not_finite = sg_ref_first_not_finite,
};
