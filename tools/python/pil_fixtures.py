"""Writes the fixtures of the triplet tests with NumPy, Pillow and torchvision.

    pip install numpy pillow torch torchvision
    python tools/python/pil_fixtures.py            (from the project's root)

Into cryoet/src/test/resources/org/cryonext/cryoet/triplet:
  images.u8             images of 48 x 48: noise, extremes (0 and 255 only), a ramp with all 256 values
  resized_HxW.u8        the same, resized by Pillow (bilinear, antialiased)
  normalised_HxW.f32    the same through torchvision's Resize, ToTensor and Normalize, NCHW, little endian
  slices.u8             slices of a synthetic volume, cut and stretched as in the notebook of the study
"""

import pathlib

import numpy as np
import PIL
import torch
import torchvision
from PIL import Image
from torchvision import transforms

OUT = pathlib.Path("cryoet/src/test/resources/org/cryonext/cryoet/triplet")
SIZES = [(224, 224), (65, 97), (48, 48), (32, 32), (20, 20), (48, 7), (1, 1)]
NORMALISED = [(48, 48), (65, 97), (20, 20)]
MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]


def images():
    random = np.random.default_rng(2020)
    noise = random.integers(0, 256, (48, 48), dtype=np.uint8)
    extremes = (random.integers(0, 2, (48, 48)) * 255).astype(np.uint8)
    ramp = (np.arange(48 * 48) % 256).astype(np.uint8).reshape(48, 48)
    return [noise, extremes, ramp]


def volume(nx, ny, nz, scale):
    """A volume that the Java test makes in the same way: every value is exact in float32."""
    z, y, x = np.meshgrid(
        np.arange(nz, dtype=np.int64), np.arange(ny, dtype=np.int64), np.arange(nx, dtype=np.int64), indexing="ij"
    )
    mixed = (x * 73856093) ^ (y * 19349663) ^ (z * 83492791)
    return ((mixed & 0xFFFF).astype(np.float32) / np.float32(65536) - np.float32(0.25)) * np.float32(scale)


def stretch(slice_2d):
    slice_2d = slice_2d - np.min(slice_2d)
    slice_2d = slice_2d / (np.max(slice_2d) + 1e-8)
    return (slice_2d * 255).astype(np.uint8)


def triplet(vol, x, y, z):
    cube = vol[z - 24 : z + 24, y - 24 : y + 24, x - 24 : x + 24]
    return [stretch(cube[24, :, :]), stretch(cube[:, 24, :]), stretch(cube[:, :, 24])]


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    pictures = images()
    np.stack(pictures).tofile(OUT / "images.u8")
    for height, width in SIZES:
        resized = [Image.fromarray(p).convert("RGB").resize((width, height), Image.BILINEAR) for p in pictures]
        resized = [np.asarray(p) for p in resized]
        assert all((p[..., 0] == p[..., 1]).all() and (p[..., 0] == p[..., 2]).all() for p in resized)
        np.stack([p[..., 0] for p in resized]).tofile(OUT / f"resized_{height}x{width}.u8")
    for size in NORMALISED:
        chain = transforms.Compose(
            [transforms.Resize(size), transforms.ToTensor(), transforms.Normalize(mean=MEAN, std=STD)]
        )
        floats = torch.stack([chain(Image.fromarray(p).convert("RGB")) for p in pictures])
        floats.numpy().astype("<f4").tofile(OUT / f"normalised_{size[0]}x{size[1]}.f32")
    slices = []
    for scale in (1.0, 1e-8, 1e6):
        vol = volume(60, 57, 53, scale)
        assert vol.dtype == np.float32
        for centre in ((24, 24, 24), (35, 32, 28), (30, 25, 27)):
            slices += triplet(vol, *centre)
    np.stack(slices).tofile(OUT / "slices.u8")
    print(f"NumPy {np.__version__}, Pillow {PIL.__version__}, torch {torch.__version__}, torchvision {torchvision.__version__}")


if __name__ == "__main__":
    main()
