#!/usr/bin/env python3
"""Makes braille_taxels.h5, the data of the recipe braille, of a file that a tutorial of spytorch comes with.

    tools/braille.py tutorial5_braille_spiking_data.pkl.gz braille_taxels.h5

The file is in https://github.com/fzenke/spytorch, notebooks/data. Needs numpy and h5py.
"""
import gzip
import pickle
import sys

import h5py
import numpy as np


class Arrays(pickle.Unpickler):
    """Loads arrays of numbers alone: a pickle may otherwise run any code."""

    def find_class(self, module, name):
        if module.split(".")[0] != "numpy" or name not in ("_reconstruct", "ndarray", "dtype", "scalar"):
            raise pickle.UnpicklingError(f"{module}.{name} is no array")
        return super().find_class(module, name)


samples = Arrays(gzip.open(sys.argv[1])).load()
letters = ["Space"] + [chr(c) for c in range(ord("A"), ord("Z") + 1)]
with h5py.File(sys.argv[2], "w") as file:
    file["taxels"] = np.concatenate([s["taxel_data"] for s in samples]).astype("u1")
    file["taxels"].attrs["rate"] = 40
    file["lengths"] = [len(s["taxel_data"]) for s in samples]
    file["labels"] = [letters.index(s["letter"]) for s in samples]
    file["names"] = letters
