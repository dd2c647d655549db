/* YAML in: every scalar of a document, with its dotted path and place. Meaning is the visitor's. */
#ifndef SG_FILE_YAML_H
#define SG_FILE_YAML_H

#include "base/status.h"

#define SG_YAML_DEPTH  32        /* of mappings, sequences and aliases in one another */
#define SG_YAML_NODES  10000     /* of a document, aliases followed */
#define SG_YAML_PATH   256       /* bytes of a dotted path, with its 0 */
#define SG_YAML_BYTES  (1 << 18) /* of a text: the parser is slow on large ones that are made to be */
#define SG_YAML_BLANKS 1000      /* spaces and newlines in a row */

/* Called for each scalar, in order: path "layers.0.neuron.tau_mem", value as plain text, line and column, from 1, of
 * its key (of itself in a sequence; where the anchor is, if it came through an alias). The sequence index is a path
 * part. What it returns is passed on; sg_yaml_read then puts "name:line:column: " before the message. */
typedef sg_status sg_yaml_visit(void *user, const char *path, const char *value, int line, int column);

/* Reads one YAML document: mappings, sequences, scalars, anchors and aliases; no merge keys. SG_CONFIG with
 * "name:line:column: ..." if it is not UTF-8 or not YAML, is not a mapping, names a key twice or by a dotted path, goes
 * beyond a limit above, holds an empty value or a second document. `name` is a file's name for messages only. */
sg_status sg_yaml_read(const char *name, const char *text, size_t size, sg_yaml_visit *visit, void *user);

#endif
