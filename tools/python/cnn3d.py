"""Trains a small 3-D CNN on the cubes themselves, the bar that slices have to clear, and prints its macro F1:

    python tools/python/cnn3d.py A --test-data B --seconds 660 --seed 1 2 3
    python tools/python/cnn3d.py A --test-data B --epochs 8

A and B are data sets in SHREC 2020's layout, as `cryonext simulate` makes them; docs/experiments.md says which. The last
tomogram of A tests, the one before it validates and chooses the epoch, the others train; all tomograms of B are a second
test. The split, the positions and the padding are those of size_alone.py and of `cryonext train --split tomogram`: every
particle counts, at its true position in the reconstruction.

A particle is a cube of 24 voxels (--size-of-cube), 12 before its voxel and 11 after it, of the tomogram brought to mean 0
and standard deviation 1. The network: 3 x 3 x 3 convolutions to 16, 32, 64 and 64 channels, each with batch norm and ReLU,
halved by maxima after the first three, the mean over what is left, a linear classifier: 0.18 million parameters. AdamW, an
eighteenth of warm-up, then half a cosine, cubes mirrored at random along each axis (--augment none leaves them).

--seconds N ends training, validations included, after so many seconds of processor time, all threads together; the
schedule follows the time then. Cutting the cubes is not counted, and printed apart. --tta 8 answers by the mean over the
eight mirrored cubes. --predictions DIR writes what it answers as CSV, for compare_predictions.py. Intervals are 95 % bootstrap intervals by particle of 2000 resamples, as in docs/evaluation.md.

Needs: torch, numpy.
"""

import argparse
import copy
import itertools
import math
import os
import sys
import time
from pathlib import Path

# Threads that wait sleep: processor time is that of work, whatever else the machine does. And glibc keeps memory that is
# freed: faulting it in anew in every step took four fifths of the processor time. It reads this when it starts.
SETTINGS = {
    "OMP_WAIT_POLICY": "PASSIVE",
    "MALLOC_MMAP_MAX_": "0",
    "MALLOC_TRIM_THRESHOLD_": str(1 << 40),
    "MALLOC_ARENA_MAX": "1",
}
if any(name not in os.environ for name in SETTINGS):
    os.environ.update(SETTINGS | os.environ)
    os.execv(sys.executable, [sys.executable, *sys.argv])

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from scores import CLASSES, score, write_predictions
from shrec import read_particles, read_volume, tomograms, z_offset

WARM_UP = 1 / 18
AXES = (2, 3, 4)
MIRRORINGS = [axes for count in range(4) for axes in itertools.combinations(AXES, count)]


def cubes(folder, source, size):
    """The cubes of a tomogram's particles, [N, 1, size, size, size], and their classes, [N]."""
    names, positions = read_particles(folder / "particle_locations.txt")
    volume = read_volume(folder / f"{source}.mrc")
    offset = z_offset(folder, volume)
    before = size // 2
    volume = np.pad((volume - volume.mean(dtype=float)) / volume.std(dtype=float), before).astype(np.float32)
    result = np.empty((len(positions), 1, size, size, size), np.float32)
    for i, (x, y, z) in enumerate(positions):
        # The padding is as wide as what lies before the particle's voxel, so the cube begins at its coordinates.
        result[i, 0] = volume[z + offset : z + offset + size, y : y + size, x : x + size]
    return result, [CLASSES.index(name) for name in names]


def load(folders, source, size):
    parts = [cubes(folder, source, size) for folder in folders]
    x = torch.from_numpy(np.concatenate([part[0] for part in parts]))
    return x, torch.tensor([label for part in parts for label in part[1]])


def network():
    layers = []
    for before, after, halved in (1, 16, True), (16, 32, True), (32, 64, True), (64, 64, False):
        layers += [nn.Conv3d(before, after, 3, padding=1, bias=False), nn.BatchNorm3d(after), nn.ReLU()]
        layers += [nn.MaxPool3d(2)] if halved else []
    return nn.Sequential(*layers, nn.AdaptiveAvgPool3d(1), nn.Flatten(), nn.Linear(64, len(CLASSES)))


def mirrored(x):
    """Each cube mirrored along a random choice of its axes."""
    x = x.clone()
    for axis in AXES:
        chosen = torch.rand(len(x)) < 0.5
        x[chosen] = x[chosen].flip(axis)
    return x


def predict(model, x, mirrorings):
    model.eval()
    with torch.no_grad():
        return torch.cat(
            [
                torch.stack([model(part.flip(axes)).softmax(1) for axes in mirrorings]).mean(0).argmax(1)
                for part in x.split(64)
            ]
        )


def train(seed, args, training, validation):
    """The best of its epochs, and the processor time that training took."""
    torch.manual_seed(seed)
    model = network()
    matrices = [p for p in model.parameters() if p.ndim > 1]
    vectors = [p for p in model.parameters() if p.ndim <= 1]
    optimizer = torch.optim.AdamW(
        [{"params": matrices, "weight_decay": args.weight_decay}, {"params": vectors, "weight_decay": 0}], lr=args.lr
    )
    x, labels = training
    steps = len(x) // args.batch
    start = time.process_time()
    best, chosen = -1, None

    def progress(epoch, step):
        """How much of the training is done, from 0 to 1."""
        if args.seconds:
            return (time.process_time() - start) / args.seconds
        return (epoch * steps + step) / (args.epochs * steps)

    for epoch in itertools.count():
        model.train()
        order = torch.randperm(len(x))
        losses = []
        for step in range(steps):
            done = progress(epoch, step)
            if done >= 1:
                break
            factor = done / WARM_UP if done < WARM_UP else 0.5 * (1 + math.cos(math.pi * (done - WARM_UP) / (1 - WARM_UP)))
            for group in optimizer.param_groups:
                group["lr"] = args.lr * factor
            batch = order[step * args.batch : (step + 1) * args.batch]
            images = x[batch] if args.augment == "none" else mirrored(x[batch])
            optimizer.zero_grad()
            loss = F.cross_entropy(model(images), labels[batch])
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        if not losses:
            break
        accuracy = (predict(model, validation[0], [()]) == validation[1]).double().mean().item()
        print(
            f"  epoch {epoch + 1}{'' if len(losses) == steps else f', {len(losses)} of {steps} steps'}:"
            f" training loss {np.mean(losses):.4f}, validation accuracy {accuracy:.4f},"
            f" {time.process_time() - start:.0f} s of processor time",
            flush=True,
        )
        if accuracy > best:
            best, chosen = accuracy, copy.deepcopy(model.state_dict())
        if progress(epoch, steps) >= 1:
            break
    model.load_state_dict(chosen)
    return model, time.process_time() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--test-data", type=Path, help="a data set all of whose tomograms test, too")
    parser.add_argument("--source", default="reconstruction")
    parser.add_argument("--train", type=int, nargs="+", help="numbers of the training tomograms (default: the rest)")
    parser.add_argument("--validate", type=int, nargs="+", help="default: the last but one")
    parser.add_argument("--test", type=int, nargs="+", help="default: the last")
    parser.add_argument("--size-of-cube", type=int, default=24)
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--epochs", type=int, default=8)
    length.add_argument("--seconds", type=float, help="processor time of training, instead of --epochs")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--lr", type=float, default=2e-3)
    parser.add_argument("--weight-decay", type=float, default=0.05)
    parser.add_argument("--augment", choices=["flips", "none"], default="flips")
    parser.add_argument("--tta", type=int, choices=[1, 8], default=1)
    parser.add_argument("--predictions", type=Path)
    parser.add_argument("--seed", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    all_folders = tomograms(args.data)
    if args.test_data and not tomograms(args.test_data):
        raise SystemExit(f"{args.test_data}: no folder model_0, model_1, ... is in it")
    if len(all_folders) < 3:
        raise SystemExit(f"{args.data}: {len(all_folders)} tomograms, expected at least 3")
    test = args.test or [list(all_folders)[-1]]
    validate = args.validate or [[k for k in all_folders if k not in test][-1]]
    rest = args.train or [k for k in all_folders if k not in test + validate]
    read = lambda numbers: load([all_folders[k] for k in numbers], args.source, args.size_of_cube)
    training, validation = read(rest), read(validate)
    folders = {str(args.data): [all_folders[k] for k in test]}
    if args.test_data:
        folders[str(args.test_data)] = list(tomograms(args.test_data).values())
    tests = {name: load(those, args.source, args.size_of_cube) for name, those in folders.items()}
    if len(training[0]) < args.batch:
        raise SystemExit(f"{len(training[0])} training particles, expected at least a batch of {args.batch}")
    print(
        f"{len(training[0])} particles train, {len(validation[0])} validate, "
        + " and ".join(f"{len(x)} of {name} test" for name, (x, _) in tests.items())
        + f"; {sum(p.numel() for p in network().parameters())} parameters;"
        f" {time.process_time():.0f} s of processor time to cut the cubes",
        flush=True,
    )
    if args.predictions:
        args.predictions.mkdir(parents=True, exist_ok=True)
    means = {name: [] for name in tests}
    for seed in args.seed:
        model, seconds = train(seed, args, training, validation)
        for name, (x, labels) in tests.items():
            answers = predict(model, x, MIRRORINGS if args.tta == 8 else [()]).numpy()
            f1, low, high, confusion = score(labels.numpy(), answers)
            if args.predictions:
                write_predictions(args.predictions / f"{Path(name).name}-seed-{seed}.csv", folders[name], answers)
            means[name].append(f1)
            print(
                f"seed {seed}, {name}: macro F1 {f1:.3f} [{low:.3f}, {high:.3f}],"
                f" accuracy {np.trace(confusion) / len(labels):.3f}; {seconds:.0f} s of processor time in training",
                flush=True,
            )
    for name, scores in means.items():
        print(f"{name}: mean macro F1 of {len(scores)} seeds {np.mean(scores):.3f}")


if __name__ == "__main__":
    main()
