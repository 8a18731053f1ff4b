"""Makes the ONNX files that the tests of `models.recognize` import:

    python tools/python/onnx_exports.py        (from the repository's root; takes some minutes)

models/src/test/resources/onnx/exports.zip holds NAME.onnx (some with NAME.onnx.data), inputs.safetensors (the images),
expected.safetensors (NAME/OUTPUT, what PyTorch computes) and index.json (for each NAME: the architecture, the images it
was run on, or the message it is to be refused with).

The files come from PyTorch's two exporters, for the models of timm, transformers, torchvision and for modules written
as the authors wrote theirs; some have been through onnxruntime's offline optimiser. Weights are random and far from
their initial values. For f16 and bf16 files the expected values are those of the same weights in f32.

Needs: torch, timm, transformers, torchvision, onnx, onnxscript, onnxruntime, safetensors.
"""

import copy
import io
import json
import logging
import pathlib
import tempfile
import warnings
import zipfile

import onnx
import onnxruntime
import timm.models.convnext
import torch
import torchvision.models.convnext
import transformers
from onnx import helper, numpy_helper
from safetensors.torch import save as safetensors_bytes
from torch import nn
from torch.nn import functional as F

OUT = pathlib.Path(__file__).resolve().parents[2] / "models/src/test/resources/onnx/exports.zip"
DEPTHS, DIMS, CLASSES = [1, 1, 2, 1], [5, 6, 7, 9], 4
LEGACY, DYNAMO = (11, 13, 17), (18, 20, 23)
DYNAMO_TOO = ("timm-v1-features", "huggingface-v2-base", "huggingface-v1-backbone", "timm-v2-headless")
IMAGES = {"odd": (1, 3, 65, 97), "pair": (2, 3, 64, 64), "small": (1, 3, 32, 40), "grey": (1, 1, 32, 40)}


def images(name):
    n, channels, height, width = IMAGES[name]
    return torch.randn(n, channels, height, width, generator=torch.Generator().manual_seed(n * height + width))


def randomise(model, seed, tiny=False):
    """Weights far from their initial values; with `tiny`, activations so small that a wrong epsilon shows."""
    generator = torch.Generator().manual_seed(seed)
    for name, p in model.named_parameters():
        noise = torch.randn(p.shape, generator=generator)
        vector = p.numel() == max(p.shape)
        if "grn" in name:
            p.data = 0.5 * noise
        elif vector and ("gamma" in name or "layer_scale" in name):
            p.data = 0.5 * noise
        elif vector and name.endswith("weight"):
            p.data = 1 + 0.3 * noise
        elif vector:
            p.data = 0.1 * noise * (1e-3 if tiny else 1)
        else:
            p.data = noise * p[0].numel() ** -0.5 * (1e-3 if tiny else 1)
    return model.eval()


# ---------------------------------------------------------------- the models


def timm_model(version, scale=True, conv_mlp=False, classes=CLASSES, **more):
    return timm.models.convnext.ConvNeXt(
        depths=more.pop("depths", DEPTHS), dims=more.pop("dims", DIMS), num_classes=classes, use_grn=version == 2,
        ls_init_value=1e-6 if version == 1 and scale else None, conv_mlp=conv_mlp, **more,
    )  # fmt: skip


def timm_features(version):
    return timm.models.create_model(
        "convnext_tiny" if version == 1 else "convnextv2_tiny", features_only=True, depths=DEPTHS, dims=DIMS
    )


def huggingface(version, kind="ForImageClassification", **more):
    prefix = "ConvNext" if version == 1 else "ConvNextV2"
    config = getattr(transformers, prefix + "Config")(depths=DEPTHS, hidden_sizes=DIMS, num_labels=CLASSES, **more)
    return getattr(transformers, prefix + kind)(config)


def torchvision_model():
    block = torchvision.models.convnext.CNBlockConfig
    dims = [*DIMS, None]
    return torchvision.models.convnext.ConvNeXt(
        [block(dims[i], dims[i + 1], n) for i, n in enumerate(DEPTHS)], num_classes=CLASSES
    )


class ChannelNorm(nn.Module):
    """The authors' LayerNorm over axis 1: every exporter leaves it a chain."""

    def __init__(self, channels, eps=1e-6):
        super().__init__()
        self.weight, self.bias, self.eps = nn.Parameter(torch.ones(channels)), nn.Parameter(torch.zeros(channels)), eps

    def forward(self, x):
        u = x.mean(1, keepdim=True)
        s = (x - u).pow(2).mean(1, keepdim=True)
        x = (x - u) / torch.sqrt(s + self.eps)
        return self.weight[:, None, None] * x + self.bias[:, None, None]


class RootMeanSquareNorm(ChannelNorm):
    def forward(self, x):
        return self.weight[:, None, None] * x / torch.sqrt(x.pow(2).mean(1, keepdim=True) + self.eps)


class Grn(nn.Module):
    def __init__(self, channels, eps=1e-6):
        super().__init__()
        self.gamma, self.beta = nn.Parameter(torch.zeros(1, 1, 1, channels)), nn.Parameter(torch.zeros(1, 1, 1, channels))
        self.eps = eps

    def forward(self, x):
        g = torch.norm(x, p=2, dim=(1, 2), keepdim=True)
        return self.gamma * (x * (g / (g.mean(dim=-1, keepdim=True) + self.eps))) + self.beta + x


class Block(nn.Module):
    def __init__(self, channels, version, act=F.gelu, kernel=7, dilation=1, eps=1e-6, grn_eps=1e-6, residual=True):
        super().__init__()
        pad = dilation * (kernel - 1) // 2
        self.dwconv = nn.Conv2d(channels, channels, kernel, padding=pad, dilation=dilation, groups=channels)
        self.norm = nn.LayerNorm(channels, eps=eps)
        self.pwconv1, self.pwconv2 = nn.Linear(channels, 4 * channels), nn.Linear(4 * channels, channels)
        self.grn = Grn(4 * channels, grn_eps) if version == 2 else nn.Identity()
        self.gamma = nn.Parameter(torch.ones(channels)) if version == 1 else None
        self.act, self.residual = act, residual

    def forward(self, x):
        h = self.norm(self.dwconv(x).permute(0, 2, 3, 1))
        h = self.pwconv2(self.grn(self.act(self.pwconv1(h))))
        h = h if self.gamma is None else self.gamma * h
        h = h.permute(0, 3, 1, 2)
        return x + h if self.residual else h


class Original(nn.Module):
    """As the authors wrote it: names, order of operations, LayerNorm of two kinds."""

    def __init__(self, version, head_eps=1e-6, channel_eps=1e-6, **block):
        super().__init__()
        stem = nn.Sequential(nn.Conv2d(3, DIMS[0], 4, stride=4), ChannelNorm(DIMS[0], channel_eps))
        downs = [
            nn.Sequential(ChannelNorm(a, channel_eps), nn.Conv2d(a, b, 2, stride=2)) for a, b in zip(DIMS, DIMS[1:])
        ]
        self.downsample_layers = nn.ModuleList([stem, *downs])
        self.stages = nn.ModuleList(
            nn.Sequential(*(Block(c, version, **block) for _ in range(n))) for n, c in zip(DEPTHS, DIMS)
        )
        self.norm = nn.LayerNorm(DIMS[-1], eps=head_eps)
        self.head = nn.Linear(DIMS[-1], CLASSES)

    def forward(self, x):
        for down, stage in zip(self.downsample_layers, self.stages):
            x = stage(down(x))
        return self.head(self.norm(x.mean([-2, -1])))


class Two(nn.Module):
    """A module and what follows it."""

    def __init__(self, first, then):
        super().__init__()
        self.first, self.then = first, then

    def forward(self, x):
        return self.then(self.first(x))


class Outputs(nn.Module):
    """Gives the tensors of transformers' outputs one by one."""

    def __init__(self, model, keys):
        super().__init__()
        self.model, self.keys = model, keys

    def forward(self, x):
        result = self.model(x)
        values = [v for key in self.keys for v in (result[key] if isinstance(result[key], tuple) else [result[key]])]
        return values[0] if len(values) == 1 else tuple(values)


class TwoDepthwise(nn.Module):
    def __init__(self, conv):
        super().__init__()
        self.first, self.second = conv, copy.deepcopy(conv)

    def forward(self, x):
        return self.second(self.first(x))


# ---------------------------------------------------------------- the exporters


def legacy(model, x, opset, **options):
    file = io.BytesIO()
    names = options.pop("output_names", None)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            model, (x,), file, opset_version=opset, dynamo=False, input_names=["image"], output_names=names, **options
        )
    return onnx.load_from_string(file.getvalue())


def dynamo(model, x, opset, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        program = torch.onnx.export(model, (x,), opset_version=opset, dynamo=True, verbose=False, **options)
    return copy.deepcopy(program.model_proto)


def export(model, x, opset, **options):
    return (legacy if opset < 18 else dynamo)(model, x, opset, **options)


def optimised(model, level):
    """Through onnxruntime's offline optimiser."""
    with tempfile.TemporaryDirectory() as folder:
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.graph_optimization_level = level
        options.optimized_model_filepath = folder + "/out.onnx"
        onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
        return onnx.load(folder + "/out.onnx")


BASIC = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
EXTENDED = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED


def constant_nodes(model):
    """All initialisers as Constant nodes."""
    graph = model.graph
    nodes = [helper.make_node("Constant", [], [t.name], value=t) for t in graph.initializer]
    rest = list(graph.node)
    del graph.initializer[:], graph.node[:]
    graph.node.extend(nodes + rest)
    return model


def merged(model):
    """Equal initialisers as one."""
    first, rename = {}, {}
    for t in list(model.graph.initializer):
        key = (t.data_type, tuple(t.dims), numpy_helper.to_array(t).tobytes())
        rename[t.name] = first.setdefault(key, t.name)
        if rename[t.name] != t.name:
            model.graph.initializer.remove(t)
    for node in model.graph.node:
        for i, name in enumerate(node.input):
            node.input[i] = rename.get(name, name)
    return model


def change(model, op, index, edit):
    edit([n for n in model.graph.node if n.op_type == op][index])
    return model


def append(model, op, **attributes):
    """One more node at the end."""
    out = model.graph.output[0]
    model.graph.node.append(helper.make_node(op, [out.name], ["more"], name="/extra/" + op, **attributes))
    out.name = "more"
    return model


# ---------------------------------------------------------------- the collection


def strip(model):
    """Without stack traces, the larger part of what the dynamo exporter writes."""
    for item in (model, model.graph, *model.graph.node, *model.graph.value_info, *model.graph.initializer, *model.functions):
        item.doc_string = ""
        del item.metadata_props[:]


class Collection:
    def __init__(self, file):
        self.zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9)
        self.index, self.expected = {}, {}

    def write(self, name, data):
        info = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
        info.compress_type = zipfile.ZIP_DEFLATED
        self.zip.writestr(info, data)

    def add(self, name, onnx_model, image="odd", torch_model=None, external=False, **facts):
        """
        torch_model: what gives the expected values; none for a file that is to be refused
        facts: version, scale, head_eps, tanh, outputs (names as CryoNeXt has them), refused (part of the message)
        """
        strip(onnx_model)
        if not external:
            self.write(name + ".onnx", onnx_model.SerializeToString())
        if torch_model is not None:
            with torch.no_grad():
                result = torch_model(images(image))
            result = result if isinstance(result, (tuple, list)) else [getattr(result, "logits", result)]
            assert len(result) == len(facts["outputs"]), name
            for key, value in zip(facts["outputs"], result):
                self.expected[f"{name}/{key}"] = value.contiguous()
        self.index[name] = {"image": image, **facts}
        print(f"{name}: {len(onnx_model.graph.node)} nodes", flush=True)

    def add_external(self, name, onnx_model, **more):
        strip(onnx_model)
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / (name + ".onnx")
            data = name + ".onnx.data"
            onnx.save(copy.deepcopy(onnx_model), path, save_as_external_data=True, location=data, size_threshold=64)
            self.write(path.name, path.read_bytes())
            self.write(data, (path.parent / data).read_bytes())
        self.add(name, onnx_model, external=True, **more)

    def close(self):
        self.write("inputs.safetensors", safetensors_bytes({k: images(k) for k in IMAGES}))
        self.write("expected.safetensors", safetensors_bytes(self.expected))
        self.write("index.json", json.dumps(self.index, indent=1))
        self.zip.close()


def models():
    """name, model, facts: exported by every exporter."""
    logits = dict(outputs=["logits"])
    for v in (1, 2):
        yield f"timm-v{v}", randomise(timm_model(v), v), dict(version=v, head_eps=1e-6, **logits)
        yield f"timm-v{v}-conv-mlp", randomise(timm_model(v, conv_mlp=True), v), dict(version=v, head_eps=1e-6, **logits)
        yield f"huggingface-v{v}", randomise(Outputs(huggingface(v), ["logits"]), v), dict(version=v, head_eps=1e-12, **logits)
        yield f"original-v{v}", randomise(Original(v), v), dict(version=v, head_eps=1e-6, **logits)
    yield "torchvision-v1", randomise(torchvision_model(), 1), dict(version=1, head_eps=1e-6, **logits)


def other_models():
    """name, model, facts: exported by one version of each exporter."""
    stages = ["stage0", "stage1", "stage2", "stage3"]
    yield "timm-v1-without-scale", randomise(timm_model(1, scale=False), 3), dict(version=1, scale=False, head_eps=1e-6, outputs=["logits"])
    yield "timm-v1-tanh", randomise(timm_model(1, act_layer="gelu_tanh"), 3), dict(version=1, tanh=True, head_eps=1e-6, outputs=["logits"])
    yield "huggingface-v2-tanh", randomise(Outputs(huggingface(2, hidden_act="gelu_new"), ["logits"]), 3), dict(version=2, tanh=True, head_eps=1e-12, outputs=["logits"])
    yield "huggingface-v1-fast", randomise(Outputs(huggingface(1, hidden_act="gelu_fast"), ["logits"]), 3), dict(version=1, tanh=True, head_eps=1e-12, outputs=["logits"])
    for v in (1, 2):
        yield f"timm-v{v}-headless", randomise(timm_model(v, classes=0), v), dict(version=v, head_eps=1e-6, outputs=["pooled"])
        yield f"timm-v{v}-features", randomise(timm_features(v), v), dict(version=v, head_eps=1e-6, final_norm=False, outputs=stages)
        yield f"huggingface-v{v}-base", randomise(Outputs(huggingface(v, "Model"), ["last_hidden_state", "pooler_output"]), v), dict(version=v, head_eps=1e-12, outputs=["stage3", "pooled"])
        backbone = huggingface(v, "Backbone", out_features=["stage1", "stage2", "stage3", "stage4"] if v == 1 else ["stage4"])
        yield f"huggingface-v{v}-backbone", randomise(Outputs(backbone, ["feature_maps"]), v), dict(version=v, head_eps=1e-6, final_norm=False, outputs=[f"{s} normalised" for s in (stages if v == 1 else stages[3:])])


def make(c):
    named = {name: (model, facts) for name, model, facts in models()}
    for name, (model, facts) in named.items():
        dynamo_opsets = DYNAMO if name in ("timm-v1", "huggingface-v2") else DYNAMO[:2] if "v1" in name else DYNAMO[1:2]
        for opset in (*LEGACY, *dynamo_opsets):
            image = "pair" if opset in (13, 23) else "odd"
            c.add(f"{name}-opset{opset}", export(model, images(image), opset), image, model, **facts)
        unfolded = legacy(model, images("odd"), 13, do_constant_folding=False)
        c.add(f"{name}-unfolded", unfolded, "odd", model, **facts)
        # The optimiser multiplies the second linear layer by the layer scale where nothing lies between the two.
        free = {**facts, "scale": True if facts["version"] == 2 else None}
        for level, label in ((BASIC, "ort-basic"), (EXTENDED, "ort-extended")):
            c.add(f"{name}-{label}", optimised(legacy(model, images("small"), 17), level), "small", model, **free)
        axes = {"image": {0: "batch", 2: "height", 3: "width"}}
        dynamic = legacy(model, images("pair"), 17, dynamic_axes=axes)
        c.add(f"{name}-dynamic-opset17", dynamic, "pair", model, **facts)
    for name, model, facts in other_models():
        for opset in (17, 20) if name in DYNAMO_TOO else (17,):
            c.add(f"{name}-opset{opset}", export(model, images("small"), opset), "small", model, **facts)
    for name in ("timm-v1", "huggingface-v2"):
        model, facts = named[name]
        free = {**facts, "scale": True if facts["version"] == 2 else None}
        file = legacy(model, images("small"), 17)
        c.add(f"{name}-constant-nodes", constant_nodes(copy.deepcopy(file)), "small", model, **facts)
        chains = optimised(legacy(model, images("small"), 13), EXTENDED)
        c.add(f"{name}-ort-extended-opset13", chains, "small", model, **free)
        inputs = legacy(model, images("small"), 11, keep_initializers_as_inputs=True)
        c.add(f"{name}-initialisers-as-inputs", inputs, "small", model, **facts)
        c.add_external(f"{name}-external-opset17", file, image="small", torch_model=model, **facts)
        later = dynamo(model, images("small"), 20)
        c.add_external(f"{name}-external-opset20", later, image="small", torch_model=model, **facts)
        for level, label in ((BASIC, "ort-basic"), (EXTENDED, "ort-extended")):
            c.add(f"{name}-{label}-opset20", optimised(later, level), "small", model, **free)
        size = {0: torch.export.Dim("batch", min=1, max=64)}
        dynamic = dynamo(model, images("pair"), 20, dynamic_shapes=(size,))
        c.add(f"{name}-dynamic-batch-opset20", dynamic, "pair", model, **facts)
        size = {0: torch.export.Dim.DYNAMIC, 2: torch.export.Dim.DYNAMIC, 3: torch.export.Dim.DYNAMIC}
        dynamic = dynamo(model, images("pair"), 20, dynamic_shapes=(size,))
        c.add(f"{name}-dynamic-opset20", dynamic, "pair", model, **facts)
        for dtype, label in ((torch.float16, "f16"), (torch.bfloat16, "bf16")):
            low = copy.deepcopy(model).to(dtype)
            for opset in (13, 17, 20):
                # The chain of opset 13 has constants of the weights' type, in which 1e-12 may be 0.
                eps = 1e-6 if name == "timm-v1" else 0 if opset == 13 and label == "f16" else 1e-12
                file = export(low, images("small").to(dtype), opset)
                c.add(f"{name}-{label}-opset{opset}", file, "small", copy.deepcopy(low).float(), **{**facts, "head_eps": eps})

    same = randomise(timm_model(1, depths=[2, 2, 2, 2]), 9)
    for stage in same.stages:
        stage.blocks[1].load_state_dict(stage.blocks[0].state_dict())
    facts = dict(version=1, head_eps=1e-6, outputs=["logits"], depths=[2, 2, 2, 2])
    for opset in (13, 17, 20):
        c.add(f"equal-blocks-opset{opset}", merged(export(same, images("small"), opset)), "small", same, **facts)

    for v in (1, 2):
        facts = dict(version=v, head_eps=1e-6, outputs=["logits"])
        tiny = randomise(Original(v), 11, tiny=True)
        for opset in (13, 17, 20):
            c.add(f"tiny-activations-v{v}-opset{opset}", export(tiny, images("small"), opset), "small", tiny, **facts)

    no_bias = randomise(timm_model(2, conv_bias=False), 12)
    facts = dict(version=2, head_eps=1e-6, outputs=["logits"])
    c.add("without-bias", legacy(no_bias, images("small"), 13), "small", no_bias, **facts)
    fresh = timm_model(2).eval()
    c.add("fresh-v2", legacy(fresh, images("small"), 17), "small", fresh, **facts)
    facts = dict(version=1, head_eps=1e-6, outputs=["logits"])
    patch8 = randomise(Outputs(huggingface(1, patch_size=8, layer_norm_eps=1e-6), ["logits"]), 13)
    c.add("patch8", legacy(patch8, images("pair"), 17), "pair", patch8, patch=8, **facts)
    channels_last = randomise(timm_model(1), 14)
    file = legacy(ChannelsLast(channels_last), images("small").permute(0, 2, 3, 1), 17)
    c.add("channels-last-image", file, "small", channels_last, **facts)
    variants(c)


class ChannelsLast(nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, x):
        return self.model(x.permute(0, 3, 1, 2))


def variants(c):
    """Valid graphs that are not quite the usual ConvNeXt: honoured, or refused with a reason."""
    x = images("small")
    logits = dict(outputs=["logits"])

    def honoured(name, file, model, version=1, head_eps=1e-6, **facts):
        c.add("variant-" + name, file, "small", model, version=version, head_eps=head_eps, **{**logits, **facts})

    def refused(name, file, *message):
        c.add("variant-" + name, file, "small", refused=list(message))

    plain = randomise(Original(1), 21)
    for opset in (17, 20):
        head = randomise(Original(1, head_eps=1e-3), 21)
        honoured(f"head-epsilon-opset{opset}", export(head, x, opset), head, head_eps=1e-3)
        tanh = randomise(Original(2, act=nn.GELU("tanh")), 21)
        honoured(f"tanh-opset{opset}", export(tanh, x, opset), tanh, version=2, tanh=True)
        refused(f"relu-opset{opset}", export(randomise(Original(1, act=F.relu), 21), x, opset), "elu", "where a GELU is expected")
        both = copy.deepcopy(plain)
        both.stages[2][1].dwconv = TwoDepthwise(both.stages[2][1].dwconv)
        refused(f"two-depthwise-opset{opset}", export(both, x, opset), "is a second depthwise convolution")
    refused("silu", export(randomise(Original(1, act=F.silu), 21), x, 17), "/stages.3/stages.3.0/Sigmoid (sigmoid)", "GELU")
    refused("kernel5", export(randomise(Original(1, kernel=5), 21), x, 17), "5 x 5", "7 x 7")
    refused("dilated", export(randomise(Original(1, dilation=2), 21), x, 17), "/stages.0/stages.0.0/dwconv/Conv", "dilation [2, 2]")
    refused("epsilon", export(randomise(Original(1, eps=1e-5), 21), x, 17), "epsilon", "1.0E-5")
    refused("channel-epsilon", export(randomise(Original(1, channel_eps=1e-5), 21), x, 17), "epsilon", "1.0E-5")
    refused("grn-epsilon", export(randomise(Original(2, grn_eps=1e-4), 21), x, 17), "epsilon", "1.0E-4")
    refused("no-residual", export(randomise(Original(1, residual=False), 21), x, 17), "/stages.3/stages.3.0/", "block's input")
    refused("softmax", export(Two(plain, nn.Softmax(-1)), x, 17), "/then/Softmax (Softmax)")
    refused("sigmoid", export(Two(plain, nn.Sigmoid()), x, 17), "/then/Sigmoid (sigmoid)")
    first = randomise(timm_model(1, head_norm_first=True), 22)
    refused("norm-before-pooling", export(first, x, 17), "/head/fc/Gemm", "not normalised")
    hidden = randomise(timm_model(1, head_hidden_size=8), 22)
    refused("hidden-head", export(hidden, x, 17), "/head/pre_logits/act/", "before the classifier")
    overlap = randomise(timm_model(1, stem_type="overlap"), 22)
    refused("overlapping-stem", export(overlap, x, 17), "/stem/stem.0/Conv", "stride [2, 2]")
    rms = randomise(Original(1), 22)
    rms.downsample_layers[2][0] = RootMeanSquareNorm(DIMS[1])
    refused("rms-norm", export(rms, x, 17), "/downsample_layers.2/", "LayerNorm over the channels is expected")
    max_pool = randomise(timm_model(1, global_pool="max"), 22)
    refused("max-pooling", export(max_pool, x, 17), "Max")
    relu = Two(plain, nn.Identity())
    relu.first.head = nn.Sequential(plain.head, nn.ReLU())
    refused("relu-after-head", legacy(relu, x, 17), "/first/head/head.1/Relu (relu)")
    plain = randomise(Original(1), 21)

    def alpha(node):
        next(a for a in node.attribute if a.name == "alpha").f = 2.0

    class Alpha(nn.Module):
        def __init__(self, model):
            super().__init__()
            self.model = copy.deepcopy(model)
            self.model.head.weight.data *= 2

        def forward(self, x):
            return self.model(x)

    honoured("gemm-alpha", change(legacy(plain, x, 13), "Gemm", -1, alpha), Alpha(plain))
    honoured("scaled-logits", legacy(Two(plain, Affine()), x, 17), Two(plain, Affine()))
    refused("extra-node", append(legacy(plain, x, 17), "Tanh"), "/extra/Tanh (tanh)")
    gelu = dynamo(plain, x, 20)
    gelu.opset_import[0].version = 18
    honoured("gelu-in-opset18", gelu, plain)
    gray = randomise(timm_model(1, in_chans=1), 23)
    c.add(
        "variant-one-channel", legacy(gray, images("grey"), 17), "grey", gray, version=1, head_eps=1e-6, channels=1, **logits
    )
    wrong_axis = copy.deepcopy(plain)

    class SpatialNorm(nn.Module):
        def forward(self, x):
            return F.layer_norm(x, x.shape[-1:], eps=1e-6)

    wrong_axis.downsample_layers[1][0] = SpatialNorm()
    refused("norm-over-width", legacy(wrong_axis, x, 17), "/downsample_layers.1/", "not the channels")
    narrow = copy.deepcopy(plain)
    narrow.stages[3][0].pwconv1 = randomise(nn.Linear(DIMS[3], 3 * DIMS[3]), 24)
    narrow.stages[3][0].pwconv2 = randomise(nn.Linear(3 * DIMS[3], DIMS[3]), 24)
    refused("mlp-ratio", legacy(narrow, x, 17), "27", "36")
    nan = copy.deepcopy(plain)
    nan.stages[2][0].pwconv1.weight.data[3, 2] = float("nan")
    nan.head.bias.data[1] = float("inf")
    c.add("not-a-number", legacy(nan, x, 17), "small", version=1, head_eps=1e-6, outputs=["logits"], not_finite=True)


class Affine(nn.Module):
    def forward(self, x):
        return x * 3 - 1


def main():
    transformers.logging.set_verbosity_error()
    logging.disable(logging.WARNING)
    OUT.parent.mkdir(parents=True, exist_ok=True)
    collection = Collection(OUT)
    make(collection)
    collection.close()
    print(f"{OUT}: {OUT.stat().st_size} bytes")


if __name__ == "__main__":
    main()
