import numpy as np
import pytest

import surgrad as sg


def test_a_pytorch_layer(network, events):
    torch = pytest.importorskip("torch")
    from surgrad.torch import Spiking

    layer = Spiking(network)
    spikes = torch.tensor(events.to_dense(), dtype=torch.float32, requires_grad=True)
    labels = torch.tensor(events.labels)
    outputs = layer(spikes)
    assert np.allclose(outputs.detach().numpy(), network.outputs(events), atol=1e-6)
    loss = torch.nn.functional.cross_entropy(outputs, labels)
    loss.backward()
    trainer = sg.Trainer(network)
    assert trainer.gradient(events).loss == pytest.approx(loss.item(), rel=1e-5)
    assert np.allclose(layer.layer0_weights.grad.numpy(), trainer.get_gradient(0), atol=1e-6)
    expected = network.input_gradient(events) / len(events)
    assert np.allclose(spikes.grad.numpy(), expected, atol=1e-6 * np.abs(expected).max() + 1e-9)
    optimiser = torch.optim.Adam(layer.parameters(), lr=0.02)
    for _ in range(15):
        optimiser.zero_grad()
        torch.nn.functional.cross_entropy(layer(spikes), labels).backward()
        optimiser.step()
    assert torch.nn.functional.cross_entropy(layer(spikes), labels).item() < 0.7 * loss.item()


def test_scikit_learn():
    pytest.importorskip("sklearn")
    from sklearn.datasets import load_iris
    from sklearn.model_selection import GridSearchCV, cross_val_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    from surgrad.sklearn import SpikingClassifier

    X, y = load_iris(return_X_y=True)
    for encoder in ("latency", "rate"):
        classifier = make_pipeline(StandardScaler(), SpikingClassifier(32, encoder=encoder, random_state=1))
        assert cross_val_score(classifier, X, y, cv=3).mean() > 0.9
    search = GridSearchCV(SpikingClassifier(epochs=10, random_state=1), {"hidden": [4, 32]}, cv=2).fit(X, y)
    assert search.best_params_["hidden"] == 32
    one, two = (SpikingClassifier(epochs=3, random_state=7).fit(X, y).predict_proba(X) for _ in range(2))
    assert (one == two).all()


def test_scikit_learns_regression():
    pytest.importorskip("sklearn")
    from sklearn.datasets import make_friedman1
    from sklearn.model_selection import GridSearchCV, cross_val_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    from surgrad.sklearn import SpikingRegressor

    X, y = make_friedman1(300, 5, random_state=1)
    for encoder, epochs, least in (("latency", 50, 0.65), ("rate", 200, 0.3)):
        regressor = make_pipeline(StandardScaler(), SpikingRegressor(encoder=encoder, epochs=epochs, random_state=1))
        assert cross_val_score(regressor, X, 100 * y + 7000, cv=3).mean() > least  # R squared
    both = SpikingRegressor(random_state=1).fit(X, np.stack([y, -y], axis=1))
    assert both.predict(X).shape == (300, 2) and both.score(X, np.stack([y, -y], axis=1)) > 0.8
    search = GridSearchCV(SpikingRegressor(epochs=20, random_state=1), {"hidden": [1, 32]}, cv=2).fit(X, y)
    assert search.best_params_["hidden"] == 32


def test_scikit_learns_own_checks():
    pytest.importorskip("sklearn")
    from sklearn.utils.estimator_checks import check_estimator

    from surgrad.sklearn import SpikingClassifier, SpikingRegressor

    for estimator in (SpikingClassifier, SpikingRegressor):
        check_estimator(estimator(hidden=32, epochs=30, batch=16, random_state=0))


def test_pictures(network, events):
    pytest.importorskip("matplotlib")
    from surgrad import plot

    for ax in (
        plot.raster(events), plot.raster(events, 1, network=network), plot.membrane(network, events),
        plot.surrogates(), plot.weights(network), plot.history(network.fit(events, epochs=2)),
        plot.confusion(network.evaluate(events)), plot.image(_pixels()),
    ):  # fmt: skip
        assert ax.get_xlabel() and ax.get_ylabel()
    with pytest.raises(ValueError, match="surrogate: found 'step'"):
        plot.surrogates(["step"])
    with pytest.raises(ValueError, match="plane 0 of 20 maps of 1 x 1 pixels"):
        plot.image(events)


def _pixels():
    """A sample of 3 x 4 pixels: that of row 1, column 2 fires in step 5 and again, that of row 2, column 0 in step 9."""
    return sg.Events.from_arrays([5, 8, 9], [6, 6, 8], steps=10, shape=(1, 3, 4))


def test_what_pictures_show(network, events):
    pytest.importorskip("matplotlib")
    from surgrad import plot

    image = plot.image(_pixels()).images[0].get_array()
    shown = np.ma.filled(image, -1)
    assert shown[1, 2] == 5 and shown[2, 0] == 9 and (shown == -1).sum() == 10
    cells = {(t.get_position()[1], t.get_position()[0]): t.get_text() for t in plot.confusion([[7, 0], [2, 5]]).texts}
    assert cells == {(0, 0): "7", (1, 0): "2", (1, 1): "5"}
    named = sg.Events.from_arrays(events.step, events.channel, np.zeros(len(events.step), int), ["up"], unit="step",
                                  steps=30, channels=20, class_names=["up", "down"], counts=True)  # fmt: skip
    network.fit(named, epochs=1)
    membranes = plot.membrane(network, named, layer=1).lines
    assert [line.get_label() for line in membranes if line.get_linestyle() == "-"] == ["up", "down"]
    assert list(membranes[0].get_xdata()) == list(range(30))  # ms, as in a raster
    kinds = sg.options()["layers.N.surrogate.kind"]["choices"]
    lines = plot.surrogates().lines
    assert [line.get_label() for line in lines] == list(kinds)
    styles = {(line.get_color(), str(line.get_linestyle()), str(line._dash_pattern)) for line in lines}
    assert len(styles) == len(lines)  # no two look the same
    narrow = plot.surrogates([{"kind": "triangle", "width": 0.5}]).lines[0]
    assert narrow.get_label() == "triangle, width 0.5"
    assert (narrow.get_ydata() > 0).sum() == 199  # of 601 numbers from -1.5 to 1.5


def test_surrogates_are_those_of_the_documentation():
    u = np.array([[-0.7, -0.2, 0.0], [0.1, 0.5, 2.0]])
    expected = {
        "relu": u >= 0,
        "fast_sigmoid": 1 / (1 + 10 * abs(u)) ** 2,
        "sigmoid": 4 / (1 + np.exp(-4 * u)) * (1 - 1 / (1 + np.exp(-4 * u))),
        "arctan": 1 / (1 + (np.pi * u) ** 2),
        "triangle": 0.3 * np.maximum(0, 1 - abs(u)),
        "boxcar": abs(u) <= 0.5,
        "gaussian": np.exp(-2 * u**2) / (0.5 * np.sqrt(2 * np.pi)),
        "exponential": np.exp(-abs(u)),
    }
    assert set(expected) == set(sg.options()["layers.N.surrogate.kind"]["choices"])
    for kind, derivative in expected.items():
        found = sg.surrogate(kind, u)
        assert found.shape == u.shape and np.allclose(found, derivative, atol=1e-6), kind
    assert sg.surrogate({"kind": "fast_sigmoid", "k": 10, "cutoff": 0.3}, 0.31) == 0
    assert sg.surrogate("relu", []).shape == (0,)
    many = np.linspace(-1, 1, 3001)
    assert (sg.surrogate("relu", many) == (many.astype(np.float32) >= 0)).all()
    with pytest.raises(sg.ConfigError, match="surrogate.kind"):
        sg.surrogate("step", 0.0)


def test_progress(network, events, capsys):
    pytest.importorskip("tqdm")
    network.fit(events, epochs=2, progress=True)
    assert "epoch=2" in capsys.readouterr().err
