#!/usr/bin/python3
"""Lines of bench/curves.sh to curves.csv (medians of the rounds) and curves-fit.csv (a power law for each curve).

time = factor value^exponent by least squares in the logarithms, over the points of the curve. `last` is the exponent
between the last two points alone, where what does not grow counts least.
"""
import argparse
import csv
import datetime
import json
import math
import statistics

import page


def read(path):
    """{(curve, value): lines of all rounds}, in the order measured."""
    points = {}
    with open(path, encoding="utf-8") as lines:
        for line in map(json.loads, lines):
            points.setdefault((line["curve"], line["value"]), []).append(line)
    return points


def summarise(points):
    for (curve, value), lines in points.items():
        middle = {key: statistics.median(line[key] for line in lines)
                  for key in ("us_per_sample", "lower", "upper", "input_events")}
        yield {"curve": curve, "value": value, **middle, "hidden_spikes": lines[0]["spikes"][0],
               "threads": lines[0]["threads"], "level": lines[0]["level"]}


def slope(points):
    """Least-squares line through (log value, log time): its slope and where it crosses 0."""
    xs, ys = [math.log(x) for x, _ in points], [math.log(y) for _, y in points]
    mean_x, mean_y = statistics.fmean(xs), statistics.fmean(ys)
    gradient = sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys)) / sum((x - mean_x) ** 2 for x in xs)
    return gradient, mean_y - gradient * mean_x


def fits(rows):
    for curve in dict.fromkeys(row["curve"] for row in rows):
        points = [(row["value"], row["us_per_sample"]) for row in rows if row["curve"] == curve]
        if len(points) < 2:
            continue
        exponent, offset = slope(points)
        yield {"curve": curve, "exponent": round(exponent, 3), "factor": round(math.exp(offset), 5),
               "last": round(slope(points[-2:])[0], 3)}


def write(path, rows):
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def markdown(rows, fitted):
    """The fits for docs/performance.md."""
    yield "%s, %s kernels, commit %s, %s." % tuple(rows[0][key] for key in ("processor", "level", "commit", "date"))
    yield ""
    table = []
    for fit in fitted:
        points = [row for row in rows if row["curve"] == fit["curve"]]
        table.append([fit["curve"], "%g to %g" % (points[0]["value"], points[-1]["value"]),
                      "%.1f to %.1f" % (points[0]["us_per_sample"], points[-1]["us_per_sample"]),
                      "%.2f" % fit["exponent"], "%.2f" % fit["last"]])
    yield from page.table(["against", "from, to", "µs a sample:", "exponent:", "last two points:"], table)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("lines")
    parser.add_argument("folder")
    parser.add_argument("--page", help="the page whose table is filled in")
    parser.add_argument("--commit", required=True)
    parser.add_argument("--processor", required=True)
    options = parser.parse_args()
    same = {"date": datetime.date.today().isoformat(), "commit": options.commit, "processor": options.processor}
    rows = [{**row, **same} for row in summarise(read(options.lines))]
    write(options.folder + "/curves.csv", rows)
    fitted = list(fits(rows))
    write(options.folder + "/curves-fit.csv", fitted)
    for fit in fitted:
        print("%-8s time = %.4g x value^%.2f; between the last two points ^%.2f" % (
            fit["curve"], fit["factor"], fit["exponent"], fit["last"]))
    if options.page:
        page.fill(options.page, "curves", markdown(rows, fitted))


if __name__ == "__main__":
    main()
