"""Makes the files that fuzzing begins with:

    python tools/python/fuzz_seeds.py             (from the repository's root; takes seconds)

tools/src/test/resources/org/cryonext/tools/fuzz/TESTInputs/anyBytes/   small files, each of another kind, that the reader takes

What fuzzing itself found lies beside them under other names and is left alone.

Needs: numpy, onnx, safetensors, torch.
"""

import collections
import gzip
import io
import json
import pathlib
import struct
import zipfile

import numpy
import torch
from onnx import ModelProto, TensorProto, helper
from safetensors.numpy import save

ROOT = pathlib.Path(__file__).resolve().parents[2]
INPUTS = ROOT / "tools/src/test/resources/org/cryonext/tools/fuzz"


# The fuzzer makes no file longer than the longest that it begins with, so every reader has one that is rather long.
LONG = 40


def write(test, name, content):
    folder = INPUTS / f"{test}Inputs" / "anyBytes"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)


def mrc(mode, dtype, order="<", size=(3, 2, 2), axes=(1, 2, 3), extended=0, stamp=None, identifier=b"MAP "):
    header = bytearray(1024)
    struct.pack_into(order + "4i", header, 0, *size, mode)
    struct.pack_into(order + "3i3f3f", header, 28, *size, *(10.0 * n for n in size), 90, 90, 90)
    struct.pack_into(order + "3i", header, 64, *axes)
    struct.pack_into(order + "i", header, 92, extended)
    header[208:212] = identifier
    header[212:216] = stamp or (b"\x44\x44\0\0" if order == "<" else b"\x11\x11\0\0")
    values = numpy.arange(numpy.prod(size)).astype(numpy.dtype(dtype).newbyteorder(order))
    return bytes(header) + bytes(extended) + values.tobytes()


def mrc_seeds():
    write("MrcFuzzTest", "floats", mrc(2, "f4"))
    write("MrcFuzzTest", "shrec", mrc(2, "f4", stamp=b"\x44\x41\0\0", identifier=bytes(4)))
    write("MrcFuzzTest", "bytes-turned", mrc(0, "i1", axes=(3, 1, 2)))
    write("MrcFuzzTest", "shorts-big-endian", mrc(1, "i2", order=">"))
    write("MrcFuzzTest", "half-floats-extended", mrc(12, "f2", extended=80))
    unsigned = bytearray(mrc(0, "u1"))
    struct.pack_into("<2i", unsigned, 152, 1146047817, 0)
    write("MrcFuzzTest", "unsigned-bytes", bytes(unsigned))
    write("MrcFuzzTest", "gzip", gzip.compress(mrc(6, "u2"), mtime=0))


# Those of ZarrFuzzTest, in its order.
ZARR = """
v2-plain.zarr/.zattrs v2-plain.zarr/0/.zarray v3-half.zarr/zarr.json v3-shards.zarr/0/zarr.json v2-plain.zarr/0/0.0.0
v2-zlib.zarr/0/0/0/0/0/0 v2-gzip.zarr/0/0.0.0 v3-zstd.zarr/0/0.0.0 v2-zstd.zarr/full/0/0.0.0 v2-blosc-lz4.zarr/0/0.0.0
v2-blosc-zstd.zarr/0/0.0.0 v2-blosc-zlib.zarr/0/0.0.0 v2-blosc-bits.zarr/0/0.0.0 v2-blosc-noise.zarr/0/0.0.0
v3-shards.zarr/0/c/0/0/0 v3-shards-start.zarr/0/c/0/0/0
""".split()


def zarr_seeds():
    images = ROOT / "cryoet/src/test/resources/org/cryonext/cryoet/zarr"
    for i, file in enumerate(ZARR):
        name = file.split("/")[0].removesuffix(".zarr") + {".zattrs": "-image", ".zarray": "-array"}.get(file.split("/")[-1], "")
        if file.endswith("zarr.json"):
            name += "-array" if "/0/" in file else "-image"
        write("ZarrFuzzTest", name, bytes([i]) + (images / file).read_bytes())


def safetensors_seeds():
    arrays = {
        "w": numpy.arange(6, dtype=numpy.float32).reshape(2, 3),
        "half": numpy.ones(2, dtype=numpy.float16),
        "labels": numpy.arange(3),
        "empty": numpy.zeros((0, 4), dtype=numpy.uint8),
        "scalar": numpy.array(1.5),
    }
    write("SafetensorsFuzzTest", "mixed", save(arrays, {"note": "a\nb"}))
    write("SafetensorsFuzzTest", "one", save({"w": numpy.ones(1, dtype=numpy.float32)}))
    many = {f"layers.{i}.weight": numpy.zeros(i % 3, dtype=numpy.float16) for i in range(LONG)}
    write("SafetensorsFuzzTest", "many", save(many))
    write("SafetensorsFuzzTest", "none", struct.pack("<Q", 2) + b"{}")


STAR = """# version 50001

data_general

_rlnTomoSubTomosAre2DStacks 1

data_particles

loop_
_rlnTomoName #1
_rlnCoordinateX #2
_rlnCoordinateY #3
_rlnCoordinateZ #4
_cryonextClass #5
TS_01 100.5 2 3 'it''s # no comment'   # a comment
"TS 02" 1 2 3 ""
"""

CENTRED = """data_
loop_
_rlnCenteredCoordinateXAngst
_rlnCenteredCoordinateYAngst
_rlnCenteredCoordinateZAngst
_rlnOriginXAngst
_rlnOriginYAngst
_rlnOriginZAngst
-1.5 2e1 3 0 0 1
"""


def list_seeds():
    for test in "StarFuzzTest", "ParticleListFuzzTest":
        write(test, "relion4.star", STAR)
        write(test, "relion5.star", CENTRED)
        write(test, "many.star", STAR + "\n".join(f"TS_{i} {i}.5 2 3 1bxn # {i}" for i in range(LONG)) + "\n\n" + CENTRED)
    write(
        "StarFuzzTest",
        "tomograms.star",
        "data_global\nloop_\n_rlnTomoName\n_rlnTomoTiltSeriesPixelSize\n_rlnTomoSizeX\n_rlnTomoSizeY\n_rlnTomoSizeZ\n"
        "_rlnTomoTomogramBinning\nTS_01 1.35 4092 5760 2000 7.4\n",
    )
    write("ParticleListFuzzTest", "shrec.txt", "1bxn 256 100 87 10.5 20 -30\n\n3qm1 1 2 3 nan nan nan\n")
    write("ParticleListFuzzTest", "commas.csv", '\ufefftomogram,x,y,z,class,"a, b"\n# no particle\nTS_01,12.5,3,4,1bxn,"5 ""6"""\n')
    write("ParticleListFuzzTest", "tabs.tsv", "z\tscore\ty\tx\n3\t0.5\t2\t1\n")
    rows = "".join(f'TS_{i},{i}.25,2,3,1bxn,"a, ""{i}"""\n' for i in range(LONG))
    write("ParticleListFuzzTest", "many.csv", "tomogram,x,y,z,class,note\n" + rows)
    more = "," * 15 * LONG
    write("ParticleListFuzzTest", "columns.csv", f"x,y,z{more}\n1,2,3{more}\n")
    write("ParticleListFuzzTest", "semicolons.csv", "x;y;z\n1;2;3\n")


def onnx_model(nodes, inputs, outputs, initializers=(), opset=17):
    value = lambda name, dims: helper.make_tensor_value_info(name, TensorProto.FLOAT, dims)
    graph = helper.make_graph(
        nodes, "g", [value(*i) for i in inputs], [value(*o) for o in outputs], list(initializers)
    )
    imports = [helper.make_opsetid("", opset), helper.make_opsetid("com.microsoft", 1)]
    model = helper.make_model(graph, producer_name="seed", opset_imports=imports, ir_version=8)
    helper.set_model_props(model, {"note": "a"})
    return model.SerializeToString()


def tensor(name, values, raw=True, dtype=TensorProto.FLOAT):
    values = numpy.asarray(values)
    data = values.astype(helper.tensor_dtype_to_np_dtype(dtype))
    return helper.make_tensor(name, dtype, values.shape, data.tobytes() if raw else data.flatten().tolist(), raw=raw)


def outside(name, location):
    result = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=[2], data_location=TensorProto.EXTERNAL)
    for key, value in dict(location=location, offset="0", length="8").items():
        result.external_data.add(key=key, value=value)
    return result


def bare(export):
    """An exporter's file without what only people read."""
    model = ModelProto.FromString(export)
    for message in [model, model.graph, *model.graph.node]:
        message.ClearField("doc_string")
        message.ClearField("metadata_props")
    model.graph.ClearField("value_info")
    return model.SerializeToString()


def onnx_seeds():
    node = helper.make_node
    x, y = ("x", [1, 2, 5, 5]), ("y", [1, 2, 5, 5])
    ones = numpy.ones
    test = "OnnxFuzzTest"
    write(
        test,
        "block",
        onnx_model(
            [
                node("Conv", ["x", "w", "b"], ["c"], pads=[1, 1, 1, 1], group=2),
                node("Transpose", ["c"], ["t"], perm=[0, 2, 3, 1]),
                node("LayerNormalization", ["t", "s", "s"], ["n"], axis=-1, epsilon=1e-6),
                node("MatMul", ["n", "m"], ["h"]),
                node("Div", ["h", "root"], ["d"]),
                node("Erf", ["d"], ["e"]),
                node("Add", ["e", "h"], ["a"]),
                node("Transpose", ["a"], ["r"], perm=[0, 3, 1, 2]),
                node("Add", ["r", "x"], ["y"]),
            ],
            [x],
            [y],
            [
                tensor("w", ones((2, 1, 3, 3))),
                tensor("b", ones(2), raw=False),
                tensor("s", ones(2)),
                tensor("m", ones((2, 2)), dtype=TensorProto.FLOAT, raw=False),
                tensor("root", 1.4142135),
            ],
        ),
    )
    write(
        test,
        "shapes",
        onnx_model(
            [
                node("Shape", ["x"], ["s"]),
                node("Constant", [], ["zero"], value=tensor("v", [0], dtype=TensorProto.INT64)),
                node("Gather", ["s", "zero"], ["g"], axis=0),
                node("Concat", ["g", "minus"], ["target"], axis=0),
                node("Reshape", ["x", "target"], ["f"]),
                node("ConstantOfShape", ["target2"], ["k"], value=tensor("v", [2.0])),
                node("Slice", ["f", "zero", "one", "one"], ["sl"]),
                node("Pad", ["sl", "pads"], ["p"], mode="constant"),
                node("Expand", ["p", "target2"], ["ex"]),
                node("Where", ["cond", "ex", "k"], ["wh"]),
                node("Clip", ["wh"], ["cl"]),
                node("ReduceMean", ["cl"], ["y"], axes=[0], keepdims=0),
            ],
            [("x", ["batch", 3])],
            [("y", None)],
            [
                tensor("minus", [-1], dtype=TensorProto.INT64),
                tensor("one", [1], dtype=TensorProto.INT64, raw=False),
                tensor("pads", [0, 0, 0, 1], dtype=TensorProto.INT64),
                tensor("target2", [2, 4], dtype=TensorProto.INT64),
                tensor("cond", [[True]], dtype=TensorProto.BOOL),
            ],
        ),
    )
    write(
        test,
        "head",
        onnx_model(
            [
                node("GlobalAveragePool", ["x"], ["p"]),
                node("Flatten", ["p"], ["f"], axis=1),
                node("Gemm", ["f", "w", "b"], ["l"], transB=1),
                node("Cast", ["l"], ["h"], to=TensorProto.FLOAT16),
                node("Cast", ["h"], ["o"], to=TensorProto.FLOAT),
                node("Range", ["a", "z", "d"], ["r"]),
                node("Mul", ["o", "r"], ["m"]),
                node("Softmax", ["m"], ["y"], axis=-1),
            ],
            [x],
            [("y", [1, 3])],
            [tensor("w", ones((3, 2))), tensor("b", ones(3)), tensor("a", 0.0), tensor("z", 3.0), tensor("d", 1.0)],
            opset=13,
        ),
    )
    with zipfile.ZipFile(ROOT / "models/src/test/resources/onnx/exports.zip") as exports:
        write(test, "convnext", bare(exports.read("timm-v1-f16-opset20.onnx")))
    chain = [node("Relu", [f"v{i}"], [f"v{i + 1}"], name=f"/layers.{i}/Relu") for i in range(LONG)]
    write(test, "chain", onnx_model(chain, [("v0", [1, 2])], [(f"v{LONG}", [1, 2])]))
    write(
        test,
        "outside",
        onnx_model(
            [node("BiasGelu", ["x", "w"], ["g"], domain="com.microsoft"), node("Add", ["g", "v"], ["y"])],
            [("x", [1, 2])],
            [("y", [1, 2])],
            [outside("w", "weights.bin"), outside("v", "../weights.bin")],
        ),
    )


def torch_seeds():
    weight = torch.arange(6.0).reshape(2, 3)
    state = collections.OrderedDict(w=weight, t=weight.T, e=weight[:1, :1].expand(4, 5))
    for name, value in {
        "state": state,
        "training": {"model": {"b": torch.ones(2, dtype=torch.bfloat16)}, "epoch": 3, "lr": [1e-3], "note": "a\nb", "none": None},
    }.items():
        archive = io.BytesIO()
        torch.save(value, archive)
        write("TorchFuzzTest", f"{name}.pth", archive.getvalue())
        pickle = next(n for n in zipfile.ZipFile(archive).namelist() if n.endswith("/data.pkl"))
        write("TorchFuzzTest", f"{name}.pkl", zipfile.ZipFile(archive).read(pickle))


def json_seeds():
    files = {"a": "1.safetensors", "b": "2.safetensors"}
    write("IndexFuzzTest", "two", json.dumps({"metadata": {"total_size": 16}, "weight_map": files}))
    write("IndexFuzzTest", "outside", json.dumps({"weight_map": {**files, "c": "../3.safetensors"}}))
    long = {f"layers.{i}.weight": f"{1 + i % 2}.safetensors" for i in range(LONG)}
    write("IndexFuzzTest", "many", json.dumps({"weight_map": {**files, **long}}, indent=2))
    config = {
        "architectures": ["ConvNextV2ForImageClassification"],
        "model_type": "convnextv2",
        "num_channels": 3,
        "patch_size": 4,
        "depths": [1, 1, 1, 1],
        "hidden_sizes": [2, 2, 2, 2],
        "hidden_act": "gelu",
        "layer_norm_eps": 1e-12,
        "drop_path_rate": 0.0,
        "id2label": {"0": "a", "1": "b"},
        "label2id": {"a": 0, "b": 1},
        "image_size": 32,
        "do_resize": True,
        "size": {"shortest_edge": 32},
        "crop_pct": 0.875,
        "resample": 3,
        "do_rescale": True,
        "rescale_factor": 1 / 255,
        "do_normalize": True,
        "image_mean": [0.485, 0.456, 0.406],
        "image_std": [0.229, 0.224, 0.225],
    }
    write("ConfigFuzzTest", "huggingface", json.dumps(config))
    write("ConfigFuzzTest", "deep", json.dumps({**config, "depths": [2147483647] * 4, "hidden_sizes": [2147483647] * 4}))
    labels = {str(i): f"class {i}" for i in range(LONG)}
    write("ConfigFuzzTest", "indented", json.dumps({**config, "id2label": labels}, indent=2))
    timm = {
        "architecture": "convnextv2_atto",
        "num_classes": 2,
        "pretrained_cfg": {
            "input_size": [3, 32, 32],
            "mean": [0.5, 0.5, 0.5],
            "std": [0.5, 0.5, 0.5],
            "interpolation": "bicubic",
            "crop_pct": 0.95,
            "crop_mode": "center",
        },
    }
    write("ConfigFuzzTest", "timm", json.dumps(timm))


if __name__ == "__main__":
    mrc_seeds()
    zarr_seeds()
    safetensors_seeds()
    list_seeds()
    onnx_seeds()
    torch_seeds()
    json_seeds()
