/* Option tables: one row gives an option's parser, bounds, default, help and documentation. A section is a table and
 * the struct that its rows fill. This file knows types and units; what an option means is its owner's. */
#ifndef SG_FILE_OPTION_H
#define SG_FILE_OPTION_H

#include "base/intern.h"
#include "base/kind.h"
#include "base/text.h"

#define SG_OPTION_TEXT SG_VALUE_TEXT /* bytes of any field as text, with its 0 */

/* Type, and the C type of the field it fills. */
typedef enum sg_option_type {
    SG_OPTION_INTEGER, /* int64_t */
    SG_OPTION_NUMBER,  /* double */
    SG_OPTION_TIME,    /* double, in milliseconds; written with a unit: "20 ms", "0.5 s", "50 us" */
    SG_OPTION_SIZE,    /* double, in bytes; written with a unit: "64 MB", "1.5 GB" */
    SG_OPTION_SWITCH,  /* bool: true, false, yes, no, on, off */
    SG_OPTION_CHOICE,  /* int: the number of a kind */
    SG_OPTION_STRING,  /* const char *, interned (base/intern.h); NULL is "" */
    SG_OPTION_PATH     /* the same, of a file or folder */
} sg_option_type;

/* What an option needs to have an effect: another one of its table, with one of some values. Such needs chain: where
 * that one has no effect itself, this one has none either. */
typedef struct sg_option_need {
    const char *key;    /* NULL: nothing is needed */
    const char *values; /* "alif, adlif", "not none", or of a number "above 0" */
} sg_option_need;

typedef struct sg_option {
    const char *key; /* dotted, within its section: "neuron.tau_mem" */
    const char *old; /* what the key was in older versions, or NULL: read still, with a warning, and never written */
    sg_option_type type;
    size_t offset;        /* of the field in the section's struct */
    const char *fallback; /* the default, as written in YAML */
    double low, high;     /* bounds, inclusive, in the field's unit; both 0: none; may be infinite */
    bool above_low;       /* `low` itself is refused */
    bool below_high;      /* `high` itself is refused */
    bool or_zero;         /* 0 is taken too, though it is out of bounds */
    sg_kinds *choice;     /* SG_OPTION_CHOICE: what it chooses from */
    const char *help;     /* what it is; units; where it comes from */
    sg_option_need needs; /* without which it has no effect */
} sg_option;

/* Bounds of numbers that are computed with in single precision, where a product of four of them is still neither
 * infinite nor 0; and of times, in ms, where the decay of a step differs from 1 in double precision. */
#define SG_SINGLE_LEAST 1e-9
#define SG_SINGLE_MOST  1e9
#define SG_TIME_LEAST   1e-6
#define SG_TIME_MOST    1e9

/* Fills `target` with every default of a table. */
void sg_option_defaults(const sg_option *table, size_t count, void *target);

/* The row of a key, or NULL. */
const sg_option *sg_option_find(const sg_option *table, size_t count, const char *key);

/* Sets a field from text, strictly: no spaces around, nothing after. SG_CONFIG with a message "KEY: found '...',
 * expected ..." (no place: callers know it). Nothing changes on failure. */
sg_status sg_option_set(const sg_option *option, void *target, const char *key, const char *value);

/* The field as text that sg_option_set takes: "20 ms", "true", "exact". */
void sg_option_get(const sg_option *option, const void *target, char value[SG_OPTION_TEXT]);

/* Whether the field is as sg_option_defaults leaves it; and makes it so. */
bool sg_option_is_default(const sg_option *option, const void *target);
void sg_option_reset(const sg_option *option, void *target);

/* Whether the field has the same value in two structs. */
bool sg_option_is_same(const sg_option *option, const void *a, const void *b);

/* The need that is not met, and of several along the chain the last. NULL: the option has an effect. */
const sg_option_need *sg_option_unmet(const sg_option *table, size_t count, const sg_option *option,
                                      const void *target);

/* "integer", "time", ...; "0 to 1", "more than 0 ms", "0 or more, below 1", "one of exact, euler", "". */
const char *sg_option_type_name(sg_option_type type);
void sg_option_bounds(const sg_option *option, char *text, size_t size);

/* How a need is put, and its values without what says so: "alif, adlif" for "not alif, adlif". */
sg_need sg_option_need_form(const sg_option_need *need, const char **values);

/* The bounds that a number has, infinite where there is none; those of other types are infinite. */
void sg_option_range(const sg_option *option, double *low, double *high);

/* The remedy for a need that is not met: "use neuron.kind: alif, adlif", "use another recurrent.from". */
void sg_option_need_remedy(const sg_option_need *need, char *text, size_t size);

#endif
