#!/usr/bin/python3
"""Lines of bench/run.sh to results.csv and a table.

A row is one thing measured on one network: the median of its rounds, the quartiles of its rounds, and how many times
the time of surgrad that is. A ratio is taken within a round, against the mean of surgrad's measurements of the same network next before and next after,
and the median of the rounds is shown: the load of a shared machine changes more from round to round than within one.
"""
import argparse
import csv
import datetime
import json
import statistics

import page

COLUMNS = "date commit processor level threads what network us_per_sample lower upper ratio".split()
NETWORKS = "fast", "notebook", "notebook trained"
# A dense step costs the same whatever the weights, so what was measured on one network stands for the other.
ALSO = {"notebook": ["notebook trained"]}
TWO = "blas (2 products)"  # without the gradient by the input, which no first layer needs


def read(path):
    with open(path, encoding="utf-8") as lines:
        for line in map(json.loads, lines):
            yield line
            if "needed" in line:
                yield {**line, "what": TWO, "us_per_sample": line["needed"]}


def kind(line):
    """What makes lines the same row."""
    return line["what"], line["network"], line.get("level", ""), line["threads"]


def nearest(lines, i, base):
    """The mean time of the lines of kind `base` next before and next after line i in its round, or of the one there is; for
    a line of that kind itself its own."""
    same = [j for j, line in enumerate(lines) if kind(line) == base and line["round"] == lines[i]["round"]]
    around = [max((j for j in same if j <= i), default=None), min((j for j in same if j >= i), default=None)]
    return statistics.fmean(lines[j]["us_per_sample"] for j in around if j is not None)


def collect(lines, threads):
    """Measurements by kind: a list of (time, time of surgrad)."""
    level = next(line["level"] for line in lines if line["what"] == "surgrad" and line["threads"] == threads)
    rows = {}
    for i, line in enumerate(lines):
        networks = [line["network"]]
        if line["what"] != "surgrad":
            networks += ALSO.get(line["network"], [])
        for network in networks:
            base = nearest(lines, i, ("surgrad", network, level, threads))
            rows.setdefault(kind({**line, "network": network}), []).append((line["us_per_sample"], base))
    return rows


def quartiles(values):
    if len(values) == 1:
        return values * 3
    return statistics.quantiles(values, n=4, method="inclusive")


def summarise(rows, networks):
    order = ["surgrad"] + [what for what, *_ in rows if what != "surgrad"]
    for (what, network, level, threads), values in sorted(
            rows.items(), key=lambda row: (networks.index(row[0][1]), order.index(row[0][0]), -row[0][3])):
        lower, median, upper = quartiles([us for us, _ in values])
        ratio = statistics.median(us / base for us, base in values)
        yield {"level": level, "threads": threads, "what": what, "network": network, "us_per_sample": round(median, 2),
               "lower": round(lower, 2), "upper": round(upper, 2), "ratio": round(ratio, 2)}


def markdown(results):
    """The same for docs/performance.md."""
    first = results[0]
    yield "%s, commit %s, %s." % (first["processor"], first["commit"], first["date"])
    yield ""
    yield from page.table(
        ["network", "what", "kernels", "threads:", "µs a sample:", "quartiles:", "ratio:"],
        ([row["network"], row["what"], row["level"], "%d" % row["threads"], "%.1f" % row["us_per_sample"],
          "%.1f to %.1f" % (row["lower"], row["upper"]), "%.1f" % row["ratio"]] for row in results))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("lines")
    parser.add_argument("csv")
    parser.add_argument("--page", help="the page whose table is filled in")
    parser.add_argument("--commit", required=True)
    parser.add_argument("--processor", required=True)
    parser.add_argument("--threads", type=int, required=True)
    options = parser.parse_args()
    same = {"date": datetime.date.today().isoformat(), "commit": options.commit, "processor": options.processor}
    results = [{**same, **row} for row in summarise(collect(list(read(options.lines)), options.threads), NETWORKS)]
    with open(options.csv, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(results)
    print("%-17s %-19s %-7s %7s %11s %19s %9s" % (
        "network", "what", "kernels", "threads", "us/sample", "quartiles", "ratio"))
    for row in results:
        print("%-17s %-19s %-7s %7d %11.2f %9.2f %9.2f %9.2f" % (
            row["network"], row["what"], row["level"], row["threads"], row["us_per_sample"], row["lower"], row["upper"],
            row["ratio"]))
    if options.page:
        page.fill(options.page, "results", markdown(results))


if __name__ == "__main__":
    main()
