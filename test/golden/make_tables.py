#!/usr/bin/env python3
"""Writes test/golden/tables: small files as NumPy and h5py make them, for test/unit/test_tables.c.

Needs numpy and h5py. Event i of sample s is a function of i and s, so the test computes what it must find.
"""
import sys
from pathlib import Path

import h5py
import numpy as np

SAMPLES = 5


def length(s):
    return 0 if s == 2 else 7 + 3 * s


def event(s, i):
    return {"t": 1000 * s + 40 * i, "x": (s * 5 + i * 3) % 34, "y": (s + i * 7) % 34, "p": (s + i) % 2}


def columns(samples):
    rows = [event(s, i) for s in samples for i in range(length(s))]
    return {name: np.array([row[name] for row in rows]) for name in "txyp"}


def main(folder):
    folder.mkdir(exist_ok=True)
    one, many = columns([4]), columns(range(SAMPLES))
    first = np.cumsum([0] + [length(s) for s in range(SAMPLES)])
    label = np.arange(SAMPLES) * 2

    aligned = np.dtype([("x", "<i2"), ("t", "<i8"), ("p", "?"), ("y", ">u4")], align=True)
    array = np.zeros(length(4), aligned)
    for name in "txyp":
        array[name] = one[name]
    np.save(folder / "structured.npy", array)
    matrix = np.stack([one["x"], one["y"], one["p"], one["t"] / 1000], axis=1)
    np.save(folder / "matrix.npy", matrix)
    np.save(folder / "by_column.npy", np.asfortranarray(matrix.astype(np.float32)))
    np.save(folder / "objects.npy", np.array([{"t": 1}, None], dtype=object))
    np.save(folder / "series.npy", np.arange(2 * 3 * 4).reshape(2, 3, 4).astype(np.float16))
    np.savez(folder / "series.npz", values=np.arange(10.0).reshape(5, 2), lengths=[2, 3], label=[1, 0], period_ms=2.5)
    touch = 255 - 3 * ((np.arange(20)[None, :, None] * (np.arange(6)[:, None, None] % 3 + 1) + np.arange(4)) % 40)
    np.savez_compressed(folder / "touch.npz", values=touch.astype("u1"), label=np.arange(6) % 3, rate=40)
    np.savez(folder / "one.npz", **one)
    np.savez_compressed(folder / "many.npz", first=first, label=label, **many)
    np.savetxt(folder / "named.csv", np.stack([one[n] for n in "xypt"], 1), "%d", ",", header="x,y,p,t_us")

    with h5py.File(folder / "arrays.h5", "w") as file:
        for name, kind in zip("txyp", ("f8", "u2", "i4", "?")):
            file.create_dataset(name, data=many[name].astype(kind), compression="gzip", chunks=(8,))
        file["t"].attrs["unit"] = "us"
        file["offsets"] = first[:-1]
        file["labels"] = label
    with h5py.File(folder / "series.h5", "w") as file:
        file["taxels"] = np.arange(24, dtype="u1").reshape(2, 3, 4)
        file["taxels"].attrs["sampling_rate"] = 40
        file["labels"] = [3, 1]
    with h5py.File(folder / "groups.h5", "w") as file:
        for s in range(SAMPLES):
            for name, values in columns([s]).items():
                file[f"{s + 7}/{name}"] = values
            file[f"{s + 7}/label"] = label[s]


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "tables")
