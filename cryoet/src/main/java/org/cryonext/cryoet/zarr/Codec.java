package org.cryonext.cryoet.zarr;

import io.airlift.compress.lz4.Lz4Decompressor;
import io.airlift.compress.zstd.ZstdDecompressor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32C;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;

/** What was done to the bytes of a chunk before they were written. */
enum Codec {
    ZLIB,
    GZIP,
    ZSTD,
    BLOSC,
    /** Four bytes behind the others hold their sum. */
    CRC32C;

    private static final int SUM = 4;

    /** Whether what comes out is of another size than what goes in, which the bytes themselves do not say. */
    boolean compresses() {
        return this != CRC32C;
    }

    /** Bytes of the result for so many bytes, of one that does not compress. */
    long encodedBytes(long bytes) {
        return bytes + SUM;
    }

    /**
     * Undoes it.
     *
     * @param size of the result, for those that compress
     */
    byte[] decode(byte[] encoded, int size) throws DamagedException {
        return switch (this) {
            case ZLIB, GZIP -> inflate(encoded, size);
            case ZSTD -> {
                byte[] out = new byte[size];
                zstd(encoded, 0, encoded.length, out, 0, size);
                yield out;
            }
            case BLOSC -> Blosc.decode(encoded, size);
            case CRC32C -> checked(encoded);
        };
    }

    private byte[] inflate(byte[] encoded, int size) throws DamagedException {
        InputStream bytes = new ByteArrayInputStream(encoded);
        try (InputStream in = this == GZIP ? new GZIPInputStream(bytes) : new InflaterInputStream(bytes)) {
            byte[] out = new byte[size];
            int count = in.readNBytes(out, 0, size);
            if (count < size || in.read() >= 0) {
                throw wrongSize(count, size);
            }
            return out;
        } catch (IOException e) {
            throw new DamagedException("its " + (this == GZIP ? "gzip" : "zlib") + " data end early or are damaged", e);
        }
    }

    /** Unpacks to so many bytes exactly. */
    static void zstd(byte[] encoded, int from, int length, byte[] out, int at, int size) throws DamagedException {
        int count;
        try {
            count = new ZstdDecompressor().decompress(encoded, from, length, out, at, size);
        } catch (RuntimeException e) {
            // Of several kinds, and only of what the bytes hold.
            throw new DamagedException("its zstd data end early or are damaged", e);
        }
        if (count != size) {
            throw wrongSize(count, size);
        }
    }

    /** Unpacks a bare block to so many bytes exactly. */
    static void lz4(byte[] encoded, int from, int length, byte[] out, int at, int size) throws DamagedException {
        int count;
        try {
            count = new Lz4Decompressor().decompress(encoded, from, length, out, at, size);
        } catch (RuntimeException e) {
            throw new DamagedException("its lz4 data end early or are damaged", e);
        }
        if (count != size) {
            throw wrongSize(count, size);
        }
    }

    static DamagedException wrongSize(int count, int size) {
        return new DamagedException(
                "it unpacks to " + (count < size ? count + " bytes" : "more bytes") + ", " + size + " were expected");
    }

    private static byte[] checked(byte[] encoded) throws DamagedException {
        int size = encoded.length - SUM;
        if (size < 0) {
            throw new DamagedException("it has " + encoded.length + " bytes, fewer than its checksum alone");
        }
        CRC32C sum = new CRC32C();
        sum.update(encoded, 0, size);
        int written = ByteBuffer.wrap(encoded).order(ByteOrder.LITTLE_ENDIAN).getInt(size);
        if ((int) sum.getValue() != written) {
            throw new DamagedException("its checksum (CRC32C) does not fit its bytes");
        }
        return Arrays.copyOf(encoded, size);
    }
}
