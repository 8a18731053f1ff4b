"""Trains in PyTorch as `cryonext train --recipe scratch` does, and prints the macro F1 on the last tomogram:

    python tools/python/train_scratch.py DATA --epochs 6 --seed 1 2 3

DATA is a data set in SHREC 2020's layout, for instance the data of `cryonext demo`. The last tomogram tests, the one
before it validates and chooses the epoch, the others train. The network is transformers' ConvNeXt V2 atto with its own
initial weights, the slices are those of train_reference.py at 48 pixels, each flipped and turned at random; AdamW on all
weights with decay on matrices and kernels alone, an epoch of warm-up, then half a cosine, gradients clipped to norm 1. To
lay beside it:

    for s in 1 2 3; do ./cryonext train DATA --out run-$s --recipe scratch --epochs 6 --seed $s; \
        ./cryonext evaluate run-$s DATA; done

Needs: torch, transformers, numpy, pillow, scikit-learn.
"""

import argparse
import copy
import math
import pathlib
import time

import torch
import transformers
from sklearn.metrics import accuracy_score, f1_score
from torch.nn import functional as F

from scores import CLASSES
from train_reference import load, logits

EDGE = 48


def particles(data, tomograms):
    samples = []
    for tomogram in tomograms:
        lines = (tomogram / "particle_locations.txt").read_text().splitlines()
        samples += [{"tomo": tomogram.name, "line": i + 1} for i in range(len(lines))]
    return load(data, samples, CLASSES, EDGE)


def turned(x):
    """Each image of [N, V, C, H, W] flipped and turned by a random one of the square's eight symmetries."""
    flat = x.flatten(0, 1).clone()
    choice = torch.randint(8, (len(flat),))
    for symmetry in range(8):
        chosen = choice == symmetry
        images = torch.rot90(flat[chosen], symmetry % 4, (2, 3))
        flat[chosen] = images.flip(3) if symmetry >= 4 else images
    return flat.view_as(x)


def network():
    config = transformers.ConvNextV2Config(
        hidden_sizes=[40, 80, 160, 320], depths=[2, 2, 6, 2], num_labels=len(CLASSES), image_size=EDGE
    )
    return transformers.ConvNextV2ForImageClassification(config)


def predict(model, x):
    model.eval()
    with torch.no_grad():
        return torch.cat([logits(model, part).argmax(1) for part in x.split(64)])


def train(seed, args, training, validation):
    torch.manual_seed(seed)
    model = network()
    matrices = [p for n, p in model.named_parameters() if p.ndim > 1 and "grn" not in n]
    vectors = [p for n, p in model.named_parameters() if p.ndim <= 1 or "grn" in n]
    optimizer = torch.optim.AdamW(
        [{"params": matrices, "weight_decay": args.weight_decay}, {"params": vectors, "weight_decay": 0}], lr=args.lr
    )
    x, labels = training
    steps = len(x) // args.batch
    total = steps * args.epochs

    def factor(step):
        if step < steps:
            return (step + 1) / steps
        return 0.5 * (1 + math.cos(math.pi * (step - steps) / max(1, total - steps)))

    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, factor)
    best, chosen = -1, None
    for epoch in range(args.epochs):
        model.train()
        order = torch.randperm(len(x))
        for k in range(steps):
            batch = order[k * args.batch : (k + 1) * args.batch]
            optimizer.zero_grad()
            F.cross_entropy(logits(model, turned(x[batch])), labels[batch]).backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
        accuracy = (predict(model, validation[0]) == validation[1]).double().mean().item()
        print(f"  epoch {epoch + 1}: validation accuracy {accuracy:.4f}", flush=True)
        if accuracy > best:
            best, chosen = accuracy, copy.deepcopy(model.state_dict())
    model.load_state_dict(chosen)
    return model


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data")
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--lr", type=float, default=2e-3)
    parser.add_argument("--weight-decay", type=float, default=0.05)
    parser.add_argument("--seed", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    tomograms = sorted(pathlib.Path(args.data).glob("model_*"), key=lambda path: int(path.name[6:]))
    training = particles(args.data, tomograms[:-2])
    validation = particles(args.data, tomograms[-2:-1])
    test = particles(args.data, tomograms[-1:])
    scores = []
    for seed in args.seed:
        start = time.time()
        model = train(seed, args, training, validation)
        found = predict(model, test[0])
        scores.append(f1_score(test[1], found, average="macro"))
        print(
            f"seed {seed}: macro F1 {scores[-1]:.4f}, accuracy {accuracy_score(test[1], found):.4f},"
            f" {time.time() - start:.0f} s",
            flush=True,
        )
    print(f"mean macro F1 {sum(scores) / len(scores):.4f}")


if __name__ == "__main__":
    main()
