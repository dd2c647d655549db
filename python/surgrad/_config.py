"""Configurations: everything that defines a training run, by dotted keys."""

from __future__ import annotations

import difflib
import functools
import os
import re
from typing import Any, Iterator, Mapping, Sequence

from surgrad import _lib
from surgrad._errors import ConfigError
from surgrad._lib import call, ffi, lib, make

Options = Mapping[str, Any]

_LAYER = re.compile(r"^layers\.\d+\.")
_SIZE = re.compile(r"^layers\.\d+\.size$")


def value_text(value: Any) -> str:
    """A value as the configuration writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(value)
    return os.fspath(value) if isinstance(value, os.PathLike) else str(value)


def flatten(options: Options, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Nested options as dotted keys: {"optimiser": {"lr": 0.1}} has "optimiser.lr"."""
    for key, value in options.items():
        if isinstance(value, Mapping):
            yield from flatten(value, prefix + key + ".")
        elif value is not None:
            yield prefix + key, value_text(value)


class Config(Mapping[str, str]):
    """Data, network, loss, optimiser and seed of a run, by dotted keys.

    Config("fast") is a shipped recipe, Config("own.yaml") a file, Config() the defaults without a layer. Options follow
    as a nested mapping, or by item: config["optimiser.lr"] = 0.01. Values are as in YAML, with units ("20 ms"); read
    they are texts. It is a mapping of all its keys.
    Raises ConfigError for a key or a value that is wrong.
    """

    def __init__(self, source: str | os.PathLike[str] | None = None, options: Options | None = None) -> None:
        if source is None:
            self._handle = make(lib.sg_config_create, "sg_config", lib.sg_config_free)
        else:
            self._handle = make(lib.sg_config_load, "sg_config", lib.sg_config_free, _lib.path(source))
        self.update(options or {})

    @classmethod
    def _of(cls, handle: Any) -> Config:
        config = cls.__new__(cls)
        config._handle = handle
        return config

    @classmethod
    def from_yaml(cls, text: str, name: str = "YAML") -> Config:
        """From the text of a configuration; `name` stands for the file in messages."""
        data = text.encode()
        return cls._of(
            make(lib.sg_config_parse, "sg_config", lib.sg_config_free, name.encode(), data, len(data))
        )

    def update(self, options: Options) -> None:
        """Sets all options of a nested mapping."""
        for key, value in flatten(options):
            self[key] = value

    def copy(self) -> Config:
        """Another configuration with the same settings."""
        return self._of(make(lib.sg_config_copy, "sg_config", lib.sg_config_free, self._handle))

    def check(self) -> None:
        """Raises ConfigError where options do not go together."""
        call(lib.sg_config_check, self._handle)

    def to_yaml(self) -> str:
        """All options, as YAML."""
        out = ffi.new("char **")
        call(lib.sg_config_text, self._handle, out)
        return _lib.take_text(out[0])

    def __setitem__(self, key: str, value: Any) -> None:
        call(lib.sg_config_set, self._handle, key.encode(), value_text(value).encode())

    def __getitem__(self, key: str) -> str:
        value = ffi.new("char[]", lib.SG_VALUE_TEXT)
        call(lib.sg_config_get, self._handle, key.encode(), value, len(value))
        return _lib.text(value)

    @property
    def layers(self) -> int:
        """How many layers it has."""
        count = 0
        while "layers.%d.size" % count in self:
            count += 1
        return count

    def __contains__(self, key: object) -> bool:
        value = ffi.new("char[]", lib.SG_VALUE_TEXT)
        return isinstance(key, str) and lib.sg_config_get(self._handle, key.encode(), value, len(value)) == lib.SG_OK

    def __iter__(self) -> Iterator[str]:
        known = list(options())
        yield from (key for key in known if not key.startswith("layers.N."))
        for layer in range(self.layers):
            yield from (key.replace("N", str(layer), 1) for key in known if key.startswith("layers.N."))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def changed(self) -> dict[str, str]:
        """Its values that are not the defaults, and the sizes of its layers: Config(options=...) makes the same of them."""
        plain = Config(options={"layers.0.size": 1})
        defaults = {key: plain[_LAYER.sub("layers.0.", key)] for key in self}
        return {key: value for key, value in self.items() if value != defaults[key] or _SIZE.match(key)}

    def get(self, key: str, default: Any = None) -> Any:
        """The value of a key, or `default` where there is none."""
        return self[key] if key in self else default

    def __copy__(self) -> Config:
        return self.copy()

    def __deepcopy__(self, _memo: Any) -> Config:
        return self.copy()

    def __reduce__(self) -> tuple[Any, ...]:
        return (Config.from_yaml, (self.to_yaml(), "pickle"))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Config) and self.to_yaml() == other.to_yaml()

    def __repr__(self) -> str:
        return "Config(options=%r)" % self.changed()

    def __str__(self) -> str:
        return self.to_yaml()


def recipes() -> dict[str, str]:
    """The shipped recipes, and a line on each."""
    name, summary, found = ffi.new("char **"), ffi.new("char **"), {}
    i = 0
    while lib.sg_recipe_at(i, name, summary):
        found[_lib.text(name[0])] = _lib.text(summary[0])
        i += 1
    return found


def options() -> dict[str, dict[str, Any]]:
    """Every option by its key: its type, default, bounds, choices, where it has an effect, and what it is."""
    found: dict[str, dict[str, Any]] = {}
    info = _lib.sized("sg_option_info")
    i = 0
    while lib.sg_option_at(i, info):
        found[_lib.text(info.key)] = {
            "type": _lib.text(info.type),
            "default": _lib.text(info.fallback),
            "bounds": _lib.text(info.bounds),
            "choices": _choices(i),
            "applies": _lib.text(info.applies),
            "help": _lib.text(info.help),
        }
        i += 1
    return found


@functools.lru_cache(maxsize=None)
def parts(prefix: str = "") -> tuple[str, ...]:
    """What keys below a prefix begin with: the options and sections there."""
    below = (key[len(prefix) :].split(".")[0] for key in options() if key.startswith(prefix))
    return tuple(dict.fromkeys(below))


def check_word(what: str, word: str, known: Sequence[str]) -> None:
    """Raises ConfigError where a word is none of those that are known."""
    if word not in known:
        near = difflib.get_close_matches(word, known, 1)
        hint = "did you mean %r?" % near[0] if near else "expected one of %s" % ", ".join(known)
        raise ConfigError("%s: unknown word %r; %s" % (what, word, hint))


def _choices(option: int) -> dict[str, str]:
    name, summary, found = ffi.new("char **"), ffi.new("char **"), {}
    j = 0
    while lib.sg_option_choice(option, j, name, summary):
        found[_lib.text(name[0])] = _lib.text(summary[0])
        j += 1
    return found
