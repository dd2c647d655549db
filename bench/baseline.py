"""What the PyTorch baselines share: MNIST as latency-coded spikes, the clock, one line of JSON.

The baselines measure a training step (gradient and optimiser) on the same images as surgrad, in the same coding.
"""
import argparse
import json
import os
import sys
import time

import numpy as np
import torch

STEPS, INPUTS, HIDDEN, OUTPUTS = 100, 784, 128, 10
THRESHOLD = 64  # of a byte: brightness 0.25, below which a pixel stays silent
ALPHA, BETA = float(np.exp(-1 / 5)), float(np.exp(-1 / 20))  # decays of synapse and membrane in a step of 1 ms


def mnist():
    """The 60,000 training images as bytes, (60000, 784), and their labels."""
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    folder = os.path.join(cache, "surgrad", "mnist")
    try:
        images = np.fromfile(os.path.join(folder, "train-images-idx3-ubyte"), np.uint8)[16:]
        labels = np.fromfile(os.path.join(folder, "train-labels-idx1-ubyte"), np.uint8)[8:]
    except FileNotFoundError as error:
        sys.exit("bench: %s is missing; get it with: surgrad fetch mnist" % error.filename)
    return images.reshape(-1, INPUTS), torch.from_numpy(labels.astype(np.int64))


def latency(images):
    """Events of some images: sample, step and channel, (3, events). A pixel of brightness x fires at (1 - x) T."""
    sample, channel = np.nonzero(images >= THRESHOLD)
    step = (256 - images[sample, channel].astype(np.int64)) * STEPS // 256
    return torch.from_numpy(np.stack([sample, step, channel]))


def dense(events, samples, time_first):
    """The raster that a dense product needs: (B, T, I), or (T, B, I)."""
    sample, step, channel = events
    raster = torch.zeros((STEPS, samples, INPUTS) if time_first else (samples, STEPS, INPUTS))
    raster[(step, sample, channel) if time_first else (sample, step, channel)] = 1
    return raster


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--batches", type=int, default=5, help="batches that are timed, after one of warm-up")
    parser.add_argument("--tuned", action="store_true", help="a faster way to write the same network; see the program")
    return parser.parse_args()


def measure(network, step, time_first, options):
    """Times step(raster, labels) -> loss. The time of a sample is that of the step alone, its raster being there;
    with_raster adds the making of the raster from events."""
    torch.set_num_threads(options.threads)
    images, labels = mnist()
    alone, whole, losses = [], [], []
    for k in range(options.batches + 1):
        part = slice(k * options.batch, (k + 1) * options.batch)
        events = latency(images[part])
        start = time.perf_counter()
        raster = dense(events, options.batch, time_first)
        middle = time.perf_counter()
        losses.append(step(raster, labels[part]))
        end = time.perf_counter()
        alone.append((end - middle) * 1e6 / options.batch)
        whole.append((end - start) * 1e6 / options.batch)
    passive = os.environ.get("OMP_WAIT_POLICY") == "passive"
    lower, median, upper = np.percentile(alone[1:], [25, 50, 75])
    print(json.dumps({
        "what": "torch tuned" if options.tuned else "torch passive" if passive else "torch", "network": network, "threads": options.threads, "batch": options.batch,
        "repeats": options.batches, "us_per_sample": round(median, 2), "lower": round(lower, 2),
        "upper": round(upper, 2), "with_raster": round(float(np.median(whole[1:])), 2),
        "loss_first": losses[0], "loss_last": losses[-1], "torch": torch.__version__}))
