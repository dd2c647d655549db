import numpy as np
import pytest

import surgrad as sg


@pytest.fixture
def events():
    """Forty samples of two classes, which different channels tell apart."""
    rng = np.random.default_rng(1)
    sample = np.repeat(np.arange(40), 15)
    label = np.arange(40) % 2
    channel = rng.integers(0, 10, sample.size) + 10 * label[sample]
    with pytest.warns(sg.SurgradWarning, match="fall on another one"):
        return sg.Events.from_arrays(rng.uniform(0, 30, sample.size), channel, sample, label, steps=30, channels=20)


@pytest.fixture
def layers():
    hidden = sg.Layer(16, neuron="cuba_lif", surrogate="fast_sigmoid", link={"weights": "normal", "sd": 0.3})
    return [hidden, sg.Layer(2, neuron="li")]


@pytest.fixture
def network(layers, events):
    return sg.Network(layers, inputs=events.channels, steps=events.steps, dt="1 ms")
