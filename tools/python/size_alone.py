"""How far size alone tells the classes of a simulated folder apart.

A logistic regression on each particle's radial profile, with nothing of its shape: mean and standard deviation of the
density in shells of 1 voxel up to 24, the mass inside each radius, and the extremes within 1, 2, 3 and 5 voxels of the
centre; the tomogram is first brought to mean 0 and standard deviation 1. What lies outside the volume counts as its
mean. The last tomogram tests, the others train; all particles count.

    python size_alone.py FOLDER [--source grandmodel reconstruction] [--test K ...]

Needs numpy and scikit-learn. Prints accuracy and macro F1 for each source.
"""

import argparse
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from shrec import read_particles, read_volume, tomograms, z_offset

REACH = 24
CORES = (1, 2, 3, 5)


def shells():
    axis = np.arange(-REACH, REACH + 1)
    z, y, x = np.meshgrid(axis, axis, axis, indexing="ij")
    distance = np.sqrt(x * x + y * y + z * z)
    return np.where(distance <= REACH, distance.astype(int), REACH).ravel(), distance.ravel()


def profile(cube, shell, distance, counts):
    values = cube.ravel()
    sums = np.bincount(shell, values, REACH + 1)[:REACH]
    squares = np.bincount(shell, values * values, REACH + 1)[:REACH]
    mean = sums / counts
    deviation = np.sqrt(np.maximum(squares / counts - mean * mean, 0))
    extremes = [f(values[distance <= core]) for core in CORES for f in (np.min, np.max)]
    return np.concatenate([mean, deviation, np.cumsum(sums), extremes])


def features(folder, source, shell, distance, counts):
    labels, positions = read_particles(folder / "particle_locations.txt")
    volume = read_volume(folder / f"{source}.mrc")
    offset = z_offset(folder, volume)
    volume = np.pad((volume - volume.mean()) / volume.std(), REACH)
    rows = []
    for x, y, z in positions:
        z += offset
        cube = volume[z : z + 2 * REACH + 1, y : y + 2 * REACH + 1, x : x + 2 * REACH + 1]
        rows.append(profile(cube, shell, distance, counts))
    return np.array(rows), labels


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--source", nargs="+", default=["grandmodel", "reconstruction"])
    parser.add_argument("--test", type=int, nargs="+", help="numbers of the test tomograms (default: the last)")
    options = parser.parse_args()
    folders = list(tomograms(options.folder).values())
    if len(folders) < 2:
        raise SystemExit(f"{options.folder}: {len(folders)} tomograms, expected at least 2")
    test = options.test or [int(folders[-1].name[6:])]
    shell, distance = shells()
    counts = np.bincount(shell, minlength=REACH + 1)[:REACH]
    for source in options.source:
        parts = {True: [], False: []}
        names = {True: [], False: []}
        for folder in folders:
            rows, labels = features(folder, source, shell, distance, counts)
            held_out = int(folder.name[6:]) in test
            parts[held_out].append(rows)
            names[held_out] += labels
        model = make_pipeline(StandardScaler(), LogisticRegression(C=1, max_iter=3000))
        model.fit(np.concatenate(parts[False]), names[False])
        predicted = model.predict(np.concatenate(parts[True]))
        truth = names[True]
        print(
            f"{source}: {len(names[False])} particles train, {len(truth)} test,"
            f" accuracy {accuracy_score(truth, predicted):.3f},"
            f" macro F1 {f1_score(truth, predicted, average='macro'):.3f}",
            flush=True,
        )
        classes = sorted(set(truth))
        scores = f1_score(truth, predicted, average=None, labels=classes)
        print("  " + " ".join(f"{name} {score:.2f}" for name, score in zip(classes, scores)), flush=True)


if __name__ == "__main__":
    main()
