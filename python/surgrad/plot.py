"""Pictures, by matplotlib: each function draws into `ax`, or into a new figure, and returns the axes.

New figures are drawn in STYLE; `plt.style.use(plot.STYLE)` has all other figures drawn in it too. Its colours can be told
apart by those who do not see red or green (Okabe and Ito), and curves that lie close together differ in their dashes.
"""

from __future__ import annotations

from typing import Any, Sequence

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
from cycler import cycler

from surgrad._config import options
from surgrad._events import Events
from surgrad._layer import Part
from surgrad._network import Evaluation, Network, Samples, events_of
from surgrad._surrogate import surrogate

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
STYLE: Any = {
    "axes.prop_cycle": cycler(color=COLOURS),
    "axes.spines.top": False,
    "axes.spines.right": False,
    "figure.constrained_layout.use": True,
    "figure.figsize": (6, 3),
    "image.cmap": "viridis",
    "legend.fontsize": "small",
    "legend.frameon": False,
    "lines.linewidth": 1.2,
}

_THIN = {"linewidth": 0.8}
_LEGEND = {"fontsize": "small", "frameon": False}
_DASHES = ("-", "--", "-.", ":", (0, (6, 1, 1, 1, 1, 1)), (0, (1, 3)), (0, (8, 3)), (0, (4, 4)))


def _axes(ax: Any, size: tuple[float, float] = (6, 3)) -> Any:
    if ax is not None:
        return ax
    with plt.rc_context(STYLE):
        return plt.figure(figsize=size).add_subplot()


def _legend_beside(ax: Any, **words: str) -> None:
    """A legend to the right of the axes, where it hides nothing."""
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), **_LEGEND, **words)


def raster(data: Samples, sample: int = 0, *, network: Network | None = None, layer: int = 0, ax: Any = None) -> Any:
    """Spikes of a sample over time: its input or, with a network, those of a layer."""
    events, ax = events_of(data), _axes(ax)
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
    """Membranes of some neurons of a layer, with a dot at each spike; of the first four by default. Outputs have the names
    of their classes, where the network knows them."""
    events, ax = events_of(data), _axes(ax)
    found, spikes = network.membrane(events, layer, sample), network.raster(events, layer, sample)
    time = np.arange(events.steps) * (events.dt_ms or 1)
    names = network.class_names if layer == len(network) - 1 else []
    for n in range(min(4, found.shape[1])) if neurons is None else neurons:
        (line,) = ax.plot(time, found[:, n], label=names[n] if names else str(n), **_THIN)
        fired = np.flatnonzero(spikes[:, n])
        ax.plot(time[fired], found[fired, n], ".", color=line.get_color(), markersize=4)
    ax.set(xlabel=_time(events), ylabel="membrane before a reset")
    _legend_beside(ax, title="class" if names else "neuron of\nlayer %d" % layer)
    return ax


def surrogates(kinds: Sequence[Part] | None = None, *, reach: float = 1.5, ax: Any = None) -> Any:
    """Surrogate derivatives (surgrad.surrogate) from `reach` below the threshold to as much above it: of all kinds, or of
    some, as Layer(surrogate=...) takes them."""
    known = list(options()["layers.N.surrogate.kind"]["choices"])
    u = np.linspace(-reach, reach, 601)
    curves = [(_surrogate_name(kind, known), surrogate(kind, u)) for kind in (known if kinds is None else kinds)]
    ax = _axes(ax, (6, 3.4))
    for n, (name, derivative) in enumerate(curves):
        ax.plot(u, derivative, label=name, color=COLOURS[n % len(COLOURS)], linestyle=_DASHES[n % len(_DASHES)])
    ax.set(xlabel="membrane above threshold (thresholds)", ylabel="surrogate derivative")
    _legend_beside(ax)
    return ax


def _surrogate_name(kind: Part, known: Sequence[str]) -> str:
    """The kind, and the options that are given with it."""
    given = {"kind": kind} if isinstance(kind, str) else dict(kind)
    name = given.pop("kind", known[0])
    if name not in known:
        raise ValueError("surrogate: found %r, expected one of %s" % (name, ", ".join(known)))
    return ", ".join([str(name)] + ["%s %s" % option for option in given.items()])


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
    for part, dashes in zip(("train", "validation", "test"), _DASHES):
        loss = arrays[part + "_loss"]
        if not np.isnan(loss).all():
            ax.plot(arrays["epoch"], loss, label=part, linestyle=dashes)
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.set(xlabel="epoch", ylabel="loss")
    ax.legend(**_LEGEND)
    return ax


def confusion(found: Evaluation | npt.ArrayLike, *, names: Sequence[str] | None = None, ax: Any = None) -> Any:
    """How many samples of each class got each answer, written into each cell."""
    counts = np.asarray(found.confusion if isinstance(found, Evaluation) else found)
    classes, outputs = counts.shape
    side = 1.5 + 0.42 * max(classes, outputs)
    ax = _axes(ax, (side, side))
    ax.imshow(np.log1p(counts), cmap="Greys")  # the logarithm shows the few that are wrong beside the many
    for label, predicted in np.argwhere(counts > 0):
        count = counts[label, predicted]
        dark = np.log1p(count) > 0.6 * np.log1p(counts.max())
        where = {"ha": "center", "va": "center", "fontsize": "small"}
        ax.text(predicted, label, str(count), color="white" if dark else "black", **where)
    words = list(names) if names else [str(n) for n in range(max(classes, outputs))]
    ax.set_xticks(range(outputs), words[:outputs], rotation=45 if max(map(len, words)) > 3 else 0)
    ax.set_yticks(range(classes), words[:classes])
    ax.spines[:].set_visible(True)
    ax.set(xlabel="answer", ylabel="label")
    return ax


def image(data: Samples, sample: int = 0, *, plane: int = 0, ax: Any = None) -> Any:
    """When each pixel of a sample fires first, the darker the earlier; pixels that stay silent are white. `plane` is the
    map, such as one polarity of an event camera."""
    events = events_of(data)
    maps, height, width = events.shape
    if height * width == 1 or not 0 <= plane < maps:
        raise ValueError("image: found plane %d of %d maps of %d x %d pixels" % (plane, maps, height, width))
    ax = _axes(ax, (4, 3.2))
    part = slice(int(events.first[sample]), int(events.first[sample + 1]))
    first = np.full(events.channels, np.inf)
    np.minimum.at(first, events.channel[part], events.step[part] * (events.dt_ms or 1))
    first = np.where(np.isfinite(first), first, np.nan).reshape(events.shape)[plane]
    shown = ax.imshow(first, cmap="cividis", vmin=0, vmax=events.steps * (events.dt_ms or 1), interpolation="nearest")
    for axis in (ax.xaxis, ax.yaxis):
        axis.get_major_locator().set_params(integer=True)
    ax.set(xlabel="column", ylabel="row")
    ax.spines[:].set_visible(True)
    ax.figure.colorbar(shown, ax=ax, label="first spike, %s" % _time(events))
    return ax


__all__ = ["COLOURS", "STYLE", "confusion", "history", "image", "membrane", "raster", "surrogates", "weights"]
