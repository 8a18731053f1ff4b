"""Times ConvNeXt tiny in CryoNeXt and in PyTorch eager on this machine, in turn:

    python tools/python/speed_beside_torch.py [--threads 2] [--rounds 3] [--seconds 8] [--batch 1,3,32] [--json FILE]

Each cell is measured in rounds, ours and PyTorch's alternating, so that a machine that changes its speed meets both; the
table shows the median over the rounds of each side's median, and their ratio. PyTorch runs timm's models with random
weights, float32, the faster of contiguous and channels_last for inference; a training step is forward, cross entropy,
backward and AdamW over all parameters.

Needs: torch, timm; a built ./cryonext.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import tempfile
import time

import timm
import torch

ROOT = pathlib.Path(__file__).resolve().parents[2]
MODELS = {"v1": "convnext_tiny", "v2": "convnextv2_tiny"}


def ours(variant, mode, batch, threads, seconds):
    with tempfile.TemporaryDirectory() as folder:
        rows = pathlib.Path(folder) / "rows.json"
        command = [ROOT / "cryonext", "bench", "models" if mode == "infer" else "train", "--variant", variant, "--batch", str(batch)]
        command += [] if mode == "infer" else ["--mode", mode]
        command += ["--threads", str(threads), "--seconds", str(seconds), "--json", rows]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return json.loads(rows.read_text())["rows"][0]["ours"]


def timed(step, batch, seconds):
    start = time.perf_counter()
    while time.perf_counter() - start < seconds / 3:
        step()
    speeds = []
    start = time.perf_counter()
    while len(speeds) < 5 or time.perf_counter() - start < seconds:
        before = time.perf_counter()
        step()
        speeds.append(batch / (time.perf_counter() - before))
    return statistics.median(speeds)


def theirs(variant, mode, batch, seconds):
    torch.manual_seed(1)
    results = []
    for layout in (torch.contiguous_format, torch.channels_last):
        model = timm.create_model(MODELS[variant], num_classes=1000).to(memory_format=layout)
        x = torch.randn(batch, 3, 224, 224).to(memory_format=layout)
        if mode == "infer":
            model.eval()
            with torch.inference_mode():
                results.append(timed(lambda: model(x), batch, seconds / 2))
        else:
            labels = torch.zeros(batch, dtype=torch.long)
            optimizer = torch.optim.AdamW(model.parameters(), lr=1e-6)

            def step():
                optimizer.zero_grad(set_to_none=True)
                torch.nn.functional.cross_entropy(model(x), labels).backward()
                optimizer.step()

            results.append(timed(step, batch, seconds / 2))
    return max(results)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--batch", default="1,3,32")
    parser.add_argument("--variant", default="v1,v2")
    parser.add_argument("--json", type=pathlib.Path)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    cells = [("infer", int(b)) for b in arguments.batch.split(",")] + [("train_full", 32)]
    rows = []
    print(f"PyTorch {torch.__version__}, {arguments.threads} threads, images/s", flush=True)
    print("| model | mode | batch | CryoNeXt | PyTorch | ratio |\n|---|---|---|---|---|---|", flush=True)
    for variant in arguments.variant.split(","):
        for mode, batch in cells:
            pairs = [
                (ours(variant, mode, batch, arguments.threads, arguments.seconds), theirs(variant, mode, batch, arguments.seconds))
                for _ in range(arguments.rounds)
            ]
            mine, torchs = (statistics.median(side) for side in zip(*pairs))
            ratios = sorted(a / b for a, b in pairs)
            rows.append(dict(model=MODELS[variant], mode=mode, batch=batch, ours=mine, torch=torchs, ratios=ratios))
            spread = f"{statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})"
            print(f"| {MODELS[variant]} | {mode} | {batch} | {mine:.1f} | {torchs:.1f} | {spread} |", flush=True)
    if arguments.json:
        arguments.json.write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
