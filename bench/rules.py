#!/usr/bin/python3
"""Trains the task of the recipe `fast`, MNIST by 784-128-10, under each learning rule, and writes bench/rules.csv and
the table to standard output. Rules whose neurons or losses are others take the recipe that has them.

    bench/rules.py [BUILD] [--epochs E] [--threads N] [--only WORD] [--keep FOLDER]

Each rule is trained for its recipe's own epochs, or E. With --keep runs stay in a folder, and those that are there are
not trained again. Time is processor time of the whole run, evaluation too, an epoch, which other work on the machine
changes little. Memory is the most that the process had; most of it is the data set. Buffers are those of one sample.
"""
import argparse
import csv
import datetime
import json
import os
import pathlib
import re
import subprocess
import tempfile

ROWS = (  # name, recipe, settings
    ("bptt", "fast", ["rule=bptt"]),
    ("bptt, step_ce", "fast", ["rule=bptt", "loss.kind=step_ce", "epochs=4"]),
    ("bptt, window 1", "fast", ["bptt.window=1"]),
    ("ottt", "fast", ["rule=ottt", "layers.0.neuron.kind=lif", "layers.0.neuron.reset=subtract"]),
    ("eprop, random", "fast", ["rule=eprop", "eprop.feedback=random"]),
    ("eprop, online", "fast", ["rule=eprop", "eprop.form=online"]),
    ("decolle", "fast", ["rule=decolle", "loss.kind=step_ce", "decolle.scale=16", "epochs=4"]),
    ("slayer", "slayer", []),
    ("eventprop", "latency_eventprop", []),
)
COLUMNS = ("date", "rule", "recipe", "settings", "epochs", "test_accuracy", "cpu_seconds", "peak_bytes",
           "sample_bytes", "hidden_rate_hz")


def words_of(settings):
    return [word for setting in settings for word in ("--set", setting)]


def name_of(name):
    return name.replace(" ", "-").replace(",", "")


def train(options, name, recipe, settings, folder):
    """Processor seconds of the run, and the most bytes that the process had."""
    out, told = folder / name_of(name), folder / (name_of(name) + ".json")
    if told.exists():
        return json.loads(told.read_text())
    program = os.path.join(options.build, "surgrad")
    words = [program, "train", recipe, "--threads", str(options.threads), "--out", str(out), *words_of(settings)]
    words += ["--epochs", str(options.epochs)] if options.epochs else []
    child = os.posix_spawn(program, words, os.environ, file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull,
                                                                      os.O_WRONLY, 0)])
    _, status, usage = os.wait4(child, 0)
    if status:
        raise SystemExit("rules.py: failed: " + " ".join(words))
    used = {"cpu_seconds": usage.ru_utime + usage.ru_stime, "peak_bytes": usage.ru_maxrss * 1024}
    told.write_text(json.dumps(used))
    return used


def sample_bytes(options, recipe, settings):
    """What `surgrad info` says that the buffers of one sample in work take."""
    units = {"B": 1, "KiB": 1024, "MiB": 1024 ** 2, "GiB": 1024 ** 3}
    text = subprocess.run([os.path.join(options.build, "surgrad"), "info", recipe, "--threads", "1",
                           *words_of(settings)], check=True, stdout=subprocess.PIPE, text=True).stdout
    size, unit = re.search(r"^workspaces +([0-9.]+) (\w+)", text, re.M).groups()
    return round(float(size) * units[unit])


def measure(options, row, folder):
    name, recipe, settings = row
    used = train(options, name, recipe, settings, folder)
    with open(folder / name_of(name) / "metrics.csv", encoding="utf-8") as file:
        epochs = list(csv.DictReader(file))
    best = max(epochs, key=lambda epoch: float(epoch.get("validation_accuracy") or epoch["epoch"]))
    return dict(zip(COLUMNS, (datetime.date.today().isoformat(), name, recipe, " ".join(settings), len(epochs),
                              best["test_accuracy"], f"{used['cpu_seconds'] / len(epochs):.2f}", used["peak_bytes"],
                              sample_bytes(options, recipe, settings),
                              best["layer0_rate_hz"])))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", nargs="?", default="build")
    parser.add_argument("--epochs", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--only", default="")
    parser.add_argument("--keep", type=pathlib.Path)
    options = parser.parse_args()
    wanted = [row for row in ROWS if options.only in row[0]]
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or pathlib.Path(scratch)
        rows = [measure(options, row, folder) for row in wanted]
    if not options.only:
        with open(pathlib.Path(__file__).with_name("rules.csv"), "w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    print("| rule | recipe | epochs | test accuracy | CPU s an epoch | a sample, kB | memory, MB | hidden spikes, Hz |\n"
          "|---|---|---:|---:|---:|---:|---:|---:|")
    for row in rows:
        print(f"| `{row['rule']}` | `{row['recipe']}` | {row['epochs']} | {float(row['test_accuracy']):.4f} | "
              f"{row['cpu_seconds']} | {row['sample_bytes'] / 1e3:.0f} | {row['peak_bytes'] / 1e6:.0f} | "
              f"{float(row['hidden_rate_hz']):.1f} |")


if __name__ == "__main__":
    main()
