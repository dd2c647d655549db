/* A folder for the files of a fuzz target whose reader wants paths. It is made at the first use, and removed at the
 * program's end with the files that were put into it. */
#ifndef TEST_FUZZ_SCRATCH_H
#define TEST_FUZZ_SCRATCH_H

#include <stdbool.h>
#include <stddef.h>

/* The path of a name in the folder, which may have one folder before it ("labels/a.bin"); valid until the eighth call
 * after. */
const char *scratch_path(const char *name);

/* Writes a file there, in the place of the one before. */
void scratch_put(const char *name, const void *bytes, size_t size);

/* Ends the program, as a fault of what is tested, unless it holds. */
void require(bool holds);

/* Requires that the recorded message is one line. */
void require_one_line(void);

#endif
