import copy
import os
import pickle

import numpy as np
import pytest

import surgrad as sg


def test_a_network_learns(layers, events):
    network = sg.Network(layers)
    seen = []
    result = network.fit(events, epochs=20, lr=0.02, batch=10, on_epoch=seen.append, seed=3)
    assert len(result) == 20 and result.epochs == seen
    assert result.last.train_loss < 0.5 * result.epochs[0].train_loss
    assert result.last.test_accuracy is None and result.last.validation_accuracy is None
    assert network.score(events) == 1
    assert (network.predict(events) == events.labels).all()
    assert result.arrays()["train_loss"].shape == (20,)


def test_parts_are_shares_or_stores(layers, events):
    network = sg.Network(layers)
    result = network.fit(events[:30], epochs=3, validation=0.2, test=events[30:], lr=0.02)
    assert result.last.validation_accuracy is not None and result.last.test_accuracy is not None
    with pytest.raises(sg.DataError, match="a share of the samples is 1"):
        network.fit(events, validation=1.0)


def test_the_best_epoch_is_kept(layers, events):
    network = sg.Network(layers)
    data = sg.Data.split(events, validation=0.5)
    result = network.fit(data, epochs=12, lr=0.01)
    kept = network.evaluate(events, data.validation)
    assert kept.loss == result.best.validation_loss and kept.accuracy == result.best.validation_accuracy
    assert result.best.validation_accuracy == max(e.validation_accuracy for e in result)


def test_a_folder_keeps_the_run(layers, events, tmp_path):
    network = sg.Network(layers)
    network.fit(events, epochs=2, folder=tmp_path / "run")
    other = sg.load(tmp_path / "run" / "model.h5")
    assert (other.weights[0] == network.weights[0]).all()
    other.fit(events, epochs=1)
    with pytest.raises(sg.WriteError, match="run"):
        network.fit(events, epochs=1, folder=tmp_path / "run")


def test_training_goes_on_from_the_weights_in_hand(network, events):
    before = network.evaluate(events).loss
    network.fit(events, epochs=5, lr=0.01)
    between = network.evaluate(events).loss
    network.fit(events, epochs=5, lr=0.01)
    assert network.evaluate(events).loss < between < before


def test_the_same_bits_for_any_number_of_threads(layers, events):
    weights = []
    for threads in (1, 2, 3):
        network = sg.Network(layers)
        network.fit(events, epochs=2, threads=threads, seed=5)
        weights.append(network.weights[0])
    assert (weights[0] == weights[1]).all() and (weights[0] == weights[2]).all()


def test_own_weights(network, events):
    weights = np.arange(20 * 16, dtype=np.float32).reshape(20, 16)
    network.weights[0] = weights
    assert (network.weights[0] == weights).all()
    assert network.parameters[0].keys() == ["weights"]
    with pytest.raises(sg.ArgumentError, match=r"found shape \(16, 20\), expected \(20, 16\)"):
        network.weights[0] = weights.T
    with pytest.raises(KeyError, match="layer 0 has no 'bias'"):
        network.parameters[0]["bias"]


def test_what_neurons_do(network, events):
    raster, membrane = network.raster(events, 0, 3), network.membrane(events, 0, 3)
    assert raster.shape == membrane.shape == (30, 16)
    assert ((membrane > 1) == raster.astype(bool)).all()
    records = network.record(events, [3, 4])
    assert (records[0].raster[0] == raster).all() and (records[0].membrane[0] == membrane).all()
    evaluation = network.evaluate(events)
    assert evaluation.confusion.sum() == 40
    assert evaluation.spikes_per_sample[0] == pytest.approx(network.record(events)[0].raster.sum() / 40)


def test_outputs_are_the_mean_membrane(network, events):
    mean = network.record(events, layers=[1])[1].membrane.mean(axis=1)
    assert np.allclose(network.outputs(events), mean, atol=1e-6)
    probability = network.probabilities(events)
    assert np.allclose(probability.sum(axis=1), 1) and (probability.argmax(axis=1) == network.predict(events)).all()


def test_the_input_gradient_is_that_of_the_outputs(network, events):
    one = np.zeros((2, 2))
    one[:, 1] = 1
    by_inputs = network.input_gradient(events, [0, 1], by_outputs=one)
    assert by_inputs.shape == (2, 30, 20) and np.abs(by_inputs).max() > 0
    # A loss of this derivative by the outputs gives the sum of both.
    other = network.input_gradient(events, [0, 1], by_outputs=1 - one)
    both = network.input_gradient(events, [0, 1], by_outputs=np.ones((2, 2)))
    assert np.allclose(by_inputs + other, both, atol=1e-5)
    with pytest.raises(sg.ArgumentError, match="by_outputs: found shape"):
        network.input_gradient(events, [0], by_outputs=one)


def test_models_are_kept(network, events, tmp_path):
    network.save(tmp_path / "model.h5")
    for other in (
        sg.load(tmp_path / "model.h5"), pickle.loads(pickle.dumps(network)), copy.deepcopy(network), network.copy()
    ):  # fmt: skip
        assert (other.outputs(events) == network.outputs(events)).all()
        other.weights[0] = np.zeros((20, 16))
        assert network.weights[0].any()
    with pytest.raises(sg.ModelError):
        sg.load(tmp_path / "none.h5")


def test_a_convolution(events):
    rng = np.random.default_rng(0)
    images = sg.Events.from_dense(rng.random((8, 10, 1, 12, 12)) < 0.1, np.arange(8) % 2)
    network = sg.Network(
        [sg.Layer(link={"kind": "conv2d", "channels": 4, "kernel": 3}), sg.Layer(2, neuron="li", link={"pool": "max"})]
    )
    network.fit(images, epochs=1)
    assert network.layer(0)["out"] == (4, 10, 10) and network.weights[0].shape == (9, 4)


def test_a_last_layer_that_fires(layers, events):
    network = sg.Network([layers[0], sg.Layer(2, neuron="lif", surrogate="fast_sigmoid")])
    network.fit(events, epochs=1)
    assert network.config["loss.kind"] == "count_ce"
    assert np.allclose(network.outputs(events), network.record(events)[1].raster.sum(axis=1))
    assert sg.Network(layers).config["loss.kind"] == "mean_ce"


def test_errors_are_the_librarys_lines(layers, events):
    with pytest.raises(sg.ConfigError, match="neuron.kind"):
        sg.Network([sg.Layer(3, neuron="lof")])
    with pytest.raises(sg.ConfigError, match="did you mean|nearest|unknown|optimiser"):
        sg.Network(layers).fit(events, optimizr="adam")
    with pytest.raises(sg.ArgumentError, match="does not know its inputs"):
        sg.Network(layers).predict(events)
    with pytest.raises(sg.DataError, match="expected Events"):
        sg.Network(layers, inputs=20, steps=30, dt="1 ms").predict(np.zeros((3, 4)))
    assert issubclass(sg.ConfigError, ValueError)


def test_what_a_callback_raises_ends_the_run(layers, events):
    class Enough(Exception):
        pass

    def stop(epoch):
        if epoch.epoch == 3:
            raise Enough

    network = sg.Network(layers)
    with pytest.raises(Enough):
        network.fit(events, epochs=100000, on_epoch=stop)
    assert network.evaluate(events).samples == 40  # it has the weights of then


def test_reprs(layers, events, network):
    assert "not built yet" in repr(sg.Network(layers))
    assert "20-16-2" in repr(network) and "<table>" in network._repr_html_()
    assert "40 samples" in repr(events)
    assert "Layer(16, neuron=" in repr(layers[0])
    assert "<table>" in network.fit(events, epochs=1)._repr_html_()


def _resident_kb() -> int:
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))


@pytest.mark.skipif(
    not os.path.exists("/proc/self/status") or "asan" in os.environ.get("LD_PRELOAD", ""),
    reason="the system tells no memory, or a sanitizer keeps what is freed",
)
def test_many_networks_leave_nothing(layers, events):
    for i in range(600):
        if i == 200:
            before = _resident_kb()
        net = sg.Network(layers)
        net.fit(events, epochs=1, threads=1)
        net.predict(events, threads=1)
    assert _resident_kb() - before < 4000  # 400 networks, runs and predictions: not 10 kB is left of each
