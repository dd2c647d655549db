"""What the library's failures are in Python. Each has the library's own line as its text."""

from __future__ import annotations


class SurgradError(Exception):
    """A failure; `status` is the library's number for it."""

    status = 0


class WriteError(SurgradError, OSError):
    """A file or folder could not be written, or the network failed."""


class OutOfMemoryError(SurgradError, MemoryError):
    """A plan needs more memory than this process may have."""


class ArgumentError(SurgradError, ValueError):
    """A function was called with a wrong argument."""


class OutOfRangeError(ArgumentError, IndexError):
    """A layer or a sample was asked for that there is not."""


class ConfigError(SurgradError, ValueError):
    """An option is wrong, or options that do not go together."""


class DataError(SurgradError, ValueError):
    """Data are missing, damaged or out of range."""


class ModelError(SurgradError, ValueError):
    """A model or checkpoint is missing, damaged or of another network."""


class DivergedError(SurgradError, ArithmeticError):
    """A number is no longer finite."""


class StoppedError(SurgradError):
    """Training was stopped, after saving."""


class SurgradWarning(UserWarning):
    """Something that is odd but not wrong."""


_KINDS: dict[int, type[SurgradError]] = {
    1: WriteError,
    2: OutOfMemoryError,
    3: ArgumentError,
    4: ConfigError,
    5: DataError,
    6: ModelError,
    7: DivergedError,
    8: StoppedError,
}


def error_of(status: int, message: str) -> SurgradError:
    """The exception of a status."""
    error = _KINDS.get(status, SurgradError)(message)
    error.status = status
    return error
