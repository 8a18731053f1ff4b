package org.cryonext.cryoet.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.cryonext.engine.io.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MrcVolumeTest {
    @TempDir
    private Path folder;

    private Path file() {
        return folder.resolve("a.mrc");
    }

    private static float expected(int mode, int i) {
        return switch (mode) {
            case 0 -> (byte) i;
            case 1 -> (short) (i * 300);
            case 6 -> i * 300 & 0xFFFF;
            case 12 -> Float.float16ToFloat(Float.floatToFloat16(i / 4f));
            default -> i;
        };
    }

    @ParameterizedTest
    @CsvSource({
        "0, LITTLE",
        "1, LITTLE",
        "2, LITTLE",
        "6, LITTLE",
        "12, LITTLE",
        "0, BIG",
        "1, BIG",
        "2, BIG",
        "6, BIG",
        "12, BIG"
    })
    void everyModeInEitherByteOrder(int mode, String order) {
        ByteOrder byteOrder = order.equals("BIG") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        MrcBytes.of(mode, byteOrder, 7, 6, 5, 160).write(file());
        float[] found = new float[7 * 6 * 5];
        try (MrcVolume volume = MrcVolume.open(file())) {
            volume.read(0, 0, 0, 7, 6, 5, found, 0);
            assertThat(volume.get(6, 5, 4)).isEqualTo(expected(mode, 209));
            assertThat(volume.voxelSize()).isEqualTo(2.5);
            assertThat(volume.notes()).isEmpty();
        }
        for (int i = 0; i < found.length; i++) {
            assertThat(found[i]).as("voxel %d", i).isEqualTo(expected(mode, i));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"123", "132", "213", "231", "312", "321"})
    void everyAxisOrderIsTurnedToXFastest(String order) {
        MrcBytes bytes = MrcBytes.of(2, ByteOrder.LITTLE_ENDIAN, 4, 3, 2, 0);
        int[] sizes = {4, 3, 2};
        int[] strides = {1, 4, 12};
        int[] size = new int[3];
        int[] stride = new int[3];
        for (int i = 0; i < 3; i++) {
            int axis = order.charAt(i) - '1';
            bytes.putInt(64 + 4 * i, axis + 1);
            size[axis] = sizes[i];
            stride[axis] = strides[i];
        }
        bytes.write(file());
        try (MrcVolume volume = MrcVolume.open(file())) {
            assertThat(List.of(volume.nx(), volume.ny(), volume.nz())).isEqualTo(List.of(size[0], size[1], size[2]));
            float[] found = new float[24];
            volume.read(0, 0, 0, size[0], size[1], size[2], found, 0);
            int i = 0;
            for (int z = 0; z < size[2]; z++) {
                for (int y = 0; y < size[1]; y++) {
                    for (int x = 0; x < size[0]; x++) {
                        float value = x * stride[0] + y * stride[1] + z * stride[2];
                        assertThat(found[i++]).isEqualTo(value);
                        assertThat(volume.get(x, y, z)).isEqualTo(value);
                    }
                }
            }
        }
    }

    @Test
    void aBoxWithinTheVolume() {
        MrcBytes.of(2, ByteOrder.LITTLE_ENDIAN, 7, 6, 5, 0).write(file());
        float[] out = {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1};
        try (MrcVolume volume = MrcVolume.open(file())) {
            volume.read(2, 1, 3, 2, 2, 2, out, 1);
            assertThat(out).containsExactly(-1, 135, 136, 142, 143, 177, 178, 184, 185, -1);
            assertThatThrownBy(() -> volume.read(6, 0, 0, 2, 1, 1, out, 0))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> volume.read(0, 0, 0, 1, 1, 1, out, 10))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> volume.get(0, -1, 0)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void voxelsThatAreNoCubesAreNoted() {
        // Cells of 28, 24 and 40 Angstrom.
        MrcBytes.of(2, ByteOrder.LITTLE_ENDIAN, 7, 6, 5, 0)
                .putFloat(40, 28)
                .putFloat(44, 24)
                .putFloat(48, 40)
                .write(file());
        try (MrcVolume volume = MrcVolume.open(file())) {
            assertThat(volume.voxelSize()).isEqualTo(4);
            assertThat(volume.notes())
                    .containsExactly(
                            "the voxels are no cubes: [4.0, 4.0, 8.0] Angstrom along x, y and z; the first is taken");
        }
    }

    @ParameterizedTest
    @CsvSource({"1146047817, 0, 200", "1146047817, 1, -56", "1146047817, 2, 200", "0, 0, -56"})
    void imodsStampMakesBytesUnsigned(int stamp, int flags, float value) {
        MrcBytes bytes = MrcBytes.of(0, ByteOrder.LITTLE_ENDIAN, 201, 1, 1, 0);
        bytes.putInt(152, stamp).putInt(156, flags).write(file());
        try (MrcVolume volume = MrcVolume.open(file())) {
            assertThat(volume.get(200, 0, 0)).isEqualTo(value);
        }
    }

    @Test
    void shrecsFaultsAreReadPastAndNoted() {
        MrcBytes bytes = MrcBytes.floats().put(208, 0, 0, 0, 0).put(212, 0x44, 0x41, 0, 0);
        for (int i = 0; i < 3; i++) {
            bytes.putFloat(40 + 4 * i, bytes.bytes.getInt(28 + 4 * i));
        }
        bytes.write(file());
        try (MrcVolume volume = MrcVolume.open(file())) {
            assertThat(volume.get(3, 2, 1)).isEqualTo(23);
            assertThat(volume.voxelSize()).isEqualTo(1);
            assertThat(volume.notes())
                    .containsExactly(
                            "the MAP identifier is missing (four zeros), as in the files of SHREC 2020",
                            "the header says a voxel of 1 Angstrom, as programs write that do not know it"
                                    + " (SHREC 2020 does, and its voxels are 10 Angstrom)");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"LITTLE", "BIG"})
    void anOddStampIsDecidedByModeAndDimensions(String order) {
        ByteOrder byteOrder = order.equals("BIG") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        MrcBytes.of(1, byteOrder, 4, 3, 2, 0).put(212, 0, 0, 0, 0).write(file());
        try (MrcVolume volume = MrcVolume.open(file())) {
            assertThat(volume.get(3, 2, 1)).isEqualTo(6900);
            assertThat(volume.notes())
                    .singleElement()
                    .asString()
                    .isEqualTo("the machine stamp is 00 00 00 00; " + order.toLowerCase(Locale.ROOT)
                            + " endian is taken from mode and dimensions");
        }
    }

    @Test
    void aMissingVoxelSizeAndAxisOrderAndALongerFileAreNoted() {
        MrcBytes bytes = MrcBytes.floats();
        for (int i = 0; i < 3; i++) {
            bytes.putFloat(40 + 4 * i, 0).putInt(64 + 4 * i, 0);
        }
        bytes.write(file(), bytes.bytes.capacity() + 5);
        try (MrcVolume volume = MrcVolume.open(file())) {
            assertThat(volume.voxelSize()).isZero();
            assertThat(volume.notes())
                    .containsExactly(
                            "the header does not say the voxel size",
                            "the axis order is missing (MAPC, MAPR, MAPS are 0); x, y, z is taken",
                            "the file is 5 bytes longer than its header says; they are ignored");
        }
    }

    @Test
    void aGzippedFileIsRead() {
        Path packed = folder.resolve("a.mrc.gz");
        MrcBytes.floats().write(packed);
        try (MrcVolume volume = MrcVolume.open(packed)) {
            assertThat(volume.get(3, 2, 1)).isEqualTo(23);
            assertThat(volume.name()).isEqualTo(packed.toString());
        }
    }

    @Test
    void aTemporaryFileIsTakenAway() {
        Path packed = folder.resolve("a.mrc.gz");
        MrcBytes bytes = MrcBytes.floats();
        bytes.write(packed);
        Path unpacked = MrcGzip.unpack(packed);
        assertThat(unpacked).hasBinaryContent(bytes.bytes.array());
        MrcGzip.discard(unpacked);
        assertThat(unpacked).doesNotExist();
    }

    @Test
    void aVolumeOfMoreThanTwoToThe31Voxels() throws IOException {
        MrcBytes bytes = MrcBytes.of(0, ByteOrder.LITTLE_ENDIAN, 1, 1, 1, 0);
        bytes.putInt(0, 2048).putInt(4, 1024).putInt(8, 1100).write(file(), 1024);
        // A sparse file: only the one voxel that is written takes room on the disk.
        try (RandomAccessFile sparse = new RandomAccessFile(file().toFile(), "rw")) {
            sparse.setLength(1024 + 2048L * 1024 * 1100);
            sparse.seek(1024 + 2048L * 1024 * 1099 + 7);
            sparse.write(42);
        }
        try (MrcVolume volume = MrcVolume.open(file())) {
            assertThat(volume.voxels()).isGreaterThan(Integer.MAX_VALUE);
            assertThat(volume.get(7, 0, 1099)).isEqualTo(42);
            float[] row = new float[3];
            volume.read(6, 0, 1099, 3, 1, 1, row, 0);
            assertThat(row).containsExactly(0, 42, 0);
        }
    }

    @Test
    void anExtendedHeaderOfAlmostTwoToThe31Bytes() throws IOException {
        int extended = Integer.MAX_VALUE - 100;
        MrcBytes.of(0, ByteOrder.LITTLE_ENDIAN, 1, 1, 1, 0).putInt(92, extended).write(file(), 1024);
        try (RandomAccessFile sparse = new RandomAccessFile(file().toFile(), "rw")) {
            sparse.seek(1024L + extended);
            sparse.write(42);
        }
        try (MrcVolume volume = MrcVolume.open(file())) {
            assertThat(volume.get(0, 0, 0)).isEqualTo(42);
        }
    }

    @Test
    void closingTwiceIsHarmless() {
        MrcBytes.floats().write(file());
        MrcVolume volume = MrcVolume.open(file());
        volume.close();
        volume.close();
        assertThatThrownBy(() -> volume.get(0, 0, 0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aVoxelThatIsNoNumberIsNamedWhenItIsRead() {
        MrcBytes.floats().putFloat(1024 + 4 * 18, Float.POSITIVE_INFINITY).write(file());
        try (MrcVolume volume = MrcVolume.open(file())) {
            float[] out = new float[24];
            volume.read(0, 0, 0, 4, 3, 1, out, 0);
            String message =
                    file() + ": voxel (2, 1, 1) is Infinity, a number was expected; the tomogram is damaged or was"
                            + " masked with NaN, write it again with finite values";
            assertThatThrownBy(() -> volume.read(1, 0, 0, 3, 3, 2, out, 0))
                    .isInstanceOf(InputException.class)
                    .hasMessage(message);
            assertThatThrownBy(() -> volume.get(2, 1, 1))
                    .isInstanceOf(InputException.class)
                    .hasMessage(message);
        }
    }
}
