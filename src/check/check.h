/* A check of gradients in parts (surgrad.h: sg_check_gradients), so that more than one level of kernels can be compared
 * with one twin. */
#ifndef SG_CHECK_CHECK_H
#define SG_CHECK_CHECK_H

#include "net/network.h"

typedef struct sg_check sg_check;

/* A small network of the configuration's kinds, input, and the twin's gradients. SG_CONFIG; SG_MEMORY; SG_ARGUMENT if
 * none was found that can be checked. */
sg_status sg_check_open(const sg_config *config, uint64_t seed, sg_check **out);

/* The gradient of these kernels, or of those in use if NULL. */
sg_status sg_check_run_kernels(sg_check *c, const sg_kernels *kernels);

/* The small network, and its gradient of the last kernels, (parameters) as the twin has them. */
const sg_network *sg_check_network(const sg_check *c);
const double *sg_check_found(const sg_check *c);

/* Tells `row` (may be NULL) of every group; whether all errors are within the tolerances. */
bool sg_check_report(const sg_check *c, void (*row)(void *user, const sg_gradient_row *row), void *user);

void sg_check_close(sg_check *c); /* may be NULL */

#endif
