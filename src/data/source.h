/* Data sources: where samples come from. A table of kinds; a kind is one file, source_NAME.c, and one row here. Options
 * of a kind's own are rows of data_options.c. */
#ifndef SG_DATA_SOURCE_H
#define SG_DATA_SOURCE_H

#include "base/kind.h"
#include "data/data_config.h"
#include "data/event_writer.h"
#include "fetch/download_set.h"

/* The rows: symbol sg_source_X. And by name, for the `needs` of options: those that are images, for an encoder; those
 * of spike events; recordings of sensors, which are conditioned and binned; those of sound; and those that are drawn
 * from the seed. */
#define SG_SOURCES(X)                                                                                                  \
    X(mnist)                                                                                                           \
    X(fashion_mnist)                                                                                                   \
    X(idx)                                                                                                             \
    X(events)                                                                                                          \
    X(recordings)                                                                                                      \
    X(nmnist)                                                                                                          \
    X(dvs_gesture) X(shd) X(ssc) X(wav) X(randman) X(patterns) X(yinyang) X(evidence) X(store_recall) X(trains) X(sines)
#define SG_SOURCES_OF_IMAGES "mnist, fashion-mnist, idx"
#define SG_SOURCES_OF_FILES  "events"
#define SG_SOURCES_RECORDED  "recordings, nmnist, dvs-gesture, shd, ssc"
#define SG_SOURCES_OF_SOUND  "wav"
#define SG_SOURCES_OF_SERIES "recordings"
#define SG_SOURCES_DRAWN     "randman, patterns, yinyang, evidence, store_recall"
#define SG_SOURCES_SHAPED    "randman, patterns, evidence, store_recall" /* of as many classes and channels as asked */
#define SG_SOURCES_OF_TRAINS "trains"
#define SG_SOURCES_OF_ONE    SG_SOURCES_OF_TRAINS ", sines" /* sample */

typedef struct sg_source_kind sg_source_kind;

/* What a network asks of its data. */
typedef struct sg_data_request {
    uint32_t steps;   /* T */
    uint32_t classes; /* neurons of the last layer */
    uint64_t seed;    /* of the split, and of what is drawn */
    double dt_ms;
} sg_data_request;

/* What is read. */
typedef struct sg_source_request {
    const sg_source_kind *kind;
    const sg_data_config *config;
    sg_data_request need;
} sg_source_request;

/* How large a source is. */
typedef struct sg_source_info {
    sg_shape shape; /* of the input channels; {0, 0, 0}: not known */
    uint32_t classes;
    uint64_t samples[SG_SPLITS]; /* all are SG_TRAIN where the source has no split of its own */
    uint64_t events;
    bool numbers;      /* whether each event has a number */
    size_t held_bytes; /* memory that reading takes besides the event store */
} sg_source_info;

struct sg_source_kind {
    sg_kind head;
    const sg_download_set *download; /* what `surgrad fetch` brings, or NULL */
    sg_shape image;                  /* of one image, where that is known before it is fetched */
    bool may_validate;               /* whether its files may have a validation part of their own */
    const char *protocol;            /* what sg_data_protocol tells; or NULL */

    /* What no single option can say: SG_CONFIG, the message begins with the key. */
    sg_status (*check)(const sg_data_config *config);

    /* Fills *info without making the store. After a failure other than SG_MEMORY it holds what is known without the
     * files. */
    sg_status (*measure)(const sg_source_request *request, sg_source_info *info);

    /* Opens the writer and writes all samples. */
    sg_status (*read)(const sg_source_request *request, sg_event_writer *out);
};

#define SG_SOURCE_DECLARE(name) extern const sg_source_kind sg_source_##name;
SG_SOURCES(SG_SOURCE_DECLARE)

SG_KINDS_DECLARE(sg_source, sg_source_kind);

/* ---------------------------------------------------------------------------------------------- for the kinds' use */

/* A `check` that finds nothing. */
sg_status sg_source_check_nothing(const sg_data_config *config);

/* A `measure` that reads all, and only counts. */
sg_status sg_source_count(const sg_source_request *request, sg_source_info *info);

/* SG_CONFIG where a source that has no split of its own is to be split by it: "data.split: standard, but " and what is
 * told. */
sg_status sg_source_check_split(const sg_data_config *config, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
