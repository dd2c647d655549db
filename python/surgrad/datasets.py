"""Data sets by name, as surgrad reads them: `mnist(threshold=0.1)` and so on give a Data."""

from __future__ import annotations

from typing import Any

from surgrad import _lib
from surgrad._config import Config, Options
from surgrad._data import Data
from surgrad._lib import call, ffi, lib

__all__ = ["fashion_mnist", "fetch", "load", "mnist", "patterns", "randman"]


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
    classes: int = 10,
    **data: Any,
) -> Data:
    """Any set of data.set, with its options: load("nmnist", dir="N-MNIST", validation=0.1).

    Further words are options under `data`; `encoder` has those of the encoder, such as {"threshold": 0.1}.
    """
    if lib.sg_fetch_ready(name.encode(), ffi.NULL) is False and _is_fetched(name) and "dir" not in data:
        fetch(name)
    config = Config(options={"seed": seed, "steps": steps, "dt": dt, "data": {"set": name, **data}})
    config.update({"encoder": encoder or {}})
    config.update({"layers": {"0": {"size": classes, "neuron": {"kind": "li"}}}, "loss": {"kind": "mean_ce"}})
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
    options = {"split": "shuffled", "train_fraction": 0.8, **options}
    return load("randman", **options)


def patterns(**options: Any) -> Data:
    """Random spike patterns with jitter, drawn from the seed."""
    options = {"split": "shuffled", "train_fraction": 0.8, **options}
    return load("patterns", **options)
