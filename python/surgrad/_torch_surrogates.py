"""Surrogate derivatives of snnTorch, Norse and SpikingJelly, and those of surgrad that have the same formula.

As for neurons, nothing is imported: what a module has is told by names and attributes. Each entry makes the options of
`layers.N.surrogate` from the parameters there, or None where surgrad has no such formula. u is the membrane above the
threshold; docs/maths.md has surgrad's formulas.
"""

from __future__ import annotations

import math
from typing import Any, Callable, Mapping, Optional

Options = Mapping[str, Any]
_Entry = Callable[[Mapping[str, float]], Optional[Options]]


def _steep(kind: str, name: str) -> _Entry:
    """A kind that has nothing but a steepness k, which has this name there."""
    return lambda p: {"kind": kind, "k": p[name]}


def _if_usual(kind: str, name: str, usual: float, k: float) -> _Entry:
    """A formula that is that of the kind, of steepness k, for one value of its parameter; for others it has a factor."""
    return lambda p: {"kind": kind, "k": k} if p[name] == usual else None


def _within(kind: str, width: float, gain: float) -> Options:
    return {"kind": kind, "width": width, "gain": gain}


_EVERYWHERE: _Entry = lambda _: _within("boxcar", 1e9, 1e9)  # 1

_SNNTORCH: dict[str, _Entry] = {
    "atan": _steep("arctan", "alpha"),  # alpha / 2 / (1 + (pi alpha u / 2)^2)
    "fast_sigmoid": _steep("fast_sigmoid", "slope"),  # 1 / (1 + slope |u|)^2
    "sigmoid": _steep("sigmoid", "slope"),
    "heaviside": lambda _: {"kind": "relu"},  # 1 where it fires
    "straight_through_estimator": _EVERYWHERE,
}

_NORSE: dict[str, _Entry] = {
    "super": lambda _: {"kind": "fast_sigmoid", "k": 1},  # 1 / (1 + |u|)^2: alpha has no effect
    "triangle": lambda p: _within("triangle", 1, p["alpha"]),  # alpha max(0, 1 - |u|)
    "tanh": _if_usual("sigmoid", "alpha", 2, 4),  # 1 - tanh(alpha u)^2
    "heavi_erfc": lambda p: _within("gaussian", 1 / (math.sqrt(2) * p["alpha"]), 2 / p["alpha"]),
}

_SPIKINGJELLY: dict[str, _Entry] = {
    "ATan": _steep("arctan", "alpha"),
    "Sigmoid": _steep("sigmoid", "alpha"),
    "PiecewiseQuadratic": lambda p: _within("triangle", 1 / p["alpha"], 1),  # alpha (1 - alpha |u|)
    "PiecewiseExp": lambda p: _within("exponential", 1 / p["alpha"], 0.5),  # alpha / 2 exp(-alpha |u|)
    "Erf": lambda p: _within("gaussian", 1 / (math.sqrt(2) * p["alpha"]), 1),
    "Rect": lambda p: _within("boxcar", 1 / p["alpha"], 1),
    "PiecewiseLeakyReLU": lambda p: _within("boxcar", 2 * p["w"], 1) if p["c"] == 0 else None,
    "LeakyKReLU": lambda p: {"kind": "relu"} if (p["leak"], p["k"]) == (0, 1) else None,
    "DeterministicPass": _EVERYWHERE,
    "SoftSign": _if_usual("fast_sigmoid", "alpha", 2, 2),  # alpha / 2 / (1 + alpha |u|)^2
    "SuperSpike": _if_usual("fast_sigmoid", "alpha", 1, 1),  # alpha / (1 + |u|)^2
    "QPseudoSpike": _if_usual("fast_sigmoid", "alpha", 2, 2),  # (1 + 2 / (alpha - 1) |u|)^-alpha
}


def _numbers(found: Mapping[str, Any]) -> dict[str, float]:
    """Of attributes of an object, or variables of a function, those that are numbers."""
    return {name: float(value) for name, value in found.items() if isinstance(value, (int, float)) or hasattr(value, "detach")}


def _snntorch(module: Any) -> tuple[str, dict[str, float]]:
    """spike_grad is what a function of snntorch.surrogate made, and has its parameters in its closure."""
    made: Any = getattr(module, "spike_grad", None)
    if getattr(made, "__module__", None) != "snntorch.surrogate":
        return getattr(made, "__qualname__", type(made).__name__), {}
    values = [cell.cell_contents for cell in made.__closure__ or ()]
    return made.__qualname__.split(".")[0], _numbers(dict(zip(made.__code__.co_freevars, values)))


def _norse(module: Any) -> tuple[str, dict[str, float]]:
    return str(getattr(module.p, "method", None)), _numbers({"alpha": getattr(module.p, "alpha", None)})


def _spikingjelly(module: Any) -> tuple[str, dict[str, float]]:
    made = getattr(module, "surrogate_function", None)
    names = ("alpha", "w", "c", "leak", "k")
    return type(made).__name__, _numbers({name: getattr(made, name, None) for name in names})


_PROGRAMS: dict[str, tuple[Callable[[Any], tuple[str, dict[str, float]]], dict[str, _Entry]]] = {
    "snntorch": (_snntorch, _SNNTORCH),
    "norse": (_norse, _NORSE),
    "spikingjelly": (_spikingjelly, _SPIKINGJELLY),
}


def surrogate_of(program: str, module: Any) -> tuple[str, Options | None]:
    """The name of a module's surrogate there, and the options here; None where surgrad has not its formula."""
    read, known = _PROGRAMS[program]
    name, parameters = read(module)
    return name, known[name](parameters) if name in known else None


__all__ = ["surrogate_of"]
