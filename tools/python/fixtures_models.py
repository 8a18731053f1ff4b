"""Makes the fixtures of the `models` module and of the engine's safetensors tests:

    python tools/python/fixtures_models.py        (from the repository's root; takes about a minute)

models/src/test/resources/models/NAME/   Hugging Face folders as transformers writes them + reference.safetensors
models/src/test/resources/models/names/  the weights of v1 and v2 as the authors', timm's and torchvision's code save them
models/src/test/resources/models/dtypes/ the weights of v1 as F16, BF16 and F64, with the logits they give
engine/src/test/resources/safetensors/   a file of mixed element types by the reference implementation

Each file is proved here first: the libraries' own models, loaded with it, give the same logits.

Needs: torch, transformers, timm, torchvision, safetensors.
"""

import json
import pathlib
import shutil

import timm.models.convnext
import torch
import torchvision.models.convnext

import convnext
import reference
from stable_safetensors import save_file

ROOT = pathlib.Path(__file__).resolve().parents[2]
MODELS = ROOT / "models/src/test/resources/models"
SMALL = dict(depths=[1, 1, 2, 1], dims=[6, 10, 14, 18], classes=5)
DEEP = dict(depths=[2, 2, 2, 2], dims=[5, 9, 16, 33], classes=12)


def assert_same(logits, expected):
    error = (logits.double() - expected.double()).abs().max() / expected.abs().max()
    assert error < 2e-5, error


def folder(name, version, n, height, width, spec, adamw=(), tiny=False, approximate="none", forward_only=False):
    out = MODELS / name
    model = reference.make(version, **spec, seed=version, tiny=tiny, approximate=approximate)
    reference.save_folder(model, out)
    x, labels = reference.batch(spec["classes"], n, height, width, seed=7, scale=1e-3 if tiny else 1.0)
    assert_same(reference.transformers_model(model)(x).logits, model(x.double()))
    tensors = reference.reference(model, x, None if forward_only else labels, adamw)
    save_file(tensors, out / "reference.safetensors", {"lr": "0.001", "weight_decay": "0.05"})


def channels():
    """Images of eight channels and patches of two pixels, which transformers knows."""
    out = MODELS / "v2-eight-channels"
    model = reference.make(2, **SMALL, seed=4, channels=8, patch=2)
    reference.save_folder(model, out)
    x, labels = reference.batch(SMALL["classes"], 2, 20, 23, seed=7, channels=8)
    assert_same(reference.transformers_model(model)(x).logits, model(x.double()))
    save_file(reference.reference(model, x, labels, (1,)), out / "reference.safetensors")


def joined(name, version, features, profile):
    """Three images a sample, whose features meet before the classifier; a folder of CryoNeXt's own kind."""
    out = MODELS / name
    model = reference.make(version, **SMALL, seed=5, features=features, images=3, profile=profile)
    single = reference.make(version, **SMALL, seed=5)
    reference.save_folder(single, out)
    config = json.loads((out / "config.json").read_text())
    config |= {"cryonext_features": features, "cryonext_images": 3, "cryonext_profile": profile}
    (out / "config.json").write_text(json.dumps(config, indent=2, sort_keys=True) + "\n")
    state = {convnext.huggingface_name(k, version): v.detach().float() for k, v in model.state_dict().items()}
    save_file(state, out / "model.safetensors", {"format": "pt"})
    x, _ = reference.batch(SMALL["classes"], 6, 33, 40, seed=7)
    numbers = torch.randn(2, profile, generator=torch.Generator().manual_seed(8)) if profile else None
    tensors = reference.reference(model, x, torch.tensor([3, 1]), (1,), profile=numbers)
    save_file(tensors, out / "reference.safetensors")


def save(state, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({k: v.detach().contiguous() for k, v in state.items()}, path, {"format": "pt"})


def names(version):
    """The small model in every library's own state dict; same images as in its folder, so the same logits."""
    model = reference.make(version, **SMALL, seed=version)
    x, _ = reference.batch(SMALL["classes"], 2, 65, 97, seed=7)
    expected = model(x.double())
    state = {k: v.float() for k, v in model.state_dict().items()}
    out = MODELS / "names"
    save(state, out / f"v{version}-original.safetensors")
    for conv_mlp in (False, True):
        theirs = timm.models.convnext.ConvNeXt(
            depths=SMALL["depths"],
            dims=SMALL["dims"],
            num_classes=SMALL["classes"],
            use_grn=version == 2,
            ls_init_value=1e-6 if version == 1 else None,
            conv_mlp=conv_mlp,
        ).eval()
        shapes = theirs.state_dict()
        theirs.load_state_dict(
            {convnext.timm_name(k): v.reshape(shapes[convnext.timm_name(k)].shape) for k, v in state.items()}
        )
        assert_same(theirs(x), expected)
        save(theirs.state_dict(), out / f"v{version}-timm{'-conv-mlp' if conv_mlp else ''}.safetensors")
    base = getattr(reference.transformers_model(model), "convnext" if version == 1 else "convnextv2")
    save(base.state_dict(), out / f"v{version}-huggingface-headless.safetensors")
    if version == 1:
        block = torchvision.models.convnext.CNBlockConfig
        dims = [*SMALL["dims"], None]
        theirs = torchvision.models.convnext.ConvNeXt(
            [block(dims[i], dims[i + 1], n) for i, n in enumerate(SMALL["depths"])], num_classes=SMALL["classes"]
        ).eval()
        shapes = theirs.state_dict()
        theirs.load_state_dict(
            {convnext.torchvision_name(k): v.reshape(shapes[convnext.torchvision_name(k)].shape) for k, v in state.items()}
        )
        assert_same(theirs(x), expected)
        save(theirs.state_dict(), out / "v1-torchvision.safetensors")


def dtypes():
    for name, dtype in (("f16", torch.float16), ("bf16", torch.bfloat16), ("f64", torch.float64)):
        model = reference.make(1, **SMALL, seed=1).to(dtype)
        state = {convnext.huggingface_name(k, 1): v for k, v in model.state_dict().items()}
        save(state, MODELS / "dtypes" / f"{name}.safetensors")
        x, _ = reference.batch(SMALL["classes"], 1, 33, 40, seed=9)
        tensors = reference.reference(model.double(), x)
        save_file({k: tensors[k] for k in ("x", "logits")}, MODELS / "dtypes" / f"{name}-reference.safetensors")


def mixed():
    out = ROOT / "engine/src/test/resources/safetensors"
    out.mkdir(parents=True, exist_ok=True)
    ramp = torch.arange(6).reshape(2, 3)
    tensors = {
        "f32": ramp / 4, "f64": ramp.double() / 8, "f16": ramp.half() / 2, "bf16": ramp.bfloat16() * 3,
        "i64": ramp - 2, "i32": ramp.int() - 3, "i8": ramp.to(torch.int8) - 4, "u8": ramp.to(torch.uint8) + 250,
        "bool": ramp % 2 == 0, "scalar": torch.tensor(1.5), "empty": torch.zeros(0, 4), "a/ünï \"quoted\"": torch.ones(1),
    }  # fmt: skip
    save_file(tensors, out / "mixed.safetensors", {"note": "written by the reference implementation"})


def main():
    for old in (MODELS, ROOT / "engine/src/test/resources/safetensors"):
        shutil.rmtree(old, ignore_errors=True)
    for version in (1, 2):
        folder(f"v{version}", version, 2, 65, 97, SMALL, adamw=(1, 3))
        folder(f"v{version}-deep", version, 3, 40, 64, DEEP, adamw=(3,))
        folder(f"v{version}-tiny-activations", version, 2, 65, 97, SMALL, tiny=True)
        folder(f"v{version}-tanh", version, 1, 33, 40, SMALL, approximate="tanh", forward_only=True)
        names(version)
    channels()
    joined("v2-mean", 2, "mean", 0)
    joined("v1-concat", 1, "concat", 0)
    joined("v2-concat-profile", 2, "concat", 4)
    dtypes()
    mixed()


if __name__ == "__main__":
    main()
