/* Threads that write and read HDF5 at once, each with handles of its own. */
#include "common.h"

#include <pthread.h>
#include <string.h>

enum { THREADS = 2, TIMES = 12 };

typedef struct worker {
    char events[4096], model[4096]; /* files of its own */
    int right;                      /* rounds in which all was read as it was written */
    sg_status wrong;                /* status of the call that failed */
} worker;

static bool once(worker *own, subject *work) {
    sg_events *events = NULL;
    sg_config *config = NULL;
    sg_network *network = NULL;
    bool same = false;
    if ((own->wrong = sg_events_save(work->events, own->events)) == SG_OK &&
        (own->wrong = sg_events_load(own->events, &events)) == SG_OK &&
        (own->wrong = sg_model_save(work->network, work->config, own->model)) == SG_OK &&
        (own->wrong = sg_model_load(own->model, &config, &network)) == SG_OK) {
        float saved[HIDDEN * CLASSES], read[HIDDEN * CLASSES];
        same = sg_network_get_weights(work->network, 1, saved) == SG_OK &&
               sg_network_get_weights(network, 1, read) == SG_OK && memcmp(saved, read, sizeof read) == 0 &&
               sg_events_get(events).first[SAMPLES] == SAMPLES * EVENTS && sg_events_get(events).label[1] == 1;
    }
    sg_events_free(events);
    sg_config_free(config);
    sg_network_free(network);
    return same;
}

typedef struct job {
    worker own;
    subject work;
} job;

static void *work_on(void *user) {
    job *mine = user;
    for (int i = 0; i < TIMES; i++)
        mine->own.right += once(&mine->own, &mine->work);
    return NULL;
}

static void files_are_read_side_by_side(void) {
    static job jobs[THREADS];
    static const char *const names[THREADS][2] = {{"thread-0-events.h5", "thread-0-model.h5"},
                                                  {"thread-1-events.h5", "thread-1-model.h5"}};
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        open_subject(&jobs[i].work, plain, 1);
        train_step(&jobs[i].work);
        strcpy(jobs[i].own.events, in_folder(names[i][0]));
        strcpy(jobs[i].own.model, in_folder(names[i][1]));
    }
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_create(&threads[i], NULL, work_on, &jobs[i]) == 0);
    for (int i = 0; i < THREADS; i++) {
        CHECK(pthread_join(threads[i], NULL) == 0);
        CHECK(jobs[i].own.right == TIMES && jobs[i].own.wrong == SG_OK);
        close_subject(&jobs[i].work);
    }
}

/* The last failure's message is the calling thread's own. */
static void *fail(void *user) {
    sg_config *config;
    sg_status status = sg_config_load("of-another-thread", &config);
    *(bool *)user = status == SG_CONFIG && strstr(sg_error_message(), "of-another-thread") != NULL;
    return NULL;
}

static void messages_are_of_their_thread(void) {
    pthread_t thread;
    sg_config *config;
    bool told = false;
    REFUSED(sg_config_load("of-this-thread", &config), SG_CONFIG, "of-this-thread");
    CHECK(pthread_create(&thread, NULL, fail, &told) == 0 && pthread_join(thread, NULL) == 0);
    CHECK(told && strstr(sg_error_message(), "of-this-thread") != NULL);
}

const test_case thread_cases[] = {
    {"files are read side by side", files_are_read_side_by_side},
    {"messages are of their thread", messages_are_of_their_thread},
    {NULL, NULL},
};
