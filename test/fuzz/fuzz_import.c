/* One file through the whole import: the first byte chooses options, the second the file's name. What is written must
 * be read again, with as many samples and events as the import told of. HDF5 runs in this process (in_the_open.c), as
 * forks would take most of the time; so files in HDF5, where it has faults of its own, are left to fuzz_hdf5.c. */
#include "scratch.h"
#include "target.h"

#include "recording/recording.h"

#include <unistd.h>

static const char *const names[] = {"a.bin", "a.bs1", "a.bs3", "a.dat", "a.aedat", "a.raw", "a.csv", "a.npy", "a.npz"};

/* Each bit of the first byte sets one of these; both for what goes with others, and for what does not. */
static const char *const options[8][2] = {{"data.pieces", "2 ms"}, {"data.window", "1 ms"},    {"data.zero", "file"},
                                          {"data.counts", "true"}, {"data.crop", "16x16+1+1"}, {"data.downsample", "3"},
                                          {"data.most", "5"},      {"data.refractory", "1 ms"}};

static sg_config *configure(uint8_t bits) {
    sg_config *config;
    require(sg_config_create(&config) == SG_OK);
    for (int i = 0; i < 8; i++)
        if (bits >> i & 1)
            require(sg_config_set(config, options[i][0], options[i][1]) == SG_OK);
    return config;
}

static void check_written(const char *path, const sg_import_result *result) {
    sg_events *events;
    sg_events_view view;
    require(sg_events_load(path, &events) == SG_OK);
    view = sg_events_get(events);
    require(view.samples == result->samples && view.channels == result->channels && view.steps == result->steps);
    require(view.first[view.samples] == result->events && result->events <= result->read);
    sg_events_free(events);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    sg_import_result result = SG_SIZED(sg_import_result);
    if (size < 2)
        return 0;
    const char *name = names[bytes[1] % (sizeof names / sizeof *names)];
    const char *out = scratch_path("out.h5"), *in = scratch_path(name);
    const sg_recording_format *format;
    scratch_put(name, bytes + 2, size - 2);
    if (sg_recording_find(in, &format) == SG_OK && format == &sg_recording_hdf5)
        return 0;
    sg_config *config = configure(bytes[0]);
    if (sg_import(config, &in, 1, out, NULL, &result) == SG_OK) {
        check_written(out, &result);
        unlink(out);
    } else {
        require_one_line();
        require(access(out, F_OK) != 0);
    }
    unlink(in);
    sg_config_free(config);
    return 0;
}
