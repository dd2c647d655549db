/* The list of all kernels, by the family whose files hold them: ref/FAMILY.c the scalar form sg_ref_NAME,
 * simd/FAMILY.inc.h the vector form v_NAME, test/kernel/check_FAMILY.c the case case_NAME. Prototypes, tables and the
 * rows of kernel-check are made of it. */
#ifndef SG_KERNEL_KERNEL_LIST_H
#define SG_KERNEL_KERNEL_LIST_H

#define SG_KERNEL_LIST(ROW)                                                                                            \
    /* link */                                                                                                         \
    ROW(gather)                                                                                                        \
    ROW(scatter)                                                                                                       \
    ROW(sort_spikes)                                                                                                   \
    ROW(scatter_sorted)                                                                                                \
    ROW(gather_bits)                                                                                                   \
    ROW(scatter_bits)                                                                                                  \
    ROW(project)                                                                                                       \
    ROW(project_step)                                                                                                  \
    ROW(project_step_twice)                                                                                            \
    ROW(transpose)                                                                                                     \
    ROW(add_spikes)                                                                                                    \
    /* link_narrow */                                                                                                  \
    ROW(gather_narrow)                                                                                                 \
    ROW(scatter_narrow)                                                                                                \
    /* conv */                                                                                                         \
    ROW(conv_gather)                                                                                                   \
    ROW(conv_scatter)                                                                                                  \
    ROW(conv_project)                                                                                                  \
    /* fused */                                                                                                        \
    ROW(gather_cuba_lif)                                                                                               \
    ROW(scatter_cuba_lif)                                                                                              \
    /* neuron_cuba_lif */                                                                                              \
    ROW(cuba_lif_forward)                                                                                              \
    ROW(cuba_lif_backward)                                                                                             \
    /* neuron_li */                                                                                                    \
    ROW(li_forward)                                                                                                    \
    ROW(li_backward)                                                                                                   \
    /* neuron_general */                                                                                               \
    ROW(general_neuron_forward)                                                                                        \
    ROW(general_neuron_backward)                                                                                       \
    ROW(pass_thresholds)                                                                                               \
    /* neuron_eventprop */                                                                                             \
    ROW(eventprop_backward)                                                                                            \
    /* neuron_srm */                                                                                                   \
    ROW(srm_forward)                                                                                                   \
    ROW(srm_backward)                                                                                                  \
    /* spikes */                                                                                                       \
    ROW(find_active_tiles)                                                                                             \
    ROW(count_all_spikes)                                                                                              \
    ROW(list_spikes)                                                                                                   \
    ROW(count_spikes)                                                                                                  \
    ROW(first_spikes)                                                                                                  \
    ROW(mask_spikes)                                                                                                   \
    ROW(sum_spikes)                                                                                                    \
    ROW(mark_fired)                                                                                                    \
    /* rows */                                                                                                         \
    ROW(scale)                                                                                                         \
    ROW(add_row)                                                                                                       \
    ROW(add_steps)                                                                                                     \
    ROW(sum_products)                                                                                                  \
    ROW(sum_steps)                                                                                                     \
    ROW(broadcast_row)                                                                                                 \
    ROW(max_steps)                                                                                                     \
    ROW(mask_columns)                                                                                                  \
    ROW(outer_product)                                                                                                 \
    ROW(clear_untouched)                                                                                               \
    ROW(sum_rows)                                                                                                      \
    /* optimiser */                                                                                                    \
    ROW(adam)                                                                                                          \
    ROW(sgd)                                                                                                           \
    ROW(adamax)                                                                                                        \
    ROW(rmsprop)                                                                                                       \
    ROW(add_scaled)                                                                                                    \
    ROW(sum_squares)                                                                                                   \
    ROW(first_not_finite)

#endif
