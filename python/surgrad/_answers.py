"""What networks answer, by the loss that trains them, and how good that is."""

from __future__ import annotations

import dataclasses
from typing import Any, Callable

import numpy as np
import numpy.typing as npt

from surgrad._events import Events

Array = npt.NDArray[Any]


def explained(answers: Array, targets: Array) -> float:
    """The share of the targets' variance that answers explain (R squared), the mean over outputs. NaN targets do not
    count; NaN where none does."""
    shares = []
    for answer, target in zip(answers.reshape(-1, answers.shape[-1]).T, targets.reshape(-1, targets.shape[-1]).T):
        there = ~np.isnan(target)
        answer, target = answer[there].astype(np.float64), target[there].astype(np.float64)
        if target.size:
            left, whole = np.sum((target - answer) ** 2), np.sum((target - target.mean()) ** 2)
            shares.append(1 - left / whole if whole > 0 else float(left == 0))
    return float(np.mean(shares)) if shares else float("nan")


def cosine(answers: Array, targets: Array) -> float:
    """The mean cosine between answers and targets, of the outputs whose targets are not NaN; 0 of an answer of zeros."""
    there = ~np.isnan(targets)
    a, b = (np.where(there, values, 0).astype(np.float64) for values in (answers, targets))
    lengths = np.linalg.norm(a, axis=-1) * np.linalg.norm(b, axis=-1)
    return _mean(np.sum(a * b, axis=-1) / np.where(lengths > 0, lengths, 1))


def right(answers: Array, targets: Array) -> float:
    """The share of answers, 0 or 1, that targets are nearer to than to the other."""
    there = ~np.isnan(targets)
    return _mean(answers[there] == (targets[there] >= 0.5))


def right_classes(answers: Array, classes: Array) -> float:
    """The share of right classes, where there are some."""
    there = classes >= 0
    return _mean(answers[there] == classes[there])


def _mean(values: Array) -> float:
    return float(values.mean()) if values.size else float("nan")


def _numbers(outputs: Array) -> Array:
    return outputs


def _several_classes(outputs: Array) -> Array:
    return (outputs > 0).astype(np.int64)


def _one_class(outputs: Array) -> Array:
    return np.asarray(outputs.argmax(axis=-1))


def _spikes(outputs: Array) -> Array:
    return outputs.astype(np.uint8)


@dataclasses.dataclass(frozen=True)
class Answer:
    """What a network answers where its outputs should do as `targets` say."""

    each_step: bool  # in each step, or once for a sample
    of: Callable[[Array], Array]  # (B, N) or (B, T, N) outputs
    targets: Callable[[Events], Any]
    score: Callable[[Array, Array], float] | None = None  # None: an accuracy of labels, or nothing


LABEL = Answer(False, _one_class, lambda events: events.labels)
CLASSES = Answer(True, _one_class, lambda events: events.step_labels, right_classes)
TRAINS = Answer(True, _spikes, lambda events: events.targets)
# By loss.kind, where it reads numbers or spike trains.
_ANSWERS = {
    "step_mse": Answer(True, _numbers, lambda events: events.targets, explained),
    "mean_mse": Answer(False, _numbers, lambda events: events.targets, explained),
    "last_mse": Answer(False, _numbers, lambda events: events.targets, explained),
    "cosine": Answer(False, _numbers, lambda events: events.targets, cosine),
    "step_bce": Answer(True, _several_classes, lambda events: events.targets, right),
    "mean_bce": Answer(False, _several_classes, lambda events: events.targets, right),
    "spike_time": TRAINS,
}


def answer_of(loss: str, has_targets: bool = False) -> Answer:
    """By loss.kind, for data that have targets besides labels or have none: step_ce alone reads either."""
    return CLASSES if loss == "step_ce" and has_targets else _ANSWERS.get(loss, LABEL)


def score_of(answer: Answer, found: Array, events: Events, samples: Array) -> float:
    """How good the answers for some samples are, by their targets."""
    assert answer.score is not None
    targets = answer.targets(events)[samples]
    if answer.each_step and answer is not CLASSES and targets.ndim < found.ndim:
        targets = np.broadcast_to(targets[:, None], found.shape)  # numbers of the whole sample
    return answer.score(found, targets)


__all__ = ["LABEL", "Answer", "answer_of", "score_of"]
