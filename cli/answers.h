/* Predictions on their way to a file or to standard output. A table of formats. */
#ifndef SG_CLI_ANSWERS_H
#define SG_CLI_ANSWERS_H

#include "output_file.h"
#include "surgrad.h"

#include <stdint.h>

typedef struct sg_cli_answers_format sg_cli_answers_format;

/* What every answer is made of: N numbers of the sample, or of each of its steps. */
typedef struct sg_cli_answer_shape {
    sg_answer_kind kind;
    uint32_t outputs; /* N */
    uint32_t steps;   /* T; 0: a sample has one answer */
    bool has_probabilities;
    double dt_ms;
} sg_cli_answer_shape;

typedef struct sg_cli_answers {
    const sg_cli_answers_format *format;
    const char *path; /* NULL: standard output */
    sg_cli_answer_shape shape;
    bool has_begun, has_origins;
    char **names;         /* (N) of the classes, "" of one without; NULL: none has one */
    sg_cli_output output; /* of texts */

    /* of HDF5, which is written at the end: all so far, of what the kind has */
    uint64_t samples, spikes;
    size_t room, spike_room;
    uint32_t *label;             /* (room) */
    uint32_t *predicted;         /* (room, T, N); of a class without the N */
    double *value, *probability; /* (room, T, N) */
    char **origin;               /* (room) */
    uint64_t *first;             /* (room + 1) */
    uint16_t *step;              /* (spike_room) */
    uint32_t *channel;           /* (spike_room) */
} sg_cli_answers;

/* What a network made of one sample. */
typedef struct sg_cli_answer {
    uint64_t sample; /* its number */
    uint32_t label;
    const double *values, *probabilities; /* (T, N) or (N); of trains 1 for a spike; probabilities NULL without any */
    const char *origin;                   /* where it came from; NULL: not told */
} sg_cli_answer;

/* Of the format that --format names or else --out ends in. Returns 0, or the exit code after the message.
 * sg_cli_answers_close takes what a failure left too. */
int sg_cli_answers_open(const sg_cli_arguments *arguments, const sg_cli_answer_shape *shape, sg_cli_answers *answers);

/* Begins with what comes before the first answer, unless that is done: `names`, (N) or NULL, of the classes, each NULL
 * or "" of one without; and whether answers will tell where samples came from. Returns likewise. */
int sg_cli_answers_begin(sg_cli_answers *answers, const char *const *names, bool has_origins);

/* Returns likewise. */
int sg_cli_answers_add(sg_cli_answers *answers, const sg_cli_answer *answer);

/* Hands over what was written so far to whoever reads along. */
void sg_cli_answers_flush(sg_cli_answers *answers);

/* `whole`: there are no more. Else nothing of a file is left. Returns likewise. */
int sg_cli_answers_close(sg_cli_answers *answers, bool whole);

#endif
