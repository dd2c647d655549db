#!/usr/bin/python3
"""Checks that surgrad and the PyTorch baselines train the same network on the same data. Run by hand:

    bench/check_same.py [BUILD] [RECIPE...]

From the same initial weights, both make STEPS training steps on the same batches; the losses must agree. Sums are in
another order, so a membrane near the threshold may fire in one and not in the other: hence the tolerance.
"""
import json
import os
import subprocess
import sys
import tempfile

import h5py
import numpy as np
import torch

import baseline
import fast_torch
import notebook_torch

STEPS, BATCH, TOLERANCE = 4, 256, 1e-3
# What makes a model from weights, tuned or not, and whether its rasters are (T, B, I).
MODELS = {"notebook": (notebook_torch.Notebook, False), "bench/fast.yaml": (fast_torch.Fast, True)}
# Samples in the order of the files, not in an order drawn from the seed.
IN_ORDER = ["--set", "data.split=standard"]


def surgrad_losses(build, recipe, folder):
    """The loss of each step, and the initial weights."""
    model, losses = os.path.join(folder, "initial.h5"), []
    for batches in range(1, STEPS + 1):  # the line tells the loss of the first batch and of the last
        line = subprocess.run(
            [build + "/bench-surgrad", recipe, *IN_ORDER, "--set", "batch=%d" % BATCH, "--warm-up", "0",
             "--batches", str(batches), "--save-model", model], check=True, capture_output=True, text=True).stdout
        losses.append(json.loads(line)["loss_last"])
    with h5py.File(model) as file:
        return losses, [torch.from_numpy(file["layers/%d/weights" % n][:]) for n in range(2)]


def torch_losses(model, time_first):
    images, labels = baseline.mnist()
    losses = []
    for k in range(STEPS):
        part = slice(k * BATCH, (k + 1) * BATCH)
        losses.append(model.step(baseline.dense(baseline.latency(images[part]), BATCH, time_first), labels[part]))
    return losses


def same_events(build, recipe, folder):
    """Whether surgrad codes the first images as the baselines do, spike for spike."""
    path = os.path.join(folder, "events.h5")
    subprocess.run([build + "/surgrad", "encode", recipe, *IN_ORDER, "--out", path], check=True, capture_output=True)
    images, labels = baseline.mnist()
    expected = baseline.dense(baseline.latency(images[:BATCH]), BATCH, time_first=False)
    with h5py.File(path) as file:
        first = file["first"][:BATCH + 1].astype(np.int64)
        sample = np.repeat(np.arange(BATCH), np.diff(first))
        events = np.stack([sample, file["step"][:first[-1]], file["channel"][:first[-1]]]).astype(np.int64)
        found = baseline.dense(torch.from_numpy(events), BATCH, time_first=False)
        return torch.equal(found, expected) and np.array_equal(file["label"][:BATCH], labels[:BATCH])


def main():
    build = sys.argv[1] if len(sys.argv) > 1 else "build"
    wrong = False
    for recipe in sys.argv[2:] or MODELS:
        with tempfile.TemporaryDirectory() as folder:
            same = same_events(build, recipe, folder)
            print("%s: events of the first %d images: %s" % (recipe, BATCH, "the same" if same else "NOT the same"))
            expected, weights = surgrad_losses(build, recipe, folder)
        print("  %-16s %s" % ("surgrad", " ".join("%.6f" % loss for loss in expected)))
        make, time_first = MODELS[recipe]
        for tuned in False, True:
            found = torch_losses(make(tuned, weights), time_first)
            worst = max(abs(f / e - 1) for f, e in zip(found, expected))
            print("  %-16s %s  differs by %.1e" % ("torch tuned" if tuned else "torch", " ".join("%.6f" % loss for loss in found), worst))
            wrong |= worst > TOLERANCE
        wrong |= not same
    sys.exit("bench: the baselines are not the same networks" if wrong else 0)


if __name__ == "__main__":
    main()
