"""Makes the fixtures of Grad-CAM, from the models' own (fixtures_models.py) and PyTorch's gradients:

    python tools/python/saliency_fixture.py        (from the repository's root)

cryoet/src/test/resources/org/cryonext/cryoet/saliency/NAME.safetensors, for the model and the images x of
models/src/test/resources/models/NAME:

classes   the class that each row of logits is asked for
mapS      [N, h, w] the positive part of the sum over the channels of what stage S gives, normalised at each place where a
          downsampling layer follows, times the gradient of the class's logit; of the last stage this is Grad-CAM, which
          is proved here
overS     [N, 19, 23] that map, enlarged (or shrunk) bilinearly

A stage with a single place a sample is left out: the last LayerNorm takes the scale of its features away, and with it all
evidence.

Needs: torch, safetensors.
"""

import json
import pathlib

import torch
from safetensors.torch import load_file
from torch.nn import functional as F

import convnext
from stable_safetensors import save_file

ROOT = pathlib.Path(__file__).resolve().parents[2]
MODELS = ROOT / "models/src/test/resources/models"
OUT = ROOT / "cryoet/src/test/resources/org/cryonext/cryoet/saliency"


def load(folder):
    config = json.loads((folder / "config.json").read_text())
    version = 2 if config["model_type"] == "convnextv2" else 1
    model = convnext.ConvNeXt(
        version,
        config["depths"],
        config["hidden_sizes"],
        len(config["id2label"]),
        head_eps=config["layer_norm_eps"],
        channels=config["num_channels"],
        patch=config["patch_size"],
        features=config.get("cryonext_features", "image"),
        images=config.get("cryonext_images", 1),
        profile=config.get("cryonext_profile", 0),
    )
    weights = load_file(folder / "model.safetensors")
    model.load_state_dict({name: weights[convnext.huggingface_name(name, version)] for name in model.state_dict()})
    return model.double().eval()


def maps(name):
    model = load(MODELS / name)
    reference = load_file(MODELS / name / "reference.safetensors")
    profile = reference.get("profile")
    normalised = {}
    for stage in (1, 2):
        norm = model.downsample_layers[stage + 1][0]
        norm.register_forward_hook(lambda module, given, result, stage=stage: normalised.update({stage: result}))
    outputs = model.all_outputs(reference["x"].double(), None if profile is None else profile.double())
    logits = outputs["logits"]
    assert (logits - reference["logits"]).abs().max() < 1e-5
    classes = logits.argmax(dim=1)
    tensors = {"classes": classes}
    for stage in (1, 2, 3):
        activations = normalised.get(stage, outputs["stage3"])
        wanted = logits.gather(1, classes[:, None]).sum()
        (gradient,) = torch.autograd.grad(wanted, activations, retain_graph=True)
        cam = F.relu((gradient * activations).sum(dim=1))
        if stage == 3:
            weights = gradient.mean(dim=(2, 3), keepdim=True)
            assert torch.allclose(cam, F.relu((weights * activations).sum(dim=1)), rtol=1e-9, atol=1e-12)
        if cam.max() < 1e-9:
            continue
        over = F.interpolate(cam[:, None], size=(19, 23), mode="bilinear", align_corners=False)[:, 0]
        tensors[f"map{stage}"] = cam.detach().float()
        tensors[f"over{stage}"] = over.detach().float()
        print(name, stage, cam.amax(dim=(1, 2)).tolist())
    save_file({k: v.contiguous() for k, v in tensors.items()}, OUT / f"{name}.safetensors")


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    for name in ("v1", "v2-eight-channels", "v2-mean", "v1-concat", "v2-concat-profile"):
        maps(name)


if __name__ == "__main__":
    main()
