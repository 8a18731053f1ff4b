"""Times ConvNeXt tiny in PyTorch on an NVIDIA card, and sets what `cryonext doctor --gpu` measured there beside it:

    python tools/python/gpu_torch.py --out DIR [--seconds 240] [--only eager,compile] [--warm]
    python tools/python/gpu_torch.py --out DIR --beside DIR/gpu-report.json

The first form writes DIR/gpu-torch.json, a row for each version (v1, v2), mode (infer, train_full), precision, batch and
way (eager, compile), the most important first, as far as the seconds reach. f16 and bf16 inference has its weights in that
type ("half") and, in eager mode, once more by autocast ("amp"); training in them is by autocast, f16 with a loss scaler.
f32 and tf32 differ in torch.backends.cuda.matmul.allow_tf32 and that of cuDNN. A step of training is forward, cross
entropy, backward and fused AdamW over all parameters. Images lie channels last on the card already; a row is the median of
groups of runs between two events, after a warm-up. With --warm nothing is timed: what torch.compile makes is put into its
cache (TORCHINDUCTOR_CACHE_DIR), which a later call finds there.

The second form writes DIR/gpu-beside-torch.md and prints it. Needs: torch; convnext.py beside this file.
"""

import argparse
import json
import pathlib
import statistics
import time

TINY = (3, 3, 9, 3), (96, 192, 384, 768)
SIZE, CLASSES = 224, 1000
GROUPS = 15
FILE = "gpu-torch.json"


def cases(ways):
    """What is timed, the most important first: what the project is judged by, then the rest of the grid."""
    first = [
        ("eager", "v1", "infer", "f16", 256),
        ("compile", "v1", "infer", "f16", 256),
        ("eager", "v1", "train_full", "f16", 256),
        ("eager", "v2", "infer", "f16", 256),
        ("eager", "v1", "infer", "f16", 1),
        ("eager", "v1", "infer", "f16", 96),
        ("eager", "v1", "train_full", "f16", 96),
        ("eager", "v1", "infer", "bf16", 256),
        ("eager", "v1", "infer", "tf32", 256),
        ("eager", "v1", "infer", "f32", 256),
        ("eager", "v2", "train_full", "f16", 96),
        ("compile", "v2", "infer", "f16", 256),
        ("eager", "v1", "train_full", "bf16", 256),
        ("eager", "v1", "train_full", "tf32", 96),
    ]
    rest = [
        (way, version, mode, precision, batch)
        for way in ("eager", "compile")
        for mode in ("infer", "train_full")
        for precision in ("f16", "tf32", "bf16", "f32")
        for version in ("v1", "v2")
        for batch in (256, 1, 96)
        if way == "eager" or precision == "f16"
    ]
    every = first + [case for case in rest if case not in first]
    return [case for case in every if case[0] in ways]


def make_step(torch, version, mode, precision, batch, way, amp):
    from convnext import ConvNeXt, randomise

    tf32 = precision == "tf32"
    torch.backends.cuda.matmul.allow_tf32 = tf32
    torch.backends.cudnn.allow_tf32 = tf32
    torch.backends.cudnn.benchmark = True
    dtype = {"f16": torch.float16, "bf16": torch.bfloat16}.get(precision, torch.float32)
    model = randomise(ConvNeXt(int(version[1]), *TINY, CLASSES), 1)
    model = model.to("cuda", memory_format=torch.channels_last)
    images = torch.randn(batch, 3, SIZE, SIZE, device="cuda").to(memory_format=torch.channels_last)
    half = dtype != torch.float32
    context = torch.autocast("cuda", dtype=dtype, enabled=half and amp)
    if mode == "infer":
        model.eval()
        if half and not amp:
            model, images = model.to(dtype), images.to(dtype)
        run = compiled(torch, model, batch) if way == "compile" else model

        def infer():
            with torch.inference_mode(), context:
                return run(images)

        return infer
    run = compiled(torch, model, batch) if way == "compile" else model
    labels = torch.randint(CLASSES, (batch,), device="cuda")
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4, weight_decay=0.01, fused=True)
    scaler = torch.amp.GradScaler("cuda", enabled=dtype == torch.float16)

    def train():
        optimizer.zero_grad(set_to_none=True)
        with context:
            loss = torch.nn.functional.cross_entropy(run(images), labels)
        scaler.scale(loss).backward()
        scaler.step(optimizer)
        scaler.update()
        return loss.detach()

    return train


def compiled(torch, model, batch):
    # A batch of one is bound by launches, which CUDA graphs take away.
    return torch.compile(model, mode="reduce-overhead" if batch == 1 else None)


def timed(torch, step, seconds):
    """Milliseconds of a run, the median over groups, and the number of runs."""
    for _ in range(3):
        step()
    torch.cuda.synchronize()
    start = time.perf_counter()
    step()
    torch.cuda.synchronize()
    once = time.perf_counter() - start
    runs = max(1, int(seconds / GROUPS / once))
    times = []
    for _ in range(GROUPS if once * GROUPS < 4 * seconds else 3):
        begin, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        begin.record()
        for _ in range(runs):
            step()
        end.record()
        end.synchronize()
        times.append(begin.elapsed_time(end) / runs)
    return statistics.median(times), runs * len(times)


def forms(way, mode, precision):
    """Whether by autocast; inference in eager mode both ways, since either may be the faster."""
    if precision in ("f32", "tf32"):
        return (False,)
    if mode != "infer":
        return (True,)
    return (False, True) if way == "eager" else (False,)


def measure(arguments):
    import torch

    deadline = time.monotonic() + arguments.seconds
    rows, failures = [], []
    result = {
        "torch": torch.__version__,
        "cuda": torch.version.cuda,
        "cudnn": torch.backends.cudnn.version(),
        "device": torch.cuda.get_device_name(),
        "rows": rows,
        "failed": failures,
    }
    file = arguments.out / FILE
    for way, version, mode, precision, batch in cases(arguments.only.split(",")):
        if time.monotonic() > deadline:
            break
        for amp in forms(way, mode, precision):
            name = f"{way} {version} {mode} {precision}{' amp' if amp else ''} batch {batch}"
            start = time.monotonic()
            try:
                step = make_step(torch, version, mode, precision, batch, way, amp)
                if arguments.warm:
                    step()
                    torch.cuda.synchronize()
                    print(f"{name}: compiled in {time.monotonic() - start:.1f} s", flush=True)
                    continue
                milliseconds, runs = timed(torch, step, arguments.each)
            except Exception as e:  # One that does not fit or compile must not end the others.
                failures.append({"name": name, "error": f"{type(e).__name__}: {e}"[:500]})
                print(f"{name}: {failures[-1]['error'][:200]}", flush=True)
                continue
            finally:
                step = None
                torch._dynamo.reset()
                torch.cuda.empty_cache()
            rows.append(
                {
                    "way": way,
                    "amp": amp,
                    "version": version,
                    "mode": mode,
                    "precision": precision,
                    "batch": batch,
                    "milliseconds": milliseconds,
                    "images_per_second": 1e3 * batch / milliseconds,
                    "runs": runs,
                    "seconds_in_all": time.monotonic() - start,
                }
            )
            print(f"{name}: {milliseconds:.3f} ms, {1e3 * batch / milliseconds:.0f} images/s", flush=True)
            file.write_text(json.dumps(result, indent=1))
    if not arguments.warm:
        file.write_text(json.dumps(result, indent=1))


def best(rows, way, key):
    """The fastest of PyTorch's forms for the same work, images a second; None where it was not measured."""
    speeds = [r["images_per_second"] for r in rows if r["way"] == way and row_key(r) == key]
    return max(speeds, default=None)


def row_key(row):
    return row["version"], row["mode"], row["precision"], row["batch"]


def beside(arguments):
    ours = json.loads(arguments.beside.read_text())
    file = arguments.out / FILE
    torch = json.loads(file.read_text()) if file.exists() else {"torch": "not run", "device": "", "rows": []}
    mine = {row_key(r): r["images_per_second"] for r in ours.get("models", []) if "images_per_second" in r}
    keys = list(mine) + [row_key(r) for r in torch["rows"] if row_key(r) not in mine]
    lines = [
        f"CryoNeXt beside PyTorch {torch['torch']} on {torch['device']}, ConvNeXt tiny at 224, images a second.",
        "",
        "| model | mode | precision | batch | CryoNeXt | eager | compile | times eager | times compile |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for key in dict.fromkeys(keys):
        eager, compile_ = best(torch["rows"], "eager", key), best(torch["rows"], "compile", key)
        cells = [f"{v:.0f}" if v else "" for v in (mine.get(key), eager, compile_)]
        ratios = [f"{mine[key] / v:.2f}" if v and key in mine else "" for v in (eager, compile_)]
        lines.append("| " + " | ".join([*map(str, key), *cells, *ratios]) + " |")
    text = "\n".join(lines) + "\n"
    (arguments.out / "gpu-beside-torch.md").write_text(text)
    print(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--seconds", type=float, default=240)
    parser.add_argument("--each", type=float, default=0.6, help="seconds of measuring a row")
    parser.add_argument("--only", default="eager,compile")
    parser.add_argument("--warm", action="store_true")
    parser.add_argument("--beside", type=pathlib.Path)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    if arguments.beside:
        beside(arguments)
    else:
        measure(arguments)


if __name__ == "__main__":
    main()
