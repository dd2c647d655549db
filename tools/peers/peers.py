"""Exchanges networks with other programs:   peers.py PROGRAM... > table.md

For each program: networks of its own, read by surgrad from NIR graphs and by sg.from_torch, and networks of surgrad, read
by it from NIR graphs. The spikes of the last layer over 1,000 steps of 0.1 ms are compared one by one. What
a program cannot do is told in its own words. `make peers` installs the programs and runs this.
"""

import logging
import os
import sys
import warnings

os.environ.setdefault("LOGURU_LEVEL", "ERROR")
warnings.simplefilter("ignore")
logging.disable(logging.WARNING)

import numpy as np  # noqa: E402
import torch  # noqa: E402
from torch import nn  # noqa: E402

import surgrad as sg  # noqa: E402
from exchange import (  # noqa: E402
    DENSE, DT, HIDDEN, IMAGES, INPUTS, OUTPUTS, STEPS, compare, convolution, dense, print_table, quietly, spikes_here,
    try_each,
)  # fmt: skip

# ------------------------------------------------------------------------------------------------- other programs


def step_by_step(module, x, state=True):
    """The outputs of a module that takes one step, and its state where it hands one out."""
    found, kept = [], None
    with torch.no_grad():
        for t in range(STEPS):
            out = module(torch.from_numpy(x[t : t + 1]), kept) if state else module(torch.from_numpy(x[t : t + 1]))
            out, kept = out if isinstance(out, tuple) else (out, kept)
            found.append(np.asarray(out).reshape(-1))
    return np.array(found)


def set_weights(module, sd):
    torch.manual_seed(1)
    for parameter in module.parameters():
        if parameter.requires_grad and parameter.dim() > 1:
            nn.init.normal_(parameter, std=sd)


class Peer:
    """What a program is asked to do. `reset` and `order` are how surgrad steps as it does."""

    package = name = ""
    reset, order = "zero", "notebook"
    hands_state = False  # a step is given the state, and hands it out

    def own(self):
        """(title, network, its input) in the program's own words."""
        return []

    def cells(self):
        """(title, what makes the neurons of a layer from their number, standard deviation of the weights), for
        sg.from_torch."""
        return []

    def chain(self, cell, sd):
        """A dense network of such neurons."""
        torch.manual_seed(1)
        net = nn.Sequential(nn.Linear(INPUTS, HIDDEN), cell(HIDDEN), nn.Linear(HIDDEN, OUTPUTS), cell(OUTPUTS))
        for link in net[0], net[2]:
            nn.init.normal_(link.weight, std=sd)
        return net

    def chains(self):
        """As `own`, for sg.from_torch."""
        return self.own() + [("dense, " + title, self.chain(cell, sd), DENSE) for title, cell, sd in self.cells()]

    def here(self):
        """(title, network of surgrad, input)"""
        return []

    def surrogates(self):
        """(name, neurons, the function by which they fire), for sg.from_torch."""
        return []

    def gradients(self):
        """(title, neurons of a layer from their number, standard deviation of the weights)"""
        return []


class SnnTorch(Peer):
    package = name = "snntorch"

    def leaky(self, *shape):
        import snntorch

        return snntorch.Leaky(beta=torch.full(shape, 0.95), threshold=torch.ones(shape), init_hidden=True,
                              reset_mechanism="zero", reset_delay=False)  # fmt: skip

    def own(self):
        dense_net = nn.Sequential(nn.Linear(INPUTS, HIDDEN), self.leaky(HIDDEN), nn.Linear(HIDDEN, OUTPUTS),
                                  self.leaky(OUTPUTS))  # fmt: skip
        set_weights(dense_net, 0.3)
        conv = nn.Sequential(
            nn.Conv2d(2, 4, 3), self.leaky(4, 8, 8), nn.AvgPool2d(2), nn.Flatten(), nn.Linear(64, OUTPUTS),
            self.leaky(OUTPUTS),
        )  # fmt: skip
        set_weights(conv, 0.4)
        return [("dense, Leaky", dense_net, DENSE), ("convolution, Leaky", conv, IMAGES)]

    def cells(self):
        import snntorch as snn

        own = {"init_hidden": True}
        return [
            ("Leaky, by subtraction", lambda n: snn.Leaky(beta=0.95, **own), 0.3),
            ("Leaky, without a delay", lambda n: snn.Leaky(beta=0.95, reset_delay=False, **own), 0.3),
            ("Synaptic", lambda n: snn.Synaptic(alpha=0.8, beta=0.95, **own), 0.1),
            ("Synaptic, to zero", lambda n: snn.Synaptic(alpha=0.8, beta=0.95, reset_mechanism="zero", **own), 0.1),
            ("RLeaky", lambda n: snn.RLeaky(beta=0.9, linear_features=n, **own), 0.3),
            ("RLeaky, to zero", lambda n: snn.RLeaky(beta=0.9, linear_features=n, reset_mechanism="zero", **own), 0.3),
            ("Lapicque", lambda n: snn.Lapicque(beta=0.9, **own), 2),
            ("Lapicque, R and C", lambda n: snn.Lapicque(R=2.0, C=5.0, reset_mechanism="subtract", **own), 1),
        ]

    def here(self):
        return [
            ("dense, lif", dense("lif", 0.3), DENSE),
            ("dense, cuba_lif", dense("cuba_lif", 0.1), DENSE),
            ("recurrent, cuba_lif", dense("cuba_lif", 0.1, recurrent=True), DENSE),
            ("convolution, lif", convolution("lif", 0.4, "avg"), IMAGES),
        ]

    def surrogates(self):
        import snntorch as snn
        from snntorch import surrogate as s

        made = {"atan": s.atan(3.0), "fast_sigmoid": s.fast_sigmoid(10), "sigmoid": s.sigmoid(5),
                "heaviside": s.heaviside(), "straight_through_estimator": s.straight_through_estimator()}  # fmt: skip
        return [(name, snn.Leaky(beta=0.9, spike_grad=function), function) for name, function in made.items()]

    def gradients(self):
        import snntorch as snn
        from snntorch.surrogate import fast_sigmoid

        own = {"init_hidden": True, "spike_grad": fast_sigmoid(5)}
        return [
            ("dense, Leaky", lambda n: snn.Leaky(beta=0.95, **own), 0.3),
            ("dense, Synaptic", lambda n: snn.Synaptic(alpha=0.8, beta=0.95, **own), 0.1),
        ]

    def run_own(self, net, x):
        return step_by_step(net, x, state=False)

    def write(self, net, x):
        from snntorch.export_nir import export_to_nir

        return export_to_nir(net, torch.from_numpy(x[:1]), ignore_dims=[0])

    def read(self, graph):
        from snntorch.import_nir import import_from_nir

        return import_from_nir(graph)

    run = staticmethod(step_by_step)


class Norse(Peer):
    package = name = "norse"
    hands_state = True

    def own(self):
        import norse.torch as nt

        def cell(count):
            p = nt.LIFBoxParameters(tau_mem_inv=torch.full((count,), 500.0), v_th=torch.full((count,), 1.0),
                                    v_leak=torch.zeros(count))  # fmt: skip
            return nt.LIFBoxCell(p, dt=DT)

        net = nt.SequentialState(nn.Linear(INPUTS, HIDDEN), cell(HIDDEN), nn.Linear(HIDDEN, OUTPUTS), cell(OUTPUTS))
        set_weights(net, 3)
        return [("dense, LIFBox", net, DENSE)]

    def cells(self):
        import norse.torch as nt

        in_mv = {"v_leak": torch.tensor(-65.0), "v_reset": torch.tensor(-65.0), "v_th": torch.tensor(-50.0)}
        return [
            ("LIFCell", lambda n: nt.LIFCell(), 0.7),
            ("LIFCell in mV", lambda n: nt.LIFCell(nt.LIFParameters(**in_mv)), 7),
            ("IAFCell", lambda n: nt.IAFCell(), 0.1),
        ]

    def chain(self, cell, sd):
        import norse.torch as nt

        return nt.SequentialState(*super().chain(cell, sd))

    def chains(self):
        import norse.torch as nt

        torch.manual_seed(3)
        recurrent = nt.SequentialState(nt.LIFRecurrentCell(INPUTS, HIDDEN), nt.LIFRecurrentCell(HIDDEN, OUTPUTS))
        return super().chains() + [("recurrent, LIFRecurrentCell", recurrent, DENSE)]

    def here(self):
        return [
            ("dense, lif, scale decay", dense("lif", 3, scale="decay"), DENSE),
            ("dense, cuba_lif", dense("cuba_lif", 0.1), DENSE),
            ("recurrent, cuba_lif", dense("cuba_lif", 0.1, recurrent=True), DENSE),
            ("convolution, lif, scale decay", convolution("lif", 4, "sum", scale="decay"), IMAGES),
        ]

    def surrogates(self):
        import norse.torch as nt
        from norse.torch.functional.threshold import threshold

        def entry(method, alpha):
            cell = nt.LIFCell(nt.LIFParameters(method=method, alpha=torch.tensor(alpha)))
            return method, cell, lambda u: threshold(u, method, alpha)

        return [entry(*one) for one in (("super", 100.0), ("triangle", 0.4), ("tanh", 2.0), ("heavi_erfc", 3.0))]

    def gradients(self):
        import norse.torch as nt

        return [
            ("dense, LIFCell", lambda n: nt.LIFCell(), 0.7),
            ("dense, IAFCell", lambda n: nt.IAFCell(), 0.1),
        ]

    def run_own(self, net, x):
        return step_by_step(net, x)

    def write(self, net, x):
        import norse.torch as nt

        return nt.to_nir(net, torch.from_numpy(x[:1]), dt=1.0)

    def read(self, graph):
        import norse.torch as nt

        return nt.from_nir(graph, dt=DT)

    run = staticmethod(step_by_step)


class Sinabs(Peer):
    package = name = "sinabs"
    reset = "subtract"

    def own(self):
        import sinabs.activation as sa
        import sinabs.layers as sl

        def cell():
            return sl.IAFSqueeze(batch_size=1, spike_threshold=torch.tensor(1.0), min_v_mem=None,
                                 spike_fn=sa.SingleSpike, reset_fn=sa.MembraneSubtract())  # fmt: skip

        net = nn.Sequential(nn.Linear(INPUTS, HIDDEN, bias=False), cell(), nn.Linear(HIDDEN, OUTPUTS, bias=False), cell())
        set_weights(net, 0.1)
        conv = nn.Sequential(
            nn.Conv2d(2, 4, 3, bias=False), cell(), sl.SumPool2d(2), nn.Flatten(),
            nn.Linear(64, OUTPUTS, bias=False), cell(),
        )  # fmt: skip
        set_weights(conv, 0.05)
        return [("dense, IAF of single spikes", net, DENSE), ("convolution, IAF of single spikes", conv, IMAGES)]

    def chains(self):
        return []  # sg.from_torch does not know its neurons; NIR graphs do

    def here(self):
        return [("dense, if", dense("if", 0.05, reset="subtract"), DENSE)]

    def run_own(self, net, x):
        with torch.no_grad():
            return net(torch.from_numpy(x)).numpy().reshape(STEPS, -1)

    def write(self, net, x):
        import sinabs.nir

        return sinabs.nir.to_nir(net, torch.from_numpy(x))

    def read(self, graph):
        import sinabs.nir

        return sinabs.nir.from_nir(graph, batch_size=1)

    def run(self, module, x):
        with torch.no_grad():
            out = module(torch.from_numpy(x))
        return np.asarray(out[0] if isinstance(out, tuple) else out).reshape(STEPS, -1)


class SpikingJelly(Peer):
    package = name = "spikingjelly"

    def own(self):
        from spikingjelly.activation_based import layer, neuron

        def cell():
            return neuron.LIFNode(tau=20.0, decay_input=False, v_threshold=1.0, v_reset=0.0)

        net = nn.Sequential(layer.Linear(INPUTS, HIDDEN), cell(), layer.Linear(HIDDEN, OUTPUTS), cell())
        set_weights(net, 0.3)
        conv = nn.Sequential(layer.Conv2d(2, 4, 3), cell(), layer.AvgPool2d(2), layer.Flatten(),
                             layer.Linear(64, OUTPUTS), cell())  # fmt: skip
        set_weights(conv, 0.4)
        return [("dense, LIFNode", net, DENSE), ("convolution, LIFNode", conv, IMAGES)]

    def cells(self):
        from spikingjelly.activation_based import neuron

        return [
            ("IFNode", lambda n: neuron.IFNode(), 0.1),
            ("IFNode, by subtraction", lambda n: neuron.IFNode(v_reset=None), 0.1),
            ("LIFNode, decay_input", lambda n: neuron.LIFNode(tau=20.0), 5),
            ("LIFNode, v_reset -0.3", lambda n: neuron.LIFNode(tau=20.0, v_reset=-0.3), 9),
            ("ParametricLIFNode", lambda n: neuron.ParametricLIFNode(init_tau=8.0), 2),
            ("CUBALIFNode", lambda n: neuron.CUBALIFNode(), 0.2),
        ]

    def here(self):
        return [
            ("dense, lif", dense("lif", 0.3), DENSE),
            ("dense, cuba_lif", dense("cuba_lif", 0.1), DENSE),
            ("recurrent, lif", dense("lif", 0.3, recurrent=True), DENSE),
            ("convolution, lif", convolution("lif", 0.4, "avg"), IMAGES),
        ]

    def surrogates(self):
        from spikingjelly.activation_based import neuron
        from spikingjelly.activation_based import surrogate as s

        made = [s.ATan(2.5), s.Sigmoid(4.0), s.PiecewiseQuadratic(1.5), s.PiecewiseExp(1.5), s.Erf(2.0), s.Rect(1.5),
                s.DeterministicPass(), s.PiecewiseLeakyReLU(0.7, 0.0), s.LeakyKReLU(0.0, 1.0), s.SoftSign(2.0),
                s.SuperSpike(1.0), s.QPseudoSpike(2.0)]  # fmt: skip
        return [(type(f).__name__, neuron.IFNode(surrogate_function=f), f) for f in made]

    def gradients(self):
        from spikingjelly.activation_based import neuron

        return [
            ("dense, LIFNode", lambda n: neuron.LIFNode(tau=20.0), 5),
            ("dense, LIFNode, detach_reset", lambda n: neuron.LIFNode(tau=20.0, detach_reset=True), 5),
            ("dense, IFNode, by subtraction", lambda n: neuron.IFNode(v_reset=None), 0.1),
        ]

    def run_own(self, net, x):
        from spikingjelly.activation_based import functional

        functional.reset_net(net)
        return step_by_step(net, x, state=False)

    def write(self, net, x):
        from spikingjelly.activation_based import nir_exchange

        return nir_exchange.export_to_nir(net, torch.from_numpy(x[:1]), dt=DT)

    def read(self, graph):
        from spikingjelly.activation_based import nir_exchange

        return nir_exchange.import_from_nir(graph, dt=DT)

    run = staticmethod(step_by_step)


# ----------------------------------------------------------------------------------------------------- round trips


def from_peer(peer, net, x):
    expected = quietly(peer.run_own, net, x)
    graph = quietly(peer.write, net, x)
    here = sg.from_nir(graph, dt="0.1 ms", steps=STEPS, reset=peer.reset, order=peer.order)
    return compare(expected, spikes_here(here, x))


def to_peer(peer, net, x):
    module = quietly(peer.read, sg.to_nir(net))
    return compare(spikes_here(net, x), quietly(peer.run, module, x))


def by_from_torch(peer, net, x):
    expected = quietly(peer.run_own, net, x)
    here = sg.from_torch(net, inputs=x.shape[1:] if x.ndim == 4 else None, steps=STEPS, dt="0.1 ms")
    return compare(expected, spikes_here(here, x))


def surrogates(peer):
    """A case of all surrogates that are carried over."""
    found = peer.surrogates()
    return ", ".join(name for name, _, _ in found), found


def derivatives(found):
    """The largest difference of a derivative."""
    u, worst = torch.linspace(-1.93, 1.97, 400), 0.0
    for _, neurons, function in found:
        at = u.clone().requires_grad_()
        function(at).sum().backward()
        config = sg.from_torch([nn.Linear(1, 1), neurons], report=_refuse).config
        parts = {part: config["layers.0.surrogate." + part] for part in ("kind", "k", "width", "gain")}
        worst = max(worst, np.abs(sg.surrogate(parts, u.numpy()) - at.grad.numpy()).max())
    return "", "equal within %.0e" % worst


def _refuse(line):
    raise ValueError(line)


GRADIENT_STEPS = 100


def gradient(peer, cell, sd):
    """Of a sum over the outputs' spikes, by the weights of both layers."""
    net, by = peer.chain(cell, sd), np.random.default_rng(5).normal(size=(1, OUTPUTS))
    here = sg.from_torch(net, steps=GRADIENT_STEPS, dt="0.1 ms")
    total, spikes, kept = 0, 0, None
    for t in range(GRADIENT_STEPS):
        now = torch.from_numpy(DENSE[t : t + 1])
        out = net(now, kept) if peer.hands_state else net(now)
        out, kept = out if isinstance(out, tuple) else (out, kept)
        total, spikes = total + (out * torch.from_numpy(by.astype(np.float32))).sum(), spikes + out.detach().sum().item()
    total.backward()
    trainer = sg.Trainer(here)
    data = sg.Events.from_dense(DENSE[None, :GRADIENT_STEPS].astype(int), dt="0.1 ms")
    counts = trainer.forward(data)
    trainer.backward(data, None, by)
    expected = [module.weight.grad.numpy().T for module in net.modules() if isinstance(module, nn.Linear)]
    found = [trainer.get_gradient(layer) for layer in range(2)]
    share = max(np.abs(a - b).max() / np.abs(b).max() for a, b in zip(found, expected))
    return "%d of %d spikes" % (counts.sum(), spikes), "equal within %.0e of the largest, 100 steps" % share


def rows(peer):
    yield from try_each(peer.name, "to surgrad", peer.own(), lambda *case: from_peer(peer, *case))
    yield from try_each(peer.name, "to surgrad, from_torch", peer.chains(), lambda *case: by_from_torch(peer, *case))
    yield from try_each(peer.name, "from surgrad", peer.here(), lambda *case: to_peer(peer, *case))
    if peer.surrogates():
        yield from try_each(peer.name, "derivatives", [surrogates(peer)], derivatives)
    yield from try_each(peer.name, "gradient of weights", peer.gradients(), lambda *case: gradient(peer, *case))


def main(names):
    torch.manual_seed(1)  # biases are drawn
    peers = (SnnTorch(), Norse(), Sinabs(), SpikingJelly())
    print_table(row for peer in peers if peer.name in names for row in rows(peer))


if __name__ == "__main__":
    main(sys.argv[1:])
