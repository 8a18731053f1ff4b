"""Golden values of every engine op, forward and backward, from PyTorch in float64:

    python tools/python/op_goldens.py       (from the repository's root; writes
                                             engine/src/test/resources/golden/ops.safetensors)

Names: CASE.<input> (values that float32 holds exactly), CASE.output, CASE.grad_output (what flows back into the output)
and CASE.grad.<input>; all F64, labels I64. Metadata: CASE.<attribute>. Optimiser cases have names of their own.

Layouts are the engine's, not PyTorch's: images [N, H, W, C]; Linear weight [out, in]; depthwise weight [k, k, C]; patch
convolution weight [Cout, k, k, Cin]; GRN gamma and beta [C].

Needs: torch, safetensors.
"""

import pathlib

import torch
from safetensors.torch import save_file
from torch.nn import functional as F

OUT = pathlib.Path(__file__).resolve().parents[2] / "engine/src/test/resources/golden/ops.safetensors"
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


def main():
    operators()
    losses()
    optimiser()
    OUT.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: value.contiguous().clone() for name, value in TENSORS.items()}, OUT, METADATA)


if __name__ == "__main__":
    main()
