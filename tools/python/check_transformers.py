"""Proves that transformers loads checkpoints which CryoNeXt wrote, and writes what it computes from them:

    python tools/python/check_transformers.py CHECKPOINT...
    ./cryonext compare CHECKPOINT CHECKPOINT/transformers.safetensors      (for each: same logits, loss and gradients)

Each CHECKPOINT is a folder with model.safetensors, config.json and preprocessor_config.json, for instance of a run of
`cryonext train`. AutoModelForImageClassification and AutoImageProcessor must load it with no tensor missing, left over
or of another shape, AutoModel where there is no classifier; the results are computed by transformers in float64 from
random images. Exits 1 if one fails.

Needs: torch, transformers, safetensors, torchvision.
"""

import argparse
import pathlib
import sys

import torch
import transformers
from safetensors.torch import save_file
from torch.nn import functional as F


def check(folder, height, width):
    architecture = transformers.AutoConfig.from_pretrained(folder, local_files_only=True).architectures[0]
    features = architecture.endswith("Model")
    auto = transformers.AutoModel if features else transformers.AutoModelForImageClassification
    model, loading = auto.from_pretrained(folder, output_loading_info=True, dtype=torch.float64, local_files_only=True)
    problems = {key: value for key, value in loading.items() if value}
    if type(model).__name__ != architecture:
        problems["architecture"] = architecture
    processor = transformers.AutoImageProcessor.from_pretrained(folder, local_files_only=True)
    labels = list(model.config.id2label.values())
    count = sum(p.numel() for p in model.parameters())
    print(f"{folder}: {type(model).__name__}, {count} parameters,", end=" ")
    print("no classifier," if features else f"{len(labels)} classes ({labels[0]} ..),", end=" ")
    print(f"{type(processor).__name__} {dict(processor.size)}, hidden_act {model.config.hidden_act},", end=" ")
    print("PROBLEMS " + str(problems) if problems else "all tensors loaded")

    generator = torch.Generator().manual_seed(3)
    x = torch.randn(2, 3, height, width, generator=generator)
    model.eval()
    if features:
        tensors = {"x": x, "pooled": model(x.double()).pooler_output.detach().float()}
    else:
        targets = torch.randint(len(labels), (2,), generator=generator)
        logits = model(x.double()).logits
        loss = F.cross_entropy(logits, targets)
        loss.backward()
        tensors = {"x": x, "labels": targets, "logits": logits.detach().float(), "loss": loss.detach().float()}
        tensors |= {f"grad.{name}": p.grad.float().contiguous() for name, p in model.named_parameters()}
    save_file(tensors, folder / "transformers.safetensors")
    return not problems


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=pathlib.Path, nargs="+")
    parser.add_argument("--height", type=int, default=65)
    parser.add_argument("--width", type=int, default=97)
    args = parser.parse_args()
    transformers.logging.set_verbosity_error()
    print(f"transformers {transformers.__version__}, torch {torch.__version__}")
    results = [check(folder, args.height, args.width) for folder in args.checkpoint]
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
