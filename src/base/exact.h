/* exp, log, sine and their kin, that give the same bits on every machine: additions, multiplications and divisions of
 * IEEE doubles only, in a fixed order. The C library's own may differ in the last bit from one version to the next. exp
 * and log are within 2 units in the last place, expm1 within 4, sine and cosine within 1e-15 for |x| below 1e5.
 */
#ifndef SG_BASE_EXACT_H
#define SG_BASE_EXACT_H

#include "base/arithmetic.h"

double sg_exp(double x);   /* 0 below -708, infinity above 709.78 */
double sg_log(double x);   /* x > 0, normal */
double sg_expm1(double x); /* exp(x) - 1, which keeps its digits where x is small */

double sg_sin(double x);
double sg_cos(double x);

#endif
