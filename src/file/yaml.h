/* YAML in: every scalar of a document, with its dotted path and place. Meaning is the visitor's. */
#ifndef SG_FILE_YAML_H
#define SG_FILE_YAML_H

#include "base/status.h"

/* Called for each scalar, in order: path "layers.0.neuron.tau_mem", value as plain text, line and column from 1. The
 * sequence index is a path part. What it returns is passed on; sg_yaml_read then puts "name:line:column: " before the
 * message. */
typedef sg_status sg_yaml_visit(void *user, const char *path, const char *value, int line, int column);

/* Reads one YAML document. SG_CONFIG with "name:line:column: ..." if it is not YAML, is not a mapping, names a key
 * twice, nests too deep, or holds an empty value. `name` is a file's name for messages only. */
sg_status sg_yaml_read(const char *name, const char *text, size_t size, sg_yaml_visit *visit, void *user);

#endif
