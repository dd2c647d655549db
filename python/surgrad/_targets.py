"""Targets other than a label of each sample, as arrays: numbers of the outputs, and classes of steps."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import numpy.typing as npt

from surgrad._errors import DataError

Array = npt.NDArray[Any]


@dataclasses.dataclass(frozen=True)
class Entries:
    """What a store of targets lists, sample by sample: what is not listed does not count."""

    first: Array  # (B + 1) where the entries of each sample begin
    step: Array
    channel: Array  # the output
    channels: int
    value: Array | None = None  # the number of each entry; None where entries are classes
    constant: bool = False  # whether numbers are of the whole sample

    def samples(self) -> Array:
        """The sample of each entry."""
        begin = self.first.astype(np.int64)
        return np.repeat(np.arange(len(begin) - 1), begin[1:] - begin[:-1])


def _first(sample: Array, count: int) -> Array:
    return np.searchsorted(sample, np.arange(count + 1)).astype(np.uint64)


def entries_of_numbers(targets: npt.ArrayLike, count: int, steps: int) -> Entries:
    """Of (B) or (B, N) numbers for whole samples, or (B, T, N) for each step; NaN of what may be anything."""
    try:
        values = np.asarray(targets, np.float32)
    except (TypeError, ValueError):
        raise DataError("targets are no array of numbers: of whole samples (B, N), or of steps (B, T, N)") from None
    constant = values.ndim in (1, 2)
    shape = (count,) if constant else (count, steps)
    if values.ndim not in (1, 2, 3) or values.shape[: len(shape)] != shape:
        raise DataError(
            "targets have shape %s, expected (%d, N) for whole samples, or (%d, %d, N) for each step, N outputs"
            % (values.shape, count, count, steps)
        )
    if np.isinf(values).any():
        where = tuple(int(i) for i in np.argwhere(np.isinf(values))[0])
        raise DataError("a target at %s is infinite, expected a number, or NaN where the output may be anything" % (where,))
    by_step = values.reshape(count, 1 if constant else steps, -1)
    sample, step, channel = np.nonzero(~np.isnan(by_step))
    return Entries(_first(sample, count), step, channel, max(by_step.shape[2], 1), by_step[sample, step, channel], constant)


def entries_of_classes(labels: Array, none: int) -> Entries:
    """Of (B, T) the class of each step, `none` of a step without one."""
    sample, step = np.nonzero(labels != none)
    channel = labels[sample, step]
    return Entries(_first(sample, len(labels)), step, channel, int(channel.max()) + 1 if channel.size else 1)


def numbers_of(entries: Entries, steps: int) -> Array:
    """(B, N) numbers for whole samples, or (B, T, N) for each step; NaN of what is not listed."""
    count = len(entries.first) - 1
    values = np.full((count, 1 if entries.constant else steps, entries.channels), np.nan, np.float32)
    values[entries.samples(), entries.step, entries.channel] = entries.value
    return values[:, 0] if entries.constant else values


def classes_of(entries: Entries, steps: int) -> Array:
    """(B, T) the class of each step, -1 of a step without one. DataError where a step has two."""
    count, sample = len(entries.first) - 1, entries.samples()
    twice = (np.diff(sample) == 0) & (np.diff(entries.step.astype(np.int64)) == 0)
    if entries.value is not None or twice.any():
        found = "numbers" if entries.value is not None else "spike trains"
        raise DataError("the targets are %s, expected a class of each step: read them by `targets`" % found)
    classes = np.full((count, steps), -1, np.int64)
    classes[sample, entries.step] = entries.channel
    return classes


__all__ = ["Entries", "classes_of", "entries_of_classes", "entries_of_numbers", "numbers_of"]
