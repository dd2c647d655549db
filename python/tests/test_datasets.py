import pytest

import surgrad as sg


@pytest.mark.parametrize("name", ["randman", "patterns"])
@pytest.mark.parametrize("classes", [3, 14])
def test_as_many_classes_are_drawn_as_asked_for(name, classes):
    data = getattr(sg.datasets, name)(classes=classes, samples=5)
    assert data.events.classes == classes and len(data.events) == 5 * classes
    assert set(data.events.labels.tolist()) == set(range(classes))
    assert sg.datasets.load(name, classes=classes, samples=5).events.classes == classes


def test_options_of_a_set_are_words():
    once = sg.datasets.patterns(samples=5, once=True, jitter="0 ms", drop=0)
    assert len(once.events.step) == 20 * len(once.events)  # each channel fires once
    assert len(sg.datasets.patterns(samples=5, rate=5).events.step) < len(sg.datasets.patterns(samples=5).events.step)
    with pytest.raises(sg.ConfigError, match="data.jiter"):
        sg.datasets.patterns(jiter="1 ms")


def test_sets_with_a_number_of_classes_of_their_own():
    assert sg.datasets.yinyang(samples=4).events.classes == 3
    assert sg.datasets.evidence(samples=3).events.classes == 2
    assert sg.datasets.store_recall(samples=3).events.classes == 2


def test_four_fifths_train_unless_more_is_said():
    assert len(sg.datasets.load("yinyang", samples=10).train) == 24
    halves = sg.datasets.patterns(samples=10, split="shuffled", train_fraction=0.5)
    assert len(halves.train) == len(halves.test) == 50
