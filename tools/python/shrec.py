"""Reads data sets in SHREC 2020's layout, for the scripts beside this one. Needs numpy."""

import struct

import numpy as np


def tomograms(data):
    """The folders model_0, model_1, ... by their numbers."""
    folders = [f for f in data.glob("model_[0-9]*") if f.name[6:].isdigit()]
    return {int(f.name[6:]): f for f in sorted(folders, key=lambda f: int(f.name[6:]))}


def read_volume(path):
    with open(path, "rb") as file:
        nx, ny, nz, mode = struct.unpack("<4i", file.read(16))
    if mode != 2:
        raise SystemExit(f"{path}: mode {mode}, expected 2 (float32)")
    return np.fromfile(path, "<f4", offset=1024).reshape(nz, ny, nx)


def read_particles(path):
    rows = [line.split() for line in open(path)]
    return [row[0] for row in rows], np.array([[int(v) for v in row[1:4]] for row in rows])


def z_offset(folder, volume):
    """What is added to a particle's z: half of the slices that the volume has beyond those of the ground truth."""
    with open(folder / "class_mask.mrc", "rb") as file:
        slices = struct.unpack("<3i", file.read(12))[2]
    return (volume.shape[0] - slices) // 2
