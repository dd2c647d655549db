"""A surgrad network as a layer of a PyTorch model.

    layer = surgrad.torch.Spiking(network)
    outputs = layer(spikes)                      # (B, T, I) of 0 and 1, or small counts -> (B, N)
    loss = torch.nn.functional.cross_entropy(outputs, labels)
    loss.backward()                              # gradients of the layer's parameters, and of `spikes`
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from surgrad._events import Events
from surgrad._network import Network
from surgrad._trainer import Trainer


class Spiking(torch.nn.Module):  # type: ignore[misc, unused-ignore]
    """The outputs (B, N) of a network, as its loss's read-out makes them, for spikes (B, T, I).

    The network's parameters are the module's, so that PyTorch's optimisers train them; the network is brought up to date
    with them at each call. Input gradients are those with respect to the number of spikes.
    """

    def __init__(self, network: Network, *, threads: int = 0) -> None:
        super().__init__()
        self.network = network.copy()
        self._trainer = Trainer(self.network, threads=threads)
        self._names = [(l, name) for l, group in enumerate(self.network.parameters) for name in group]
        for l, name in self._names:
            values = torch.from_numpy(self.network.parameters[l][name])
            self.register_parameter("layer%d_%s" % (l, name), torch.nn.Parameter(values))

    def _own(self) -> list[torch.nn.Parameter]:
        return [getattr(self, "layer%d_%s" % key) for key in self._names]

    def forward(self, spikes: torch.Tensor) -> torch.Tensor:
        return _Run.apply(self, spikes, *self._own())  # type: ignore[no-any-return, no-untyped-call, unused-ignore]

    def _update(self) -> None:
        for (l, name), values in zip(self._names, self._own()):
            found = values.detach().cpu().numpy().astype(np.float32, copy=False)
            if not np.array_equal(found, self.network.parameters[l][name]):
                self.network.parameters[l][name] = found


class _Run(torch.autograd.Function):  # type: ignore[misc, unused-ignore]
    @staticmethod
    def forward(context: Any, module: Spiking, spikes: torch.Tensor, *_own: torch.Tensor) -> torch.Tensor:
        module._update()
        context.module = module
        context.spikes = spikes.device, spikes.dtype, spikes.shape
        context.events = Events.from_dense(spikes.detach().cpu().numpy())
        outputs = module._trainer.forward(context.events)
        return torch.from_numpy(outputs).to(spikes.device, torch.float32)

    @staticmethod
    def backward(context: Any, *by: Any) -> Any:
        module, events = context.module, context.events
        by_outputs = by[0].detach().cpu().numpy().astype(np.float64)
        module._trainer.backward(events, None, by_outputs)
        device, dtype, shape = context.spikes
        own = [torch.from_numpy(module._trainer.get_gradient(l, name)).to(device) for l, name in module._names]
        inputs = None
        if context.needs_input_grad[1]:
            found = module.network.input_gradient(events, by_outputs=by_outputs)
            inputs = torch.from_numpy(found).to(device, dtype).reshape(shape)
        return (None, inputs, *own)


__all__ = ["Spiking"]
