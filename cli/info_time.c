#include "info_time.h"

#include "message.h"
#include "print.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static const double MEASURED = 1; /* seconds of training, and at most as many of evaluation */
enum { BLOCK = 256 };             /* samples of an evaluation */

typedef struct timing {
    sg_data *data;
    sg_network *network;
    sg_trainer *trainer;
    sg_data_view view;
    int threads;
    double train, others; /* seconds a sample */
} timing;

static double now(void) {
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + 1e-9 * (double)at.tv_nsec;
}

static sg_status open_network(timing *t, const sg_config *config) {
    sg_status status = sg_data_open(config, &t->data);
    if (status != SG_OK)
        return status;
    t->view = sg_data_get(t->data);
    status = sg_network_create_shaped(config, sg_events_get(t->view.events).shape, &t->network);
    if (status == SG_OK)
        status = sg_trainer_create(t->network, config, t->threads, &t->trainer);
    return status == SG_OK ? sg_trainer_set_partners(t->trainer, t->view.events, t->view.train, t->view.train_count)
                           : status;
}

static size_t batch_of(const sg_config *config, size_t most) {
    char value[SG_VALUE_TEXT];
    if (sg_config_get(config, "batch", value, sizeof value) != SG_OK)
        return most;
    size_t batch = (size_t)strtoull(value, NULL, 10);
    return batch < most ? batch : most;
}

/* Batches after the first, which makes room and fills caches, if there are others. */
static sg_status time_training(timing *t, const sg_config *config) {
    size_t batch = batch_of(config, t->view.train_count), batches = batch ? t->view.train_count / batch : 0, done = 0;
    double begin = 0;
    for (size_t i = 0; i == 0 || (i < batches && now() - begin < MEASURED); i++) {
        sg_batch_result result = SG_SIZED(sg_batch_result);
        if (i <= 1)
            begin = now();
        done = i == 1 ? 1 : done + 1;
        sg_status status = sg_trainer_step(t->trainer, t->view.events, t->view.train + i * batch, batch, &result);
        if (status != SG_OK)
            return status;
    }
    t->train = (now() - begin) / (double)(done * batch);
    return SG_OK;
}

static sg_status time_evaluation(timing *t, const sg_config *config) {
    double begin = now();
    size_t done = 0, count = BLOCK;
    for (; done < t->view.test_count && now() - begin < MEASURED; done += count) {
        sg_evaluation result = SG_SIZED(sg_evaluation);
        count = t->view.test_count - done < BLOCK ? t->view.test_count - done : BLOCK;
        sg_status status = sg_evaluate(t->network, config, t->view.events, t->view.test + done, count, t->threads,
                                       &result, NULL, NULL);
        if (status != SG_OK)
            return status;
    }
    t->others = done ? (now() - begin) / (double)done : 0;
    return SG_OK;
}

static void print_epoch(const timing *t) {
    size_t others = t->view.validation_count + t->view.test_count;
    double train = t->train * (double)t->view.train_count, rest = t->others * (double)others;
    sg_cli_number trained, evaluated;
    printf("\ntime of an epoch, measured for a second: %.3g s\n", train + rest);
    printf("%-10s  %10.3g s  %s samples to train\n", "training", train, sg_cli_count(trained, t->view.train_count));
    printf("%-10s  %10.3g s  %s samples to validate and test\n", "evaluation", rest, sg_cli_count(evaluated, others));
    printf("A network that comes to fire more takes longer, one that fires less takes less time.\n");
}

int sg_cli_print_time(const sg_config *config, int threads) {
    timing t = {.threads = threads};
    sg_status status = open_network(&t, config);
    if (status == SG_OK)
        status = time_training(&t, config);
    if (status == SG_OK)
        status = time_evaluation(&t, config);
    if (status == SG_OK)
        print_epoch(&t);
    int code = status == SG_OK ? 0 : sg_cli_fail(status);
    sg_trainer_free(t.trainer);
    sg_network_free(t.network);
    sg_data_free(t.data);
    return code;
}
