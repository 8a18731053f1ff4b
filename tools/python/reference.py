"""Writes a ConvNeXt checkpoint folder and, beside it, the file `cryonext compare` judges an engine by.

    python tools/python/reference.py OUT --version 2 --depths 1,1,2,1 --dims 6,10,14,18 --classes 5 \
        --batch 2 --height 65 --width 97 --adamw 1,3
    ./cryonext compare OUT OUT/reference.safetensors

OUT becomes a Hugging Face folder (model.safetensors, config.json, preprocessor_config.json) with random, non-trivial
parameters, or is read if --model names such a folder. OUT/reference.safetensors holds x, logits, stem, stage0..3,
pooled and, unless --forward-only, labels, loss, grad.<parameter> and adamw<K>.<parameter> (AdamW, lr 1e-3, weight
decay 0.05 on every parameter): computed by PyTorch in float64, stored as float32.

Needs: torch, transformers, safetensors.
"""

import argparse
import json
import pathlib

import torch
from safetensors.torch import load_file
from torch.nn import functional as F

import convnext
from stable_safetensors import save_file

NAMES = {
    "huggingface": convnext.huggingface_name,
    "timm": lambda name, version: convnext.timm_name(name),
    "torchvision": lambda name, version: convnext.torchvision_name(name),
    "original": lambda name, version: name,
}
APPROXIMATE = {"gelu": "none", "gelu_new": "tanh", "gelu_pytorch_tanh": "tanh"}


def make(version, depths, dims, classes, seed=1, tiny=False, head_eps=1e-12, approximate="none", **sample):
    """A model with random parameters that float32 holds exactly, in float64."""
    model = convnext.ConvNeXt(version, depths, dims, classes, head_eps=head_eps, approximate=approximate, **sample)
    return convnext.randomise(model, seed, tiny).double().eval()


def load(folder):
    """The model of a Hugging Face folder, in float64."""
    config = json.loads((folder / "config.json").read_text())
    version = 2 if config["model_type"] == "convnextv2" else 1
    model = convnext.ConvNeXt(
        version,
        config["depths"],
        config["hidden_sizes"],
        len(config["id2label"]),
        head_eps=config.get("layer_norm_eps", 1e-12),
        approximate=APPROXIMATE[config.get("hidden_act", "gelu")],
    )
    weights = load_file(folder / "model.safetensors")
    state = {name: weights[convnext.huggingface_name(name, version)] for name in model.state_dict()}
    model.load_state_dict(state)
    return model.double().eval()


def transformers_model(model):
    """The same model as transformers builds it."""
    import transformers

    v2 = model.version == 2
    config = (transformers.ConvNextV2Config if v2 else transformers.ConvNextConfig)(
        depths=model.depths,
        hidden_sizes=model.dims,
        num_labels=model.classes,
        layer_norm_eps=model.head_eps,
        hidden_act="gelu" if model.approximate == "none" else "gelu_pytorch_tanh",
        num_channels=model.channels,
        patch_size=model.patch,
    )
    kind = transformers.ConvNextV2ForImageClassification if v2 else transformers.ConvNextForImageClassification
    theirs = kind(config).eval()
    theirs.load_state_dict({convnext.huggingface_name(k, model.version): v for k, v in model.state_dict().items()})
    return theirs


def save_folder(model, out):
    """Writes the checkpoint with transformers itself."""
    import transformers

    transformers_model(model).save_pretrained(out)
    mean, std = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
    if model.channels != 3:
        mean, std = [0.5] * model.channels, [0.25] * model.channels
    transformers.ConvNextImageProcessor(size={"shortest_edge": 224}, image_mean=mean, image_std=std).save_pretrained(out)


def reference(model, x, labels=None, adamw=(), lr=1e-3, weight_decay=0.05, names="huggingface", profile=None):
    """The tensors of a reference file; `model` is in float64 and ends up stepped."""
    rename = NAMES[names]
    given = {"x": x} if profile is None else {"x": x, "profile": profile}
    inputs = [tensor.double() for tensor in given.values()]
    outputs = model.all_outputs(*inputs)
    tensors = {**given, **{name: value.detach() for name, value in outputs.items()}}
    if labels is not None:
        loss = F.cross_entropy(outputs["logits"], labels)
        loss.backward()
        tensors.update(labels=labels, loss=loss.detach())
        for name, p in model.named_parameters():
            tensors["grad." + rename(name, model.version)] = p.grad.clone()
        model.zero_grad()
        optimizer = torch.optim.AdamW(model.parameters(), lr=lr, weight_decay=weight_decay)
        for step in range(1, max(adamw, default=0) + 1):
            optimizer.zero_grad()
            F.cross_entropy(model(*inputs), labels).backward()
            optimizer.step()
            if step in adamw:
                for name, p in model.named_parameters():
                    tensors[f"adamw{step}." + rename(name, model.version)] = p.detach().clone()
    return {k: (v.float() if v.is_floating_point() else v).contiguous() for k, v in tensors.items()}


def batch(classes, n, height, width, seed, scale=1.0, channels=3):
    """Random images and labels."""
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(n, channels, height, width, generator=generator) * scale
    return x, torch.randint(classes, (n,), generator=generator)


def main():
    ints = lambda text: [int(part) for part in text.split(",")]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--model", type=pathlib.Path, help="take the weights of this Hugging Face folder")
    parser.add_argument("--version", type=int, default=1, choices=(1, 2))
    parser.add_argument("--depths", type=ints, default=[1, 1, 2, 1])
    parser.add_argument("--dims", type=ints, default=[6, 10, 14, 18])
    parser.add_argument("--classes", type=int, default=5)
    parser.add_argument("--batch", type=int, default=2)
    parser.add_argument("--height", type=int, default=65)
    parser.add_argument("--width", type=int, default=97)
    parser.add_argument("--adamw", type=ints, default=[1, 3], help="store the parameters after these steps")
    parser.add_argument("--forward-only", action="store_true")
    parser.add_argument("--tiny-activations", action="store_true", help="so small that a wrong epsilon shows")
    parser.add_argument("--names", choices=NAMES, default="huggingface")
    parser.add_argument("--lr", type=float, default=1e-3)
    parser.add_argument("--weight-decay", type=float, default=0.05)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()

    args.out.mkdir(parents=True, exist_ok=True)
    if args.model:
        model = load(args.model)
    else:
        model = make(args.version, args.depths, args.dims, args.classes, args.seed, args.tiny_activations)
        save_folder(model, args.out)
    scale = 1e-3 if args.tiny_activations else 1.0
    x, labels = batch(model.classes, args.batch, args.height, args.width, args.seed, scale)
    adamw = () if args.tiny_activations else args.adamw
    tensors = reference(
        model, x, None if args.forward_only else labels, adamw, args.lr, args.weight_decay, args.names
    )
    metadata = {"lr": repr(args.lr), "weight_decay": repr(args.weight_decay)}
    save_file(tensors, args.out / "reference.safetensors", metadata)


if __name__ == "__main__":
    main()
