/* EventProp's adjoint, exact: from the last event to the first. */
#include "check/exact.h"

#include "base/exact.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

typedef struct work {
    const sg_exact_run *run;
    sg_exact_readout readout;
    const double *by_values; /* (outputs) */
    double *gv, *gi;         /* (neurons) dL/dV, dL/dI of the moment */
    double *by_time;         /* (spikes) dL/dtime of each, from its arrivals so far */
    uint8_t *is_read;        /* (outputs) whether the largest V is done */
    double now;
} work;

static size_t hidden_of(const work *w) {
    return w->run->net->neurons - w->run->net->outputs;
}

/* What the loss adds to dL/dV of neuron n in a ms, at time t: f exp(-rate t). */
static double source_of(const work *w, size_t n) {
    bool flows = w->readout == SG_EXACT_MEAN || w->readout == SG_EXACT_WEIGHTED;
    return flows && n >= hidden_of(w) ? w->by_values[n - hidden_of(w)] / w->run->net->end : 0;
}

/* Back to `time`: the distance to the solution that the source alone has flows as without a source. */
static void flow_back(work *w, double time) {
    const sg_exact_net *net = w->run->net;
    double rate = w->readout == SG_EXACT_WEIGHTED ? 1 / net->end : 0, by = w->now - time;
    double m = sg_exp(-by / net->tau_mem), s = sg_exp(-by / net->tau_syn);
    double later = sg_exp(-rate * w->now), sooner = sg_exp(-rate * time);
    for (size_t n = 0; n < net->neurons; n++) {
        double v = source_of(w, n) * net->tau_mem / (1 + rate * net->tau_mem);
        double i = v * net->tau_syn / net->tau_mem / (1 + rate * net->tau_syn);
        double from_v = w->gv[n] - v * later, from_i = w->gi[n] - i * later;
        w->gi[n] = i * sooner + from_i * s + from_v * net->tau_syn / (net->tau_mem - net->tau_syn) * (m - s);
        w->gv[n] = v * sooner + from_v * m;
    }
    w->now = time;
}

/* One that lies where a spike arrives moves with that spike. */
static void read_peak(work *w, size_t k) {
    const sg_exact_peak *peak = &w->run->peak[k];
    w->gv[hidden_of(w) + k] += w->by_values[k];
    w->is_read[k] = 1;
    if (peak->spike != SG_EXACT_INPUT)
        w->by_time[peak->spike] += w->by_values[k] * peak->rate;
}

/* The largest V that lie after an event, or between a spike and what arrives with it. */
static void read_peaks(work *w, double time, bool arrives) {
    for (;;) {
        size_t last = w->run->net->outputs;
        for (size_t k = 0; k < w->run->net->outputs; k++) {
            double at = w->run->peak[k].time;
            bool later = at > time || (at == time && !arrives);
            if (!w->is_read[k] && later && (last == w->run->net->outputs || at > w->run->peak[last].time))
                last = k;
        }
        if (last == w->run->net->outputs)
            return;
        flow_back(w, w->run->peak[last].time);
        read_peak(w, last);
    }
}

static void arrive_back(work *w, const sg_exact_event *event, double *by_weights, double *by_delays) {
    const sg_exact_net *net = w->run->net;
    for (size_t n = 0; n < net->neurons; n++) {
        size_t synapse = event->source * net->neurons + n;
        if (!net->mask[synapse] || net->delays[synapse] != event->delay)
            continue;
        double later = net->weights[synapse] * (w->gi[n] / net->tau_syn - w->gv[n] / net->tau_mem);
        by_weights[synapse] += w->gi[n];
        by_delays[synapse] += later;
        if (event->spike != SG_EXACT_INPUT)
            w->by_time[event->spike] += later;
    }
}

/* dL/dtime that the read-out has of a spike itself. */
static double read_time(const work *w, const sg_exact_event *event) {
    size_t n = event->source;
    bool is_first = w->readout == SG_EXACT_FIRST && n >= hidden_of(w) && event->time == w->run->first[n - hidden_of(w)];
    return is_first ? -w->by_values[n - hidden_of(w)] : 0;
}

static void fire_back(work *w, const sg_exact_event *event) {
    const sg_exact_net *net = w->run->net;
    double *gv = &w->gv[event->source], theta = net->theta[event->source];
    double by_time = w->by_time[event->spike] + read_time(w, event);
    *gv += (theta * *gv - net->tau_mem * by_time) / (event->current - theta);
}

sg_status sg_exact_backward(const sg_exact_run *run, sg_exact_readout readout, const double *by_values,
                            double *by_weights, double *by_delays) {
    const sg_exact_net *net = run->net;
    work w = {.run = run, .readout = readout, .by_values = by_values, .now = net->end};
    w.gv = sg_array(2 * net->neurons + run->spikes, sizeof *w.gv);
    w.is_read = sg_array(net->outputs, 1);
    if (w.gv && w.is_read) {
        w.gi = w.gv + net->neurons;
        w.by_time = w.gi + net->neurons;
        for (size_t e = run->count; e-- > 0;) {
            const sg_exact_event *event = &run->events[e];
            if (readout == SG_EXACT_MAX)
                read_peaks(&w, event->time, event->arrives);
            flow_back(&w, event->time);
            if (event->arrives)
                arrive_back(&w, event, by_weights, by_delays);
            else
                fire_back(&w, event);
        }
    }
    sg_status status = w.gv && w.is_read ? SG_OK : SG_MEMORY;
    free(w.gv);
    free(w.is_read);
    return status;
}
