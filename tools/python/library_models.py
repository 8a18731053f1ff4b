"""Full-size ConvNeXt models as transformers, timm and torchvision build and save them, for `cryonext compare`:

    python tools/python/library_models.py OUT
    for m in OUT/*/; do ./cryonext compare $m/*model*.safetensors $m/reference.safetensors; done

With --onnx 17,20 it also writes OUT/LIBRARY-VERSION/model-opset17.onnx (PyTorch's legacy exporter, below opset 18) and
model-opset20.onnx (its dynamo exporter) of the same models, which `cryonext import` and `cryonext compare` take too.

Writes OUT/LIBRARY-VERSION/ with the weights (random, far from their initial values) under the library's own names, the same
as torch.save writes them (weights.pth), and
reference.safetensors: x, labels, logits, loss and grad.<parameter>, computed by the library's own code in float64.

Needs: torch, transformers, timm, torchvision, safetensors, for --onnx also onnx and onnxscript; 4 GB of memory and half a minute a model.
"""

import argparse
import pathlib

import timm
import torch
import torchvision
import transformers
from safetensors.torch import save_file
from torch.nn import functional as F


def randomise(model, generator):
    for name, p in model.named_parameters():
        noise = torch.randn(p.shape, generator=generator)
        if p.dim() > 1 and p[0].numel() > 1 and p.shape[0] > 1:
            p.data = noise * p[0].numel() ** -0.5
        elif "norm" in name and name.endswith("weight") or name.endswith(("block.2.weight", "0.1.weight", ".0.weight")):
            p.data = 1 + 0.2 * noise
        else:
            p.data = 0.2 * noise


def models():
    yield "transformers-v1", transformers.ConvNextForImageClassification(transformers.ConvNextConfig(num_labels=1000))
    yield "transformers-v2", transformers.ConvNextV2ForImageClassification(
        transformers.ConvNextV2Config(
            depths=[3, 3, 9, 3], hidden_sizes=[96, 192, 384, 768], num_labels=1000
        )
    )
    yield "timm-v1", timm.create_model("convnext_tiny")
    yield "timm-v2", timm.create_model("convnextv2_tiny")
    yield "timm-v1-conv-mlp", timm.create_model("convnext_atto")
    yield "timm-v2-conv-mlp", timm.create_model("convnextv2_atto")
    yield "torchvision-v1", torchvision.models.convnext_tiny()


class Logits(torch.nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, x):
        result = self.model(x)
        return getattr(result, "logits", result)


def export(model, x, opset, path):
    torch.onnx.export(
        Logits(model), (x,), path, opset_version=opset, dynamo=opset >= 18, input_names=["image"], external_data=False
    )


def write(name, model, out, size, batch, opsets):
    generator = torch.Generator().manual_seed(5)
    model = model.eval()
    randomise(model, generator)
    out.mkdir(parents=True, exist_ok=True)
    if name.startswith("transformers"):
        model.save_pretrained(out)
    else:
        save_file(model.state_dict(), out / "weights-model.safetensors", {"format": "pt"})
    torch.save({"model": model.state_dict()}, out / "weights.pth")
    x = torch.randn(batch, 3, size, size, generator=generator)
    labels = torch.randint(1000, (batch,), generator=generator)
    for opset in opsets:
        export(model, x, opset, out / f"model-opset{opset}.onnx")
    model = model.double()
    result = model(x.double())
    logits = getattr(result, "logits", result)
    loss = F.cross_entropy(logits, labels)
    loss.backward()
    tensors = {"x": x, "labels": labels, "logits": logits.detach().float(), "loss": loss.detach().float()}
    tensors |= {f"grad.{key}": p.grad.float().contiguous() for key, p in model.named_parameters()}
    save_file(tensors, out / "reference.safetensors")
    print(f"{out}: {sum(p.numel() for p in model.parameters())} parameters, largest logit {logits.abs().max():.3g}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--size", type=int, default=224)
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--onnx", metavar="OPSETS", default="", help="also as ONNX, for instance 17,20")
    parser.add_argument("--only", metavar="NAMES", default="", help="these models alone, for instance timm-v1,timm-v2")
    args = parser.parse_args()
    transformers.logging.set_verbosity_error()
    opsets = [int(opset) for opset in args.onnx.split(",") if opset]
    for name, model in models():
        if not args.only or name in args.only.split(","):
            write(name, model, args.out / name, args.size, args.batch, opsets)


if __name__ == "__main__":
    main()
