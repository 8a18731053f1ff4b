package org.cryonext.cryoet.zarr;

import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.cryonext.engine.io.InputException;

/**
 * What an array is, and how its chunks are stored. Elements lie in C order: the last axis is the fastest.
 *
 * @param file where this stands, for messages
 * @param shape elements along each axis
 * @param chunk those of a chunk
 * @param type of an element
 * @param order of its bytes
 * @param fill what the elements of a chunk are that is not there
 * @param codecs what was done to the bytes of a chunk
 * @param keys how the files are named: those of the chunks, or of the shards
 * @param shards null where each chunk has a file of its own
 */
record ArrayMetadata(
        Path file,
        List<Integer> shape,
        List<Integer> chunk,
        ElementType type,
        ByteOrder order,
        float fill,
        Codecs codecs,
        ChunkKeys keys,
        Shards shards) {
    /** A chunk is unpacked as a whole, so this much is held beside the cache. */
    private static final long LARGEST_CHUNK =
            Math.min(1L << 30, Runtime.getRuntime().maxMemory() / 8);

    /** Chunks of a shard: the index of more would be no small thing to read. */
    private static final long MOST_IN_SHARD = 1 << 20;

    /** @throws InputException where the sizes do not fit together, or are more than can be held */
    ArrayMetadata {
        shape = List.copyOf(shape);
        chunk = List.copyOf(chunk);
        requireAxes(file, shape, chunk, "a chunk");
        requireBytes(file, chunk, type);
        try {
            product(shape);
        } catch (ArithmeticException e) {
            throw new InputException(
                    file + ": an array of " + text(shape) + " is more than any file can hold; the file is damaged", e);
        }
        if (shards != null) {
            requireShards(file, shape, chunk, shards);
        }
    }

    private static void requireBytes(Path file, List<Integer> chunk, ElementType type) {
        long bytes;
        try {
            bytes = Math.multiplyExact(product(chunk), (long) type.bytes());
        } catch (ArithmeticException e) {
            bytes = Long.MAX_VALUE;
        }
        if (bytes > LARGEST_CHUNK) {
            throw new InputException(file + ": a chunk of " + text(chunk) + " elements of " + type.bytes()
                    + " bytes is more than the " + (LARGEST_CHUNK >> 20)
                    + " MiB that are unpacked at once; write the volume"
                    + " again in chunks of 64 to 128 voxels an axis");
        }
    }

    private static void requireShards(Path file, List<Integer> shape, List<Integer> chunk, Shards shards) {
        requireAxes(file, shape, shards.shape(), "a shard");
        long count = 1;
        for (int i = 0; i < chunk.size(); i++) {
            int own = shards.shape().get(i);
            if (own % chunk.get(i) != 0) {
                throw new InputException(file + ": a shard of " + text(shards.shape())
                        + " is no whole number of chunks of " + text(chunk) + "; the file is damaged");
            }
            count *= own / chunk.get(i);
            if (count > MOST_IN_SHARD) {
                throw new InputException(file + ": a shard of " + text(shards.shape()) + " has more than "
                        + MOST_IN_SHARD + " chunks of " + text(chunk) + "; write the volume again in larger chunks");
            }
        }
    }

    private static void requireAxes(Path file, List<Integer> shape, List<Integer> part, String what) {
        if (part.size() != shape.size()) {
            throw new InputException(file + ": the array has " + shape.size() + " axes and " + what + " " + part.size()
                    + ", as many were expected; the file is damaged");
        }
    }

    /** Reads the metadata in an array's folder, of Zarr 3 or 2. */
    static ArrayMetadata read(Path folder) {
        Path v3 = folder.resolve(ZarrFiles.V3);
        Path v2 = folder.resolve(ZarrFiles.V2_ARRAY);
        if (Files.isRegularFile(v3)) {
            return Zarr3.array(v3);
        }
        if (Files.isRegularFile(v2)) {
            return Zarr2.array(v2);
        }
        throw new InputException(folder + ": neither " + ZarrFiles.V2_ARRAY + " nor " + ZarrFiles.V3
                + " is in it, one of which every Zarr array has; copy or download the volume again");
    }

    /** Bytes of a chunk that is unpacked. */
    int chunkBytes() {
        return Math.toIntExact(product(chunk) * type.bytes());
    }

    /** How many chunks there are along an axis. */
    int chunks(int axis) {
        return Math.ceilDiv(shape.get(axis), chunk.get(axis));
    }

    private static long product(List<Integer> sizes) {
        long product = 1;
        for (int size : sizes) {
            product = Math.multiplyExact(product, (long) size);
        }
        return product;
    }

    static String text(List<Integer> sizes) {
        return String.join(" x ", sizes.stream().map(String::valueOf).toList());
    }
}
