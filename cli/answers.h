/* Predictions on their way to a file or to standard output. A table of formats. */
#ifndef SG_CLI_ANSWERS_H
#define SG_CLI_ANSWERS_H

#include "output_file.h"

#include <stdint.h>

typedef struct sg_cli_answers_format sg_cli_answers_format;

typedef struct sg_cli_answers {
    const sg_cli_answers_format *format;
    const char *path; /* NULL: standard output */
    uint32_t outputs; /* N */
    bool has_probabilities, has_begun, has_origins;
    char **names;         /* (N) of the classes, "" of one without; NULL: none has one */
    sg_cli_output output; /* of texts */

    /* of HDF5, which is written at the end: all so far */
    uint64_t samples;
    size_t room;
    uint32_t *label, *predicted; /* (room) */
    double *value, *probability; /* (room, N) */
    char **origin;               /* (room) */
} sg_cli_answers;

/* What a network made of one sample. */
typedef struct sg_cli_answer {
    uint64_t sample; /* its number */
    uint32_t label, predicted;
    const double *values, *probabilities; /* (N); probabilities NULL where the loss makes none */
    const char *origin;                   /* where it came from; NULL: not told */
} sg_cli_answer;

/* Of the format that --format names or else --out ends in. Returns 0, or the exit code after the message.
 * sg_cli_answers_close takes what a failure left too. */
int sg_cli_answers_open(const sg_cli_arguments *arguments, uint32_t outputs, bool has_probabilities,
                        sg_cli_answers *answers);

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
