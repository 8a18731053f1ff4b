"""Golden values of every engine op, forward and backward, from PyTorch in float64:

    python tools/python/op_goldens.py       (from the repository's root; writes ops.safetensors and
                                             primitives.safetensors in engine/src/test/resources/golden)

Names: CASE.<input> (values that float32 holds exactly), CASE.output, CASE.grad_output (what flows back into the output)
and CASE.grad.<input>; all F64, labels I64. Metadata: CASE.<attribute>. Optimiser cases have names of their own.

Layouts are the engine's, not PyTorch's: images [N, H, W, C]; Linear weight [out, in]; depthwise weight [k, k, C]; patch
convolution weight [Cout, k, k, Cin]; GRN gamma and beta [C].

primitives.safetensors holds the operators of ONNX graphs, forward alone: CASE.<input>, CASE.output, each in the element
type it is computed in, and CASE.<attribute> as metadata, lists separated by commas. A case is named OPERATOR.WHAT. They
are computed by NumPy where it has the operator, in other element types than its own by PyTorch.

Needs: numpy, torch, safetensors.
"""

import pathlib

import numpy as np
import torch
from torch.nn import functional as F

from stable_safetensors import save_file

GOLDEN = pathlib.Path(__file__).resolve().parents[2] / "engine/src/test/resources/golden"
# Sums over several threads have other last bits on another machine.
torch.set_num_threads(1)
RANDOM = torch.Generator().manual_seed(20)
TENSORS, METADATA = {}, {}


def random(*shape, scale=1.0):
    return (torch.randn(*shape, generator=RANDOM) * scale).float().double()


def case(name, function, attributes=(), **inputs):
    """Records inputs, output and gradients of `function`, which takes the inputs by name."""
    for key, value in dict(attributes).items():
        METADATA[f"{name}.{key}"] = str(value)
    for value in inputs.values():
        value.requires_grad_(value.is_floating_point())
    output = function(**inputs)
    grad_output = torch.ones_like(output) if output.dim() == 0 else random(*output.shape)
    differentiable = {key: value for key, value in inputs.items() if value.requires_grad}
    gradients = torch.autograd.grad(output, differentiable.values(), grad_output)
    TENSORS.update({f"{name}.{key}": value.detach() for key, value in inputs.items()})
    TENSORS.update({f"{name}.output": output.detach(), f"{name}.grad_output": grad_output})
    TENSORS.update({f"{name}.grad.{key}": value for key, value in zip(differentiable, gradients)})


def depthwise(x, weight, bias):
    k, _, c = weight.shape
    kernel = weight.permute(2, 0, 1).unsqueeze(1)
    return F.conv2d(x.permute(0, 3, 1, 2), kernel, bias, padding=k // 2, groups=c).permute(0, 2, 3, 1)


def patch(x, weight, bias):
    kernel = weight.permute(0, 3, 1, 2)
    return F.conv2d(x.permute(0, 3, 1, 2), kernel, bias, stride=weight.shape[1]).permute(0, 2, 3, 1)


def grn(x, gamma, beta):
    g = torch.linalg.vector_norm(x, dim=(1, 2), keepdim=True)
    return gamma * (x * (g / (g.mean(dim=-1, keepdim=True) + 1e-6))) + beta + x


def operators():
    linear = lambda: dict(x=random(2, 3, 7), weight=random(6, 7), bias=random(6))
    case("linear", F.linear, **linear())
    case("linear_no_bias", F.linear, x=random(5, 7), weight=random(3, 7))
    for approximate, name in (("none", "gelu"), ("tanh", "gelu_tanh")):
        case(f"linear_{name}", lambda x, weight, bias: F.gelu(F.linear(x, weight, bias), approximate=approximate), **linear())
        case(name, lambda x: F.gelu(x, approximate=approximate), x=torch.linspace(-8, 8, 129).double())
    case(
        "linear_residual",
        lambda x, weight, bias, scale, residual: residual + scale * F.linear(x, weight, bias),
        **linear(),
        scale=random(6),
        residual=random(2, 3, 6),
    )
    for k, image in ((7, (2, 9, 11, 5)), (3, (2, 4, 5, 6))):
        case(f"depthwise_{k}x{k}", depthwise, x=random(*image), weight=random(k, k, image[3]), bias=random(image[3]))
    case("depthwise_one_pixel", depthwise, x=random(2, 1, 1, 3), weight=random(7, 7, 3), bias=random(3))
    for k, image, out in ((4, (2, 9, 14, 3), 5), (2, (2, 5, 7, 6), 9)):
        case(f"patch_{k}x{k}", patch, x=random(*image), weight=random(out, k, k, image[3]), bias=random(out))
    for epsilon in (1e-6, 1e-12):
        for scale, size in ((1.0, ""), (1e-3, "_tiny")):
            case(
                f"layer_norm{size}_{epsilon:g}",
                lambda x, weight, bias: F.layer_norm(x, weight.shape, weight, bias, epsilon),
                {"epsilon": epsilon},
                x=random(2, 3, 5, 7, scale=scale),
                weight=random(7),
                bias=random(7),
            )
    for scale, size in ((1.0, ""), (1e-6, "_tiny")):
        case(f"grn{size}", grn, {"epsilon": 1e-6}, x=random(2, 4, 5, 12, scale=scale), gamma=random(12), beta=random(12))
    case(
        "residual",
        lambda x, branch, scale, keep: x + keep.reshape(-1, 1, 1, 1) * scale * branch,
        x=random(3, 4, 5, 6),
        branch=random(3, 4, 5, 6),
        scale=random(6),
        keep=torch.tensor([1.25, 0.0, 1.25]).double(),
    )
    case("residual_plain", lambda x, branch: x + branch, x=random(3, 4, 5, 6), branch=random(3, 4, 5, 6))
    case("global_average_pool", lambda x: x.mean(dim=(1, 2)), x=random(3, 4, 5, 6))


def losses():
    labels = torch.tensor([0, 4, 2, 2, 1, 3])
    weights = torch.tensor([0.5, 1.0, 2.0, 0.25, 1.5]).double()
    for name, options in (
        ("cross_entropy", {}),
        ("cross_entropy_weighted", {"weight": weights}),
        ("cross_entropy_smoothed", {"label_smoothing": 0.125}),
        ("cross_entropy_weighted_smoothed", {"weight": weights, "label_smoothing": 0.125}),
    ):
        attributes = {"label_smoothing": options.get("label_smoothing", 0.0)}
        case(name, lambda logits, labels: F.cross_entropy(logits, labels, **options), attributes, logits=random(6, 5, scale=3.0), labels=labels)
        if "weight" in options:
            TENSORS[f"{name}.class_weights"] = weights


def optimiser():
    """adamw.grad<k> is the gradient of step k; .param<k>, .mean<k>, .variance<k> the state after it, 0 the start."""
    settings = dict(lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.05)
    METADATA.update({f"adamw.{key}": str(value) for key, value in settings.items()})
    parameter = torch.nn.Parameter(random(4, 5))
    TENSORS["adamw.param0"] = parameter.detach().clone()
    adamw = torch.optim.AdamW([parameter], **settings)
    for step in (1, 2, 3):
        parameter.grad = random(4, 5, scale=10.0**-step)
        TENSORS[f"adamw.grad{step}"] = parameter.grad.clone()
        adamw.step()
        TENSORS[f"adamw.param{step}"] = parameter.detach().clone()
        TENSORS[f"adamw.mean{step}"] = adamw.state[parameter]["exp_avg"].clone()
        TENSORS[f"adamw.variance{step}"] = adamw.state[parameter]["exp_avg_sq"].clone()

    # clip<limit>.grad_a/_b are clipped together; .norm is their norm before, .clipped_a/_b what comes out.
    for limit in (0.5, 100.0):
        name = f"clip_{limit:g}"
        METADATA[f"{name}.max_norm"] = str(limit)
        parameters = {key: torch.nn.Parameter(random(*shape)) for key, shape in (("a", (3, 4)), ("b", (5,)))}
        for key, p in parameters.items():
            p.grad = random(*p.shape)
            TENSORS[f"{name}.grad_{key}"] = p.grad.clone()
        TENSORS[f"{name}.norm"] = torch.nn.utils.clip_grad_norm_(parameters.values(), limit)
        TENSORS.update({f"{name}.clipped_{key}": p.grad.clone() for key, p in parameters.items()})

    # ema.param<k> are the weights of step k; ema.average<k> their average; the first is copied.
    METADATA["ema.decay"] = "0.9"
    module = torch.nn.Linear(3, 2, bias=False).double()
    average = torch.optim.swa_utils.AveragedModel(module, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.9))
    for step in range(4):
        module.weight.data = random(2, 3)
        average.update_parameters(module)
        TENSORS[f"ema.param{step}"] = module.weight.detach().clone()
        TENSORS[f"ema.average{step}"] = average.module.weight.detach().clone()


def scaler():
    """unscale.grad_a<k>/_b<k> are the gradients of step k's scaled loss; .scale<k>, .good<k> what is left after it, 0 the
    start; .norm<k> is their norm without the scale, .clipped_a<k>/_b<k> what comes out. The third step's are not finite."""
    limit, growth, backoff, interval = 2.0, 2.0, 0.5, 2
    METADATA.update({"unscale.max_norm": str(limit), "unscale.growth": str(growth), "unscale.backoff": str(backoff), "unscale.interval": str(interval)})
    grad_scaler = torch.amp.GradScaler("cpu", init_scale=1024.0, growth_factor=growth, backoff_factor=backoff, growth_interval=interval)
    parameters = {key: torch.nn.Parameter(random(*shape)) for key, shape in (("a", (3, 4)), ("b", (5,)))}
    optimizer = torch.optim.SGD(parameters.values(), lr=1.0)
    grad_scaler.scale(torch.zeros(()))
    for step in range(4):
        if step > 0:
            for key, p in parameters.items():
                p.grad = random(*p.shape, scale=10.0 ** (step - 2)) * grad_scaler.get_scale()
                if step == 3 and key == "b":
                    p.grad[2] = torch.inf
                TENSORS[f"unscale.grad_{key}{step}"] = p.grad.clone()
            grad_scaler.unscale_(optimizer)
            if step < 3:
                TENSORS[f"unscale.norm{step}"] = torch.nn.utils.clip_grad_norm_(parameters.values(), limit).reshape(1)
                TENSORS.update({f"unscale.clipped_{key}{step}": p.grad.clone() for key, p in parameters.items()})
            grad_scaler.update()
        TENSORS[f"unscale.scale{step}"] = grad_scaler._scale.double().reshape(1)
        TENSORS[f"unscale.good{step}"] = grad_scaler._growth_tracker.double().reshape(1)


def counter_uniform(words, stream, count):
    """The engine's random numbers: output i of SplitMix64, begun at a key made of seed and stream, as 24 bits of [0, 1)."""
    bits, gamma = 2**64 - 1, 0x9E3779B97F4A7C15

    def mix(z):
        z = ((z ^ z >> 30) * 0xBF58476D1CE4E5B9) & bits
        z = ((z ^ z >> 27) * 0x94D049BB133111EB) & bits
        return z ^ z >> 31

    low, high = (word & 0xFFFFFFFF for word in words)
    key = mix(((high << 32 | low) + mix(stream * gamma & bits)) & bits)
    return torch.tensor([(mix((key + (i + 1) * gamma) & bits) >> 40) / 2**24 for i in range(count)]).double()


def drops():
    """PyTorch draws other masks than the engine: it gets the engine's and applies them."""
    words = (123456789, -987654321)
    for name, p, stream, shape in (("dropout", 0.25, 3, (2, 3, 4, 5)), ("dropout_half", 0.5, 0, (7,))):
        mask = (counter_uniform(words, stream, int(np.prod(shape))) >= p).reshape(shape)
        case(name, lambda x, seed: torch.where(mask, x, 0.0) / (1 - p), {"p": p, "stream": stream}, x=random(*shape), seed=torch.tensor(words))
        backward = torch.ops.aten.native_dropout_backward(TENSORS[f"{name}.grad_output"], mask, 1 / (1 - p))
        torch.testing.assert_close(TENSORS[f"{name}.grad.x"], backward, rtol=1e-15, atol=0)
    # What timm's drop_path multiplies samples by, x.new_empty(shape).bernoulli_(1 - p).div_(1 - p).
    METADATA.update({"drop_path.p": "0.4", "drop_path.stream": "5"})
    TENSORS["drop_path.seed"] = torch.tensor(words)
    TENSORS["drop_path.output"] = (counter_uniform(words, 5, 12) >= 0.4).double().div_(1 - 0.4)


PRIMITIVES, ATTRIBUTES = {}, {}
RNG = np.random.default_rng(21)


def normal(*shape, dtype=np.float64, scale=1.0):
    return np.asarray(RNG.standard_normal(shape) * scale, dtype)


def integers(low, high, *shape, dtype=np.int64):
    return np.asarray(RNG.integers(low, high, shape), dtype)


def tensor(value):
    return value if isinstance(value, torch.Tensor) else torch.from_numpy(np.array(value))


def primitive(name, output, attributes=(), **inputs):
    """Records a case; `output` is its value, or a function of the inputs by name."""
    for key, value in dict(attributes).items():
        ATTRIBUTES[f"{name}.{key}"] = ",".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
    ATTRIBUTES[f"{name}.operator"] = name.split(".")[0]
    value = output(**inputs) if callable(output) else output
    PRIMITIVES.update({f"{name}.{key}": tensor(x) for key, x in inputs.items()})
    PRIMITIVES[f"{name}.output"] = tensor(value)


def elementwise():
    line = np.concatenate([np.linspace(-7, 7, 141), np.logspace(-12, 1.4, 30), -np.logspace(-12, 1.4, 30)])
    line = np.concatenate([line, [0.0, -0.0, 800.0, -800.0, np.inf, -np.inf, np.nan]])
    for name, function in (
        ("erf", torch.special.erf),
        ("sqrt", torch.sqrt),
        ("sigmoid", torch.sigmoid),
        ("tanh", torch.tanh),
        ("relu", torch.relu),
    ):
        primitive(f"unary.{name}", lambda x: function(tensor(x)), {"function": name}, x=line)
        for dtype in (torch.float32, torch.float16, torch.bfloat16):
            x = torch.linspace(-4, 4, 33).to(dtype)
            wide = function(x.double()).to(dtype)
            primitive(f"unary.{name}_{str(dtype)[6:]}", wide, {"function": name}, x=x)
    primitive("unary.relu_int8", np.array([0, 0, 0, 5, 127], np.int8), {"function": "relu"}, x=np.array([-128, -1, 0, 5, 127], np.int8))

    functions = {"add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide, "min": np.minimum, "max": np.maximum}
    for name, function in functions.items():
        shapes = ((2, 1, 4), (3, 1)), ((), (3,)), ((2, 3), (2, 3)), ((0, 3), (1,)), ((5,), (2, 1, 5))
        for i, (a, b) in enumerate(shapes):
            primitive(f"binary.{name}_{i}", function(x := normal(*a), y := normal(*b)), {"function": name}, a=x, b=y)
        for dtype in (np.float32, np.float16):
            x, y = normal(3, 5, dtype=dtype), normal(5, dtype=dtype)
            primitive(f"binary.{name}_{np.dtype(dtype).name}", function(x, y), {"function": name}, a=x, b=y)
        x, y = tensor(normal(3, 5)).bfloat16(), tensor(normal(5)).bfloat16()
        torch_function = {"min": torch.minimum, "max": torch.maximum}.get(name) or getattr(torch, name)
        primitive(f"binary.{name}_bfloat16", torch_function(x, y), {"function": name}, a=x, b=y)
        for kind in ("u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8"):
            dtype = np.dtype(kind)
            info = np.iinfo(dtype)
            # Narrow types wrap around; of 64 bits only what a double holds.
            low, high = (info.min, info.max) if dtype.itemsize < 8 else (max(info.min, -(2**26)), 2**26)
            x, y = integers(low, high, 4, 5, dtype=dtype), integers(low, high, 5, dtype=dtype)
            y[y == 0] = 3
            if dtype == np.uint64 and name == "sub":
                x += np.uint64(2**26)
            value = np.trunc(x.astype(np.float64) / y.astype(np.float64)).astype(np.int64).astype(dtype) if name == "div" else function(x, y)
            if dtype.itemsize == 4 and name == "mul":
                x, y = x % 2**20, y % 2**20
                value = x * y
            primitive(f"binary.{name}_{dtype.name}", value, {"function": name}, a=x, b=y)
    odd = np.array([np.nan, np.inf, -np.inf, 1.0, 0.0])
    for name, function in functions.items():
        with np.errstate(all="ignore"):
            primitive(f"binary.{name}_odd", function(odd[:, None], odd), {"function": name}, a=odd[:, None], b=odd)
    power = {"function": "pow"}
    base = np.abs(normal(3, 4)) + 0.1
    primitive("binary.pow", np.power(base, y := normal(4)), power, a=base, b=y)
    primitive("binary.pow_by_int", np.power(x := normal(3, 4), y := integers(-3, 4, 4)), power, a=x, b=y)
    primitive("binary.pow_of_int", np.array([1, 8, 9, 0], np.int64), power, a=np.array([1, 2, 3, 4]), b=np.array([5, 3, 2, -1]))
    # ONNX: an integer to a real power is truncated.
    primitive("binary.pow_int_by_float", np.array([1, 2, 15], np.int32), power, a=np.array([1, 2, 4], np.int32), b=np.array([3.7, 1.5, 1.97], np.float32))
    primitive("binary.pow_odd", np.array([1.0, 0.0, np.inf, np.nan, 1.0]), power, a=np.array([0.0, 0.0, 0.0, -2.0, np.nan]), b=np.array([0.0, 2.0, -1.0, 0.5, 0.0]))

    condition = integers(0, 2, 2, 1, 4).astype(bool)
    for name, x, y in (
        ("three", normal(3, 1), normal(1, 1, 4)),
        ("scalar", normal(), normal(2, 3, 4)),
        ("int64", integers(-9, 9, 4), integers(-9, 9, 3, 4)),
        ("bool", integers(0, 2, 4).astype(bool), integers(0, 2, 2, 1, 4).astype(bool)),
    ):
        primitive(f"where.{name}", np.where(condition, x, y), condition=condition, x=x, y=y)


def casts():
    names = {"F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16, "BOOL": torch.bool}
    names.update({f"{kind.upper()}{8 * size}": getattr(torch, f"{word}{8 * size}") for kind, word in (("i", "int"), ("u", "uint")) for size in (1, 2, 4, 8)})
    real = np.array([0.0, -0.0, 0.4, 1.0, 1.5, 2.5, 3.999, 100.0, 0.1, 1 / 3, 65504.0, 1e-7, 120.7])
    real_signed = np.concatenate([real[:-3], -real[:10] / 3])
    whole = np.array([0, 1, 2, 3, 100, 127])
    for name, dtype in names.items():
        unsigned = name.startswith("U")
        x = real[:-4] if name in ("I8", "U8") else real[real <= 30000] if name == "I16" else real if unsigned else real_signed
        if name in ("I8", "U8"):
            x = x[x < 128]
        elif name == "I16":
            x = np.concatenate([x, -x])
        primitive(f"cast.F64_{name}", tensor(x).to(dtype), {"to": name}, x=x)
        for other, source in names.items():
            if other != "F64":
                x = tensor(whole).to(source)
                primitive(f"cast.{other}_{name}", x.to(dtype), {"to": name}, x=x)
    wide = np.array([2**40 + 77, -(2**33) - 5, -1, 65535, 300])
    for name in ("I8", "U8", "I16", "U16", "I32", "U32"):
        kind = np.dtype(f"{name[0].lower()}{int(name[1:]) // 8}")
        primitive(f"cast.wrapped_{name}", wide.astype(kind), {"to": name}, x=wide)
    # Above the middle between two halves by less than float32 can tell.
    near = np.array([1 + 2.0**-11 + 2.0**-40, 1 + 2.0**-11, 1 + 3 * 2.0**-11, 1 + 3 * 2.0**-11 - 2.0**-40, 2.0**-25, 2.0**-25 + 2.0**-60, 65519.99999999])
    primitive("cast.once", near.astype(np.float16), {"to": "F16"}, x=near)
    primitive("cast.odd", np.array([True, True, True, False]), {"to": "BOOL"}, x=np.array([np.nan, -np.inf, 1e-300, -0.0]))


def joined():
    functions = {
        "mean": lambda x, axes: x.mean(axis=axes, keepdims=True),
        "sum": lambda x, axes: x.sum(axis=axes, keepdims=True),
        "l2": lambda x, axes: np.sqrt((x * x).sum(axis=axes, keepdims=True)),
    }
    for name, function in functions.items():
        for axes in ((), (0,), (3,), (1, 2), (3, 1), (0, 1, 2, 3)):
            x = normal(2, 3, 4, 5)
            what = "".join(map(str, axes))
            primitive(f"reduce.{name}_{what}", function(x, axes), {"function": name, "axes": axes}, x=x)
        x = normal(2, 3, 4, dtype=np.float32)
        primitive(f"reduce.{name}_float32", function(x.astype(np.float64), (1,)).astype(np.float32), {"function": name, "axes": [1]}, x=x)
        x = integers(-9, 9, 3, 5, dtype=np.int32)
        primitive(f"reduce.{name}_int32", np.trunc(function(x.astype(np.float64), (1,))).astype(np.int32), {"function": name, "axes": [1]}, x=x)
    primitive("reduce.sum_nothing", np.zeros((2, 1)), {"function": "sum", "axes": [1]}, x=np.zeros((2, 0)))
    primitive("reduce.mean_nothing", np.full((2, 1), np.nan), {"function": "mean", "axes": [1]}, x=np.zeros((2, 0)))
    for axis in (0, 1, 2):
        primitive(f"softmax.{axis}", lambda x: torch.softmax(tensor(x), axis), {"axis": axis}, x=normal(3, 4, 5, scale=30))
    primitive("softmax.large", lambda x: torch.softmax(tensor(x), 0), {"axis": 0}, x=np.array([1e4, 1e4 - 1, -1e4, -np.inf]))
    for dtype in (torch.float32, torch.float16, torch.bfloat16):
        x = tensor(normal(3, 7)).to(dtype)
        primitive(f"softmax.{str(dtype)[6:]}", torch.softmax(x.double(), 1).to(dtype), {"axis": 1}, x=x)


def moved():
    for order in ((0, 2, 3, 1), (0, 3, 1, 2), (3, 2, 1, 0), (1, 0, 3, 2)):
        x = integers(-99, 99, 2, 3, 4, 5, dtype=np.int16)
        primitive("permute." + "".join(map(str, order)), x.transpose(order), {"order": order}, x=x)
    for name, shape, x in (("front", (2, 3, 4), normal(4)), ("middle", (2, 3, 4), normal(2, 1, 4)), ("scalar", (3, 2), normal()), ("bool", (2, 3), integers(0, 2, 3).astype(bool))):
        primitive(f"expand.{name}", np.broadcast_to(x, shape), {"shape": shape}, x=x)
    x = integers(-99, 99, 6, 7)
    for name, rows, columns in (
        ("part", slice(1, 5), slice(0, 7, 3)),
        ("backwards", slice(None, None, -1), slice(5, 0, -2)),
        ("nothing", slice(3, 3), slice(0, 2)),
    ):
        bounds = [part.indices(size) for part, size in zip((rows, columns), x.shape)]
        y = x[rows, columns]
        attributes = {"starts": [b[0] for b in bounds], "steps": [b[2] for b in bounds], "shape": y.shape}
        primitive(f"slice.{name}", y, attributes, x=x)
    for mode, numpy_mode in (("constant", "constant"), ("reflect", "reflect"), ("edge", "edge"), ("wrap", "wrap")):
        for name, x, before, after in (
            ("image", normal(2, 3, 4, 5), (0, 0, 1, 2), (0, 0, 2, 1)),
            ("far", normal(3, 4), (7, 0), (8, 9)),
            ("one", normal(1, 2), (2, 1), (3, 0)),
            ("int", integers(-9, 9, 4), (1,), (2,)),
        ):
            options = {"constant_values": 3} if mode == "constant" and name != "int" else {}
            inputs = {"value": np.asarray(3, x.dtype)} if options else {}
            y = np.pad(x, list(zip(before, after)), mode=numpy_mode, **options)
            primitive(f"pad.{mode}_{name}", y, {"mode": mode, "before": before, "after": after}, x=x, **inputs)
    for axis, shapes in ((0, ((2, 3), (1, 3), (0, 3))), (1, ((2, 3), (2, 1))), (2, ((2, 1, 3), (2, 1, 2)))):
        parts = [integers(-99, 99, *shape, dtype=np.int32) for shape in shapes]
        inputs = {f"x{i}": part for i, part in enumerate(parts)}
        primitive(f"concat.{axis}", np.concatenate(parts, axis), {"axis": axis}, **inputs)
    for axis, indices in ((0, np.array([2, 0, -1])), (1, np.array([[0, -4], [3, 1]], np.int32)), (2, np.array(-2))):
        x = normal(3, 4, 5)
        primitive(f"gather.{axis}", np.take(x, indices, axis), {"axis": axis}, x=x, indices=indices)


def products():
    for i, (a, b) in enumerate((((3, 4), (4, 5)), ((2, 3, 4), (4, 5)), ((3, 4), (2, 4, 5)), ((2, 1, 3, 4), (5, 4, 2)), ((3, 0), (0, 2)), ((3, 33), (33, 130)))):
        x, y = normal(*a), normal(*b)
        primitive(f"matmul.{i}", np.matmul(x, y), a=x, b=y)
    x, y = integers(-99, 99, 3, 6, dtype=np.int32), integers(-99, 99, 6, 2, dtype=np.int32)
    primitive("matmul.int32", np.matmul(x, y), a=x, b=y)
    x, y = normal(3, 9, dtype=np.float16), normal(9, 2, dtype=np.float16)
    primitive("matmul.float16", np.matmul(x.astype(np.float64), y.astype(np.float64)).astype(np.float16), a=x, b=y)
    for name, x, weight, bias, strides, dilations, before, after, groups in (
        ("one", (2, 5, 4, 7), (6, 5, 1, 1), True, (1, 1), (1, 1), (0, 0), (0, 0), 1),
        ("one_strided", (1, 3, 5, 4), (2, 3, 1, 1), True, (2, 3), (1, 1), (0, 0), (0, 0), 1),
        ("patch", (2, 3, 9, 14), (5, 3, 4, 4), True, (4, 4), (1, 1), (0, 0), (0, 0), 1),
        ("depthwise", (2, 5, 9, 11), (5, 1, 7, 7), True, (1, 1), (1, 1), (3, 3), (3, 3), 5),
        ("groups", (2, 6, 5, 4), (8, 3, 3, 3), False, (1, 1), (1, 1), (1, 1), (1, 1), 2),
        ("uneven", (1, 3, 7, 9), (4, 3, 3, 2), True, (2, 1), (2, 3), (0, 2), (3, 1), 1),
        ("line", (2, 3, 9), (4, 3, 4), True, (2,), (1,), (1,), (2,), 1),
        ("volume", (1, 4, 3, 4, 5), (6, 2, 2, 3, 3), True, (1, 2, 1), (1, 1, 2), (1, 0, 2), (0, 1, 2), 2),
    ):
        inputs = {"x": tensor(normal(*x)), "weight": tensor(normal(*weight))}
        if bias:
            inputs["bias"] = tensor(normal(weight[0]))
        pads = [pad for pair in reversed(list(zip(before, after))) for pad in pair]
        function = {3: F.conv1d, 4: F.conv2d, 5: F.conv3d}[len(x)]
        y = function(F.pad(inputs["x"], pads), inputs["weight"], inputs.get("bias"), strides, 0, dilations, groups)
        attributes = {"strides": strides, "dilations": dilations, "before": before, "after": after, "groups": groups}
        primitive(f"convolution.{name}", y, attributes, **inputs)


def write(name, tensors, metadata):
    GOLDEN.mkdir(parents=True, exist_ok=True)
    save_file({key: value.contiguous().clone() for key, value in tensors.items()}, GOLDEN / name, metadata)


def main():
    operators()
    losses()
    optimiser()
    scaler()
    drops()
    case("add", lambda a, b: a + b, a=random(2, 3, 5), b=random(2, 3, 5))
    write("ops.safetensors", TENSORS, METADATA)
    elementwise()
    casts()
    joined()
    moved()
    products()
    write("primitives.safetensors", PRIMITIVES, ATTRIBUTES)


if __name__ == "__main__":
    main()
