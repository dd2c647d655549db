"""Exchanges networks with other programs:   peers.py PROGRAM... > table.md

For each program: networks of its own, read by surgrad from NIR graphs and by sg.from_torch, and networks of surgrad, read
by it from NIR graphs. The spikes of the last layer over 1,000 steps of 0.1 ms are compared one by one. What
a program cannot do is told in its own words. `make peers` installs the programs and runs this.
"""

import contextlib
import importlib.metadata
import io
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

STEPS, DT = 1000, 1e-4
INPUTS, HIDDEN, OUTPUTS = 20, 30, 10
MAPS = (2, 10, 10)

rng = np.random.default_rng(1)
DENSE = (rng.random((STEPS, INPUTS)) < 0.2).astype(np.float32)
IMAGES = (rng.random((STEPS, *MAPS)) < 0.1).astype(np.float32)


def events(x):
    step, channel = np.nonzero(x.reshape(STEPS, -1))
    shape = x.shape[1:] if x.ndim == 4 else None
    time = (step + 0.5) * DT * 1000
    sample = np.zeros(len(step), int)
    count = int(np.prod(x.shape[1:]))
    return sg.Events.from_arrays(
        time, channel, sample, [0], steps=STEPS, channels=count, dt="0.1 ms", classes=OUTPUTS,
        **({"shape": shape} if shape else {}),
    )  # fmt: skip


def spikes_here(net, x):
    return net.raster(events(x), len(net) - 1)


# --------------------------------------------------------------------------------------------- networks of surgrad


def neuron(kind, **more):
    times = {"tau_mem": "2 ms"} if kind != "if" else {}
    times.update({"tau_syn": "1 ms"} if kind == "cuba_lif" else {})
    euler = {"integration": "euler"} if kind != "if" else {}
    return {"kind": kind, **times, **euler, "reset": "zero", **more}


def dense(kind, sd, **more):
    link = {"weights": "normal", "sd": sd}
    recurrent = more.pop("recurrent", None)
    back = {"recurrent": {"from": "own", "weights": "normal", "sd": 0.1}} if recurrent else {}
    own = neuron(kind, **more)
    layers = [sg.Layer(HIDDEN, link=link, neuron=own, **back), sg.Layer(OUTPUTS, link=link, neuron=own)]
    return sg.Network(layers, inputs=INPUTS, steps=STEPS, dt="0.1 ms")


def convolution(kind, sd, pool, **more):
    own = neuron(kind, **more)
    first = sg.Layer(link={"kind": "conv2d", "channels": 4, "kernel": 3, "sd": sd, "bias": True}, neuron=own)
    last = sg.Layer(OUTPUTS, link={"pool": pool, "weights": "normal", "sd": sd}, neuron=own)
    return sg.Network([first, last], inputs=MAPS, steps=STEPS, dt="0.1 ms")


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


def told(error):
    line = " ".join(str(error).split())
    return "%s: %s" % (type(error).__name__, line[:110])


def compare(a, b):
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    differ = int((a != b).sum())
    return "%d of %d spikes" % (b.sum(), a.sum()), "all equal" if differ == 0 else "%d of %d entries differ" % (differ, a.size)


def quietly(function, *arguments, **options):
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        return function(*arguments, **options)


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


def rows(peer):
    ways = (
        ("to surgrad", peer.own(), from_peer),
        ("to surgrad, from_torch", peer.chains(), by_from_torch),
        ("from surgrad", peer.here(), to_peer),
    )
    for way, cases, run in ways:
        for title, net, x in cases:
            try:
                spikes, verdict = run(peer, net, x)
            except Exception as error:  # whatever another program says is the result
                spikes, verdict = "", told(error)
            yield peer.name, importlib.metadata.version(peer.package), way, title, spikes, verdict


def main(names):
    head = ["program", "version", "way", "network", "spikes found", "of the last layer, 1,000 steps"]
    print("| " + " | ".join(head) + " |\n" + "|---" * len(head) + "|")
    for peer in (SnnTorch(), Norse(), Sinabs(), SpikingJelly()):
        for row in rows(peer) if peer.name in names else ():
            print("| " + " | ".join(row) + " |", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
