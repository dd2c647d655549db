import os
import signal
import threading
import time

import numpy as np
import pytest

import surgrad as sg


def test_a_step_is_a_gradient_and_its_application(network, events):
    other = network.copy()
    one, two = sg.Trainer(network), sg.Trainer(other)
    step = one.step(events)
    gradient = two.gradient(events)
    assert gradient.loss == step.loss and two.apply() == pytest.approx(step.gradient_norm)
    assert (network.weights[0] == other.weights[0]).all() and one.steps == two.steps == 1


def test_a_data_set_is_its_training_part(network, events):
    data = sg.Data.split(events, test=0.5, seed=2)
    one, two = sg.Trainer(network), sg.Trainer(network.copy())
    assert one.step(data) == two.step(events, data.train)
    assert (one.forward(data) == two.forward(events, data.train)).all()
    with pytest.raises(sg.DataError, match="found ndarray, expected Events"):
        one.step(np.zeros((2, 30, 20)))


def test_an_own_loss(network, events):
    trainer, labels = sg.Trainer(network), events.labels
    trainer.gradient(events)
    expected = trainer.get_gradient(0)
    outputs = trainer.forward(events)
    probability = np.exp(outputs) / np.exp(outputs).sum(axis=1, keepdims=True)
    trainer.backward(events, None, (probability - np.eye(2)[labels]) / len(events))
    assert np.allclose(trainer.get_gradient(0), expected, atol=1e-6)


def test_an_own_optimiser(network, events):
    trainer = sg.Trainer(network)
    before = trainer.gradient(events).loss
    for _ in range(20):
        trainer.gradient(events)
        for layer in range(2):
            network.weights[layer] = network.weights[layer] - 0.5 * trainer.get_gradient(layer)
    assert trainer.gradient(events).loss < before


def test_checkpoints_go_on_with_the_same_bits(network, events, tmp_path):
    one = sg.Trainer(network)
    one.step(events)
    one.save(tmp_path / "checkpoint.h5")
    other = network.copy()
    two = sg.Trainer(other)
    two.load(tmp_path / "checkpoint.h5")
    one.step(events)
    two.step(events)
    assert (network.weights[0] == other.weights[0]).all()
    with pytest.raises(sg.ArgumentError, match="there is no gradient"):
        one.apply()


def test_other_threads_run_during_a_long_call(network, events):
    count = 0
    done = threading.Event()

    def work():
        nonlocal count
        while not done.is_set():
            count += 1
            time.sleep(0.001)

    thread = threading.Thread(target=work)
    thread.start()
    network.fit(events, epochs=300, batch=20)
    done.set()
    thread.join()
    assert count > 5


def test_ctrl_c_ends_a_run(network, events):
    threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        network.fit(events, epochs=1000000, batch=20)
    assert time.monotonic() - began < 10
    assert network.evaluate(events).samples == 40


@pytest.mark.skipif("asan" in os.environ.get("LD_PRELOAD", ""), reason="the sanitizer keeps what was given back")
def test_thousands_of_networks_leave_nothing(layers, events):
    resident = lambda: int(open("/proc/self/statm").read().split()[1]) * os.sysconf("SC_PAGE_SIZE")  # noqa: E731
    sizes = []
    for i in range(1200):
        network = sg.Network(layers, inputs=20, steps=30, dt="1 ms")
        sg.Trainer(network, threads=1).step(events)
        if i in (200, 1199):
            sizes.append(resident())
    assert sizes[1] - sizes[0] < 2 << 20


def test_gradients_are_proved():
    good, rows = sg.check_gradients(sg.Config("randman"))
    assert good and rows[0].group == "weights" and max(r.kernel_error for r in rows) < 1e-4


def test_gradients_by_layer(network, events):
    trainer = sg.Trainer(network)
    trainer.gradient(events)
    assert [list(groups) for groups in trainer.gradients] == [["weights"], ["weights"]]
    for layer, groups in enumerate(trainer.gradients):
        assert groups["weights"].any() and (groups["weights"] == trainer.get_gradient(layer)).all()


STREAM, PARTS, WIDE = 120, 4, 8


def stream_of(loss, **data):
    """A network that learns forward in time, and the store of a stream of STREAM steps as one sample or as parts."""
    layers = [
        sg.Layer(9, neuron={"kind": "alif", "tau_mem": "12 ms"}, surrogate="fast_sigmoid", recurrent="own"),
        sg.Layer(2, neuron={"kind": "li", "tau_mem": "15 ms"}),
    ]
    options = {"loss": {"kind": loss}, "rule": "eprop", "eprop": {"form": "online"}}
    spikes = np.random.default_rng(6).random((STREAM, WIDE)) < 0.3

    def store(parts):
        by_part = {name: values.reshape(parts, STREAM // parts, *values.shape[1:]) for name, values in data.items()}
        return sg.Events.from_dense(spikes.reshape(parts, -1, WIDE).astype(int), **by_part)

    def network(steps):
        return sg.Network(layers, inputs=WIDE, steps=steps, dt="1 ms", seed=4, options=options)

    return network, store


STEP_TARGETS = {
    "step_ce": {"labels": np.arange(STREAM) // 7 % 2},
    "step_mse": {"targets": np.stack([np.sin(0.1 * np.arange(STREAM)), np.ones(STREAM)], axis=1)},
}


@pytest.mark.parametrize("loss", STEP_TARGETS)
def test_a_stream_is_learned_in_parts(loss):
    network, store = stream_of(loss, **STEP_TARGETS[loss])
    whole, parts = sg.Trainer(network(STREAM)), sg.Trainer(network(STREAM // PARTS))
    expected = whole.gradient(store(1))
    found, losses = 0, []
    for part in range(PARTS):
        losses.append(parts.gradient_part(store(PARTS), part, begins=part == 0).loss)
        found = found + parts.get_gradient(0) / PARTS
    assert np.mean(losses) == pytest.approx(expected.loss, rel=1e-6) and losses[0] != losses[1]
    assert np.allclose(found, whole.get_gradient(0), atol=1e-6 * np.abs(found).max()) and found.any()
    parts.gradient_part(store(PARTS), 1, begins=True)
    from_rest = parts.get_gradient(0)
    parts.gradient_part(store(PARTS), 0, begins=True)
    parts.gradient_part(store(PARTS), 1, begins=False)
    assert not np.allclose(from_rest, parts.get_gradient(0), atol=1e-3 * np.abs(from_rest).max())


def test_a_stream_is_learned_between_steps():
    network, store = stream_of("step_mse", **STEP_TARGETS["step_mse"])
    trainer, parts = sg.Trainer(network(STREAM // PARTS)), store(PARTS)
    losses = []
    for turn in range(60):
        for part in range(PARTS):
            losses.append(trainer.gradient_part(parts, part, begins=turn == part == 0).loss)
            trainer.apply()
    assert trainer.steps == 240 and np.mean(losses[-4:]) < 0.7 * np.mean(losses[:4])


def test_streams_that_cannot_be(network, events):
    with pytest.raises(sg.ConfigError, match="eprop"):
        sg.Trainer(network).gradient_part(events, 0, begins=True)
    able, store = stream_of("step_ce", **STEP_TARGETS["step_ce"])
    trainer, parts = sg.Trainer(able(STREAM // PARTS)), store(PARTS)
    with pytest.raises(sg.ArgumentError, match="stream"):
        trainer.gradient_part(parts, 0, begins=False)
    with pytest.raises(sg.ArgumentError, match="found 2 samples, expected the number of one"):
        trainer.gradient_part(parts, [0, 1], begins=True)
    with pytest.raises(sg.OutOfRangeError, match="samples: found 4"):
        trainer.gradient_part(parts, 4, begins=True)


def test_rules_are_compared():
    good, rows = sg.compare_rules(sg.Config("fast"))
    assert good and {row.rule for row in rows} == set(sg.options()["rule"]["choices"])
    by_name = {(row.rule, row.setting, row.layer): row for row in rows if row.refused is None}
    symmetric = by_name["eprop", "eprop.feedback=symmetric", 0]
    assert symmetric.is_bptt and symmetric.cosine == pytest.approx(1) and symmetric.difference < 1e-6
    assert by_name["eprop", "eprop.feedback=random", 0].cosine < 0.9
    refused = [row for row in rows if row.refused]
    assert refused and all(row.group == "" and np.isnan(row.cosine) for row in refused)
    assert any("order eventprop" in row.refused for row in refused)


@pytest.mark.parametrize("recipe", sg.recipes())
def test_what_a_configuration_shows_makes_it(recipe):
    config = sg.Config(recipe)
    again = eval(repr(config), {"Config": sg.Config})
    assert dict(again) == dict(config) and again == config


def test_configurations(tmp_path):
    config = sg.Config("randman", {"optimiser": {"lr": 0.5}})
    assert config["optimiser.lr"] == "0.5" and config == config.copy()
    assert sg.Config.from_yaml(config.to_yaml()) == config
    assert "optimiser.lr" in config and "layers.1.size" in config and "layers.2.size" not in config and 3 not in config
    assert config.layers == 2 and config.get("layers.2.size", "none") == "none" and len(config) == len(dict(config))
    assert config.changed()["optimiser.lr"] == "0.5" and "optimiser.beta1" not in config.changed()
    with pytest.raises(sg.ConfigError, match="optimiser.lr"):
        config["optimiser.lr"] = -1
    assert sg.options()["optimiser.lr"]["type"] == "number"
    assert "adam" in sg.options()["optimiser.kind"]["choices"]
    with pytest.warns(sg.SurgradWarning, match="chance"):
        result = sg.train(sg.Config("randman", {"epochs": 1, "data": {"samples": 50}}), folder=tmp_path / "run")
    assert (tmp_path / "run" / "model.h5").exists() and result.last.epoch == 1
