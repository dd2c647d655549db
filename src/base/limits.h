/* The largest networks. Neither number is part of the public interface, so that both may grow. */
#ifndef SG_BASE_LIMITS_H
#define SG_BASE_LIMITS_H

enum {
    SG_MAX_LAYERS = 32,
    SG_MAX_SPIKES = 32,   /* of a neuron in a step */
    SG_MAX_SKIPS = 2,     /* links from earlier layers than the one below */
    SG_MAX_CLASSES = 1024 /* labels of a data set, and neurons of the last layer */
};

#endif
