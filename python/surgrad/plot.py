"""Pictures, by matplotlib: each function draws into `ax`, or into a new figure, and returns the axes."""

from __future__ import annotations

from typing import Any, Sequence

import matplotlib.pyplot as plt
import numpy as np

from surgrad._config import options
from surgrad._data import Data
from surgrad._events import Events
from surgrad._network import Network

Samples = Any
_THIN = {"linewidth": 0.8}


def _axes(ax: Any, size: tuple[float, float] = (6, 3)) -> Any:
    if ax is not None:
        return ax
    found = plt.figure(figsize=size, layout="constrained").add_subplot()
    found.spines[["top", "right"]].set_visible(False)
    return found


def _events_of(data: Samples) -> Events:
    return data.events if isinstance(data, Data) else data


def raster(data: Samples, sample: int = 0, *, network: Network | None = None, layer: int = 0, ax: Any = None) -> Any:
    """Spikes of a sample over time: its input or, with a network, those of a layer."""
    events, ax = _events_of(data), _axes(ax)
    if network is None:
        part = slice(int(events.first[sample]), int(events.first[sample + 1]))
        step, number = events.step[part].astype(float), events.channel[part]
        rows, what = events.channels, "input channel"
    else:
        step, number = np.nonzero(network.raster(events, layer, sample))
        rows, what = network.sizes[layer], "neuron of layer %d" % layer
    ax.scatter(step * (events.dt_ms or 1), number, s=max(4.0, min(16.0, 800 / rows)), marker="|", color="black", **_THIN)
    ax.set(xlabel=_time(events), ylabel=what, xlim=(0, events.steps * (events.dt_ms or 1)), ylim=(-0.5, rows - 0.5))
    return ax


def _time(events: Events) -> str:
    return "time (ms)" if events.dt_ms > 0 else "step"


def membrane(
    network: Network,
    data: Samples,
    layer: int = 0,
    sample: int = 0,
    *,
    neurons: Sequence[int] | None = None,
    ax: Any = None,
) -> Any:
    """Membranes of some neurons of a layer, with a dot at each spike; of the first four by default."""
    events, ax = _events_of(data), _axes(ax)
    found, spikes = network.membrane(events, layer, sample), network.raster(events, layer, sample)
    time = (np.arange(events.steps) + 1) * (events.dt_ms or 1)
    for n in range(min(4, found.shape[1])) if neurons is None else neurons:
        (line,) = ax.plot(time, found[:, n], label=str(n), **_THIN)
        fired = np.flatnonzero(spikes[:, n])
        ax.plot(time[fired], found[fired, n], ".", color=line.get_color(), markersize=4)
    ax.set(xlabel=_time(events), ylabel="membrane before a reset")
    ax.legend(title="neuron of layer %d" % layer, frameon=False, fontsize="small")
    return ax


def surrogates(
    kinds: Sequence[str] = ("fast_sigmoid", "sigmoid", "arctan", "triangle", "boxcar", "gaussian", "exponential"),
    *,
    k: float = 5.0,
    ax: Any = None,
) -> Any:
    """Surrogate derivatives over the membrane above threshold, each of steepness k (docs/maths.md)."""
    u = np.linspace(-1.5, 1.5, 601)
    a = np.abs(u) * k
    shapes = {
        "fast_sigmoid": 1 / (1 + a) ** 2,
        "sigmoid": np.exp(-a) / (1 + np.exp(-a)) ** 2 * 4,
        "arctan": 1 / (1 + a**2),
        "triangle": np.maximum(0, 1 - a),
        "boxcar": (a <= 1).astype(float),
        "gaussian": np.exp(-(a**2)),
        "exponential": np.exp(-a),
    }
    known = options()["layers.N.surrogate.kind"]["choices"]
    ax = _axes(ax)
    for kind in kinds:
        if kind not in shapes or kind not in known:
            raise ValueError("surrogate: found %r, expected some of %s" % (kind, ", ".join(shapes)))
        ax.plot(u, shapes[kind], label=kind, linewidth=1)
    ax.set(xlabel="membrane above threshold", ylabel="surrogate derivative over its top")
    ax.legend(frameon=False, fontsize="small")
    return ax


def weights(network: Network, layer: int = 0, *, ax: Any = None) -> Any:
    """The distribution of a layer's weights."""
    values, ax = network.weights[layer].reshape(-1), _axes(ax)
    ax.hist(values, bins=80, color="0.4")
    ax.set(xlabel="weight of layer %d" % layer, ylabel="synapses")
    return ax


def history(result: Any, *, ax: Any = None) -> Any:
    """Losses of a run's epochs."""
    ax = _axes(ax)
    arrays = result.arrays()
    for part in ("train", "validation", "test"):
        loss = arrays[part + "_loss"]
        if not np.isnan(loss).all():
            ax.plot(arrays["epoch"], loss, label=part, linewidth=1)
    ax.set(xlabel="epoch", ylabel="loss")
    ax.legend(frameon=False)
    return ax


__all__ = ["history", "membrane", "raster", "surrogates", "weights"]
