#!/usr/bin/python3
"""Checks that two builds of surgrad train to the same bits. Run by hand, before and after a refactoring:

    bench/same_bits.py OLD NEW [--whole] [--only NAME] [--ignore COLUMN]

OLD and NEW are programs. OLD trains each case once, with two threads; NEW once at each level of vector
instructions that the machine has and with 1, 2 and 5 threads. The metrics (but times) and all arrays of the model must
be equal, bit for bit. Cases are all recipes on their whole data, for two epochs, and networks outside them: recurrent,
wide, with time cut into chunks, adaptive, convolutional. --whole trains recipes to their end, at NEW's fastest level with two threads.
--ignore leaves out a column of metrics.csv whose meaning changed. Prints a line a case, level and number of threads;
exit code 1 if any differs.
"""
import argparse
import csv
import itertools
import os
import subprocess
import sys
import tempfile

import h5py

RECIPES = ["notebook", "fast", "mnist", "fashion", "smnist", "randman", "patterns"]
EPOCHS = {"smnist": 1}
CONV = ["--set", "layers.0.link.kind=conv2d", "--set", "layers.0.link.stride=2", "--set", "layers.1.link.pool=max"]
SMALL = {
    "recurrent": ["randman", "-e", "2", "--set", "layers.0.recurrent.from=own"],
    "wide": ["patterns", "-e", "1", "--set", "layers.0.size=1024", "--set", "data.channels=784",
             "--set", "data.samples=20"],
    "chunked": ["patterns", "-e", "2", "--set", "memory={threads}e-1 MB"],
    "alif": ["patterns", "-e", "2", "--set", "layers.0.neuron.kind=alif"],
    "adlif": ["patterns", "-e", "2", "--set", "layers.0.neuron.kind=adlif",
              "--set", "layers.0.surrogate.kind=triangle"],
    "conv": ["fast", "-e", "1", *CONV],
    "conv_chunked": ["fast", "-e", "1", *CONV, "--set", "memory={threads} MB"],
}
# Columns of metrics.csv that are not the same in two runs.
TIMES = ["seconds", "samples_per_s"]


def arguments_of(name, whole):
    if name in SMALL:
        return SMALL[name]
    return [name] + ([] if whole else ["-e", str(EPOCHS.get(name, 2))])


def arrays(path):
    """Name and bytes of every dataset."""
    found = {}
    with h5py.File(path) as file:
        file.visititems(lambda name, item: found.__setitem__(name, item[()].tobytes())
                        if isinstance(item, h5py.Dataset) else None)
    return found


def metrics(path):
    with open(path) as file:
        return list(csv.DictReader(file))


def train(program, arguments, folder, level=None, threads=2):
    environment = dict(os.environ, **({"SURGRAD_CPU": level} if level else {}))
    arguments = [a.format(threads=threads) for a in arguments]
    done = subprocess.run([program, "train", *arguments, "-t", str(threads), "-o", folder], capture_output=True,
                          env=environment, text=True)
    if done.returncode:
        sys.exit("same_bits: %s train %s: %s" % (program, " ".join(arguments), done.stderr))


def differences(old, new, ignored):
    """What both programs write and differs. A later version may write more."""
    a, b = arrays(old + "/model.h5"), arrays(new + "/model.h5")
    found = [name for name in a if a[name] != b.get(name)]
    rows = metrics(old + "/metrics.csv"), metrics(new + "/metrics.csv")
    if len(rows[0]) != len(rows[1]):
        return found + ["epochs"]
    columns = [c for c in rows[0][0] if c in rows[1][0] and c not in ignored]
    return found + [c for c in columns if any(x[c] != y[c] for x, y in zip(*rows))]


def levels(program):
    """The levels of vector instructions that this machine runs."""
    return [level for level in ("scalar", "avx2", "avx512", "neon")
            if subprocess.run([program, "info", "patterns"], capture_output=True,
                              env=dict(os.environ, SURGRAD_CPU=level)).returncode == 0]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("old")
    parser.add_argument("new")
    parser.add_argument("--whole", action="store_true")
    parser.add_argument("--only", action="append")
    parser.add_argument("--ignore", action="append", default=[])
    options = parser.parse_args()
    old, new = os.path.abspath(options.old), os.path.abspath(options.new)
    names = options.only or RECIPES + ([] if options.whole else list(SMALL))
    ways = [(None, 2)] if options.whole else list(itertools.product(levels(new), (1, 2, 5)))
    wrong = 0
    for name in names:
        with tempfile.TemporaryDirectory() as work:
            arguments = arguments_of(name, options.whole)
            train(old, arguments, work + "/old")
            for i, (level, threads) in enumerate(ways):
                folder = "%s/new-%d" % (work, i)
                train(new, arguments, folder, level, threads)
                found = differences(work + "/old", folder, TIMES + options.ignore)
                wrong += bool(found)
                print(name, level or "fastest", threads, "differ: " + ", ".join(found) if found else "same", flush=True)
    return wrong > 0


if __name__ == "__main__":
    sys.exit(main())
