"""Macro F1 with its bootstrap interval, and files of predictions, for the scripts beside this one. Needs numpy."""

import csv

import numpy as np

from shrec import read_particles

CLASSES = "3cf3 1s3x 1u6g 4cr2 1qvr 3h84 2cg9 3qm1 3gl1 3d2f 4d8q 1bxn".split()
RESAMPLES = 2000


def macro_f1(confusion):
    """Over the classes that occur in the truth or the predictions; confusion is [..., truth, predicted]."""
    hits = np.diagonal(confusion, axis1=-2, axis2=-1)
    sums = confusion.sum(-1) + confusion.sum(-2)
    f1 = np.divide(2 * hits, sums, out=np.zeros(sums.shape), where=sums > 0)
    return f1.sum(-1) / (sums > 0).sum(-1)


def score(truth, predicted):
    """Macro F1 with the ends of its interval, and the confusion matrix. Drawing particles is drawing its cells."""
    classes = len(CLASSES)
    confusion = np.bincount(truth * classes + predicted, minlength=classes * classes)
    draws = np.random.default_rng(0).multinomial(len(truth), confusion / len(truth), RESAMPLES)
    low, high = np.percentile(macro_f1(draws.reshape(-1, classes, classes)), (2.5, 97.5))
    confusion = confusion.reshape(classes, classes)
    return macro_f1(confusion), low, high, confusion


def mean_f1(cells, draws):
    """Mean over a method's trainings; cells [trainings, particles] number truth and answer, draws [resamples, particles] count."""
    classes = len(CLASSES)
    total = 0
    for training in cells:
        counts = draws @ (training[:, None] == np.arange(classes * classes)).astype(np.int64)
        total = total + macro_f1(counts.reshape(-1, classes, classes))
    return total / len(cells)


def difference(first, second, draws):
    """Of two methods' mean macro F1, with the ends of its interval; cells and draws as mean_f1 has them, the same draws for both."""
    ones = np.ones((1, draws.shape[1]), np.int64)
    low, high = np.percentile(mean_f1(first, draws) - mean_f1(second, draws), (2.5, 97.5))
    return mean_f1(first, ones)[0] - mean_f1(second, ones)[0], low, high


def draw_particles(count):
    """How often each of so many particles is drawn in each resample: [resamples, particles]."""
    return np.random.default_rng(0).multinomial(count, np.full(count, 1 / count), RESAMPLES)


def write_predictions(path, folders, predicted):
    """As `cryonext evaluate` writes them, without probabilities; predicted is in the order of the tomograms' lists."""
    with open(path, "w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["tomogram", "x", "y", "z", "true", "predicted"])
        answers = iter(predicted)
        for folder in folders:
            for name, position in zip(*read_particles(folder / "particle_locations.txt")):
                rows.writerow([folder.name, *position, name, CLASSES[next(answers)]])


def read_predictions(path):
    """Tomogram, truth and prediction by particle: {(tomogram, x, y, z): (true, predicted)}, classes as numbers."""
    with open(path, newline="") as file:
        return {
            (row["tomogram"], row["x"], row["y"], row["z"]): (
                CLASSES.index(row["true"]),
                CLASSES.index(row["predicted"]),
            )
            for row in csv.DictReader(file)
        }
