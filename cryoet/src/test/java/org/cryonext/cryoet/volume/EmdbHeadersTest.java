package org.cryonext.cryoet.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Small files with the headers of maps from EMDB; {@link RealMapsTest} reads the maps themselves where they are. */
class EmdbHeadersTest {
    private static final int COLUMNS = 5;
    private static final int ROWS = 3;
    private static final int SECTIONS = 4;

    @TempDir
    Path folder;

    /** EMDB's machine stamp, whose second byte is not that of the format's definition, and its label. */
    private static MrcBytes emdb(int extended) {
        MrcBytes bytes = MrcBytes.of(2, ByteOrder.LITTLE_ENDIAN, COLUMNS, ROWS, SECTIONS, extended)
                .put(212, 0x44, 0x41, 0, 0)
                .putInt(220, 1);
        byte[] label = "::::EMDATABANK.org::::EMD-0000::::".getBytes(StandardCharsets.US_ASCII);
        bytes.bytes.put(224, label);
        return bytes;
    }

    private static void put(MrcBytes bytes, int at, int a, int b, int c) {
        bytes.putInt(at, a).putInt(at + 4, b).putInt(at + 8, c);
    }

    private static void put(MrcBytes bytes, int at, float a, float b, float c) {
        bytes.putFloat(at, a).putFloat(at + 4, b).putFloat(at + 8, c);
    }

    /** As EMD-3001: z is fastest, the cell is larger than the map and not rectangular, symmetry stands in between. */
    @Test
    void columnsAlongZOfAMonoclinicCell() {
        MrcBytes bytes = emdb(160).putInt(88, 4);
        put(bytes, 16, 0, -21, -12);
        put(bytes, 28, 40, 12, 72);
        put(bytes, 40, 17.93f, 4.71f, 33.03f);
        put(bytes, 52, 90f, 94.326f, 90f);
        put(bytes, 64, 3, 1, 2);
        bytes.write(folder.resolve("a.map"));
        try (MrcVolume volume = MrcVolume.open(folder.resolve("a.map"))) {
            assertThat(volume.size()).isEqualTo("3 x 4 x 5");
            assertThat(volume.get(2, 3, 4)).isEqualTo(4 + COLUMNS * (2 + ROWS * 3));
            assertThat(volume.get(1, 0, 3)).isEqualTo(3 + COLUMNS);
            assertThat(volume.header().voxelSize().get(0)).isCloseTo(17.93 / 40, within(1e-6));
            assertThat(volume.header().voxelSize().get(1)).isCloseTo(4.71 / 12, within(1e-6));
            assertThat(volume.header().voxelSize().get(2)).isCloseTo(33.03 / 72, within(1e-6));
            assertThat(volume.notes())
                    .containsExactly(
                            "the voxels are no cubes: [0.44825, 0.3925, 0.45874998] Angstrom along x, y and z; the"
                                    + " first is taken");
        }
    }

    /** As EMD-3197: an origin below zero, a voxel size that no float holds, plain and packed. */
    @ParameterizedTest
    @ValueSource(strings = {"b.map", "b.map.gz"})
    void anOriginBelowZeroPlainAndPacked(String name) {
        MrcBytes bytes = emdb(0).putInt(88, 1);
        put(bytes, 16, -2, 0, 0);
        put(bytes, 40, COLUMNS * 11.4f, ROWS * 11.4f, SECTIONS * 11.4f);
        put(bytes, 52, 90f, 90f, 90f);
        bytes.write(folder.resolve(name));
        try (MrcVolume volume = MrcVolume.open(folder.resolve(name))) {
            assertThat(volume.size()).isEqualTo("5 x 3 x 4");
            assertThat(volume.voxelSize()).isCloseTo(11.4, within(1e-5));
            assertThat(volume.get(4, 2, 3)).isEqualTo(59);
            assertThat(volume.notes()).isEmpty();
        }
    }
}
