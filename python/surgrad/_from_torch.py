"""Networks from PyTorch's modules: a chain of links and of neurons of snnTorch, Norse or SpikingJelly."""

from __future__ import annotations

import dataclasses
from typing import Any, Callable, Iterable, Iterator

import numpy as np
import numpy.typing as npt

from surgrad._config import Options
from surgrad._errors import ModelError
from surgrad._events import milliseconds
from surgrad._layer import Layer
from surgrad._network import Network
from surgrad._torch_neurons import NEURONS, Neuron, Refusal, array
from surgrad._torch_surrogates import surrogate_of

Array = npt.NDArray[Any]


def from_torch(
    module: Any,
    *,
    inputs: int | tuple[int, int, int] | None = None,
    steps: int = 100,
    dt: str | None = None,
    seed: int | None = None,
    options: Options | None = None,
    report: Callable[[str], object] | None = None,
) -> Network:
    """A network with the weights and neurons of a PyTorch module, which gives the same spikes.

    `module` is a Sequential (or Norse's SequentialState), or a list of modules in the order in which they are called:
    Linear or Conv2d, then neurons of snnTorch, Norse or SpikingJelly, and so on; pools, Flatten and Dropout may stand
    before a link. `inputs` is (maps, height, width) where the first link is a Conv2d. `dt` is the length of a step, by
    default that of Norse's neurons, else "1 ms": the decays of a step are as in the module, whatever it is. Surrogate
    derivatives are those of the module where surgrad has the same formula, else surgrad's own, and `report` is told so, a
    line each; `options`, any of a configuration, may say more.
    Raises ModelError, which names the module, for what cannot be computed so that the spikes are equal.
    """
    chain = _Chain(inputs)
    for name, found in _leaves(module, "", top=True):
        try:
            note = chain.take(found)
            if note and report is not None:
                report("module %s (%s): %s" % (name, _described(found), note))
        except Refusal as refusal:
            raise ModelError("from_torch: module %s (%s): %s" % (name, _described(found), refusal)) from None
    return chain.network(steps, dt, seed, options)


# --------------------------------------------------------------------------------------------------------- modules

_CONTAINERS = {
    ("torch", "Sequential"),
    ("torch", "ModuleList"),
    ("norse", "SequentialState"),
    ("spikingjelly", "MultiStepContainer"),
    ("spikingjelly", "SeqToANNContainer"),
}


def _kind(module: Any) -> tuple[str, str]:
    """The program that a module is of, and its class: by name, so that nothing has to be imported."""
    own = type(module)
    return str(own.__module__).split(".")[0], own.__name__


def _described(module: Any) -> str:
    return "%s.%s" % _kind(module)


def _leaves(module: Any, name: str, top: bool = False) -> Iterator[tuple[str, Any]]:
    """The modules of a chain with their names, those of containers opened."""
    if isinstance(module, (list, tuple)):
        parts: Iterable[tuple[str, Any]] = ((str(i), part) for i, part in enumerate(module))
    elif _kind(module) in _CONTAINERS:
        parts = module.named_children()
    elif _kind(module) == ("norse", "Lift"):
        parts = [("lifted_module", module.lifted_module)]
    elif top and _kind(module) not in NEURONS and _kind(module)[1] not in _LINKS:
        raise ModelError(
            "from_torch: found %s, expected a torch.nn.Sequential, or a list of modules in the order of their calls"
            % _described(module)
        )
    else:
        yield name or "0", module
        return
    for part, child in parts:
        yield from _leaves(child, "%s.%s" % (name, part) if name else part)


# ------------------------------------------------------------------------------------------------------------ links


def _one(name: str, value: Any) -> int:
    """A number of a module that may be a pair, of equal ones."""
    pair = value if isinstance(value, (tuple, list)) else (value,)
    if isinstance(value, str) or len(set(pair)) != 1:
        raise Refusal("%s is %r, expected the same whole number in both directions" % (name, value))
    return int(pair[0])


def _expect(module: Any, **wanted: Any) -> None:
    """Refuses a module whose attributes are set to what surgrad has not."""
    for name, value in wanted.items():
        found = getattr(module, name, value)
        if found != value:
            raise Refusal("%s is %r, expected %r" % (name, found, value))


@dataclasses.dataclass
class _Link:
    """What stands before the neurons of a layer."""

    options: dict[str, Any] = dataclasses.field(default_factory=dict)
    weights: Array | None = None  # (I, N) of a dense link, (rows, maps) of a convolution
    bias: Array | None = None  # (N)
    size: int | None = None  # neurons of a dense link


class _Chain:
    """Layers that are finished, and what was met since."""

    def __init__(self, inputs: int | tuple[int, int, int] | None) -> None:
        self.inputs: int | tuple[int, int, int] | None = inputs
        self.flat = not isinstance(inputs, tuple)  # whether a dense link may follow
        self.layers: list[tuple[Layer, _Link, Neuron]] = []
        self.link = _Link()

    def take(self, module: Any) -> str | None:
        """What is to be told of a module that goes into the network."""
        neuron, link = NEURONS.get(_kind(module)), _LINKS.get(_kind(module)[1])
        if neuron is not None:
            return self.close(neuron(module), module)
        if link is not None and _kind(module)[0] in _LINK_PACKAGES:
            link(self, module)
            return None
        raise Refusal("surgrad cannot compute it")

    def before_link(self, what: str) -> None:
        if self.link.weights is not None:
            raise Refusal("%s stands after a link and before neurons, expected before the link" % what)

    def set_link(self, weights: Array, bias: Any, **options: Any) -> None:
        self.before_link("a second link")
        self.link.options.update(options)
        self.link.weights = weights
        if bias is not None:
            self.link.bias = array(bias)

    def close(self, neuron: Neuron, module: Any) -> str | None:
        """Makes a layer of the link and its neurons. Tells where their surrogate is not carried over."""
        if neuron.weights is not None:
            self.link.size = neuron.weights.shape[0]
            self.set_link(neuron.weights.T, None)
        link = self.link
        if link.weights is None:
            raise Refusal("there is no link before the neurons, expected a Linear or a Conv2d")
        if self.inputs is None:
            self.inputs = int(link.weights.shape[0])
        if neuron.recurrent is not None and link.size is None:
            raise Refusal("recurrent neurons follow a convolution, expected a Linear")
        link.weights = link.weights * neuron.gain
        if link.bias is not None or neuron.recurrent_bias is not None:
            link.options["bias"] = True
            constant = [part for part in (link.bias, neuron.recurrent_bias) if part is not None]
            link.bias = np.sum(constant, axis=0) * neuron.gain
        self.layers.append((Layer(link.size, link=link.options), link, neuron))
        self.link = _Link()
        if not neuron.fires:
            return None
        name, neuron.surrogate = surrogate_of(_kind(module)[0], module)
        return None if neuron.surrogate else "surgrad has no surrogate %s, and takes its own, relu" % name

    def network(self, steps: int, dt: str | None, seed: int | None, options: Options | None) -> Network:
        if self.link.weights is not None or self.link.options or not self.layers:
            raise ModelError("from_torch: the chain ends without neurons, expected them after its last link")
        given = [neuron.dt_ms for _, _, neuron in self.layers if neuron.dt_ms is not None]
        dt = dt or ("%.17g ms" % given[0] if given else "1 ms")
        for layer, _, neuron in self.layers:
            layer.parts.update(neuron.parts(milliseconds(dt)))
        layers = [layer for layer, _, _ in self.layers]
        found = Network(layers, inputs=self.inputs, steps=steps, dt=dt, seed=seed, options=options)
        for own, (_, link, neuron) in zip(found.parameters, self.layers):
            if link.weights is not None:
                own["weights"] = link.weights
            if link.bias is not None:
                own["bias"] = link.bias.reshape(1, -1)
            if neuron.recurrent is not None:
                own["recurrent"] = neuron.recurrent.T
            for name, values in neuron.raw().items():
                own[name] = np.broadcast_to(values, own[name].shape)
        return found


def _linear(chain: _Chain, module: Any) -> None:
    if not chain.flat:
        raise Refusal("its input has height and width, expected a Flatten before it")
    weights = array(module.weight)
    chain.link.size = weights.shape[0]
    chain.set_link(weights.T, module.bias)


def _conv2d(chain: _Chain, module: Any) -> None:
    if chain.flat:
        raise Refusal("its input is flat, expected inputs=(maps, height, width) and no Flatten before it")
    _expect(module, padding_mode="zeros")
    weights = array(module.weight)
    sizes = {name: _one(name, getattr(module, name)) for name in ("stride", "padding", "dilation")}
    shape = {"channels": weights.shape[0], "kernel": _one("kernel_size", module.kernel_size), "groups": module.groups}
    chain.set_link(weights.reshape(weights.shape[0], -1).T, module.bias, kind="conv2d", **shape, **sizes)


def _pool(kind: str) -> Any:
    def take(chain: _Chain, module: Any) -> None:
        chain.before_link("a pool")
        if "pool" in chain.link.options or chain.flat:
            raise Refusal("two pools in a row" if "pool" in chain.link.options else "its input is flat")
        size = _one("kernel_size", module.kernel_size)
        if module.stride is not None and _one("stride", module.stride) != size:
            raise Refusal("stride is %r, expected that of its window, %d" % (module.stride, size))
        if _one("padding", getattr(module, "padding", 0)) or _one("dilation", getattr(module, "dilation", 1)) != 1:
            raise Refusal("it has a padding or a dilation, expected none")
        _expect(module, ceil_mode=False, divisor_override=None, return_indices=False)
        chain.link.options.update(pool=kind, pool_size=size)

    return take


def _flatten(chain: _Chain, module: Any) -> None:
    chain.before_link("a Flatten")
    chain.flat = True


def _dropout(chain: _Chain, module: Any) -> None:
    chain.before_link("a Dropout")
    chain.link.options["dropout"] = module.p


def _identity(_chain: _Chain, _module: Any) -> None:
    pass


# By the name of the class: PyTorch's, and those that other programs derive from them.
_LINK_PACKAGES = ("torch", "spikingjelly", "sinabs")
_LINKS = {
    "Linear": _linear,
    "Conv2d": _conv2d,
    "AvgPool2d": _pool("avg"),
    "MaxPool2d": _pool("max"),
    "SumPool2d": _pool("sum"),
    "Flatten": _flatten,
    "Dropout": _dropout,
    "Identity": _identity,
}

__all__ = ["from_torch"]
