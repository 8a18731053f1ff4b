"""Macro F1 with its bootstrap interval, for the scripts beside this one. Needs numpy."""

import numpy as np

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
