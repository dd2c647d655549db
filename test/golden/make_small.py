#!/usr/bin/env python3
"""Makes small_exact.h5, small_euler.h5 and small_fast.h5 beside this file: an independent double-precision reference.

"exact" and "euler" are the notebook's network made small; "fast" is that of the recipe fast: fast-sigmoid surrogate,
leaky-integrator read-out, cross-entropy on its mean membrane.


Gradients are PyTorch's autograd, not surgrad's equations. Needs Debian's python3-torch and python3-h5py.
The layout of the files is docs/file-formats.md, "golden files".
"""
import os
import h5py
import numpy as np
import torch

T, INPUTS, HIDDEN, OUTPUTS, SAMPLES, STEPS = 30, 37, 21, 5, 19, 6
DT, TAU_MEM, TAU_SYN, THETA, LR, TRUE, FALSE = 1.0, 8.0, 3.0, 1.0, 0.01, 12.0, 2.0
MARGIN = 2e-5  # no membrane may come nearer to the threshold, so that single precision flips no spike
torch.set_default_dtype(torch.float64)


class Step(torch.autograd.Function):
    """Spike where u > 0; backward, the derivative of max(0, u)."""

    @staticmethod
    def forward(ctx, u):
        ctx.save_for_backward(u)
        return (u > 0).double()

    @staticmethod
    def backward(ctx, g):
        return g * (ctx.saved_tensors[0] >= 0)


class FastSigmoidStep(torch.autograd.Function):
    """Spike where u > 0; backward, the derivative of u / (1 + k |u|), k = 10."""

    @staticmethod
    def forward(ctx, u):
        ctx.save_for_backward(u)
        return (u > 0).double()

    @staticmethod
    def backward(ctx, g):
        return g / (1 + 10 * ctx.saved_tensors[0].abs()) ** 2


def decays(kind):
    if kind == "euler":
        return 1 - DT / TAU_SYN, 1 - DT / TAU_MEM
    return float(np.exp(-DT / TAU_SYN)), float(np.exp(-DT / TAU_MEM))


def run_layer(spikes, weights, alpha, beta, nearest, step=Step):
    """(B, T, I) spikes to (B, T, N) spikes."""
    drive = spikes @ weights
    v = i = torch.zeros(drive.shape[0], drive.shape[2])
    out = []
    for t in range(T):
        i = alpha * i + drive[:, t]
        v = beta * v + i
        nearest.append((v - THETA).abs().min().item())
        out.append(step.apply(v - THETA))
        v = v * (v.detach() <= THETA)
    return torch.stack(out, 1)


def read_out(spikes, weights, beta):
    """(B, T, I) spikes to the membrane (B, T, N) of leaky integrators."""
    drive = spikes @ weights
    v = torch.zeros(drive.shape[0], drive.shape[2])
    out = []
    for t in range(T):
        v = beta * v + drive[:, t]
        out.append(v)
    return torch.stack(out, 1)


def run_network(kind, raster, labels, w1, w2, nearest):
    """The loss, and what the file shows of this pass."""
    alpha, beta = decays(kind)
    if kind == "fast":
        hidden = run_layer(raster, w1, alpha, beta, nearest, FastSigmoidStep)
        membrane = read_out(hidden, w2, beta)
        loss = torch.nn.functional.cross_entropy(membrane.mean(1), torch.as_tensor(labels))
        return loss, {"hidden_spikes": as_raster(hidden), "mean_membrane": membrane.mean(1).detach().numpy()}
    hidden = run_layer(raster, w1, alpha, beta, nearest)
    output = run_layer(hidden, w2, alpha, beta, nearest)
    counts = output.sum(1)
    target = torch.full((SAMPLES, OUTPUTS), FALSE)
    target[range(SAMPLES), labels] = TRUE
    return ((counts - target) ** 2).mean(), {
        "hidden_spikes": as_raster(hidden), "output_spikes": as_raster(output),
        "counts": counts.detach().numpy().astype(np.int32)}


def as_raster(spikes):
    """(B, T, N) to (B, N, T) bytes."""
    return spikes.detach().permute(0, 2, 1).numpy().astype(np.uint8)


def train(kind, seed):
    draw = np.random.default_rng(seed)
    events = np.argwhere(draw.random((SAMPLES, T, INPUTS)) < 0.06)  # sorted by sample, step, channel
    raster = torch.zeros(SAMPLES, T, INPUTS)
    raster[tuple(events.T)] = 1
    labels = draw.integers(0, OUTPUTS, SAMPLES)
    w1 = torch.tensor(draw.normal(0, 0.4, (INPUTS, HIDDEN)).astype(np.float32)).double().requires_grad_()
    w2 = torch.tensor(draw.normal(0, 0.4, (HIDDEN, OUTPUTS)).astype(np.float32)).double().requires_grad_()
    optimiser = torch.optim.Adam([w1, w2], lr=LR, amsgrad=True)
    nearest, result = [], {
        "events/sample": events[:, 0].astype(np.int32), "events/time": events[:, 1].astype(np.int32),
        "events/channel": events[:, 2].astype(np.int32), "labels": labels.astype(np.int32),
        "w1": w1.detach().numpy().astype(np.float32), "w2": w2.detach().numpy().astype(np.float32)}
    for step in range(STEPS):
        loss, shown = run_network(kind, raster, labels, w1, w2, nearest)
        optimiser.zero_grad()
        loss.backward()
        result["step%d/loss" % step] = np.float64(loss.item())
        if step == 0:
            result.update({"step0/" + name: value for name, value in shown.items()})
            result.update({"step0/dw1": w1.grad.numpy().copy(), "step0/dw2": w2.grad.numpy().copy()})
        optimiser.step()
    result.update({"final/w1": w1.detach().numpy(), "final/w2": w2.detach().numpy()})
    return min(nearest), result


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    for kind in ("exact", "euler", "fast"):
        seed = next(s for s in range(1000) if train(kind, s)[0] > MARGIN)
        margin, result = train(kind, seed)
        with h5py.File(os.path.join(here, "small_%s.h5" % kind), "w") as f:
            f.attrs.update(dict(steps=T, dt_ms=DT, tau_mem_ms=TAU_MEM, tau_syn_ms=TAU_SYN, threshold=THETA, lr=LR,
                                true_count=TRUE, false_count=FALSE, seed=seed, margin=margin))
            for name, value in result.items():
                f.create_dataset(name, data=value, **({"compression": "gzip"} if np.ndim(value) else {}))
        print(kind, "seed", seed, "margin %.1e" % margin, "losses",
              *["%.4f" % result["step%d/loss" % s] for s in range(STEPS)],
              "hidden rate %.2f" % result["step0/hidden_spikes"].mean())


if __name__ == "__main__":
    main()
