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
    with pytest.raises(sg.ConfigError, match="fit: unknown word 'optimizer'; did you mean 'optimiser'"):
        sg.Network(layers).fit(events, optimizer="adam")
    with pytest.raises(sg.ConfigError, match="Layer: unknown word 'nuron'; did you mean 'neuron'"):
        sg.Layer(3, nuron="lif")
    with pytest.raises(sg.ConfigError, match="Layer: unknown word 'x'; expected one of size, .*surrogate"):
        sg.Layer(3, x=1)
    assert sg.Layer(3, **{"link.bias": True}).options() == {"size": "3", "link.bias": "true"}
    with pytest.raises(sg.ConfigError, match="did you mean 'optimiser.lr'"):
        sg.Network(layers).fit(events, optimiser={"lt": 1})
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


@pytest.mark.parametrize(
    "use",
    [
        lambda net, events: net.weights[2],
        lambda net, events: net.layer(-3),
        lambda net, events: net.raster(events, layer=2),
        lambda net, events: net.membrane(events, layer=-3),
        lambda net, events: net.record(events, [0], layers=[0, 2]),
        lambda net, events: sg.Trainer(net).get_gradient(2),
    ],
)
def test_layers_that_there_are_not(use, network, events):
    with pytest.raises(sg.OutOfRangeError, match="of a network of 2, expected -2 to 1"):
        use(network, events)


def test_layers_are_counted_from_the_end_too(network, events):
    assert (network.weights[-1] == network.weights[1]).all() and network.layer(-1) == network.layer(1)
    assert (network.raster(events, layer=-2, sample=3) == network.raster(events, layer=0, sample=3)).all()
    assert (network.membrane(events, layer=-1) == network.membrane(events, layer=1)).all()
    assert list(network.record(events, [0], layers=[-1])) == [1]


def test_wrong_arguments_are_told(layers, events):
    for wrong in (layers[0], [8, 2], 8):
        with pytest.raises(sg.ArgumentError, match="layers: found (Layer|int), expected a list of Layer"):
            sg.Network(wrong)
    for wrong in (3.5, (1, 28), 0, "20"):
        with pytest.raises(sg.ArgumentError, match="inputs: found .*, expected a number above 0, or"):
            sg.Network(layers, inputs=wrong)
    assert sg.Network(layers, inputs=np.int64(20)).sizes == [16, 2]
    network = sg.Network(layers)
    with pytest.raises(sg.DataError, match="found ndarray, expected Events"):
        network.fit(np.zeros((3, 30, 20)))
    with pytest.raises(sg.DataError, match="has its parts already"):
        network.fit(sg.Data.split(events, test=0.5), validation=0.2)


def test_the_seed_of_parts_may_be_0(layers, events):
    chosen = []
    sg.Network(layers).fit(events, epochs=1, validation=0.5, seed=0, on_epoch=lambda e: chosen.append(e.validation_loss))
    split = sg.Data.split(events, validation=0.5, seed=0)
    sg.Network(layers).fit(split, epochs=1, seed=0, on_epoch=lambda e: chosen.append(e.validation_loss))
    assert chosen[0] == chosen[1]


def test_reprs(layers, events, network):
    assert repr(sg.Network(layers)) == "Network(16 cuba_lif, 2 li; not built yet: its inputs come with the data)"
    assert repr(network.weights) == "Weights(20x16, 16x2)"
    evaluation = network.evaluate(events)
    assert repr(evaluation).startswith("Evaluation(40 samples, accuracy %.4f, loss" % evaluation.accuracy)
    spikes = network.record(events, [0])[0].raster.sum()
    assert repr(network.record(events, [0])[0]) == "Record(1 samples, 30 steps, 16 neurons, %d spikes)" % spikes
    assert repr(sg.Trainer(network)) == "Trainer(%r, 0 steps done)" % network
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
