"""Proves that other programs run what `cryonext export` writes:

    python tools/python/check_onnx_export.py WORK [--models small,tiny,huge]        (from the project's root)

Makes small ConvNeXts of both versions and both forms of GELU with random parameters in WORK, and runs around them; exports
each in every form; has onnx.checker judge the file (full check and strict shape inference) and requires standard operators
only; runs it with ONNX Runtime on random images or slices, and compares the results with PyTorch's from the same weights in
float64, and the resized pixels with Pillow's. The gates: 1e-4 of the largest logit, 5e-3 for --f16, pixels equal.
`tiny` does the same with the published tiny architecture and images of 224 x 224, `huge` exports V2 huge, whose 2.5 GiB of
weights need a file of their own (and 12 GB of memory). Exits 1 if anything fails.

Needs: torch, transformers, safetensors, onnx, onnxruntime, pillow.
"""

import argparse
import itertools
import json
import pathlib
import shutil
import subprocess
import sys

import numpy as np
import onnx
import onnxruntime
import torch
from PIL import Image
from safetensors.torch import load_file

import convnext
import reference

ROOT = pathlib.Path(__file__).resolve().parents[2]
MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
VIEWS = ["XY", "XZ", "YZ"]
SMALL = dict(depths=[1, 1, 2, 1], dims=[6, 10, 14, 18], classes=5)
TINY = dict(depths=[3, 3, 9, 3], dims=[96, 192, 384, 768], classes=12)
HUGE = dict(depths=[3, 3, 27, 3], dims=[352, 704, 1408, 2816], classes=12)


def run_folder(folder, checkpoint, size, fusion):
    """A run whose best checkpoint is this one."""
    shutil.copytree(checkpoint, folder / "best")
    labels = list(json.loads((checkpoint / "config.json").read_text())["id2label"].values())
    view = lambda plane: dict(plane=plane, offset=0, thickness=1, normalisation="SLICE")
    settings = dict(
        format=1, version="check", java="25", device="cpu", recipe="PAPER", classes=labels,
        input=dict(
            views=[view(plane) for plane in VIEWS], crop=48, imageSize=size, mean=MEAN, deviation=STD,
            source="GRANDMODEL", borders="SKIP", fusion=fusion,
        ),
        division=dict(data="/data", splitBy="TOMOGRAM", train=["model_0"], validation=["model_1"], test=[], order=None),
        hyperparameters=dict(
            epochs=1, batch=1, headRate=1e-4, backboneRate=1e-5, weightDecay=0, decayVectors=True, warmupEpochs=0,
            schedule="CONSTANT", dropPath=0, labelSmoothing=0, clipNorm=0, ema=0, classWeights=[], unfreeze={"HEAD": 0},
            augment=False, patience=0, seed=1, init=None,
        ),
    )  # fmt: skip
    (folder / "run.json").write_text(json.dumps(settings))
    return folder


def export(source, out, *options):
    command = [ROOT / "cryonext", "export", source, "--format", "onnx", "--out", out, *options]
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    return out


def check_file(path):
    onnx.checker.check_model(str(path), full_check=True)
    # The strict inference of a model beyond protobuf's limit works on files; its result is not needed.
    inferred = path.with_suffix(".inferred.onnx")
    onnx.shape_inference.infer_shapes_path(str(path), str(inferred), check_type=True, strict_mode=True, data_prop=True)
    inferred.unlink()
    model = onnx.load(str(path), load_external_data=False)
    assert [entry.domain for entry in model.opset_import] == [""], model.opset_import
    assert all(node.domain == "" for node in model.graph.node)
    return model


def session(path):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def with_pixels(path):
    """The same file with the resized pixels as an output more: what is cast to float first."""
    model = onnx.load(str(path))
    cast = next(
        node for node in model.graph.node if node.op_type == "Cast" and node.attribute[0].i == onnx.TensorProto.FLOAT
    )
    model.graph.output.append(onnx.helper.make_tensor_value_info(cast.input[0], onnx.TensorProto.INT32, None))
    out = path.with_suffix(".pixels.onnx")
    onnx.save(model, str(out))
    return out, cast.input[0]


def pillow(slices, size):
    flat = slices.reshape(-1, 48, 48)
    return np.stack([np.asarray(Image.fromarray(s).resize((size, size), Image.BILINEAR)) for s in flat])


def normalised(pixels):
    grey = pixels.astype(np.float32) / np.float32(255)
    mean, std = (np.array(values, np.float32)[:, None, None] for values in (MEAN, STD))
    return (grey[:, None] - mean) / std


class Report:
    def __init__(self):
        self.worst, self.failed = {}, 0

    def add(self, group, name, error, gate):
        worst, count, _ = self.worst.get(group, (0, 0, gate))
        self.worst[group] = (max(worst, error), count + 1, gate)
        if not error <= gate:
            self.failed += 1
            print(f"FAIL {group}: {name}: {error:.3g}, gate {gate:g}")

    def print(self):
        print(f"{'what':48s} {'results':>7s} {'largest':>9s} {'gate':>7s}")
        for group, (worst, count, gate) in self.worst.items():
            print(f"{group:48s} {count:7d} {worst:9.2g} {gate:7.2g}")


def relative(found, expected):
    expected = np.asarray(expected, np.float64)
    return float(np.abs(found - expected).max() / np.abs(expected).max())


def check_model(report, work, title, version, spec, size, approximate, opsets):
    torch.manual_seed(1)
    work.mkdir(parents=True)
    model = reference.make(version, **spec, seed=version, approximate=approximate)
    checkpoint = work / "checkpoint"
    reference.save_folder(model, checkpoint)
    random = np.random.default_rng(version)
    torch_logits = lambda x: model(torch.from_numpy(x).double()).detach().numpy()

    def compare(group, path, feed, expected, gate):
        check_file(path)
        results = dict(zip(expected, session(path).run(list(expected), feed)))
        for name, values in expected.items():
            report.add(f"{title}, {group}", f"{path.name} {name}", relative(results[name], values), gate)

    runs = {fusion: run_folder(work / fusion, checkpoint, size, fusion) for fusion in ("LOGITS", "PROBABILITIES")}
    # Every opset sees images and slices, once with and once without symbolic extents.
    forms = [("LOGITS", opset, i % 2 == 1) for i, opset in enumerate(opsets)]
    forms += [("PROBABILITIES", opsets[0], True), ("PROBABILITIES", opsets[-1], False)]
    for half in (False, True):
        gate, precision = (5e-3, "f16") if half else (1e-4, "f32")
        flags = ["--f16"] if half else []
        image = random.standard_normal((1, 3, 224, 224)).astype(np.float32)
        logits = torch_logits(image)
        for opset in opsets:
            path = export(checkpoint, work / f"checkpoint-{precision}-{opset}.onnx", "--opset", opset, *flags)
            compare(f"{precision}, checkpoint", path, {"images": image}, {"logits": logits}, gate)

        for fusion, opset, dynamic in forms:
            name = f"{fusion}-{precision}-{opset}"
            batch, height, width = (2, size - 13, size + 9) if dynamic else (1, size, size)
            x = random.standard_normal((batch, 3, 3, height, width)).astype(np.float32)
            expected = fused(torch_logits(x.reshape(-1, *x.shape[2:])).reshape(batch, 3, -1), fusion)
            options = ["--opset", opset, *flags, *(["--dynamic"] if dynamic else [])]
            path = export(runs[fusion], work / f"images-{name}.onnx", *options)
            compare(f"{precision}, views", path, {"images": x}, expected, gate)

            batch = 1 if dynamic else 2
            slices = random.integers(0, 256, (batch, 3, 48, 48), dtype=np.uint8)
            slices[0, 0] = random.integers(0, 2, (48, 48)) * 255
            pixels = pillow(slices, size)
            expected = fused(torch_logits(normalised(pixels)).reshape(batch, 3, -1), fusion)
            options = ["--preprocess", "--opset", opset, *flags, *([] if dynamic else ["--dynamic"])]
            path = export(runs[fusion], work / f"slices-{name}.onnx", *options)
            compare(f"{precision}, slices", path, {"slices": slices}, expected, gate)
            extended, value = with_pixels(path)
            resized = session(extended).run([value], {"slices": slices})[0]
            report.add(f"{title}, pixels beside Pillow's", path.name, int(np.abs(resized - pixels).max()), 0)

        path = export(runs["LOGITS"], work / f"single-{precision}.onnx", "--single-view", "--dynamic", *flags)
        x = random.standard_normal((4, 3, size, size + 20)).astype(np.float32)
        compare(f"{precision}, single view", path, {"images": x}, {"logits": torch_logits(x)}, gate)

    weights = work / "weights.safetensors"
    subprocess.run([ROOT / "cryonext", "export", checkpoint, "--out", weights], check=True, stdout=subprocess.DEVNULL)
    ours, theirs = load_file(weights), load_file(checkpoint / "model.safetensors")
    same = ours.keys() == theirs.keys() and all(torch.equal(ours[k], theirs[k]) for k in ours)
    report.add(f"{title}, safetensors beside transformers'", weights.name, 0 if same else 1, 0)


def fused(views, fusion):
    softmax = lambda z: np.exp(z - z.max(-1, keepdims=True)) / np.exp(z - z.max(-1, keepdims=True)).sum(-1, keepdims=True)
    if fusion == "LOGITS":
        return {"logits": views.mean(1), "probabilities": softmax(views.mean(1))}
    probabilities = softmax(views).mean(1)
    return {"logits": np.log(probabilities), "probabilities": probabilities}


def check_huge(report, work):
    work.mkdir(parents=True)
    model = convnext.randomise(convnext.ConvNeXt(2, **HUGE), 2, False).eval()
    checkpoint = work / "checkpoint"
    reference.save_folder(model, checkpoint)
    x = torch.randn(1, 3, 224, 224, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        logits = model(x).numpy()
    del model
    path = export(checkpoint, work / "huge.onnx")
    data = path.with_name("huge.onnx.data")
    print(f"{path.name}: {path.stat().st_size} bytes, {data.name}: {data.stat().st_size} bytes")
    check_file(path)
    found = session(path).run(["logits"], {"images": x.numpy()})[0]
    report.add("V2 huge, f32, external data", path.name, relative(found, logits), 1e-4)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=pathlib.Path, help="a new folder")
    parser.add_argument("--models", default="small", help="some of small, tiny, huge, separated by commas")
    args = parser.parse_args()
    models = args.models.split(",")
    print(f"onnx {onnx.__version__}, onnxruntime {onnxruntime.__version__}, torch {torch.__version__}")
    report = Report()
    if "small" in models:
        for version, approximate in itertools.product((1, 2), ("none", "tanh")):
            title = f"V{version}{' tanh' if approximate == 'tanh' else ''}"
            opsets = (17, 18, 19, 20) if approximate == "none" else (17, 20)
            check_model(report, args.work / title, title, version, SMALL, 65, approximate, opsets)
    if "tiny" in models:
        for version in (1, 2):
            title = f"V{version} tiny"
            check_model(report, args.work / title, title, version, TINY, 224, "none", (17,))
    if "huge" in models:
        check_huge(report, args.work / "huge")
    report.print()
    sys.exit(1 if report.failed else 0)


if __name__ == "__main__":
    main()
