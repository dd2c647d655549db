/* Columns of tables: what their names mean, and how their numbers become events. For the formats of tables: NumPy, CSV,
 * HDF5. */
#ifndef SG_RECORDING_COLUMNS_H
#define SG_RECORDING_COLUMNS_H

#include "recording/recording.h"

typedef enum sg_column {
    SG_COLUMN_T,
    SG_COLUMN_X, /* or the channel of a sensor without rows */
    SG_COLUMN_Y,
    SG_COLUMN_P,
    SG_COLUMN_SAMPLE, /* the number of an event's sample */
    SG_COLUMN_LABEL,  /* of a sample */
    SG_COLUMN_FIRST,  /* the number of a sample's first event */
    SG_COLUMN_GROUP,  /* of a sample: speaker, user, ... */
    SG_COLUMN_SPLIT,  /* of a sample */
    SG_COLUMN_LENGTH, /* of a sample: frames of a time series */
    SG_COLUMN_VALUES, /* numbers that are no events */
    SG_COLUMN_NAMES,  /* of classes */
    SG_COLUMN_PERIOD, /* time between two frames of a series */
    SG_COLUMN_RATE,   /* frames in a second */
    SG_COLUMNS,
    SG_COLUMN_OTHER = SG_COLUMNS
} sg_column;

/* What a column's name tells, in capitals or not. *us: the microseconds of a unit at its end ("t_ms", "time [s]"), or
 * 0. */
sg_column sg_column_named(const char *name, double *us);

/* The names that a column goes by, for messages. */
const char *sg_column_names(sg_column column);

/* The part that a word of `size` bytes stands for, as in surgrad.h: 0 "train", 1 "test", 2 "validation", "valid", ...;
 * -1: none. */
int sg_split_named(const char *text, size_t size);

/* The microseconds in "s", "ms", "us", "ns" and other spellings; 0 if it is none. */
double sg_time_unit(const char *text);

/* Reads a list of columns, "x,y,p,t", into `columns` (`most`); SG_ARGUMENT. */
sg_status sg_columns_parse(const char *text, sg_column *columns, size_t most, size_t *count);

/* The unit of times: that of the options, or `told` (0: not told), or microseconds where they are whole numbers. Others
 * could be seconds or milliseconds, so they are refused: SG_DATA. `what` names them. */
sg_status sg_columns_unit(const sg_recording *recording, const char *what, double told, bool whole, double *us);

/* What messages call the file. */
static inline const char *sg_columns_path(const sg_recording *recording) {
    return recording->stream ? sg_stream_path(recording->stream) : recording->path;
}

/* Events as columns of numbers. */
typedef struct sg_event_rows {
    const double *t, *x, *y, *p; /* (count); y and p may be NULL */
    size_t count;
    double us;       /* of a unit of t */
    uint64_t number; /* of the first in its file, from 0: for messages */
    const char *row; /* what messages call one: "event", "line" */
} sg_event_rows;

/* Adds them to a recording. SG_DATA: a time that is no number, a place or polarity that is no whole number or too
 * large. Polarity -1 is off, as 0 is. */
sg_status sg_columns_add(sg_recording *recording, const sg_event_rows *rows);

#endif
