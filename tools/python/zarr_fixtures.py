"""Makes the OME-Zarr images that the tests of cryoet read:

    python tools/python/zarr_fixtures.py             (from the repository's root; takes seconds)

cryoet/src/test/resources/org/cryonext/cryoet/zarr/NAME.zarr   an image of 13 x 10 x 9 voxels (x, y, z) each: of Zarr 2 and 3,
    of every element type, codec, byte order and layout that is read, written by tensorstore

The value of a voxel follows from its place (`values`), and OmeZarrVolumeTest knows how.

Needs: numpy, tensorstore.
"""

import json
import pathlib
import shutil

import numpy
import tensorstore

ROOT = pathlib.Path(__file__).resolve().parents[2]
IMAGES = ROOT / "cryoet/src/test/resources/org/cryonext/cryoet/zarr"
SIZE = dict(x=13, y=10, z=9, t=1, c=1)


def values(dtype, axes):
    """Ramps that any type can hold; for "noise" in place of a type numbers of 16 bits that nothing can compress."""
    x, y, z = numpy.meshgrid(*(numpy.arange(SIZE[a], dtype=numpy.uint64) for a in "xyz"), indexing="ij")
    if dtype == "noise":
        ramp = (x * 73856093 ^ y * 19349663 ^ z * 83492791) * 2654435761 >> 12 & 0xFFFF
    else:
        ramp = x + 5 * y + 8 * z
    kind = numpy.dtype("u2" if dtype == "noise" else dtype)
    ramp = ramp.astype(kind) / kind.type(2) if kind.kind == "f" else ramp.astype("i4") - (70 if kind.kind == "i" else 0)
    space = ["xyz".index(a) for a in axes if a in "xyz"]
    return ramp.astype(kind).transpose(space).reshape([SIZE[a] for a in axes])


def write(name, array, v3, dtype, chunks, axes="zyx", unit="nanometer", scale=1.0, path="0", hole=False, **metadata):
    folder = IMAGES / f"{name}.zarr"
    shutil.rmtree(folder, ignore_errors=True)
    data = values(dtype, axes)
    if hole:
        # The last chunk holds nothing but the fill value, so no file is written for it.
        data[tuple(slice((n - 1) // c * c, None) for n, c in zip(data.shape, chunks))] = 0
    spec = {
        "driver": "zarr3" if v3 else "zarr",
        "kvstore": {"driver": "file", "path": str(folder / path) + "/"},
        "metadata": {"shape": data.shape, **array, **metadata},
    }
    tensorstore.open(spec, create=True, dtype=None).result()[...] = data
    kinds = {"t": "time", "c": "channel"}
    described = [{"name": a, "type": kinds[a]} if a in kinds else {"name": a, "type": "space", "unit": unit} for a in axes]
    if unit is None:
        described = [{k: v for k, v in axis.items() if k != "unit"} for axis in described]
    scales = [scale if a in "xyz" else 1.0 for a in axes]
    multiscales = [
        {
            "name": name,
            "axes": described,
            "datasets": [{"path": path, "coordinateTransformations": [{"type": "scale", "scale": scales}]}],
        }
    ]
    if v3:
        group = {
            "zarr_format": 3,
            "node_type": "group",
            "attributes": {"ome": {"version": "0.5", "multiscales": multiscales}},
        }
        (folder / "zarr.json").write_text(json.dumps(group, indent=1))
    else:
        multiscales[0]["version"] = "0.4"
        (folder / ".zgroup").write_text(json.dumps({"zarr_format": 2}))
        (folder / ".zattrs").write_text(json.dumps({"multiscales": multiscales}, indent=1))


def v2(name, dtype, chunks=(6, 10, 8), order="<", compressor=None, separator=".", **rest):
    kind = numpy.dtype("u2" if dtype == "noise" else dtype)
    array = {
        "chunks": chunks,
        "dtype": kind.newbyteorder(order).str,
        "compressor": compressor,
        "dimension_separator": separator,
        "fill_value": 0,
    }
    write(name, array, False, dtype, chunks, **rest)


def v3(name, dtype, codecs, chunks=(6, 10, 8), separator="/", encoding="default", **rest):
    array = {
        "data_type": numpy.dtype(dtype).name,
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": chunks}},
        "chunk_key_encoding": {"name": encoding, "configuration": {"separator": separator}},
        "codecs": codecs,
        "fill_value": 0,
    }
    write(name, array, True, dtype, chunks, **rest)


def codec(name, **configuration):
    return {"name": name, "configuration": configuration}


def blosc2(cname, shuffle, blocksize=0, clevel=5):
    return {"id": "blosc", "cname": cname, "clevel": clevel, "shuffle": shuffle, "blocksize": blocksize}


def main():
    little, big = codec("bytes", endian="little"), codec("bytes", endian="big")
    v2("v2-plain", "f4", chunks=(4, 5, 7), scale=1.0012)
    v2("v2-hole", "f4", chunks=(4, 5, 7), hole=True, unit="angstrom", scale=13.48)
    v2("v2-zlib", "u2", chunks=(1, 1, 6, 10, 8), order=">", compressor={"id": "zlib", "level": 9}, separator="/",
       axes="tczyx", unit="micrometer", scale=0.001)
    v2("v2-gzip", "i1", compressor={"id": "gzip", "level": 9}, axes="xyz", unit="picometer", scale=1000)
    v2("v2-zstd", "i2", compressor={"id": "zstd", "level": 3}, path="full/0", unit=None)
    v2("v2-blosc-lz4", "f4", chunks=(33, 32, 32), compressor=blosc2("lz4", 1, clevel=1))
    v2("v2-blosc-zstd", "u2", compressor=blosc2("zstd", 2))
    v2("v2-blosc-zlib", "u1", compressor=blosc2("zlib", 0))
    v2("v2-blosc-bits", "f4", compressor=blosc2("lz4hc", 2, 256))
    v2("v2-blosc-few-bits", "i2", chunks=(4, 5, 7), compressor=blosc2("lz4", 2))
    v2("v2-blosc-noise", "noise", compressor=blosc2("lz4", 1))
    v3("v3-plain", "f4", [big], chunks=(1, 6, 5, 8), axes="czyx")
    v3("v3-half", "f2", [little, codec("gzip", level=9)], separator=".")
    v3("v3-zstd", "i2", [big, codec("zstd", level=3), {"name": "crc32c"}], encoding="v2", separator=".")
    v3("v3-blosc", "f4", [little, codec("blosc", cname="zstd", clevel=5, shuffle="bitshuffle", typesize=4, blocksize=0)])
    index = [little, {"name": "crc32c"}]
    inner = [little, codec("zstd", level=3)]
    v3("v3-shards", "f4", [codec("sharding_indexed", chunk_shape=(4, 5, 4), codecs=inner, index_codecs=index)],
       chunks=(8, 10, 8), hole=True)
    v3("v3-shards-start", "u1",
       [codec("sharding_indexed", chunk_shape=(4, 5, 4), codecs=[codec("bytes")], index_codecs=[little], index_location="start")],
       chunks=(8, 10, 16))
    total = sum(file.stat().st_size for file in IMAGES.rglob("*") if file.is_file())
    print(f"{len(list(IMAGES.glob('*.zarr')))} images, {total} bytes")


if __name__ == "__main__":
    main()
