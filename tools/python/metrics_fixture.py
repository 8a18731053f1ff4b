"""Writes scikit-learn's figures for small sets of predictions, as a fixture for org.cryonext.cryoet.metrics.

Run (needs numpy and scikit-learn), from the repository's root:
    python tools/python/metrics_fixture.py cryoet/src/test/resources/org/cryonext/cryoet/metrics/sklearn.json
"""

import json
import sys

import numpy as np
import sklearn
from sklearn.metrics import accuracy_score, confusion_matrix, precision_recall_fscore_support

RESAMPLES = 4000


def scores(truth, predicted, average, labels=None):
    precision, recall, f1, support = precision_recall_fscore_support(
        truth, predicted, average=average, labels=labels, zero_division=0
    )
    return precision, recall, f1, support


def bootstrap(truth, predicted, seed):
    random = np.random.default_rng(seed)
    rows = []
    for _ in range(RESAMPLES):
        chosen = random.integers(0, len(truth), len(truth))
        precision, recall, f1, _ = scores(truth[chosen], predicted[chosen], "macro")
        rows.append((accuracy_score(truth[chosen], predicted[chosen]), precision, recall, f1))
    low, high = np.percentile(np.array(rows), [2.5, 97.5], axis=0)
    names = ("accuracy", "precision_macro", "recall_macro", "f1_macro")
    return {name: [float(low[i]), float(high[i])] for i, name in enumerate(names)}


def case(name, classes, truth, predicted, intervals=False):
    truth, predicted = np.asarray(truth), np.asarray(predicted)
    labels = list(range(classes))
    macro = scores(truth, predicted, "macro")
    weighted = scores(truth, predicted, "weighted")
    precision, recall, f1, support = scores(truth, predicted, None, labels)
    result = {
        "name": name,
        "classes": classes,
        "truth": truth.tolist(),
        "predicted": predicted.tolist(),
        "confusion": confusion_matrix(truth, predicted, labels=labels).tolist(),
        "accuracy": float(accuracy_score(truth, predicted)),
        "macro": [float(v) for v in macro[:3]],
        "weighted": [float(v) for v in weighted[:3]],
        "precision": precision.tolist(),
        "recall": recall.tolist(),
        "f1": f1.tolist(),
        "support": support.tolist(),
    }
    if intervals:
        result["intervals"] = bootstrap(truth, predicted, 1)
    return result


def main(path):
    random = np.random.default_rng(0)
    truth = random.integers(0, 12, 300)
    predicted = np.where(random.random(300) < 0.75, truth, random.integers(0, 12, 300))
    rare = np.where(random.random(200) < 0.03, 3, random.integers(0, 3, 200))
    taken = np.where(random.random(200) < 0.9, rare, random.integers(0, 4, 200))
    cases = [
        case("twelve classes", 12, truth, predicted, intervals=True),
        case("a rare class", 4, rare, taken, intervals=True),
        case("perfect", 3, [0, 1, 2, 2, 1], [0, 1, 2, 2, 1], intervals=True),
        case("all wrong", 3, [0, 1, 2, 2], [1, 2, 0, 1]),
        case("a class predicted but never true", 4, [0, 0, 1, 2], [0, 3, 1, 2]),
        case("a class true but never predicted", 4, [0, 1, 2, 3, 3], [0, 1, 2, 0, 1]),
        case("a class that does not occur", 5, [0, 0, 1, 4, 4], [0, 1, 1, 4, 0]),
        case("one particle, right", 3, [1], [1]),
        case("one particle, wrong", 3, [1], [2]),
        case("one class", 1, [0, 0, 0], [0, 0, 0]),
    ]
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"scikit_learn": sklearn.__version__, "cases": cases}, file)
        file.write("\n")


if __name__ == "__main__":
    main(sys.argv[1])
