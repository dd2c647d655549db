/* What the stage `fused` shares with the stage `whole`, of which it is a faster form. */
#ifndef SG_NET_STAGE_WHOLE_H
#define SG_NET_STAGE_WHOLE_H

#include "net/stage.h"

/* Whether a layer's neurons may run over a whole sample from rest. */
bool sg_may_run_whole(const sg_stage_request *request);

/* The stage's forward and backward: block after block through its forward_block and backward_block. */
void sg_whole_forward(const sg_layer_run *run);
void sg_whole_backward(const sg_layer_run *run);

void sg_whole_forward_block(const sg_layer_run *run, sg_block block, float *x, bool keeps, uint16_t *spikes);

/* dL/dspikes of a block: a product where the stage above gives one, else in g (T, width). */
sg_rank_one sg_whole_seed(const sg_layer_run *run, sg_block block, float *g, const float *u);

/* From there, through neurons and link. */
void sg_whole_backward_seeded(const sg_layer_run *run, sg_block block, const sg_block_scratch *scratch,
                              sg_rank_one seed);

#endif
