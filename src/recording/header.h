/* Headers of text before binary events, a line each with a mark in front: "% Width 1280", "# AEChip: Davis346". */
#ifndef SG_RECORDING_HEADER_H
#define SG_RECORDING_HEADER_H

#include "file/stream.h"

#define SG_HEADER_LINE 256 /* bytes of a line that are kept, with the 0 */

/* Takes the next line if it begins with `mark` and is text. *found: whether it is; if not, events begin here. Events
 * may begin with the mark's bytes as well; but they are hardly text up to a line's end. `line` gets it without mark,
 * blanks after it and the end of line. SG_DATA for a line without end. */
sg_status sg_header_line(sg_stream *stream, const char *mark, char line[SG_HEADER_LINE], bool *found);

/* What follows "KEY" and blanks in a line: NULL if it does not begin so. */
const char *sg_header_value(const char *line, const char *key);

/* SG_DATA where nothing follows the header. */
sg_status sg_header_needs_events(sg_stream *stream);

#endif
