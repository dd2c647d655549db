"""Gradients, proved, and those of all rules side by side."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from typing import Any, TypeVar

from surgrad import _lib
from surgrad._config import Config
from surgrad._lib import call, ffi, lib


@dataclasses.dataclass(frozen=True)
class GradientRow:
    """How right the gradient of a group of parameters is; errors are relative to its largest entry."""

    layer: int
    group: str
    parameters: int
    largest: float
    smooth_error: float  # of a twin whose spikes are smooth, against central differences
    kernel_error: float  # of the kernels, against the twin with spikes and surrogates
    exact_distance: float  # rule eventprop: of the clock's gradient from the exact one, not judged; nan: not known


Row = TypeVar("Row")


def _rows(function: Any, kind: str, config: Config, seed: int, row_of: Callable[[Any], Row]) -> tuple[bool, list[Row]]:
    """What a check of the library says, and the rows that it tells of."""
    rows: list[Row] = []
    stop = _lib.Interrupt()
    told = ffi.callback(
        f"void(void *, const {kind} *)", lambda _user, row: rows.append(row_of(row)), onerror=stop.catch
    )
    good = ffi.new("bool *")
    try:
        call(function, config._handle, seed, told, ffi.NULL, good)
    finally:
        stop.raise_kept()
    return bool(good[0]), rows


def check_gradients(config: Config, seed: int = 1) -> tuple[bool, list[GradientRow]]:
    """Proves the gradients of a small network of the configuration's kinds: whether all errors are within the
    tolerances (1e-6 and 1e-4), and those of each group."""

    def row_of(row: Any) -> GradientRow:
        return GradientRow(
            row.layer,
            _lib.text(row.group),
            row.parameters,
            row.largest,
            row.smooth_error,
            row.kernel_error,
            row.exact_distance,
        )

    return _rows(lib.sg_check_gradients, "sg_gradient_row", config, seed, row_of)


@dataclasses.dataclass(frozen=True)
class RuleRow:
    """What a rule makes of the gradient of a group of parameters, beside backpropagation through time. Where the rule is
    not defined for the network, `refused` says why, and nothing after it is told."""

    rule: str
    setting: str  # an option of the rule, "bptt.window=1", or ""
    refused: str | None
    layer: int = 0
    group: str = ""
    parameters: int = 0
    cosine: float = math.nan  # of the angle to the gradient of bptt; nan where one of them is 0
    difference: float = math.nan  # the largest, relative to the largest entry of bptt's
    true_cosine: float = math.nan  # of that to central differences, both of the twin whose spikes are smooth
    kernel_error: float = math.nan  # of the kernels, against the twin that holds constant what the rule does
    is_bptt: bool = False  # whether the rule must give what bptt gives
    good: bool = True  # whether kernels are right, and the two gradients equal where they must be


def compare_rules(config: Config, seed: int = 1) -> tuple[bool, list[RuleRow]]:
    """Gives one small network of the configuration's kinds to every learning rule, as `surgrad check-grad --rules` does:
    whether all are right, and what each makes of every group of parameters."""

    def row_of(row: Any) -> RuleRow:
        name = _lib.text(row.rule), _lib.text(row.setting)
        if row.refused != ffi.NULL:
            return RuleRow(*name, _lib.text(row.refused))
        return RuleRow(*name, None, row.layer, _lib.text(row.group), row.parameters, row.cosine, row.difference,
                       row.true_cosine, row.kernel_error, row.is_bptt, row.good)  # fmt: skip

    return _rows(lib.sg_check_rules, "sg_rule_row", config, seed, row_of)
