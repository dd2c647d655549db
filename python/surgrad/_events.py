"""Event stores: spike trains of many samples, as arrays of NumPy's."""

from __future__ import annotations

import os
import tempfile
import warnings
from typing import Any, Iterable, NamedTuple, Sequence, Union

import numpy as np
import numpy.typing as npt

from surgrad import _lib
from surgrad._config import Config, Options
from surgrad._errors import DataError, OutOfRangeError, SurgradWarning
from surgrad._lib import call, ffi, lib, make
from surgrad._targets import Entries, classes_of, entries_of_classes, entries_of_numbers, numbers_of

Array = npt.NDArray[Any]
Index = Union[int, slice, Sequence[int], Array]

_IN_MS = {"s": 1e3, "ms": 1.0, "us": 1e-3}
_NO_LABEL = 0xFFFFFFFF


def milliseconds(dt: str) -> float:
    """The number of a time with its unit, such as "1 ms" or "250 us"."""
    config = Config()
    config["dt"] = dt
    return float(config["dt"].split()[0])


def _steps_of(t: Array, steps: int, dt_ms: float, unit: str) -> tuple[Array, Array | None]:
    """The step of each event, and which events are kept, or None where all are."""
    if unit == "step":
        number = t if t.dtype.kind in "iu" else np.floor(t)
    elif unit in _IN_MS:
        whole = _IN_MS[unit] == dt_ms and t.dtype.kind in "iu"
        number = t if whole else np.floor((t / 1e3 if unit == "us" else t * _IN_MS[unit]) / dt_ms)
    else:
        raise DataError("unit: found %r, expected step, s, ms or us" % unit)
    if number.size == 0:
        return number.astype(np.uint64), None
    if not number.min() >= 0:
        where = int(np.flatnonzero(~(number >= 0))[0])
        raise DataError("event %d is at %s %s, expected 0 or later: take the first time off all" % (where, t[where], unit))
    if number.max() < steps:
        return number.astype(np.uint64), None
    keep = number < steps
    _warn_late(int(number.size - np.count_nonzero(keep)), steps, dt_ms)
    return number[keep].astype(np.uint64), keep


def _warn_late(count: int, steps: int, dt_ms: float) -> None:
    warnings.warn(
        "%d events are after the last step (%d of %g ms) and are left out: set more steps, or a longer dt"
        % (count, steps, dt_ms),
        SurgradWarning,
        stacklevel=5,
    )


def _whole(name: str, values: npt.ArrayLike) -> Array:
    array = np.asarray(values)
    if array.ndim != 1:
        raise DataError("%s has %d dimensions, expected 1" % (name, array.ndim))
    if array.size == 0:
        return np.empty(0, np.uint64)  # an empty list is of floats
    if array.dtype.kind not in "iu":
        raise DataError("%s is of %s, expected whole numbers" % (name, array.dtype))
    if array.size and array.dtype.kind == "i" and array.min() < 0:
        raise DataError("event %d is of %s %d, expected 0 or more" % (int(np.argmin(array)), name, array.min()))
    return array


def _labels_of(labels: npt.ArrayLike | None, count: int, steps: int) -> tuple[Array | None, list[str]]:
    """(B) or (B, T) labels as numbers, _NO_LABEL of what has none, and names of classes where labels are texts."""
    if labels is None:
        return None, []
    array = np.asarray(labels)
    if array.shape not in ((count,), (count, steps)):
        raise DataError(
            "labels have shape %s, expected one for each of %d samples, or (%d, %d), one for each step"
            % (array.shape, count, count, steps)
        )
    if array.dtype.kind in "iu":
        if array.size and array.min() < -1:
            raise DataError("a label is %d, expected 0 or more, or -1 for none" % array.min())
        return np.where(array < 0, _NO_LABEL, array).astype(np.uint32), []
    if array.dtype.kind not in "US" and not all(isinstance(item, str) for item in array.tolist()):
        raise DataError("labels are of %s, expected whole numbers or texts" % array.dtype)
    names, number = np.unique(array.astype(str), return_inverse=True)
    return number.reshape(array.shape).astype(np.uint32), [str(name) for name in names]


def _bits(most: int) -> int:
    return max(1, (most - 1).bit_length())


def _sort(sample: Array, step: Array, channel: Array, sizes: tuple[int, int, int]) -> tuple[Array, Array, Array]:
    """Events by sample, step, channel. All three go into one number, which is sorted."""
    channels, steps = _bits(sizes[2]), _bits(sizes[1])
    key = sample.astype(np.uint64)
    key <<= np.uint64(steps)
    key |= step
    key <<= np.uint64(channels)
    key |= channel.astype(np.uint64, copy=False)
    if key.size > 1 and not bool(np.all(key[1:] >= key[:-1])):
        key.sort()
    channel = (key & np.uint64((1 << channels) - 1)).astype(np.uint32)
    key >>= np.uint64(channels)
    step = (key & np.uint64((1 << steps) - 1)).astype(np.uint16)
    key >>= np.uint64(steps)
    return key, step, channel


def _without_doubles(sample: Array, step: Array, channel: Array) -> tuple[Array, Array, Array]:
    if sample.size < 2:
        return sample, step, channel
    same = (channel[1:] == channel[:-1]) & (step[1:] == step[:-1]) & (sample[1:] == sample[:-1])
    doubles = int(np.count_nonzero(same))
    if doubles == 0:
        return sample, step, channel
    warnings.warn(
        "%d events fall on another one of their channel in the same step and are left out: use counts=True to keep "
        "them, or a shorter dt" % doubles,
        SurgradWarning,
        stacklevel=4,
    )
    keep = np.concatenate(([True], ~same))
    return sample[keep], step[keep], channel[keep]


class _Wanted(NamedTuple):
    """What outputs should do for the samples of a store: a label for each, or targets of another kind."""

    label: Array | None
    names: Sequence[str]
    classes: int
    target: Events | None


def _wanted(
    labels: npt.ArrayLike | None,
    targets: npt.ArrayLike | Events | None,
    classes: int | None,
    class_names: Sequence[str] | None,
    size: tuple[int, int, float],
) -> _Wanted:
    """Of what from_arrays is given; `size` is samples, steps and dt in ms."""
    count, steps, dt_ms = size
    label, names = _labels_of(labels, count, steps)
    names = list(class_names or names)
    if classes is None:
        known = label[label != _NO_LABEL] if label is not None else np.empty(0, np.uint32)
        classes = max(int(known.max()) + 1 if known.size else 0, len(names))
    if label is not None and label.ndim == 2:
        if targets is not None:
            raise DataError("there are labels of each step and targets, expected one of the two")
        return _Wanted(None, names, classes, Events._of_entries(entries_of_classes(label, _NO_LABEL), steps, dt_ms))
    if targets is not None and not isinstance(targets, Events):
        targets = Events._of_entries(entries_of_numbers(targets, count, steps), steps, dt_ms)
    return _Wanted(label, names, classes, targets)


class Events:
    """Spike trains of B samples in T steps and I channels, with labels or other targets.

    Made by from_arrays, from_dense, from_numbers, load, or surgrad.read; never changed afterwards. The arrays `first`
    (B + 1), `step` and `channel` (events), and `label` (B) are the library's own memory: sample s has events first[s] .. first[s+1]-1.
    """

    def __init__(self, handle: Any) -> None:
        self._handle = handle
        view = lib.sg_events_get(handle)
        self.steps, self.channels, self.classes = int(view.steps), int(view.channels), int(view.classes)
        self.dt_ms = float(view.dt_ms)
        self.shape = (int(view.shape.channels), int(view.shape.height), int(view.shape.width))
        self.first = _lib.view(view.first, view.samples + 1, np.uint64, handle)
        events = int(self.first[-1])
        self.step = _lib.view(view.step, events, np.uint16, handle)
        self.channel = _lib.view(view.channel, events, np.uint32, handle)
        self.label = _lib.view(view.label, view.samples, np.uint32, handle)
        self.split = _lib.view(view.split, view.samples, np.uint8, handle) if view.split != ffi.NULL else None

    # ------------------------------------------------------------------------------------------------- making

    @classmethod
    def from_arrays(
        cls,
        t: npt.ArrayLike,
        channel: npt.ArrayLike,
        sample: npt.ArrayLike | None = None,
        labels: npt.ArrayLike | None = None,
        *,
        targets: npt.ArrayLike | Events | None = None,
        steps: int,
        dt: str = "1 ms",
        unit: str = "ms",
        channels: int | None = None,
        samples: int | None = None,
        shape: tuple[int, int, int] | None = None,
        classes: int | None = None,
        class_names: Sequence[str] | None = None,
        counts: bool = False,
    ) -> Events:
        """From one array of times and one of channels, in any order; event e is of sample[e], of the only one if None.

        t is in `unit`: "ms", "s", "us", or "step"; event at time t is in step floor(t / dt). labels are classes as
        numbers, -1 for none, or as texts: (B) of samples, or (B, T) of each step (loss step_ce). targets are (B, N)
        numbers that the N outputs should be, or (B, T, N) in each step, NaN where they may be anything (step_mse,
        mean_mse, ...); or Events with the spike trains that they should emit (spike_time). `shape` is (maps, height, width) of the channels, where channel (map * height + y) * width +
        x lies at row y, column x. With `counts` several events of a channel in a step weigh as many times; else one
        stays. Events after the last step are left out; both are told by a SurgradWarning. Raises DataError.
        """
        times, channel = np.asarray(t), _whole("channel", channel)
        sample = np.zeros(channel.size, np.uint64) if sample is None else _whole("sample", sample)
        if times.shape != channel.shape or sample.shape != channel.shape:
            raise DataError(
                "t has %s numbers, channel %d and sample %d: expected one each for every event"
                % (times.size, channel.size, sample.size)
            )
        if shape is not None and channels is None:
            channels = int(np.prod(shape))
        if channels is not None and channel.size and channel.max() >= channels:
            raise DataError(
                "event %d is of channel %d, expected below %d, %s"
                % (int(channel.argmax()), channel.max(), channels, _why_channels(shape))
            )
        dt_ms = milliseconds(dt)
        step, keep = _steps_of(times, steps, dt_ms, unit)
        if keep is not None:
            channel, sample = channel[keep], sample[keep]
        count = _count_of(samples, sample, labels if labels is not None else targets)
        if channels is None:
            channels = int(channel.max()) + 1 if channel.size else 1
        sorted_sample, step, channel = _sort(sample, step, channel, (count, steps, channels))
        if not counts:
            sorted_sample, step, channel = _without_doubles(sorted_sample, step, channel)
        wanted = _wanted(labels, targets, classes, class_names, (count, steps, dt_ms))
        first = np.searchsorted(sorted_sample, np.arange(count + 1, dtype=np.uint64)).astype(np.uint64)
        return cls._create(
            first, step, channel, wanted.label, steps, channels, dt_ms, shape, wanted.classes, wanted.names, counts,
            target=wanted.target,
        )  # fmt: skip

    @classmethod
    def from_dense(
        cls, spikes: npt.ArrayLike, labels: npt.ArrayLike | None = None, *, dt: str = "1 ms", **details: Any
    ) -> Events:
        """From an array (B, T, I), or (B, T, maps, height, width), of 0 and 1, or of small counts. `details` are words of
        from_arrays, such as targets."""
        array = np.asarray(spikes)
        if array.ndim not in (3, 5):
            raise DataError("spikes have %d dimensions, expected (B, T, I) or (B, T, maps, height, width)" % array.ndim)
        shape = (array.shape[2], array.shape[3], array.shape[4]) if array.ndim == 5 else None
        array = array.reshape(array.shape[0], array.shape[1], -1)
        count = array.astype(np.int64)
        if (count != array).any() or (count < 0).any():
            raise DataError("spikes are not whole numbers of 0 or more: for numbers there is from_numbers")
        sample, step, channel = np.nonzero(count)
        times = count[sample, step, channel]
        if times.size and times.max() > 1:
            details.setdefault("counts", True)
            sample, step, channel = (np.repeat(axis, times) for axis in (sample, step, channel))
        return cls.from_arrays(
            step, channel, sample, labels, steps=array.shape[1], dt=dt, unit="step", channels=array.shape[2],
            samples=array.shape[0], shape=shape, **details,
        )  # fmt: skip

    @classmethod
    def from_numbers(
        cls,
        values: npt.ArrayLike,
        labels: npt.ArrayLike | None = None,
        *,
        targets: npt.ArrayLike | Events | None = None,
        steps: int | None = None,
        dt: str = "1 ms",
        shape: tuple[int, int, int] | None = None,
        classes: int | None = None,
        class_names: Sequence[str] | None = None,
    ) -> Events:
        """Numbers in the place of spikes, by which weights are multiplied: a series (B, T, I), or with `steps` an array
        (B, I) of what comes in every step, such as grey values (encoder.kind direct). `shape` is (maps, height, width)
        of the I channels. The dense layer, or convolution, that reads them takes any finite number. labels and targets
        are those of from_arrays."""
        array = np.asarray(values, np.float32)
        if array.ndim != (3 if steps is None else 2):
            raise DataError("values have %d dimensions, expected (B, T, I), or (B, I) with steps" % array.ndim)
        if not np.isfinite(array).all():
            where = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
            raise DataError("a value at %s is not finite" % (where,))
        series = array if steps is None else array[:, None]
        sample, step, channel = np.nonzero(series)
        first = np.searchsorted(sample, np.arange(len(array) + 1)).astype(np.uint64)
        dt_ms, steps_of_each = milliseconds(dt), steps or series.shape[1]
        wanted = _wanted(labels, targets, classes, class_names, (len(array), steps_of_each, dt_ms))
        return cls._create(
            first, step, channel, wanted.label, steps_of_each, series.shape[2], dt_ms, shape, wanted.classes, wanted.names,
            False, series[sample, step, channel], steps is not None, wanted.target,
        )  # fmt: skip

    @classmethod
    def _of_entries(cls, entries: Entries, steps: int, dt_ms: float) -> Events:
        """A store of targets."""
        return cls._create(
            entries.first, entries.step, entries.channel, None, steps, entries.channels, dt_ms, None, 0, (), False,
            entries.value, entries.constant,
        )  # fmt: skip

    @classmethod
    def _create(
        cls,
        first: Array,
        step: Array,
        channel: Array,
        label: Array | None,
        steps: int,
        channels: int,
        dt_ms: float,
        shape: tuple[int, int, int] | None,
        classes: int,
        class_names: Sequence[str],
        counts: bool,
        value: Array | None = None,
        constant: bool = False,
        target: Events | None = None,
    ) -> Events:
        if not 1 <= steps <= 65535:
            raise DataError("steps: found %d, expected 1 to 65535" % steps)
        arrays = ffi.new("sg_events_view *")
        arrays.samples, arrays.steps, arrays.channels, arrays.classes = len(first) - 1, steps, channels, classes
        arrays.dt_ms = dt_ms
        kept: list[Array] = [
            np.ascontiguousarray(first, np.uint64),
            np.ascontiguousarray(step, np.uint16),
            np.ascontiguousarray(channel, np.uint32),
        ]
        arrays.first, arrays.step, arrays.channel = (
            _lib.pointer(kept[0], "uint64_t"),
            _lib.pointer(kept[1], "uint16_t"),
            _lib.pointer(kept[2], "uint32_t"),
        )
        if label is not None:
            kept.append(np.ascontiguousarray(label))
            arrays.label = _lib.pointer(kept[3], "uint32_t")
        if shape is not None:
            arrays.shape.channels, arrays.shape.height, arrays.shape.width = shape
        details = _lib.sized("sg_events_details")
        details.counts, details.constant = counts, constant
        if value is not None:
            kept.append(np.ascontiguousarray(value, np.float32))
            details.value = _lib.pointer(kept[-1], "float")
        if target is not None:
            details.target = target._handle  # which the new store shares
        names = _lib.strings(list(class_names) + [""] * (classes - len(class_names))) if class_names else None
        if names:
            details.class_names = names[0]
        return cls(make(lib.sg_events_create_detailed, "sg_events", lib.sg_events_free, arrays, details))

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Events:
        """From a file of spike events (docs/file-formats.md)."""
        with _lib.hdf5():
            return cls(make(lib.sg_events_load, "sg_events", lib.sg_events_free, _lib.path(path)))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the store as HDF5, aside and then renamed."""
        with _lib.hdf5():
            call(lib.sg_events_save, self._handle, _lib.path(path))

    # ------------------------------------------------------------------------------------------------- looking

    def _details(self) -> Any:
        details = _lib.sized("sg_events_details")
        call(lib.sg_events_get_details, self._handle, details)
        return details

    @property
    def counts(self) -> bool:
        """Whether a channel may have several events in a step."""
        return bool(self._details().counts)

    @property
    def value(self) -> Array | None:
        """The number of each event, of a store of numbers; None where events are spikes."""
        value = self._details().value
        return _lib.view(value, int(self.first[-1]), np.float32, self._handle) if value != ffi.NULL else None

    @property
    def constant(self) -> bool:
        """Whether numbers come in every step: each is listed once, for step 0."""
        return bool(self._details().constant)

    @property
    def class_names(self) -> list[str]:
        """The names of the classes, "" of one without; empty where none has one."""
        names = self._details().class_names
        return [_lib.text(names[c]) for c in range(self.classes)] if names != ffi.NULL else []

    @property
    def labels(self) -> Array:
        """(B) the label of each sample, -1 of one without: as from_arrays takes them."""
        if self.label.size == 0:
            return np.full(len(self), -1, np.int64)
        return np.where(self.label == _NO_LABEL, -1, self.label.astype(np.int64))

    @property
    def step_labels(self) -> Array:
        """(B, T) the class of each step, -1 of a step without one. DataError where targets are of another kind."""
        target = self._target
        return np.full((len(self), self.steps), -1) if target is None else classes_of(target._entries(), self.steps)

    @property
    def targets(self) -> Array | Events | None:
        """What from_arrays takes as targets: numbers (B, N) of whole samples, or (B, T, N), NaN where outputs may be
        anything; Events where they are spikes or classes of steps; None where there are none."""
        target = self._target
        return target if target is None or target.value is None else numbers_of(target._entries(), self.steps)

    @property
    def has_targets(self) -> bool:
        """Whether there are other targets than labels of samples."""
        return self._target is not None

    @property
    def _target(self) -> Events | None:
        target = self._details().target
        return Events(_lib.borrowed(target, self._handle)) if target != ffi.NULL else None

    def _entries(self) -> Entries:
        return Entries(self.first, self.step, self.channel, self.channels, self.value, self.constant)

    @property
    def groups(self) -> tuple[Array, list[str]]:
        """(B) the group of each sample, such as its speaker, -1 of one in none; and the groups' names."""
        details = self._details()
        if details.group == ffi.NULL:
            return np.full(len(self), -1, np.int64), []
        number = _lib.view(details.group, len(self), np.uint32, self._handle)
        names = [_lib.text(details.group_names[g]) for g in range(details.groups)]
        return np.where(number == _NO_LABEL, -1, number.astype(np.int64)), names

    @property
    def origins(self) -> list[str]:
        """(B) where each sample came from; empty where that is not known."""
        origin = self._details().origin
        return [_lib.text(origin[s]) for s in range(len(self))] if origin != ffi.NULL else []

    def __len__(self) -> int:
        return len(self.first) - 1

    def samples(self, index: Index | None) -> Array:
        """Numbers of samples, from an int, a slice, an array of numbers or of truth values; all for None."""
        if index is None:
            return np.arange(len(self), dtype=np.uint32)
        every = np.arange(len(self), dtype=np.uint32)
        if isinstance(index, slice):
            return np.ascontiguousarray(every[index])
        chosen = np.asarray(index).reshape(-1)
        try:
            return every[chosen] if chosen.size else every[:0]
        except IndexError:
            wrong = chosen[(chosen < -len(self)) | (chosen >= len(self))][:1] if chosen.dtype.kind in "iu" else [index]
            expected = "numbers below %d, a slice, or %d truth values" % (len(self), len(self))
            raise OutOfRangeError("samples: found %s, expected %s" % (wrong[0], expected)) from None

    def to_dense(self, index: Index | None = None) -> Array:
        """(B, T, I) spikes of some samples, or of all, in each step and channel, as uint8; numbers as float32."""
        chosen, value = self.samples(index), self.value
        dense = np.zeros((len(chosen), self.steps, self.channels), np.uint8 if value is None else np.float32)
        for row, s in enumerate(chosen):
            events = slice(int(self.first[s]), int(self.first[s + 1]))
            what = 1 if value is None else value[events]
            np.add.at(dense[row], (self.step[events], self.channel[events]), what)
        return np.broadcast_to(dense[:, :1], dense.shape).copy() if self.constant else dense

    def __getitem__(self, index: Index) -> Events:
        """A store of some samples, copied."""
        chosen = self.samples(index)
        begin, end = self.first[chosen].astype(np.int64), self.first[chosen + 1].astype(np.int64)
        lengths = end - begin
        first = np.concatenate(([0], np.cumsum(lengths))).astype(np.uint64)
        at = np.repeat(begin - first[:-1].astype(np.int64), lengths) + np.arange(int(first[-1]))
        label, target = self.label[chosen] if self.label.size else None, self._target
        return self._create(
            first, self.step[at], self.channel[at], label, self.steps, self.channels, self.dt_ms, self.shape,
            self.classes, self.class_names, self.counts, None if self.value is None else self.value[at], self.constant,
            None if target is None else target[chosen],
        )  # fmt: skip

    def __reduce__(self) -> tuple[Any, ...]:
        label = np.array(self.label) if self.label.size else None
        arrays = (np.array(self.first), np.array(self.step), np.array(self.channel), label)
        return Events._create, (
            *arrays, self.steps, self.channels, self.dt_ms, self.shape, self.classes, self.class_names, self.counts,
            None if self.value is None else np.array(self.value), self.constant, self._target,
        )  # fmt: skip

    def __copy__(self) -> Events:
        return self

    def __deepcopy__(self, _memo: Any) -> Events:
        return self

    def __repr__(self) -> str:
        where = "x".join(str(n) for n in self.shape) if self.shape[1:] != (1, 1) else str(self.channels)
        return "Events(%d samples, %d steps of %g ms, %s channels, %d classes, %d events)" % (
            len(self), self.steps, self.dt_ms, where, self.classes, int(self.first[-1]),
        )  # fmt: skip


def _why_channels(shape: tuple[int, int, int] | None) -> str:
    return "as channels says" if shape is None else "the product of shape, %d x %d x %d" % shape


def _count_of(samples: int | None, sample: Array, wanted: Any) -> int:
    """How many samples there are; `wanted` are labels or targets of each."""
    most = int(sample.max()) + 1 if sample.size else 0
    of_wanted = len(wanted) if isinstance(wanted, Events) else len(np.atleast_1d(wanted))
    count = samples if samples is not None else of_wanted if wanted is not None else max(most, 1)
    if most > count:
        raise DataError("an event is of sample %d, but there are %d samples" % (most - 1, count))
    return count


def concatenate(stores: Sequence[Events]) -> Events:
    """One store of the samples of several, which have the same steps, channels and names of classes."""
    if not stores:
        raise DataError("no stores to put together")
    return _together(stores, ("steps", "channels", "shape", "dt_ms", "class_names", "constant"))


def _together(stores: Sequence[Events], same: Sequence[str]) -> Events:
    one = stores[0]
    for other in stores[1:]:
        for name in same:
            if getattr(other, name) != getattr(one, name):
                raise DataError("stores differ in %s: %s and %s" % (name, getattr(one, name), getattr(other, name)))
    values = _of_all("numbers", [s.value for s in stores])
    targets = _of_all("targets", [s._target for s in stores])
    first = np.concatenate([[0]] + [np.diff(s.first.astype(np.int64)) for s in stores]).cumsum()
    label = np.concatenate([s.label if s.label.size else np.full(len(s), _NO_LABEL, np.uint32) for s in stores])
    channels = max(s.channels for s in stores)
    return Events._create(
        first, np.concatenate([s.step for s in stores]), np.concatenate([s.channel for s in stores]), label, one.steps,
        channels, one.dt_ms, one.shape if one.channels == channels else None, max(s.classes for s in stores),
        one.class_names, any(s.counts for s in stores), np.concatenate(values) if values else None, one.constant,
        _together(targets, ("steps", "dt_ms", "constant")) if targets else None,
    )  # fmt: skip


def _of_all(what: str, found: list[Any]) -> list[Any]:
    """What all stores have, or none of them has."""
    there = [item for item in found if item is not None]
    if there and len(there) < len(found):
        raise DataError("some stores have %s and some have none, expected all of one kind" % what)
    return there


def read(
    sources: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    *,
    dt: str = "1 ms",
    steps: int | None = None,
    data: Options | None = None,
    encoder: Options | None = None,
) -> Events:
    """Recordings of event cameras, cochleas or tactile sensors, arrays, tables, folders of such, as events.

    `data` has the options of recordings, as `surgrad import` takes them: read("x.aedat4", dt="10 ms",
    data={"counts": True, "downsample": 2}). `steps` is that of each sample; by default as many as the longest has. The
    format is found by content (docs/data.md). Raises DataError with the file where one is damaged.
    """
    config = Config(options={"dt": dt, "data": data or {}, "encoder": encoder or {}})
    names = [sources] if isinstance(sources, (str, os.PathLike)) else list(sources)
    paths = [ffi.new("char[]", _lib.path(name)) for name in names]
    stop = _lib.Interrupt()
    progress = ffi.callback("void(void *, size_t, size_t, uint64_t)", lambda *_: None, onerror=stop.catch)
    settings = _lib.sized("sg_import_options")
    settings.steps, settings.stop, settings.on_progress = steps or 0, stop.flag, progress
    with tempfile.TemporaryDirectory() as folder, _lib.hdf5():
        out = os.path.join(folder, "events.h5")
        try:
            call(lib.sg_import, config._handle, ffi.new("char *[]", paths), len(paths), _lib.path(out), settings,
                 ffi.NULL)  # fmt: skip
        finally:
            stop.raise_kept()
        return Events.load(out)
