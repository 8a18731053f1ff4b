"""ConvNeXt V1 and V2 in PyTorch, written from the papers (arXiv 2201.03545, 2301.00808), with the parameter names of
the authors' code, and the names the same parameters have in transformers, timm and torchvision.

Needs: torch. Used by the scripts beside it.
"""

import re

import torch
from torch import nn
from torch.nn import functional as F


class ChannelNorm(nn.Module):
    """LayerNorm over the channels of [N, C, H, W]."""

    def __init__(self, channels, eps):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))
        self.eps = eps

    def forward(self, x):
        y = F.layer_norm(x.permute(0, 2, 3, 1), self.weight.shape, self.weight, self.bias, self.eps)
        return y.permute(0, 3, 1, 2)


class Grn(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.gamma = nn.Parameter(torch.zeros(1, 1, 1, channels))
        self.beta = nn.Parameter(torch.zeros(1, 1, 1, channels))

    def forward(self, h):
        g = h.square().sum(dim=(1, 2), keepdim=True).sqrt()
        n = g / (g.mean(dim=-1, keepdim=True) + 1e-6)
        return self.gamma * (h * n) + self.beta + h


class Block(nn.Module):
    def __init__(self, channels, version, approximate, layer_scale):
        super().__init__()
        self.dwconv = nn.Conv2d(channels, channels, 7, padding=3, groups=channels)
        self.norm = nn.LayerNorm(channels, eps=1e-6)
        self.pwconv1 = nn.Linear(channels, 4 * channels)
        self.pwconv2 = nn.Linear(4 * channels, channels)
        self.approximate = approximate
        self.grn = Grn(4 * channels) if version == 2 else nn.Identity()
        self.gamma = nn.Parameter(torch.full((channels,), layer_scale)) if version == 1 else None

    def forward(self, x):
        h = self.dwconv(x).permute(0, 2, 3, 1)
        h = F.gelu(self.pwconv1(self.norm(h)), approximate=self.approximate)
        h = self.pwconv2(self.grn(h))
        if self.gamma is not None:
            h = self.gamma * h
        return x + h.permute(0, 3, 1, 2)


class ConvNeXt(nn.Module):
    """x [N, channels, H, W] -> logits [N, classes].

    With features="mean" or "concat", `images` images that follow one another are a sample, and logits are [N / images,
    classes]: of the mean of their last maps, pooled and normalised; or of their pooled and normalised features one
    behind another. With profile > 0, the classifier also reads so many numbers of a sample."""

    def __init__(
        self,
        version,
        depths,
        dims,
        classes,
        head_eps=1e-12,
        approximate="none",
        layer_scale=1e-6,
        channels=3,
        patch=4,
        features="image",
        images=1,
        profile=0,
    ):
        super().__init__()
        self.channels, self.patch = channels, patch
        self.features, self.images, self.profile = features, images, profile
        self.version, self.depths, self.dims, self.classes = version, list(depths), list(dims), classes
        self.head_eps, self.approximate = head_eps, approximate
        stem = nn.Sequential(nn.Conv2d(channels, dims[0], patch, stride=patch), ChannelNorm(dims[0], 1e-6))
        downs = [
            nn.Sequential(ChannelNorm(a, 1e-6), nn.Conv2d(a, b, 2, stride=2)) for a, b in zip(dims[:-1], dims[1:])
        ]
        self.downsample_layers = nn.ModuleList([stem, *downs])
        self.stages = nn.ModuleList(
            nn.Sequential(*(Block(c, version, approximate, layer_scale) for _ in range(n)))
            for n, c in zip(depths, dims)
        )
        self.norm = nn.LayerNorm(dims[-1], eps=head_eps)
        self.head = nn.Linear(dims[-1] * (images if features == "concat" else 1), classes)
        if profile:
            self.profile_head = nn.Linear(profile, classes, bias=False)

    def forward(self, x, profile=None):
        return self.all_outputs(x, profile)["logits"]

    def all_outputs(self, x, profile=None):
        """Everything `cryonext compare` knows: stem, stage0.., pooled, logits."""
        out = {}
        for i, (down, stage) in enumerate(zip(self.downsample_layers, self.stages)):
            x = down(x)
            if i == 0:
                out["stem"] = x
            x = stage(x)
            out[f"stage{i}"] = x
        pooled = x.mean(dim=(2, 3))
        if self.features == "mean":
            pooled = pooled.unflatten(0, (-1, self.images)).mean(dim=1)
        pooled = self.norm(pooled)
        if self.features == "concat":
            pooled = pooled.reshape(-1, self.images * pooled.shape[1])
        out["pooled"] = pooled
        out["logits"] = self.head(pooled)
        if self.profile:
            out["logits"] = out["logits"] + self.profile_head(profile)
        return out


def huggingface_name(name, version):
    """transformers' name of a parameter in ConvNext(V2)ForImageClassification."""
    prefix = "convnext." if version == 1 else "convnextv2."
    name = re.sub(r"^downsample_layers\.0\.0", prefix + "embeddings.patch_embeddings", name)
    name = re.sub(r"^downsample_layers\.0\.1", prefix + "embeddings.layernorm", name)
    name = re.sub(r"^downsample_layers\.(\d+)", prefix + r"encoder.stages.\1.downsampling_layer", name)
    name = re.sub(r"^stages\.(\d+)\.(\d+)", prefix + r"encoder.stages.\1.layers.\2", name)
    name = re.sub(r"^norm\.", prefix + "layernorm.", name)
    name = re.sub(r"^head\.", "classifier.", name)
    name = re.sub(r"^profile_head\.", "profile_classifier.", name)
    name = re.sub(r"(layers\.\d+)\.norm", r"\1.layernorm", name)
    name = re.sub(r"(layers\.\d+)\.gamma", r"\1.layer_scale_parameter", name)
    return name.replace("grn.gamma", "grn.weight").replace("grn.beta", "grn.bias")


def timm_name(name):
    name = re.sub(r"^downsample_layers\.0", "stem", name)
    name = re.sub(r"^downsample_layers\.(\d+)", r"stages.\1.downsample", name)
    name = re.sub(r"^stages\.(\d+)\.(\d+)\.", r"stages.\1.blocks.\2.", name)
    name = re.sub(r"^norm\.", "head.norm.", name)
    name = re.sub(r"^head\.(weight|bias)", r"head.fc.\1", name)
    name = name.replace("dwconv", "conv_dw").replace("pwconv1", "mlp.fc1").replace("pwconv2", "mlp.fc2")
    return name.replace("grn.gamma", "mlp.grn.weight").replace("grn.beta", "mlp.grn.bias")


def torchvision_name(name):
    parts = {"dwconv": "block.0", "norm": "block.2", "pwconv1": "block.3", "pwconv2": "block.5", "gamma": "layer_scale"}
    match = re.match(r"^stages\.(\d+)\.(\d+)\.(\w+)(.*)$", name)
    if match:
        stage, block, part, rest = match.groups()
        return f"features.{2 * int(stage) + 1}.{block}.{parts[part]}{rest}"
    name = re.sub(r"^downsample_layers\.(\d+)", lambda m: f"features.{2 * int(m[1])}", name)
    return re.sub(r"^head\.", "classifier.2.", re.sub(r"^norm\.", "classifier.0.", name))


def randomise(model, seed, tiny=False):
    """Parameters far from their initial values, so that each of them matters. With `tiny`, scaled so that the
    variances are about as small as the epsilons (1e-6) of the norms, and GRN's norms as small as its epsilon."""
    generator = torch.Generator().manual_seed(seed)

    def normal(p, std, mean=0.0):
        p.data = (torch.randn(p.shape, generator=generator) * std + mean).to(p.dtype)

    for name, p in model.named_parameters():
        part = name.split(".")[-2] if "." in name else name
        fan_in = p[0].numel() if p.dim() > 1 else 1
        if "grn" in name:
            normal(p, 0.5 if name.endswith("gamma") else (1e-6 if tiny else 0.2))
        elif name.endswith(".gamma"):
            normal(p, 0.5)
        elif p.dim() == 1 and name.endswith("weight"):
            small = tiny and part != "norm" or tiny and "stages" in name
            normal(p, 0.3, 1.0)
            if small:
                p.data *= 1e-3
        elif p.dim() == 1:
            normal(p, 0.1)
            if tiny and not name.startswith("head"):
                p.data *= 1e-6 if part == "pwconv1" else 1e-3
        else:
            normal(p, fan_in**-0.5)
            if tiny and part == "pwconv1":
                p.data *= 1e-3
            if tiny and part == "pwconv2":
                p.data *= 1e2
    return model
