"""safetensors files with the same bytes at every run: the library orders the tensors, but not the metadata."""

import json
import pathlib
import struct

from safetensors.torch import save


def save_file(tensors, path, metadata=None):
    """As safetensors.torch.save_file, with the metadata in alphabetical order."""
    data = save(tensors, metadata)
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    if "__metadata__" in header:
        header["__metadata__"] = dict(sorted(header["__metadata__"].items()))
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    pathlib.Path(path).write_bytes(struct.pack("<Q", len(text)) + text + data[8 + length :])
