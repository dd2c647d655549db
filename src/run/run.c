/* A whole training run: data, network, trainer, and a directory that can always be loaded. */
#include "base/number.h"
#include "base/random.h"
#include "base/sized.h"
#include "data/augment.h"
#include "learn/loss.h"
#include "run/chance.h"
#include "run/from_config.h"
#include "run/plan.h"
#include "run/run_directory.h"
#include "store/initial.h"
#include "train/diverge.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* A layer is called silent below, and saturated above, these shares of its neurons' steps. */
static const double SILENT = 1e-4, SATURATED = SG_SATURATED;

typedef struct run {
    const sg_config *config;
    sg_run_options options;
    sg_run_directory folder; /* open if options.dir is not NULL */
    const sg_data *data;
    sg_data *opened; /* what was made for this run; NULL: `data` is the caller's */
    sg_network *network;
    sg_trainer *trainer;
    sg_position position;
    uint32_t *order;     /* (train_count) samples in the order of this epoch */
    size_t batches;      /* of an epoch */
    double started;      /* seconds of a monotonic clock */
    size_t batches_here; /* done by this call, for the time left */
    bool warned[SG_MAX_LAYERS];
} run;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* The share of steps in which the neurons of a layer fire, over what `sums` counts. */
static double firing(const run *r, const sg_epoch_sums *sums, size_t l) {
    double chances = (double)sums->samples * (double)r->network->layers[l].neurons * (double)r->network->steps;
    return chances > 0 ? (double)sums->spikes[l] / chances : 0;
}

static void rates(const run *r, const sg_epoch_sums *sums, double *rate_hz) {
    for (size_t l = 0; l < r->network->layer_count; l++)
        rate_hz[l] = firing(r, sums, l) * 1000 / r->config->network.dt_ms;
}

static void silent_shares(const run *r, const sg_layer_activity *activity, double *share) {
    for (size_t l = 0; l < r->network->layer_count; l++)
        share[l] = (double)activity[l].silent / (double)r->network->layers[l].neurons;
}

static void warn_of_rates(run *r, const sg_epoch_sums *sums) {
    for (size_t l = 0; l < r->network->layer_count; l++) {
        double share = firing(r, sums, l);
        bool silent = share < SILENT;
        if (r->warned[l] || !r->network->layers[l].neuron.kind->spiking || (!silent && share <= SATURATED))
            continue;
        sg_warn("layers.%zu is %s: its neurons fire in %.3g %% of the steps; %s", l, silent ? "silent" : "saturated",
                100 * share,
                silent ? "raise link.sd or lower neuron.threshold" : "lower link.sd or raise neuron.threshold");
        r->warned[l] = true;
    }
}

/* With a surrogate that is 0 below the threshold, an output that never fires gets no gradient and stays as it is. */
static void warn_of_silent_outputs(run *r, const sg_layer_activity *activity) {
    size_t last = r->network->layer_count - 1;
    if (activity[last].silent == 0 || r->warned[last])
        return;
    sg_warn(
        "%u of the %zu outputs fired for no test sample: the classes they stand for are lost; try another seed or a "
        "lower optimiser.lr",
        activity[last].silent, r->network->layers[last].neurons);
    r->warned[last] = true;
}

static void report_batch(run *r, double epoch_started) {
    const sg_epoch_sums *sums = &r->position.sums;
    double rate_hz[SG_MAX_LAYERS], spent = now() - r->started;
    if (!r->options.on_batch)
        return;
    rates(r, sums, rate_hz);
    uint64_t left = ((uint64_t)r->config->learn.epochs - r->position.epoch) * r->batches - r->position.batch;
    const double metric = sg_score_mean(&sums->score);
    const bool has_accuracy = sg_loss_at(r->config->learn.loss)->metric == &sg_metric_accuracy;
    const sg_progress progress = {
        .epoch = (uint32_t)r->position.epoch + 1,
        .epochs = (uint32_t)r->config->learn.epochs,
        .batch = (size_t)r->position.batch,
        .batches = r->batches,
        .loss = sums->loss / (double)r->position.batch,
        .accuracy = has_accuracy ? metric : NAN,
        .metric = metric,
        .rate_hz = rate_hz,
        .layers = r->network->layer_count,
        .samples_per_s = (double)sums->samples / (sums->seconds + now() - epoch_started),
        .seconds_left = spent / (double)r->batches_here * (double)left,
    };
    r->options.on_batch(r->options.user, &progress);
}

static void add_batch(sg_epoch_sums *sums, const sg_batch_result *batch, const sg_score *score, size_t samples) {
    sums->loss += batch->loss;
    sums->samples += samples;
    sg_score_add(&sums->score, score);
    sums->gradient_norm += batch->gradient_norm;
    sums->lr = batch->lr;
}

static sg_status train_batch(run *r) {
    size_t begin, end;
    sg_batch_result batch = SG_SIZED(sg_batch_result);
    sg_split_range(r->data->train_count, r->batches, (size_t)r->position.batch, &begin, &end);
    sg_status status = sg_trainer_step(r->trainer, r->data->events, r->order + begin, end - begin, &batch);
    if (status != SG_OK)
        return sg_fail_in(status, "epoch %" PRIu64 ", batch %" PRIu64 " of %zu", r->position.epoch + 1,
                          r->position.batch + 1, r->batches);
    add_batch(&r->position.sums, &batch, &r->trainer->score, end - begin);
    for (size_t l = 0; l < r->network->layer_count; l++)
        r->position.sums.spikes[l] += r->trainer->spikes[l];
    r->position.batch++;
    r->batches_here++;
    return SG_OK;
}

static bool asked_to_stop(const run *r) {
    return r->options.stop && *r->options.stop;
}

/* Nothing is saved that cannot be gone on from. */
static sg_status check_state(const run *r) {
    sg_status status = sg_trainer_check(r->trainer);
    return status == SG_OK ? SG_OK : sg_fail_in(status, "epoch %" PRIu64, r->position.epoch + 1);
}

static sg_status evaluate(const run *r, const char *part, const uint32_t *samples, size_t count, sg_evaluation *result,
                          sg_layer_activity *activity) {
    sg_status status =
        sg_evaluate(r->network, r->config, r->data->events, samples, count, r->options.threads, result, activity, NULL);
    return status == SG_OK ? SG_OK : sg_fail_in(status, "epoch %" PRIu64 ", %s samples", r->position.epoch + 1, part);
}

static sg_status stop(run *r) {
    if (!r->options.dir)
        return sg_fail(SG_STOPPED, "stopped in epoch %" PRIu64, r->position.epoch + 1);
    SG_TRY(check_state(r));
    SG_TRY(sg_run_directory_save(&r->folder, r->config, r->trainer, &r->position));
    return sg_fail(SG_STOPPED, "stopped in epoch %" PRIu64 " after batch %" PRIu64 " of %zu; saved in %s",
                   r->position.epoch + 1, r->position.batch, r->batches, r->folder.dir);
}

/* The order of an epoch depends on seed and epoch alone, so a resumed run finds it again. */
static void order_samples(run *r) {
    memcpy(r->order, r->data->order, r->data->train_count * sizeof *r->order);
    if (r->config->learn.shuffle)
        sg_random_shuffle(r->order, r->data->train_count, (uint64_t)r->config->learn.seed,
                          SG_STREAM_SHUFFLE + (uint32_t)r->position.epoch);
}

static sg_status train_epoch(run *r) {
    order_samples(r);
    double started = now();
    while (!asked_to_stop(r) && r->position.batch < r->batches) {
        SG_TRY(train_batch(r));
        report_batch(r, started);
    }
    r->position.sums.seconds += now() - started;
    return asked_to_stop(r) ? stop(r) : SG_OK;
}

static sg_status finish_epoch(run *r) {
    const sg_epoch_sums *sums = &r->position.sums;
    sg_data_view data = sg_data_get(r->data);
    sg_evaluation test = SG_SIZED(sg_evaluation), validation = SG_SIZED(sg_evaluation);
    sg_layer_activity activity[SG_MAX_LAYERS];
    double started = now();
    SG_TRY(check_state(r));
    SG_TRY(evaluate(r, "test", data.test, data.test_count, &test, activity));
    if (data.validation_count > 0)
        SG_TRY(evaluate(r, "validation", data.validation, data.validation_count, &validation, NULL));
    const size_t layers = r->network->layer_count;
    double *rate_hz = sg_history_rates(&r->position, r->position.epoch, layers),
           *silent = sg_history_silent(&r->position, r->position.epoch, layers);
    rates(r, sums, rate_hz);
    silent_shares(r, activity, silent);
    sg_epoch *epoch = &r->position.history[r->position.epoch++];
    *epoch = (sg_epoch){
        .epoch = (uint32_t)r->position.epoch,
        .train_loss = sums->loss / (double)r->batches,
        .train_metric = sg_score_mean(&sums->score),
        .test_loss = test.loss,
        .test_metric = test.metric,
        .validation_loss = validation.loss,
        .validation_metric = validation.metric,
        .seconds = sums->seconds + now() - started,
        .samples_per_s = (double)sums->samples / sums->seconds,
        .lr = sums->lr,
        .gradient_norm = sums->gradient_norm / (double)r->batches,
        .rate_hz = rate_hz,
        .silent = silent,
    };
    sg_history_tell_accuracy(epoch, &r->config->learn);
    warn_of_rates(r, sums);
    warn_of_silent_outputs(r, activity);
    r->position.batch = 0;
    r->position.sums = (sg_epoch_sums){0};
    if (r->options.dir)
        SG_TRY(sg_run_directory_save_epoch(&r->folder, r->config, r->trainer, &r->position));
    if (r->options.on_epoch)
        r->options.on_epoch(r->options.user, epoch, r->network->layer_count);
    return SG_OK;
}

/* A run that goes on has its parameters in a checkpoint, and the files of the initial ones may be gone. */
static bool goes_on(const run *r) {
    return r->options.dir && r->options.resume;
}

/* The parameters that a run begins with. */
static sg_status begin(const run *r) {
    if (r->options.network)
        return sg_initial_copy(r->options.network, "the network to begin with", r->network);
    return sg_network_begin(r->network, r->config);
}

/* Events files of others may leave the length of their steps out. */
static void warn_of_unknown_dt(const run *r) {
    char dt[32];
    if (r->data->events->dt_ms > 0)
        return;
    sg_format_number(dt, sizeof dt, r->config->network.dt_ms);
    if (r->opened)
        sg_warn("%s does not say how long its steps are: taken as dt, %s ms; write the dataset dt_ms to be sure",
                r->config->data.file, dt);
    else
        sg_warn("the data do not say how long their steps are: taken as dt, %s ms; set sg_events_view.dt_ms to be sure",
                dt);
}

static bool has_validation(const run *r) {
    return r->data && r->data->validation_count > 0;
}

static sg_status check_patience(const run *r, const char *remedy) {
    if (r->config->learn.patience == 0 || has_validation(r))
        return SG_OK;
    return sg_fail(SG_CONFIG,
                   "patience: %lld epochs, but the data have no validation part to see by whether training still "
                   "helps: %s patience: 0",
                   (long long)r->config->learn.patience, remedy);
}

/* A configuration is checked as if it described the caller's data, which may have a validation part or none. */
static sg_status check_config(const run *r) {
    SG_TRY(check_patience(r, "give sg_data_create one, or use"));
    sg_config *config = sg_array(1, sizeof *config);
    if (!config)
        return SG_MEMORY;
    *config = *r->config;
    config->data.validation = has_validation(r) ? 0.5 : 0;
    config->data.validation_groups = 0;
    config->data.stratified = false;
    sg_status status = sg_config_check(config);
    if (status == SG_OK)
        status = sg_augment_check(&config->data, r->data->events);
    free(config);
    return status;
}

static sg_status find_data(run *r) {
    if (r->options.data) {
        r->data = r->options.data;
        return check_config(r);
    }
    SG_TRY(sg_data_open(r->config, &r->opened));
    r->data = r->opened;
    if (r->data->train_count == 0)
        return sg_fail(SG_DATA,
                       "%zu samples, of which none are to train and %zu to test: set data.split: shuffled, or "
                       "name a file with samples to train in data.file",
                       r->data->events->samples, r->data->test_count);
    return check_patience(r, "set data.validation, or use");
}

static sg_status prepare(run *r) {
    const sg_learn_config *learn = &r->config->learn;
    SG_TRY(find_data(r));
    warn_of_unknown_dt(r);
    SG_TRY(sg_plan_check(r->config, r->data->events, r->options.threads));
    SG_TRY(sg_network_make(&r->config->network, r->data->events->shape, &r->network));
    SG_TRY(sg_network_know(r->network, r->data->events));
    if (!goes_on(r))
        SG_TRY(begin(r));
    SG_TRY(sg_check_events(r->network, r->data->events));
    SG_TRY(sg_check_wanted(learn, r->network, r->data->events, r->data->order,
                           r->data->train_count + r->data->validation_count + r->data->test_count));
    SG_TRY(sg_trainer_create(r->network, r->config, r->options.threads, &r->trainer));
    SG_TRY(sg_trainer_set_partners(r->trainer, r->data->events, r->data->order, r->data->train_count));
    r->order = sg_array(r->data->train_count, sizeof *r->order);
    if (!r->order)
        return SG_MEMORY;
    SG_TRY(sg_history_open(&r->position, (uint64_t)learn->epochs, r->network->layer_count));
    r->batches = r->data->train_count / (size_t)learn->batch;
    if (r->batches == 0)
        r->batches = 1;
    sg_trainer_set_epoch(r->trainer, r->batches);
    return SG_OK;
}

static sg_status open_folder(run *r) {
    bool found;
    if (!r->options.dir)
        return SG_OK;
    r->folder.has_validation = has_validation(r);
    SG_TRY(sg_run_directory_open(&r->folder, &r->options, &found));
    if (r->options.on_dir)
        r->options.on_dir(r->options.user, r->folder.dir);
    if (found)
        return sg_run_directory_load(&r->folder, r->config, r->trainer, &r->position);
    if (goes_on(r)) {
        sg_warn("there is no checkpoint to resume from: starting from the beginning");
        SG_TRY(begin(r));
    }
    return sg_run_directory_begin(&r->folder, r->config);
}

/* Whether the best epoch is so long ago that better ones are not waited for. */
static bool has_stopped_learning(const run *r) {
    uint64_t patience = (uint64_t)r->config->learn.patience;
    return patience > 0 && r->position.epoch > 0 &&
           r->position.epoch - 1 - sg_best_epoch(&r->position, &r->config->learn) >= patience;
}

static sg_status train(run *r) {
    SG_TRY(prepare(r));
    SG_TRY(open_folder(r));
    if (r->options.on_start)
        r->options.on_start(r->options.user, r->data, r->network);
    r->started = now();
    while (r->position.epoch < (uint64_t)r->config->learn.epochs && !has_stopped_learning(r)) {
        SG_TRY(train_epoch(r));
        SG_TRY(finish_epoch(r));
    }
    sg_warn_of_chance(&(sg_outcome){r->config, r->network, r->data, &r->position});
    return SG_OK;
}

static void fill_result(const run *r, double started, sg_run_result *result) {
    result->epochs = (uint32_t)r->position.epoch;
    result->layers = r->network ? r->network->layer_count : 0;
    result->seconds = now() - started;
    result->validated = has_validation(r);
    if (r->position.epoch == 0)
        return;
    result->last = r->position.history[r->position.epoch - 1];
    result->best =
        result->validated ? r->position.history[sg_best_epoch(&r->position, &r->config->learn)] : result->last;
    result->best.rate_hz = result->best.silent = result->last.rate_hz = result->last.silent = NULL;
}

sg_status sg_run(const sg_config *config, const sg_run_options *options, sg_run_result *result) {
    double started = now();
    run r = {.config = config, .options = SG_SIZED(sg_run_options), .folder = {.lock = -1}};
    sg_run_result whole = SG_SIZED(sg_run_result);
    if (options)
        SG_TRY(sg_copy_sized(&r.options, options));
    if (result)
        SG_TRY(sg_copy_sized(result, &whole));
    const sg_warning_listener before = sg_swap_warning_listener((sg_warning_listener){0});
    const sg_warning_listener own = {r.options.on_warning, r.options.user};
    sg_swap_warning_listener(own.handler ? own : before);
    sg_status status = train(&r);
    sg_run_directory_close(&r.folder);
    sg_swap_warning_listener(before);
    fill_result(&r, started, &whole);
    if (result)
        sg_copy_sized(result, &whole);
    free(r.order);
    sg_history_close(&r.position);
    sg_trainer_free(r.trainer);
    sg_network_free(r.network);
    sg_data_free(r.opened);
    return status;
}
