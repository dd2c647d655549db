"""What an exchange with another program needs: inputs, networks of surgrad, comparisons, and the rows of the table."""

import contextlib
import importlib.metadata
import io
import re

import numpy as np

import surgrad as sg

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


def convolution(kind, sd, pool, window=2, **more):
    own = neuron(kind, **more)
    first = sg.Layer(link={"kind": "conv2d", "channels": 4, "kernel": 3, "sd": sd, "bias": True}, neuron=own)
    last = sg.Layer(OUTPUTS, link={"pool": pool, "pool_size": window, "weights": "normal", "sd": sd}, neuron=own)
    return sg.Network([first, last], inputs=MAPS, steps=STEPS, dt="0.1 ms")


# -------------------------------------------------------------------------------------------------------- the table


def told(error):
    """An error in a line, without the folders of files."""
    line = re.sub(r"/\S*/", "", " ".join(str(error).split()))
    return "%s: %s" % (type(error).__name__, line[:110])


def compare(a, b):
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    differ = int((a != b).sum())
    return "%d of %d spikes" % (b.sum(), a.sum()), "all equal" if differ == 0 else "%d of %d entries differ" % (differ, a.size)


def quietly(function, *arguments, **options):
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        return function(*arguments, **options)


def try_each(program, way, cases, run):
    """Rows of the table: what `run` finds of each case, a title and more."""
    for title, *case in cases:
        try:
            spikes, verdict = run(*case)
        except Exception as error:  # whatever another program says is the result
            spikes, verdict = "", told(error)
        yield program, importlib.metadata.version(program), way, title, spikes, verdict


def print_table(rows):
    head = ["program", "version", "way", "network", "spikes found", "of the last layer, 1,000 steps"]
    print("| " + " | ".join(head) + " |\n" + "|---" * len(head) + "|")
    for row in rows:
        print("| " + " | ".join(row) + " |", flush=True)
