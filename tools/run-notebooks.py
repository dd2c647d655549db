#!/usr/bin/env python3
"""Runs notebooks from the first cell to the last, and keeps what the cells show in the files.

  tools/run-notebooks.py [NOTEBOOK...]        default: all of examples/notebooks

Change a notebook in Jupyter or by hand, then run this, so that its numbers and pictures are those of its code. It needs
the package surgrad, nbclient and ipykernel. A cell that fails leaves the file as it was.
"""

import pathlib
import sys
import time

import nbformat
from nbclient import NotebookClient

FOLDER = pathlib.Path(__file__).resolve().parents[1] / "examples" / "notebooks"


def run(path: pathlib.Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": path.parent}}).execute()
    for number, cell in enumerate(notebook.cells):
        tidy(cell, number)
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    nbformat.write(notebook, path)


def tidy(cell: nbformat.NotebookNode, number: int) -> None:
    """Takes away what differs from run to run, so that a change shows in a diff as what it is."""
    cell.id = "cell-%d" % number
    cell.metadata = {}
    if "outputs" in cell:
        cell.outputs = joined(cell.outputs)
    for output in cell.get("outputs", []):
        output.get("metadata", {}).clear()
        if "image/png" in output.get("data", {}):
            output.data.pop("text/plain", None)


def joined(outputs: list) -> list:
    """What was printed comes in parts, as it was ready: here they are put together."""
    found: list = []
    for output in outputs:
        if found and output.output_type == found[-1].output_type == "stream" and output.name == found[-1].name:
            found[-1].text += output.text
        else:
            found.append(output)
    return found


for name in sys.argv[1:] or sorted(FOLDER.glob("*.ipynb")):
    began = time.monotonic()
    run(pathlib.Path(name))
    print("%s: %.0f s, %d kB" % (name, time.monotonic() - began, pathlib.Path(name).stat().st_size / 1000))
