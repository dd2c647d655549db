"""NIR graphs, in and out. The package `nir` is needed for its objects alone, not for files."""

from __future__ import annotations

import os
import tempfile
from typing import Any, Callable, Union

from surgrad import _lib
from surgrad._config import Config
from surgrad._errors import ArgumentError
from surgrad._lib import call, ffi, lib
from surgrad._network import Network

Path = Union[str, "os.PathLike[str]"]


def from_nir(
    graph: Any,
    *,
    dt: str | None = None,
    steps: int | None = None,
    reset: str | None = None,
    order: str | None = None,
    integration: str | None = None,
    report: Callable[[str], object] | None = None,
) -> Network:
    """A network from a NIR graph: a path, or a NIRGraph of the package `nir`.

    `dt` is the length of a step, such as "1 ms"; `steps` those of a sample; `reset` "zero" or "subtract"; `order` that
    of a step's parts, neuron.order; `integration` "euler" or "exact". None: as surgrad wrote it into the graph, else
    0.1 ms, 100, zero, notebook, euler (docs/nir.md). `report` is told what was chosen and what did not survive, a line
    each. Raises ModelError, whose line names the node that cannot be computed.
    """
    asked = _Options(report, dt=dt, reset=reset, order=order, integration=integration)
    asked.options.steps = steps or 0
    if isinstance(graph, (str, os.PathLike)):
        return _read(graph, asked)
    return _through_file(graph, lambda path: _read(path, asked))


def to_nir(
    network: Network,
    path: Path | None = None,
    *,
    integration: str | None = None,
    report: Callable[[str], object] | None = None,
) -> Any:
    """Writes a network as a NIR graph to `path`; without one, returns it as a NIRGraph of the package `nir`.

    `integration` is what readers make of time constants, "euler" (None) or "exact". `report` is told what other
    programs will not find in the graph, a line each. Raises ArgumentError or ModelError where NIR has no primitive for
    a layer, and ImportError where the package is needed and not there.
    """
    asked = _Options(report, integration=integration)
    if path is not None:
        return _write(network, path, asked)
    nir = _package("to_nir without a path returns a NIRGraph")
    with tempfile.TemporaryDirectory() as folder:
        name = os.path.join(folder, "network.nir")
        _write(network, name, asked)
        return nir.read(name)


class _Options:
    """sg_nir_options, with what keeps its texts and the callback alive."""

    def __init__(self, report: Callable[[str], object] | None, **texts: str | None) -> None:
        self.options = _lib.sized("sg_nir_options")
        self.stop = _lib.Interrupt()
        self._kept: list[Any] = []
        for name, text in texts.items():
            if text is not None:
                self._kept.append(ffi.new("char[]", text.encode()))
                setattr(self.options, name, self._kept[-1])
        if report is not None:
            told = ffi.callback(
                "void(void *, const char *)", lambda _user, line: report(_lib.text(line)), onerror=self.stop.catch
            )
            self._kept.append(told)
            self.options.on_note = told


def _read(path: Path, asked: _Options) -> Network:
    config, handle = ffi.new("sg_config **"), ffi.new("sg_network **")
    with _lib.hdf5():
        call(lib.sg_nir_import, _lib.path(path), asked.options, config, handle)
    network = Network._of(Config._of(ffi.gc(config[0], lib.sg_config_free)), ffi.gc(handle[0], lib.sg_network_free))
    asked.stop.raise_kept()
    return network


def _write(network: Network, path: Path, asked: _Options) -> None:
    with _lib.hdf5():
        call(lib.sg_nir_export, network._built(), network.config._handle, asked.options, _lib.path(path))
    asked.stop.raise_kept()


def _package(what: str) -> Any:
    try:
        import nir
    except ImportError as error:
        raise ImportError("%s: objects need the package nir (pip install nir); files do not" % what) from error
    return nir


def _through_file(graph: Any, read: Callable[[str], Network]) -> Network:
    nir = _package("from_nir: found %s, which is no path" % type(graph).__name__)
    if not isinstance(graph, nir.NIRGraph):
        raise ArgumentError("from_nir: found %s, expected a path or a NIRGraph" % type(graph).__name__)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "network.nir")
        nir.write(path, graph)
        return read(path)


__all__ = ["from_nir", "to_nir"]
