/* Recordings: events as sensors, data sets and other programs store them. A table of formats; a format is one file,
 * recording_NAME.c, and one word here. A format is found by the file's content, reads from front to back, and hands
 * each event on; it keeps none, and knows nothing of steps, channels or networks.
 *
 * A file holds one sample (an event camera's recording), or many (a data set in one file). A file of one sample says
 * nothing of its label; whoever walks the folder knows it. */
#ifndef SG_RECORDING_RECORDING_H
#define SG_RECORDING_RECORDING_H

#include "base/kind.h"
#include "file/stream.h"

#include <stdbool.h>

/* An event. A sensor without rows and columns has its channels in x, and y is 0. */
typedef struct sg_raw_event {
    double us; /* time in microseconds, from wherever the file counts */
    uint32_t x, y;
    uint8_t polarity; /* 1: on; files of more than two have their number; 0 where events have none */
} sg_raw_event;

/* What a file tells of its sensor; 0: it does not. */
typedef struct sg_sensor {
    uint32_t width, height; /* width: channels, where there are no rows */
    uint32_t polarities;    /* 1: events have none */
} sg_sensor;

/* Why something in a file is not handed on as an event. */
typedef enum sg_left_out {
    SG_LEFT_INVALID, /* events that the sensor marked as not valid */
    SG_LEFT_EARLY,   /* events before the file's first word of time */
    SG_LEFT_OUTSIDE, /* events beyond the sensor that the file tells */
    SG_LEFT_OTHER,   /* frames, triggers, inertial samples, ... */
    SG_LEFT_REASONS
} sg_left_out;

/* What a file of many samples tells of one. */
typedef struct sg_recorded_sample {
    int64_t label;          /* below 0: not told, or by its class name alone */
    const char *class_name; /* or NULL */
    const char *group;      /* speaker, user, ...; or NULL */
    int split;              /* as in surgrad.h; below 0: not told */
    uint64_t number;        /* of the sample in its file */
} sg_recorded_sample;

#define SG_VALUE_MOST 3e38 /* in size, of a number of a time series: a float holds it */

/* A time series: numbers that are no events yet, evenly spaced in time. */
typedef struct sg_series {
    const float *values; /* (frames, channels) */
    size_t frames;
    uint32_t channels;
    double period_us; /* from a frame to the next; 0: the file does not tell */
} sg_series;

/* How to read what a file does not tell of itself. */
typedef struct sg_recording_options {
    double time_unit_us; /* microseconds in one unit of the file's times; 0: as the file tells */
    const char
        *columns; /* of tables, in their order: "x,y,p,t"; "-" for one that is not read. NULL: as the file tells */
    bool series;  /* tables hold the frames of a time series, and no events, where the file does not tell */
} sg_recording_options;

/* Who is told. Every function may fail, which ends the reading with that status; all but `events` may be NULL. */
typedef struct sg_recording_listener {
    void *user;
    sg_status (*sensor)(void *user, const sg_sensor *sensor);                  /* once, before the first event */
    sg_status (*begin)(void *user, const sg_recorded_sample *sample);          /* of files of many samples alone */
    sg_status (*events)(void *user, const sg_raw_event *events, size_t count); /* in the file's order */

    /* A whole sample of a time series. How its numbers become events is the listener's to know. NULL: files of such
     * numbers are refused. */
    sg_status (*values)(void *user, const sg_series *series);

    const sg_recording_options *options; /* or NULL */
} sg_recording_listener;

/* A file in work: what the functions of a format are given. */
typedef struct sg_recording {
    sg_stream *stream; /* at its first byte; NULL for formats that open `path` themselves */
    const char *path;  /* NULL: it is not in a file, which is no matter to formats that have a stream */
    const sg_recording_listener *listener;
    uint32_t most_x, most_y; /* of the sensor that the file tells; UINT32_MAX: it does not */
    uint64_t left_out[SG_LEFT_REASONS];
    sg_raw_event block[256]; /* events on their way; see sg_recording_add */
    size_t used;
} sg_recording;

/* The beginning of a file, by which its format is found. */
typedef struct sg_recording_head {
    const uint8_t *bytes; /* (size) at most SG_RECORDING_HEAD */
    size_t size;
    uint64_t file_size; /* unpacked bytes, where it is known; else 0 */
    const char *name;   /* of the file, without folders; ".gz" still there */
} sg_recording_head;

#define SG_RECORDING_HEAD 4096

typedef struct sg_recording_format {
    sg_kind head;
    const char *endings; /* ".aedat4 .aedat": told in messages; they decide only where content does not */
    bool many;  /* whether a file may hold many samples; one that does begins each, and one of one sample none */
    bool opens; /* whether it reads the file at `path` by itself: HDF5, zip, audio */

    /* Required. Whether a file of this beginning is of the format. Formats are asked in the order of the table. */
    bool (*fits)(const sg_recording_head *head);

    /* Required. Tells the listener of sensor, samples and events. SG_DATA with one line: file, byte, what was found,
     * what was expected. */
    sg_status (*read)(sg_recording *recording);
} sg_recording_format;

/* The rows: symbol sg_recording_X. Formats with a mark of their own come before those that only a name tells. */
#define SG_RECORDINGS(X)                                                                                               \
    X(aedat4)                                                                                                          \
    X(aedat3)                                                                                                          \
    X(aedat2)                                                                                                          \
    X(evt21)                                                                                                           \
    X(evt3) X(evt2) X(event_stream) X(npy) X(npz) X(hdf5) X(dat) X(csv) X(aedat1) X(nmnist) X(slayer_1d) X(slayer_3d)

#define SG_RECORDING_DECLARE(name) extern const sg_recording_format sg_recording_##name;
SG_RECORDINGS(SG_RECORDING_DECLARE)

SG_KINDS_DECLARE(sg_recording, sg_recording_format);

/* The format of a file. SG_DATA where it is missing, empty, or of none; the message names what it looks like, and what
 * can be read. Not for standard input, of which a look takes away the beginning. */
sg_status sg_recording_find(const char *path, const sg_recording_format **format);

/* Whether surgrad wrote a file: events, predictions, a model, a checkpoint. sg_recording_find refuses such. */
bool sg_recording_is_own(const char *path);

/* Reads a file to its end; "-" is standard input. `format` NULL: the one that sg_recording_find finds. `left_out`,
 * (SG_LEFT_REASONS) or NULL, is filled. */
sg_status sg_recording_read(const char *path, const sg_recording_format *format, const sg_recording_listener *listener,
                            uint64_t *left_out);

/* The same for what is in memory; `path` tells its name, and opens messages. SG_ARGUMENT for a format that opens its
 * file by itself. */
sg_status sg_recording_read_bytes(const char *path, const void *bytes, size_t size, const sg_recording_format *format,
                                  const sg_recording_listener *listener, uint64_t *left_out);

/* ------------------------------------------------------------------------------------------- for the formats' use */

/* Whether a file's name ends with one of these, in capitals or not; ".gz" after it does not matter. */
bool sg_recording_ends(const char *name, const char *endings);

/* Whether a file may be of a format without a mark: its name ends so, and it is not text. */
bool sg_recording_is_bare(const sg_recording_head *head, const char *endings);

/* Tells of the sensor; before the first event. */
sg_status sg_recording_tell_sensor(sg_recording *recording, const sg_sensor *sensor);

sg_status sg_recording_begin(sg_recording *recording, const sg_recorded_sample *sample);

/* Hands the block on, once it is full. */
sg_status sg_recording_flush(sg_recording *recording);

/* An event; beyond the sensor that was told of, it is counted in its place. */
static inline sg_status sg_recording_add(sg_recording *recording, double us, uint32_t x, uint32_t y, uint8_t polarity) {
    if (x > recording->most_x || y > recording->most_y) {
        recording->left_out[SG_LEFT_OUTSIDE]++;
        return SG_OK;
    }
    recording->block[recording->used++] = (sg_raw_event){us, x, y, polarity};
    return recording->used < sizeof recording->block / sizeof *recording->block ? SG_OK : sg_recording_flush(recording);
}

#define SG_RECORDING_ALL UINT64_MAX /* records: as many as there are */

/* Gives the next `count` records of `size` bytes each to `take`, many at a time, with the format's own `state`. SG_DATA
 * where there are fewer, or the last one is not whole; `what`, "an event of 5 bytes", is for that message. */
typedef sg_status sg_recording_take(sg_recording *recording, void *state, const uint8_t *bytes, size_t count);
sg_status sg_recording_each(sg_recording *recording, size_t size, uint64_t count, const char *what,
                            sg_recording_take *take, void *state);

/* Time counters of few bits, which begin again at 0. */
typedef struct sg_turning {
    uint64_t last, turns;
} sg_turning;

/* The time that a counter of `bits` bits tells. It has turned where it falls by half its range or more; what is later
 * by as much, after a turn, is a straggler from before it. A smaller step back is one: times are not put in order. */
static inline uint64_t sg_turning_time(sg_turning *turning, uint64_t counter, int bits) {
    const uint64_t half = (uint64_t)1 << (bits - 1);
    if (counter + half <= turning->last)
        turning->turns++;
    else if (turning->turns && counter >= turning->last + half)
        turning->turns--;
    turning->last = counter;
    return (turning->turns << bits) + counter;
}

#endif
