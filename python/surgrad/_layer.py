"""Layers: what a network is made of."""

from __future__ import annotations

from typing import Any, Mapping, Union

from surgrad._config import check_word, flatten
from surgrad._config import parts as known_parts

Part = Union[str, Mapping[str, Any]]

# A word in the place of a part's options is this one of them.
_WORD = {"neuron": "kind", "surrogate": "kind", "link": "kind", "recurrent": "from", "delay": "kind"}


class Layer:
    """Neurons, and the link that leads to them.

    Layer(128, neuron="cuba_lif", surrogate="fast_sigmoid") has the defaults of both; a mapping gives their options, as
    the configuration names them: Layer(128, neuron={"kind": "lif", "tau_mem": "20 ms"}, recurrent="own"). A convolution
    has no size: Layer(link={"kind": "conv2d", "channels": 16, "kernel": 5, "pool": "max"}). surgrad.options() tells all
    options, under layers.N.
    """

    def __init__(self, size: int | None = None, **parts: Part | bool | float) -> None:
        for name in parts:
            check_word("Layer", name.split(".")[0], known_parts("layers.N."))
        self.size = size
        self.parts = {
            name: {_WORD[name]: part} if name in _WORD and isinstance(part, str) else part
            for name, part in parts.items()
        }

    def options(self) -> dict[str, str]:
        """The options of the layer, by their keys below "layers.N."."""
        own = {"size": str(self.size)} if self.size is not None else {}
        return {**own, **dict(flatten(self.parts))}

    def __repr__(self) -> str:
        parts = ["%s=%r" % (name, part) for name, part in self.parts.items()]
        return "Layer(%s)" % ", ".join(([str(self.size)] if self.size is not None else []) + parts)
