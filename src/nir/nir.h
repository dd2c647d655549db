/* NIR files to networks and back; the functions are those of surgrad.h. */
#ifndef SG_NIR_NIR_H
#define SG_NIR_NIR_H

#include "base/texts.h"
#include "config/config.h"
#include "nir/chain.h"

#define SG_NIR_DT "0.1 ms" /* where neither caller nor file tells: that of most programs */

/* Adds a line to a report; and tells the whole of it. A line that there is no memory for is left out. */
void sg_nir_note(sg_texts *notes, const char *format, ...) __attribute__((format(printf, 2, 3)));
void sg_nir_tell(const sg_texts *notes, const sg_nir_options *options);

#endif
