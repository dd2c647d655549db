"""scikit-learn's interface: SpikingClassifier and SpikingRegressor are estimators for tables of numbers."""

from __future__ import annotations

from typing import Any, Mapping

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets, unique_labels
from sklearn.utils.validation import check_is_fitted

from surgrad._data import Data
from surgrad._events import Events
from surgrad._layer import Layer
from surgrad._network import Network

Array = npt.NDArray[Any]


class _Spiking(BaseEstimator):  # type: ignore[misc, unused-ignore]
    """A hidden layer of spiking neurons and a read-out.

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

    def _train(self, X: Array, outputs: int, loss: str, **wanted: Any) -> None:
        """On samples with labels or targets."""
        self.low_, self.range_ = X.min(axis=0), np.ptp(X, axis=0)
        events = self._encode(X, **wanted)
        self.network_ = Network(self._layers(outputs))
        seed = check_random_state(self.random_state).randint(1, 2**31 - 1)
        self.network_.fit(
            Data(events), loss=loss, epochs=self.epochs, batch=min(self.batch, len(events)), lr=self.lr, seed=int(seed),
            threads=self.threads, **(self.options or {}),
        )  # fmt: skip
        self.n_iter_ = self.epochs

    def _layers(self, outputs: int) -> list[Layer]:
        hidden = Layer(
            self.hidden,
            neuron={"kind": self.neuron, "tau_mem": "10 ms"},
            surrogate=self.surrogate,
            link={"weights": "kaiming_normal", "gain": 3},
        )
        return [hidden, Layer(outputs, neuron={"kind": "li", "tau_mem": "20 ms"}, link={"weights": "xavier_normal"})]

    def _encode(self, X: Array, **wanted: Any) -> Events:
        level = np.clip((X - self.low_) / np.where(self.range_ > 0, self.range_, 1), 0, 1)
        level[:, self.range_ == 0] = 0.5
        level = np.concatenate([level, 1 - level], axis=1)
        if self.encoder == "latency":
            return self._encode_latency(level, **wanted)
        if self.encoder == "rate":
            return self._encode_rate(level, **wanted)
        raise ValueError("encoder: found %r, expected latency or rate" % (self.encoder,))

    def _encode_latency(self, level: Array, **wanted: Any) -> Events:
        step = np.minimum(np.floor((1 - level) * self.steps), self.steps - 1).astype(np.int64)
        samples, channels = level.shape
        return Events.from_arrays(
            step.reshape(-1), np.tile(np.arange(channels), samples), np.repeat(np.arange(samples), channels),
            steps=self.steps, unit="step", channels=channels, samples=samples, **wanted,
        )  # fmt: skip

    def _encode_rate(self, level: Array, **wanted: Any) -> Events:
        step = np.arange(self.steps + 1)
        due = np.floor(level[:, None, :] * step[None, :, None] + 1e-9)
        return Events.from_dense((due[:, 1:] - due[:, :-1]).astype(np.uint8), **wanted)

    def _outputs(self, X: Any) -> Array:
        """(samples, outputs) of the network."""
        check_is_fitted(self)
        return self.network_.outputs(self._encode(_checked(self, X)), threads=self.threads)


_PARAMETERS = (_Spiking.__doc__ or "").split("\n", 1)[1]


class SpikingClassifier(ClassifierMixin, _Spiking):  # type: ignore[misc, unused-ignore]
    __doc__ = "A classifier of one hidden layer of spiking neurons, for a Pipeline or a GridSearchCV.\n" + _PARAMETERS

    def fit(self, X: Any, y: Any) -> SpikingClassifier:
        """Trains on X (samples, features) and the classes y (samples)."""
        _expect_target(self, y)
        X, y = _checked(self, X, y)
        check_classification_targets(y)
        self.classes_ = unique_labels(y)
        labels, outputs = np.searchsorted(self.classes_, y), max(len(self.classes_), 2)
        self._train(X, outputs, "mean_ce", labels=labels, classes=len(self.classes_))
        return self

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
        outputs = self._outputs(X)[:, : len(self.classes_)]
        return np.asarray(outputs[:, 1] - outputs[:, 0] if len(self.classes_) == 2 else outputs)


class SpikingRegressor(RegressorMixin, _Spiking):  # type: ignore[misc, unused-ignore]
    __doc__ = "A regressor of one hidden layer of spiking neurons, for a Pipeline or a GridSearchCV.\n" + _PARAMETERS

    def fit(self, X: Any, y: Any) -> SpikingRegressor:
        """Trains on X (samples, features) and the numbers y (samples), or (samples, outputs)."""
        _expect_target(self, y)
        X, y = _checked(self, X, y, multi_output=True, y_numeric=True)
        y = np.asarray(y, np.float64)
        self._is_single = y.ndim == 1
        self.mean_, self.scale_ = y.mean(axis=0), y.std(axis=0)
        targets = (y - self.mean_) / np.where(self.scale_ > 0, self.scale_, 1)
        self._train(X, 1 if y.ndim == 1 else y.shape[1], "mean_mse", targets=targets)
        return self

    def predict(self, X: Any) -> Array:
        """The number of each sample, or (samples, outputs), as y had them."""
        outputs = self._outputs(X)
        return np.asarray((outputs[:, 0] if self._is_single else outputs) * self.scale_ + self.mean_)

    def _more_tags(self) -> dict[str, Any]:  # until scikit-learn 1.5
        return {"multioutput": True}

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags


def _expect_target(estimator: Any, y: Any) -> None:
    if y is None:
        name = type(estimator).__name__
        raise ValueError("%s requires y to be passed, but the target y is None" % name)


def _checked(estimator: Any, X: Any, y: Any = None, **more: Any) -> Any:
    """Arrays as scikit-learn checks them, in old and new versions."""
    given = () if y is None else (y,)
    try:
        from sklearn.utils.validation import validate_data

        return validate_data(estimator, X, *given, reset=y is not None, dtype=np.float64, **more)
    except ImportError:
        return estimator._validate_data(X, *given, reset=y is not None, dtype=np.float64, **more)


__all__ = ["SpikingClassifier", "SpikingRegressor"]
