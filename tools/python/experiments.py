"""Runs the trainings of docs/experiments.md's last tables, several at once, and prints the tables:

    python tools/python/experiments.py run OUT --templates TEMPLATES --snr 0.05 --seeds 1 --options all
    python tools/python/experiments.py run OUT --templates TEMPLATES --snr 0.05 0.02 0.01 --seeds 1 2 3 --options NAME ...
    python tools/python/experiments.py screening OUT
    python tools/python/experiments.py levels OUT --options NAME ...
    python tools/python/experiments.py rows OUT --snr 0.05 0.02 0.01 --seeds 1 2 3 --options NAME ...
    python tools/python/experiments.py split OUT --seeds 1 2 3 --options NAME ...

`run` simulates the data of a noise level where OUT has none (A with seed 1, B with seed 2; docs/experiments.md), trains with
each option of OPTIONS below and each seed, and evaluates A's test tomogram and B with eight mirrorings. What is done already is
not done again; one call at a time for a folder OUT. So that one evaluation answers for both test sets, their tomograms lie in
one folder, B's as model_30 to model_35. A training has one thread, and time is the processor time of its process; its results
depend on neither.

`screening` compares each option's training of seed 1 at SNR 0.05 with that of "none"; `levels` compares the means over the
seeds at each SNR; `rows` has a row for each training; `split` writes each training's answers to a file A.csv and a file B.csv,
where B's tomograms are model_0 to model_5, for compare_predictions.py, and prints their names. Intervals are 95 % bootstrap intervals of 2000 resamples, by particle.

Needs: numpy. Run it from the repository's folder.
"""

import argparse
import csv
import json
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from scores import CLASSES, difference, draw_particles, mean_f1, read_predictions, score

COMMON = "--recipe best --source reconstruction --image-size 16 --threads 1 --split tomogram --test-tomograms model_29 --val-tomograms model_28"
TRAINING = "--train-tomograms " + ",".join(f"model_{i}" for i in range(28))
TESTED = ",".join(f"model_{i}" for i in range(29, 36))


def slabs(planes, normalisation, offsets=range(-14, 15, 4)):
    """What slabs:8x4:32 stands for, of other planes or normalised otherwise."""
    return ",".join(f"{p}:{o}:4:{normalisation}:32" for p in planes for o in offsets)


TWO_CUBES = "slabs:8x4:32,slabs:8x2:16"
OBLIQUE = slabs(("45/0", "45/180"), "tomogram")

EPOCHS = "--epochs 10"

# A name, and what `cryonext train` is told beside COMMON, and EPOCHS where it does not say how many.
OPTIONS = {
    "none": "",
    "30 epochs": "--epochs 30",
    # How a particle is seen.
    "16 slabs of 2": "--channels views:16 --views slabs:16x2:32",
    "3 slabs of 10, as colours": "--channels views --views slabs:3x10:32",
    "central slabs of three planes, as colours": "--channels views --views xy:0:8:tomogram:32,xz:0:8:tomogram:32,yz:0:8:tomogram:32",
    "slices of their own minimum and maximum": f"--channels views:8 --views {slabs(('xy', 'xz', 'yz'), 'slice')}",
    "two oblique planes more": f"--channels views:8 --views slabs:8x4:32,{OBLIQUE}",
    "a cube of 24": "--channels views:8 --views slabs:8x3:24",
    "a cube of 48": "--channels views:8 --views slabs:8x6:48",
    "cubes of 32 and 16": f"--channels views:8 --views {TWO_CUBES}",
    "cubes of 32 and 16, half the epochs": f"--channels views:8 --views {TWO_CUBES} --epochs 5",
    "cubes of 32 and 16, 15 epochs": f"--channels views:8 --views {TWO_CUBES} --epochs 15",
    "cubes of 32 and 16, 30 epochs": f"--channels views:8 --views {TWO_CUBES} --epochs 30",
    "features averaged": "--fusion features",
    "logits averaged": "--fusion logits",
    "radial profile": "--profile",
    "radial profile, half withheld": "--profile --profile-dropout 0.5",
    # How it is trained.
    "no flips": "--augment none",
    "turns about z": "--augment flips,turns=z",
    "spin 15": "--augment flips,spin=15",
    "rotate 15": "--augment flips,rotate=15",
    "shift 1": "--augment flips,shift=1",
    "contrast 0.2": "--augment flips,contrast=0.2",
    "brightness 0.2": "--augment flips,brightness=0.2",
    "noise 0.5": "--augment flips,noise=0.5",
    "wedge": "--augment flips,wedge",
    "mixup 0.2": "--mixup 0.2",
    "label smoothing 0.1": "--label-smoothing 0.1",
    "moving average 0.998": "--ema 0.998",
    "constant rate": "--schedule constant",
    "layer decay 0.8": "--layer-decay 0.8",
    "focal 2": "--focal 2",
    "balanced sampling": "--sampling balanced",
    "classes weighed": "--class-weights inverse",
    "weight decay 0.2": "--weight-decay 0.2",
    "rate 4e-3": "--lr-head 4e-3 --lr-backbone 4e-3",
    "rate 1e-3": "--lr-head 1e-3 --lr-backbone 1e-3",
    "16 particles a step": "--batch 16",
    "64 particles a step": "--batch 64",
    "no drop path": "--drop-path 0",
    "drop path 0.2": "--drop-path 0.2",
    # The network.
    "ConvNeXt V1": "--variant v1",
    "a third wider": "--depths 1,1,2,1 --dims 32,64,128,256",
    "two blocks a stage": "--depths 2,2,2,2 --dims 24,48,96,192",
    # The eight of those above with the most on B, together.
    "all eight": f"--channels views:8 --views {TWO_CUBES},{OBLIQUE} --augment flips,spin=15,noise=0.5"
    " --lr-head 4e-3 --lr-backbone 4e-3 --sampling balanced --variant v1 --depths 1,1,2,1 --dims 32,64,128,256",
}


class Failure(Exception):
    pass


def call(command, log):
    """Runs it, its output to a file; the processor time of its process in seconds."""
    with open(log, "w") as file:
        process = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise Failure(f"{' '.join(command)}: exit status {process.returncode}; its output is in {log}")
    return usage.ru_utime + usage.ru_stime


def data_of(out, snr, templates):
    """The folder of both data sets of a noise level, simulated where it is absent."""
    both = out / f"data-{snr}"
    if both.is_dir():
        return both
    if templates is None:
        raise Failure(f"{both} is absent, and --templates does not say of which densities to simulate it")
    for name, tomograms, seed in (("A", 30, 1), ("B", 6, 2)):
        folder = out / f"{name}-{snr}"
        if folder.exists():
            shutil.rmtree(folder)
        size = f"--tomograms {tomograms} --size 256,256,96 --snr {snr} --seed {seed}"
        call(["./cryonext", "simulate", str(folder), "--templates", str(templates), *size.split()], out / "simulate.log")
    new = out / f"data-{snr}.new"
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir()
    for i in range(30):
        (new / f"model_{i}").symlink_to(out.resolve() / f"A-{snr}" / f"model_{i}")
    for i in range(6):
        (new / f"model_{30 + i}").symlink_to(out.resolve() / f"B-{snr}" / f"model_{i}")
    new.rename(both)
    return both


def folder_of(out, snr, name, seed):
    return out / f"runs-{snr}" / f"{name.replace(' ', '-').replace(',', '').replace('/', '-')}-seed-{seed}"


def train_and_evaluate(out, data, snr, name, seed):
    folder = folder_of(out, snr, name, seed)
    if (folder / "times.json").exists():
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    run = folder / "run"
    epochs = "" if "--epochs" in OPTIONS[name] else EPOCHS
    options = [*COMMON.split(), *TRAINING.split(), *OPTIONS[name].split(), *epochs.split(), "--seed", str(seed)]
    seconds = call(["./cryonext", "train", str(data), "--out", str(run), *options], folder / "train.log")
    how = f"--tta 8 --threads 1 --tomograms {TESTED} --out {folder / 'evaluation'}"
    call(["./cryonext", "evaluate", str(run), str(data), *how.split()], folder / "evaluate.log")
    for file in ("predictions.csv", "predictions_size_alone.csv"):
        shutil.copy(folder / "evaluation" / file, folder / file)
    shutil.rmtree(folder / "evaluation")
    shutil.rmtree(run)
    (folder / "times.json").write_text(json.dumps({"options": OPTIONS[name], "train": seconds}))


def run(args):
    args.out.mkdir(parents=True, exist_ok=True)
    names = list(OPTIONS) if args.options == ["all"] else args.options
    for snr in args.snr:
        data = data_of(args.out, snr, args.templates)
        trainings = [(name, seed) for seed in args.seeds for name in names]
        start = time.time()

        def one(job):
            train_and_evaluate(args.out, data, snr, *job)
            print(f"{time.time() - start:6.0f} s  SNR {snr}  seed {job[1]}  {job[0]}", flush=True)

        with ThreadPoolExecutor(args.jobs) as pool:
            for result in [pool.submit(one, job) for job in trainings]:
                result.result()


def answers(folder, file="predictions.csv"):
    """Truth and answer of A's test tomogram and of B, two arrays [particles] as truth * classes + answer."""
    read = read_predictions(folder / file)
    particles = sorted(read)
    cells = np.array([read[p][0] * len(CLASSES) + read[p][1] for p in particles])
    of_a = np.array([p[0] == "model_29" for p in particles])
    return cells[of_a], cells[~of_a]


def one_score(cells):
    f1, low, high, _ = score(cells // len(CLASSES), cells % len(CLASSES))
    return f"{f1:.3f} [{low:.3f}, {high:.3f}]"


def screening(args):
    none = answers(folder_of(args.out, "0.05", "none", 1))
    print("| | A's test tomogram | B, six tomograms | more than nothing on B | training |\n|---|---|---|---|---|")
    rows = []
    for name, options in OPTIONS.items():
        folder = folder_of(args.out, "0.05", name, 1)
        if not (folder / "times.json").exists():
            continue
        a, b = answers(folder)
        more, low, high = difference(b[None], none[1][None], draw_particles(len(b)))
        seconds = json.loads((folder / "times.json").read_text())["train"]
        shown = f"{name}: `{options}`" if options and len(options) < 80 else name
        gain = f"{more:+.3f} [{low:+.3f}, {high:+.3f}]" if options else ""
        rows.append((more, f"| {shown} | {one_score(a)} | {one_score(b)} | {gain} | {seconds:.0f} s |"))
    print("\n".join(row for _, row in sorted(rows, key=lambda r: -r[0])))


def levels(args):
    print("| SNR | | A's test tomogram | B, six tomograms | more than nothing on B | trainings |\n|---|---|---|---|---|---|")
    for snr in args.snr:
        means = {}
        for name in args.options:
            folders = [folder_of(args.out, snr, name, seed) for seed in args.seeds]
            folders = [f for f in folders if (f / "times.json").exists()]
            if folders:
                means[name] = [np.array(part) for part in zip(*(answers(f) for f in folders))]
        for name, (a, b) in means.items():
            scores = [mean_f1(part, np.ones((1, part.shape[1]), np.int64))[0] for part in (a, b)]
            gain = ""
            if name != "none" and len(b) == len(means["none"][1]):
                more, low, high = difference(b, means["none"][1], draw_particles(b.shape[1]))
                gain = f"{more:+.3f} [{low:+.3f}, {high:+.3f}]"
            print(f"| {snr} | {name} | {scores[0]:.3f} | {scores[1]:.3f} | {gain} | {len(b)} |")
        size = answers(folder_of(args.out, snr, "none", args.seeds[0]), "predictions_size_alone.csv")
        print(f"| {snr} | *size alone* | {one_score(size[0])} | {one_score(size[1])} | | |")


def rows(args):
    print("| SNR | option | seed | A's test tomogram | B, six tomograms | training |\n|---|---|---|---|---|---|")
    for snr in args.snr:
        for name in args.options:
            for seed in args.seeds:
                folder = folder_of(args.out, snr, name, seed)
                if (folder / "times.json").exists():
                    a, b = answers(folder)
                    seconds = json.loads((folder / "times.json").read_text())["train"]
                    print(f"| {snr} | {name} | {seed} | {one_score(a)} | {one_score(b)} | {seconds:.0f} s |")


def split(args):
    names = list(OPTIONS) if args.options == ["all"] else args.options
    for name, seed in ((name, seed) for name in names for seed in args.seeds):
        for snr in args.snr:
            folder = folder_of(args.out, snr, name, seed)
            if not (folder / "times.json").exists():
                continue
            with open(folder / "predictions.csv", newline="") as file:
                rows = list(csv.DictReader(file))
            numbers = [int(row["tomogram"].removeprefix("model_")) for row in rows]
            for part in ("A", "B"):
                with open(folder / f"{part}.csv", "w", newline="") as file:
                    writer = csv.DictWriter(file, ["tomogram", "x", "y", "z", "true", "predicted"], extrasaction="ignore")
                    writer.writeheader()
                    for row, number in zip(rows, numbers):
                        if (number >= 30) == (part == "B"):
                            writer.writerow(row | {"tomogram": f"model_{number - 30 if part == 'B' else number}"})
                print(folder / f"{part}.csv")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("run", "screening", "levels", "rows", "split"))
    parser.add_argument("out", type=Path)
    parser.add_argument("--templates", type=Path)
    parser.add_argument("--snr", nargs="+", default=["0.05"])
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--options", nargs="+", default=["all"], metavar="NAME")
    parser.add_argument("--jobs", type=int, default=2)
    args = parser.parse_args()
    unknown = [name for name in args.options if name != "all" and name not in OPTIONS]
    if unknown:
        parser.error(f"no option is called {unknown[0]!r}; there are {', '.join(OPTIONS)}")
    try:
        {"run": run, "screening": screening, "levels": levels, "rows": rows, "split": split}[args.what](args)
    except Failure as failure:
        sys.exit(str(failure))


if __name__ == "__main__":
    main()
