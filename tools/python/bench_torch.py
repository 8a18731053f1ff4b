"""Runs a ConvNeXt in PyTorch eager as `cryonext bench --peers` asks for it; started by that command:

    python tools/python/bench_torch.py FOLDER infer|train_full|train_stage3|train_head THREADS contiguous|channels_last

FOLDER is what the command has written: network.properties, weights.txt, weights.f32, images.f32, labels.i32. Commands are
lines of standard input, answers lines of standard output that begin with ">": `outputs FILE` writes the logits, or in
training the losses of the first three steps; `measure SECONDS` answers the nanoseconds of each run; `memory` the largest
resident memory in KiB. A step of training is forward, cross entropy, backward and AdamW (learning rate 1e-4, weight decay
0.01) over the parameters that the mode trains.

Needs: torch.
"""

import pathlib
import sys
import time

import torch

from convnext import ConvNeXt, huggingface_name

LEAST_RUNS = 3
COMPARED_STEPS = 3
TRAINED = {
    "train_full": ("",),
    "train_stage3": ("downsample_layers.3.", "stages.3.", "norm.", "head."),
    "train_head": ("head.",),
}


def floats(path):
    return torch.frombuffer(bytearray(path.read_bytes()), dtype=torch.float32)


def load(folder):
    lines = (folder / "network.properties").read_text().splitlines()
    properties = dict(line.split("=", 1) for line in lines)
    version = int(properties["version"])
    depths, dims = ([int(n) for n in properties[key].split(",")] for key in ("depths", "dims"))
    model = ConvNeXt(version, depths, dims, int(properties["classes"]), float(properties["head_epsilon"]))
    values, weights, at = floats(folder / "weights.f32"), {}, 0
    for line in (folder / "weights.txt").read_text().splitlines():
        name, dims = line.split()
        shape = [int(n) for n in dims.split(",")]
        size = torch.Size(shape).numel()
        weights[name] = values[at : at + size].view(shape)
        at += size
    prefix = "convnext." if version == 1 else "convnextv2."
    for name, parameter in model.named_parameters():
        stored = weights.pop(huggingface_name(name, version).removeprefix(prefix))
        parameter.data.copy_(stored.view(parameter.shape))
    if weights:
        raise SystemExit(f"{folder} has parameters that the model lacks: {', '.join(weights)}")
    batch, size = int(properties["batch"]), int(properties["image_size"])
    labels = torch.frombuffer(bytearray((folder / "labels.i32").read_bytes()), dtype=torch.int32).long()
    return model, floats(folder / "images.f32").view(batch, 3, size, size), labels


def make_step(model, images, labels, mode):
    if mode == "infer":
        model.eval()

        def infer():
            with torch.inference_mode():
                return model(images)

        return infer
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(name.startswith(TRAINED[mode]))
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=1e-4, weight_decay=0.01)

    def train():
        optimizer.zero_grad(set_to_none=True)
        loss = torch.nn.functional.cross_entropy(model(images), labels)
        loss.backward()
        optimizer.step()
        return loss.detach()

    return train


def answer(text):
    print(">" + text, flush=True)


def measure(step, seconds):
    times = []
    start = time.perf_counter()
    while len(times) < LEAST_RUNS or time.perf_counter() - start < seconds:
        before = time.perf_counter_ns()
        step()
        times.append(time.perf_counter_ns() - before)
    return times


def peak_kibibytes():
    try:
        lines = pathlib.Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), 0)


def main():
    folder, mode, threads, layout = pathlib.Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4]
    torch.set_num_threads(threads)
    model, images, labels = load(folder)
    memory_format = torch.channels_last if layout == "channels_last" else torch.contiguous_format
    model, images = model.to(memory_format=memory_format), images.to(memory_format=memory_format)
    step = make_step(model, images, labels, mode)
    answer(f"ready PyTorch {torch.__version__} eager" + (", channels last" if layout == "channels_last" else ""))
    for line in sys.stdin:
        command, _, argument = line.strip().partition(" ")
        if command == "outputs":
            results = [step().flatten() for _ in range(1 if mode == "infer" else COMPARED_STEPS)]
            pathlib.Path(argument).write_bytes(torch.cat(results).numpy().tobytes())
            answer("done")
        elif command == "measure":
            answer("times " + " ".join(map(str, measure(step, float(argument)))))
        elif command == "memory":
            answer(f"memory {peak_kibibytes()}")
        else:
            raise SystemExit(f"no command {command}")


if __name__ == "__main__":
    main()
