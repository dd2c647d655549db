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


def test_scikit_learns_own_checks():
    pytest.importorskip("sklearn")
    from sklearn.utils.estimator_checks import check_estimator

    from surgrad.sklearn import SpikingClassifier

    check_estimator(SpikingClassifier(hidden=32, epochs=30, batch=16, random_state=0))


def test_pictures(network, events):
    pytest.importorskip("matplotlib")
    from surgrad import plot

    for ax in (
        plot.raster(events), plot.raster(events, 1, network=network), plot.membrane(network, events),
        plot.surrogates(), plot.weights(network), plot.history(network.fit(events, epochs=2)),
    ):  # fmt: skip
        assert ax.get_xlabel() and ax.get_ylabel()
    with pytest.raises(ValueError, match="surrogate: found 'step'"):
        plot.surrogates(["step"])


def test_progress(network, events, capsys):
    pytest.importorskip("tqdm")
    network.fit(events, epochs=2, progress=True)
    assert "epoch=2" in capsys.readouterr().err
