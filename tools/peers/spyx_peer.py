"""Exchanges networks with Spyx, on JAX, by NIR graphs, as peers.py does with programs on PyTorch:   spyx_peer.py > table.md

Spyx's neurons tell in a step whether they were above threshold in the step before: each layer's spikes are a step late,
and are compared so. LIF and IF then step as order snntorch with resets by subtraction, CuBaLIF as order notebook.
"""

import logging
import warnings

warnings.simplefilter("ignore")
logging.disable(logging.WARNING)

import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402
import spyx.nir  # noqa: E402
import spyx.nn as snn  # noqa: E402
from flax import nnx  # noqa: E402

import surgrad as sg  # noqa: E402
from exchange import (  # noqa: E402
    DENSE, DT, HIDDEN, IMAGES, INPUTS, OUTPUTS, STEPS, compare, convolution, dense, print_table, quietly, spikes_here,
    try_each,
)  # fmt: skip

LAYERS = 2
LIF, CUBA = {"reset": "subtract", "order": "snntorch"}, {"reset": "subtract", "order": "notebook"}


def input_of(x):
    """(T, 1, I), or maps with the channels last."""
    return jnp.asarray(x[:, None] if x.ndim == 2 else x.transpose(0, 2, 3, 1)[:, None])


def late(spikes):
    """A step for each layer."""
    return np.concatenate([np.zeros_like(spikes[:LAYERS]), spikes[:-LAYERS]])


def to_spyx(net, x):
    _, out = quietly(spyx.nir.from_nir, sg.to_nir(net), input_of(x), dt=DT)
    return compare(late(spikes_here(net, x)), np.asarray(out).reshape(STEPS, -1))


def from_spyx(model, x, how, mend):
    """`mend` gives a graph what its nodes' equations have."""
    out, _ = snn.run(model, input_of(x))
    shape = np.array(x.shape[1:])
    graph = quietly(spyx.nir.to_nir, model, {"input": shape}, {"output": np.array([OUTPUTS])}, dt=DT)
    mend(graph)
    here = sg.from_nir(graph, dt="0.1 ms", steps=STEPS, **how)
    return compare(np.asarray(out).reshape(STEPS, -1), late(spikes_here(here, x)))


def as_written(graph):
    pass


def with_gains(graph):
    """Sets r and w_in so that a spike adds its weight, as Spyx computes it; and has recurrent layers' input lead to the
    neurons, not through the recurrent weights."""
    for node in graph.nodes.values():
        kind = type(node).__name__
        if kind == "NIRGraph":
            with_gains(node)
            weights, neurons = (next(n for n in node.nodes if n.endswith(end)) for end in (".w_rec", ".lif"))
            node.edges = [(a, neurons if a.endswith(".input") and b == weights else b) for a, b in node.edges]
        elif kind == "LIF":
            node.r = node.tau / DT
        elif kind == "CubaLIF":
            node.r, node.w_in = node.tau_mem / DT, node.tau_syn / DT


def linear(inputs, outputs, sd, seed):
    link = nnx.Linear(inputs, outputs, rngs=nnx.Rngs(0))
    link.kernel[...] = jnp.asarray(np.random.default_rng(seed).normal(0, sd, (inputs, outputs)), jnp.float32)
    return link


def dense_there(cell, sd):
    return snn.Sequential(linear(INPUTS, HIDDEN, sd, 1), cell(HIDDEN), linear(HIDDEN, OUTPUTS, sd, 2), cell(OUTPUTS))


def recurrent_there(cell, last, sd):
    neurons = cell(HIDDEN)
    neurons.recurrent_w[...] = jnp.asarray(np.random.default_rng(3).normal(0, 0.1, (HIDDEN, HIDDEN)), jnp.float32)
    return snn.Sequential(linear(INPUTS, HIDDEN, sd, 1), neurons, linear(HIDDEN, OUTPUTS, sd, 2), last(OUTPUTS))


def convolution_there(window):
    places = 8 // window
    conv = nnx.Conv(2, 4, (3, 3), padding="VALID", rngs=nnx.Rngs(0))
    conv.kernel[...] = jnp.asarray(np.random.default_rng(4).normal(0, 0.1, (3, 3, 2, 4)), jnp.float32)
    return snn.Sequential(
        conv, snn.IF((8, 8, 4)), snn.SumPool((window, window), (window, window), "VALID"), snn.Flatten(),
        linear(4 * places**2, OUTPUTS, 0.1, 2), snn.IF((OUTPUTS,)),
    )  # fmt: skip


def lif(size):
    return snn.LIF((size,), beta=0.95, rngs=nnx.Rngs(0))


def cuba(size):
    return snn.CuBaLIF((size,), alpha=0.8, beta=0.95, rngs=nnx.Rngs(0))


def recurrent_lif(size):
    return snn.RLIF((size,), beta=0.9, rngs=nnx.Rngs(0))


def there():
    """(title, model, input, how surgrad steps, mend)"""
    return [
        ("dense, IF", dense_there(lambda n: snn.IF((n,)), 0.1), DENSE, LIF, as_written),
        ("dense, LIF", dense_there(lif, 0.3), DENSE, LIF, as_written),
        ("dense, LIF, r as it steps", dense_there(lif, 0.3), DENSE, LIF, with_gains),
        ("dense, CuBaLIF, r and w_in as it steps", dense_there(cuba, 0.1), DENSE, CUBA, with_gains),
        ("recurrent, RLIF", recurrent_there(recurrent_lif, lif, 0.3), DENSE, LIF, as_written),
        ("recurrent, RLIF, r and edges as it steps", recurrent_there(recurrent_lif, lif, 0.3), DENSE, LIF, with_gains),
        ("convolution, IF, pool to 1x1", convolution_there(8), IMAGES, LIF, as_written),
        ("convolution, IF, pool to 4x4", convolution_there(2), IMAGES, LIF, as_written),
    ]


def here():
    """(title, network of surgrad, input)"""
    return [
        ("dense, if", dense("if", 0.1, **LIF), DENSE),
        ("dense, lif", dense("lif", 0.3, **LIF), DENSE),
        ("dense, cuba_lif", dense("cuba_lif", 0.1, **CUBA), DENSE),
        ("recurrent, lif", dense("lif", 0.3, recurrent=True, **LIF), DENSE),
        ("recurrent, cuba_lif", dense("cuba_lif", 0.1, recurrent=True, **CUBA), DENSE),
        ("convolution, if, pool to 1x1", convolution("if", 0.1, "sum", 8, **LIF), IMAGES),
        ("convolution, if, pool to 4x4", convolution("if", 0.1, "sum", 2, **LIF), IMAGES),
    ]


def rows():
    yield from try_each("spyx", "to surgrad", there(), from_spyx)
    yield from try_each("spyx", "from surgrad", here(), to_spyx)


if __name__ == "__main__":
    print_table(rows())
