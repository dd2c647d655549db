#include "learn/schedule.h"

#include "base/exact.h"
#include "base/number.h"

static const double PI = 0x1.921fb54442d18p+1;

/* From `from` to `to` along half a cosine, `part` of the way. */
static double half_wave(double from, double to, double part) {
    return to + (from - to) / 2 * (1 + sg_cos(PI * part));
}

static double constant(const sg_learn_config *config, double number, const sg_schedule_steps *steps) {
    (void)config, (void)number, (void)steps;
    return 1;
}

static double step(const sg_learn_config *config, double number, const sg_schedule_steps *steps) {
    double factor = 1;
    for (double next = (double)config->step_epochs * steps->epoch; number >= next;
         next += (double)config->step_epochs * steps->epoch)
        factor *= config->step_factor;
    return factor;
}

static double cosine(const sg_learn_config *config, double number, const sg_schedule_steps *steps) {
    return half_wave(1, config->final, (number - steps->warmup) / (steps->all - steps->warmup));
}

/* Smith and Topin 2018, as PyTorch's OneCycleLR with its two phases. */
static double one_cycle(const sg_learn_config *config, double number, const sg_schedule_steps *steps) {
    double top = config->peak * steps->all - 1, end = steps->all - 1, first = 1 / config->first_divisor;
    if (number <= top)
        return half_wave(first, 1, top > 0 ? number / top : 1);
    return half_wave(1, first * config->final, (number - top) / (end - top));
}

static sg_status check_step(const sg_learn_config *config) {
    if (config->step_epochs >= config->epochs)
        return sg_fail(
            SG_CONFIG,
            "schedule.step_epochs: %lld, but the run has %lld epochs, so that no step would come: use fewer, "
            "or schedule.kind: constant",
            (long long)config->step_epochs, (long long)config->epochs);
    return SG_OK;
}

static sg_status check_one_cycle(const sg_learn_config *config) {
    char warmup[32];
    sg_format_number(warmup, sizeof warmup, config->warmup);
    if (config->warmup > 0)
        return sg_fail(SG_CONFIG,
                       "schedule.warmup: %s epochs, but one_cycle warms up by itself: use 0, or schedule.peak", warmup);
    return SG_OK;
}

static const sg_schedule_kind constant_kind = {
    .head = {"constant", "optimiser.lr in every step"},
    .factor = constant,
};
static const sg_schedule_kind step_kind = {
    .head = {"step", "multiplied by schedule.factor every schedule.step_epochs epochs"},
    .factor = step,
    .check = check_step,
};
static const sg_schedule_kind cosine_kind = {
    .head = {"cosine", "falls along half a cosine to schedule.final of it at the end of the run"},
    .ends = true,
    .factor = cosine,
};
static const sg_schedule_kind one_cycle_kind = {
    .head = {"one_cycle", "rises to optimiser.lr and falls again, each along half a cosine"},
    .ends = true,
    .factor = one_cycle,
    .check = check_one_cycle,
};

SG_KINDS_DEFINE(sg_schedule, sg_schedule_kind, &constant_kind, &step_kind, &cosine_kind, &one_cycle_kind)

bool sg_schedule_ends(const sg_learn_config *config) {
    return sg_schedule_at(config->schedule)->ends;
}

double sg_schedule_lr(const sg_learn_config *config, uint64_t number, uint64_t steps) {
    double epoch = (double)steps, now = (double)number;
    const sg_schedule_steps run = {epoch, epoch * (double)config->epochs, config->warmup * epoch};
    if (sg_schedule_ends(config) && now > run.all - 1)
        now = run.all - 1;
    if (now < run.warmup)
        return config->lr * (now + 1) / (run.warmup + 1);
    return config->lr * sg_schedule_at(config->schedule)->factor(config, now, &run);
}

sg_status sg_schedule_check(const sg_learn_config *config) {
    char warmup[32];
    sg_format_number(warmup, sizeof warmup, config->warmup);
    if (config->warmup >= (double)config->epochs)
        return sg_fail(SG_CONFIG,
                       "schedule.warmup: %s epochs, but the run has %lld: use fewer, or raise epochs above them",
                       warmup, (long long)config->epochs);
    const sg_schedule_kind *kind = sg_schedule_at(config->schedule);
    return kind->check ? kind->check(config) : SG_OK;
}
