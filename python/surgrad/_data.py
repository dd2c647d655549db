"""Data sets: events and which of their samples train, validate and test."""

from __future__ import annotations

from typing import Any

import numpy as np

from surgrad import _lib
from surgrad._config import Config
from surgrad._errors import DataError
from surgrad._events import Events, Index, concatenate
from surgrad._lib import lib, make


class Data:
    """Events with parts: `train`, `validation` and `test` are numbers of samples of `events`."""

    def __init__(
        self,
        events: Events,
        train: Index | None = None,
        validation: Index | None = None,
        test: Index | None = None,
    ) -> None:
        """Without `test` nothing is tested: an evaluation of one training sample takes its place, and is not told."""
        chosen = events.samples(train)
        if chosen.size == 0:
            raise DataError("no sample trains: choose some for train")
        held = events.samples(validation) if validation is not None else np.empty(0, np.uint32)
        tested = events.samples(test) if test is not None else np.empty(0, np.uint32)
        self.has_test = tested.size > 0
        parts = [np.ascontiguousarray(p) for p in (chosen, held, tested if self.has_test else chosen[:1])]
        where = [argument for p in parts for argument in (_lib.pointer(p, "uint32_t"), p.size)]
        self._take(make(lib.sg_data_create, "sg_data", lib.sg_data_free, events._handle, *where), events)

    def _take(self, handle: Any, events: Events | None) -> None:
        self._handle = handle
        view = lib.sg_data_get(handle)
        # The store belongs to the data, which the arrays keep alive.
        self.events = events or Events(_lib.borrowed(view.events, handle))
        self.train = _lib.view(view.train, view.train_count, np.uint32, handle)
        self.validation = _lib.view(view.validation, view.validation_count, np.uint32, handle)
        self.test = _lib.view(view.test, view.test_count, np.uint32, handle)

    @classmethod
    def open(cls, config: Config) -> Data:
        """The data set of a configuration, encoded and split as it says. Raises DataError where files are missing."""
        data = cls.__new__(cls)
        data.has_test = True
        with _lib.hdf5():
            data._take(make(lib.sg_data_open, "sg_data", lib.sg_data_free, config._handle), None)
        return data

    @classmethod
    def split(
        cls,
        events: Events,
        *,
        validation: Events | float = 0.0,
        test: Events | float = 0.0,
        seed: int = 1,
    ) -> Data:
        """Parts of a store: shares that are drawn from the seed, or other stores. What the events say of a sample's
        part (`events.split`) is followed where neither is given."""
        if validation == 0 and test == 0 and events.split is not None:
            parts = [np.flatnonzero(events.split == part) for part in (0, 2, 1)]
            return cls(events, parts[0], parts[1], parts[2])
        order = np.random.default_rng(seed).permutation(len(events))
        stores, at, chosen = [events], len(events), []
        for part in (validation, test):
            if isinstance(part, Events):
                stores.append(part)
                chosen.append(np.arange(at, at + len(part)))
                at += len(part)
            else:
                count = _share(part, len(events))
                chosen.append(np.sort(order[:count]))
                order = order[count:]
        whole = concatenate(stores) if len(stores) > 1 else events
        return cls(whole, np.sort(order), chosen[0], chosen[1])

    def __repr__(self) -> str:
        tested = len(self.test) if self.has_test else 0
        return "Data(%r, %d to train, %d to validate, %d to test)" % (
            self.events, len(self.train), len(self.validation), tested,
        )  # fmt: skip


def _share(part: float, count: int) -> int:
    if not 0 <= part < 1:
        raise DataError("a share of the samples is %g, expected 0 or more, below 1" % part)
    return int(round(part * count))
