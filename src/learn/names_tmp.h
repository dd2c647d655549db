/* Temporary: the names of table-driven choices, until their op tables land. The i-th name, NULL past the last. */
#ifndef SG_LEARN_NAMES_TMP_H
#define SG_LEARN_NAMES_TMP_H

const char *sg_link_name(int i);
const char *sg_neuron_name(int i);
const char *sg_surrogate_name(int i);
const char *sg_encoder_name(int i);
const char *sg_loss_name(int i);
const char *sg_optimiser_name(int i);
const char *sg_rule_name(int i);

#endif
