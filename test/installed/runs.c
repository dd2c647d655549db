/* Whole runs on data in memory. */
#include "common.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { TRAINED = 20, VALIDATED = 4, TESTED = 6, EPOCHS = 3 };

typedef struct heard {
    int starts, batches, epochs, dirs;
    volatile int stop;
    int stop_after; /* batches; 0: never */
    double test_loss;
} heard;

static void on_start(void *user, const sg_data *data, const sg_network *network) {
    ((heard *)user)->starts++;
    CHECK(sg_data_get(data).train_count == TRAINED && sg_network_layers(network) == 2);
}

static void on_batch(void *user, const sg_progress *progress) {
    heard *told = user;
    CHECK(progress->batch <= progress->batches && progress->layers == 2 && progress->epochs == EPOCHS);
    told->batches++;
    told->stop = told->batches == told->stop_after;
}

static void on_epoch(void *user, const sg_epoch *epoch, size_t layers) {
    heard *told = user;
    CHECK(epoch->epoch == (uint32_t)++told->epochs && layers == 2 && epoch->rate_hz[0] > 0);
    told->test_loss = epoch->test_loss;
}

static void on_dir(void *user, const char *dir) {
    ((heard *)user)->dirs += dir != NULL;
}

static sg_run_options listen(heard *told, const sg_data *data, const char *dir) {
    sg_run_options options = SG_SIZED(sg_run_options);
    options.data = data;
    options.dir = dir;
    options.threads = 1;
    options.stop = &told->stop;
    options.on_start = on_start;
    options.on_batch = on_batch;
    options.on_epoch = on_epoch;
    options.on_dir = on_dir;
    options.user = told;
    return options;
}

static sg_data *make_data(const subject *work) {
    const uint32_t *s = work->samples;
    sg_data *data;
    OK(sg_data_create(work->events, s, TRAINED, s + TRAINED, VALIDATED, s + TRAINED + VALIDATED, TESTED, &data));
    return data;
}

static void open_run(subject *work, sg_data **data) {
    open_subject(work, rich, 1);
    OK(sg_config_set(work->config, "epochs", "3"));
    OK(sg_config_set(work->config, "batch", "5"));
    *data = make_data(work);
}

/* What the run tells last is what its model does, evaluated apart. */
static void a_run_takes_data_in_memory(void) {
    heard told = {0};
    sg_run_result result = SG_SIZED(sg_run_result);
    sg_evaluation test = SG_SIZED(sg_evaluation);
    sg_run_options options;
    sg_config *config;
    sg_network *network;
    sg_data *data;
    subject work;
    open_run(&work, &data);
    options = listen(&told, data, in_folder("run"));
    OK(sg_run(work.config, &options, &result));
    CHECK(told.starts == 1 && told.batches == EPOCHS * TRAINED / 5 && told.epochs == EPOCHS && told.dirs == 1);
    CHECK(result.epochs == EPOCHS && result.layers == 2 && result.validated && result.last.epoch == EPOCHS);
    OK(sg_model_load(in_folder("run/model.h5"), &config, &network));
    OK(sg_evaluate(network, config, work.events, sg_data_get(data).test, TESTED, 1, &test, NULL, NULL));
    CHECK(test.loss == result.last.test_loss && test.accuracy == result.last.test_accuracy);
    CHECK(result.last.test_loss == told.test_loss && result.last.train_loss > 0);
    REFUSED(sg_run(work.config, &options, NULL), SG_IO_ERROR, "run");
    sg_network_free(network);
    sg_config_free(config);
    sg_data_free(data);
    close_subject(&work);
}

/* A run that was stopped and goes on makes the model of one that was not, on the same data in memory. */
static void a_stopped_run_goes_on(void) {
    heard stopped = {0}, told = {0}, whole = {0};
    sg_run_options options;
    sg_config *config;
    sg_network *left, *right;
    sg_data *data;
    subject work;
    open_run(&work, &data);
    options = listen(&whole, data, in_folder("whole"));
    OK(sg_run(work.config, &options, NULL));
    stopped.stop_after = 6;
    options = listen(&stopped, data, in_folder("parts"));
    CHECK(sg_run(work.config, &options, NULL) == SG_STOPPED && stopped.batches == 6);
    told.epochs = stopped.epochs;
    options = listen(&told, data, in_folder("parts"));
    options.resume = true;
    OK(sg_run(work.config, &options, NULL));
    CHECK(stopped.batches + told.batches == whole.batches && told.test_loss == whole.test_loss);
    OK(sg_model_load(in_folder("whole/model.h5"), &config, &left));
    sg_config_free(config);
    OK(sg_model_load(in_folder("parts/model.h5"), &config, &right));
    sg_config_free(config);
    CHECK(same_parameters(left, right));
    sg_network_free(left);
    sg_network_free(right);
    sg_data_free(data);
    close_subject(&work);
}

/* A run begins with the model of `init`, or with a network in memory: a learning rate of nearly 0 leaves it there. */
static void a_run_begins_with_a_model(void) {
    heard told = {0};
    sg_run_options options;
    sg_run_result result = SG_SIZED(sg_run_result), again = SG_SIZED(sg_run_result);
    sg_evaluation before = SG_SIZED(sg_evaluation);
    sg_data *data;
    subject work;
    open_run(&work, &data);
    for (int k = 0; k < 4; k++)
        train_step(&work);
    OK(sg_evaluate(work.network, work.config, work.events, sg_data_get(data).test, TESTED, 1, &before, NULL, NULL));
    OK(sg_model_save(work.network, work.config, in_folder("begin.h5")));
    OK(sg_config_set(work.config, "init", in_folder("begin.h5")));
    OK(sg_config_set(work.config, "seed", "5"));
    OK(sg_config_set(work.config, "optimiser.lr", "1e-30"));
    options = listen(&told, data, NULL);
    OK(sg_run(work.config, &options, &result));
    CHECK(result.last.test_loss == before.loss && told.dirs == 0);
    OK(sg_config_set(work.config, "init", ""));
    told = (heard){0};
    options.network = work.network;
    OK(sg_run(work.config, &options, &again));
    CHECK(again.last.test_loss == before.loss && again.last.train_loss == result.last.train_loss);
    sg_data_free(data);
    close_subject(&work);
}

static void a_run_begins_with_no_other_network(void) {
    heard told = {0};
    sg_run_options options;
    sg_network *other;
    sg_data *data;
    subject work;
    open_run(&work, &data);
    options = listen(&told, data, NULL);
    OK(sg_network_create(work.config, 1, &other));
    options.network = other;
    REFUSED(sg_run(work.config, &options, NULL), SG_MODEL, "the network to begin with: layers.0 has the parameters");
    CHECK(told.starts == 0);
    sg_network_free(other);
    sg_data_free(data);
    close_subject(&work);
}

const test_case run_cases[] = {
    {"a run takes data in memory", a_run_takes_data_in_memory},
    {"a stopped run goes on", a_stopped_run_goes_on},
    {"a run begins with a model", a_run_begins_with_a_model},
    {"a run begins with no other network", a_run_begins_with_no_other_network},
    {NULL, NULL},
};
