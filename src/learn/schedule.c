#include "learn/schedule.h"

#include "base/exact.h"
#include "base/number.h"

/* Steps of a run, as numbers. */
typedef struct run_steps {
    double epoch, all, warmup;
} run_steps;

static const double PI = 0x1.921fb54442d18p+1;

/* From `from` to `to` along half a cosine, `part` of the way. */
static double half_wave(double from, double to, double part) {
    return to + (from - to) / 2 * (1 + sg_cos(PI * part));
}

static double constant(const sg_learn_config *config, double number, const run_steps *steps) {
    (void)config, (void)number, (void)steps;
    return 1;
}

static double step(const sg_learn_config *config, double number, const run_steps *steps) {
    double factor = 1;
    for (double next = (double)config->step_epochs * steps->epoch; number >= next;
         next += (double)config->step_epochs * steps->epoch)
        factor *= config->step_factor;
    return factor;
}

static double cosine(const sg_learn_config *config, double number, const run_steps *steps) {
    return half_wave(1, config->final, (number - steps->warmup) / (steps->all - steps->warmup));
}

/* Smith and Topin 2018, as PyTorch's OneCycleLR with its two phases. */
static double one_cycle(const sg_learn_config *config, double number, const run_steps *steps) {
    double top = config->peak * steps->all - 1, end = steps->all - 1, first = 1 / config->first_divisor;
    if (number <= top)
        return half_wave(first, 1, top > 0 ? number / top : 1);
    return half_wave(1, first * config->final, (number - top) / (end - top));
}

static const struct {
    const char *name;
    double (*factor)(const sg_learn_config *config, double number, const run_steps *steps);
    bool ends;
} table[] = {
    {"constant", constant, false},
    {"step", step, false},
    {"cosine", cosine, true},
    {"one_cycle", one_cycle, true},
};

enum { COUNT = sizeof table / sizeof *table };

const char *sg_schedule_name(int i) {
    return i >= 0 && i < COUNT ? table[i].name : NULL;
}

bool sg_schedule_ends(const sg_learn_config *config) {
    return table[config->schedule].ends;
}

double sg_schedule_lr(const sg_learn_config *config, uint64_t number, uint64_t steps) {
    double epoch = (double)steps, now = (double)number;
    const run_steps run = {epoch, epoch * (double)config->epochs, config->warmup * epoch};
    if (sg_schedule_ends(config) && now > run.all - 1)
        now = run.all - 1;
    if (now < run.warmup)
        return config->lr * (now + 1) / (run.warmup + 1);
    return config->lr * table[config->schedule].factor(config, now, &run);
}

sg_status sg_schedule_check(const sg_learn_config *config) {
    char warmup[32];
    sg_format_number(warmup, sizeof warmup, config->warmup);
    if (config->warmup >= (double)config->epochs)
        return sg_fail(SG_CONFIG,
                       "schedule.warmup: %s epochs, but the run has %lld: use fewer, or raise epochs above them",
                       warmup, (long long)config->epochs);
    if (table[config->schedule].factor == step && config->step_epochs >= config->epochs)
        return sg_fail(
            SG_CONFIG,
            "schedule.step_epochs: %lld, but the run has %lld epochs, so that no step would come: use fewer, "
            "or schedule.kind: constant",
            (long long)config->step_epochs, (long long)config->epochs);
    if (table[config->schedule].factor == one_cycle && config->warmup > 0)
        return sg_fail(SG_CONFIG,
                       "schedule.warmup: %s epochs, but one_cycle warms up by itself: use 0, or schedule.peak", warmup);
    return SG_OK;
}
