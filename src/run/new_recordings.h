/* New recordings of sensors, for a network that was trained on such. */
#ifndef SG_RUN_NEW_RECORDINGS_H
#define SG_RUN_NEW_RECORDINGS_H

#include "config/config.h"
#include "net/network.h"

/* Reads a recording, a folder of them or a table of labels with the options that the network's inputs were made with.
 * Time series are encoded as `config` says, if the network was trained on recordings in place: an import's encoder is
 * not told. SG_DATA where something is damaged, or of another sensor. */
sg_status sg_new_recordings_read(const sg_network *network, const sg_config *config, const char *path, sg_events **out);

/* Numbers the labels of a store as `names` does, by the names of the store's classes, whose place `names` takes. A
 * sample of another class has no label then, of which a warning tells. */
sg_status sg_number_labels(sg_events *events, const char *path, const sg_texts *names);

/* Has no label known, and no class. */
void sg_forget_labels(sg_events *events);

#endif
