"""Neurons of snnTorch, Norse and SpikingJelly, and the surgrad neurons that compute the same steps.

Each function is given a module and reads its attributes; none imports the program that the module is of. docs/maths.md
has the orders of a step; what a program computes is written beside.
"""

from __future__ import annotations

import dataclasses
from typing import Any, Callable, Mapping

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


class Refusal(Exception):
    """Why a module cannot be computed."""


def array(values: Any) -> Array:
    """A tensor of PyTorch's, or a number, as an array."""
    return np.asarray(values.detach().cpu().numpy() if hasattr(values, "detach") else values)


@dataclasses.dataclass
class Neuron:
    """The neurons of a layer. Decays are shares that a step leaves, one for all neurons or one for each."""

    kind: str  # neuron.kind where the membrane leaks
    beta: Array | None  # decay of the membrane
    alpha: Array | None = None  # decay of the synaptic current
    threshold: Array | None = None
    options: dict[str, Any] = dataclasses.field(default_factory=dict)  # of neuron
    gain: float = 1  # of weights and bias
    trained: tuple[str, ...] = ()
    weights: Array | None = None  # (N, I) of a link that is a part of the module
    recurrent: Array | None = None  # (N, N), by neuron that is reached
    recurrent_bias: Array | None = None
    autapses: bool = True
    dt_ms: float | None = None
    surrogate: Mapping[str, Any] | None = None  # None: surgrad's own

    @property
    def fires(self) -> bool:
        return self.threshold is not None

    def __post_init__(self) -> None:
        self.beta, self.alpha, self.threshold = map(_one_if_same, (self.beta, self.alpha, self.threshold))
        if self.beta is not None and np.all(self.beta == 1) and self.alpha is None:
            if self.kind != "lif":
                raise Refusal("its membrane does not decay, expected a decay below 1")
            self.kind, self.beta = "if", None
        for name, decay in (("membrane", self.beta), ("synaptic current", self.alpha)):
            if decay is not None and not np.all((decay >= 0) & (decay < 1)):
                raise Refusal("the decay of its %s is %s, expected from 0 to below 1" % (name, decay))
            if decay is not None and np.any(decay == 0) and (decay.size > 1 or self.trained):
                raise Refusal("the decay of its %s is 0, expected more where it is trained or differs" % name)
        if self.threshold is not None and not np.all(self.threshold > 0):
            raise Refusal("its threshold is %s above the reset, expected more than 0" % self.threshold)

    def _decays(self) -> dict[str, Array]:
        found = {"tau_mem": self.beta, "tau_syn": self.alpha}
        return {name: np.asarray(decay, np.float64) for name, decay in found.items() if decay is not None}

    def parts(self, dt_ms: float) -> dict[str, Any]:
        """The options of the layer's parts but for its link."""
        neuron: dict[str, Any] = {"kind": self.kind, **self.options}
        euler = self.options.get("order") == "norse"
        for name, decay in self._decays().items():
            neuron[name] = "%.12g ms" % _time(float(decay.flat[0]), dt_ms, euler)
        if self.threshold is not None:
            neuron["threshold"] = float(np.asarray(self.threshold).flat[0])
        own = {name for name, values in self._values().items() if values.size > 1}
        neuron["own"] = {name: True for name in own}
        neuron["train"] = {name: True for name in self.trained}
        if self.trained and not own:
            neuron["shared"] = True
        recurrent = {"from": "own", "self": self.autapses} if self.recurrent is not None else {"from": "none"}
        return {"neuron": neuron, "recurrent": recurrent, "surrogate": self.surrogate or {}}

    def _values(self) -> dict[str, Array]:
        threshold = {"threshold": np.asarray(self.threshold, np.float64)} if self.threshold is not None else {}
        return {**self._decays(), **threshold}

    def raw(self) -> dict[str, Array]:
        """The groups of parameters of what each neuron has of its own, or is trained, as the library has them."""
        found = {}
        for name, values in self._values().items():
            if values.size > 1 or name in self.trained:
                found["raw_" + name] = np.log(values) if name == "threshold" else np.log(values) - np.log1p(-values)
        return found


def _one_if_same(values: Array | None) -> Array | None:
    """One number where all neurons have the same, as neurons of a convolution must."""
    return values if values is None or np.any(values != values.flat[0]) else np.asarray(values.flat[0])


def _time(decay: float, dt_ms: float, euler: bool) -> float:
    """The time constant that has a decay; one of 1,024 in a step forgets everything."""
    if euler:
        return dt_ms / (1 - decay)
    return dt_ms / (-np.log(decay) if decay > 0 else 1024)


def _just_below(threshold: Array) -> Array:
    """The threshold of neurons that fire at it, for those that fire above it alone."""
    return np.nextafter(np.asarray(threshold, np.float32), np.float32(-np.inf))


# --------------------------------------------------------------------------------------------------------- snnTorch


def _snntorch(
    module: Any, at_zero: str, trained: tuple[tuple[str, str], ...]
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Options that all its neurons have, and what is trained. A spike resets the membrane of the next step: reset by
    subtraction is order snntorch, and `at_zero` is the order of a reset to zero."""
    if module.inhibition or module.state_quant:
        raise Refusal("inhibition or state_quant is set, expected neither")
    if np.any(array(getattr(module, "graded_spikes_factor", 1.0)) != 1):
        raise Refusal("graded_spikes_factor is not 1")
    late = bool(getattr(module, "reset_delay", True))
    reset = module.reset_mechanism
    by_threshold = "snntorch" if late else "snntorch_no_delay"
    order = {"subtract": by_threshold, "zero": at_zero if late else "notebook", "none": "notebook"}[reset]
    learned = tuple(ours for theirs, ours in trained if getattr(getattr(module, theirs), "requires_grad", False))
    return {"order": order, "reset": reset, "integration": "exact"}, learned


def _clamped(decay: Any) -> Array:
    return np.clip(array(decay), 0, 1)


_LEAKY = (("beta", "tau_mem"), ("threshold", "threshold"))
_SYNAPTIC = (("alpha", "tau_syn"), *_LEAKY)


def _leaky(module: Any) -> Neuron:
    """mem = beta mem + x - theta s[t-1], or mem = 0 where it fired, then mem = beta mem + x."""
    options, trained = _snntorch(module, "notebook", _LEAKY)
    return Neuron("lif", _clamped(module.beta), None, array(module.threshold), options, trained=trained)


def _synaptic(module: Any) -> Neuron:
    """syn = alpha syn + x, mem = beta mem + syn - theta s[t-1], or mem = 0 in the step after a spike."""
    options, trained = _snntorch(module, "snntorch", _SYNAPTIC)
    alpha, beta = _clamped(module.alpha), _clamped(module.beta)
    return Neuron("cuba_lif", beta, alpha, array(module.threshold), options, trained=trained)


def _rleaky(module: Any) -> Neuron:
    """mem = beta mem + x + V s[t-1] + b - theta s[t-1], or mem = 0 in the step after a spike."""
    options, trained = _snntorch(module, "snntorch", _LEAKY)
    if not module.all_to_all or not module.linear_features:
        raise Refusal("its recurrent link is not from all neurons to all, expected all_to_all and linear_features")
    link = module.recurrent
    found = Neuron("lif", _clamped(module.beta), None, array(module.threshold), options, trained=trained)
    found.recurrent, found.recurrent_bias = array(link.weight), array(link.bias)
    return found


def _lapicque(module: Any) -> Neuron:
    """mem = dt/C x + (1 - dt/(R C)) mem, with resets as of Synaptic."""
    options, trained = _snntorch(module, "snntorch", (("threshold", "threshold"),))
    r, c, dt = (array(value).astype(np.float64) for value in (module.R, module.C, module.time_step))
    if r.size > 1 or c.size > 1:
        raise Refusal("R or C differs between neurons, expected one for all")
    if getattr(module.beta, "requires_grad", False):
        raise Refusal("beta is trained, but does not act: its steps are those of R, C and time_step")
    beta, gain = np.float64(1 - dt / (r * c)), float(dt / c)
    return Neuron("lif", np.asarray(beta), None, array(module.threshold), options, gain=gain, trained=trained)


# ------------------------------------------------------------------------------------------------------------ Norse


def _norse(module: Any, kind: str, synapse: bool) -> Neuron:
    """Norse's p and dt: v += dt/tau_mem (i - (v - v_leak)), with v counted from v_leak; fires above v_th."""
    p, dt = module.p, float(module.dt)
    fires = kind in ("lif", "cuba_lif")
    leak = array(p.v_leak).astype(np.float64)
    if fires and np.any(array(p.v_reset) != leak):
        raise Refusal("v_reset is %s and v_leak %s, expected the same" % (array(p.v_reset), leak))
    if not fires and np.any(leak != 0):
        raise Refusal("v_leak is %s, expected 0" % leak)
    options: dict[str, Any] = {"order": "norse"} if synapse else {"scale": "decay", "integration": "exact"}
    if fires:
        options.update(reset=_norse_reset(p), reset_gradient=True)  # it differentiates the reset
    beta = 1 - dt * array(p.tau_mem_inv).astype(np.float64)
    alpha = 1 - dt * array(p.tau_syn_inv).astype(np.float64) if synapse else None
    threshold = array(p.v_th) - leak if fires else None
    return Neuron(kind, beta, alpha, threshold, options, dt_ms=1000 * dt)


def _norse_reset(p: Any) -> str:
    name = getattr(getattr(p, "reset_method", None), "__name__", "reset_value")
    if name not in ("reset_value", "reset_subtract"):
        raise Refusal("reset_method is %s, expected reset_value or reset_subtract" % name)
    return "zero" if name == "reset_value" else "subtract"


def _norse_cell(kind: str, synapse: bool) -> Callable[[Any], Neuron]:
    return lambda module: _norse(module, kind, synapse)


def _norse_recurrent(module: Any) -> Neuron:
    neuron = _norse(module, "cuba_lif", True)
    neuron.weights, neuron.recurrent = array(module.input_weights), array(module.recurrent_weights)
    neuron.autapses = bool(module.autapses)
    return neuron


def _norse_linear(module: Any) -> Neuron:
    neuron = _norse(module, "cuba_li", True)
    neuron.weights = array(module.input_weights)
    return neuron


def _iaf(module: Any) -> Neuron:
    """v += x, fires above v_th, v = v_reset."""
    p = module.p
    threshold = array(p.v_th) - array(p.v_reset)
    options = {"reset": _norse_reset(p), "reset_gradient": True}
    return Neuron("if", None, None, threshold, options, dt_ms=1000 * float(module.dt))


# ----------------------------------------------------------------------------------------------------- SpikingJelly


_NO_STEPS = ("PoissonPass", "MultiLevelSpikeCount")


def _spikingjelly(module: Any, kind: str, beta: Array | None, **more: Any) -> Neuron:
    """A step charges the membrane, which fires at its threshold and above, and is reset at once: to v_reset, from which
    it is counted here, or, where that is None, by subtraction. What is subtracted must be exact, as errors would add
    up: such a neuron here does not fire where it is at its threshold to the last bit."""
    function = getattr(module, "surrogate_function", None)
    if type(function).__name__ in _NO_STEPS or not getattr(function, "spiking", True):
        name = type(function).__name__
        raise Refusal("surrogate_function is a %s that is no step, expected one with spiking=True" % name)
    reset = module.v_reset
    options = {"order": "notebook", "reset": "subtract" if reset is None else "zero", **more.pop("options", {})}
    options["reset_gradient"] = not getattr(module, "detach_reset", True)
    threshold = np.asarray(module.v_threshold - (reset or 0.0))
    threshold = threshold if reset is None else _just_below(threshold)
    return Neuron(kind, beta, threshold=threshold, options=options, **more)


def _if_node(module: Any) -> Neuron:
    """v += x"""
    return _spikingjelly(module, "if", None)


def _decaying(module: Any, rest: float, trained: tuple[str, ...] = ()) -> Neuron:
    """v += (x - (v - v_reset)) / tau, or v += x - (v - v_reset) / tau without decay_input; rest is 1 / tau."""
    options = {"integration": "exact", "scale": "decay" if module.decay_input else "none"}
    return _spikingjelly(module, "lif", np.asarray(1 - rest), options=options, trained=trained)


def _lif_node(module: Any) -> Neuron:
    return _decaying(module, 1 / float(module.tau))


def _parametric(module: Any) -> Neuron:
    trained = ("tau_mem",) if getattr(module.w, "requires_grad", False) else ()
    return _decaying(module, 1 / (1 + float(np.exp(-array(module.w).astype(np.float64)))), trained)


def _cuba_node(module: Any) -> Neuron:
    """c = c_decay c + x, v = v_decay v + c"""
    if module.v_reset:
        raise Refusal("v_reset is %r, expected 0 or None" % module.v_reset)
    alpha, beta = np.asarray(float(module.c_decay)), np.asarray(float(module.v_decay))
    return _spikingjelly(module, "cuba_lif", beta, alpha=alpha, options={"integration": "exact"})


# What is known, by the program and the name of the class.
NEURONS: dict[tuple[str, str], Callable[[Any], Neuron]] = {
    ("snntorch", "Leaky"): _leaky,
    ("snntorch", "Synaptic"): _synaptic,
    ("snntorch", "RLeaky"): _rleaky,
    ("snntorch", "Lapicque"): _lapicque,
    ("norse", "LIF"): _norse_cell("cuba_lif", True),
    ("norse", "LIFCell"): _norse_cell("cuba_lif", True),
    ("norse", "LIFBoxCell"): _norse_cell("lif", False),
    ("norse", "LI"): _norse_cell("cuba_li", True),
    ("norse", "LICell"): _norse_cell("cuba_li", True),
    ("norse", "LIBoxCell"): _norse_cell("li", False),
    ("norse", "LIFRecurrent"): _norse_recurrent,
    ("norse", "LIFRecurrentCell"): _norse_recurrent,
    ("norse", "LILinearCell"): _norse_linear,
    ("norse", "IAF"): _iaf,
    ("norse", "IAFCell"): _iaf,
    ("spikingjelly", "IFNode"): _if_node,
    ("spikingjelly", "LIFNode"): _lif_node,
    ("spikingjelly", "ParametricLIFNode"): _parametric,
    ("spikingjelly", "CUBALIFNode"): _cuba_node,
}

__all__ = ["NEURONS", "Neuron", "Refusal", "array"]
