/* Data sets in HDF5, plain or packed by gzip or ZIP: SHD, N-TIDIGITS, arrays, groups, time series. With in_the_open.c
 * all runs in this process, where a fuzzer sees what is reached, and whose fault a crash is: those below src are ours
 * to mend; HDF5's own end in the separate process where surgrad runs. */
#include "hear.h"
#include "scratch.h"
#include "target.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    char path[64];
    heard found = {0};
    const sg_recording_listener listener = hear(&found, NULL);
    int file = memfd_create("hdf5", MFD_CLOEXEC);
    require(file >= 0 && write(file, bytes, size) == (ssize_t)size);
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    if (sg_recording_read(path, &sg_recording_hdf5, &listener, NULL) != SG_OK)
        require_one_line();
    close(file);
    return 0;
}
