import json
import os
import pathlib

import pytest

import surgrad as sg
from surgrad._lib import ffi, lib

NOTEBOOKS = pathlib.Path(__file__).parents[2] / "examples" / "notebooks"


def run(name):
    """The code cells of a notebook, one after the other, as a kernel runs them; their names."""
    pytest.importorskip("matplotlib")
    if not lib.sg_fetch_ready(b"mnist", ffi.NULL):
        pytest.skip("MNIST is not there: surgrad fetch mnist")
    if "asan" in os.environ.get("LD_PRELOAD", ""):
        pytest.skip("minutes of training under a sanitizer, which other tests do in seconds")
    names = {}
    for cell in json.loads((NOTEBOOKS / name).read_text())["cells"]:
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), name, "exec"), names)
    return names


@pytest.mark.filterwarnings("ignore::surgrad.SurgradWarning")
def test_digits():
    names = run("digits.ipynb")
    assert names["evaluation"].accuracy > 0.86
    assert names["better"].score(names["data"]) > 0.95
    assert names["seen"].raster[0].sum() == 3
    assert isinstance(names["result"], sg.Result)
