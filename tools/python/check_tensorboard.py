"""Holds what TensorBoard shows of a run against the run's own metrics:

    python tools/python/check_tensorboard.py RUN

RUN is a folder of `cryonext train --tensorboard`, complete or under way, resumed or not. Every figure of metrics.jsonl must
be there once, at its step (those of an epoch at its last), and nothing else. Exits with 1 if one is not.

Needs: tensorboard.
"""

import json
import math
import pathlib
import struct
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

TAGS = {
    "loss": "loss/step",
    "lr_head": "learning_rate/head",
    "lr_backbone": "learning_rate/backbone",
    "images_per_second": "speed/images_per_second",
    "train_loss": "loss/train",
    "val_loss": "loss/validation",
    "train_accuracy": "accuracy/train",
    "val_accuracy": "accuracy/validation",
    "seconds": "speed/seconds_per_epoch",
}


def rounded(value):
    """As a float of 32 bits, which is what an event holds."""
    return struct.unpack("<f", struct.pack("<f", value))[0]


def main():
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    run = pathlib.Path(sys.argv[1])
    expected = {}
    step = None
    for line in (run / "metrics.jsonl").read_text().splitlines():
        values = json.loads(line)
        step = values.get("step", step)
        for key, tag in TAGS.items():
            if values.get(key) is not None and not math.isnan(values[key]):
                expected.setdefault(tag, []).append((step, rounded(values[key])))
    # Size 0 keeps all of them; the default is a sample.
    shown = EventAccumulator(str(run / "tensorboard"), size_guidance={"scalars": 0, "tensors": 0}).Reload()
    tags = shown.Tags()
    found = {tag: [(event.step, event.value) for event in shown.Scalars(tag)] for tag in tags["scalars"]}
    for tag in tags["tensors"]:
        found[tag] = [(event.step, event.tensor_proto.float_val[0]) for event in shown.Tensors(tag)]
    files = len(list((run / "tensorboard").iterdir()))
    if found != expected:
        for tag in sorted(expected.keys() | found.keys()):
            if found.get(tag) != expected.get(tag):
                print(f"{tag}: {len(found.get(tag, []))} values, {len(expected.get(tag, []))} in metrics.jsonl, not the same")
        raise SystemExit(1)
    print(f"{sum(map(len, found.values()))} values of {len(found)} tags in {files} files, as in metrics.jsonl")


if __name__ == "__main__":
    main()
