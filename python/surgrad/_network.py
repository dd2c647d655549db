"""Networks: layers with their weights; training, predictions and what neurons do."""

from __future__ import annotations

import dataclasses
import os
import tempfile
from typing import Any, Callable, Iterator, Sequence, Union

import numpy as np
import numpy.typing as npt

from surgrad import _lib
from surgrad._answers import LABEL, Answer, answer_of, score_of
from surgrad._config import Config, Options, check_word
from surgrad._config import parts as known_parts
from surgrad._data import Data
from surgrad._errors import ArgumentError, DataError, OutOfRangeError
from surgrad._events import Events, Index
from surgrad._layer import Layer
from surgrad._lib import call, ffi, lib, make
from surgrad._run import Epoch, Progress, Result, progress_bar, train_network

Samples = Union[Events, Data]

_READ_OUTS = ("li", "cuba_li")  # neurons that never fire
_AT_ONCE = 1024  # samples of a call, so that Ctrl-C is heard between two


@dataclasses.dataclass(frozen=True)
class Evaluation:
    """What an evaluation found. Arrays: spikes_per_sample and silent (layers), confusion (classes, outputs). Where the
    loss does not read labels, correct and accuracy are None."""

    samples: int
    correct: int | None
    loss: float
    accuracy: float | None
    input_events_per_sample: float
    spikes_per_sample: npt.NDArray[np.float64]  # of all neurons of each layer, mean over samples
    silent: npt.NDArray[np.int64]  # neurons of each layer that fired for no sample
    confusion: npt.NDArray[np.int64]  # [label, predicted] samples

    def __repr__(self) -> str:
        spikes = ", ".join("%.4g" % count for count in self.spikes_per_sample)
        accuracy = "" if self.accuracy is None else "accuracy %.4f, " % self.accuracy
        told = self.samples, accuracy, self.loss, spikes
        return "Evaluation(%d samples, %sloss %.4g, spikes per sample by layer: %s)" % told


@dataclasses.dataclass(frozen=True)
class Record:
    """What a layer did in every step, (samples, T, N) each."""

    raster: npt.NDArray[np.uint8]  # spikes of a neuron in a step
    membrane: npt.NDArray[np.float32]  # as it is compared with the threshold, before a reset
    current: npt.NDArray[np.float32]  # synaptic current; of neurons without one the weighted input
    adaptation: npt.NDArray[np.float32]  # 0 of neurons that do not adapt

    def __repr__(self) -> str:
        return "Record(%d samples, %d steps, %d neurons, %d spikes)" % (*self.raster.shape, self.raster.sum())


class Parameters:
    """The parameters of a layer by name: "weights" (I, N), "recurrent" (N, N), "bias" (1, N), ... Arrays are copies;
    setting one copies it into the network."""

    def __init__(self, network: Network, layer: int) -> None:
        self._network, self._layer = network, layer

    def keys(self) -> list[str]:
        return [name for name, _ in self._groups()]

    def _groups(self) -> Iterator[tuple[str, tuple[int, int]]]:
        info = _lib.sized("sg_group_info")
        handle = self._network._built()
        i = 0
        while lib.sg_network_group(handle, self._layer, i, info) == lib.SG_OK:
            yield _lib.text(info.name), (int(info.rows), int(info.columns))
            i += 1

    def _shape(self, name: str) -> tuple[int, int]:
        shapes = dict(self._groups())
        if name not in shapes:
            raise KeyError("layer %d has no %r, but %s" % (self._layer, name, ", ".join(shapes)))
        return shapes[name]

    def __getitem__(self, name: str) -> npt.NDArray[np.float32]:
        values = np.empty(self._shape(name), np.float32)
        where = _lib.pointer(values, "float")
        call(lib.sg_network_get_group, self._network._built(), self._layer, name.encode(), where)
        return values

    def __setitem__(self, name: str, values: npt.ArrayLike) -> None:
        shape = self._shape(name)
        array = np.ascontiguousarray(values, np.float32)
        if array.shape != shape:
            raise ArgumentError("%s of layer %d: found shape %s, expected %s" % (name, self._layer, array.shape, shape))
        where = _lib.pointer(array, "float")
        call(lib.sg_network_set_group, self._network._built(), self._layer, name.encode(), where)

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys())

    def __len__(self) -> int:
        return len(self.keys())

    def __repr__(self) -> str:
        return "Parameters(%s)" % ", ".join("%s %dx%d" % (name, *shape) for name, shape in self._groups())


class Weights:
    """The weights of all layers: net.weights[0] is a copy, (I, N), and net.weights[0] = w sets them."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def __getitem__(self, layer: int) -> npt.NDArray[np.float32]:
        return Parameters(self._network, self._network._number(layer))["weights"]

    def __setitem__(self, layer: int, values: npt.ArrayLike) -> None:
        Parameters(self._network, self._network._number(layer))["weights"] = values

    def __len__(self) -> int:
        return len(self._network)

    def __repr__(self) -> str:
        return "Weights(%s)" % ", ".join("%dx%d" % w.shape for w in self)

    def __iter__(self) -> Iterator[npt.NDArray[np.float32]]:
        return (self[layer] for layer in range(len(self)))


class Network:
    """A spiking network.

    Network([Layer(128, neuron="cuba_lif"), Layer(10, neuron="li")]) gets its inputs, steps and dt from the data that it
    first sees; with `inputs` (a number, or (maps, height, width)), `steps` and `dt` it exists at once. The loss is mean_ce
    of a read-out and count_ce of neurons that fire, unless `fit` or `options`, any others of a configuration, say more. Network(Config("fast")) is the network of a configuration, with its loss and optimiser.
    """

    def __init__(
        self,
        layers: Sequence[Layer] | Config,
        *,
        inputs: int | tuple[int, int, int] | None = None,
        steps: int | None = None,
        dt: str | None = None,
        seed: int | None = None,
        options: Options | None = None,
    ) -> None:
        if isinstance(layers, Config):
            self.config = layers.copy()
        else:
            self.config = Config()
            for l, layer in enumerate(_layers(layers)):
                for key, value in layer.options().items():
                    self.config["layers.%d.%s" % (l, key)] = value
            reads = bool(layers) and self.config["layers.%d.neuron.kind" % (len(layers) - 1)] in _READ_OUTS
            self.config["loss.kind"] = "mean_ce" if reads else "count_ce"
        given = {"steps": steps, "dt": dt, "seed": seed}
        self.config.update({key: value for key, value in given.items() if value is not None})
        self.config.update(options or {})
        self._has_time = isinstance(layers, Config) or steps is not None
        self._handle: Any = None
        if inputs is not None:
            self._build(_input_shape(inputs))

    # ------------------------------------------------------------------------------------------------- building

    def _build(self, shape: tuple[int, int, int]) -> None:
        self.config.check()
        value = ffi.new("sg_shape *", shape)[0]
        with _lib.hdf5():  # weights may come from a file
            self._handle = make(
                lib.sg_network_create_shaped, "sg_network", lib.sg_network_free, self.config._handle, value
            )

    def _built(self) -> Any:
        if self._handle is None:
            raise ArgumentError(
                "the network does not know its inputs yet: train it, or create it with inputs=..., steps=... and dt=..."
            )
        return self._handle

    def _meet(self, events: Events) -> None:
        """Takes time and inputs from the events, where nothing is known of them."""
        if self._handle is None:
            if not self._has_time:
                self.config["steps"] = events.steps
                if events.dt_ms > 0:
                    self.config["dt"] = "%.17g ms" % events.dt_ms
            self._build(events.shape)

    # ------------------------------------------------------------------------------------------------- training

    def fit(
        self,
        data: Samples,
        *,
        loss: str | Options | None = None,
        epochs: int | None = None,
        batch: int | None = None,
        lr: float | None = None,
        optimiser: str | Options | None = None,
        validation: Events | float = 0.0,
        test: Events | float = 0.0,
        seed: int | None = None,
        threads: int = 0,
        progress: bool = False,
        folder: str | os.PathLike[str] | None = None,
        on_batch: Callable[[Progress], object] | None = None,
        on_epoch: Callable[[Epoch], object] | None = None,
        **options: Any,
    ) -> Result:
        """Trains the network, from the weights that it has.

        `validation` and `test` are shares of the samples, or stores of their own; a Data has its parts already. With a
        validation part the network becomes that of the best epoch, else of the last. Further words are options of the
        configuration: fit(data, schedule="cosine", patience=5, augment={"jitter": "1 ms"}). `folder` keeps the run's
        files; `progress` shows a bar. Ctrl-C ends the run after the batch in hand; the network then has its weights.
        """
        for word in options:
            check_word("fit", word.split(".")[0], known_parts())
        parts = _parts(data, validation, test, seed)
        self._meet(parts.events)
        given = {"loss": loss, "epochs": epochs, "batch": batch, "optimiser": optimiser, "seed": seed, **options}
        for key, value in given.items():
            if value is not None:
                self._set(key, value)
        if lr is not None:
            self.config["optimiser.lr"] = lr
        if batch is None and len(parts.train) < int(self.config["batch"]):
            self.config["batch"] = len(parts.train)
        show, end = progress_bar() if progress else (on_batch, _nothing)
        try:
            return train_network(self.config, self._handle, parts, folder, threads, show, on_epoch, self._take)
        finally:
            end()

    def _take(self, handle: Any) -> None:
        self._handle = handle

    def _set(self, key: str, value: Any) -> None:
        """One option, or those of a section; a word in the place of a section is its kind."""
        if key in ("loss", "optimiser", "schedule") and isinstance(value, str):
            value = {"kind": value}
        self.config.update({key: value})

    # ------------------------------------------------------------------------------------------------- predicting

    def predict(self, data: Samples, samples: Index | None = None, *, threads: int = 0) -> npt.NDArray[Any]:
        """What the network answers, by its loss. (B) the class of each sample: the number of its largest output. Of
        losses that read numbers: (B, N) of mean_mse and last_mse, (B, T, N) of step_mse; 1 of each class that is there,
        else 0, of mean_bce and step_bce. Of spike_time: (B, T, N) spikes."""
        return self._answer(answer_of(self.config["loss.kind"]), data, samples, threads)

    def _answer(self, answer: Answer, data: Samples, samples: Index | None, threads: int = 0) -> npt.NDArray[Any]:
        read = self.step_outputs if answer.each_step else self.outputs
        return answer.of(read(data, samples, threads=threads))

    def outputs(self, data: Samples, samples: Index | None = None, *, threads: int = 0) -> npt.NDArray[np.float64]:
        """(B, N) what the loss's read-out makes of each sample, such as a mean membrane or a spike count."""
        events, chosen = self._chosen(data, samples)
        outputs = np.empty((len(chosen), self.sizes[-1]), np.float64)
        for begin in range(0, len(chosen), _AT_ONCE):
            part = slice(begin, begin + _AT_ONCE)
            call(
                lib.sg_predict, self._handle, self.config._handle, events._handle,
                _lib.pointer(chosen[part], "uint32_t"), len(chosen[part]), threads,
                _lib.pointer(outputs[part], "double"), ffi.NULL,
            )  # fmt: skip
        return outputs

    def step_outputs(self, data: Samples, samples: Index | None = None, *, threads: int = 0) -> npt.NDArray[np.float32]:
        """(B, T, N) what the last layer does in each step: its membranes, or, of neurons that fire, its spikes. The class
        of each step is the largest: net.step_outputs(data).argmax(axis=2)."""
        events, chosen = self._chosen(data, samples)
        last = len(self) - 1
        fires = bool(self.layer(last)["spiking"])
        found = np.empty((len(chosen), events.steps, self.sizes[last]), np.uint8 if fires else np.float32)
        record = ffi.new("sg_layer_record *")
        record.layer = last
        for begin in range(0, len(chosen), _AT_ONCE):
            part = slice(begin, begin + _AT_ONCE)
            if fires:
                record.raster = _lib.pointer(found[part], "uint8_t")
            else:
                record.membrane = _lib.pointer(found[part], "float")
            call(
                lib.sg_network_record, self._handle, events._handle, _lib.pointer(chosen[part], "uint32_t"),
                len(chosen[part]), threads, record, 1,
            )  # fmt: skip
        return found.astype(np.float32, copy=False)

    def probabilities(self, data: Samples, samples: Index | None = None, *, threads: int = 0) -> npt.NDArray[np.float64]:
        """(B, N) probabilities of the classes, where the loss is a cross-entropy; ArgumentError else."""
        found = self.outputs(data, samples, threads=threads)
        result = np.empty_like(found)
        where = _lib.pointer(found, "double"), len(found), _lib.pointer(result, "double")
        call(lib.sg_probabilities, self.config._handle, *where)
        return result

    def _chosen(self, data: Samples, samples: Index | None) -> tuple[Events, npt.NDArray[Any]]:
        """The events, and which of their samples: of a Data by default those of its test part."""
        events = events_of(data)
        self._built()
        chosen = np.array(data.test) if isinstance(data, Data) and samples is None else events.samples(samples)
        return events, chosen

    def evaluate(self, data: Samples, samples: Index | None = None, *, threads: int = 0) -> Evaluation:
        """Loss, accuracy, confusion and spikes of some samples, of all, or of a Data's test part. Of targets that are no
        labels, `score` tells how well they are met."""
        events, chosen = self._chosen(data, samples)
        result = _lib.sized("sg_evaluation")
        activity = ffi.new("sg_layer_activity[]", len(self))
        confusion = np.zeros((max(events.classes, 1), self.sizes[-1]), np.uint64)
        call(
            lib.sg_evaluate, self._handle, self.config._handle, events._handle, _lib.pointer(chosen, "uint32_t"),
            len(chosen), threads, result, activity, _lib.pointer(confusion, "uint64_t"),
        )  # fmt: skip
        counts = answer_of(self.config["loss.kind"], events.has_targets) is LABEL
        return Evaluation(
            samples=int(result.samples),
            correct=int(result.correct) if counts else None,
            loss=result.loss,
            accuracy=result.accuracy if counts else None,
            input_events_per_sample=result.input_events_per_sample,
            spikes_per_sample=np.array([a.spikes_per_sample for a in activity]),
            silent=np.array([a.silent for a in activity]),
            confusion=confusion.astype(np.int64),
        )

    def score(self, data: Samples, samples: Index | None = None) -> float:
        """How good the answers are: the accuracy. Of losses that read other targets than labels: of numbers the share of
        their variance that is explained, R squared, the mean over outputs; of several classes, and of a class of each
        step, the share of right ones. ArgumentError where the targets are spike trains."""
        events, chosen = self._chosen(data, samples)
        evaluation = self.evaluate(events, chosen)
        if evaluation.accuracy is not None:
            return evaluation.accuracy
        kind = self.config["loss.kind"]
        answer = answer_of(kind, events.has_targets)
        if answer.score is None:
            raise ArgumentError("score: loss.kind %s has none; evaluate tells the loss, a distance of trains" % kind)
        return score_of(answer, self._answer(answer, events, chosen), events, chosen)

    # ------------------------------------------------------------------------------------------------- looking

    def record(
        self, data: Samples, samples: Index | None = None, *, layers: Sequence[int] | None = None, threads: int = 0
    ) -> dict[int, Record]:
        """What layers do in every step of some samples, by the number of the layer."""
        events, chosen = self._chosen(data, samples)
        found = {}
        wanted = [self._number(layer) for layer in (range(len(self)) if layers is None else layers)]
        records = ffi.new("sg_layer_record[]", len(wanted))
        for row, layer in zip(records, wanted):
            shape = (len(chosen), events.steps, self.sizes[layer])
            one = Record(np.empty(shape, np.uint8), *(np.empty(shape, np.float32) for _ in range(3)))
            row.layer, row.raster = layer, _lib.pointer(one.raster, "uint8_t")
            row.membrane, row.current, row.adaptation = (
                _lib.pointer(array, "float") for array in (one.membrane, one.current, one.adaptation)
            )
            found[layer] = one
        call(
            lib.sg_network_record, self._handle, events._handle, _lib.pointer(chosen, "uint32_t"), len(chosen), threads,
            records, len(wanted),
        )  # fmt: skip
        return found

    def raster(self, data: Samples, layer: int = 0, sample: int = 0) -> npt.NDArray[np.uint8]:
        """(T, N) the spikes of a layer for one sample: 1 where a neuron fires."""
        events, chosen = self._chosen(data, sample)
        layer = self._number(layer)
        raster = np.empty((events.steps, self.sizes[layer]), np.uint8)
        where = _lib.pointer(raster, "uint8_t")
        call(lib.sg_network_raster, self._handle, events._handle, int(chosen[0]), layer, where)
        return raster

    def membrane(self, data: Samples, layer: int = 0, sample: int = 0) -> npt.NDArray[np.float32]:
        """(T, N) the membrane of a layer for one sample, as it is compared with the threshold, before a reset."""
        events, chosen = self._chosen(data, sample)
        layer = self._number(layer)
        membrane = np.empty((events.steps, self.sizes[layer]), np.float32)
        where = _lib.pointer(membrane, "float")
        call(lib.sg_network_membrane, self._handle, events._handle, int(chosen[0]), layer, where)
        return membrane

    def input_gradient(
        self,
        data: Samples,
        samples: Index | None = None,
        *,
        by_outputs: npt.ArrayLike | None = None,
        threads: int = 0,
    ) -> npt.NDArray[np.float32]:
        """(B, T, I) dL/dinput for the number of spikes of each channel in each step, for saliency. L is the configured
        loss, or the caller's with derivative by_outputs (B, N) with respect to the outputs. It goes back as the
        configured rule says, but always through the weights above, and under eventprop by surrogate derivatives."""
        events, chosen = self._chosen(data, samples)
        found = np.empty((len(chosen), events.steps, events.channels), np.float32)
        own = _by_outputs(by_outputs, (len(chosen), self.sizes[-1])) if by_outputs is not None else None
        call(
            lib.sg_input_gradients, self._handle, self.config._handle, events._handle,
            _lib.pointer(chosen, "uint32_t"), len(chosen), threads,
            _lib.pointer(own, "double") if own is not None else ffi.NULL, _lib.pointer(found, "float"),
        )  # fmt: skip
        return found

    @property
    def weights(self) -> Weights:
        return Weights(self)

    @property
    def parameters(self) -> list[Parameters]:
        """The parameters of each layer, by name."""
        return [Parameters(self, layer) for layer in range(len(self))]

    @property
    def sizes(self) -> list[int]:
        """Neurons of each layer."""
        return [self.layer(l)["neurons"] for l in range(len(self))]

    @property
    def class_names(self) -> list[str]:
        """Names of the classes, as the data told them; empty where they did not."""
        names = [_lib.text(lib.sg_network_class_name(self._built(), c)) for c in range(self.sizes[-1])]
        return names if any(names) else []

    def layer(self, number: int) -> dict[str, Any]:
        """Kinds, sizes and shapes of a layer."""
        info = _lib.sized("sg_layer_info")
        call(lib.sg_network_layer, self._built(), self._number(number), info)
        return {
            "link": _lib.text(info.link),
            "neuron": _lib.text(info.neuron),
            "inputs": int(info.inputs),
            "neurons": int(info.neurons),
            "parameters": int(info.parameters),
            "spiking": bool(info.spiking),
            "recurrent": bool(info.recurrent),
            "in": _shape(getattr(info, "in")),
            "out": _shape(info.out),
        }

    def __len__(self) -> int:
        return int(lib.sg_network_layers(self._built()))

    def _number(self, layer: int) -> int:
        """The number of a layer, which may be counted from the end: -1 is the last."""
        count = len(self)
        if not -count <= layer < count:
            raise OutOfRangeError("layer %d of a network of %d, expected %d to %d" % (layer, count, -count, count - 1))
        return int(layer) % count

    # ------------------------------------------------------------------------------------------------- keeping

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes a model file (docs/file-formats.md), aside and then renamed."""
        with _lib.hdf5():
            call(lib.sg_model_save, self._built(), self.config._handle, _lib.path(path))

    @classmethod
    def _of(cls, config: Config, handle: Any) -> Network:
        """A network that was read, with its configuration."""
        network = cls.__new__(cls)
        network.config, network._handle, network._has_time = config, handle, True
        config["init"] = ""  # the weights are here, and the file that they began from may be gone
        return network

    def copy(self) -> Network:
        """A network of the same configuration and weights, which lives on its own."""
        other = Network.__new__(Network)
        other.config, other._has_time, other._handle = self.config.copy(), self._has_time, None
        if self._handle is not None:
            other._handle = make(lib.sg_network_copy, "sg_network", lib.sg_network_free, self._handle)
        return other

    def __copy__(self) -> Network:
        return self.copy()

    def __deepcopy__(self, _memo: Any) -> Network:
        return self.copy()

    def __reduce__(self) -> tuple[Any, ...]:
        if self._handle is None:
            return _unbuilt, (self.config, self._has_time)
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "model.h5")
            self.save(path)
            with open(path, "rb") as file:
                return _from_bytes, (file.read(),)

    def __repr__(self) -> str:
        if self._handle is None:
            return "Network(%s; not built yet: its inputs come with the data)" % self._kinds()
        first = self.layer(0)
        layers = [self.layer(l) for l in range(len(self))]
        sizes = "-".join(str(n) for n in [first["inputs"]] + [l["neurons"] for l in layers])
        kinds = ", ".join(l["neuron"] + (" recurrent" if l["recurrent"] else "") for l in layers)
        return "Network(%s; %s; %d parameters, %d steps)" % (
            sizes, kinds, sum(l["parameters"] for l in layers), lib.sg_network_steps(self._handle),
        )  # fmt: skip

    def _kinds(self) -> str:
        """Sizes and neurons of layers, as the configuration has them."""
        keys = (("layers.%d.%s" % (l, name) for name in ("size", "neuron.kind")) for l in range(self.config.layers))
        return ", ".join(" ".join(self.config[key] for key in pair) for pair in keys)

    def _repr_html_(self) -> str:
        if self._handle is None:
            return "<p>%s</p>" % repr(self)
        names = ["link", "neuron", "inputs", "neurons", "parameters"]
        rows = "".join(
            "<tr><td>%d</td>%s</tr>" % (l, "".join("<td>%s</td>" % self.layer(l)[name] for name in names))
            for l in range(len(self))
        )
        head = "".join("<th>%s</th>" % name for name in ["layer"] + names)
        return "<table><thead><tr>%s</tr></thead><tbody>%s</tbody></table>" % (head, rows)


def _layers(layers: Any) -> Sequence[Layer]:
    found = list(layers) if isinstance(layers, Sequence) else [layers]
    wrong = [layer for layer in found if not isinstance(layer, Layer)]
    if wrong or not isinstance(layers, Sequence):
        name = type(wrong[0] if wrong else layers).__name__
        raise ArgumentError("layers: found %s, expected a list of Layer, such as [Layer(128), Layer(10)]" % name)
    return found


def _input_shape(inputs: Any) -> tuple[int, int, int]:
    shape = (inputs, 1, 1) if isinstance(inputs, (int, np.integer)) else inputs
    whole = isinstance(shape, Sequence) and all(isinstance(n, (int, np.integer)) and n > 0 for n in shape)
    if not whole or len(shape) != 3:
        raise ArgumentError("inputs: found %r, expected a number above 0, or (maps, height, width)" % (inputs,))
    return int(shape[0]), int(shape[1]), int(shape[2])


def events_of(data: Any) -> Events:
    """The events of a data set, or what is one already. Raises DataError."""
    events = data.events if isinstance(data, Data) else data
    if not isinstance(events, Events):
        raise DataError("found %s, expected Events: make them by Events.from_arrays" % type(data).__name__)
    return events


def _parts(data: Samples, validation: Events | float, test: Events | float, seed: int | None) -> Data:
    if not isinstance(data, Data):
        return Data.split(events_of(data), validation=validation, test=test, seed=1 if seed is None else seed)
    if isinstance(validation, Events) or isinstance(test, Events) or validation or test:
        raise DataError("a Data has its parts already: leave out validation and test, or give its events")
    return data


def _shape(shape: Any) -> tuple[int, int, int]:
    return int(shape.channels), int(shape.height), int(shape.width)


def _nothing() -> None:
    pass


def _by_outputs(values: npt.ArrayLike, shape: tuple[int, int]) -> npt.NDArray[np.float64]:
    array = np.ascontiguousarray(values, np.float64)
    if array.shape != shape:
        raise ArgumentError("by_outputs: found shape %s, expected %s, samples and outputs" % (array.shape, shape))
    return array


def load(path: str | os.PathLike[str]) -> Network:
    """A network from a model file. Raises ModelError where it is missing or damaged."""
    config, handle = ffi.new("sg_config **"), ffi.new("sg_network **")
    with _lib.hdf5():
        call(lib.sg_model_load, _lib.path(path), config, handle)
    return Network._of(Config._of(ffi.gc(config[0], lib.sg_config_free)), ffi.gc(handle[0], lib.sg_network_free))


def _from_bytes(model: bytes) -> Network:
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model.h5")
        with open(path, "wb") as file:
            file.write(model)
        return load(path)


def _unbuilt(config: Config, has_time: bool) -> Network:
    network = Network(config)
    network._has_time = has_time
    return network


__all__ = ["Evaluation", "Network", "Parameters", "Record", "load"]
