#include "data/split.h"

#include "base/number.h"
#include "base/random.h"

#include <stdlib.h>
#include <string.h>

/* A split in work. */
typedef struct work {
    sg_data *data;
    const sg_data_config *config;
    const sg_events *events;
    uint64_t seed;
    uint32_t *order;   /* (samples) the data set's */
    bool *leaves;      /* (samples) whether a sample goes to the part that is being taken out */
    uint32_t *scratch; /* (samples) */
} work;

/* ------------------------------------------------------------------------------------------------------- shares */

/* A share of `count` samples, rounded, must leave some on either side. */
static sg_status check_share(const char *key, const char *what, double share, size_t count, size_t taken) {
    char text[32];
    if (count < 2)
        return sg_fail(SG_DATA, "%s: %zu %s cannot be divided: use more data", key, count, what);
    if (taken > 0 && taken < count)
        return SG_OK;
    sg_format_number(text, sizeof text, share);
    return sg_fail(SG_CONFIG, "%s: %s of %zu %s is %s: use a %s share", key, text, count, what,
                   taken ? "all of them" : "none", taken ? "smaller" : "larger");
}

static size_t round_share(double share, size_t count) {
    return (size_t)(share * (double)count + 0.5);
}

/* Moves the samples of order[0 .. count-1] that leave to its end; both sides keep their order. Returns how many stay.
 */
static size_t part(work *w, size_t count) {
    size_t stay = 0, leave = 0;
    for (size_t i = 0; i < count; i++)
        if (w->leaves[w->order[i]])
            w->scratch[leave++] = w->order[i];
        else
            w->order[stay++] = w->order[i];
    memcpy(w->order + stay, w->scratch, leave * sizeof *w->order);
    return stay;
}

/* The class of a sample; those without a label are a class of their own. */
static size_t class_of(const sg_events *events, uint32_t sample) {
    return events->label[sample] == SG_NO_LABEL ? events->classes : events->label[sample];
}

/* Takes the first `share` of each class of order[0 .. count-1] to its begin. Returns how many these are. */
static size_t take_of_each_class(work *w, double share, size_t count) {
    size_t left[SG_MAX_CLASSES + 1] = {0};
    for (size_t i = 0; i < count; i++)
        left[class_of(w->events, w->order[i])]++;
    for (size_t c = 0; c <= w->events->classes; c++)
        left[c] = round_share(share, left[c]);
    for (size_t i = 0; i < count; i++) {
        size_t *of = &left[class_of(w->events, w->order[i])];
        w->leaves[w->order[i]] = *of == 0;
        *of -= *of > 0;
    }
    return part(w, count);
}

/* ------------------------------------------------------------------------------------------------------- groups */

static sg_status check_groups(const work *w, const char *key) {
    if (w->events->group_names.count > 0)
        return SG_OK;
    return sg_fail(SG_CONFIG,
                   "%s: the data do not say which groups their samples are of: use data with groups, or a "
                   "share (data.train_fraction, data.validation)",
                   key);
}

static size_t place_of(const sg_texts *groups, const char *name) {
    size_t group = 0;
    while (group < groups->count && strcmp(groups->items[group], name) != 0)
        group++;
    return group;
}

static sg_status find_group(const sg_texts *groups, const char *name, size_t *found) {
    *found = place_of(groups, name);
    if (*found < groups->count)
        return SG_OK;
    return sg_fail_unknown(SG_CONFIG, "data.test_groups: found", name, (const char *const *)groups->items,
                           groups->count, "");
}

/* Marks the groups of a list of names, separated by commas; a name alone may hold commas itself. */
static sg_status mark_named(const sg_texts *groups, const char *names, bool *marked) {
    const size_t whole = place_of(groups, names);
    if (whole < groups->count) {
        marked[whole] = true;
        return SG_OK;
    }
    char *copy = sg_text_copy(names), *rest = copy;
    sg_status status = copy ? SG_OK : SG_MEMORY;
    for (char *name; status == SG_OK && (name = strtok_r(rest, ",", &rest)) != NULL;) {
        size_t group;
        name += strspn(name, " ");
        for (size_t end = strlen(name); end > 0 && name[end - 1] == ' ';)
            name[--end] = 0;
        status = find_group(groups, name, &group);
        if (status == SG_OK)
            marked[group] = true;
    }
    free(copy);
    return status;
}

/* Those of the marked groups leave. */
static void leave_by_group(work *w, const bool *marked) {
    for (size_t s = 0; s < w->events->samples; s++)
        w->leaves[s] = w->events->group[s] != SG_NO_GROUP && marked[w->events->group[s]];
}

/* Marks some groups of those that order[0 .. count-1] is of, drawn from the seed. */
static sg_status mark_drawn(work *w, size_t count, bool *marked) {
    const size_t wanted = (size_t)w->config->validation_groups;
    size_t there = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t group = w->events->group[w->order[i]];
        if (group != SG_NO_GROUP && !marked[group]) {
            marked[group] = true;
            there++;
        }
    }
    if (wanted >= there)
        return sg_fail(SG_CONFIG, "data.validation_groups: %zu of %zu groups that train would leave none: use fewer",
                       wanted, there);
    uint32_t *groups = w->scratch;
    for (size_t g = 0, at = 0; g < w->events->group_names.count; g++)
        if (marked[g])
            groups[at++] = (uint32_t)g;
    sg_random_shuffle(groups, there, w->seed, SG_STREAM_VALIDATION);
    memset(marked, 0, w->events->group_names.count * sizeof *marked);
    for (size_t i = 0; i < wanted; i++)
        marked[groups[i]] = true;
    return SG_OK;
}

/* ---------------------------------------------------------------------------------------------------- the parts */

static void order_all(work *w) {
    for (size_t s = 0; s < w->events->samples; s++)
        w->order[s] = (uint32_t)s;
}

/* By the data's own split: all samples in their order, those that train first, then those that validate. */
static sg_status order_standard(work *w) {
    size_t at = 0, counts[SG_SPLITS] = {0};
    static const int order[] = {SG_TRAIN, SG_VALIDATION, SG_TEST};
    for (int i = 0; i < SG_SPLITS; i++)
        for (size_t s = 0; s < w->events->samples; s++)
            if (w->events->split[s] == order[i]) {
                w->order[at++] = (uint32_t)s;
                counts[order[i]]++;
            }
    w->data->train_count = counts[SG_TRAIN];
    w->data->validation_count = counts[SG_VALIDATION];
    return SG_OK;
}

static sg_status order_shuffled(work *w) {
    const double share = w->config->train_fraction;
    const size_t samples = w->events->samples;
    order_all(w);
    sg_random_shuffle(w->order, samples, w->seed, SG_STREAM_SPLIT);
    w->data->train_count = w->config->stratified ? take_of_each_class(w, share, samples) : round_share(share, samples);
    return check_share("data.train_fraction", "samples", share, samples, w->data->train_count);
}

static sg_status order_by_groups(work *w) {
    SG_TRY(check_groups(w, "data.split"));
    bool *marked = sg_array(w->events->group_names.count, sizeof *marked);
    sg_status status = marked ? mark_named(&w->events->group_names, w->config->test_groups, marked) : SG_MEMORY;
    if (status == SG_OK) {
        order_all(w);
        leave_by_group(w, marked);
        w->data->train_count = part(w, w->events->samples);
    }
    free(marked);
    return status;
}

static sg_status (*const orders[])(work *w) = {
    [SG_SPLIT_STANDARD] = order_standard,
    [SG_SPLIT_SHUFFLED] = order_shuffled,
    [SG_SPLIT_GROUPS] = order_by_groups,
};

/* ---------------------------------------------------------------------------------------------- validation part */

/* Takes the last of the training part out of it, after a shuffle that is drawn from the seed. */
static sg_status validate_by_share(work *w) {
    const double share = w->config->validation;
    const size_t count = w->data->train_count;
    sg_random_shuffle(w->order, count, w->seed, SG_STREAM_VALIDATION);
    size_t stay = w->config->stratified ? take_of_each_class(w, 1 - share, count) : count - round_share(share, count);
    SG_TRY(check_share("data.validation", "training samples", share, count, count - stay));
    w->data->train_count = stay;
    w->data->validation_count = count - stay;
    return SG_OK;
}

static sg_status validate_by_groups(work *w) {
    const size_t count = w->data->train_count;
    SG_TRY(check_groups(w, "data.validation_groups"));
    bool *marked = sg_array(w->events->group_names.count, sizeof *marked);
    sg_status status = marked ? mark_drawn(w, count, marked) : SG_MEMORY;
    if (status == SG_OK) {
        leave_by_group(w, marked);
        w->data->train_count = part(w, count);
        w->data->validation_count = count - w->data->train_count;
    }
    free(marked);
    return status;
}

static sg_status take_validation(work *w) {
    const bool by_share = w->config->validation > 0, by_groups = w->config->validation_groups > 0;
    if (!by_share && !by_groups)
        return SG_OK;
    if (w->data->validation_count > 0)
        return sg_fail(SG_CONFIG,
                       "%s: takes a validation part out of the training part, but the data have one of their own, of "
                       "%zu samples: leave it out",
                       by_share ? "data.validation" : "data.validation_groups", w->data->validation_count);
    return by_share ? validate_by_share(w) : validate_by_groups(w);
}

static sg_status split(work *w) {
    sg_data *data = w->data;
    const size_t samples = w->events->samples;
    SG_TRY(orders[w->config->split](w));
    data->test_count = samples - data->train_count - data->validation_count;
    if (data->test_count == 0)
        return sg_fail(SG_DATA,
                       "%zu samples, of which %zu are to train and none to test: name those in data.test_file, or take "
                       "them out with data.split: shuffled",
                       samples, data->train_count);
    return data->train_count > 0 ? take_validation(w) : SG_OK; /* a test part alone can be evaluated */
}

sg_status sg_split(sg_data *data, const sg_data_config *config, uint64_t seed) {
    const size_t samples = data->events->samples;
    data->order = sg_array(samples, sizeof *data->order);
    work w = {.data = data,
              .config = config,
              .events = data->events,
              .seed = seed,
              .order = data->order,
              .leaves = sg_array(samples, sizeof *w.leaves),
              .scratch = sg_array(samples + data->events->group_names.count, sizeof *w.scratch)};
    sg_status status = w.order && w.leaves && w.scratch ? split(&w) : SG_MEMORY;
    free(w.leaves);
    free(w.scratch);
    return status;
}
