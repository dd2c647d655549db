"""Each notebook's cells run, one after the other, and find what their text says."""

import json
import os
import pathlib

import pytest

import surgrad as sg
from surgrad._lib import ffi, lib

NOTEBOOKS = pathlib.Path(__file__).parents[2] / "examples" / "notebooks"
MOST_BYTES = 1_000_000


def check_digits(names):
    assert names["evaluation"].accuracy > 0.86
    assert names["better"].score(names["data"]) > 0.95
    assert names["seen"].raster[0].sum() == 3
    assert isinstance(names["result"], sg.Result)


def check_surrogates(names):
    assert names["differ"] == 0  # spike counts are those of the formula
    assert list(names["between"]) == sorted(names["between"]) and names["between"][-1] > 2 * names["between"][0]
    assert names["flat"] > 0.99 and names["off"] < 1e-6
    assert min(row[2] for row in names["by_k"]) > 0.85 and names["by_k"][0][0] > 100 * names["by_k"][-1][0]
    assert names["by_surgrad"] == pytest.approx(names["by_hand"], rel=1e-5)
    assert names["at_input"] == pytest.approx(names["by_hand"], rel=1e-12)
    assert names["good"]


def check_events(names):
    assert names["refused"].startswith("event ") and "expected below 288" in names["refused"]
    assert names["same"] == [True, True] and names["equal"] and names["answer"] == "left"
    assert names["lost"] == sorted(names["lost"]) and names["lost"][2] < 0.01
    assert names["accuracy"] > 0.95 > names["plain_accuracy"] + 0.1
    assert not names["folder"].exists()


def check_nir(names):
    assert names["differ"] == 0 and names["ours"][0].raster.sum() > 10000  # spikes are NumPy's, from the graph alone
    assert names["off"] < 1e-4 and names["equal"] and names["same_weights"]
    assert names["accuracies"][0] == names["accuracy"] > max(names["accuracies"][1:3]) + 0.05
    assert "alif" in names["refused"] and "HodgkinHuxley" in names["unknown"] and "CubaLIF_0" in names["unknown"]
    if names["has_nir"]:
        assert names["lazy_spikes"] < 0.8 * names["spikes"][0]
    assert not names["folder"].exists()


def check_rules(names):
    cosine, accuracy, spikes = names["cosine"], names["accuracy"], names["spikes"]
    recurrent, deep, srm, timed = names["NETWORKS"]
    by_rule = {rule: accuracy[recurrent, rule] for rule in names["defined"][recurrent]}
    assert by_rule["bptt"] - 0.03 < by_rule["eprop symmetric"]
    assert by_rule["bptt"] > by_rule["window 10"] > by_rule["window 1"] > 0.8
    assert accuracy[deep, "bptt"] > accuracy[deep, "ottt"] > accuracy[deep, "window 1"] + 0.05
    assert accuracy[srm, "slayer"] > accuracy[srm, "bptt"] - 0.02 and cosine[srm, "slayer"] > 0.98
    assert (srm, "eprop symmetric") not in cosine  # the same bits as bptt
    assert accuracy[timed, "eventprop"] > 0.85 and spikes[timed, "eventprop"] < 0.4 * spikes[timed, "bptt"]
    assert abs(cosine[deep, "eprop random"]) < 0.1 and accuracy[deep, "eprop random"] > 0.8
    assert spikes[recurrent, "eprop random"] > 10 * spikes[recurrent, "bptt"]
    assert all(names["aligned"][n] > cosine[n, "eprop random"] for n in names["NETWORKS"])
    assert names["saw"][-1] < 0.1 * names["saw"][0]
    assert names["good"]


# What each notebook must find, and what it needs besides NumPy and matplotlib.
CHECKS = {
    "digits": (check_digits, ["mnist"]),
    "events": (check_events, []),
    "nir": (check_nir, ["h5py"]),
    "rules": (check_rules, []),
    "surrogates": (check_surrogates, []),
}


def cells(name):
    return [c for c in json.loads((NOTEBOOKS / (name + ".ipynb")).read_text())["cells"] if c["cell_type"] == "code"]


def unlabelled(figure):
    """Axes of which a reader cannot tell what they are. Axes may share words, and images without ticks need none."""
    for ax in figure.axes:
        across = any(other.get_xlabel() for other in ax.get_shared_x_axes().get_siblings(ax))
        upwards = any(other.get_ylabel() for other in ax.get_shared_y_axes().get_siblings(ax))
        bare = len(ax.get_xticks()) == len(ax.get_yticks()) == 0
        if not (bare or ax.get_label() == "<colorbar>" or (across and upwards)):
            yield ax


@pytest.mark.filterwarnings("ignore::surgrad.SurgradWarning")
@pytest.mark.parametrize("name", CHECKS)
def test_cells(name):
    pyplot = pytest.importorskip("matplotlib.pyplot")
    check, needs = CHECKS[name]
    for need in needs:
        if need != "mnist":
            pytest.importorskip(need)
        elif not lib.sg_fetch_ready(b"mnist", ffi.NULL):
            pytest.skip("MNIST is not there: surgrad fetch mnist")
    if "asan" in os.environ.get("LD_PRELOAD", ""):
        pytest.skip("minutes of training under a sanitizer, which other tests do in seconds")
    names = {}
    with pyplot.rc_context():
        for cell in cells(name):
            exec(compile("".join(cell["source"]), name, "exec"), names)
            for number in pyplot.get_fignums():
                assert not list(unlabelled(pyplot.figure(number)))
            pyplot.close("all")
    check(names)


def test_every_notebook_is_checked():
    assert {path.stem for path in NOTEBOOKS.glob("*.ipynb")} == set(CHECKS)


@pytest.mark.parametrize("name", CHECKS)
def test_files_have_what_the_cells_show(name):
    """All cells were run in their order, without an error, and the file is small enough to be kept."""
    assert (NOTEBOOKS / (name + ".ipynb")).stat().st_size < MOST_BYTES
    found = cells(name)
    assert [cell["execution_count"] for cell in found] == list(range(1, len(found) + 1))
    kinds = [output["output_type"] for cell in found for output in cell["outputs"]]
    assert "error" not in kinds and "display_data" in kinds
