#!/usr/bin/python3
"""The recipe `fast` as the tutorials of PyTorch's spiking libraries write such a network: a loop over time that calls a
Linear and a neuron step, 784-128-10, fast-sigmoid surrogate, leaky-integrator read-out, cross-entropy of its mean
membrane, Adam. Rasters are (T, B, I), as there.
--tuned calls the first Linear once for all steps, before the loop: the same network in fewer, larger products.
"""
import torch

import baseline
from baseline import ALPHA, BETA, HIDDEN, INPUTS, OUTPUTS, STEPS

SLOPE, LEARNING_RATE, SD = 10.0, 0.005, 0.1


class FastSigmoid(torch.autograd.Function):
    """1 where u > 0; backward, 1 / (1 + k |u|)^2."""

    @staticmethod
    def forward(ctx, u):
        ctx.save_for_backward(u)
        return (u > 0).float()

    @staticmethod
    def backward(ctx, gradient):
        u, = ctx.saved_tensors
        return gradient / (1.0 + SLOPE * u.abs()) ** 2


class Spiking(torch.nn.Module):
    """One step of current-based LIF neurons: input and state to spikes and state."""

    def forward(self, x, current, membrane):
        current = ALPHA * current + x
        membrane = BETA * membrane + current
        spike = FastSigmoid.apply(membrane - 1.0)
        return spike, current, membrane * (1.0 - spike.detach())


class Integrator(torch.nn.Module):
    """One step of the read-out, which never fires."""

    def forward(self, x, membrane):
        return BETA * membrane + x


class Fast(torch.nn.Module):
    def __init__(self, tuned=False, weights=None):
        super().__init__()
        torch.manual_seed(1)
        self.tuned = tuned
        self.hidden = torch.nn.Linear(INPUTS, HIDDEN, bias=False)
        self.output = torch.nn.Linear(HIDDEN, OUTPUTS, bias=False)
        self.spiking, self.integrator = Spiking(), Integrator()
        for n, linear in enumerate((self.hidden, self.output)):  # weights are (inputs, neurons), Linear's the other way
            with torch.no_grad():
                linear.weight.copy_(weights[n].t() if weights else torch.normal(0.0, SD, linear.weight.shape))
        self.optimiser = torch.optim.Adam(self.parameters(), lr=LEARNING_RATE)

    def forward(self, raster):
        current = membrane = torch.zeros(raster.shape[1], HIDDEN)
        output = torch.zeros(raster.shape[1], OUTPUTS)
        outputs = []
        inputs = self.hidden(raster).unbind() if self.tuned else None
        for t in range(STEPS):
            x = inputs[t] if self.tuned else self.hidden(raster[t])
            spikes, current, membrane = self.spiking(x, current, membrane)
            output = self.integrator(self.output(spikes), output)
            outputs.append(output)
        return torch.stack(outputs)

    def loss(self, raster, labels):
        return torch.nn.functional.cross_entropy(self(raster).mean(0), labels)

    def step(self, raster, labels):
        loss = self.loss(raster, labels)
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()
        return loss.item()


def main():
    options = baseline.arguments()
    baseline.measure("fast", Fast(options.tuned).step, time_first=True, options=options)


if __name__ == "__main__":
    main()
