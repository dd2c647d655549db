#!/usr/bin/python3
"""A network of bench/networks/ in PyTorch, from a model file and an events file of surgrad: the same network, initial
weights and batches. Measures training steps (gradient and optimiser) and prints one line of JSON.

As the tutorials of PyTorch's spiking libraries write it: a loop over time that calls each layer's Linear or Conv2d and
its neurons, and the read-out. --tuned gives a layer one product, or one convolution, for all steps before its loop
over time, takes the steps apart with unbind, and has the read-out after all loops. Rasters are (T, B, inputs), made
before the clock starts.
"""
import argparse
import json
import math
import os
import time

import h5py
import numpy as np
import torch
import yaml
from torch.nn import functional

UNITS = {"us": 1e-3, "ms": 1.0, "s": 1e3}


def milliseconds(text):
    value, unit = text.split()
    return float(value) * UNITS[unit]


class FastSigmoid(torch.autograd.Function):
    """1 where u > 0; backward, 1 / (1 + k |u|)^2."""

    @staticmethod
    def forward(ctx, u, k):
        ctx.save_for_backward(u)
        ctx.k = k
        return (u > 0).float()

    @staticmethod
    def backward(ctx, gradient):
        u, = ctx.saved_tensors
        return gradient / (1.0 + ctx.k * u.abs()) ** 2, None


class Link(torch.nn.Module):
    """What is between the spikes of all layers below and the neurons: a pool, then a product or a convolution."""

    def __init__(self, config, weights, channels):
        super().__init__()
        self.pool = config["pool_size"] if config["pool"] == "max" else 1
        self.is_conv = config["kind"] == "conv2d"
        weights = weights.t()  # (neurons, inputs), as PyTorch has them
        if self.is_conv:
            weights = weights.reshape(config["channels"], channels, config["kernel"], config["kernel"])
        self.weight = torch.nn.Parameter(weights.contiguous())

    def forward(self, x):
        if self.pool > 1:
            x = functional.max_pool2d(x, self.pool)
        if self.is_conv:
            return functional.conv2d(x, self.weight)
        return functional.linear(x.flatten(1), self.weight)


class Neurons(torch.nn.Module):
    """One step of `lif`, `alif`, `cuba_lif` or the read-out `li`: input and state to spikes (or membrane) and state."""

    def __init__(self, config, slope, dt, recurrent):
        super().__init__()
        self.kind, self.slope, self.adaptation = config["kind"], slope, config["adaptation"]
        self.beta, self.alpha, self.rho = (math.exp(-dt / milliseconds(config[tau]))
                                           for tau in ("tau_mem", "tau_syn", "tau_adapt"))
        self.recurrent = None if recurrent is None else torch.nn.Parameter(recurrent.t().contiguous())

    def forward(self, x, state):
        membrane, current, adaptation, spikes = state
        if self.recurrent is not None:
            x = x + functional.linear(spikes, self.recurrent)
        if self.kind == "cuba_lif":
            x = current = self.alpha * current + x
        membrane = self.beta * membrane + x
        if self.kind == "li":
            return membrane, (membrane, current, adaptation, spikes)
        excess = membrane - 1.0
        if self.kind == "alif":
            excess = excess - self.adaptation * adaptation
        spikes = FastSigmoid.apply(excess, self.slope)
        if self.kind == "alif":
            adaptation = self.rho * adaptation + spikes
        return spikes, (membrane * (1.0 - spikes.detach()), current, adaptation, spikes)


class Network(torch.nn.Module):
    def __init__(self, path, tuned):
        super().__init__()
        self.tuned = tuned
        with h5py.File(path) as file:
            config = yaml.safe_load(file.attrs["config"])
            arrays = [{name: torch.from_numpy(array[:]) for name, array in file["layers/%d" % n].items()}
                      for n in range(len(config["layers"]))]
            self.shape = tuple(int(n) for n in file["input_shape"][:])
        self.batch = config["batch"]
        self.links, self.neurons = torch.nn.ModuleList(), torch.nn.ModuleList()
        channels, dt = self.shape[0], milliseconds(config["dt"])
        for layer, array in zip(config["layers"], arrays):
            link = layer["link"]
            self.links.append(Link(link, array["weights"], channels))
            self.neurons.append(Neurons(layer["neuron"], layer["surrogate"]["k"], dt, array.get("recurrent")))
            channels = link["channels"]
        self.optimiser = torch.optim.Adam(self.parameters(), lr=float(config["optimiser"]["lr"]))

    def one_step_after_another(self, raster):
        states = [None] * len(self.links)
        outputs = []
        for x in raster:
            for n, (link, neurons) in enumerate(zip(self.links, self.neurons)):
                x = link(x)
                x, states[n] = neurons(x, states[n] or (torch.zeros_like(x),) * 4)
            outputs.append(x)
        return torch.stack(outputs)

    def one_layer_after_another(self, raster):
        steps = raster.shape[0]
        for link, neurons in zip(self.links, self.neurons):
            inputs = link(raster.flatten(0, 1))
            inputs = inputs.unflatten(0, (steps, -1)).unbind()
            state, outputs = (torch.zeros_like(inputs[0]),) * 4, []
            for x in inputs:
                x, state = neurons(x, state)
                outputs.append(x)
            raster = torch.stack(outputs)
        return raster

    def forward(self, raster):
        return (self.one_layer_after_another if self.tuned else self.one_step_after_another)(raster)

    def step(self, raster, labels):
        loss = functional.cross_entropy(self(raster).mean(0), labels)
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()
        return loss.item()


class Batches:
    """Batches of an events file as dense rasters."""

    def __init__(self, path, shape):
        self.shape = shape
        with h5py.File(path) as file:
            self.first = file["first"][:].astype(np.int64)
            self.step, self.channel, self.label = (file[name][:].astype(np.int64)
                                                   for name in ("step", "channel", "label"))
            self.steps = int(file["steps"][()])

    def get(self, number, batch):
        begin = number % (len(self.label) // batch) * batch
        first = self.first[begin:begin + batch + 1]
        sample = np.repeat(np.arange(batch), np.diff(first))
        events = slice(first[0], first[-1])
        raster = torch.zeros(self.steps, batch, int(np.prod(self.shape)))
        raster[self.step[events], sample, self.channel[events]] = 1
        return raster.unflatten(2, self.shape), torch.from_numpy(self.label[begin:begin + batch])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("events")
    parser.add_argument("--name", default="network")
    parser.add_argument("--tuned", action="store_true")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--batches", type=int, default=3, help="batches that are timed, after one of warm-up")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    network = Network(options.model, options.tuned)
    batches = Batches(options.events, network.shape)
    times, losses = [], []
    for number in range(options.batches + 1):
        raster, labels = batches.get(number, network.batch)
        start = time.perf_counter()
        losses.append(network.step(raster, labels))
        times.append((time.perf_counter() - start) * 1e6 / network.batch)
    passive = os.environ.get("OMP_WAIT_POLICY") == "passive"
    lower, median, upper = np.percentile(times[1:], [25, 50, 75])
    print(json.dumps({
        "what": "torch tuned" if options.tuned else "torch passive" if passive else "torch",
        "network": options.name, "threads": options.threads, "batch": network.batch, "repeats": options.batches,
        "us_per_sample": round(median, 2), "lower": round(lower, 2), "upper": round(upper, 2), "losses": losses,
        "torch": torch.__version__}))


if __name__ == "__main__":
    main()
