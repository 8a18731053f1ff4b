"""Makes the weight files that torch.save writes, for the tests of the `models` module:

    python tools/python/fixtures_torch.py        (from the repository's root, after fixtures_models.py)

models/src/test/resources/models/torch/    the weights of v1 and v2 (fixtures_models.py) as trainings and libraries save them,
                                           and files that are refused
models/src/test/resources/models/sharded/  the same spread over several files, with Hugging Face's list of them

What shall be read is loaded here by torch first, with weights_only=True where torch can (pickle protocol 2).

Needs: torch, transformers, timm, torchvision, safetensors.
"""

import argparse
import collections
import json
import pathlib
import shutil

import torch
from safetensors.torch import load_file
from torch import nn

import reference
from fixtures_models import MODELS, SMALL

OUT = MODELS / "torch"
SHARDED = MODELS / "sharded"


def state(name):
    return load_file(MODELS / "names" / f"{name}.safetensors")


def save(content, name, **options):
    OUT.mkdir(parents=True, exist_ok=True)
    torch.save(content, OUT / name, **options)
    torch.load(OUT / name, weights_only="pickle_protocol" not in options)


def strided(tensors):
    """The same values, laid out in every way a view can have."""
    result = {}
    for i, (name, tensor) in enumerate(tensors.items()):
        if tensor.dim() == 4 and tensor.shape[1] > 1:
            result[name] = tensor.to(memory_format=torch.channels_last)
        elif tensor.dim() == 2:
            result[name] = tensor.t().contiguous().t()
        elif i % 2:
            result[name] = torch.stack([tensor, -tensor], dim=-1)[..., 0]
        else:
            result[name] = torch.cat([torch.zeros(3), tensor.flatten()])[3:].reshape(tensor.shape)
    assert sum(not t.is_contiguous() for t in result.values()) > 20
    assert all(torch.equal(result[k], v) for k, v in tensors.items())
    return result


def flat(tensors):
    """All tensors as views of one storage, as flattened parameters are."""
    buffer = torch.cat([t.flatten() for t in tensors.values()])
    result, begin = {}, 0
    for name, tensor in tensors.items():
        result[name] = buffer[begin : begin + tensor.numel()].view(tensor.shape)
        begin += tensor.numel()
    return result


def accepted():
    save({"model": state("v1-original")}, "v1-original-model.pth")
    save({"model": state("v2-original"), "epoch": 299, "lr": 1e-5, "best": None}, "v2-original-model.pt")
    wrapped = {f"module.{k}": v for k, v in state("v1-timm").items()}
    save({"state_dict": wrapped, "arch": "convnext", "metric": [0.5, True], "step": 2**40}, "v1-timm-module.pth")
    save({"model_ema": state("v2-timm-conv-mlp")}, "v2-timm-conv-mlp-ema.pth")
    save(state("v1-torchvision"), "v1-torchvision.pth", pickle_protocol=4)
    model = reference.transformers_model(reference.make(1, **SMALL, seed=1))
    save(model.state_dict(), "v1-huggingface.bin")
    save(dict(reference.transformers_model(reference.make(2, **SMALL, seed=2)).named_parameters()), "v2-parameters.bin")
    for name, dtype in (("f16", torch.float16), ("bf16", torch.bfloat16), ("f64", torch.float64)):
        tensors = load_file(MODELS / "dtypes" / f"{name}.safetensors")
        assert all(t.dtype == dtype for t in tensors.values())
        save(tensors, f"v1-{name}.pth")
    save(strided(state("v1-original")), "v1-strided.pth")
    save(flat(state("v2-original")), "v2-flat.pth")


def refused():
    tiny = {"weight": torch.ones(2)}
    torch.save(tiny, OUT / "legacy.pth", _use_new_zipfile_serialization=False)
    torch.save({"model": tiny, "args": argparse.Namespace(lr=1)}, OUT / "namespace.pth")
    torch.save(nn.Linear(2, 1), OUT / "module.pth")
    torch.jit.script(nn.Linear(2, 1)).save(str(OUT / "script.pt"))
    torch.save([torch.ones(2)], OUT / "list.pth")
    torch.save({"epoch": 3, "note": "no tensors"}, OUT / "no-tensors.pth")
    torch.save({"weight": torch.ones(1).expand(5)}, OUT / "expanded.pth")
    torch.save({"weight": torch.ones(2).to(torch.complex64)}, OUT / "complex.pth")


def sharded():
    for version in (1, 2):
        out = SHARDED / f"v{version}"
        shutil.copytree(MODELS / f"v{version}", out, ignore=shutil.ignore_patterns("*.safetensors"))
        model = reference.transformers_model(reference.make(version, **SMALL, seed=version)).float()
        model.save_pretrained(out, max_shard_size="25KB")
        assert (out / "model.safetensors.index.json").exists()
    out = SHARDED / "v1-bin"
    shutil.copytree(MODELS / "v1", out, ignore=shutil.ignore_patterns("*.safetensors"))
    tensors = load_file(MODELS / "v1" / "model.safetensors")
    places = collections.defaultdict(dict)
    for i, (name, tensor) in enumerate(tensors.items()):
        places[f"pytorch_model-{1 + i % 2:05d}-of-00002.bin"][name] = tensor
    for name, part in places.items():
        torch.save(part, out / name)
    index = {"metadata": {}, "weight_map": {tensor: name for name, part in places.items() for tensor in part}}
    (out / "pytorch_model.bin.index.json").write_text(json.dumps(index, indent=2))


def main():
    for old in (OUT, SHARDED):
        shutil.rmtree(old, ignore_errors=True)
    accepted()
    refused()
    sharded()
    size = sum(f.stat().st_size for d in (OUT, SHARDED) for f in d.rglob("*") if f.is_file())
    print(f"{size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
