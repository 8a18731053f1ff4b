package org.cryonext.cryoet.volume;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;

/** MRC files made byte by byte, for tests of the reader. */
final class MrcBytes {
    final ByteBuffer bytes;

    private MrcBytes(ByteBuffer bytes) {
        this.bytes = bytes;
    }

    /** A file of {@code columns x rows x sections} whose voxel i, in the file's order, is i in the given mode. */
    static MrcBytes of(int mode, ByteOrder order, int columns, int rows, int sections, int extended) {
        int size = mode == 2 ? 4 : mode == 0 ? 1 : 2;
        int voxels = columns * rows * sections;
        ByteBuffer bytes = ByteBuffer.allocate(1024 + extended + voxels * size).order(order);
        int[] dimensions = {columns, rows, sections};
        for (int i = 0; i < 3; i++) {
            bytes.putInt(4 * i, dimensions[i]);
            bytes.putInt(28 + 4 * i, dimensions[i]);
            bytes.putFloat(40 + 4 * i, dimensions[i] * 2.5f);
            bytes.putInt(64 + 4 * i, i + 1);
        }
        bytes.putInt(12, mode);
        bytes.putInt(92, extended);
        bytes.put(208, new byte[] {'M', 'A', 'P', ' '});
        byte stamp = (byte) (order == ByteOrder.LITTLE_ENDIAN ? 0x44 : 0x11);
        bytes.put(212, new byte[] {stamp, stamp, 0, 0});
        bytes.position(1024 + extended);
        for (int i = 0; i < voxels; i++) {
            switch (mode) {
                case 0 -> bytes.put((byte) i);
                case 1, 6 -> bytes.putShort((short) (i * 300));
                case 12 -> bytes.putShort(Float.floatToFloat16(i / 4f));
                default -> bytes.putFloat(i);
            }
        }
        return new MrcBytes(bytes);
    }

    static MrcBytes floats() {
        return of(2, ByteOrder.LITTLE_ENDIAN, 4, 3, 2, 0);
    }

    MrcBytes putInt(int at, int value) {
        bytes.putInt(at, value);
        return this;
    }

    MrcBytes putFloat(int at, float value) {
        bytes.putFloat(at, value);
        return this;
    }

    MrcBytes put(int at, int... values) {
        for (int i = 0; i < values.length; i++) {
            bytes.put(at + i, (byte) values[i]);
        }
        return this;
    }

    Path write(Path file) {
        return write(file, bytes.capacity());
    }

    Path write(Path file, int length) {
        try {
            byte[] content = Arrays.copyOf(bytes.array(), length);
            if (file.toString().endsWith(".gz")) {
                ByteArrayOutputStream packed = new ByteArrayOutputStream();
                try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
                    out.write(content);
                }
                content = packed.toByteArray();
            }
            return Files.write(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
