"""Gradients, proved."""

from __future__ import annotations

import dataclasses
from typing import Any

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


def check_gradients(config: Config, seed: int = 1) -> tuple[bool, list[GradientRow]]:
    """Proves the gradients of a small network of the configuration's kinds: whether all errors are within the
    tolerances (1e-6 and 1e-4), and those of each group."""
    rows: list[GradientRow] = []
    stop = _lib.Interrupt()

    def add(_user: Any, row: Any) -> None:
        rows.append(
            GradientRow(
                row.layer,
                _lib.text(row.group),
                row.parameters,
                row.largest,
                row.smooth_error,
                row.kernel_error,
                row.exact_distance,
            )
        )

    told = ffi.callback("void(void *, const sg_gradient_row *)", add, onerror=stop.catch)
    good = ffi.new("bool *")
    try:
        call(lib.sg_check_gradients, config._handle, seed, told, ffi.NULL, good)
    finally:
        stop.raise_kept()
    return bool(good[0]), rows
