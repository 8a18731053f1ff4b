"""Solves small logistic regressions by SciPy, as a fixture for org.cryonext.cryoet.baseline.

The problem is scikit-learn's LogisticRegression(C) behind a StandardScaler: cross entropies + |weights|^2 / (2 C), the
intercepts unpenalised. Run (needs numpy and scipy), from the repository's root:
    python tools/python/regression_fixture.py cryoet/src/test/resources/org/cryonext/cryoet/baseline/regression.json
"""

import json
import sys

import numpy as np
from scipy.optimize import minimize
from scipy.special import logsumexp, softmax


def solve(train, labels, classes, c):
    n, d = train.shape
    targets = np.eye(classes)[labels]

    def objective(w):
        w = w.reshape(d + 1, classes)
        logits = train @ w[:d] + w[d]
        loss = (logsumexp(logits, axis=1) - (logits * targets).sum(1)).sum() + (w[:d] ** 2).sum() / (2 * c)
        difference = softmax(logits, axis=1) - targets
        gradient = np.vstack([train.T @ difference + w[:d] / c, difference.sum(0)])
        return loss / n, gradient.ravel() / n

    found = minimize(
        objective, np.zeros((d + 1) * classes), jac=True, method="BFGS", options={"gtol": 1e-9, "maxiter": 5000}
    )
    return found.x.reshape(d + 1, classes)


def problem(name, seed, n, d, classes, c):
    random = np.random.default_rng(seed)
    centres = random.normal(size=(classes, d))
    labels = random.integers(0, classes, n)
    scales = np.exp(2 * random.normal(size=d))
    train = (centres[labels] + random.normal(size=(n, d))) * scales
    train[:, -1] = train[:, 0] * 2 + train[:, 1]  # as collinear as cumulated masses are
    test = (centres[random.integers(0, classes, 8)] + random.normal(size=(8, d))) * scales
    train, test = np.round(train, 4), np.round(test, 4)
    mean, deviation = train.mean(0), train.std(0)
    w = solve((train - mean) / deviation, labels, classes, c)
    probabilities = softmax((test - mean) / deviation @ w[:d] + w[d], axis=1)
    return {
        "name": name,
        "classes": classes,
        "c": c,
        "train": train.tolist(),
        "labels": labels.tolist(),
        "test": test.tolist(),
        "probabilities": np.round(probabilities, 7).tolist(),
    }


def main():
    problems = [
        problem("three classes", 1, 60, 5, 3, 1.0),
        problem("two classes, weak penalty", 2, 40, 4, 2, 30.0),
        problem("more features than rows", 3, 12, 15, 3, 1.0),
    ]
    with open(sys.argv[1], "w") as file:
        json.dump({"problems": problems}, file)
        file.write("\n")


if __name__ == "__main__":
    main()
