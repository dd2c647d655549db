/* What a file is, what the machine has: for `surgrad info`. */
#include "base/cpu.h"
#include "base/text.h"
#include "base/threads.h"
#include "data/events_file.h"
#include "data/idx.h"
#include "file/bytes.h"
#include "recording/recording.h"
#include "run/describe_events.h"
#include "run/from_config.h"
#include "store/checkpoint.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void add_network(sg_text *text, const sg_network *network) {
    sg_text_add(text, "network: %zu steps\n", network->steps);
    for (size_t l = 0; l < network->layer_count; l++) {
        const sg_layer *layer = &network->layers[l];
        sg_text_add(text, "  layers.%zu: %s %zu -> %zu, %s, %zu parameters\n", l, layer->link.kind->head.name,
                    layer->link.inputs, layer->neurons, layer->neuron.kind->head.name, sg_layer_parameters(layer));
    }
}

/* Frees both. */
static sg_status describe_loaded(sg_config *config, sg_network *network, sg_text *text) {
    char *yaml;
    add_network(text, network);
    sg_status status = sg_config_text(config, &yaml);
    if (status == SG_OK) {
        sg_text_add(text, "configuration:\n");
        for (char *line = strtok(yaml, "\n"); line; line = strtok(NULL, "\n"))
            sg_text_add(text, "  %s\n", line);
        free(yaml);
    }
    sg_network_free(network);
    sg_config_free(config);
    return status;
}

static sg_status describe_network(const char *path, sg_text *text) {
    sg_config *config;
    sg_network *network;
    SG_TRY(sg_model_load(path, &config, &network));
    return describe_loaded(config, network, text);
}

static void add_note(void *text, const char *note) {
    sg_text_add(text, "  %s\n", note);
}

static sg_status describe_graph(const char *path, sg_text *text) {
    sg_config *config;
    sg_network *network;
    sg_nir_options options = SG_SIZED(sg_nir_options);
    options.on_note = add_note;
    options.user = text;
    sg_text_add(text, "%s: a NIR graph; surgrad import-nir makes a model of it, by default with\n", path);
    SG_TRY(sg_nir_import(path, &options, &config, &network));
    return describe_loaded(config, network, text);
}

static sg_status describe_checkpoint(const char *path, sg_text *text) {
    uint64_t epoch, batch;
    sg_h5 *file;
    SG_TRY(sg_h5_open(path, SG_MODEL, &file));
    sg_status status = sg_h5_get(file, "progress/epoch", SG_H5_U64, &epoch, 0, NULL);
    if (status == SG_OK)
        status = sg_h5_get(file, "progress/batch", SG_H5_U64, &batch, 0, NULL);
    sg_h5_close(file);
    SG_TRY(status);
    sg_text_add(text, "done: %" PRIu64 " epochs and %" PRIu64 " batches\n", epoch, batch);
    return describe_network(path, text);
}

static const struct {
    const char *format;
    sg_status (*describe)(const char *path, sg_text *text);
} formats[] = {
    {"surgrad model 1", describe_network},         {"surgrad checkpoint 3", describe_checkpoint},
    {"surgrad checkpoint 2", describe_checkpoint}, {"surgrad checkpoint 1", describe_checkpoint},
    {SG_EVENTS_FORMAT, sg_describe_events},        {SG_EVENTS_FORMAT_COUNTS, sg_describe_events},
    {SG_EVENTS_FORMAT_VALUES, sg_describe_events},
};

static sg_status describe_format(const char *path, const char *format, sg_text *text) {
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (strcmp(format, formats[i].format) == 0) {
            sg_text_add(text, "%s: %s\n", path, format);
            return formats[i].describe(path, text);
        }
    return sg_fail(SG_MODEL, "%s: HDF5 of the format '%.60s', which this version does not know%s", path, format,
                   strncmp(format, "surgrad ", 8) == 0 ? ": a newer surgrad wrote it?" : "");
}

/* False where it is none that surgrad reads. */
static bool describe_recording(const char *path, sg_text *text) {
    const sg_recording_format *format;
    if (sg_recording_find(path, &format) != SG_OK)
        return false;
    sg_text_add(text, "%s: a recording, %s: %s\nsurgrad import makes events of it, and tells what it holds\n", path,
                format->head.name, format->head.summary);
    return true;
}

static sg_status describe_h5(const char *path, sg_text *text) {
    sg_h5 *file;
    char *format = NULL;
    SG_TRY(sg_h5_open(path, SG_MODEL, &file));
    bool named = sg_h5_has_text(file, "format"), events = !named && sg_is_events_file(file);
    bool graph = !named && !events && sg_h5_has(file, "node/type");
    sg_status status = events ? SG_OK : sg_h5_get_text(file, "format", &format);
    sg_h5_close(file);
    if (graph)
        return describe_graph(path, text);
    if (!named && !events)
        return sg_fail(
            SG_MODEL,
            "%s: HDF5 without the attribute format, which all files of surgrad's have: if it is a recording, "
            "surgrad import makes events of it",
            path);
    SG_TRY(status);
    if (events) {
        sg_text_add(text, "%s: spike events, without the attribute format\n", path);
        return sg_describe_events(path, text);
    }
    status = describe_format(path, format, text);
    free(format);
    return status;
}

/* Told by the first bytes, so that a large file is not read twice. */
static sg_status is_hdf5(const char *path, bool *is) {
    static const uint8_t magic[8] = {0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
    uint8_t found[sizeof magic];
    int file;
    SG_TRY(sg_open_to_read(path, &file));
    *is = pread(file, found, sizeof found, 0) == sizeof found && memcmp(found, magic, sizeof magic) == 0;
    close(file);
    return SG_OK;
}

static sg_status describe_file(const char *path, sg_text *text) {
    uint8_t *bytes;
    size_t size;
    bool hdf5;
    SG_TRY(is_hdf5(path, &hdf5));
    if (hdf5)
        return describe_h5(path, text);
    if (describe_recording(path, text))
        return SG_OK;
    SG_TRY(sg_bytes_read(path, (size_t)8 << 30, &bytes, &size));
    sg_status status = sg_idx_describe(path, bytes, size, text);
    free(bytes);
    return status;
}

sg_status sg_describe_file(const char *path, char **out) {
    sg_text text = {0};
    *out = NULL;
    sg_status status = describe_file(path, &text);
    if (status == SG_OK)
        return sg_text_take(&text, out);
    free(text.data);
    return status;
}

sg_status sg_describe_cpu(char **out) {
    sg_text text = {0};
    const sg_kernels *kernels, *set;
    *out = NULL;
    SG_TRY(sg_kernels_get(&kernels));
    sg_cpu_describe(&text);
    sg_text_add(&text, "kernels: %s; this machine runs:", kernels->name);
    for (size_t i = 0; (set = sg_kernels_at(i)) != NULL; i++)
        sg_text_add(&text, " %s", set->name);
    sg_text_add(&text, "\nthreads: %d\n", sg_threads(0));
    return sg_text_take(&text, out);
}
