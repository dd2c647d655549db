#!/usr/bin/env python3
"""Makes conv.h5 beside this file: an independent double-precision reference of convolutions and pools.

Three networks, one in each group of the file, have what is rare: strides, padding, dilation, groups, rows without
height, windows that do not divide a map, and each pool. All neurons are cuba_lif (order notebook, exact decays, reset
zero held constant), the surrogate is fast_sigmoid with k = 10, the read-out is cuba_li with loss mean_ce.

Written out in NumPy, without surgrad's equations: a convolution is a loop over the places of its kernel. What comes back
is checked by <A x, g> = <x, A' g> for each linear map A. The layout is docs/file-formats.md, "golden files". Needs
Debian's python3-h5py.
"""
import os
import h5py
import numpy as np

B, T, CLASSES = 4, 20, 3
DT, TAU_MEM, TAU_SYN, THETA, SHARP = 1.0, 10.0, 5.0, 1.0, 10.0
ALPHA, BETA = float(np.exp(-DT / TAU_SYN)), float(np.exp(-DT / TAU_MEM))
MARGIN = 2e-5  # no membrane may come nearer to the threshold, so that single precision flips no spike


class Conv:
    """Cross-correlation of (B, T, C, H, W), zero beyond the border. Rows have one place in the kernel where `flat`."""

    def __init__(self, channels, kernel, stride=1, padding=0, dilation=1, groups=1, bias=False, flat=False, gain=1.0):
        self.channels, self.groups, self.bias, self.gain = channels, groups, bias, gain
        self.taps = (1 if flat else kernel, kernel)
        self.stride = (1 if flat else stride, stride)
        self.padding = (0 if flat else padding, padding)
        self.dilation = (1 if flat else dilation, dilation)

    def draw(self, draw, shape):
        fan_in = shape[0] // self.groups * self.taps[0] * self.taps[1]
        self.weights = single(draw.normal(0.2 / fan_in, self.gain / np.sqrt(fan_in),
                                          (self.channels, shape[0] // self.groups) + self.taps))
        self.offset = single(draw.normal(0, 0.02, self.channels)) if self.bias else None
        size = [(shape[1 + d] + 2 * self.padding[d] - self.dilation[d] * (self.taps[d] - 1) - 1) // self.stride[d] + 1
                for d in (0, 1)]
        return (self.channels, *size)

    def tap(self, place, size):
        """What place (j, k) of the kernel sees of the padded map."""
        cut = [slice(place[d] * self.dilation[d], place[d] * self.dilation[d] + (size[d] - 1) * self.stride[d] + 1,
                     self.stride[d]) for d in (0, 1)]
        return (Ellipsis, *cut)

    def padded(self, x):
        return np.pad(x, [(0, 0)] * 3 + [(p, p) for p in self.padding])

    def parts(self):
        """Channels below and above of each group."""
        below, above = self.weights.shape[1], self.channels // self.groups
        return [(slice(g * below, (g + 1) * below), slice(g * above, (g + 1) * above)) for g in range(self.groups)]

    def forward(self, x, size):
        padded, out = self.padded(x), np.zeros(x.shape[:2] + (self.channels,) + size)
        for below, above in self.parts():
            for place in np.ndindex(self.taps):
                seen = padded[self.tap(place, size)][:, :, below]
                out[:, :, above] += np.einsum("btcyx,oc->btoyx", seen, self.weights[above][:, :, place[0], place[1]])
        return out

    def back(self, x, g):
        """dL/dweights and dL/dx."""
        padded, size = self.padded(x), g.shape[3:]
        by_weights, by_padded = np.zeros_like(self.weights), np.zeros_like(padded)
        for below, above in self.parts():
            for place in np.ndindex(self.taps):
                tap = self.tap(place, size)
                by_weights[above, :, place[0], place[1]] = np.einsum("btoyx,btcyx->oc", g[:, :, above],
                                                                     padded[tap][:, :, below])
                by_padded[tap][:, :, below] += np.einsum("btoyx,oc->btcyx", g[:, :, above],
                                                         self.weights[above][:, :, place[0], place[1]])
        rows, columns = self.padding
        return by_weights, by_padded[..., rows:rows + x.shape[3], columns:columns + x.shape[4]]


class Dense:
    """All places to all neurons, by channel, row, column."""
    bias, gain = True, 1.0

    def draw(self, draw, shape):
        count = int(np.prod(shape))
        self.weights = single(draw.normal(0, 0.04 / np.sqrt(count), (count, CLASSES)))
        self.offset = single(draw.normal(0, 0.02, CLASSES))
        return (CLASSES, 1, 1)

    def forward(self, x, size):
        return (x.reshape(B, T, -1) @ self.weights)[..., None, None]

    def back(self, x, g):
        flat = g[..., 0, 0]
        return np.einsum("bti,btn->in", x.reshape(B, T, -1), flat), (flat @ self.weights.T).reshape(x.shape)


class Pool:
    """Windows of `size` places that do not overlap; what is left over at the border is left out."""

    def __init__(self, kind, size):
        self.kind, self.size = kind, size

    def shape(self, shape):
        self.window = (1 if shape[1] == 1 else self.size, self.size)
        return (shape[0], shape[1] // self.window[0], shape[2] // self.window[1])

    def windows(self, x):
        """(B, T, C, H, W, places of a window), a copy."""
        rows, columns = self.window
        height, width = x.shape[3] // rows, x.shape[4] // columns
        cut = x[..., :height * rows, :width * columns].reshape(x.shape[:3] + (height, rows, width, columns))
        return cut.transpose(0, 1, 2, 3, 5, 4, 6).reshape(x.shape[:3] + (height, width, rows * columns))

    def forward(self, x):
        windows = self.windows(x)
        return {"sum": windows.sum(-1), "avg": windows.mean(-1), "max": windows.max(-1)}[self.kind]

    def back(self, x, g):
        rows, columns = self.window
        windows = self.windows(x)
        share = {"sum": np.ones_like(windows), "avg": np.full_like(windows, 1 / (rows * columns)),
                 "max": np.eye(rows * columns)[windows.argmax(-1)]}[self.kind]
        by_windows = (g[..., None] * share).reshape(g.shape + (rows, columns)).transpose(0, 1, 2, 3, 5, 4, 6)
        by_x = np.zeros_like(x)
        by_x[..., :g.shape[3] * rows, :g.shape[4] * columns] = by_windows.reshape(
            g.shape[:3] + (g.shape[3] * rows, g.shape[4] * columns))
        return by_x


def single(values):
    return values.astype(np.float32).astype(np.float64)


def neurons(x, fires):
    """The weighted input to the membrane above threshold and spikes, or to the membrane of a read-out."""
    current, membrane = np.zeros_like(x[:, 0]), np.zeros_like(x[:, 0])
    us, spikes = np.zeros_like(x), np.zeros_like(x)
    for t in range(T):
        current = ALPHA * current + x[:, t]
        membrane = BETA * membrane + current
        us[:, t] = membrane - THETA if fires else membrane
        spikes[:, t] = fires and membrane > THETA
        membrane = membrane * (1 - spikes[:, t])
    return us, spikes


def neurons_back(g, us, spikes, fires):
    """dL/dspikes, or dL/dmembrane of a read-out, to dL/dx."""
    by_x, by_membrane, by_current = np.zeros_like(us), 0.0, 0.0
    for t in reversed(range(T)):
        direct = g[:, t] / (1 + SHARP * np.abs(us[:, t])) ** 2 if fires else g[:, t]
        by_membrane = BETA * by_membrane * (1 - spikes[:, t]) + direct
        by_current = ALPHA * by_current + by_membrane
        by_x[:, t] = by_current
    return by_x


def check_adjoint(forward, back, x):
    out = forward(x)
    g = np.random.RandomState(1).randn(*out.shape)
    assert abs((out * g).sum() - (x * back(x, g)).sum()) < 1e-9 * np.abs(out * g).sum()


# Of each network: the shape of its input, how often an input fires, and (pool, link) of its layers.
NETWORKS = {
    "grouped": ((4, 9, 8), 0.08, lambda: [
        (None, Conv(6, 3, stride=2, padding=2, dilation=2, groups=2, bias=True, gain=1.1)),
        (Pool("avg", 2), Conv(4, 2, padding=1, groups=2, gain=3.0)),
        (Pool("sum", 2), Dense())]),
    "row": ((3, 1, 40), 0.08, lambda: [
        (None, Conv(8, 5, stride=2, padding=3, dilation=2, flat=True, gain=0.8)),
        (Pool("max", 2), Conv(5, 3, padding=1, bias=True, flat=True, gain=0.9)),
        (Pool("avg", 3), Dense())]),
    "wide": ((2, 7, 19), 0.06, lambda: [
        (None, Conv(17, 5, padding=2, gain=0.9)),
        (Pool("max", 3), Conv(18, 1, stride=2, bias=True, gain=0.9)),
        (None, Dense())]),
}


def run(name, seed):
    """Everything of the network that the file has, and the smallest distance of a membrane from the threshold."""
    draw = np.random.RandomState(seed)
    shape, rate, make_layers = NETWORKS[name]
    layers = make_layers()
    x = draw.binomial(2, rate / 2, (B, T) + shape).astype(np.float64)  # none, one or two events in a step
    labels = draw.randint(0, CLASSES, B)
    shown = {"x": x.astype(np.uint8), "labels": labels.astype(np.int32)}
    passed, nearest, below = [], np.inf, x
    for l, (pool, link) in enumerate(layers):
        fires = l + 1 < len(layers)
        incoming = pool.forward(below) if pool and pool.shape(shape) else below
        shape = link.draw(draw, incoming.shape[2:])
        drive = link.forward(incoming, shape[1:])
        check_adjoint(lambda a: link.forward(a, shape[1:]), lambda a, g: link.back(a, g)[1], incoming)
        if link.bias:
            drive = drive + link.offset[:, None, None]
        us, spikes = neurons(drive, fires)
        nearest = min(nearest, np.abs(us).min()) if fires else nearest
        passed.append((below, incoming, us, spikes, fires))
        shown["w%d" % (l + 1)] = link.weights.astype(np.float32)
        if link.bias:
            shown["b%d" % (l + 1)] = link.offset.astype(np.float32)
        if fires:
            shown["s%d" % (l + 1)] = spikes.astype(np.uint8)
        below = spikes
    mean = passed[-1][2].mean(1)[..., 0, 0]
    share = np.exp(mean - mean.max(1, keepdims=True))
    share /= share.sum(1, keepdims=True)
    shown["loss"] = -np.log(share[np.arange(B), labels]).mean()
    by_mean = (share - np.eye(CLASSES)[labels]) / B
    g = np.repeat(by_mean[:, None, :, None, None] / T, T, 1)
    for l in reversed(range(len(layers))):
        (pool, link), (below, incoming, us, spikes, fires) = layers[l], passed[l]
        by_drive = neurons_back(g, us, spikes, fires)
        shown["dw%d" % (l + 1)], by_incoming = link.back(incoming, by_drive)
        if link.bias:
            shown["db%d" % (l + 1)] = by_drive.sum((0, 1, 3, 4))
        g = pool.back(below, by_incoming) if pool else by_incoming
    shown["dx0"] = (B * g[0]).astype(np.float32)  # of the loss of the first sample by its input
    return nearest, shown


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    with h5py.File(os.path.join(here, "conv.h5"), "w") as f:
        for name in NETWORKS:
            seed = next(s for s in range(1000) if run(name, s)[0] > MARGIN)
            margin, shown = run(name, seed)
            group = f.create_group(name)
            group.attrs.update(dict(dt_ms=DT, tau_mem_ms=TAU_MEM, tau_syn_ms=TAU_SYN, threshold=THETA, k=SHARP,
                                    seed=seed, margin=margin))
            for key, value in shown.items():
                whole = dict(chunks=value.shape, compression="gzip", shuffle=True) if np.size(value) > 2000 else {}
                group.create_dataset(key, data=value, **whole)
            print(name, "seed", seed, "margin %.1e" % margin, "loss %.4f" % shown["loss"],
                  *["%s rate %.3f" % (k, shown[k].mean()) for k in ("s1", "s2")],
                  *["%s %.1e" % (k, np.abs(v).max()) for k, v in shown.items() if k[0] == "d"])


if __name__ == "__main__":
    main()
