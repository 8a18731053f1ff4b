"""Makes the fixture of the features' map, judged by NumPy's singular value decomposition:

    python tools/python/pca_fixture.py        (from the repository's root)

cryoet/src/test/resources/org/cryonext/cryoet/features/plane.json: points (float32), the shares of their variance along the
first two principal components, and their places along them, each axis turned so that its largest coefficient is positive.

Needs: numpy.
"""

import json
import pathlib

import numpy as np

OUT = pathlib.Path(__file__).resolve().parents[2] / "cryoet/src/test/resources/org/cryonext/cryoet/features/plane.json"


def case(name, points):
    points = np.asarray(points, np.float32)
    x = points.astype(np.float64) - points.astype(np.float64).mean(axis=0)
    _, s, rows = np.linalg.svd(x, full_matrices=False)
    rows = rows[:2] * np.sign(rows[np.arange(2), np.abs(rows[:2]).argmax(axis=1)])[:, None]
    places = x @ rows.T
    return {
        "name": name,
        "points": [[float(v) for v in row] for row in points],
        "shares": [float(v) for v in (s**2 / (s**2).sum())[:2]],
        "first": [float(v) for v in places[:, 0]],
        "second": [float(v) for v in places[:, 1]],
    }


def main():
    random = np.random.default_rng(3)
    wide = random.normal(size=(11, 23)) * np.linspace(3, 0.1, 23)
    tall = random.normal(size=(37, 5)) @ random.normal(size=(5, 5)) + 100
    # Eigenvalues so close that plain power iteration would not tell them apart in time.
    close = random.normal(size=(40, 12)) * np.array([1.01, 1.0, 0.99] + [0.9] * 9)
    cases = [case("more numbers than points", wide), case("more points than numbers", tall), case("close", close)]
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(cases, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
