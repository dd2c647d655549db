"""Surrogate derivatives, as the library computes them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from surgrad._events import Events
from surgrad._layer import Layer, Part
from surgrad._network import Network
from surgrad._trainer import Trainer

_MOST = 1024  # outputs of a network


def surrogate(kind: Part, u: npt.ArrayLike) -> npt.NDArray[np.float32]:
    """sigma(u), what stands in for the derivative of a spike, where the membrane is u above the threshold of 1.

    `kind` is what Layer(surrogate=...) takes: "fast_sigmoid", {"kind": "triangle", "width": 0.5}. The numbers are the
    library's own, from the gradient of a layer with one neuron for each u. They have the shape of u.
    """
    above = np.asarray(u, np.float32)
    membranes = above.reshape(-1) + np.float32(1)
    parts = [_gradient(kind, membranes[i : i + _MOST]) for i in range(0, max(1, membranes.size), _MOST)]
    return np.concatenate(parts).reshape(above.shape)


def _gradient(kind: Part, membranes: npt.NDArray[np.float32]) -> npt.NDArray[Any]:
    """dL/dW of neurons that get one spike in the only step, so that each membrane is a weight. L is all their spikes."""
    count = max(1, membranes.size)
    one_spike = Events.from_arrays([0], [0], labels=[0], steps=1, classes=count)
    network = Network([Layer(count, neuron="if", surrogate=kind)], inputs=1, steps=1)
    network.weights[0] = np.resize(membranes, (1, count))
    trainer = Trainer(network, threads=1)
    trainer.forward(one_spike)
    trainer.backward(one_spike, None, np.ones((1, count)))
    return trainer.get_gradient(0)[0, : membranes.size]
