/* Forward in time: the gradient of a sample, chunk after chunk, while it runs. What a chunk does to the loss of later
 * ones is carried in an eligibility, so that no earlier step is needed, and memory does not grow with the number of
 * steps. The sums are those of the backward form, in another order.
 *
 * Within a chunk the layers run backward as they always do, from no adjoint. What their adjoints are before its first
 * step is multiplied by the eligibility of the steps before. The eligibility itself goes on by the same way: it is what
 * the layers' backward makes of an adjoint of 1 after the chunk.
 *
 * A plan with `online` has constant_recurrence, and a last layer of neurons that are all alike and never fire. */
#ifndef SG_NET_ONLINE_H
#define SG_NET_ONLINE_H

#include "net/sample_run.h"

/* Before a sample; after each chunk went forward, of a read-out with rows when by_values of its steps are there, and
 * whether more steps follow; and after the last, once all are. */
void sg_online_begin(const sg_network *network, sg_workspace *workspace);
void sg_online_learn(const sg_network *network, sg_workspace *workspace, const sg_sample_run *sample, sg_chunk chunk,
                     bool more);
void sg_online_end(const sg_network *network, sg_workspace *workspace, const sg_sample_run *sample);

#endif
