#!/usr/bin/env python3
"""Compares how fast recordings are read into memory, by surgrad and by the readers of others. Run by hand:

    bench/readers.py PROGRAM [--rounds N] [--events N] [--only NAME] [--csv FILE]

PROGRAM is read_recordings, built with the tests. Wanted are tonic, aedat, dv-processing, expelliarmus and h5py (PyPI).
The files are synthetic, drawn here and written by these libraries where they can write. A round runs each reader once,
in turn; what is told is the median of the rounds' processor time, in millions of events a second. Each reader gives its
events as arrays of time, x, y and polarity.
"""
import argparse
import csv
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import warnings

import dv_processing
import expelliarmus
import h5py
import numpy as np
import tonic.io
from tonic.io import make_structured_array

warnings.filterwarnings("ignore")
EVENT = np.dtype([("t", "<i8"), ("x", "<i2"), ("y", "<i2"), ("p", "u1")], align=True)
NMNIST = np.dtype([("x", int), ("y", int), ("t", int), ("p", int)])
SHD = np.dtype([("t", int), ("x", int), ("p", int)])


# ----------------------------------------------------------------------------------------------------------- files


def draw(count, width, height, us):
    """Events of a sensor, all over it and all the time."""
    rng = np.random.default_rng(1)
    events = np.zeros(count, EVENT)
    events["t"] = np.sort(rng.integers(0, us, count))
    events["x"] = rng.integers(0, width, count)
    events["y"] = rng.integers(0, height, count)
    events["p"] = rng.integers(0, 2, count)
    return events


def write_nmnist(folder, count):
    """Files of 4,000 events, as the data set has."""
    paths = []
    for first in range(0, count, 4000):
        e = draw(min(4000, count - first), 34, 34, 300_000)
        rows = [e["x"], e["y"], e["p"] << 7 | e["t"] >> 16, e["t"] >> 8 & 255, e["t"] & 255]
        paths.append(f"{folder}/{first}.bin")
        np.stack(rows, 1).astype(np.uint8).tofile(paths[-1])
    return paths


def write_vendor(encoding, ending):
    def write(folder, count):
        path = f"{folder}/{encoding}.{ending}"
        expelliarmus.Wizard(encoding=encoding).save(fpath=path, arr=draw(count, 640, 480, 10_000_000))
        return [path]

    return write


def write_aedat4(folder, count):
    """LZ4, in packets of 10 ms, as cameras write them."""
    path = f"{folder}/events.aedat4"
    events = draw(count, 640, 480, 10_000_000)
    config = dv_processing.io.MonoCameraWriter.EventOnlyConfig("DVXplorer", (640, 480))
    writer = dv_processing.io.MonoCameraWriter(path, config)
    for at in range(0, 10_000_000, 10_000):
        first, end = np.searchsorted(events["t"], [at, at + 10_000])
        store = dv_processing.EventStore()
        for e in events[first:end].tolist():
            store.push_back(1_600_000_000_000_000 + e[0], e[1], e[2], bool(e[3]))
        writer.writeEvents(store)
    del writer
    return [path]


def write_shd(folder, count):
    """Four times as many: the data set is one file of 65 million events."""
    path = f"{folder}/shd.h5"
    make = os.path.join(os.path.dirname(__file__), "..", "test", "make_shd.py")
    subprocess.run([sys.executable, make, path, str(max(1, count // 2000)), "8000"], check=True)
    return [path]


# ---------------------------------------------------------------------------------------------------------- readers


def read_expelliarmus(encoding):
    return lambda path: [expelliarmus.Wizard(encoding=encoding).read(path)]


def read_dv(path):
    recording = dv_processing.io.MonoCameraRecording(path)
    store = dv_processing.EventStore()
    while recording.isRunning():
        batch = recording.getNextEventBatch()
        if batch is not None:
            store.add(batch)
    return [store.numpy()]


def read_h5py(path):
    """As tonic reads a sample, but for the file, which tonic opens for each."""
    with h5py.File(path, "r") as file:
        for i in range(len(file["labels"])):
            times = file["spikes/times"][i].astype(np.float64) * 1e6
            yield make_structured_array(times, file["spikes/units"][i], 1, dtype=SHD)


# format: writer, readers of one file
FORMATS = {
    "N-MNIST .bin": (write_nmnist, {"tonic": lambda path: [tonic.io.read_mnist_file(path, NMNIST)]}),
    "SHD .h5": (write_shd, {"h5py, as tonic": read_h5py}),
    "AEDAT 4 (LZ4)": (write_aedat4, {"tonic (aedat)": lambda path: [tonic.io.read_aedat4(path)],
                                     "dv-processing": read_dv}),
    "Prophesee .dat": (write_vendor("dat", "dat"), {"expelliarmus": read_expelliarmus("dat")}),
    "EVT 2": (write_vendor("evt2", "raw"), {"expelliarmus": read_expelliarmus("evt2")}),
    "EVT 3": (write_vendor("evt3", "raw"), {"expelliarmus": read_expelliarmus("evt3")}),
}


def processor_seconds():
    use = resource.getrusage(resource.RUSAGE_SELF)
    return use.ru_utime + use.ru_stime


def measure(read, paths):
    """Seconds, and what shows that readers agree: the count of events, and the sum of their columns."""
    seconds = count = columns = 0
    for path in paths:
        start = processor_seconds()
        kept = list(read(path))
        seconds += processor_seconds() - start
        count += sum(len(events) for events in kept)
        columns += sum(int(events["x"].astype(np.int64).sum()) for events in kept)
    return seconds, (count, columns)


def measure_surgrad(program, paths):
    told = json.loads(subprocess.run([program, *paths], check=True, capture_output=True).stdout)
    return told["us"] * 1e-6, (told["events"], told["x"])


def compare(program, paths, readers, rounds):
    """Events a second, millions, of each reader; the median of the rounds."""
    rates = {}
    for _ in range(rounds):
        seconds, found = measure_surgrad(program, paths)
        rates.setdefault("surgrad", []).append(found[0] / seconds / 1e6)
        for name, read in readers.items():
            seconds, other = measure(read, paths)
            if other != found:
                sys.exit(f"{name}: {other[0]} events, columns add up to {other[1]}, but surgrad read {found}")
            rates.setdefault(name, []).append(found[0] / seconds / 1e6)
    return {name: statistics.median(all_rates) for name, all_rates in rates.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--events", type=int, default=1_000_000, help="of each format")
    parser.add_argument("--only", action="append")
    parser.add_argument("--csv")
    arguments = parser.parse_args()
    rows = []
    for name, (write, readers) in FORMATS.items():
        if arguments.only and name not in arguments.only:
            continue
        with tempfile.TemporaryDirectory() as folder:
            paths = write(folder, arguments.events)
            rates = compare(arguments.program, paths, readers, arguments.rounds)
        for reader, rate in rates.items():
            rows.append([name, reader, f"{rate:.3g}", f"{rates['surgrad'] / rate:.3g}"])
            print("{:16} {:16} {:>8} M events/s, surgrad is {:>5} times as fast".format(*rows[-1]), flush=True)
    if arguments.csv:
        with open(arguments.csv, "w", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([["format", "reader", "mevents_s", "surgrad_ratio"], *rows])


if __name__ == "__main__":
    main()
