"""The library and how it is called: every other module of the package goes through `call`."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import warnings
from typing import Any, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from surgrad import _cdef, _download
from surgrad._errors import SurgradError, SurgradWarning, error_of

ffi: Any = _cdef.ffi


def _library_path() -> str:
    name = "libsurgrad.dylib" if sys.platform == "darwin" else "libsurgrad.so"
    return os.environ.get("SURGRAD_LIBRARY") or os.path.join(os.path.dirname(os.path.abspath(__file__)), name)


lib: Any = ffi.dlopen(_library_path())

_local = threading.local()


def text(pointer: Any) -> str:
    """A C string as Python's; "" of NULL."""
    return str(ffi.string(pointer).decode()) if pointer != ffi.NULL else ""


def take_text(pointer: Any) -> str:
    """The same of a string that the library allocated for us, which is freed."""
    found = text(pointer)
    lib.sg_free(pointer)
    return found


@ffi.callback("sg_warning_handler")  # type: ignore[untyped-decorator, unused-ignore]
def _on_warning(_user: Any, message: Any) -> None:
    _local.warnings.append(text(message))


def _keep_error(_kind: Any, error: BaseException, _traceback: Any) -> None:
    _local.error = error  # Ctrl-C, most likely


@ffi.callback("sg_download_handler", error=_download.UNWRITTEN, onerror=_keep_error)  # type: ignore[untyped-decorator, unused-ignore]
def _on_download(_user: Any, url: Any, path: Any, limit: int, reason: Any, size: int) -> int:
    end, why = _download.download(text(url), ffi.string(path), limit, "surgrad/" + version())
    told = why.encode()[: size - 1]
    ffi.memmove(reason, told + b"\0", len(told) + 1)
    return end


def _listen() -> None:
    """Has this thread's warnings collected, and its downloads made here; a thread is asked once."""
    if not hasattr(_local, "warnings"):
        _local.warnings, _local.error = [], None
        lib.sg_set_warning_handler(_on_warning, ffi.NULL)
        lib.sg_set_download_handler(_on_download, ffi.NULL)


def _raise_kept() -> None:
    error, _local.error = _local.error, None
    if error is not None:
        raise error


def _tell_warnings() -> None:
    found, _local.warnings = _local.warnings, []
    for message in found:
        warnings.warn(message, SurgradWarning, stacklevel=4)


def call(function: Any, *arguments: Any) -> None:
    """Calls a function that returns a status. Raises the exception of the status, with the library's own line."""
    _listen()
    status = function(*arguments)
    message = text(lib.sg_error_message()) if status != lib.SG_OK else ""
    _tell_warnings()
    _raise_kept()
    if status != lib.SG_OK:
        raise error_of(status, message)


def make(function: Any, kind: str, free: Any, *arguments: Any) -> Any:
    """Calls `function(*arguments, &handle)`, and returns a handle that Python frees."""
    out = ffi.new(kind + " **")
    call(function, *arguments, out)
    return ffi.gc(out[0], free)


def sized(kind: str) -> Any:
    """A struct that begins with its size, else 0."""
    struct = ffi.new(kind + " *")
    struct.size = ffi.sizeof(kind)
    return struct


def path(name: Any) -> bytes:
    """A file's name for the library."""
    return os.fsencode(os.fspath(name))


def pointer(array: npt.NDArray[Any], kind: str) -> Any:
    """Where an array lies; NumPy's own memory, which must outlive the call."""
    return ffi.from_buffer(kind + "[]", array, require_writable=array.flags.writeable)


def view(where: Any, count: int, dtype: npt.DTypeLike, owner: Any) -> npt.NDArray[Any]:
    """The library's memory as an array that cannot be written, and keeps `owner` alive."""
    kind = np.dtype(dtype)
    if count == 0 or where == ffi.NULL:
        return np.empty(0, kind)
    buffer = _Borrowed(where, int(count), kind, owner)
    return np.asarray(buffer)


def borrowed(handle: Any, owner: Any) -> Any:
    """A handle that belongs to `owner`, which it keeps alive; freeing it frees nothing."""
    return ffi.gc(handle, lambda _handle, _kept=owner: None)


class _Borrowed:
    """NumPy's array interface over memory of a handle."""

    def __init__(self, where: Any, count: int, kind: np.dtype[Any], owner: Any) -> None:
        self.owner = owner
        self.__array_interface__ = {
            "shape": (count,),
            "typestr": kind.str,
            "data": (int(ffi.cast("uintptr_t", where)), True),
            "version": 3,
        }


def strings(texts: Sequence[str]) -> tuple[Any, list[Any]]:
    """An array of C strings, and what keeps them alive."""
    kept = [ffi.new("char[]", item.encode()) for item in texts]
    return ffi.new("char *[]", kept), kept


@contextlib.contextmanager
def hdf5() -> Iterator[None]:
    """Keeps h5py out of HDF5 for as long as the library is in it: both may have loaded the same copy."""
    module = sys.modules.get("h5py")
    lock = getattr(getattr(module, "_objects", None), "phil", None)
    with lock if lock is not None else contextlib.nullcontext():
        yield


class Interrupt:
    """A flag for calls that can be stopped, and the exception that a callback ended with.

    Python's own handler of Ctrl-C runs in a callback, as there is no other place where Python is at work. What it, or
    the user's function, raises cannot pass through C: it is kept, the library is asked to stop, and `raise_kept` raises
    it after the call.
    """

    def __init__(self) -> None:
        self.flag = ffi.new("int *", 0)
        self.error: BaseException | None = None

    def catch(self, _kind: Any, value: BaseException, _traceback: Any) -> None:
        """For ffi.callback(onerror=...)."""
        if self.error is None:
            self.error = value
        self.flag[0] = 1

    def raise_kept(self) -> None:
        if self.error is not None:
            raise self.error


def version() -> str:
    """The version of the library in use."""
    return text(lib.sg_version())


__all__ = ["SurgradError", "borrowed", "call", "ffi", "hdf5", "lib", "make", "path", "pointer", "sized", "text", "version", "view"]
