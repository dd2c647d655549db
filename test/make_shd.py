#!/usr/bin/env python3
"""Writes a synthetic file in the layout of SHD and SSC: make_shd.py OUT SAMPLES EVENTS
[CLASSES [CHANNELS [SPEAKERS [SEED]]]]

Each class has a centre channel that moves in its own way over the second; events are drawn around it. The numbers mean
nothing, but classes differ, so a network can be trained on them. Times are float16 seconds, as the real files have them.
"""
import sys

import h5py
import numpy as np


def draw(rng, label, classes, channels, events):
    times = np.sort(rng.random(events)).astype(np.float16)
    phase = 2 * np.pi * label / classes
    centre = channels * (0.5 + 0.3 * np.sin(phase + (1 + label % 3) * np.pi * times.astype(np.float32)))
    units = np.clip(centre + rng.normal(0, channels / 20, events), 0, channels - 1).astype(np.uint16)
    return times, units


def main(out, samples, events, classes=20, channels=700, speakers=12, seed=1):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, classes, samples).astype(np.uint16)
    with h5py.File(out, "w") as file:
        times = file.create_dataset("spikes/times", (samples,), dtype=h5py.vlen_dtype(np.float16))
        units = file.create_dataset("spikes/units", (samples,), dtype=h5py.vlen_dtype(np.uint16))
        for i, label in enumerate(labels):
            times[i], units[i] = draw(rng, label, classes, channels, events)
        file["labels"] = labels
        file["extra/speaker"] = rng.integers(0, speakers, samples).astype(np.uint16)
        file.create_dataset("extra/keys", data=[f"class {i}".encode() for i in range(classes)], dtype=h5py.string_dtype())


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    main(sys.argv[1], *map(int, sys.argv[2:]))
