"""Data sets by name, as surgrad reads them: `mnist(threshold=0.1)` and so on give a Data."""

from __future__ import annotations

from typing import Any

from surgrad import _lib
from surgrad._config import Config, Options, options
from surgrad._data import Data
from surgrad._lib import call, ffi, lib

__all__ = ["evidence", "fashion_mnist", "fetch", "load", "mnist", "patterns", "randman", "store_recall", "yinyang"]

# Sets that are drawn from the seed, and how many classes they have unless more is said; None: the configuration's.
_DRAWN = {"randman": None, "patterns": None, "yinyang": None, "evidence": 2, "store_recall": 2}


def fetch(name: str, folder: str | None = None) -> None:
    """Downloads a data set into `folder`, or the cache folder (~/.cache/surgrad), unless it is there and right.

    Raises WriteError if no source has a file, and for sets that are to be got by hand, with the way.
    """
    stop = _lib.Interrupt()
    progress = ffi.callback("sg_fetch_progress", lambda *_: None, onerror=stop.catch)
    try:
        call(lib.sg_fetch, name.encode(), _lib.path(folder) if folder else ffi.NULL, progress, ffi.NULL, ffi.NULL)
    finally:
        stop.raise_kept()


def load(
    name: str,
    *,
    steps: int = 100,
    dt: str = "1 ms",
    encoder: Options | None = None,
    seed: int = 1,
    classes: int | None = None,
    **details: Any,
) -> Data:
    """Any set of data.set, with its options: load("nmnist", dir="N-MNIST", validation=0.1).

    Further words are options under `data`, or those of a section that is called as the set: load("patterns", jitter=
    "4 ms"). `encoder` has those of the encoder, such as {"threshold": 0.1}. `classes` is how many are drawn, where a set
    is drawn from the seed; of others how many there are, 10 by default. Four fifths of what is drawn train unless
    `split` says more.
    """
    if lib.sg_fetch_ready(name.encode(), ffi.NULL) is False and _is_fetched(name) and "dir" not in details:
        fetch(name)
    if name in _DRAWN and "split" not in details:
        details = {"split": "shuffled", "train_fraction": 0.8, **details}
    if classes is None:
        classes = _DRAWN.get(name)
    known = options()
    own = {key: value for key, value in details.items() if "%s.%s" % (name, key) in known}
    data = {key: value for key, value in details.items() if key not in own}
    config = Config(options={"seed": seed, "steps": steps, "dt": dt, "data": {"set": name, **data}})
    config.update({name: own, "encoder": encoder or {}})
    if name in _DRAWN and classes is not None:
        config["data.classes"] = classes
    # A configuration has a network, whose outputs are the classes of sets that do not tell how many they have.
    config.update({"layers": {"0": {"size": classes or 10, "neuron": {"kind": "li"}}}, "loss": {"kind": "mean_ce"}})
    return Data.open(config)


def _is_fetched(name: str) -> bool:
    i = 0
    while (known := lib.sg_fetch_name(i)) != ffi.NULL:
        if _lib.text(known) == name:
            return True
        i += 1
    return False


def mnist(*, threshold: float = 0.25, **options: Any) -> Data:
    """Handwritten digits as first spikes: bright pixels fire early, those below `threshold` stay silent."""
    return load("mnist", encoder={"threshold": threshold}, **options)


def fashion_mnist(*, threshold: float = 0.05, **options: Any) -> Data:
    """Articles of clothing, likewise."""
    return load("fashion-mnist", encoder={"threshold": threshold}, **options)


def randman(**options: Any) -> Data:
    """Smooth random manifolds (Zenke and Vogels 2021), drawn from the seed."""
    return load("randman", **options)


def patterns(**options: Any) -> Data:
    """Random spike patterns with jitter, drawn from the seed: patterns(classes=20, jitter="4 ms", drop=0.5)."""
    return load("patterns", **options)


def yinyang(**options: Any) -> Data:
    """Points of the yin-yang symbol, by the times of spikes (Kriener and others 2022), drawn from the seed."""
    return load("yinyang", **options)


def evidence(*, steps: int = 550, dt: str = "4 ms", channels: int = 40, **options: Any) -> Data:
    """Cues on two sides, of which the side with more is asked for at the end (Bellec and others 2020)."""
    return load("evidence", steps=steps, dt=dt, channels=channels, **options)


def store_recall(*, steps: int = 300, dt: str = "4 ms", channels: int = 40, **options: Any) -> Data:
    """Values, of which one is to be stored and told at the end (Bellec and others 2020)."""
    return load("store_recall", steps=steps, dt=dt, channels=channels, **options)
