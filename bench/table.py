#!/usr/bin/python3
"""Lines of bench/run.sh to results.csv and a table.

A row is one thing measured on one network: the median of its rounds, the quartiles of its rounds, and how many times
the time of surgrad that is. A ratio is taken within a round, against surgrad's measurement of the same network next
before (for surgrad's own: of the same round), and its median is shown: the load of a shared machine changes between
rounds, hardly within one.
"""
import argparse
import csv
import datetime
import json
import statistics

COLUMNS = "date commit processor level threads what network us_per_sample lower upper ratio".split()
# A dense step costs the same whatever the weights, so what was measured on one network stands for the other.
ALSO = {"notebook": "notebook trained"}
TWO = "blas (2 products)"  # without the gradient by the input, which no first layer needs


def read(path):
    with open(path, encoding="utf-8") as lines:
        for line in map(json.loads, lines):
            yield line
            if "two_products" in line:
                yield {**line, "what": TWO, "us_per_sample": line["two_products"]}


def collect(lines, threads):
    """Measurements by (what, network, level, threads): a list of (round, time, time of surgrad)."""
    lines = list(lines)
    level = next(line["level"] for line in lines if line["what"] == "surgrad" and line["threads"] == threads)
    main = {}  # (round, network): the last main measurement of surgrad
    rows = {}
    for line in lines:
        key = line["what"], line["network"], line.get("level", ""), line["threads"]
        is_main = key[0] == "surgrad" and key[2:] == (level, threads)
        if is_main:
            main[line["round"], line["network"]] = line["us_per_sample"]
        rows.setdefault(key, []).append((line["round"], line["us_per_sample"], main.get((line["round"], key[1]))))
    for (what, network, *rest), values in list(rows.items()):
        if what != "surgrad" and network in ALSO:
            other = ALSO[network]
            rows[(what, other, *rest)] = [(r, us, main[r, other]) for r, us, _ in values if (r, other) in main]
    return rows


def quartiles(values):
    if len(values) == 1:
        return values * 3
    return statistics.quantiles(values, n=4, method="inclusive")


def summarise(rows):
    order = ["surgrad"] + [what for what, *_ in rows if what != "surgrad"]
    networks = "fast", "notebook", "notebook trained"
    for (what, network, level, threads), values in sorted(
            rows.items(), key=lambda row: (networks.index(row[0][1]), order.index(row[0][0]), -row[0][3])):
        lower, median, upper = quartiles([us for _, us, _ in values])
        ratio = statistics.median(us / base for _, us, base in values)
        yield {"level": level, "threads": threads, "what": what, "network": network, "us_per_sample": round(median, 2),
               "lower": round(lower, 2), "upper": round(upper, 2), "ratio": round(ratio, 2)}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("lines")
    parser.add_argument("csv")
    parser.add_argument("--commit", required=True)
    parser.add_argument("--processor", required=True)
    parser.add_argument("--threads", type=int, required=True)
    options = parser.parse_args()
    same = {"date": datetime.date.today().isoformat(), "commit": options.commit, "processor": options.processor}
    results = [{**same, **row} for row in summarise(collect(read(options.lines), options.threads))]
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


if __name__ == "__main__":
    main()
