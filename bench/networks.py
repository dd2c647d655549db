#!/usr/bin/python3
"""Measures training steps of the networks of bench/networks/: surgrad, PyTorch as tutorials write it and tuned, and the
products alone in OpenBLAS, in rounds that alternate between them. `make bench` builds what it needs and calls it.

    bench/networks.py [BUILD] [--check] [--only WORD]

It writes bench/networks.csv and a table of docs/performance.md. --check makes no record: it trains surgrad and both
versions in PyTorch for three steps from the same weights on the same batches, and compares losses, as every round of
a record does. --only takes the networks whose names or files hold the word, and writes to BUILD/measured/.

Environment: QUICK=1 makes one short round of small batches, which goes to BUILD/measured/ and not to bench/; THREADS
(one for each processor) and ROUNDS (3) as they say.
"""
import argparse
import csv
import dataclasses
import datetime
import json
import os
import subprocess
import sys

import yaml

import networks_work
import page
import table

COLUMNS = table.COLUMNS + ["input_spikes", "spikes", "operations", "bytes", "us_at_peak", "of_peak"]
BATCHES = 3       # of synthetic events; as many steps are compared
QUICK = bool(os.environ.get("QUICK"))
SECONDS, WAYS = (0.2 if QUICK else 0.5), ("torch passive", "torch tuned")


@dataclasses.dataclass
class Network:
    name: str
    file: str
    shape: tuple
    events: int  # input spikes a sample, about
    settings: dict = dataclasses.field(default_factory=dict)
    tolerance: float = 3e-4  # of losses; sums are in another order, so a neuron may fire in one and not in the other

    def config(self):
        with open("bench/networks/%s.yaml" % self.file, encoding="utf-8") as text:
            return yaml.safe_load(text)

    def batch(self):
        return 16 if QUICK else self.config()["batch"]

    def steps(self):
        return self.settings.get("steps", self.config()["steps"])


COCHLEA, CAMERA = (700, 1, 1), (2, 34, 34)
NETWORKS = [
    Network("700-256r-20 lif, T 100", "recurrent-lif", COCHLEA, 8000),
    Network("700-256r-20 alif, T 100", "recurrent-alif", COCHLEA, 8000),
    Network("700-256r-20 alif, T 250", "recurrent-alif", COCHLEA, 8000,
            {"steps": 250, "dt": "4 ms", "layers.0.link.sd": 0.05}),
    Network("700-256r-20 cuba_lif, T 1000", "recurrent-cuba", COCHLEA, 8000,
            tolerance=1e-2),  # recurrence makes more of such a spike, over a thousand steps
    Network("700-128-128-20 cuba_lif, T 100", "deep-cuba", COCHLEA, 8000),
    Network("2312-512-10 lif, T 100", "wide-lif", CAMERA, 4000),
    Network("12C5-P2-64C5-P2-10, T 100", "conv", CAMERA, 4000, tolerance=1e-3),
    Network("12C5-P2-64C5-P2-10, T 300", "conv", CAMERA, 4000,
            {"steps": 300, "dt": "1 ms", "layers.0.link.sd": 0.1, "layers.1.link.sd": 0.015}, tolerance=1e-3),
]


class Bench:
    def __init__(self, build, threads):
        self.build, self.threads = build, threads
        self.work = build + "/measured"
        os.makedirs(self.work, exist_ok=True)
        self.lines, self.round = [], 0
        # Waits that sleep: PyTorch's threads and OpenBLAS's then do not take the processors from each other.
        self.environment = {**os.environ, "OMP_WAIT_POLICY": "passive", "OMP_NUM_THREADS": str(threads),
                            "OPENBLAS_NUM_THREADS": str(threads)}

    def run(self, *command):
        done = subprocess.run([str(word) for word in command], env=self.environment, stdout=subprocess.PIPE, text=True)
        if done.returncode:
            sys.exit("bench: failed: %s" % " ".join(map(str, command)))
        return json.loads(done.stdout)

    def note(self, line):
        told = line["network"], line["what"], line["us_per_sample"]
        print("  %-32s %-13s %10.1f us a sample" % told, file=sys.stderr)
        self.lines.append({"round": self.round, **line})
        return line

    def file(self, network, kind):
        return "%s/%d.%s.h5" % (self.work, NETWORKS.index(network), kind)

    def surgrad(self, network, *options):
        channels = network.shape[0] * network.shape[1] * network.shape[2]
        settings = [word for key, value in network.settings.items() for word in ("--set", "%s=%s" % (key, value))]
        return self.run(
            self.build + "/bench-surgrad", "bench/networks/%s.yaml" % network.file, "--name", network.name,
            "--threads", self.threads, "--shape", "%dx%dx%d" % network.shape, "--profiles",
            "--synthetic", network.events / (channels * network.steps()),
            "--samples", BATCHES * network.batch(), "--set", "batch=%d" % network.batch(), *settings, *options)

    def prepare(self, network):
        """Writes initial weights and events; the losses of surgrad's first step and its last of BATCHES."""
        line = self.surgrad(network, "--warm-up", 0, "--batches", BATCHES, "--save-model", self.file(network, "model"),
                            "--save-events", self.file(network, "events"))
        return line["loss_first"], line["loss_last"]

    def torch(self, network, way, batches):
        return self.run("/usr/bin/python3", "bench/networks_torch.py", self.file(network, "model"),
                        self.file(network, "events"), "--name", network.name, "--threads", self.threads,
                        "--batches", batches, *(["--tuned"] if way == "torch tuned" else []))

    def blas(self, network):
        line = self.run(self.build + "/bench-blas", "--name", network.name, "--threads", self.threads, "--batches", 2,
                        *networks_work.products(network.config(), network.shape, network.steps(), network.batch()))
        return {**line, "us_per_sample": line.pop("needed")}

    def frozen(self, network):
        """surgrad with a learning rate of nearly 0, so that neurons fire as often in the last batch as in the first."""
        return self.note(self.surgrad(network, "--set", "optimiser.lr=1e-12", "--warm-up", 1, "--batches", 10000,
                                      "--seconds", SECONDS))

    def measure(self, network):
        expected = self.prepare(network)
        self.frozen(network)
        for way in WAYS:
            check(network, self.note(self.torch(network, way, BATCHES - 1)), expected)
            self.frozen(network)
        self.note(self.blas(network))
        self.frozen(network)


def check(network, line, expected):
    """Ends the program where the losses of the first step, or of the last, are not surgrad's."""
    found = line["losses"][0], line["losses"][BATCHES - 1]
    worst = max(abs(f / e - 1) for f, e in zip(found, expected))
    if worst > network.tolerance:
        sys.exit("bench: %s in %s is not the same network: losses %.7g and %.7g, surgrad's are %.7g and %.7g" % (
            network.name, line["what"], *found, *expected))
    return worst


def compare(bench, networks):
    for network in networks:
        expected = bench.prepare(network)
        for way in WAYS:
            worst = check(network, bench.torch(network, way, BATCHES - 1), expected)
            print("%-32s %-12s losses %.7g and %.7g, differ by %.1e" % (network.name, way, *expected, worst))


def work_of(network, bench):
    """By what was measured: what it has to do for a sample. Spikes are the same in every run of surgrad."""
    line = next(line for line in bench.lines if line["what"] == "surgrad" and line["network"] == network.name)
    config = network.config()
    given = config, network.shape, network.steps()
    counts = {"input_spikes": line["input_events"], "spikes": "+".join("%.0f" % count for count in line["spikes"][:-1])}
    spiking = networks_work.spiking_work(*given, network.batch(), line["input_events"], line["spikes"])
    return {"surgrad": (spiking, counts), "blas": (networks_work.dense_work(*given), {})}


def results(bench, networks, peak, same):
    names = [network.name for network in networks]
    works = {(network.name, what): work for network in networks for what, work in work_of(network, bench).items()}
    for row in table.summarise(table.collect(bench.lines, bench.threads), names):
        work, counts = works.get((row["network"], row["what"]), (None, {}))
        if work:
            at_peak = work.us_at_peak(peak)
            counts = {**counts, "operations": round(work.operations), "bytes": round(work.bytes),
                      "us_at_peak": round(at_peak, 2),
                      "of_peak": round(at_peak / (row["us_per_sample"] * bench.threads), 3)}
        yield {**same, **row, **counts}


def cells(row):
    """A row of the table."""
    yield from (row["network"], row["what"], "%.1f" % row["us_per_sample"])
    yield from ("%.1f to %.1f" % (row["lower"], row["upper"]), "%.1f" % row["ratio"])
    yield "%.0f + %s" % (row["input_spikes"], row["spikes"].replace("+", " + ")) if "spikes" in row else ""
    if "operations" in row:
        yield from ("%.2f M" % (row[key] * 1e-6) for key in ("operations", "bytes"))
        yield from ("%.1f" % row["us_at_peak"], "%.0f %%" % (100 * row["of_peak"]))
    else:
        yield from ("",) * 4


def markdown(rows, peak):
    first = rows[0]
    yield "%s, %d threads, commit %s, %s." % (first["processor"], first["threads"], first["commit"], first["date"])
    yield "A core adds %.0f numbers in a ns, multiplies as many, and reads %.0f bytes." % (
        peak["additions_per_ns"], peak["bytes_per_ns"])
    yield ""
    yield from page.table(
        ["network", "what", "µs a sample:", "quartiles:", "ratio:", "spikes, input + hidden:", "operations:", "bytes:",
         "µs at peak, one core:", "of peak:"], map(cells, rows))


def shell(function, *arguments):
    """What a function of bench/lib.sh prints."""
    command = ". bench/lib.sh && %s \"$@\"" % function
    done = subprocess.run(["bash", "-c", command, "bash", *arguments], check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout.strip()


def record(bench, networks, rounds, is_trial):
    peaks = []
    for bench.round in range(1, rounds + 1):
        print("networks: round %d of %d" % (bench.round, rounds), file=sys.stderr)
        for network in networks:
            bench.measure(network)
            peaks.append(bench.run(bench.build + "/bench-peak"))
    peak = {key: max(found[key] for found in peaks) for key in peaks[0]}
    same = {"date": datetime.date.today().isoformat(), "commit": shell("commit_name"),
            "processor": shell("processor_name", bench.build)}
    rows = list(results(bench, networks, peak, same))
    path = (bench.work if is_trial else "bench") + "/networks.csv"
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print("\n".join(markdown(rows, peak)))
    if not is_trial:
        page.fill("docs/performance.md", "networks", markdown(rows, peak))
    print("written: " + path)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build", nargs="?", default="build")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    os.chdir(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    bench = Bench(os.path.abspath(options.build), int(os.environ.get("THREADS") or len(os.sched_getaffinity(0))))
    networks = [network for network in NETWORKS if options.only in network.name + " " + network.file]
    if not networks:
        sys.exit("bench: --only %s: no network of that name or file; there are: %s" % (
            options.only, "; ".join(network.name for network in NETWORKS)))
    if options.check:
        compare(bench, networks)
    else:
        record(bench, networks, int(os.environ.get("ROUNDS") or (1 if QUICK else 3)), QUICK or options.only)


if __name__ == "__main__":
    main()
