import pickle

import numpy as np
import pytest

import surgrad as sg


def test_arrays_come_in_any_order():
    events = sg.Events.from_arrays(
        [2.5, 0.1, 1.0, 0.0], [3, 1, 0, 2], [1, 0, 1, 0], ["left", "right"], steps=3, channels=4
    )
    assert events.first.tolist() == [0, 2, 4]
    assert events.step.tolist() == [0, 0, 1, 2]
    assert events.channel.tolist() == [1, 2, 0, 3]
    assert events.label.tolist() == [0, 1]
    assert events.class_names == ["left", "right"]
    assert (events.steps, events.channels, events.classes, events.dt_ms) == (3, 4, 2, 1)


@pytest.mark.parametrize("unit, t", [("s", 0.25), ("ms", 250.0), ("us", 250000), ("step", 25)])
def test_times_have_units(unit, t):
    events = sg.Events.from_arrays(np.array([t]), [0], steps=100, dt="10 ms", unit=unit)
    assert events.step.tolist() == [25]


def test_what_is_left_out_is_told():
    with pytest.warns(sg.SurgradWarning, match="1 events are after the last step"):
        events = sg.Events.from_arrays([0.5, 99.0], [0, 0], steps=10)
    assert events.step.tolist() == [0]
    with pytest.warns(sg.SurgradWarning, match="1 events fall on another one"):
        assert len(sg.Events.from_arrays([0.1, 0.2], [0, 0], steps=10).step) == 1
    assert len(sg.Events.from_arrays([0.1, 0.2], [0, 0], steps=10, counts=True).step) == 2


@pytest.mark.parametrize(
    "arguments, options, message",
    [
        (([-1.0], [0]), {}, "event 0 is at -1"),
        (([float("nan")], [0]), {}, "event 0 is at nan"),
        (([0.0, 1.0], [3, -1]), {}, "event 1 is of channel -1, expected 0 or more"),
        (([0.0], [0.5]), {}, "channel is of float64"),
        (([0.0], [0], [2], [0, 1]), {}, "an event is of sample 2, but there are 2 samples"),
        (([0.0, 1.0], [4, 6]), {"channels": 6}, "event 1 is of channel 6, expected below 6, as channels says"),
        (([0.0, 1.0], [5, 6]), {"shape": (1, 2, 3)}, "event 1 is of channel 6, expected below 6, the product of shape, 1 x 2 x 3"),
        (([0.0, 1.0], [0]), {}, "expected one each for every event"),
        (([0.0], [0]), {"unit": "hours"}, "unit: found 'hours'"),
        (([0.0], [0], [0], [-2]), {}, "a label is -2"),
        (([0.0], [0], [0], [0.5]), {}, "labels are of float64"),
    ],
)
def test_wrong_arrays_are_refused(arguments, options, message):
    with pytest.raises(sg.DataError, match=message):
        sg.Events.from_arrays(*arguments, steps=10, **options)


def test_a_sample_may_be_silent():
    silent = sg.Events.from_arrays([], [], labels=["none"], steps=10, channels=3)
    assert len(silent) == 1 and silent.channels == 3 and not silent.to_dense().any()


@pytest.mark.parametrize("wrong", [3, -4, [0, 3], "all", [1.5], [True, False]])
def test_samples_that_there_are_not(wrong):
    events = sg.Events.from_arrays([0, 1, 2], [0, 1, 0], [0, 1, 2], steps=5)
    with pytest.raises(sg.OutOfRangeError, match="samples: found .*, expected numbers below 3, a slice, or 3 truth values"):
        events[wrong]
    assert len(events[[]]) == 0 and len(events[-1]) == 1 and len(list(events)) == 3
    assert events[[True, False, True]].step.tolist() == [0, 2]


def test_dense_arrays_go_in_and_out():
    rng = np.random.default_rng(2)
    dense = (rng.random((3, 5, 7)) < 0.3).astype(np.uint8)
    assert (sg.Events.from_dense(dense).to_dense() == dense).all()
    counts = rng.integers(0, 3, (3, 5, 2, 3, 4))
    events = sg.Events.from_dense(counts, [0, 1, -1])
    assert events.counts and events.shape == (2, 3, 4)
    assert (events.to_dense().reshape(counts.shape) == counts).all()
    assert events.labels.tolist() == [0, 1, -1]
    with pytest.raises(sg.DataError, match="not whole numbers"):
        sg.Events.from_dense(dense * 0.5)


def test_the_arrays_are_the_librarys_own(events):
    assert not events.step.flags.writeable
    step = events.step
    expected = step.copy()
    del events
    assert (step == expected).all()


def test_some_samples_and_several_stores(events):
    odd = events[events.labels == 1]
    assert len(odd) == 20 and set(odd.labels) == {1}
    both = sg.concatenate([events[::2], events[1::2]])
    assert (both.to_dense([0, 20]) == events.to_dense([0, 1])).all()
    assert len(both) == 40
    with pytest.raises(sg.DataError, match="stores differ in steps"):
        sg.concatenate([events, sg.Events.from_arrays([0], [0], steps=5)])


def test_files_and_pickles(events, tmp_path):
    events.save(tmp_path / "events.h5")
    for other in (sg.Events.load(tmp_path / "events.h5"), pickle.loads(pickle.dumps(events))):
        assert (other.to_dense() == events.to_dense()).all()
        assert (other.labels == events.labels).all()
    with pytest.raises(sg.DataError, match="none.h5"):
        sg.Events.load(tmp_path / "none.h5")


def test_recordings_are_read(tmp_path):
    (tmp_path / "a.csv").write_text("t,x,y,p\n0,1,2,1\n1500,3,0,0\n")
    events = sg.read(tmp_path / "a.csv", dt="1 ms", data={"sensor": "4x4"})
    assert events.shape == (2, 4, 4) and events.step.tolist() == [0, 1]
    with pytest.raises(sg.DataError, match="nothing"):
        sg.read(tmp_path / "nothing.csv")


def test_h5py_lives_beside_it(events, tmp_path):
    h5py = pytest.importorskip("h5py")
    events.save(tmp_path / "events.h5")
    with h5py.File(tmp_path / "events.h5", "r") as file:
        assert len(file) > 0
        assert (sg.Events.load(tmp_path / "events.h5").labels == events.labels).all()


def numbers():
    values = np.random.default_rng(5).normal(size=(6, 8, 5)).astype(np.float32)
    values[0, 1] = 0
    return values


def test_numbers_come_in_and_go_out(tmp_path):
    values = numbers()
    store = sg.Events.from_numbers(values, [0, 1, 0, 1, 0, -1], dt="2 ms")
    assert (len(store), store.steps, store.channels, store.dt_ms, store.constant) == (6, 8, 5, 2, False)
    assert np.array_equal(store.to_dense(), values)
    assert np.array_equal(store[[3, 1]].to_dense(), values[[3, 1]])
    assert np.array_equal(pickle.loads(pickle.dumps(store)).to_dense(), values)
    assert np.array_equal(sg.concatenate([store, store[2]]).to_dense(), values[[0, 1, 2, 3, 4, 5, 2]])
    store.save(tmp_path / "numbers.h5")
    assert np.array_equal(sg.Events.load(tmp_path / "numbers.h5").to_dense(), values)
    assert sg.Events.from_dense(np.ones((1, 2, 3))).value is None


def test_numbers_of_every_step():
    values = numbers()[:, 0]
    store = sg.Events.from_numbers(values, steps=8)
    assert store.constant and np.array_equal(store.to_dense(), np.repeat(values[:, None], 8, axis=1))
    assert store[1:3].constant and np.array_equal(store[1:3].to_dense(2 - 1)[0, 7], values[2])


def test_numbers_multiply_weights():
    values = numbers()
    store = sg.Events.from_numbers(values)
    network = sg.Network([sg.Layer(3, neuron={"kind": "li", "tau_mem": "4 ms"})], inputs=5, steps=8, dt="1 ms")
    membrane, expected = np.zeros(3), []
    for now in values[2] @ network.weights[0]:
        membrane = np.exp(-1 / 4) * membrane + now
        expected.append(membrane)
    assert network.membrane(store, 0, 2) == pytest.approx(np.array(expected), abs=1e-5)


def test_numbers_that_cannot_be_used_are_refused():
    values = numbers()
    values[2, 1, 3] = np.nan
    with pytest.raises(sg.DataError, match=r"at \(2, 1, 3\) is not finite"):
        sg.Events.from_numbers(values)
    with pytest.raises(sg.DataError, match="expected .B, T, I., or .B, I. with steps"):
        sg.Events.from_numbers(values[0])
    with pytest.raises(sg.DataError, match="some stores have numbers and some have none"):
        sg.concatenate([sg.Events.from_numbers(numbers()), sg.Events.from_dense(np.ones((1, 8, 5)))])
