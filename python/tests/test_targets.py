"""Targets other than a label of each sample: numbers, several classes, a class of each step, spike trains."""

import copy
import pickle

import numpy as np
import pytest

import surgrad as sg

SAMPLES, STEPS, CHANNELS = 24, 12, 6


def spikes(seed=1, samples=SAMPLES):
    return (np.random.default_rng(seed).random((samples, STEPS, CHANNELS)) < 0.3).astype(np.uint8)


def read_out(outputs, loss, **more):
    layer = sg.Layer(outputs, neuron={"kind": "li", "tau_mem": "5 ms"})
    options = {"loss": {"kind": loss, **more}}
    return sg.Network([layer], inputs=CHANNELS, steps=STEPS, dt="1 ms", options=options)


def numbers(*shape):
    values = np.random.default_rng(3).normal(size=shape).astype(np.float32)
    values.reshape(-1)[[1, 4]] = np.nan, 0
    return values


# ----------------------------------------------------------------------------------------------------- in and out


@pytest.mark.parametrize("shape", [(SAMPLES, 3), (SAMPLES, STEPS, 3), (SAMPLES, 1)])
def test_numbers_come_back(shape, tmp_path):
    wanted = numbers(*shape)
    data = sg.Events.from_dense(spikes(), targets=wanted)
    assert data.has_targets and (data.labels == -1).all()
    data.save(tmp_path / "targets.h5")
    for same in (data, sg.Events.load(tmp_path / "targets.h5"), pickle.loads(pickle.dumps(data)), copy.deepcopy(data)):
        assert np.array_equal(same.targets, wanted, equal_nan=True) and same.targets.dtype == np.float32
    some = data[[5, 0, 7]]
    assert np.array_equal(some.targets, wanted[[5, 0, 7]], equal_nan=True)
    both = np.concatenate([wanted, wanted[[5, 0, 7]]])
    assert np.array_equal(sg.concatenate([data, some]).targets, both, equal_nan=True)


def test_one_number_for_each_sample():
    wanted = np.arange(SAMPLES)
    assert (sg.Events.from_dense(spikes(), targets=wanted).targets == wanted[:, None]).all()


def test_targets_of_events_and_of_numbers():
    wanted = numbers(2, 3)
    data = sg.Events.from_arrays([0, 5, 3], [0, 1, 1], [0, 1, 1], targets=wanted, steps=STEPS)
    assert len(data) == 2 and np.array_equal(data.targets, wanted, equal_nan=True)
    data = sg.Events.from_numbers(np.ones((2, 3)), targets=wanted, steps=STEPS)
    assert data.constant and np.array_equal(data.targets, wanted, equal_nan=True)


def test_a_class_of_each_step_comes_back(tmp_path):
    classes = np.random.default_rng(4).integers(-1, 3, (SAMPLES, STEPS))
    data = sg.Events.from_dense(spikes(), classes)
    data.save(tmp_path / "classes.h5")
    for same in (data, sg.Events.load(tmp_path / "classes.h5"), pickle.loads(pickle.dumps(data))):
        assert (same.step_labels == classes).all() and (same.labels == -1).all()
    assert data.classes == 3 and (data[3:5].step_labels == classes[3:5]).all()
    fewer = sg.Events.from_dense(spikes(), np.minimum(classes, 1))
    assert (sg.concatenate([data, fewer]).step_labels[SAMPLES:] == np.minimum(classes, 1)).all()
    names = np.array(["rest", "left", "right", "none"])[classes + 1]
    named = sg.Events.from_dense(spikes(), names)
    assert named.class_names == ["left", "none", "rest", "right"]
    assert (np.array(named.class_names)[named.step_labels] == names).all()
    assert (sg.Events.from_dense(spikes(), np.zeros(SAMPLES, int)).step_labels == -1).all()


def test_spike_trains_come_back():
    trains = sg.Events.from_dense(spikes(2))
    data = sg.Events.from_dense(spikes(), targets=trains)
    assert (data.targets.to_dense() == spikes(2)).all() and (data[4:6].targets.to_dense() == spikes(2)[4:6]).all()
    del trains
    assert (pickle.loads(pickle.dumps(data)).targets.to_dense() == spikes(2)).all()
    with pytest.raises(sg.DataError, match="the targets are spike trains, expected a class of each step"):
        data.step_labels


def test_stores_without_targets():
    data = sg.Events.from_dense(spikes(), np.zeros(SAMPLES, int))
    assert data.targets is None and not data.has_targets
    with pytest.raises(sg.DataError, match="some stores have targets and some have none"):
        sg.concatenate([data, sg.Events.from_dense(spikes(), targets=numbers(SAMPLES, 2))])


@pytest.mark.parametrize(
    "given, message",
    [
        ({"targets": np.zeros((3, 2))}, r"targets have shape \(3, 2\), expected \(24, N\) for whole samples, or \(24, 12, N\)"),
        ({"targets": np.zeros((24, 5, 2))}, r"targets have shape \(24, 5, 2\)"),
        ({"targets": np.full((24, 2), np.inf)}, r"a target at \(0, 0\) is infinite"),
        ({"targets": ["a"] * 24}, "targets are no array of numbers"),
        ({"labels": np.zeros((24, 5), int)}, r"labels have shape \(24, 5\), expected one for each of 24 samples, or \(24, 12\)"),
        ({"labels": np.zeros((24, 12))}, "labels are of float64"),
        ({"labels": np.zeros((24, 12), int), "targets": np.zeros(24)}, "labels of each step and targets, expected one"),
        ({"targets": sg.Events.from_dense(spikes(samples=3))}, "its targets have 3 samples of 12 steps, expected 24 of 12"),
    ],
)
def test_targets_that_do_not_fit(given, message):
    with pytest.raises(sg.DataError, match=message):
        sg.Events.from_dense(spikes(), **given)


# ------------------------------------------------------------------------------------------------------- learning


def taught(loss, outputs=2, **more):
    """A read-out that tells what another one does, data with this as targets, and the membranes of that (B, T, N)."""
    teacher = read_out(outputs, "mean_ce")
    teacher.weights[0] = np.random.default_rng(7).normal(0, 0.5, (CHANNELS, outputs))
    membranes = teacher.step_outputs(sg.Events.from_dense(spikes()))
    return read_out(outputs, loss, **more), membranes


def fit(network, data, epochs=400, **more):
    return network.fit(data, epochs=epochs, lr=0.03, batch=SAMPLES, **more)


@pytest.mark.parametrize("loss", ["step_mse", "mean_mse", "last_mse"])
def test_numbers_are_learned(loss):
    network, membranes = taught(loss)
    wanted = {"step_mse": membranes, "mean_mse": membranes.mean(axis=1), "last_mse": membranes[:, -1]}[loss]
    data = sg.Events.from_dense(spikes(), targets=wanted)
    before = network.score(data)
    result = fit(network, data)
    found = network.predict(data)
    assert found.shape == wanted.shape and np.allclose(found, wanted, atol=0.05)
    assert before < 0.9 < 0.99 < network.score(data) <= 1
    residual = ((wanted - found) ** 2).reshape(-1, 2).sum(axis=0)
    spread = ((wanted - wanted.reshape(-1, 2).mean(axis=0)) ** 2).reshape(-1, 2).sum(axis=0)
    assert network.score(data) == pytest.approx(np.mean(1 - residual / spread), abs=1e-6)
    assert network.score(data, [3, 5, 6]) > 0.9
    assert result.last.train_accuracy is None and "accuracy" not in repr(result) and "train mse" in repr(result)
    assert result.metric == "mse" and result.last.train_metric < result.epochs[0].train_metric
    evaluation = network.evaluate(data)
    assert evaluation.accuracy is None and evaluation.correct is None and "accuracy" not in repr(evaluation)
    assert evaluation.loss == pytest.approx(0.5 * ((wanted - found) ** 2).sum(axis=-1).mean(), rel=1e-4)


def test_what_is_no_number_does_not_count():
    network, membranes = taught("step_mse")
    wanted = np.where(np.arange(STEPS)[:, None] % 3 == 0, membranes, np.nan)
    wanted[2] = np.nan
    data = sg.Events.from_dense(spikes(), targets=wanted)
    fit(network, data)
    assert network.score(data) > 0.99
    assert np.isnan(network.score(data, [2]))
    assert np.allclose(network.predict(data), membranes, atol=0.05)


def test_whole_numbers_for_a_loss_of_steps():
    network, _ = taught("step_mse", 1)
    data = sg.Events.from_dense(spikes(), targets=np.zeros((SAMPLES, 1)))
    network.weights[0] = np.zeros((CHANNELS, 1))
    assert network.score(data) == 1 and network.predict(data).shape == (SAMPLES, STEPS, 1)


@pytest.mark.parametrize("loss", ["mean_bce", "step_bce"])
def test_several_classes_are_learned(loss):
    network, membranes = taught(loss, 3)
    there = (membranes if loss == "step_bce" else membranes.mean(axis=1)) > 0
    data = sg.Events.from_dense(spikes(), targets=there)
    before = network.score(data)
    fit(network, data)
    found = network.predict(data)
    assert set(np.unique(found)) == {0, 1} and network.score(data) == pytest.approx((found == there).mean())
    assert before < 0.8 and network.score(data) > 0.95 and network.evaluate(data).accuracy is None


def test_a_class_of_each_step_is_learned():
    network, membranes = taught("step_ce", 3)
    classes = membranes.argmax(axis=2)
    classes[:, 3] = -1
    data = sg.Events.from_dense(spikes(), classes)
    before = network.score(data)
    result = fit(network, data, validation=sg.Events.from_dense(spikes(), classes))
    right = (network.step_outputs(data).argmax(axis=2) == classes)[classes >= 0].mean()
    assert network.score(data) == pytest.approx(right) and before < 0.7 < 0.93 < right
    assert result.best.validation_accuracy is None and result.best.validation_loss < result.epochs[0].validation_loss
    assert network.predict(data).shape == (SAMPLES,)


def test_step_ce_reads_labels_too():
    network = read_out(2, "step_ce")
    labels = (spikes()[:, :, 0].sum(axis=1) > spikes()[:, :, 1].sum(axis=1)).astype(int)
    data = sg.Events.from_dense(spikes(), labels)
    result = fit(network, data)
    assert network.score(data) == network.evaluate(data).accuracy == (network.predict(data) == labels).mean() > 0.8
    assert result.last.train_accuracy > 0.7


def test_spike_trains_are_learned():
    def neurons():
        layer = sg.Layer(3, neuron={"kind": "lif", "tau_mem": "5 ms"}, surrogate="fast_sigmoid")
        options = {"loss": {"kind": "spike_time", "tau": "2 ms"}, "layers.0.link": {"weights": "normal", "sd": 0.4}}
        return sg.Network([layer], inputs=CHANNELS, steps=STEPS, dt="1 ms", options=options)

    teacher, network = neurons(), neurons()
    teacher.weights[0] = np.random.default_rng(8).normal(0.3, 0.4, (CHANNELS, 3))
    seen = sg.Events.from_dense(spikes())
    trains = teacher.predict(seen)
    assert trains.dtype == np.uint8 and 20 < trains.sum() and (trains[3] == teacher.raster(seen, 0, 3)).all()
    data = sg.Events.from_dense(spikes(), targets=sg.Events.from_dense(trains))
    before = network.evaluate(data).loss
    fit(network, data)
    after = network.evaluate(data)
    assert after.loss < 0.5 * before and after.accuracy is None
    with pytest.raises(sg.ArgumentError, match="score: loss.kind spike_time has none"):
        network.score(data)


def test_a_loss_that_the_targets_do_not_fit():
    data = sg.Events.from_dense(spikes(), targets=numbers(SAMPLES, 2))
    with pytest.raises(sg.DataError, match="sample 0 has no label"):
        read_out(2, "mean_ce").fit(data, epochs=1)
    with pytest.raises(sg.DataError, match="step_ce needs a class in each step, but the targets of the data are"):
        read_out(2, "step_ce").fit(data, epochs=1)
    with pytest.raises(sg.DataError, match="the targets of the data are of 2 outputs, expected 3"):
        read_out(3, "mean_mse").fit(data, epochs=1)
    with pytest.raises(sg.DataError, match="mean_mse needs constant numbers of the outputs as targets, but the data have none"):
        read_out(2, "mean_mse").score(sg.Events.from_dense(spikes()))


def test_the_best_epoch_is_that_of_the_least_loss():
    network, membranes = taught("mean_mse")
    data = sg.Events.from_dense(spikes(), targets=membranes.mean(axis=1) + numbers(SAMPLES, 2))
    result = network.fit(sg.Data(data, np.arange(12), np.arange(12, 24)), epochs=60, lr=0.05)
    losses = [epoch.validation_loss for epoch in result]
    assert result.best.validation_loss == min(losses) < losses[-1]
    assert network.evaluate(data, np.arange(12, 24)).loss == min(losses)


def test_progress_of_numbers(capsys):
    pytest.importorskip("tqdm")
    network, membranes = taught("mean_mse")
    result = network.fit(sg.Events.from_dense(spikes(), targets=membranes.mean(axis=1)), epochs=2, progress=True)
    shown = capsys.readouterr().err
    assert "loss=" in shown and "accuracy" not in shown
    assert "train loss" in result._repr_html_() and "accuracy" not in result._repr_html_()
    assert np.isnan(result.arrays()["train_accuracy"]).all()


def test_directions():
    network, membranes = taught("mean_mse")
    wanted = 3 * membranes.mean(axis=1)
    data = sg.Events.from_dense(spikes(), targets=wanted)
    result = network.fit(data, loss="cosine", epochs=30, lr=0.01, batch=8)
    found = network.predict(data)
    cosines = (found * wanted).sum(axis=1) / np.linalg.norm(found, axis=1) / np.linalg.norm(wanted, axis=1)
    assert result.metric == "cosine" and network.score(data) == pytest.approx(cosines.mean(), abs=1e-6)
    assert network.score(data) > 0.9
