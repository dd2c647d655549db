/* The run from event to event: closed forms between two events, spike times to the last bits. */
#include "check/exact.h"

#include "base/exact.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A network in work. */
typedef struct work {
    sg_exact_run *run;
    double *v, *i;           /* (neurons) */
    double now;              /* ms */
    sg_exact_event *pending; /* (waiting) arrivals ahead, unsorted */
    size_t waiting, capacity;
} work;

static double synaptic_share(const sg_exact_net *net) {
    return net->tau_syn / (net->tau_syn - net->tau_mem);
}

/* V after `ahead` ms without an event. */
static double membrane_at(const sg_exact_net *net, double v, double i, double ahead) {
    double fast = synaptic_share(net) * i;
    return (v - fast) * sg_exp(-ahead / net->tau_mem) + fast * sg_exp(-ahead / net->tau_syn);
}

/* How far ahead V is largest; 0 where it does not rise, INFINITY where it rises for ever. */
static double summit_of(const sg_exact_net *net, double v, double i) {
    double fast = synaptic_share(net) * i, slow = (v - fast) / net->tau_mem, quick = fast / net->tau_syn;
    if (i <= v)
        return 0;
    if (slow * quick >= 0)
        return INFINITY;
    double at = sg_log(-quick / slow) / (1 / net->tau_syn - 1 / net->tau_mem);
    return at > 0 ? at : INFINITY;
}

/* When V crosses theta, which it does once within `most`: by halves, then Newton. */
static double crossing_of(const sg_exact_net *net, double v, double i, double theta, double most) {
    double low = 0, high = most, fast = synaptic_share(net) * i;
    for (int k = 0; k < 40; k++) {
        double middle = 0.5 * (low + high);
        if (membrane_at(net, v, i, middle) > theta)
            high = middle;
        else
            low = middle;
    }
    double at = 0.5 * (low + high);
    for (int k = 0; k < 3; k++) {
        double m = (v - fast) * sg_exp(-at / net->tau_mem), s = fast * sg_exp(-at / net->tau_syn);
        at += (m + s - theta) / (m / net->tau_mem + s / net->tau_syn);
    }
    return at;
}

static sg_status add_event(sg_exact_event **events, size_t *count, size_t *capacity, sg_exact_event event) {
    if (*count == *capacity) {
        size_t larger = *capacity ? 2 * *capacity : 256;
        sg_exact_event *more = realloc(*events, larger * sizeof *more);
        if (!more)
            return sg_fail(SG_MEMORY, "out of memory for %zu events", larger);
        *events = more;
        *capacity = larger;
    }
    (*events)[(*count)++] = event;
    return SG_OK;
}

static bool is_synapse(const sg_exact_net *net, size_t source, size_t target) {
    return net->mask[source * net->neurons + target] != 0;
}

/* Whether a target before this one gets spikes of the source as late. */
static bool is_sent(const sg_exact_net *net, size_t source, size_t target) {
    const double *delay = net->delays + source * net->neurons;
    for (size_t before = 0; before < target; before++)
        if (is_synapse(net, source, before) && delay[before] == delay[target])
            return true;
    return false;
}

/* An arrival for each delay of a source. */
static sg_status send(work *w, size_t source, double time, size_t spike) {
    const sg_exact_net *net = w->run->net;
    for (size_t n = 0; n < net->neurons; n++) {
        double delay = net->delays[source * net->neurons + n];
        const sg_exact_event arrival = {
            .time = time + delay, .delay = delay, .source = source, .spike = spike, .arrives = true};
        if (is_synapse(net, source, n) && !is_sent(net, source, n))
            SG_TRY(add_event(&w->pending, &w->waiting, &w->capacity, arrival));
    }
    return SG_OK;
}

/* The next arrival, of several at once that which was sent first; `waiting`: there is none. */
static size_t next_arrival(const work *w) {
    size_t next = w->waiting;
    for (size_t k = 0; k < w->waiting; k++)
        if (next == w->waiting || w->pending[k].time < w->pending[next].time)
            next = k;
    return next;
}

/* The neuron that fires next within `*ahead`, which becomes how far ahead that is; `neurons`: none. */
static size_t next_to_fire(const work *w, double *ahead) {
    const sg_exact_net *net = w->run->net;
    size_t who = net->neurons;
    double limit = *ahead;
    for (size_t n = 0; n < net->neurons; n++) {
        double most = fmin(summit_of(net, w->v[n], w->i[n]), limit);
        if (!(membrane_at(net, w->v[n], w->i[n], most) > net->theta[n]))
            continue;
        double at = crossing_of(net, w->v[n], w->i[n], net->theta[n], most);
        if (at < *ahead) {
            *ahead = at;
            who = n;
        }
    }
    return who;
}

/* What is read of output k in the next `ahead` ms. */
static void read_output(work *w, size_t k, double ahead) {
    const sg_exact_net *net = w->run->net;
    size_t n = net->neurons - net->outputs + k;
    double fast = synaptic_share(net) * w->i[n], slow = w->v[n] - fast, rate = 1 / net->end;
    double m = sg_exp(-ahead / net->tau_mem), s = sg_exp(-ahead / net->tau_syn), r = sg_exp(-rate * ahead);
    w->run->mean[k] += slow * net->tau_mem * (1 - m) + fast * net->tau_syn * (1 - s);
    w->run->weighted[k] += sg_exp(-rate * w->now) * (slow / (1 / net->tau_mem + rate) * (1 - m * r) +
                                                     fast / (1 / net->tau_syn + rate) * (1 - s * r));
    double at = fmin(summit_of(net, w->v[n], w->i[n]), ahead), v = membrane_at(net, w->v[n], w->i[n], at);
    double i = w->i[n] * sg_exp(-at / net->tau_syn);
    if (v > w->run->peak[k].value)
        w->run->peak[k] = (sg_exact_peak){v, w->now + at, (i - v) / net->tau_mem, SG_EXACT_INPUT};
}

static void flow(work *w, double ahead) {
    const sg_exact_net *net = w->run->net;
    for (size_t k = 0; k < net->outputs; k++)
        read_output(w, k, ahead);
    for (size_t n = 0; n < net->neurons; n++) {
        w->v[n] = membrane_at(net, w->v[n], w->i[n], ahead);
        w->i[n] *= sg_exp(-ahead / net->tau_syn);
    }
    w->now += ahead;
}

static sg_status keep(work *w, sg_exact_event event) {
    return add_event(&w->run->events, &w->run->count, &w->run->capacity, event);
}

static sg_status fire(work *w, size_t n) {
    sg_exact_run *run = w->run;
    const sg_exact_net *net = run->net;
    size_t spike = run->spikes++, hidden = net->neurons - net->outputs;
    SG_TRY(keep(w, (sg_exact_event){.time = w->now, .current = w->i[n], .source = n, .spike = spike}));
    w->v[n] = 0;
    if (n >= hidden)
        run->first[n - hidden] = fmin(run->first[n - hidden], w->now);
    return send(w, net->inputs + n, w->now, spike);
}

/* A largest V that lies at an arrival moves with it. */
static sg_status arrive(work *w, size_t at) {
    const sg_exact_net *net = w->run->net;
    const sg_exact_event event = w->pending[at];
    size_t hidden = net->neurons - net->outputs;
    memmove(w->pending + at, w->pending + at + 1, (--w->waiting - at) * sizeof *w->pending);
    for (size_t n = 0; n < net->neurons; n++) {
        size_t synapse = event.source * net->neurons + n;
        if (!is_synapse(net, event.source, n) || net->delays[synapse] != event.delay)
            continue;
        w->i[n] += net->weights[synapse];
        if (n >= hidden && w->run->peak[n - hidden].time == w->now)
            w->run->peak[n - hidden].spike = event.spike;
    }
    return keep(w, (sg_exact_event){w->now, 0, event.delay, event.source, event.spike, true});
}

static sg_status run_all(work *w) {
    const sg_exact_net *net = w->run->net;
    for (;;) {
        size_t next = next_arrival(w);
        double stop = next < w->waiting ? fmin(w->pending[next].time, net->end) : net->end, ahead = stop - w->now;
        size_t who = next_to_fire(w, &ahead);
        flow(w, ahead);
        if (who < net->neurons) {
            SG_TRY(fire(w, who));
            continue;
        }
        w->now = stop;
        if (stop >= net->end)
            return SG_OK;
        SG_TRY(arrive(w, next));
    }
}

static sg_status begin(work *w, const sg_exact_input *input) {
    sg_exact_run *run = w->run;
    const sg_exact_net *net = run->net;
    run->mean = sg_array(3 * net->outputs, sizeof *run->mean);
    run->peak = sg_array(net->outputs, sizeof *run->peak);
    w->v = sg_array(2 * net->neurons, sizeof *w->v);
    if (!run->mean || !run->peak || !w->v)
        return SG_MEMORY;
    w->i = w->v + net->neurons;
    run->weighted = run->mean + net->outputs;
    run->first = run->weighted + net->outputs;
    for (size_t k = 0; k < net->outputs; k++) {
        run->first[k] = net->end;
        run->peak[k] = (sg_exact_peak){-INFINITY, 0, 0, SG_EXACT_INPUT};
    }
    for (size_t e = 0; e < input->count; e++)
        SG_TRY(send(w, input->channel[e], input->time[e], SG_EXACT_INPUT));
    return SG_OK;
}

sg_status sg_exact_open(sg_exact_run *run, const sg_exact_net *net, const sg_exact_input *input) {
    *run = (sg_exact_run){.net = net};
    work w = {.run = run};
    sg_status status = begin(&w, input);
    if (status == SG_OK)
        status = run_all(&w);
    free(w.v);
    free(w.pending);
    return status;
}

void sg_exact_close(sg_exact_run *run) {
    free(run->events);
    free(run->mean);
    free(run->peak);
    *run = (sg_exact_run){0};
}

double sg_exact_value(const sg_exact_run *run, sg_exact_readout readout, size_t k) {
    switch (readout) {
    case SG_EXACT_MEAN:
        return run->mean[k] / run->net->end;
    case SG_EXACT_WEIGHTED:
        return run->weighted[k] / run->net->end;
    case SG_EXACT_MAX:
        return run->peak[k].value;
    default:
        return -run->first[k];
    }
}
