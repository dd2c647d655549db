"""surgrad: trains spiking neural networks by gradient descent with surrogate derivatives.

    import surgrad as sg
    data = sg.datasets.mnist()
    net = sg.Network([sg.Layer(128, neuron="cuba_lif"), sg.Layer(10, neuron="li")])
    result = net.fit(data, loss="mean_ce", epochs=12)
    print(result.best, net.evaluate(data).accuracy)

Numbers come in and go out as NumPy arrays. Long calls let other threads run, and hear Ctrl-C. A failure is a
SurgradError with one line: what, where, what was found, what was expected, the remedy.
"""

from surgrad import datasets
from surgrad._check import GradientRow, RuleRow, check_gradients, compare_rules
from surgrad._config import Config, options, recipes
from surgrad._data import Data
from surgrad._errors import (
    ArgumentError,
    ConfigError,
    DataError,
    DivergedError,
    ModelError,
    OutOfMemoryError,
    OutOfRangeError,
    StoppedError,
    SurgradError,
    SurgradWarning,
    WriteError,
)
from surgrad._events import Events, concatenate, read
from surgrad._from_torch import from_torch
from surgrad._layer import Layer
from surgrad._lib import version
from surgrad._network import Evaluation, Network, Parameters, Record, load
from surgrad._nir import from_nir, to_nir
from surgrad._run import Epoch, Progress, Result, train
from surgrad._surrogate import surrogate
from surgrad._trainer import Step, Trainer

__version__ = version()

__all__ = [
    "ArgumentError",
    "Config",
    "ConfigError",
    "Data",
    "DataError",
    "DivergedError",
    "Epoch",
    "Evaluation",
    "Events",
    "GradientRow",
    "Layer",
    "ModelError",
    "Network",
    "OutOfMemoryError",
    "OutOfRangeError",
    "Parameters",
    "Progress",
    "Record",
    "Result",
    "RuleRow",
    "Step",
    "StoppedError",
    "SurgradError",
    "SurgradWarning",
    "Trainer",
    "WriteError",
    "check_gradients",
    "compare_rules",
    "concatenate",
    "datasets",
    "from_nir",
    "from_torch",
    "load",
    "options",
    "read",
    "recipes",
    "surrogate",
    "to_nir",
    "train",
    "version",
]
