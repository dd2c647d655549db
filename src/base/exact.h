/* exp and log that give the same bits on every machine: additions, multiplications and divisions of IEEE doubles
 * only, in a fixed order. The C library's own may differ in the last bit from one version to the next. Both are
 * within 2 units in the last place. */
#ifndef SG_BASE_EXACT_H
#define SG_BASE_EXACT_H

double sg_exp(double x); /* 0 below -708, infinity above 709.78 */
double sg_log(double x); /* x > 0, normal */

#endif
