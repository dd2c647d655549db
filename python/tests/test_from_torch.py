"""Networks from PyTorch's modules. The modules are stand-ins with the names and attributes of the real ones, and the
spikes are compared with each program's own equations, written out here; `make peers` compares with the programs."""

import sys

import numpy as np
import pytest

import surgrad as sg

STEPS, INPUTS, HIDDEN, OUTPUTS = 200, 12, 15, 4
X = (np.random.default_rng(1).random((STEPS, INPUTS)) < 0.3).astype(float)


def stand_in(package, name, **attributes):
    module = type(name, (), {"__module__": package + ".somewhere"})()
    module.__dict__.update(attributes)
    return module


def sequential(*modules, package="torch", name="Sequential"):
    return stand_in(package, name, named_children=lambda: ((str(i), m) for i, m in enumerate(modules)))


def linear(inputs, neurons, sd, seed, bias=False):
    rng = np.random.default_rng(seed)
    constant = rng.normal(0, sd / 5, neurons).astype(np.float32) if bias else None
    return stand_in("torch", "Linear", weight=rng.normal(0, sd, (neurons, inputs)).astype(np.float32), bias=constant)


def snn(name, **more):
    usual = dict(inhibition=False, state_quant=False, graded_spikes_factor=1.0, reset_mechanism="subtract",
                 reset_delay=True, threshold=1.0)  # fmt: skip
    return stand_in("snntorch", name, **{**usual, **more})


def norse(name, dt=1e-3, **p):
    usual = dict(tau_mem_inv=100.0, tau_syn_inv=200.0, v_leak=0.0, v_reset=0.0, v_th=1.0)
    return stand_in("norse", name, p=stand_in("norse", "Parameters", **{**usual, **p}), dt=dt)


def jelly(name, **more):
    return stand_in("spikingjelly", name, **{"v_threshold": 1.0, "v_reset": 0.0, **more})


# ------------------------------------------------- a step of each program: (module, state, input) -> spikes, state


def step_leaky(m, state, x):
    mem = state.get("mem", np.zeros_like(x))
    reset = mem > m.threshold
    if m.reset_mechanism == "zero":
        mem = m.beta * (1 - reset) * mem + x
    else:
        mem = m.beta * mem + x - reset * m.threshold * (m.reset_mechanism == "subtract")
    return mem > m.threshold, {"mem": mem}


def step_leaky_at_once(m, state, x):
    mem = state.get("mem", np.zeros_like(x))
    before, mem = mem > m.threshold, m.beta * mem + x
    spikes = mem - before * m.threshold > m.threshold
    return spikes, {"mem": mem - spikes * m.threshold}


def step_synaptic(m, state, x):
    mem, syn = state.get("mem", np.zeros_like(x)), state.get("syn", np.zeros_like(x))
    reset = mem > m.threshold
    syn = m.alpha * syn + x
    mem = m.beta * mem + syn
    mem = mem - reset * (mem if m.reset_mechanism == "zero" else m.threshold)
    return mem > m.threshold, {"mem": mem, "syn": syn}


def step_rleaky(m, state, x):
    spikes = state.get("spikes", np.zeros_like(x))
    found, state = step_leaky(m, state, x + m.recurrent.weight.astype(float) @ spikes + m.recurrent.bias)
    return found, {**state, "spikes": found}


def step_lapicque(m, state, x):
    mem = state.get("mem", np.zeros_like(x))
    reset = mem > m.threshold
    mem = m.time_step / m.C * x + (1 - m.time_step / (m.R * m.C)) * mem
    mem = mem - reset * (mem if m.reset_mechanism == "zero" else m.threshold * (m.reset_mechanism == "subtract"))
    return mem > m.threshold, {"mem": mem}


def step_norse(m, state, x):
    p = m.p
    v, i = state.get("v", np.full_like(x, p.v_leak)), state.get("i", np.zeros_like(x))
    jump = i + x
    v = v + m.dt * p.tau_mem_inv * (p.v_leak - v + jump)
    i = jump - m.dt * p.tau_syn_inv * jump * ("Box" not in type(m).__name__) - jump * ("Box" in type(m).__name__)
    spikes = v > p.v_th
    return spikes, {"v": np.where(spikes, p.v_reset, v), "i": i}


def step_jelly(m, state, x):
    reset = m.v_reset or 0.0
    v, name = state.get("v", np.full_like(x, reset)), type(m).__name__
    c = getattr(m, "c_decay", 0) * state.get("c", 0) + x
    if name == "IFNode":
        v = v + x
    elif name == "CUBALIFNode":
        v = m.v_decay * v + c
    else:
        rest = 1 / m.tau if name == "LIFNode" else 1 / (1 + np.exp(-m.w))
        v = v + (x - (v - reset)) * rest if m.decay_input else v - (v - reset) * rest + x
    spikes = v >= m.v_threshold
    return spikes, {"v": v - spikes * m.v_threshold if m.v_reset is None else np.where(spikes, reset, v), "c": c}


RECURRENT = linear(HIDDEN, HIDDEN, 0.2, 9, bias=True)
CASES = {
    "Leaky": (step_leaky, snn("Leaky", beta=0.9), 0.4),
    "Leaky, to zero": (step_leaky, snn("Leaky", beta=0.9, reset_mechanism="zero"), 0.4),
    "Leaky, without reset": (step_leaky, snn("Leaky", beta=0.9, reset_mechanism="none"), 0.2),
    "Leaky, at once": (step_leaky_at_once, snn("Leaky", beta=0.9, reset_delay=False), 1.2),
    "Leaky that does not leak": (step_leaky, snn("Leaky", beta=1.0), 0.2),
    "Leaky that forgets": (step_leaky, snn("Leaky", beta=0.0), 0.6),
    "Leaky of many": (step_leaky, snn("Leaky", beta=np.linspace(0.7, 0.95, HIDDEN), threshold=np.linspace(1, 2, HIDDEN)), 0.4),
    "Synaptic": (step_synaptic, snn("Synaptic", alpha=0.7, beta=0.9), 0.15),
    "Synaptic, to zero": (step_synaptic, snn("Synaptic", alpha=0.7, beta=0.9, reset_mechanism="zero"), 0.15),
    "RLeaky": (step_rleaky, snn("RLeaky", beta=0.9, all_to_all=True, linear_features=HIDDEN, recurrent=RECURRENT), 0.4),
    "Lapicque": (step_lapicque, snn("Lapicque", beta=0.9, R=2.0, C=5.0, time_step=1.0, threshold=0.3), 0.5),
    "Lapicque, to zero": (
        step_lapicque, snn("Lapicque", beta=0.9, R=1.0, C=8.0, time_step=1.0, threshold=0.3, reset_mechanism="zero"), 0.9),
    "LIFCell": (step_norse, norse("LIFCell"), 0.8),
    "LIFCell in mV": (step_norse, norse("LIFCell", v_leak=-65.0, v_reset=-65.0, v_th=-50.0), 9),
    "LIFBoxCell": (step_norse, norse("LIFBoxCell"), 3),
    "IFNode": (step_jelly, jelly("IFNode", v_reset=-0.5), 0.3),
    "IFNode, by subtraction": (step_jelly, jelly("IFNode", v_reset=None), 0.3),
    "LIFNode": (step_jelly, jelly("LIFNode", tau=5.0, decay_input=True, v_reset=-0.2), 3),
    "LIFNode, input whole": (step_jelly, jelly("LIFNode", tau=5.0, decay_input=False, v_reset=None), 0.4),
    "ParametricLIFNode": (step_jelly, jelly("ParametricLIFNode", w=np.float32(-1), decay_input=True), 2),
    "CUBALIFNode": (step_jelly, jelly("CUBALIFNode", c_decay=0.5, v_decay=0.75), 0.3),
}  # fmt: skip


def spikes_of(step, link, neuron, x):
    state, found = {}, []
    for now in x:
        spikes, state = step(neuron, state, link.weight.astype(float) @ now + (0 if link.bias is None else link.bias))
        found.append(spikes)
    return np.array(found, float)


def raster(network, x, layer):
    return network.raster(sg.Events.from_dense(x[None].astype(int)), layer)


@pytest.mark.parametrize("name", CASES)
def test_spikes_are_those_of_the_program(name):
    step, neuron, sd = CASES[name]
    first, last = linear(INPUTS, HIDDEN, sd, 1, bias=True), linear(HIDDEN, OUTPUTS, 0.5, 3)
    out = snn("Leaky", beta=0.8)
    network = sg.from_torch(sequential(first, neuron, last, out), steps=STEPS)
    hidden = spikes_of(step, first, neuron, X)
    assert 50 < hidden.sum() < 0.9 * hidden.size
    assert np.array_equal(raster(network, X, 0), hidden)
    assert np.array_equal(raster(network, X, 1), spikes_of(step_leaky, last, out, hidden))


def test_ties_fire_as_in_spikingjelly():
    link = linear(INPUTS, HIDDEN, 0.3, 1)
    link.weight = np.round(link.weight * 4).astype(np.float32) / 4
    neuron = jelly("IFNode")
    network = sg.from_torch([link, neuron], steps=STEPS)
    assert np.array_equal(raster(network, X, 0), spikes_of(step_jelly, link, neuron, X))


def test_maps_pools_and_dropout():
    rng = np.random.default_rng(4)
    weight = rng.normal(0, 0.6, (4, 2, 3, 3)).astype(np.float32)
    conv = stand_in("torch", "Conv2d", weight=weight, bias=None, stride=(1, 1), padding=(1, 1), dilation=(1, 1),
                    groups=1, kernel_size=(3, 3), padding_mode="zeros")  # fmt: skip
    pool = stand_in("torch", "AvgPool2d", kernel_size=2, stride=2, padding=0, ceil_mode=False)
    flat, drop = stand_in("torch", "Flatten"), stand_in("torch", "Dropout", p=0.25)
    last = linear(4 * 3 * 3, OUTPUTS, 0.6, 5)
    cell = snn("Leaky", beta=np.full((4, 6, 6), 0.8))  # of all neurons, the same
    network = sg.from_torch(sequential(conv, cell, pool, flat, drop, last, snn("Leaky", beta=0.8)), inputs=(2, 6, 6), steps=STEPS)
    x = (rng.random((STEPS, 2, 6, 6)) < 0.2).astype(float)
    padded = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(2, 3))
    cell = snn("Leaky", beta=0.8)
    into = stand_in("", "Given", weight=np.eye(144), bias=None)
    maps = np.einsum("tcyxij,ocij->toyx", windows, weight.astype(float)).reshape(STEPS, -1)
    hidden = spikes_of(step_leaky, into, cell, maps)
    pooled = hidden.reshape(STEPS, 4, 3, 2, 3, 2).mean(axis=(3, 5)).reshape(STEPS, -1)
    events = sg.Events.from_dense(x[None].astype(int))
    assert np.array_equal(network.raster(events, 0), hidden)
    assert np.array_equal(network.raster(events, 1), spikes_of(step_leaky, last, cell, pooled))
    assert float(network.config["layers.1.link.dropout"]) == 0.25


def test_norse_gives_the_step_and_readouts():
    network = sg.from_torch([linear(INPUTS, HIDDEN, 1, 1), norse("LIFCell", dt=5e-4), linear(HIDDEN, 3, 1, 2), norse("LICell", dt=5e-4)])
    assert network.config["dt"] == "0.5 ms" and network.config["layers.0.neuron.tau_mem"] == "10 ms"
    assert network.config["loss.kind"] == "mean_ce" and network.layer(1)["neuron"] == "cuba_li"


class _Trained(float):
    requires_grad = True


def test_trained_constants_stay_trained():
    network = sg.from_torch([linear(INPUTS, HIDDEN, 1, 1), snn("Leaky", beta=_Trained(0.9))])
    assert network.config["layers.0.neuron.train.tau_mem"] == "true"
    assert network.parameters[0]["raw_tau_mem"] == pytest.approx(np.log(9), rel=1e-6)


# ----------------------------------------------------------------------------------------------------- surrogates


def made_by_snntorch(name, **parameters):
    """What a function of snntorch.surrogate makes: a function with its parameters in its closure."""
    words = ", ".join(parameters)
    names = {"__name__": "snntorch.surrogate"}
    exec("def %s(%s):\n    def inner(x): return (x, %s)\n    return inner" % (name, words, words), names)
    return names[name](**parameters)


def leaky(name, **parameters):
    return snn("Leaky", beta=0.9, spike_grad=made_by_snntorch(name, **parameters))


def lif(method, alpha):
    return norse("LIFCell", method=method, alpha=alpha)


def if_node(name, **parameters):
    return jelly("IFNode", surrogate_function=stand_in("spikingjelly", name, spiking=True, **parameters))


def sigmoid_slope(k, u):
    share = 1 / (1 + np.exp(-k * u))
    return k * share * (1 - share)


# A module, and the derivative that its program takes, written out.
SURROGATES = {
    "snntorch atan": (leaky("atan", alpha=3.0), lambda u: 1.5 / (1 + (np.pi / 2 * 3 * u) ** 2)),
    "snntorch fast_sigmoid": (leaky("fast_sigmoid", slope=25), lambda u: 1 / (25 * abs(u) + 1) ** 2),
    "snntorch sigmoid": (leaky("sigmoid", slope=5), lambda u: sigmoid_slope(5, u)),
    "snntorch heaviside": (leaky("heaviside", unused=0), lambda u: 1.0 * (u > 0)),
    "snntorch straight_through_estimator": (leaky("straight_through_estimator", unused=0), np.ones_like),
    "norse super": (lif("super", 100.0), lambda u: 1 / (abs(u) + 1) ** 2),
    "norse triangle": (lif("triangle", 0.4), lambda u: 0.4 * np.maximum(0, 1 - abs(u))),
    "norse tanh": (lif("tanh", 2.0), lambda u: 1 - np.tanh(2 * u) ** 2),
    "norse heavi_erfc": (lif("heavi_erfc", 3.0), lambda u: 2 * np.exp(-((3 * u) ** 2)) / np.sqrt(np.pi)),
    "ATan": (if_node("ATan", alpha=2.5), lambda u: 1.25 / (1 + (np.pi * 1.25 * u) ** 2)),
    "Sigmoid": (if_node("Sigmoid", alpha=4.0), lambda u: sigmoid_slope(4, u)),
    "PiecewiseQuadratic": (if_node("PiecewiseQuadratic", alpha=1.5), lambda u: np.maximum(0, 1.5 - 1.5**2 * abs(u))),
    "PiecewiseExp": (if_node("PiecewiseExp", alpha=1.5), lambda u: 0.75 * np.exp(-1.5 * abs(u))),
    "Erf": (if_node("Erf", alpha=2.0), lambda u: 2 / np.sqrt(np.pi) * np.exp(-((2 * u) ** 2))),
    "Rect": (if_node("Rect", alpha=1.5), lambda u: 1.5 * (abs(u) < 0.5 / 1.5)),
    "PiecewiseLeakyReLU": (if_node("PiecewiseLeakyReLU", w=0.7, c=0.0), lambda u: (abs(u) < 0.7) / 1.4),
    "LeakyKReLU": (if_node("LeakyKReLU", leak=0.0, k=1.0), lambda u: 1.0 * (u >= 0)),
    "SoftSign": (if_node("SoftSign", alpha=2.0), lambda u: 1 / (4 * (0.5 + abs(u)) ** 2)),
    "SuperSpike": (if_node("SuperSpike", alpha=1.0), lambda u: 1 / (abs(u) + 1) ** 2),
    "QPseudoSpike": (if_node("QPseudoSpike", alpha=2.0), lambda u: (1 + 2 * abs(u)) ** -2),
    "DeterministicPass": (if_node("DeterministicPass"), np.ones_like),
}


@pytest.mark.parametrize("name", SURROGATES)
def test_surrogates_are_those_of_the_program(name):
    module, derivative = SURROGATES[name]
    notes = []
    network = sg.from_torch([linear(9, 9, 1, 1), module], report=notes.append)
    parts = ("kind", "k", "width", "gain")
    u = np.linspace(-1.93, 1.97, 400)
    found = sg.surrogate({part: network.config["layers.0.surrogate." + part] for part in parts}, u)
    assert np.allclose(found, derivative(u), atol=1e-5) and not notes


@pytest.mark.parametrize(
    "module, line",
    [
        (leaky("spike_rate_escape", beta=1, slope=25), "module 1 (snntorch.Leaky): surgrad has no surrogate spike_rate_escape, "),
        (snn("Leaky", beta=0.9, spike_grad=sorted), "surgrad has no surrogate sorted"),
        (lif("circ", 1.0), "module 1 (norse.LIFCell): surgrad has no surrogate circ, and takes its own, relu"),
        (lif("tanh", 100.0), "surgrad has no surrogate tanh"),
        (if_node("SoftSign", alpha=3.0), "module 1 (spikingjelly.IFNode): surgrad has no surrogate SoftSign"),
        (if_node("LeakyKReLU", leak=0.1, k=1.0), "surgrad has no surrogate LeakyKReLU"),
    ],
)
def test_surrogates_that_stay_behind_are_told(module, line):
    notes = []
    network = sg.from_torch([linear(9, 9, 1, 1), module], report=notes.append)
    assert len(notes) == 1 and line in notes[0] and network.config["layers.0.surrogate.kind"] == "relu"
    chosen = {"layers.0.surrogate": {"kind": "triangle", "width": 2}}
    assert sg.from_torch([linear(9, 9, 1, 1), module], options=chosen).config["layers.0.surrogate.kind"] == "triangle"


def test_resets_are_differentiated_as_there():
    for module, expected in (
        (snn("Leaky", beta=0.9), "false"),
        (norse("LIFCell"), "true"),
        (jelly("IFNode", detach_reset=False), "true"),
        (jelly("LIFNode", tau=5.0, decay_input=True, detach_reset=True), "false"),
    ):
        network = sg.from_torch([linear(9, 9, 1, 1), module])
        assert network.config["layers.0.neuron.reset_gradient"] == expected


REFUSED = {
    r"module 1 \(snntorch.Alpha\): surgrad cannot compute it": [linear(9, 9, 1, 1), snn("Alpha")],
    r"module 0 \(torch.BatchNorm1d\): surgrad cannot": [stand_in("torch", "BatchNorm1d")],
    r"module 1 \(mine.Linear\): surgrad cannot": [linear(9, 9, 1, 1), stand_in("mine", "Linear")],
    r"module 1.0 \(snntorch.Leaky\): inhibition": [linear(9, 9, 1, 1), sequential(snn("Leaky", beta=0.9, inhibition=True))],
    r"graded_spikes_factor": [linear(9, 9, 1, 1), snn("Leaky", beta=0.9, graded_spikes_factor=2.0)],
    r"v_reset is -1.0 and v_leak 0.0": [linear(9, 9, 1, 1), norse("LIFCell", v_reset=-1.0)],
    r"decay of its membrane is 1.*expected from 0 to below 1": [linear(9, 9, 1, 1), snn("Synaptic", alpha=0.5, beta=1.0)],
    r"module 1 .spikingjelly.IFNode.: surrogate_function is a PoissonPass": [linear(9, 9, 1, 1), if_node("PoissonPass")],
    r"is a Erf that is no step, expected one with spiking=True": [
        linear(9, 9, 1, 1), jelly("IFNode", surrogate_function=stand_in("spikingjelly", "Erf", spiking=False))],
    r"no link before the neurons": [snn("Leaky", beta=0.9)],
    r"a second link stands after a link": [linear(9, 9, 1, 1), linear(9, 9, 1, 1)],
    r"chain ends without neurons": [linear(9, 9, 1, 1), snn("Leaky", beta=0.9), linear(9, 9, 1, 1)],
}  # fmt: skip


@pytest.mark.parametrize("line", REFUSED)
def test_what_cannot_be_computed_is_refused(line):
    with pytest.raises(sg.ModelError, match=line):
        sg.from_torch(REFUSED[line])


def test_a_module_without_an_order_is_refused():
    with pytest.raises(sg.ModelError, match=r"found mine.Net, expected a torch.nn.Sequential"):
        sg.from_torch(stand_in("mine", "Net"))


def test_maps_are_not_flat():
    conv = stand_in("torch", "Conv2d", weight=np.ones((1, 1, 3, 3)), bias=None)
    with pytest.raises(sg.ModelError, match="inputs=.maps, height, width."):
        sg.from_torch([conv])
    with pytest.raises(sg.ModelError, match="expected a Flatten"):
        sg.from_torch([linear(9, 9, 1, 1)], inputs=(1, 3, 3))
    pool = stand_in("torch", "MaxPool2d", kernel_size=3, stride=2, padding=0)
    with pytest.raises(sg.ModelError, match="stride is 2, expected that of its window, 3"):
        sg.from_torch([pool], inputs=(1, 9, 9))


def test_torch_is_not_imported():
    # In a process of its own, as another test may have.
    import subprocess

    code = "import surgrad, sys; assert not {'torch', 'snntorch', 'norse', 'spikingjelly'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_real_modules():
    torch = pytest.importorskip("torch")
    snntorch = pytest.importorskip("snntorch")
    torch.manual_seed(1)
    cells = [snntorch.Leaky(beta=0.9, init_hidden=True) for _ in range(2)]
    net = torch.nn.Sequential(torch.nn.Linear(INPUTS, HIDDEN), cells[0], torch.nn.Linear(HIDDEN, OUTPUTS), cells[1])
    with torch.no_grad():
        net[0].weight *= 4
        net[2].weight *= 4
        expected = np.array([net(torch.tensor(now[None], dtype=torch.float32)).numpy()[0] for now in X])
    assert expected.sum() > 20
    assert np.array_equal(raster(sg.from_torch(net, steps=STEPS), X, 1), expected)
