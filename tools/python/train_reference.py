"""Trains in PyTorch as `cryonext train --recipe paper --order` does, and writes the loss of every step:

    python tools/python/train_reference.py DATA INIT ORDER OUT.json --image-size 224 --unfreeze 5

DATA is a data set in SHREC 2020's layout, INIT a checkpoint folder in Hugging Face's layout whose id2label names the
classes, ORDER the JSON that --order takes. Slices are cut with NumPy, resized by Pillow, normalised as torchvision does,
and the network is transformers' own, so nothing is shared with CryoNeXt. First the classifier trains, from epoch
UNFREEZE on the last stage too, by a new AdamW. OUT.json: {"losses": [...], "val_loss": [...], "val_accuracy": [...]}.

The fixtures of cryoet's TrainingProofTest are made so:

    ./mvnw -q package -DskipTests
    java --add-modules jdk.incubator.vector -cp "cryoet/target/test-classes:tools/target/lib/*" \
        org.cryonext.cryoet.train.TrainingProofInputs /tmp/proof
    for v in v1 v2; do python tools/python/train_reference.py /tmp/proof/data /tmp/proof/init-$v /tmp/proof/order.json \
        /tmp/proof/losses-$v.json --image-size 40 --lr-head 1e-2 --lr-backbone 2e-3 --unfreeze 6 --float64; done
    cp -r /tmp/proof/{init-v1,init-v2,order.json,losses-v1.json,losses-v2.json} cryoet/src/test/resources/training/

Needs: torch, transformers, numpy, pillow.
"""

import argparse
import json
import pathlib

import numpy as np
import torch
import transformers
from PIL import Image
from torch.nn import functional as F

BEFORE, SIZE = 24, 48
MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def read_mrc(path):
    header = np.fromfile(path, "<i4", 256)
    assert header[3] == 2, f"{path}: mode {header[3]}, only float32 is read here"
    nx, ny, nz = header[:3]
    return np.memmap(path, "<f4", "r", 1024 + int(header[23]), (nz, ny, nx))


def cube(volume, x, y, z):
    axes = [np.clip(np.arange(c - BEFORE, c - BEFORE + SIZE), 0, n - 1) for c, n in zip((z, y, x), volume.shape)]
    return np.asarray(volume[np.ix_(*axes)], np.float32)


def to_bytes(s):
    s = s - s.min()
    s = s / (s.max() + np.float32(1e-8))
    return (s * np.float32(255)).astype(np.uint8)


def image(s, edge):
    grey = np.asarray(Image.fromarray(to_bytes(s)).convert("RGB").resize((edge, edge), Image.BILINEAR))
    x = torch.from_numpy(grey.copy()).permute(2, 0, 1).float() / 255
    return (x - torch.tensor(MEAN).view(3, 1, 1)) / torch.tensor(DEVIATION).view(3, 1, 1)


def load(data, samples, names, edge):
    volumes, lists, images, labels = {}, {}, [], []
    for sample in samples:
        folder = pathlib.Path(data) / sample["tomo"]
        if sample["tomo"] not in volumes:
            volumes[sample["tomo"]] = read_mrc(folder / "grandmodel.mrc")
            lists[sample["tomo"]] = (folder / "particle_locations.txt").read_text().splitlines()
        name, x, y, z = lists[sample["tomo"]][sample["line"] - 1].split()[:4]
        c = cube(volumes[sample["tomo"]], *(int(np.floor(float(v) + 0.5)) for v in (x, y, z)))
        images.append(torch.stack([image(s, edge) for s in (c[BEFORE], c[:, BEFORE], c[:, :, BEFORE])]))
        labels.append(names.index(name))
    return torch.stack(images), torch.tensor(labels)


def logits(model, x):
    return model(x.flatten(0, 1)).logits.view(x.shape[0], x.shape[1], -1).mean(dim=1)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data")
    parser.add_argument("init")
    parser.add_argument("order")
    parser.add_argument("out")
    parser.add_argument("--image-size", type=int, default=224)
    parser.add_argument("--lr-head", type=float, default=1e-4)
    parser.add_argument("--lr-backbone", type=float, default=1e-5)
    parser.add_argument("--weight-decay", type=float, default=0.01)
    parser.add_argument("--unfreeze", type=int, default=5)
    parser.add_argument("--threads", type=int, help="threads that PyTorch computes with (default: its own choice)")
    parser.add_argument("--float64", action="store_true", help="compute in double precision")
    args = parser.parse_args()
    if args.threads:
        torch.set_num_threads(args.threads)
    dtype = torch.float64 if args.float64 else torch.float32
    model = transformers.AutoModelForImageClassification.from_pretrained(args.init, dtype=dtype, local_files_only=True)
    names = [model.config.id2label[i] for i in range(len(model.config.id2label))]
    order = json.loads(pathlib.Path(args.order).read_text())
    x, labels = load(args.data, order["samples"], names, args.image_size)
    x = x.to(dtype)
    weights = torch.tensor(order["class_weights"], dtype=dtype) if order.get("class_weights") else None

    backbone = next(module for name, module in model.named_children() if name != "classifier")
    stage = backbone.encoder.stages[-1]
    for parameter in model.parameters():
        parameter.requires_grad = False
    for parameter in model.classifier.parameters():
        parameter.requires_grad = True
    groups = [{"params": model.classifier.parameters(), "lr": args.lr_head}]
    optimizer = torch.optim.AdamW(groups, weight_decay=args.weight_decay)
    result = {"losses": [], "val_loss": [], "val_accuracy": []}
    for epoch, batches in enumerate(order["epochs"]):
        if epoch == args.unfreeze:
            for parameter in stage.parameters():
                parameter.requires_grad = True
            groups = [
                {"params": list(model.classifier.parameters()), "lr": args.lr_head},
                {"params": list(stage.parameters()), "lr": args.lr_backbone},
            ]
            optimizer = torch.optim.AdamW(groups, weight_decay=args.weight_decay)
        model.train()
        for batch in batches:
            optimizer.zero_grad()
            loss = F.cross_entropy(logits(model, x[batch]), labels[batch], weights)
            loss.backward()
            optimizer.step()
            result["losses"].append(loss.item())
        model.eval()
        with torch.no_grad():
            out = logits(model, x[order["val"]])
            result["val_loss"].append(F.cross_entropy(out, labels[order["val"]]).item())
            result["val_accuracy"].append((out.argmax(1) == labels[order["val"]]).double().mean().item())
        print(f"epoch {epoch}: loss {np.mean(result['losses'][-len(batches):]):.4f}", flush=True)
    pathlib.Path(args.out).write_text(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
