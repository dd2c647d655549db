"""scikit-learn's interface: SpikingClassifier is an estimator for tables of numbers."""

from __future__ import annotations

from typing import Any, Mapping

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets, unique_labels
from sklearn.utils.validation import check_is_fitted

from surgrad._data import Data
from surgrad._events import Events
from surgrad._layer import Layer
from surgrad._network import Network

Array = npt.NDArray[Any]


class SpikingClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc, unused-ignore]
    """A classifier of one hidden layer of spiking neurons, for a Pipeline or a GridSearchCV.

    Each feature is scaled to 0 .. 1 by its range in the training data, and has two input channels, one for the number
    and one for 1 less the number, so that both ends of the range speak. encoder="latency": a spike, the earlier the
    larger the number. encoder="rate": spikes evenly in time, the more the larger the number, one a step at most.

    Parameters: hidden neurons; `neuron` and `surrogate` kinds; `steps` of time; epochs, batch, lr; `options` are further
    ones of surgrad's configuration, such as {"optimiser": {"weight_decay": 1e-4}}; `random_state` is the seed; `threads`
    0: one for each processor.
    """

    def __init__(
        self,
        hidden: int = 64,
        *,
        neuron: str = "cuba_lif",
        surrogate: str = "fast_sigmoid",
        encoder: str = "latency",
        steps: int = 32,
        epochs: int = 50,
        batch: int = 32,
        lr: float = 0.01,
        options: Mapping[str, Any] | None = None,
        random_state: int | np.random.RandomState | None = None,
        threads: int = 0,
    ) -> None:
        self.hidden, self.neuron, self.surrogate = hidden, neuron, surrogate
        self.encoder, self.steps = encoder, steps
        self.epochs, self.batch, self.lr, self.options = epochs, batch, lr, options
        self.random_state, self.threads = random_state, threads

    def fit(self, X: Any, y: Any) -> SpikingClassifier:
        """Trains on X (samples, features) and the classes y (samples)."""
        if y is None:
            raise ValueError("SpikingClassifier requires y to be passed, but the target y is None")
        X, y = _checked(self, X, y)
        check_classification_targets(y)
        self.classes_ = unique_labels(y)
        self.low_, self.range_ = X.min(axis=0), np.ptp(X, axis=0)
        events = self._encode(X, np.searchsorted(self.classes_, y))
        self.network_ = Network(self._layers(len(self.classes_)))
        seed = check_random_state(self.random_state).randint(1, 2**31 - 1)
        self.network_.fit(
            Data(events), loss="mean_ce", epochs=self.epochs, batch=min(self.batch, len(events)), lr=self.lr,
            seed=int(seed), threads=self.threads, **(self.options or {}),
        )  # fmt: skip
        self.n_iter_ = self.epochs
        return self

    def _layers(self, classes: int) -> list[Layer]:
        hidden = Layer(
            self.hidden,
            neuron={"kind": self.neuron, "tau_mem": "10 ms"},
            surrogate=self.surrogate,
            link={"weights": "kaiming_normal", "gain": 3},
        )
        return [hidden, Layer(max(classes, 2), neuron={"kind": "li", "tau_mem": "20 ms"}, link={"weights": "xavier_normal"})]

    def _encode(self, X: Array, label: Array | None = None) -> Events:
        level = np.clip((X - self.low_) / np.where(self.range_ > 0, self.range_, 1), 0, 1)
        level[:, self.range_ == 0] = 0.5
        level = np.concatenate([level, 1 - level], axis=1)
        if self.encoder == "latency":
            return self._encode_latency(level, label)
        if self.encoder == "rate":
            return self._encode_rate(level, label)
        raise ValueError("encoder: found %r, expected latency or rate" % (self.encoder,))

    def _encode_latency(self, level: Array, label: Array | None) -> Events:
        step = np.minimum(np.floor((1 - level) * self.steps), self.steps - 1).astype(np.int64)
        samples, channels = level.shape
        return Events.from_arrays(
            step.reshape(-1), np.tile(np.arange(channels), samples), np.repeat(np.arange(samples), channels), label,
            steps=self.steps, unit="step", channels=channels, samples=samples, classes=len(self.classes_),
        )  # fmt: skip

    def _encode_rate(self, level: Array, label: Array | None) -> Events:
        step = np.arange(self.steps + 1)
        due = np.floor(level[:, None, :] * step[None, :, None] + 1e-9)
        return Events.from_dense((due[:, 1:] - due[:, :-1]).astype(np.uint8), label, classes=len(self.classes_))

    def predict(self, X: Any) -> Array:
        """The class of each sample."""
        probability = self.predict_proba(X)
        return np.asarray(self.classes_[np.argmax(probability, axis=1)])

    def predict_proba(self, X: Any) -> Array:
        """(samples, classes) probabilities."""
        check_is_fitted(self)
        X = _checked(self, X)
        probability = self.network_.probabilities(self._encode(X), threads=self.threads)[:, : len(self.classes_)]
        return np.asarray(probability / probability.sum(axis=1, keepdims=True))

    def decision_function(self, X: Any) -> Array:
        """(samples, classes) outputs; of two classes (samples), above 0 for the second."""
        check_is_fitted(self)
        outputs = self.network_.outputs(self._encode(_checked(self, X)), threads=self.threads)[:, : len(self.classes_)]
        return np.asarray(outputs[:, 1] - outputs[:, 0] if len(self.classes_) == 2 else outputs)


def _checked(estimator: Any, X: Any, y: Any = None) -> Any:
    """Arrays as scikit-learn checks them, in old and new versions."""
    given = () if y is None else (y,)
    try:
        from sklearn.utils.validation import validate_data

        return validate_data(estimator, X, *given, reset=y is not None, dtype=np.float64)
    except ImportError:
        return estimator._validate_data(X, *given, reset=y is not None, dtype=np.float64)


__all__ = ["SpikingClassifier"]
