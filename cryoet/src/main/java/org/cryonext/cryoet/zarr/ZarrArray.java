package org.cryonext.cryoet.zarr;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.InputFile;

/**
 * An array of any number of axes on the disk. Opening reads its metadata; chunks are unpacked where they are read, and kept
 * as long as the cache has room. Reading is safe from several threads, one after another.
 */
public final class ZarrArray {
    /** Stands in the cache for a chunk that is not there. */
    private static final byte[] MISSING = {};

    private final Path folder;
    private final ArrayMetadata metadata;
    private final int axes;
    private final long layer;
    private final ChunkCache cache;

    private ZarrArray(Path folder, ArrayMetadata metadata, long layer, long kept) {
        this.folder = folder;
        this.metadata = metadata;
        this.layer = layer;
        axes = metadata.shape().size();
        cache = new ChunkCache(kept);
    }

    /**
     * Opens the array in a folder.
     *
     * @param folder where {@code .zarray} or {@code zarr.json} is
     * @param slow the axis that readers go along in steps of 1: what a slice across it needs is kept, if it can be
     * @param least bytes that the cache may take in any case
     * @param most bytes that it takes at most
     * @throws InputException where it is no array, or one that cannot be read
     */
    static ZarrArray open(Path folder, int slow, long least, long most) {
        ArrayMetadata metadata = ArrayMetadata.read(folder);
        requireSomeChunk(folder, metadata);
        long layer = layerBytes(metadata, slow);
        return new ZarrArray(folder, metadata, layer, Math.min(Math.max(least, layer), most));
    }

    /** An array without chunks is all fill value: no tomogram is, but a copy that was broken off. */
    private static void requireSomeChunk(Path folder, ArrayMetadata metadata) {
        try (Stream<Path> entries = Files.list(folder)) {
            if (entries.noneMatch(entry -> isChunkOrFolder(entry.getFileName().toString()))) {
                throw new InputException(folder + ": no chunk is in it, so that every voxel would be " + metadata.fill()
                        + "; copy or download the volume again");
            }
        } catch (IOException e) {
            throw InputFile.unreadable(folder, "a Zarr array", e);
        }
    }

    private static boolean isChunkOrFolder(String name) {
        return name.startsWith("c") || !name.isEmpty() && Character.isDigit(name.charAt(0));
    }

    /** Bytes of the chunks that a slice across an axis needs. */
    private static long layerBytes(ArrayMetadata metadata, int slow) {
        double bytes = metadata.chunkBytes();
        for (int i = 0; i < metadata.shape().size(); i++) {
            bytes *= i == slow ? 1 : metadata.chunks(i);
        }
        return (long) bytes;
    }

    /** Bytes of the chunks that a slice across the slow axis needs. */
    long layerBytes() {
        return layer;
    }

    /** Elements along each axis. */
    public List<Integer> shape() {
        return metadata.shape();
    }

    /** Whether the elements are floating-point numbers, which need not be finite. */
    public boolean floating() {
        return metadata.type().floating();
    }

    /** Bytes of unpacked chunks that are kept now. */
    synchronized long keptBytes() {
        return cache.bytes();
    }

    /**
     * Reads a box.
     *
     * @param from its first element along each axis
     * @param count its elements along each axis
     * @param steps how far apart neighbours along each axis lie in {@code out}
     * @param out receives them
     * @param at where its first element goes
     * @throws InputException where a chunk is damaged
     */
    public synchronized void read(int[] from, int[] count, int[] steps, float[] out, int at) {
        int[] first = new int[axes];
        int[] end = new int[axes];
        for (int i = 0; i < axes; i++) {
            int size = metadata.chunk().get(i);
            first[i] = from[i] / size;
            end[i] = (from[i] + count[i] - 1) / size + 1;
        }
        int[] index = first.clone();
        do {
            readPart(index, from, count, steps, out, at);
        } while (next(index, first, end, axes));
    }

    /** Reads what a chunk has of a box. */
    private void readPart(int[] index, int[] from, int[] count, int[] steps, float[] out, int at) {
        byte[] chunk = chunk(index);
        MemorySegment elements = MemorySegment.ofArray(chunk);
        int[] begin = new int[axes];
        int[] end = new int[axes];
        for (int i = 0; i < axes; i++) {
            long corner = (long) index[i] * metadata.chunk().get(i);
            begin[i] = (int) Math.max(from[i], corner);
            end[i] =
                    (int) Math.min(from[i] + count[i], corner + metadata.chunk().get(i));
        }
        int width = end[axes - 1] - begin[axes - 1];
        int step = steps[axes - 1];
        int[] place = begin.clone();
        do {
            long element = 0;
            int to = at;
            for (int i = 0; i < axes; i++) {
                int size = metadata.chunk().get(i);
                element = element * size + place[i] % size;
                to += (place[i] - from[i]) * steps[i];
            }
            if (chunk == MISSING) {
                for (int i = 0; i < width; i++) {
                    out[to + i * step] = metadata.fill();
                }
            } else {
                metadata.type()
                        .copy(elements, element * metadata.type().bytes(), width, metadata.order(), out, to, step);
            }
        } while (next(place, begin, end, axes - 1));
    }

    /** Goes to the next place of a box, the last of so many axes first; false after the last place. */
    private static boolean next(int[] place, int[] first, int[] end, int axes) {
        for (int i = axes - 1; i >= 0; i--) {
            if (++place[i] < end[i]) {
                return true;
            }
            place[i] = first[i];
        }
        return false;
    }

    /** The chunk's bytes, unpacked, or {@link #MISSING}. */
    private byte[] chunk(int[] index) {
        long number = 0;
        for (int i = 0; i < axes; i++) {
            number = number * metadata.chunks(i) + index[i];
        }
        byte[] kept = cache.get(number);
        if (kept != null) {
            return kept;
        }
        byte[] chunk = metadata.shards() == null
                ? readFile(folder.resolve(metadata.keys().of(index)))
                : readFromShard(index, metadata.shards());
        cache.put(number, chunk);
        return chunk;
    }

    private byte[] readFile(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return unpacked(file, channel, 0, channel.size());
        } catch (NoSuchFileException e) {
            return MISSING;
        } catch (IOException e) {
            throw InputFile.unreadable(file, "a chunk of a Zarr array", e);
        }
    }

    private byte[] unpacked(Path file, FileChannel channel, long from, long bytes) throws IOException {
        Codecs codecs = metadata.codecs();
        int size = metadata.chunkBytes();
        long most = codecs.encodedBytes(size);
        if (bytes > most || codecs.plain() && bytes < most) {
            throw damaged(
                    file,
                    "it has " + bytes + " bytes, " + (codecs.plain() ? most : "at most " + most) + " were expected");
        }
        return decoded(file, codecs, bytes(file, channel, from, (int) bytes), size);
    }

    private static byte[] bytes(Path file, FileChannel channel, long from, int count) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(count);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, from + buffer.position()) < 0) {
                throw damaged(file, "it ends early");
            }
        }
        return buffer.array();
    }

    private static byte[] decoded(Path file, Codecs codecs, byte[] encoded, int size) {
        try {
            return codecs.decode(encoded, size);
        } catch (DamagedException e) {
            throw new InputException(damaged(file, e.getMessage()).getMessage(), e);
        }
    }

    private static InputException damaged(Path file, String what) {
        return new InputException(
                file + ": this chunk of the volume is damaged: " + what + "; copy or download it again");
    }

    private byte[] readFromShard(int[] index, Shards shards) {
        int[] shard = new int[axes];
        long inner = 0;
        long all = 1;
        for (int i = 0; i < axes; i++) {
            int count = shards.shape().get(i) / metadata.chunk().get(i);
            shard[i] = index[i] / count;
            inner = inner * count + index[i] % count;
            all *= count;
        }
        Path file = folder.resolve(metadata.keys().of(shard));
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer entries = ByteBuffer.wrap(index(file, channel, shard, (int) all, shards))
                    .order(ByteOrder.LITTLE_ENDIAN);
            long from = entries.getLong((int) inner * Shards.ENTRY);
            long bytes = entries.getLong((int) inner * Shards.ENTRY + Long.BYTES);
            if (from == -1 && bytes == -1) {
                return MISSING;
            }
            if (from < 0 || bytes < 0 || bytes > channel.size() || from > channel.size() - bytes) {
                throw damaged(
                        file,
                        "its index says that a chunk of " + Long.toUnsignedString(bytes) + " bytes stands at "
                                + Long.toUnsignedString(from) + " of its " + channel.size());
            }
            return unpacked(file, channel, from, bytes);
        } catch (NoSuchFileException e) {
            return MISSING;
        } catch (IOException e) {
            throw InputFile.unreadable(file, "a shard of a Zarr array", e);
        }
    }

    /** Where the chunks of a shard are; kept as chunks are, under numbers below 0. */
    private byte[] index(Path file, FileChannel channel, int[] shard, int chunks, Shards shards) throws IOException {
        long number = 0;
        for (int i = 0; i < axes; i++) {
            number = number
                            * Math.ceilDiv(
                                    metadata.shape().get(i), shards.shape().get(i))
                    + shard[i];
        }
        byte[] kept = cache.get(-1 - number);
        if (kept != null) {
            return kept;
        }
        int size = chunks * Shards.ENTRY;
        long bytes = shards.index().encodedBytes(size);
        if (channel.size() < bytes) {
            throw damaged(file, "it has " + channel.size() + " bytes, its index alone has " + bytes);
        }
        byte[] encoded = bytes(file, channel, shards.last() ? channel.size() - bytes : 0, (int) bytes);
        byte[] index = decoded(file, shards.index(), encoded, size);
        cache.put(-1 - number, index);
        return index;
    }

    /** Forgets all chunks. */
    public synchronized void close() {
        cache.clear();
    }
}
