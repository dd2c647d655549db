/* A whole model file, as `surgrad eval` would load it. fuzz_h5.c says what becomes of faults of HDF5 itself. */
#include "target.h"

#include "surgrad.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    sg_config *config;
    sg_network *network;
    char path[64];
    int file = memfd_create("model", 0);
    if (file < 0 || write(file, bytes, size) != (ssize_t)size)
        return 0;
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    sg_model_load(path, &config, &network);
    sg_network_free(network);
    sg_config_free(config);
    close(file);
    return 0;
}
