#include "net/initialiser.h"
#include "net/lags.h"
#include "net/link.h"
#include "net/network_config.h"
#include "net/neuron.h"
#include "net/surrogate.h"

#include <math.h>

#define AT(field)       offsetof(sg_network_config, field)
#define LAYER_AT(field) offsetof(sg_layer_config, field)

SG_KINDS_LIST(integrations, {"exact", "exp(-dt/tau)"}, {"euler", "1 - dt/tau, which needs dt below tau"})
SG_KINDS_LIST(resets,
              {"auto",
               "subtract for orders snntorch, snntorch_no_delay and sinabs, with max_spikes, and for rf, else zero"},
              {"zero", "sets the membrane to 0"}, {"subtract", "takes the threshold away"},
              {"none", "leaves the membrane"})
SG_KINDS_LIST(pools, {"none", "spikes come as they are"}, {"sum", "the number of spikes of a window in a step"},
              {"avg", "their share of the window's places"}, {"max", "a spike where any place of the window has one"})
SG_KINDS_LIST(norms, {"none", "it is taken as it is"},
              {"tdbn",
               "per neuron, or channel of a convolution, over samples and steps; a variance of threshold squared"},
              {"bntt", "the same for each step apart; a variance of 1, and no shift"})
SG_KINDS_LIST(delays, {"none", "spikes reach the link in the step in which they come"},
              {"axonal", "a delay for each input, the same for all neurons that it reaches"},
              {"synaptic", "a delay for each synapse of a dense link, which must be shorter than a sample"})
SG_KINDS_LIST(delay_kernels, {"triangle", "height 1 + sigma, falls by 1 a step"},
              {"gauss", "of standard deviation sigma + 0.27"})
SG_KINDS_LIST(synapses, {"exponential", "jumps with an input, then decays"},
              {"alpha", "rises and decays with tau_syn: an alpha function, whose top is 1, tau_syn after the input"})
SG_KINDS_LIST(scales, {"none", "1"},
              {"decay", "1 - the membrane's decay of a step, as orders norse and sinabs have it"})
SG_KINDS_LIST(units, {"membrane", "taken as they are"},
              {"threshold", "multiplied by neuron.threshold, so that the layer fires as one of threshold 1"})
SG_KINDS_LIST(orders, {"notebook", "current, membrane, spike, reset, in one step"},
              {"spytorch", "it fires first, then the old current enters the membrane"},
              {"snntorch", "a spike resets the membrane of the next step"},
              {"norse", "euler integration, the current decays after the membrane has taken it"},
              {"sinabs", "the input decays with the current that it enters"},
              {"eventprop", "the exact flow of current and membrane over a step, spike, reset, then the input arrives"},
              {"snntorch_no_delay", "a membrane above threshold before the step raises the threshold of the step"})

/* The kinds of neuron (neuron.c) that have a constant or a part. */
#define CONVOLUTION "conv2d, conv1d"
#define LEAKY       "cuba_lif, lif, alif, adlif, li, cuba_li"
#define SYNAPTIC    "cuba_lif, cuba_li"
#define FLOORED     "cuba_lif, lif, if, alif, adlif"
#define RESONATING  "rf"
#define DECAYING    LEAKY ", " RESONATING
#define RESETTING   FLOORED ", " RESONATING
#define REPEATING   "cuba_lif, lif, if"
#define RESPONSE    "srm"
#define FIRING      RESETTING ", " RESPONSE
#define ORDERED     FLOORED ", li, cuba_li"
#define ADAPTIVE    "alif, adlif"
#define COUPLED     "adlif"

const sg_option sg_time_options[] = {
    {.key = "steps",
     .type = SG_OPTION_INTEGER,
     .offset = AT(steps),
     .fallback = "100",
     .low = 1,
     .high = 65535,
     .help = "time steps of a sample"},
    {.key = "dt",
     .type = SG_OPTION_TIME,
     .offset = AT(dt_ms),
     .fallback = "1 ms",
     .low = SG_TIME_LEAST,
     .high = SG_TIME_MOST,
     .help = "length of a time step, with its unit"},
    {.key = "memory",
     .type = SG_OPTION_SIZE,
     .offset = AT(memory),
     .fallback = "0 MB",
     .high = 1e15,
     .help =
         "most memory for the buffers of all threads, with its unit; where they need more, only every k-th state is "
         "kept and the steps between are computed again, which gives the same bits; 0 MB: what they need"},
};
const size_t sg_time_option_count = sizeof sg_time_options / sizeof *sg_time_options;

#define SPREAD_ROW(name, which, kinds)                                                                                 \
    {                                                                                                                  \
        .key = "neuron.spread." name, .type = SG_OPTION_NUMBER, .offset = LAYER_AT(spread[which]), .fallback = "0",    \
        .high = 3, .needs = {"neuron.kind", kinds},                                                                    \
        .help = "standard deviation of the logarithm of " name " over the neurons, drawn from the seed; 0: all alike"  \
    }
#define TRAIN_ROW(name, which, kinds)                                                                                  \
    {                                                                                                                  \
        .key = "neuron.train." name, .type = SG_OPTION_SWITCH, .offset = LAYER_AT(train[which]), .fallback = "false",  \
        .needs = {"neuron.kind", kinds}, .help = "whether " name " is trained, a value for each neuron"                \
    }

#define OWN_ROW(name, which, kinds)                                                                                    \
    {                                                                                                                  \
        .key = "neuron.own." name, .type = SG_OPTION_SWITCH, .offset = LAYER_AT(own[which]), .fallback = "false",      \
        .needs = {"neuron.kind", kinds},                                                                               \
        .help = "whether each neuron has its own " name ", as configured until a model brings others"                  \
    }

#define SCALED_WEIGHTS "kaiming_normal, kaiming_uniform, xavier_normal, xavier_uniform, orthogonal, fluctuation"

/* The initial weights of a section, "link" or "recurrent". */
#define WEIGHTS_ROWS(section, field, gain_value, rate_value, need_key, need_values)                                    \
    {.key = section ".weights",                                                                                        \
     .type = SG_OPTION_CHOICE,                                                                                         \
     .offset = LAYER_AT(field.kind),                                                                                   \
     .fallback = "normal",                                                                                             \
     .choice = sg_initialiser_kinds,                                                                                   \
     .needs = {need_key, need_values},                                                                                 \
     .help = "initial weights: how they are drawn, or that they are read from a file"},                                \
        {.key = section ".sd",                                                                                         \
         .type = SG_OPTION_NUMBER,                                                                                     \
         .offset = LAYER_AT(field.sd),                                                                                 \
         .fallback = "0.1",                                                                                            \
         .needs = {section ".weights", "normal"},                                                                      \
         .low = SG_SINGLE_LEAST,                                                                                       \
         .high = SG_SINGLE_MOST,                                                                                       \
         .or_zero = true,                                                                                              \
         .help = "standard deviation of the initial weights; in the layer's units"},                                   \
        {.key = section ".mean",                                                                                       \
         .type = SG_OPTION_NUMBER,                                                                                     \
         .offset = LAYER_AT(field.mean),                                                                               \
         .fallback = "0",                                                                                              \
         .needs = {section ".weights", "normal"},                                                                      \
         .low = -SG_SINGLE_MOST,                                                                                       \
         .high = SG_SINGLE_MOST,                                                                                       \
         .help = "mean of the initial weights; in the layer's units"},                                                 \
        {.key = section ".limit",                                                                                      \
         .type = SG_OPTION_NUMBER,                                                                                     \
         .offset = LAYER_AT(field.limit),                                                                              \
         .fallback = "0.1",                                                                                            \
         .needs = {section ".weights", "uniform"},                                                                     \
         .low = SG_SINGLE_LEAST,                                                                                       \
         .high = SG_SINGLE_MOST,                                                                                       \
         .or_zero = true,                                                                                              \
         .help = "largest initial weight, of either sign; in the layer's units"},                                      \
        {.key = section ".gain",                                                                                       \
         .type = SG_OPTION_NUMBER,                                                                                     \
         .offset = LAYER_AT(field.gain),                                                                               \
         .fallback = gain_value,                                                                                       \
         .needs = {section ".weights", SCALED_WEIGHTS},                                                                \
         .low = SG_SINGLE_LEAST,                                                                                       \
         .high = SG_SINGLE_MOST,                                                                                       \
         .or_zero = true,                                                                                              \
         .help = "factor on the initial weights; no unit"},                                                            \
        {.key = section ".xi",                                                                                         \
         .type = SG_OPTION_NUMBER,                                                                                     \
         .offset = LAYER_AT(field.xi),                                                                                 \
         .fallback = "1",                                                                                              \
         .needs = {section ".weights", "fluctuation"},                                                                 \
         .low = SG_SINGLE_LEAST,                                                                                       \
         .high = SG_SINGLE_MOST,                                                                                       \
         .help = "how many standard deviations of the membrane the threshold is away"},                                \
        {.key = section ".input_rate",                                                                                 \
         .type = SG_OPTION_NUMBER,                                                                                     \
         .offset = LAYER_AT(field.input_rate_hz),                                                                      \
         .fallback = rate_value,                                                                                       \
         .needs = {section ".weights", "fluctuation"},                                                                 \
         .low = SG_SINGLE_LEAST,                                                                                       \
         .high = SG_SINGLE_MOST,                                                                                       \
         .help = "expected rate of an input, in Hz"},                                                                  \
        {.key = section ".file",                                                                                       \
         .type = SG_OPTION_PATH,                                                                                       \
         .offset = LAYER_AT(field.file),                                                                               \
         .fallback = "",                                                                                               \
         .needs = {section ".weights", "file"},                                                                        \
         .help = "HDF5 file of the initial weights"},                                                                  \
    {                                                                                                                  \
        .key = section ".dataset", .type = SG_OPTION_STRING, .offset = LAYER_AT(field.dataset), .fallback = "",        \
        .needs = {section ".weights", "file"}, .help = "dataset (inputs, neurons) in the file"                         \
    }

const sg_option sg_layer_options[] = {
    {.key = "size",
     .type = SG_OPTION_INTEGER,
     .offset = LAYER_AT(size),
     .fallback = "128",
     .needs = {"link.kind", "dense, sparse"},
     .low = 1,
     .high = 65536,
     .help = "neurons of the layer; of the last layer: one for each class"},
    {.key = "units",
     .type = SG_OPTION_CHOICE,
     .offset = LAYER_AT(units),
     .fallback = "membrane",
     .needs = {"neuron.kind", FIRING},
     .choice = units,
     .help =
         "what drawn weights, neuron.adaptation, surrogate.width, surrogate.cutoff and 1 / surrogate.k are given in"},
    {.key = "link.kind",
     .type = SG_OPTION_CHOICE,
     .offset = LAYER_AT(link),
     .fallback = "dense",
     .choice = sg_link_kinds,
     .help = "how the layer is connected to the one before, or to the input"},
    {.key = "link.density",
     .type = SG_OPTION_NUMBER,
     .offset = LAYER_AT(density),
     .fallback = "0.1",
     .needs = {"link.kind", "sparse"},
     .low = 1e-6,
     .high = 1,
     .help = "share of the inputs that reach a neuron, the same number for each, one at least; no unit"},
    {.key = "link.channels",
     .type = SG_OPTION_INTEGER,
     .offset = LAYER_AT(channels),
     .fallback = "16",
     .needs = {"link.kind", CONVOLUTION},
     .low = 1,
     .high = 4096,
     .help = "channels of a convolution: maps of neurons, each with a kernel of its own"},
    {.key = "link.kernel",
     .type = SG_OPTION_INTEGER,
     .offset = LAYER_AT(kernel),
     .fallback = "3",
     .needs = {"link.kind", CONVOLUTION},
     .low = 1,
     .high = 255,
     .help = "size of the kernel of a convolution, in places of the map; conv2d: in both directions"},
    {.key = "link.stride",
     .type = SG_OPTION_INTEGER,
     .offset = LAYER_AT(stride),
     .fallback = "1",
     .needs = {"link.kind", CONVOLUTION},
     .low = 1,
     .high = 255,
     .help = "places from one kernel to the next"},
    {.key = "link.padding",
     .type = SG_OPTION_INTEGER,
     .offset = LAYER_AT(padding),
     .fallback = "0",
     .needs = {"link.kind", CONVOLUTION},
     .high = 255,
     .help = "silent places around the map that kernels reach into"},
    {.key = "link.dilation",
     .type = SG_OPTION_INTEGER,
     .offset = LAYER_AT(dilation),
     .fallback = "1",
     .needs = {"link.kind", CONVOLUTION},
     .low = 1,
     .high = 255,
     .help = "places from one number of a kernel to the next"},
    {.key = "link.groups",
     .type = SG_OPTION_INTEGER,
     .offset = LAYER_AT(groups),
     .fallback = "1",
     .needs = {"link.kind", CONVOLUTION},
     .low = 1,
     .high = 4096,
     .help = "groups that channels are divided into; a group gets only the group of its number below"},
    {.key = "link.pool",
     .type = SG_OPTION_CHOICE,
     .offset = LAYER_AT(pool),
     .fallback = "none",
     .choice = pools,
     .help = "pool that the spikes of the layer below pass before they reach the link; it has no neurons"},
    {.key = "link.pool_size",
     .type = SG_OPTION_INTEGER,
     .offset = LAYER_AT(pool_size),
     .fallback = "2",
     .needs = {"link.pool", "not none"},
     .low = 2,
     .high = 15,
     .help =
         "size of a window of the pool, in places of the map, in both directions, and from one to the next; what is "
         "left over at the border is left out"},
    WEIGHTS_ROWS("link", weights, "1", "10", NULL, NULL),
    {.key = "link.bias",
     .type = SG_OPTION_SWITCH,
     .offset = LAYER_AT(bias),
     .fallback = "false",
     .help = "whether each neuron has a constant input besides, trained from 0"},
    {.key = "link.add",
     .type = SG_OPTION_STRING,
     .offset = LAYER_AT(added),
     .fallback = "none",
     .help = "earlier layers, by number with commas between, whose spikes are added one to one to those of the layer "
             "below, as the identity of a residual block; all of one shape"},
    {.key = "link.skip",
     .type = SG_OPTION_STRING,
     .offset = LAYER_AT(skip),
     .fallback = "none",
     .help = "two earlier layers at most, by number with commas between, whose spikes come in through dense links of "
             "their own, as "
             "weights skip_0, skip_1, ..., drawn as link.weights; they pass no pool, delay or dropout"},
    {.key = "link.dropout",
     .type = SG_OPTION_NUMBER,
     .offset = LAYER_AT(dropout),
     .fallback = "0",
     .low = 1e-4,
     .high = 0.999,
     .or_zero = true,
     .help = "share of the inputs that are left out in training, drawn for each sample and the same in all its steps; "
             "the others count for more; no unit"},
    {.key = "link.norm",
     .type = SG_OPTION_CHOICE,
     .offset = LAYER_AT(norm),
     .fallback = "none",
     .choice = norms,
     .help = "whether the weighted input is normalised by its mean and variance over the batch; in evaluation by those "
             "that training found"},
    {.key = "link.norm_momentum",
     .type = SG_OPTION_NUMBER,
     .offset = LAYER_AT(norm_momentum),
     .fallback = "0.1",
     .needs = {"link.norm", "not none"},
     .low = 1e-6,
     .high = 1,
     .help = "share of a batch in the mean and variance that are kept for evaluation; no unit"},
    {.key = "link.norm_eps",
     .type = SG_OPTION_NUMBER,
     .offset = LAYER_AT(norm_eps),
     .fallback = "1e-05",
     .needs = {"link.norm", "not none"},
     .low = 1e-12,
     .high = 1,
     .help = "is added to the variance before its root is taken"},
    {.key = "delay.kind",
     .type = SG_OPTION_CHOICE,
     .offset = LAYER_AT(delay),
     .fallback = "none",
     .choice = delays,
     .help =
         "whether spikes reach the link later than they come, behind a pool; whole steps count, and what comes after "
         "the last step never does"},
    {.key = "delay.low",
     .type = SG_OPTION_TIME,
     .offset = LAYER_AT(delay_low),
     .fallback = "0 ms",
     .needs = {"delay.kind", "not none"},
     .low = SG_TIME_LEAST,
     .high = SG_TIME_MOST,
     .or_zero = true,
     .help = "delays are drawn from the seed, uniformly from this one ..."},
    {.key = "delay.high",
     .type = SG_OPTION_TIME,
     .offset = LAYER_AT(delay_high),
     .fallback = "0 ms",
     .needs = {"delay.kind", "not none"},
     .low = SG_TIME_LEAST,
     .high = SG_TIME_MOST,
     .or_zero = true,
     .help = "... to this one; the same as delay.low: all have it"},
    {.key = "delay.train",
     .type = SG_OPTION_SWITCH,
     .offset = LAYER_AT(train_delays),
     .fallback = "false",
     .needs = {"delay.kind", "not none"},
     .help = "whether delays are trained"},
    {.key = "delay.most",
     .type = SG_OPTION_TIME,
     .offset = LAYER_AT(delay_most),
     .fallback = "64 ms",
     .needs = {"delay.train", "true"},
     .low = SG_TIME_LEAST,
     .high = SG_TIME_MOST,
     .help = "longest delay that training may come to"},
    {.key = "delay.unit",
     .type = SG_OPTION_TIME,
     .offset = LAYER_AT(delay_unit),
     .fallback = "20 ms",
     .needs = {"delay.train", "true"},
     .low = SG_TIME_LEAST,
     .high = SG_TIME_MOST,
     .help = "what trained delays are counted in: a step of the optimiser moves one by about optimiser.lr of it"},
    {.key = "delay.kernel",
     .type = SG_OPTION_CHOICE,
     .offset = LAYER_AT(delay_kernel),
     .fallback = "triangle",
     .needs = {"delay.kind", "synaptic"},
     .choice = delay_kernels,
     .help = "how a synapse is spread over lags about its delay in training; in evaluation, and where delays are not "
             "trained, it has the nearest lag"},
    {.key = "delay.sigma",
     .type = SG_OPTION_NUMBER,
     .offset = LAYER_AT(delay_sigma),
     .fallback = "0",
     .needs = {"delay.kind", "synaptic"},
     .low = 1e-3,
     .high = SG_MAX_LAGS,
     .or_zero = true,
     .help = "width of the kernel in the first epoch, in steps; 0: half of the lags"},
    {.key = "delay.shrink",
     .type = SG_OPTION_NUMBER,
     .offset = LAYER_AT(delay_shrink),
     .fallback = "0.25",
     .needs = {"delay.kind", "synaptic"},
     .low = 1e-6,
     .high = 1,
     .or_zero = true,
     .help = "share of the epochs in which sigma shrinks, by the same factor in each, to 0.23; from there on triangle "
             "has 0; no unit"},
    {.key = "recurrent.from",
     .type = SG_OPTION_STRING,
     .offset = LAYER_AT(recurrent),
     .fallback = "none",
     .help = "whose spikes come back to the layer, a step later: none, or own"},
    {.key = "recurrent.self",
     .type = SG_OPTION_SWITCH,
     .offset = LAYER_AT(self_connections),
     .fallback = "true",
     .needs = {"recurrent.from", "not none"},
     .help = "whether a neuron's own spikes come back to it"},
    WEIGHTS_ROWS("recurrent", recurrent_weights, "1", "10", "recurrent.from", "not none"),
    {.key = "neuron.kind",
     .type = SG_OPTION_CHOICE,
     .offset = LAYER_AT(neuron),
     .fallback = "cuba_lif",
     .choice = sg_neuron_kinds,
     .help = "how the neurons compute"},
    {.key = "neuron.tau_mem",
     .type = SG_OPTION_TIME,
     .offset = LAYER_AT(param[SG_PARAM_TAU_MEM]),
     .fallback = "20 ms",
     .needs = {"neuron.kind", DECAYING},
     .low = SG_TIME_LEAST,
     .high = SG_TIME_MOST,
     .help = "time constant of the membrane, with its unit"},
    {.key = "neuron.tau_syn",
     .type = SG_OPTION_TIME,
     .offset = LAYER_AT(param[SG_PARAM_TAU_SYN]),
     .fallback = "5 ms",
     .needs = {"neuron.kind", SYNAPTIC ", " RESPONSE},
     .low = SG_TIME_LEAST,
     .high = SG_TIME_MOST,
     .help = "time constant of the synaptic current, or of the postsynaptic potential of srm, with its unit"},
    {.key = "neuron.tau_adapt",
     .type = SG_OPTION_TIME,
     .offset = LAYER_AT(param[SG_PARAM_TAU_ADAPT]),
     .fallback = "200 ms",
     .needs = {"neuron.kind", ADAPTIVE},
     .low = SG_TIME_LEAST,
     .high = SG_TIME_MOST,
     .help = "time constant of the adaptation, with its unit"},
    {.key = "neuron.threshold",
     .type = SG_OPTION_NUMBER,
     .offset = LAYER_AT(param[SG_PARAM_THRESHOLD]),
     .fallback = "1",
     .needs = {"neuron.kind", FIRING},
     .low = SG_SINGLE_LEAST,
     .high = SG_SINGLE_MOST,
     .help = "membrane potential above which a neuron fires; no unit"},
    {.key = "neuron.adaptation",
     .type = SG_OPTION_NUMBER,
     .offset = LAYER_AT(param[SG_PARAM_ADAPTATION]),
     .fallback = "0.2",
     .needs = {"neuron.kind", ADAPTIVE},
     .low = SG_SINGLE_LEAST,
     .high = SG_SINGLE_MOST,
     .or_zero = true,
     .help = "strength of adaptation by spikes: what a spike adds to the threshold (alif), or to the current that is "
             "taken from the input (adlif); in the layer's units"},
    {.key = "neuron.coupling",
     .type = SG_OPTION_NUMBER,
     .offset = LAYER_AT(param[SG_PARAM_COUPLING]),
     .fallback = "0.2",
     .needs = {"neuron.kind", COUPLED},
     .low = SG_SINGLE_LEAST,
     .high = SG_SINGLE_MOST,
     .or_zero = true,
     .help = "strength of adaptation by the membrane; no unit"},
    {.key = "neuron.frequency",
     .type = SG_OPTION_NUMBER,
     .offset = LAYER_AT(param[SG_PARAM_FREQUENCY]),
     .fallback = "10",
     .needs = {"neuron.kind", RESONATING},
     .low = SG_SINGLE_LEAST,
     .high = SG_SINGLE_MOST,
     .help = "turns of the membrane of rf in a second, in Hz; a turn takes more than five steps"},
    {.key = "neuron.synapse",
     .type = SG_OPTION_CHOICE,
     .offset = LAYER_AT(synapse),
     .fallback = "exponential",
     .needs = {"neuron.kind", SYNAPTIC},
     .choice = synapses,
     .help = "course of the synaptic current after an input of 1"},
    {.key = "neuron.integration",
     .type = SG_OPTION_CHOICE,
     .offset = LAYER_AT(integration),
     .fallback = "exact",
     .needs = {"neuron.kind", DECAYING},
     .choice = integrations,
     .help = "decay of a step; order norse is euler by definition"},
    {.key = "neuron.order",
     .type = SG_OPTION_CHOICE,
     .offset = LAYER_AT(order),
     .fallback = "notebook",
     .needs = {"neuron.kind", ORDERED},
     .choice = orders,
     .help = "order of a step's parts, as in the notebook or in other libraries, for networks that come from there or "
             "go there (docs/maths.md)"},
    {.key = "neuron.scale",
     .type = SG_OPTION_CHOICE,
     .offset = LAYER_AT(scale),
     .fallback = "none",
     .needs = {"neuron.kind", LEAKY},
     .choice = scales,
     .help = "what the input of the membrane is multiplied with"},
    {.key = "neuron.reset",
     .type = SG_OPTION_CHOICE,
     .offset = LAYER_AT(reset),
     .fallback = "auto",
     .needs = {"neuron.kind", RESETTING},
     .choice = resets,
     .help = "what a spike does to the membrane"},
    {.key = "neuron.reset_gradient",
     .type = SG_OPTION_SWITCH,
     .offset = LAYER_AT(reset_gradient),
     .fallback = "false",
     .needs = {"neuron.reset", "not none"},
     .help = "whether the reset is differentiated too, or held constant"},
    {.key = "neuron.refractory",
     .type = SG_OPTION_INTEGER,
     .offset = LAYER_AT(refractory),
     .fallback = "0",
     .needs = {"neuron.kind", RESETTING},
     .high = 65535,
     .help = "steps after a spike in which the neuron cannot fire; its states go on"},
    {.key = "neuron.floor",
     .type = SG_OPTION_NUMBER,
     .offset = LAYER_AT(floor),
     .fallback = "0",
     .needs = {"neuron.kind", FLOORED},
     .low = -SG_SINGLE_MOST,
     .high = -SG_SINGLE_LEAST,
     .or_zero = true,
     .help = "lowest membrane that a step leaves, as Sinabs' min_v_mem, below 0; no gradient passes there; 0: none"},
    {.key = "neuron.max_spikes",
     .type = SG_OPTION_INTEGER,
     .offset = LAYER_AT(max_spikes),
     .fallback = "1",
     .needs = {"neuron.kind", REPEATING},
     .low = 1,
     .high = SG_MAX_SPIKES,
     .help = "most spikes of a neuron in a step: one for each threshold that the membrane holds, which all are taken "
             "away, as in Rockpool and Sinabs; what they reach gets as many"},
    {.key = "neuron.tau_ref",
     .type = SG_OPTION_TIME,
     .offset = LAYER_AT(tau_ref),
     .fallback = "1 ms",
     .needs = {"neuron.kind", RESPONSE},
     .low = SG_TIME_LEAST,
     .high = SG_TIME_MOST,
     .help = "time constant of the refractory kernel: how long after a spike it is strongest, with its unit"},
    {.key = "neuron.scale_ref",
     .type = SG_OPTION_NUMBER,
     .offset = LAYER_AT(scale_ref),
     .fallback = "2",
     .needs = {"neuron.kind", RESPONSE},
     .low = SG_SINGLE_LEAST,
     .high = SG_SINGLE_MOST,
     .or_zero = true,
     .help = "most that the refractory kernel takes from the membrane, in thresholds; no unit"},
    {.key = "neuron.shared",
     .type = SG_OPTION_SWITCH,
     .offset = LAYER_AT(shared),
     .fallback = "false",
     .help = "whether what neuron.train names is one number for the whole layer, as tau_mem of parametric LIF, and not "
             "one for each neuron"},
    {.key = "neuron.file",
     .type = SG_OPTION_PATH,
     .offset = LAYER_AT(param_file),
     .fallback = "",
     .help =
         "HDF5 file with values for each neuron, in datasets (neurons) named tau_mem, tau_syn, tau_adapt, threshold, "
         "adaptation, coupling, frequency, times in ms, frequencies in Hz; at least one that the kind has; what it "
         "does not have is as configured"},
    SPREAD_ROW("tau_mem", SG_PARAM_TAU_MEM, DECAYING),
    SPREAD_ROW("tau_syn", SG_PARAM_TAU_SYN, SYNAPTIC),
    SPREAD_ROW("tau_adapt", SG_PARAM_TAU_ADAPT, ADAPTIVE),
    SPREAD_ROW("threshold", SG_PARAM_THRESHOLD, RESETTING),
    SPREAD_ROW("adaptation", SG_PARAM_ADAPTATION, ADAPTIVE),
    SPREAD_ROW("coupling", SG_PARAM_COUPLING, COUPLED),
    {.key = "neuron.spread.frequency",
     .type = SG_OPTION_NUMBER,
     .offset = LAYER_AT(spread[SG_PARAM_FREQUENCY]),
     .fallback = "0",
     .high = 3,
     .needs = {"neuron.kind", RESONATING},
     .help = "standard deviation of the logit of frequency over the neurons, as a fraction of the largest one, drawn "
             "from the seed; 0: all alike"},
    TRAIN_ROW("tau_mem", SG_PARAM_TAU_MEM, DECAYING),
    TRAIN_ROW("tau_syn", SG_PARAM_TAU_SYN, SYNAPTIC),
    TRAIN_ROW("tau_adapt", SG_PARAM_TAU_ADAPT, ADAPTIVE),
    TRAIN_ROW("threshold", SG_PARAM_THRESHOLD, RESETTING),
    TRAIN_ROW("adaptation", SG_PARAM_ADAPTATION, ADAPTIVE),
    TRAIN_ROW("coupling", SG_PARAM_COUPLING, COUPLED),
    TRAIN_ROW("frequency", SG_PARAM_FREQUENCY, RESONATING),
    OWN_ROW("tau_mem", SG_PARAM_TAU_MEM, DECAYING),
    OWN_ROW("tau_syn", SG_PARAM_TAU_SYN, SYNAPTIC),
    OWN_ROW("tau_adapt", SG_PARAM_TAU_ADAPT, ADAPTIVE),
    OWN_ROW("threshold", SG_PARAM_THRESHOLD, RESETTING),
    OWN_ROW("adaptation", SG_PARAM_ADAPTATION, ADAPTIVE),
    OWN_ROW("coupling", SG_PARAM_COUPLING, COUPLED),
    OWN_ROW("frequency", SG_PARAM_FREQUENCY, RESONATING),
    {.key = "surrogate.kind",
     .type = SG_OPTION_CHOICE,
     .offset = LAYER_AT(surrogate),
     .fallback = "relu",
     .needs = {"neuron.kind", FIRING},
     .choice = sg_surrogate_kinds,
     .help = "derivative that stands in for that of the spike in the backward pass"},
    {.key = "surrogate.k",
     .type = SG_OPTION_NUMBER,
     .offset = LAYER_AT(surrogate_k),
     .fallback = "0",
     .needs = {"surrogate.kind", "fast_sigmoid, sigmoid, arctan"},
     .low = SG_SINGLE_LEAST,
     .high = SG_SINGLE_MOST,
     .or_zero = true,
     .help = "steepness; 0: what is usual for the kind; per unit of threshold"},
    {.key = "surrogate.width",
     .type = SG_OPTION_NUMBER,
     .offset = LAYER_AT(surrogate_width),
     .fallback = "0",
     .needs = {"surrogate.kind", "triangle, boxcar, gaussian, exponential"},
     .low = SG_SINGLE_LEAST,
     .high = SG_SINGLE_MOST,
     .or_zero = true,
     .help = "width; 0: what is usual for the kind; in the layer's units"},
    {.key = "surrogate.gain",
     .type = SG_OPTION_NUMBER,
     .offset = LAYER_AT(surrogate_gain),
     .fallback = "0",
     .needs = {"surrogate.kind", "triangle, boxcar, gaussian, exponential"},
     .low = SG_SINGLE_LEAST,
     .high = SG_SINGLE_MOST,
     .or_zero = true,
     .help = "factor; 0: what is usual for the kind; no unit"},
    {.key = "surrogate.periodic",
     .type = SG_OPTION_SWITCH,
     .offset = LAYER_AT(periodic),
     .fallback = "true",
     .needs = {"neuron.max_spikes", "above 1"},
     .help = "whether the derivative is that at the nearest of the thresholds that the membrane may pass, or at the "
             "first"},
    {.key = "surrogate.cutoff",
     .type = SG_OPTION_NUMBER,
     .offset = LAYER_AT(surrogate_cutoff),
     .fallback = "0",
     .needs = {"neuron.kind", FIRING},
     .low = SG_SINGLE_LEAST,
     .high = SG_SINGLE_MOST,
     .or_zero = true,
     .help = "distance from the threshold beyond which the derivative is 0, which makes the backward pass sparse; 0: "
             "none; in the layer's units"},
};
const size_t sg_layer_option_count = sizeof sg_layer_options / sizeof *sg_layer_options;
