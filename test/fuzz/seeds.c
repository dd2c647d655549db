/* Writes the seeds of corpus/idx, corpus/wav, corpus/h5, corpus/model, corpus/nir, corpus/foreign, corpus/recording
 * under a folder:
 *     seeds test/fuzz/corpus  */
#include "seeds.h"

#include "file/bytes.h"
#include "file/h5.h"

#include <hdf5.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 40, COLUMNS = 60, SEAL = 20 };

static const char *root;

void check(bool good, const char *what) {
    if (good)
        return;
    fprintf(stderr, "%s: %s\n", what, sg_error_message());
    exit(1);
}

const char *seed_path(const char *name) {
    static char path[1024];
    check(sg_join_path(path, sizeof path, root, name) == SG_OK, name);
    return path;
}

static void write_idx(void) {
    static const struct {
        const char *name;
        uint8_t bytes[24];
        size_t size;
    } seeds[] = {
        {"idx/images", {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3, 4, 5, 6, 7, 8}, 24},
        {"idx/table", {0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6}, 18},
        {"idx/labels", {0, 0, 8, 1, 0, 0, 0, 3, 7, 8, 9}, 11},
        {"idx/short", {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2, 1}, 17},
        {"idx/overflow", {0, 0, 8, 3, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1}, 17},
        {"idx/floats", {0, 0, 13, 1, 0, 0, 0, 1, 0, 0, 0, 0}, 12},
        {"idx/gzip", {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3}, 10},
    };
    for (size_t i = 0; i < sizeof seeds / sizeof *seeds; i++)
        check(sg_bytes_write(seed_path(seeds[i].name), seeds[i].bytes, seeds[i].size) == SG_OK, seeds[i].name);
}

static void put_little(uint8_t *to, uint32_t value, int bytes) {
    for (int i = 0; i < bytes; i++)
        to[i] = (uint8_t)(value >> 8 * i);
}

/* A WAV file of a ramp. Formats: 1 integers, 3 floats, 7 mu-law, 17 IMA ADPCM. */
static void write_wav(const char *name, uint32_t format, uint32_t channels, uint32_t bits, uint32_t cut) {
    enum { HEADER = 44, DATA = 512, RATE = 1000 };
    uint8_t file[HEADER + DATA] = "RIFF\0\0\0\0WAVEfmt ";
    put_little(file + 4, HEADER + DATA - 8, 4);
    put_little(file + 16, 16, 4);
    put_little(file + 20, format, 2);
    put_little(file + 22, channels, 2);
    put_little(file + 24, RATE, 4);
    put_little(file + 28, RATE * channels * bits / 8, 4);
    put_little(file + 32, format == 17 ? 256 : channels * bits / 8, 2);
    put_little(file + 34, bits, 2);
    put_little(file + 36, 0x61746164, 4); /* "data" */
    put_little(file + 40, DATA, 4);
    for (uint32_t i = 0; i < DATA; i++)
        file[HEADER + i] = format == 3 ? (uint8_t[]){0, 0, (uint8_t)i, 60}[i % 4] : (uint8_t)(i * 3);
    check(sg_bytes_write(seed_path(name), file, sizeof file - cut) == SG_OK, name);
}

static void write_wavs(void) {
    write_wav("wav/mono.wav", 1, 1, 16, 0);
    write_wav("wav/stereo.wav", 1, 2, 24, 0);
    write_wav("wav/bytes.wav", 1, 1, 8, 0);
    write_wav("wav/floats.wav", 3, 1, 32, 0);
    write_wav("wav/mulaw.wav", 7, 1, 8, 0);
    write_wav("wav/adpcm.wav", 17, 1, 4, 0);
    write_wav("wav/mp3.wav", 85, 1, 8, 0);
    write_wav("wav/cut.wav", 1, 1, 16, 100);
}

static const float weights[ROWS * COLUMNS] = {0.5f, -0.25f};
static const uint64_t step = 7;

/* As surgrad writes it; and the same without its seal, which HDF5 itself must stand. */
static void write_ours(void) {
    sg_h5 *file;
    uint8_t *bytes;
    size_t size;
    const uint64_t shape[] = {ROWS, COLUMNS};
    check(sg_h5_create(&file) == SG_OK, "create");
    check(sg_h5_put(file, "layers/0/weights", SG_H5_F32, weights, 2, shape, true) == SG_OK, "weights");
    check(sg_h5_put(file, "step", SG_H5_U64, &step, 0, NULL, false) == SG_OK, "step");
    check(sg_h5_put_text(file, "config", "seed: 7\n") == SG_OK, "config");
    check(sg_h5_write(file, seed_path("h5/sealed.h5")) == SG_OK, "write");
    sg_h5_close(file);
    check(sg_bytes_read(seed_path("h5/sealed.h5"), 1 << 20, &bytes, &size) == SG_OK, "read");
    check(sg_bytes_write(seed_path("h5/unsealed.h5"), bytes, size - SEAL) == SG_OK, "write");
    free(bytes);
}

static void write_text(hid_t file, size_t length) {
    const char *text = "seed: 7\n";
    const void *data = length == H5T_VARIABLE ? (const void *)&text : text;
    hid_t type = H5Tcopy(H5T_C_S1), space = H5Screate(H5S_SCALAR);
    H5Tset_size(type, length);
    hid_t attribute = H5Acreate2(file, "config", type, space, H5P_DEFAULT, H5P_DEFAULT);
    check(H5Awrite(attribute, type, data) >= 0, "config");
    H5Aclose(attribute);
    H5Sclose(space);
    H5Tclose(type);
}

/* As h5py writes it by default: the oldest format, without checksums. Groups are made small, for a small seed. */
static void write_foreign(const char *name, hid_t type, bool packed, size_t text) {
    const hsize_t shape[] = {4, 5}, chunk[] = {2, 5};
    hid_t small = H5Pcreate(H5P_FILE_CREATE), creation = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_sym_k(small, 2, 1);
    H5Pset_istore_k(small, 2);
    if (packed)
        check(H5Pset_chunk(creation, 2, chunk) >= 0 && H5Pset_deflate(creation, 9) >= 0, name);
    H5Pset_obj_track_times(creation, false);
    hid_t file = H5Fcreate(seed_path(name), H5F_ACC_TRUNC, small, H5P_DEFAULT);
    hid_t layers = H5Gcreate2(file, "layers", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    hid_t layer = H5Gcreate2(layers, "0", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
          space = H5Screate_simple(2, shape, NULL);
    hid_t set = H5Dcreate2(layer, "weights", type, space, H5P_DEFAULT, creation, H5P_DEFAULT);
    check(H5Dwrite(set, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, weights) >= 0, name);
    write_text(file, text);
    H5Dclose(set);
    H5Gclose(layer);
    H5Gclose(layers);
    H5Sclose(space);
    H5Pclose(creation);
    H5Pclose(small);
    check(H5Fclose(file) >= 0, name);
}

static void write_link(void) {
    hid_t file = H5Fcreate(seed_path("h5/link.h5"), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    check(H5Lcreate_external("away.h5", "/", file, "layers", H5P_DEFAULT, H5P_DEFAULT) >= 0, "link");
    check(H5Fclose(file) >= 0, "link");
}

/* A model of 3-4-2 neurons, sealed and not. */
static void write_model(void) {
    sg_config *config;
    sg_network *network;
    uint8_t *bytes;
    size_t size;
    check(sg_config_create(&config) == SG_OK, "config");
    check(sg_config_set(config, "layers.0.size", "4") == SG_OK, "layer 0");
    check(sg_config_set(config, "layers.1.size", "2") == SG_OK, "layer 1");
    check(sg_network_create(config, 3, &network) == SG_OK, "network");
    check(sg_model_save(network, config, seed_path("model/sealed.h5")) == SG_OK, "save");
    check(sg_bytes_read(seed_path("model/sealed.h5"), 1 << 20, &bytes, &size) == SG_OK, "read");
    check(sg_bytes_write(seed_path("model/unsealed.h5"), bytes, size - SEAL) == SG_OK, "write");
    bytes[size / 2] ^= 1;
    check(sg_bytes_write(seed_path("model/damaged.h5"), bytes, size) == SG_OK, "write");
    check(sg_bytes_write(seed_path("model/short.h5"), bytes, size / 3) == SG_OK, "write");
    free(bytes);
    sg_network_free(network);
    sg_config_free(config);
}

/* Graphs of small networks, as other programs may write them: without a sum at their end. */
static void write_nir(void) {
    static const char *const layers[] = {
        "[{size: 4, link: {bias: true}, recurrent: {from: own}, neuron: {spread: {tau_mem: 0.2}}}, {size: 2, neuron: "
        "{kind: li}}]",
        "[{link: {kind: conv2d, channels: 2, padding: 1}, neuron: {kind: if}}, {size: 3, link: {pool: sum}, delay: "
        "{kind: "
        "axonal, high: 3 ms}, neuron: {kind: lif}}, {size: 2, neuron: {kind: lif, reset: none}}]",
    };
    for (size_t i = 0; i < sizeof layers / sizeof *layers; i++) {
        sg_config *config;
        sg_network *network;
        uint8_t *bytes;
        size_t size;
        char text[512], name[32];
        snprintf(text, sizeof text, "loss: {kind: %s}\nlayers: %s\n", i == 0 ? "mean_ce" : "count_ce", layers[i]);
        snprintf(name, sizeof name, "nir/%zu.nir", i);
        check(sg_config_parse("seed", text, strlen(text), &config) == SG_OK, text);
        check(sg_network_create_shaped(config, (sg_shape){1, 4, 4}, &network) == SG_OK, "network");
        check(sg_nir_export(network, config, NULL, seed_path(name)) == SG_OK, "export");
        check(sg_bytes_read(seed_path(name), 1 << 20, &bytes, &size) == SG_OK, "read");
        check(sg_bytes_write(seed_path(name), bytes, size - SEAL) == SG_OK, "write");
        free(bytes);
        sg_network_free(network);
        sg_config_free(config);
    }
}

int main(int argc, char **argv) {
    static const char *const folders[] = {"idx",    "wav",  "h5",     "model",  "foreign", "recording",
                                          "import", "hdf5", "labels", "arrays", "tables",  "nir"};
    if (argc != 2) {
        fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
        return 2;
    }
    root = argv[1];
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        check(sg_make_folder(seed_path(folders[i])) == SG_OK, folders[i]);
    write_idx();
    write_wavs();
    write_ours();
    write_model();
    write_nir();
    write_foreign("h5/plain.h5", H5T_IEEE_F32LE, false, 9);
    write_foreign("h5/packed.h5", H5T_IEEE_F32LE, true, 9);
    write_foreign("h5/doubles.h5", H5T_IEEE_F64BE, false, H5T_VARIABLE);
    write_link();
    write_foreign_files();
    write_recordings();
    write_hdf5();
    write_texts();
    return 0;
}
