/* The rate penalty on hidden neurons that fire too much or too little (docs/maths.md). The rate of a neuron is its
 * spikes per sample, averaged over the batch. So a batch is first run forward for the rates alone. */
#ifndef SG_LEARN_RATE_PENALTY_H
#define SG_LEARN_RATE_PENALTY_H

#include "learn/learn_config.h"
#include "net/network.h"

/* Whether any is on, and so rates are needed. */
bool sg_has_rate_penalty(const sg_learn_config *config);

/* Neurons of all hidden layers, padded: the length of `counts`, `rows` and so on. */
size_t sg_hidden_neurons(const sg_network *network);

/* From the counts of a batch of `samples`: returns the penalty P, and rows (hidden neurons) = dP/dspike of
 * each neuron. */
double sg_rate_penalty(const sg_learn_config *config, const sg_network *network, const uint32_t *counts, size_t samples,
                       float *rows);

#endif
