/* What the parts of this test share. The test is a program of the kind that users write: C99, linked with an installed
 * surgrad and nothing of its sources. Each file has a table of cases, and main.c runs them all. */
#ifndef INSTALLED_COMMON_H
#define INSTALLED_COMMON_H

#include "surgrad.h"
#include <stddef.h>

typedef struct test_case {
    const char *name; /* NULL behind the last case of a table */
    void (*run)(void);
} test_case;

extern const test_case contract_cases[], option_cases[], data_cases[], network_cases[], file_cases[], output_cases[],
    record_cases[], gradient_cases[], input_cases[], trainer_cases[], run_cases[], thread_cases[], look_cases[];

/* Tells the place where `condition` is false, and counts it; the case goes on. */
#define CHECK(condition) check((condition), #condition, __FILE__, __LINE__)

/* Ends the program where a call fails that must not. */
#define OK(call) check_ok((call), #call, __FILE__, __LINE__)

/* Checks that a call fails with a status, and that the library's message holds a word. */
#define REFUSED(call, status, word) check_refused((call), (status), (word), #call, __FILE__, __LINE__)

void check(bool condition, const char *text, const char *file, int line);
void check_ok(sg_status status, const char *call, const char *file, int line);
void check_refused(sg_status found, sg_status expected, const char *word, const char *call, const char *file, int line);

/* The path of `name` in the folder that the test may write to; it lives until the fourth call after this one. */
const char *in_folder(const char *name);

enum {
    SAMPLES = 30,
    STEPS = 40,
    INPUTS = 24,
    CLASSES = 3,
    EVENTS = 12, /* of a sample */
    HIDDEN = 16, /* neurons of the first layer of `plain` and `rich` */
    ROOM = 4096  /* numbers, more than any network here has parameters */
};

/* Networks of a hidden layer and a read-out by the mean membrane, of SGD; `rich` has a recurrent layer that adapts. */
extern const char plain[], rich[];

typedef struct subject {
    sg_events *events;
    sg_config *config;
    sg_network *network;
    sg_trainer *trainer;
    uint32_t samples[SAMPLES]; /* 0, 1, 2, ... */
} subject;

/* Class c fires channels 8c .. 8c+7 one after the other, beginning at a step that depends on the sample. The channels
 * are 2 maps of 3 x 4. */
sg_events *make_events(void);
sg_config *make_config(const char *yaml);
void open_subject(subject *work, const char *yaml, int threads);
void close_subject(subject *work);

/* A step of the trainer on all samples; returns their mean loss before it. */
double train_step(subject *work);

/* All parameters of a network, group after group; returns their number. */
size_t parameters_of(const sg_network *network, float *values);
bool same_parameters(const sg_network *a, const sg_network *b);

/* Mean softmax cross-entropy of outputs (SAMPLES, CLASSES), and its derivative, which may be NULL. */
double cross_entropy(const double *outputs, const uint32_t *label, double *by_outputs);

#endif
