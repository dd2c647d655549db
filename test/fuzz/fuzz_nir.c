/* A NIR graph, as `surgrad import-nir` would load it; one that is good goes out again and must come back as good.
 * fuzz_h5.c says what becomes of faults of HDF5 itself. */
#include "scratch.h"
#include "target.h"

#include "surgrad.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* What was written must be read again. */
static void write_and_read(const sg_network *network, const sg_config *config) {
    sg_config *again_config;
    sg_network *again;
    const char *path = scratch_path("again.nir");
    if (sg_nir_export(network, config, NULL, path) == SG_OK) {
        if (sg_nir_import(path, NULL, &again_config, &again) != SG_OK) {
            fprintf(stderr, "%s\n", sg_error_message());
            abort();
        }
        sg_network_free(again);
        sg_config_free(again_config);
    }
    unlink(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    sg_config *config;
    sg_network *network;
    char path[64];
    int file = memfd_create("nir", 0);
    if (file < 0 || write(file, bytes, size) != (ssize_t)size)
        return 0;
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    if (sg_nir_import(path, NULL, &config, &network) == SG_OK)
        write_and_read(network, config);
    sg_network_free(network);
    sg_config_free(config);
    close(file);
    return 0;
}
