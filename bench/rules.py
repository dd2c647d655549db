#!/usr/bin/python3
"""Trains the task of the recipe `fast`, MNIST by 784-128-10, under each learning rule, and writes bench/rules.csv and
the table to standard output. Rules whose neurons are others take the recipe that has them.

    bench/rules.py [BUILD] [--epochs E] [--threads N] [--only WORD]
"""
import argparse
import csv
import datetime
import os
import pathlib
import tempfile

ROWS = (  # name, recipe, settings
    ("bptt", "fast", ["rule=bptt"]),
    ("bptt, window 1", "fast", ["bptt.window=1"]),
    ("eprop, random", "fast", ["rule=eprop", "eprop.feedback=random"]),
    ("eprop, online", "fast", ["rule=eprop", "eprop.form=online"]),
    ("slayer", "slayer", []),
    ("eventprop", "latency_eventprop", []),
)
COLUMNS = ("date", "rule", "recipe", "settings", "epochs", "threads", "test_accuracy", "seconds", "peak_bytes",
           "hidden_rate_hz")


def train(program, recipe, settings, epochs, threads, out):
    """Returns what the last epoch measured, and the most bytes that the process had."""
    words = [program, "train", recipe, "--epochs", str(epochs), "--threads", str(threads), "--out", out]
    words += [word for setting in settings for word in ("--set", setting)]
    child = os.posix_spawn(program, words, os.environ, file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull,
                                                                      os.O_WRONLY, 0)])
    _, status, usage = os.wait4(child, 0)
    if status:
        raise SystemExit("rules.py: failed: " + " ".join(words))
    with open(os.path.join(out, "metrics.csv")) as file:
        rows = list(csv.DictReader(file))
    return rows, usage.ru_maxrss * 1024


def measure(options, name, recipe, settings, folder):
    out = os.path.join(folder, name.replace(" ", "-").replace(",", ""))
    epochs, peak = train(os.path.join(options.build, "surgrad"), recipe, settings, options.epochs, options.threads, out)
    seconds = sorted(float(row["seconds"]) for row in epochs)[len(epochs) // 2]
    return dict(zip(COLUMNS, (datetime.date.today().isoformat(), name, recipe, " ".join(settings), options.epochs,
                              options.threads, epochs[-1]["test_accuracy"], f"{seconds:.2f}", peak,
                              epochs[-1]["layer0_rate_hz"])))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", nargs="?", default="build")
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows = [measure(options, *row, folder) for row in ROWS if options.only in row[0]]
    if not options.only:
        with open(pathlib.Path(__file__).with_name("rules.csv"), "w", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    print("| rule | recipe | test accuracy | s an epoch | memory, MB | hidden spikes, Hz |\n|---|---|---:|---:|---:|---:|")
    for row in rows:
        print(f"| {row['rule']} | `{row['recipe']}` | {float(row['test_accuracy']):.4f} | {row['seconds']} | "
              f"{row['peak_bytes'] / 1e6:.0f} | {float(row['hidden_rate_hz']):.1f} |")


if __name__ == "__main__":
    main()
