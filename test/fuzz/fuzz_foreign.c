/* One file, given to every reader of HDF5 that surgrad has, as if a user had named it there. */
#include "target.h"

#include "surgrad.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

static void describe(const char *path) {
    char *text;
    if (sg_describe_file(path, &text) == SG_OK)
        sg_free(text);
}

static void load_model(const char *path) {
    sg_config *config;
    sg_network *network;
    if (sg_model_load(path, &config, &network) != SG_OK)
        return;
    sg_network_free(network);
    sg_config_free(config);
}

static void import_graph(const char *path) {
    sg_config *config;
    sg_network *network;
    if (sg_nir_import(path, NULL, &config, &network) != SG_OK)
        return;
    sg_network_free(network);
    sg_config_free(config);
}

static void load_events(const char *path) {
    sg_events *events;
    if (sg_events_load(path, &events) == SG_OK)
        sg_events_free(events);
}

/* An option. */
typedef struct option {
    const char *key, *value; /* value NULL: the file */
} option;

/* A network of 3-4 neurons with these options. */
static void make_network(const char *path, const option options[3]) {
    sg_config *config;
    sg_network *network = NULL;
    sg_status status = sg_config_create(&config);
    if (status == SG_OK)
        status = sg_config_set(config, "layers.0.size", "4");
    for (int i = 0; i < 3 && options[i].key && status == SG_OK; i++)
        status = sg_config_set(config, options[i].key, options[i].value ? options[i].value : path);
    if (status == SG_OK)
        status = sg_network_create(config, 3, &network);
    sg_network_free(network);
    sg_config_free(config);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    char path[64];
    int file = memfd_create("foreign", 0);
    if (file < 0 || write(file, bytes, size) != (ssize_t)size)
        return 0;
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    describe(path);
    load_model(path);
    import_graph(path);
    load_events(path);
    make_network(path, (option[3]){{"layers.0.link.weights", "file"},
                                   {"layers.0.link.dataset", "layers/0/weights"},
                                   {"layers.0.link.file", NULL}});
    make_network(path, (option[3]){{"layers.0.neuron.kind", "alif"}, {"layers.0.neuron.file", NULL}});
    close(file);
    return 0;
}
