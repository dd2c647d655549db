/* What the makers of seeds share. */
#ifndef TEST_FUZZ_SEEDS_H
#define TEST_FUZZ_SEEDS_H

#include <stdbool.h>

/* Ends the program with a message unless `good`. */
void check(bool good, const char *what);

/* The path of a seed under the folder that is being filled; valid until the next call. */
const char *seed_path(const char *name);

/* Writes corpus/foreign: models and events as other programs may write them, in each format and layout that HDF5 has.
 */
void write_foreign_files(void);

/* Writes corpus/recording: a small recording of each format, some packed; and corpus/import, the same with options. */
void write_recordings(void);

/* Writes corpus/hdf5: a data set of each layout. */
void write_hdf5(void);

/* Writes corpus/labels: texts that say what is imported; and corpus/arrays, arrays as their fuzz target makes them. */
void write_texts(void);

#endif
