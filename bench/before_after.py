#!/usr/bin/python3
"""Compares the speed of training steps of two builds, in rounds that alternate between them. Run by hand:

    bench/before_after.py OLD NEW [--rounds N] [--only NAME] [--csv FILE]

OLD and NEW are bench-surgrad programs. A round runs each row by OLD and by NEW, one after the other, the first of them
in turn, for about a third of a second. What is told is the fastest run of each in microseconds a sample, their ratio
NEW / OLD, and the median of the rounds' ratios with the quartiles. On a machine that others use the fastest runs of
many rounds are what the programs can do, and the quartiles tell how much it was disturbed. Rows are the networks of `make bench`, and those that it lacks: recurrent,
wide, adaptive, of events.
"""
import argparse
import csv
import json
import os
import statistics
import subprocess
import sys

EVENTS = ["--synthetic", "0.02", "--channels", "700", "--samples", "512", "--set", "steps=100"]
# name: level, threads, arguments, batches
ROWS = {
    "fast": ("", 2, ["fast"], 300),
    "fast 1 thread": ("", 1, ["fast"], 150),
    "fast avx2": ("avx2", 2, ["fast"], 250),
    "fast scalar": ("scalar", 2, ["fast"], 40),
    "notebook": ("", 2, ["notebook"], 150),
    "fashion": ("", 2, ["fashion"], 150),
    "fashion 1,024 hidden": ("", 2, ["fashion", "--set", "layers.0.size=1024"], 20),
    "smnist": ("", 2, ["smnist"], 10),
    "randman": ("", 2, ["randman"], 400),
    "patterns alif": ("", 2, ["patterns", "--set", "layers.0.neuron.kind=alif"], 100),
    "events 700-256r": ("", 2, ["randman", "--set", "layers.0.size=256", "--set", "layers.0.recurrent.from=own",
                                *EVENTS], 4),
    "events 700-256": ("", 2, ["randman", "--set", "layers.0.size=256", *EVENTS], 15),
}


def measure(program, level, threads, arguments, batches):
    """Microseconds a sample."""
    environment = dict(os.environ, **({"SURGRAD_CPU": level} if level else {}))
    done = subprocess.run([program, *arguments, "--threads", str(threads), "--warm-up", "5", "--batches", str(batches)],
                          capture_output=True, text=True, env=environment)
    if done.returncode:
        sys.exit("before_after: %s %s: %s" % (program, " ".join(arguments), done.stderr))
    return json.loads(done.stdout)["us_per_sample"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("old")
    parser.add_argument("new")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--only", action="append")
    parser.add_argument("--csv")
    options = parser.parse_args()
    programs = [os.path.abspath(options.old), os.path.abspath(options.new)]
    names = options.only or list(ROWS)
    times = {name: ([], []) for name in names}
    for r in range(options.rounds):
        for name in names:
            for which in ((0, 1) if r % 2 else (1, 0)):
                times[name][which].append(measure(programs[which], *ROWS[name]))
    lines = []
    for name in names:
        old, new = times[name]
        lower, ratio, upper = statistics.quantiles([b / a for a, b in zip(old, new)], n=4, method="inclusive")
        lines.append([name, *("%.4g" % x for x in (min(old), min(new))),
                      *("%.3f" % x for x in (min(new) / min(old), ratio, lower, upper))])
        print("%-22s %9s %9s us   ratio %s   median %s (%s to %s)" % tuple(lines[-1]), flush=True)
    if options.csv:
        with open(options.csv, "w") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["row", "old_us", "new_us", "ratio", "median_ratio", "lower", "upper"])
            writer.writerows(lines)


if __name__ == "__main__":
    main()
