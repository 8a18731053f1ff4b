"""What is in the data: classifies particles by the densities that they were simulated from, and prints the macro F1.

    python tools/python/template_matching.py A TEMPLATES --test-data B

A and B are data sets in SHREC 2020's layout that `cryonext simulate --templates TEMPLATES` made; docs/experiments.md says
which. Nothing is trained. Everything is known that a user would not know: the densities, how the reconstruction changes
them, the noise's spectrum, and the exact position; unknown are the class, the orientation and the neighbours.

How the reconstruction changes a density, frequency by frequency (contrast transfer, weighting, missing wedge), is the
regression of the reconstruction on the ground truth without noise over cubes of 32 voxels of A's first tomograms; the noise,
neighbours included, is what is left of their particles once their own density, changed so, is taken away, under the same
mask. A particle's class is that whose templates have the largest likelihood under Gaussian noise, summed over the same
random orientations for each (Sigworth, J. Struct. Biol. 122, 328, 1998), with all classes and orientations alike before.
Frequencies up to 11 / 32 of a voxel count, where there is anything but noise.

--radius is that of the mask around the particle's centre in voxels: a small one leaves out parts of large particles, a large
one lets neighbours in. With a second one, particles that the first finds to be one of the four smallest, whose radii
are 4 to 6 voxels, are told apart within the second.

Needs: numpy, scipy.
"""

import argparse
from pathlib import Path

import numpy as np
from scipy import ndimage
from scipy.spatial.transform import Rotation

from scores import CLASSES, score
from shrec import read_particles, read_volume, tomograms, z_offset

EDGE = 32
HALF = EDGE // 2
SHAPE = (EDGE,) * 3
AXES = (0, 1, 2)
WATER = 0.15
HIGHEST = 11
SMALLEST = ["1s3x", "3h84", "3qm1", "3gl1"]
BLOCKS = 700


def frequencies():
    """Length of each frequency of the half spectrum in 1 / EDGE of a voxel, and how often it counts in the whole one."""
    full = np.fft.fftfreq(EDGE) * EDGE
    half = np.fft.rfftfreq(EDGE) * EDGE
    length = np.sqrt(full[:, None, None] ** 2 + full[None, :, None] ** 2 + half**2)
    return length, np.broadcast_to(np.where((half == 0) | (half == HALF), 1.0, 2.0), length.shape)


LENGTH, TWICE = frequencies()
CHOSEN = LENGTH <= HIGHEST


def mask(radius):
    """1 inside, 0 from 1.5 voxels outside on, smooth between."""
    axis = np.arange(EDGE) - HALF
    distance = np.sqrt(axis[:, None, None] ** 2 + axis[None, :, None] ** 2 + axis**2)
    ramp = np.clip((radius + 1.5 - distance) / 3, 0, 1)
    return ramp * ramp * (3 - 2 * ramp)


def cube(volume, position):
    z, y, x = position
    return volume[z - HALF : z + HALF, y - HALF : y + HALF, x - HALF : x + HALF]


def open_tomogram(folder):
    names, positions = read_particles(folder / "particle_locations.txt")
    reconstruction = read_volume(folder / "reconstruction.mrc")
    return names, positions[:, ::-1], reconstruction, z_offset(folder, reconstruction)


def transfer(folders, random):
    """What the reconstruction makes of a density: a real factor for each frequency."""
    window = np.hanning(EDGE + 2)[1:-1]
    window = window[:, None, None] * window[None, :, None] * window
    product, square = 0, 0
    for folder in folders:
        _, _, reconstruction, offset = open_tomogram(folder)
        density = read_volume(folder / "grandmodel_noisefree.mrc") - WATER
        for _ in range(BLOCKS):
            place = np.array([random.integers(HALF, size - HALF + 1) for size in density.shape])
            truth = np.fft.rfftn(cube(density, place) * window)
            product = product + np.fft.rfftn(cube(reconstruction, place + [offset, 0, 0]) * window) * truth.conj()
            square = square + abs(truth) ** 2
    return (product / square).real


def reconstructed(density, factors):
    return np.fft.irfftn(np.fft.rfftn(density) * factors, SHAPE, axes=AXES)


def noise(folders, factors, window):
    """The mean square of what is no particle's own, for each chosen frequency of a masked cube; and each class's mass."""
    total, count = 0, 0
    masses = {name: [] for name in CLASSES}
    for folder in folders:
        names, positions, reconstruction, offset = open_tomogram(folder)
        density = read_volume(folder / "grandmodel_noisefree.mrc") - WATER
        owner = read_volume(folder / "occupancy_mask.mrc")
        for i, (name, place) in enumerate(zip(names, positions)):
            if (place < HALF).any() or (place > np.array(density.shape) - HALF).any():
                continue
            own = cube(density, place) * (cube(owner, place) == i + 1)
            masses[name].append(own.sum())
            rest = cube(reconstruction, place + [offset, 0, 0]) - reconstructed(own, factors)
            total = total + abs(np.fft.rfftn(rest * window)) ** 2
            count += 1
    return (total / count)[CHOSEN], {name: np.median(found) for name, found in masses.items()}


def whitened(masked, spectrum):
    """The chosen frequencies of a masked cube in units of the noise, as real numbers."""
    values = np.fft.rfftn(masked)[CHOSEN] * np.sqrt(TWICE[CHOSEN] / spectrum)
    return values.astype(np.complex64).view(np.float32)


def density_of(templates, name):
    """4d8q is half of the two that 4v94 holds, cut by the plane across their long axis."""
    path = templates / f"{name}.mrc"
    if name != "4d8q" or path.exists():
        return np.maximum(read_volume(path), 0).astype(float)
    both = np.maximum(read_volume(templates / "4v94.mrc"), 0).astype(float)
    middle = np.array(ndimage.center_of_mass(both))
    places = np.argwhere(both > both.max() / 20) - middle
    long_axis = np.linalg.eigh(places.T @ places)[1][:, -1]
    return both * ((np.indices(both.shape).T - middle) @ long_axis > 0).T


def likelihoods(args, folders, radius):
    """Log likelihood of each class for the particles of each list of folders, [particles, classes]."""
    window = mask(radius)
    spectrum, masses = noise(args.known, args.factors, window)
    rotations = Rotation.random(args.orientations, random_state=args.seed).as_matrix()
    templates = []
    for name in CLASSES:
        density = density_of(args.templates, name)
        density *= masses[name] / density[density > density.max() / 50].sum()
        centre = np.array(ndimage.center_of_mass(density))
        rows = []
        for rotation in rotations:
            turned = ndimage.affine_transform(
                density, rotation, offset=centre - rotation @ np.full(3, HALF), output_shape=SHAPE, order=1
            )
            rows.append(whitened(reconstructed(turned, args.factors) * window, spectrum))
        templates.append(np.array(rows))
    results = []
    for part in folders:
        scores = []
        for folder in part:
            _, positions, reconstruction, offset = open_tomogram(folder)
            padded = np.pad(reconstruction, HALF, mode="edge")
            found = np.array(
                [whitened(cube(padded, place + [offset, 0, 0] + HALF) * window, spectrum) for place in positions]
            )
            each = [found @ rows.T - (rows**2).sum(1) / 2 for rows in templates]
            scores.append(np.stack([np.logaddexp.reduce(s.astype(float), axis=1) for s in each], 1))
        results.append(np.concatenate(scores))
    return results


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("templates", type=Path)
    parser.add_argument("--test-data", type=Path, help="another data set whose tomograms all test")
    parser.add_argument("--radius", type=float, nargs="+", default=[10, 7])
    parser.add_argument("--orientations", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    all_folders = list(tomograms(args.data).values())
    if len(all_folders) < 7:
        raise SystemExit(f"{args.data}: {len(all_folders)} tomograms, expected at least 7")
    args.known = all_folders[:5]
    args.factors = transfer(args.known[:3], np.random.default_rng(args.seed))
    parts = {args.data: all_folders[-1:]}
    if args.test_data:
        parts[args.test_data] = list(tomograms(args.test_data).values())
    small = [CLASSES.index(name) for name in SMALLEST]
    answers = None
    for radius in args.radius[:2]:
        scores = likelihoods(args, parts.values(), radius)
        if answers is None:
            answers = [s.argmax(1) for s in scores]
        else:
            for answer, s in zip(answers, scores):
                chosen = np.isin(answer, small)
                answer[chosen] = np.array(small)[s[chosen][:, small].argmax(1)]
    for (name, part), answer in zip(parts.items(), answers):
        truth = np.array([CLASSES.index(n) for f in part for n in read_particles(f / "particle_locations.txt")[0]])
        f1, low, high, confusion = score(truth, answer)
        print(f"{name}: macro F1 {f1:.3f} [{low:.3f}, {high:.3f}], accuracy {np.trace(confusion) / len(truth):.3f}")
        of_class = 2 * np.diagonal(confusion) / (confusion.sum(0) + confusion.sum(1))
        print("  " + ", ".join(f"{c} {v:.2f}" for c, v in zip(CLASSES, of_class)))


if __name__ == "__main__":
    main()
