"""How far two methods that answered for the same particles are apart, in macro F1:

    python tools/python/compare_predictions.py --first RUN1/evaluation/predictions.csv RUN2/... --second B-seed-1.csv ...

Several files of a method are several trainings: its macro F1 is the mean over them. The intervals are 95 % bootstrap
intervals of the difference, first less second, 2000 resamples that draw particles (or whole tomograms) for all files at once: they
say how the difference varies with the particles, not with the seed.

Needs: numpy.
"""

import argparse
from pathlib import Path

import numpy as np

from scores import CLASSES, RESAMPLES, difference, mean_f1, read_predictions


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--first", type=Path, nargs="+", required=True)
    parser.add_argument("--second", type=Path, nargs="+", required=True)
    args = parser.parse_args()
    methods = [[read_predictions(path) for path in paths] for paths in (args.first, args.second)]
    particles = sorted(methods[0][0])
    for path, answers in zip(args.first + args.second, methods[0] + methods[1]):
        if sorted(answers) != particles:
            raise SystemExit(f"{path}: not the particles of {args.first[0]}")
    classes = len(CLASSES)
    cells = [
        np.array([[truth * classes + answer for truth, answer in (file[p] for p in particles)] for file in files])
        for files in methods
    ]
    random = np.random.default_rng(0)
    count = len(particles)
    ones = np.ones((1, count), np.int64)
    by_particle = random.multinomial(count, np.full(count, 1 / count), RESAMPLES)
    names, of = np.unique([p[0] for p in particles], return_inverse=True)
    by_tomogram = random.multinomial(len(names), np.full(len(names), 1 / len(names)), RESAMPLES)[:, of]
    first, second = (mean_f1(part, ones)[0] for part in cells)
    print(f"{count} particles: {first:.3f} (mean of {len(cells[0])}), {second:.3f} (mean of {len(cells[1])})")
    for label, draws, groups in (("particle", by_particle, count), ("tomogram", by_tomogram, len(names))):
        if groups > 1:
            more, low, high = difference(cells[0], cells[1], draws)
            print(f"  difference {more:+.3f}, by {label} [{low:+.3f}, {high:+.3f}]")


if __name__ == "__main__":
    main()
