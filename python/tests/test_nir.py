import sys
import warnings

import numpy as np
import pytest

import surgrad as sg


def test_a_graph_gives_the_network_back(network, events, tmp_path):
    sg.to_nir(network, tmp_path / "net.nir")
    back = sg.from_nir(tmp_path / "net.nir")
    np.testing.assert_array_equal(back.outputs(events), network.outputs(events))
    np.testing.assert_array_equal(back.weights[0], network.weights[0])


def test_steps_are_asked_for(network, tmp_path):
    sg.to_nir(network, tmp_path / "net.nir")
    lines = []
    other = sg.from_nir(tmp_path / "net.nir", dt="0.5 ms", steps=7, reset="subtract", report=lines.append)
    assert any("0.5 ms" in line for line in lines)
    assert [str(other.config[key]) for key in ("steps", "dt", "layers.0.neuron.reset")] == ["7", "0.5 ms", "subtract"]


def test_refusals_are_errors(tmp_path):
    with pytest.raises(sg.ModelError, match="no.nir"):
        sg.from_nir(tmp_path / "no.nir")
    adapting = sg.Network([sg.Layer(4, neuron="alif"), sg.Layer(2, neuron="li")], inputs=3, steps=5, dt="1 ms")
    with pytest.raises(sg.SurgradError, match="layers.0.*alif"):
        sg.to_nir(adapting, tmp_path / "x.nir")


def test_the_package_is_asked_for_where_it_is_missing(network, monkeypatch):
    monkeypatch.setitem(sys.modules, "nir", None)  # as if it were not installed
    with pytest.raises(ImportError, match="to_nir without a path .*pip install nir"):
        sg.to_nir(network)
    with pytest.raises(ImportError, match="from_nir: found dict, which is no path"):
        sg.from_nir({})


def test_objects_of_the_package(network, events):
    nir = pytest.importorskip("nir")
    graph = sg.to_nir(network)
    assert isinstance(graph, nir.NIRGraph) and "CubaLIF_0" in graph.nodes
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        back = sg.from_nir(graph)
    np.testing.assert_array_equal(back.outputs(events), network.outputs(events))
    with pytest.raises(sg.ArgumentError, match="expected a path or a NIRGraph"):
        sg.from_nir(3)
