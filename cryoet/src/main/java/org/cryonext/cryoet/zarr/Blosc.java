package org.cryonext.cryoet.zarr;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Unpacks the container of Blosc 1: a header of 16 bytes, the places of the blocks, and blocks, each of one or more streams
 * of one compressor, whose bytes or bits were sorted by their place in an element. Source: c-blosc, README_CHUNK_FORMAT.
 */
final class Blosc {
    /** The compressors that can be read, as blosc names them. */
    static final List<String> COMPRESSORS = List.of("lz4", "lz4hc", "zlib", "zstd");

    private static final int HEADER = 16;
    private static final int NEWEST = 2;

    private static final int SHUFFLED = 0x1;
    private static final int COPIED = 0x2;
    private static final int BITS_SHUFFLED = 0x4;
    private static final int NOT_SPLIT = 0x10;

    /** A block is split into a stream for each byte of an element, up to so many. */
    private static final int MOST_STREAMS = 16;
    /** Smaller streams are not made. */
    private static final int SMALLEST_STREAM = 128;

    private final byte[] in;
    private final ByteBuffer numbers;
    private final int flags;
    private final int element;
    private final int block;
    private final byte[] out;

    private Blosc(byte[] in, ByteBuffer numbers, int size) throws DamagedException {
        this.in = in;
        this.numbers = numbers;
        flags = in[2];
        element = in[3] & 0xFF;
        block = numbers.getInt(8);
        if (element == 0 || block < 1 || block > size) {
            throw new DamagedException("its blosc header gives blocks of " + block + " bytes and elements of " + element
                    + ", at least 1 and blocks of at most " + size + " were expected");
        }
        out = new byte[size];
    }

    /**
     * Unpacks a chunk.
     *
     * @param size how many bytes must come out
     */
    static byte[] decode(byte[] in, int size) throws DamagedException {
        if (in.length < HEADER) {
            throw new DamagedException("it has " + in.length + " bytes, a blosc header alone has " + HEADER);
        }
        ByteBuffer numbers = ByteBuffer.wrap(in).order(ByteOrder.LITTLE_ENDIAN);
        if (in[0] < 1 || in[0] > NEWEST) {
            throw new DamagedException("it is of the blosc format " + in[0] + ", 1 or " + NEWEST + " was expected");
        }
        if (numbers.getInt(4) != size) {
            throw Codec.wrongSize(numbers.getInt(4), size);
        }
        int packed = numbers.getInt(12);
        if (packed < HEADER || packed > in.length) {
            throw new DamagedException(
                    "it has " + in.length + " bytes, " + packed + " by its blosc header: it ends early or is damaged");
        }
        return new Blosc(in, numbers, size).decode();
    }

    private byte[] decode() throws DamagedException {
        if ((flags & COPIED) != 0) {
            require(HEADER, out.length);
            System.arraycopy(in, HEADER, out, 0, out.length);
            return out;
        }
        int blocks = Math.ceilDiv(out.length, block);
        require(HEADER, 4L * blocks);
        boolean sorted = (flags & (SHUFFLED | BITS_SHUFFLED)) != 0;
        byte[] scratch = sorted ? new byte[block] : out;
        for (int i = 0; i < blocks; i++) {
            int at = i * block;
            int length = Math.min(block, out.length - at);
            streams(numbers.getInt(HEADER + 4 * i), length, scratch, sorted ? 0 : at);
            // With both flags the bytes count, as in c-blosc.
            if ((flags & SHUFFLED) != 0) {
                unshuffle(scratch, length, at);
            } else if (sorted) {
                unshuffleBits(scratch, length, at);
            }
        }
        return out;
    }

    private void require(int from, long length) throws DamagedException {
        if (from < 0 || from + length > in.length) {
            throw new DamagedException("its blosc data end early or are damaged");
        }
    }

    /** Unpacks the streams of a block. */
    private void streams(int from, int length, byte[] to, int at) throws DamagedException {
        boolean split = (flags & NOT_SPLIT) == 0
                && element <= MOST_STREAMS
                && block / element >= SMALLEST_STREAM
                && length == block;
        int streams = split ? element : 1;
        int part = length / streams;
        if (part * streams != length) {
            throw new DamagedException(
                    "its blosc header gives blocks of " + block + " bytes for elements of " + element);
        }
        int next = from;
        for (int i = 0; i < streams; i++) {
            require(next, 4);
            int packed = numbers.getInt(next);
            next += 4;
            if (packed < 0) {
                throw new DamagedException("its blosc data are damaged");
            }
            require(next, packed);
            unpack(next, packed, to, at + i * part, part);
            next += packed;
        }
    }

    private void unpack(int from, int packed, byte[] to, int at, int size) throws DamagedException {
        if (packed == size) {
            System.arraycopy(in, from, to, at, size);
            return;
        }
        switch (flags >> 5 & 7) {
            case 1 -> Codec.lz4(in, from, packed, to, at, size);
            case 3 -> inflate(from, packed, to, at, size);
            case 4 -> Codec.zstd(in, from, packed, to, at, size);
            default ->
                throw new DamagedException("blosc's compressor " + (flags >> 5 & 7) + " stands in its header, that of "
                        + String.join(", ", COMPRESSORS) + " was expected");
        }
    }

    private void inflate(int from, int packed, byte[] to, int at, int size) throws DamagedException {
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(in, from, packed);
            int count = 0;
            int some = 1;
            while (count < size && some > 0) {
                some = inflater.inflate(to, at + count, size - count);
                count += some;
            }
            if (count < size) {
                throw Codec.wrongSize(count, size);
            }
        } catch (DataFormatException e) {
            throw new DamagedException("its zlib data are damaged", e);
        } finally {
            inflater.end();
        }
    }

    /** All first bytes of the elements stand first, then all second ones, and so on; what is no whole element stands last. */
    private void unshuffle(byte[] from, int length, int at) {
        int count = length / element;
        for (int k = 0; k < element; k++) {
            for (int i = 0; i < count; i++) {
                out[at + i * element + k] = from[k * count + i];
            }
        }
        copyRest(from, length, count * element, at);
    }

    /**
     * The same for bits: all lowest bits of the first bytes first, eight elements a byte. Where the elements are no
     * multiple of eight the block was left as it is.
     */
    private void unshuffleBits(byte[] from, int length, int at) {
        int count = length / element;
        if (count % 8 != 0) {
            copyRest(from, length, 0, at);
            return;
        }
        int plane = count / 8;
        for (int k = 0; k < element; k++) {
            for (int i = 0; i < plane; i++) {
                long bits = 0;
                for (int bit = 0; bit < 8; bit++) {
                    bits |= (from[(k * 8 + bit) * plane + i] & 0xFFL) << 8 * bit;
                }
                bits = transposed(bits);
                for (int j = 0; j < 8; j++) {
                    out[at + (8 * i + j) * element + k] = (byte) (bits >>> 8 * j);
                }
            }
        }
        copyRest(from, length, count * element, at);
    }

    private void copyRest(byte[] from, int length, int done, int at) {
        System.arraycopy(from, done, out, at + done, length - done);
    }

    /** Bit i of byte k becomes bit k of byte i. Source: Warren, Hacker's Delight, 7-3. */
    private static long transposed(long bits) {
        long x = bits;
        long t = (x ^ x >>> 7) & 0x00AA00AA00AA00AAL;
        x = x ^ t ^ t << 7;
        t = (x ^ x >>> 14) & 0x0000CCCC0000CCCCL;
        x = x ^ t ^ t << 14;
        t = (x ^ x >>> 28) & 0x00000000F0F0F0F0L;
        return x ^ t ^ t << 28;
    }
}
