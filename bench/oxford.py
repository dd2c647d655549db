"""How much of the spike trains that a model should emit it does emit.

    surgrad train oxford --set data.dir=FOLDER --out oxford
    surgrad encode oxford --set data.dir=FOLDER --set data.samples=1 --out oxford.h5
    python3 bench/oxford.py build/libsurgrad.so oxford/model.h5 oxford.h5 [picture.png]

A spike of the target counts if the output has one, of its own, at most a step away. The picture has the target above the
output: a dot for each spike, time to the right, neuron 0 at the bottom. Needs NumPy and h5py.
"""
import ctypes
import struct
import sys
import zlib

import h5py
import numpy as np


def matched(found, wanted, within=1):
    """Spikes of `wanted` (T, N) that have a partner of their own in `found`, at most `within` steps away."""
    count = 0
    for n in range(wanted.shape[1]):
        left = list(np.flatnonzero(found[:, n]))
        for t in np.flatnonzero(wanted[:, n]):
            near = [s for s in left if abs(s - t) <= within]
            if near:
                left.remove(min(near, key=lambda s: (abs(s - t), s)))
                count += 1
    return count


def target_of(path):
    """(T, N) the trains of the first sample."""
    with h5py.File(path) as f:
        wanted = np.zeros((f["steps"][()], f["target_channels"][()]), bool)
        begin, end = f["target_first"][:2]
        wanted[f["target_step"][begin:end], f["target_channel"][begin:end]] = True
    return wanted


def output_of(library, model, path, shape):
    """(T, N) the spikes of the last layer for the first sample."""
    surgrad = ctypes.CDLL(library)
    surgrad.sg_error_message.restype = ctypes.c_char_p
    surgrad.sg_network_layers.restype = ctypes.c_size_t
    config, network, events = ctypes.c_void_p(), ctypes.c_void_p(), ctypes.c_void_p()
    found = np.zeros(shape, np.uint8)

    def call(name, *arguments):
        if getattr(surgrad, name)(*arguments):
            sys.exit(surgrad.sg_error_message().decode())

    call("sg_model_load", model.encode(), ctypes.byref(config), ctypes.byref(network))
    call("sg_events_load", path.encode(), ctypes.byref(events))
    last = ctypes.c_size_t(surgrad.sg_network_layers(network) - 1)
    call("sg_network_raster", network, events, ctypes.c_size_t(0), last, found.ctypes.data_as(ctypes.c_void_p))
    return found.astype(bool)


def write_png(path, dots):
    """dots (rows, columns): black where true."""
    rows, columns = dots.shape
    packed = b"".join(b"\0" + np.packbits(~row).tobytes() for row in dots)

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    with open(path, "wb") as f:
        f.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", columns, rows, 1, 0, 0, 0, 0))
                + chunk(b"IDAT", zlib.compress(packed, 9)) + chunk(b"IEND", b""))


def picture(spikes, width=950):
    """(N, width) where a neuron fires in the steps of a column."""
    dots = np.zeros((spikes.shape[1], width), bool)
    t, n = np.nonzero(spikes)
    dots[spikes.shape[1] - 1 - n, t * width // spikes.shape[0]] = True
    return dots


def main(library, model, events, path=None):
    wanted = target_of(events)
    found = output_of(library, model, events, wanted.shape)
    both = matched(found, wanted)
    print("target %d spikes, output %d; within a step of each other %d: %.1f %% of the target's, %.1f %% of the output's"
          % (wanted.sum(), found.sum(), both, 100 * both / wanted.sum(), 100 * both / max(found.sum(), 1)))
    if path:
        line = np.zeros((9, 950), bool)
        line[4] = True
        write_png(path, np.vstack([picture(wanted), line, picture(found)]))


if __name__ == "__main__":
    main(*sys.argv[1:])
