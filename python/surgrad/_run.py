"""Training runs, their epochs and what comes of them."""

from __future__ import annotations

import dataclasses
import math
import os
from typing import Any, Callable, Iterator

import numpy as np
import numpy.typing as npt

from surgrad import _lib
from surgrad._answers import LABEL, answer_of
from surgrad._config import Config
from surgrad._data import Data
from surgrad._events import Events
from surgrad._lib import call, ffi, lib, make


@dataclasses.dataclass(frozen=True)
class Epoch:
    """Metrics of an epoch. Losses and accuracies of parts that there are not are None, and so are accuracies where the
    loss does not read labels."""

    epoch: int
    train_loss: float
    train_accuracy: float | None
    validation_loss: float | None
    validation_accuracy: float | None
    test_loss: float | None
    test_accuracy: float | None
    seconds: float
    samples_per_s: float
    lr: float
    gradient_norm: float
    rate_hz: tuple[float, ...]  # spikes per neuron and second of each layer
    silent: tuple[float, ...]  # share of each layer's neurons that fired for no test sample
    train_metric: float | None = None  # what suits the loss, Result.metric; None where nothing of the data says it
    validation_metric: float | None = None
    test_metric: float | None = None


@dataclasses.dataclass(frozen=True)
class Progress:
    """Where a run is."""

    epoch: int
    epochs: int
    batch: int
    batches: int
    loss: float
    accuracy: float | None  # None where the loss does not read labels
    samples_per_s: float
    seconds_left: float | None


class Result:
    """What came of a run: its epochs, the best of them by the validation metric (else the last), and the last. `metric`
    is what suits the loss: "accuracy", or of other targets than classes "mse", "bits", "cosine" or "spikes"."""

    def __init__(self, epochs: list[Epoch], best: Epoch, last: Epoch, seconds: float, metric: str) -> None:
        self.epochs, self.best, self.last, self.seconds, self.metric = epochs, best, last, seconds, metric

    def arrays(self) -> dict[str, npt.NDArray[np.float64]]:
        """Each metric over the epochs of this call; NaN where it is None."""
        fields = [f.name for f in dataclasses.fields(Epoch)]
        rows = [[getattr(e, name) for e in self.epochs] for name in fields]
        return {name: np.array(row, dtype=np.float64) for name, row in zip(fields, rows)}

    def __iter__(self) -> Iterator[Epoch]:
        return iter(self.epochs)

    def __len__(self) -> int:
        return len(self.epochs)

    def __repr__(self) -> str:
        return "Result(%d epochs, best %s)" % (len(self.epochs), _short(self.best, self.metric))

    def _repr_html_(self) -> str:
        names = ["epoch", "train_loss", "train_metric", "validation_metric", "test_metric", "seconds"]
        head = "".join("<th>%s</th>" % name.replace("metric", self.metric).replace("_", " ") for name in names)
        rows = "".join(
            "<tr>%s</tr>" % "".join("<td>%s</td>" % _number(getattr(e, name)) for name in names) for e in self.epochs
        )
        return "<table><thead><tr>%s</tr></thead><tbody>%s</tbody></table>" % (head, rows)


def _number(value: float | None) -> str:
    return "" if value is None else "%.4g" % value


def _short(epoch: Epoch, metric: str) -> str:
    told = ["epoch %d" % epoch.epoch]
    for name in ("train", "validation", "test"):
        value = getattr(epoch, name + "_metric")
        told += ["%s %s %.4f" % (name, metric, value)] if value is not None else []
    return ", ".join(told)


def _epoch(found: Any, layers: int, data: Data | None, has_lists: bool, counts: bool) -> Epoch:
    """`counts`: whether right answers are counted, as there are labels."""
    validated = data is None or len(data.validation) > 0
    tested = data is None or data.has_test
    lists = [tuple(p[i] for i in range(layers)) if has_lists else () for p in (found.rate_hz, found.silent)]
    return Epoch(
        epoch=int(found.epoch),
        train_loss=found.train_loss,
        train_accuracy=found.train_accuracy if counts else None,
        validation_loss=found.validation_loss if validated else None,
        validation_accuracy=found.validation_accuracy if validated and counts else None,
        test_loss=found.test_loss if tested else None,
        test_accuracy=found.test_accuracy if tested and counts else None,
        seconds=found.seconds,
        samples_per_s=found.samples_per_s,
        lr=found.lr,
        gradient_norm=found.gradient_norm,
        rate_hz=lists[0],
        silent=lists[1],
        train_metric=_said(found.train_metric),
        validation_metric=_said(found.validation_metric) if validated else None,
        test_metric=_said(found.test_metric) if tested else None,
    )


def _said(value: float) -> float | None:
    return None if math.isnan(value) else value


class _Listener:
    """The callbacks of a run, which keep what they need alive until it ends; and, where it is `kept`, a copy of its
    network: of the best epoch so far, of the last, or where a callback ended the run of then."""

    def __init__(
        self,
        config: Config,
        data: Data | None,
        on_batch: Callable[[Progress], object] | None,
        on_epoch: Callable[[Epoch], object] | None,
        keeps: bool,
    ) -> None:
        self.loss, self.data, self.on_batch, self.on_epoch, self.keeps = config["loss.kind"], data, on_batch, on_epoch, keeps
        self.counts = True  # whether right answers are counted
        self.stop = _lib.Interrupt()
        self.epochs: list[Epoch] = []
        self.kept: Any = None
        self._network: Any = None
        metric = _lib.sized("sg_metric_info")
        call(lib.sg_metric, config._handle, metric)
        self.metric = _lib.text(metric.name)
        self._sign = -1 if metric.lower_is_better else 1
        self._best = (-math.inf, -math.inf)
        self.calls = (
            ffi.callback("void(void *, const sg_data *, const sg_network *)", self._start, onerror=self._catch),
            ffi.callback("void(void *, const sg_progress *)", self._batch, onerror=self._catch),
            ffi.callback("void(void *, const sg_epoch *, size_t)", self._epoch, onerror=self._catch),
        )

    def _catch(self, *error: Any) -> None:
        self.stop.catch(*error)
        if self.kept is None or not self._validates():
            self._keep()

    def _keep(self) -> None:
        if self.keeps and self._network is not None:
            self.kept = make(lib.sg_network_copy, "sg_network", lib.sg_network_free, self._network)

    def _validates(self) -> bool:
        return self.data is not None and len(self.data.validation) > 0

    def _keep_best(self, epoch: Epoch, metric: float) -> None:
        """As the library chooses: by the validation metric, then by validation loss, then the first."""
        if epoch.validation_loss is None:
            self._keep()
            return
        score = self._sign * metric
        if (found := (-math.inf if math.isnan(score) else score, -epoch.validation_loss)) > self._best:
            self._best = found
            self._keep()

    def _start(self, _user: Any, data: Any, network: Any) -> None:
        self._network = network
        events = Events(_lib.borrowed(lib.sg_data_get(data).events, data))
        self.counts = answer_of(self.loss, events.has_targets) is LABEL

    def _batch(self, _user: Any, found: Any) -> None:
        if self.on_batch:
            left = found.seconds_left if found.seconds_left >= 0 else None
            self.on_batch(
                Progress(found.epoch, found.epochs, found.batch, found.batches, found.loss,
                         found.accuracy if self.counts else None, found.samples_per_s, left)
            )  # fmt: skip

    def _epoch(self, _user: Any, found: Any, layers: int) -> None:
        self.epochs.append(_epoch(found, layers, self.data, True, self.counts))
        self._keep_best(self.epochs[-1], found.validation_metric)
        if self.on_epoch:
            self.on_epoch(self.epochs[-1])


def train(
    config: Config,
    *,
    data: Data | None = None,
    folder: str | os.PathLike[str] | None = None,
    resume: bool = False,
    threads: int = 0,
    on_batch: Callable[[Progress], object] | None = None,
    on_epoch: Callable[[Epoch], object] | None = None,
) -> Result:
    """Trains as a configuration says, as the program `surgrad train` does.

    In `folder` it writes config.yaml, metrics.csv, model.h5, checkpoint.h5 and best.h5 after every epoch; with `resume`
    it goes on from there, with the same bits. `data` takes the place of the configuration's. `threads` 0: one for each
    processor; the results do not depend on it. Ctrl-C, and what a callback raises, end the run after the batch in hand,
    with everything saved.
    """
    listener = _Listener(config, data, on_batch, on_epoch, False)
    return run(config, listener, data=data, folder=folder, resume=resume, threads=threads)


def train_network(
    config: Config,
    network: Any,
    data: Data,
    folder: str | os.PathLike[str] | None,
    threads: int,
    on_batch: Callable[[Progress], object] | None,
    on_epoch: Callable[[Epoch], object] | None,
    take: Callable[[Any], None],
) -> Result:
    """The same from the parameters of `network`; `take` takes the trained one, or what there is of it when the run is
    ended."""
    listener = _Listener(config, data, on_batch, on_epoch, True)
    try:
        return run(config, listener, data=data, folder=folder, resume=False, threads=threads, network=network)
    finally:
        if listener.kept is not None:
            take(listener.kept)


def run(
    config: Config,
    listener: _Listener,
    *,
    data: Data | None,
    folder: str | os.PathLike[str] | None,
    resume: bool,
    threads: int,
    network: Any = ffi.NULL,
) -> Result:
    settings = _lib.sized("sg_run_options")
    settings.threads, settings.resume, settings.stop = threads, resume, listener.stop.flag
    settings.on_start, settings.on_batch, settings.on_epoch = listener.calls
    directory = ffi.new("char[]", _lib.path(folder)) if folder is not None else ffi.NULL
    settings.dir = directory
    settings.data = data._handle if data else ffi.NULL
    settings.network = network
    result = _lib.sized("sg_run_result")
    try:
        call(lib.sg_run, config._handle, settings, result)
    finally:
        listener.stop.raise_kept()
    best, last = (_epoch(e, 0, data, False, listener.counts) for e in (result.best, result.last))
    by_number = {e.epoch: e for e in listener.epochs}
    best, last = by_number.get(best.epoch, best), by_number.get(last.epoch, last)
    return Result(listener.epochs, best, last, float(result.seconds), listener.metric)


def progress_bar() -> tuple[Callable[[Progress], object], Callable[[], object]]:
    """What shows a run by tqdm: a callback for batches, and what ends it."""
    from tqdm.auto import tqdm

    bar: Any = None

    def show(found: Progress) -> None:
        nonlocal bar
        if bar is None:
            bar = tqdm(total=found.epochs * found.batches, unit="batch")
        bar.n = (found.epoch - 1) * found.batches + found.batch
        accuracy = {} if found.accuracy is None else {"accuracy": "%.4f" % found.accuracy}
        bar.set_postfix(epoch=found.epoch, loss="%.4f" % found.loss, **accuracy, refresh=False)
        bar.refresh() if bar.n == bar.total else bar.update(0)

    def end() -> None:
        if bar is not None:
            bar.close()

    return show, end
