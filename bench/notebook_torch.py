#!/usr/bin/python3
"""The notebook's network, completed in PyTorch: 784-128-10 current-based LIF neurons, spike counts, Adam with AMSGrad.

One product gives the input of all steps of a layer, then a loop over time runs the neurons; autograd does the rest.
--tuned takes the steps apart before the loop (x.unbind(1)) in the place of indexing them in it (x[:, t]). The network is
the same; autograd then does not fill a whole (B, T, N) array with zeros for every step on the way back.
"""
import torch

import baseline
from baseline import ALPHA, BETA, HIDDEN, INPUTS, OUTPUTS, STEPS

TRUE_COUNT, FALSE_COUNT, LEARNING_RATE, SD = 100.0, 10.0, 0.01, 0.1


class Spike(torch.autograd.Function):
    """1 where u > 0; backward, the derivative of max(0, u)."""

    @staticmethod
    def forward(ctx, u):
        ctx.save_for_backward(u)
        return (u > 0).float()

    @staticmethod
    def backward(ctx, gradient):
        u, = ctx.saved_tensors
        return gradient * (u >= 0).float()


def neurons(x, tuned):
    """Weighted input (B, T, N) to spikes (B, T, N)."""
    steps = x.unbind(1) if tuned else None
    current = torch.zeros(x.shape[0], x.shape[2])
    membrane = torch.zeros(x.shape[0], x.shape[2])
    spikes = []
    for t in range(STEPS):
        current = ALPHA * current + (steps[t] if tuned else x[:, t])
        membrane = BETA * membrane + current
        spike = Spike.apply(membrane - 1.0)
        membrane = membrane * (1.0 - spike.detach())  # reset to 0, held constant on the way back
        spikes.append(spike)
    return torch.stack(spikes, 1)


class Notebook:
    def __init__(self, tuned=False, weights=None):
        torch.manual_seed(1)
        shapes = (INPUTS, HIDDEN), (HIDDEN, OUTPUTS)
        weights = weights or [torch.normal(0.0, SD, shape) for shape in shapes]
        self.tuned = tuned
        self.w1, self.w2 = (w.clone().requires_grad_() for w in weights)
        self.optimiser = torch.optim.Adam([self.w1, self.w2], lr=LEARNING_RATE, amsgrad=True)

    def loss(self, raster, labels):
        hidden = neurons(torch.einsum("bti,in->btn", raster, self.w1), self.tuned)
        output = neurons(torch.einsum("bti,in->btn", hidden, self.w2), self.tuned)
        target = torch.full((len(labels), OUTPUTS), FALSE_COUNT)
        target[torch.arange(len(labels)), labels] = TRUE_COUNT
        return ((output.sum(1) - target) ** 2).mean()

    def step(self, raster, labels):
        loss = self.loss(raster, labels)
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()
        return loss.item()


def main():
    options = baseline.arguments()
    baseline.measure("notebook", Notebook(options.tuned).step, time_first=False, options=options)


if __name__ == "__main__":
    main()
