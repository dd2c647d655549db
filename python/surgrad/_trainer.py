"""Training step by step, for own loops, losses and optimisers."""

from __future__ import annotations

import dataclasses
import os
from typing import Any

import numpy as np
import numpy.typing as npt

from surgrad import _lib
from surgrad._data import Data
from surgrad._errors import ArgumentError
from surgrad._events import Events, Index
from surgrad._lib import call, ffi, lib, make
from surgrad._network import Network, Samples, _by_outputs, events_of


@dataclasses.dataclass(frozen=True)
class Step:
    """What came of a batch: its mean loss, right samples, the norm of the whole gradient before it is clipped, and the
    learning rate (0 of a gradient alone)."""

    loss: float
    correct: int
    gradient_norm: float
    lr: float


class Trainer:
    """A network being trained: gradient, optimiser state, working memory.

    `step` does all; or `gradient`, then `apply`; or for an own loss `forward`, `backward`, `apply`. For an own optimiser
    read `get_gradient` and set the network's parameters. Options of loss and optimiser are the network's configuration's.
    """

    def __init__(self, network: Network, *, threads: int = 0) -> None:
        self.network, self.config = network, network.config.copy()
        self._handle = make(
            lib.sg_trainer_create, "sg_trainer", lib.sg_trainer_free, network._built(), self.config._handle, threads
        )
        self._network_handle = network._built()  # the trainer borrows it

    def _batch(self, function: Any, data: Samples, samples: Index | None, *arguments: Any) -> Step:
        events, chosen = _chosen(data, samples)
        result = _lib.sized("sg_batch_result")
        call(
            function, self._handle, events._handle, _lib.pointer(chosen, "uint32_t"), len(chosen), *arguments, result
        )
        return _step(result)

    def step(self, data: Samples, samples: Index | None = None) -> Step:
        """Gradient of the mean loss over some samples, and a step of the optimiser. None are all samples of Events, and
        those of the training part of a Data."""
        return self._batch(lib.sg_trainer_step, data, samples)

    def gradient(self, data: Samples, samples: Index | None = None) -> Step:
        """The gradient alone, which stays in the trainer."""
        return self._batch(lib.sg_trainer_gradient, data, samples)

    def gradient_part(self, data: Samples, sample: int = 0, *, begins: bool) -> Step:
        """The gradient of the next part of a stream without end, forward in time: that of one sample, but neurons, and
        what the gradient has of earlier steps, go on where the part before left them; `begins`: from rest.

        The loss is the mean over the part's steps. Of a stream of equal parts the mean of the gradients is that of the
        whole, unless the optimiser steps in between, as it may. Any other batch ends a stream. Raises ConfigError unless
        the rule is eprop with eprop.form online and the loss one of each step, without dropout, augmentation and
        regularise; ArgumentError where there is nothing to go on.
        """
        events, chosen = _chosen(data, sample)
        if chosen.size != 1:
            raise ArgumentError("gradient_part: found %d samples, expected the number of one" % chosen.size)
        result = _lib.sized("sg_batch_result")
        call(lib.sg_trainer_gradient_part, self._handle, events._handle, int(chosen[0]), begins, result)
        return _step(result)

    def forward(self, data: Samples, samples: Index | None = None) -> npt.NDArray[np.float64]:
        """(B, N) outputs of training's forward pass, with the augmentation and dropout of the next step."""
        events, chosen = _chosen(data, samples)
        outputs = np.empty((len(chosen), self.network.sizes[-1]), np.float64)
        self._batch(lib.sg_trainer_forward, events, chosen, _lib.pointer(outputs, "double"))
        return outputs

    def backward(self, data: Samples, samples: Index | None, by_outputs: npt.ArrayLike) -> Step:
        """The gradient of an own loss, from its derivative (B, N) with respect to the outputs of `forward`. It is not
        divided by B: for a mean over samples the caller does."""
        events, chosen = _chosen(data, samples)
        array = _by_outputs(by_outputs, (len(chosen), self.network.sizes[-1]))
        return self._batch(lib.sg_trainer_backward, events, chosen, _lib.pointer(array, "double"))

    def apply(self) -> float:
        """A step of the optimiser with the gradient in hand; its norm before it was clipped."""
        norm = ffi.new("double *")
        call(lib.sg_trainer_apply, self._handle, norm)
        return float(norm[0])

    def get_gradient(self, layer: int, name: str = "weights") -> npt.NDArray[np.float32]:
        """A copy of the gradient of a group of parameters."""
        layer = self.network._number(layer)
        values = np.empty_like(self.network.parameters[layer][name])
        where = _lib.pointer(values, "float")
        call(lib.sg_trainer_get_gradient_of, self._handle, layer, name.encode(), where)
        return values

    @property
    def gradients(self) -> list[dict[str, npt.NDArray[np.float32]]]:
        """Copies of the gradients of all parameters: gradients[0]["weights"] is that of layer 0's weights."""
        layers = enumerate(self.network.parameters)
        return [{name: self.get_gradient(layer, name) for name in groups} for layer, groups in layers]

    def set_gradient(self, layer: int, values: npt.ArrayLike, name: str = "weights") -> None:
        """Sets the gradient of a group of parameters."""
        layer = self.network._number(layer)
        array = np.ascontiguousarray(
            np.broadcast_to(np.asarray(values, np.float32), self.network.parameters[layer][name].shape)
        )
        call(lib.sg_trainer_set_gradient_of, self._handle, layer, name.encode(), _lib.pointer(array, "float"))

    def set_epoch(self, steps: int) -> None:
        """How many steps an epoch has, which schedules of the learning rate go by."""
        lib.sg_trainer_set_epoch(self._handle, steps)

    def set_partners(self, data: Samples, samples: Index | None = None) -> None:
        """The training part, of which augment.blend blends samples."""
        events, chosen = _chosen(data, samples)
        call(
            lib.sg_trainer_set_partners, self._handle, events._handle, _lib.pointer(chosen, "uint32_t"), len(chosen)
        )

    def spikes(self, layer: int) -> int:
        """Spikes of a layer over the last batch."""
        found = ffi.new("uint64_t *")
        call(lib.sg_trainer_spikes, self._handle, self.network._number(layer), found)
        return int(found[0])

    @property
    def steps(self) -> int:
        """Steps of the optimiser done so far."""
        return int(lib.sg_trainer_steps(self._handle))

    @property
    def lr(self) -> float:
        """The learning rate of the next step."""
        return float(lib.sg_trainer_lr(self._handle))

    def save(self, path: str | os.PathLike[str]) -> None:
        """All that training needs to go on with the same bits, as a checkpoint file."""
        with _lib.hdf5():
            call(lib.sg_trainer_save, self._handle, self.config._handle, _lib.path(path))

    def load(self, path: str | os.PathLike[str]) -> None:
        """Goes on from a checkpoint of the same configuration."""
        with _lib.hdf5():
            call(lib.sg_trainer_load, self._handle, _lib.path(path))

    def __repr__(self) -> str:
        return "Trainer(%r, %d steps done)" % (self.network, self.steps)


def _step(result: Any) -> Step:
    return Step(result.loss, int(result.correct), result.gradient_norm, result.lr)


def _chosen(data: Samples, samples: Index | None) -> tuple[Events, npt.NDArray[Any]]:
    events = events_of(data)
    if samples is None and isinstance(data, Data):
        return events, np.array(data.train)
    return events, events.samples(samples)
