package org.cryonext.cryoet.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.cryonext.engine.io.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MrcWriterTest {
    @TempDir
    private Path folder;

    private static MemoryVolume random(int nx, int ny, int nz, boolean whole) {
        Random random = new Random(7);
        float[] values = new float[nx * ny * nz];
        for (int i = 0; i < values.length; i++) {
            values[i] = whole ? random.nextInt(100) : (float) random.nextGaussian();
        }
        return MemoryVolume.of("random", nx, ny, nz, 10, values);
    }

    @ParameterizedTest
    @EnumSource(MrcMode.class)
    void whatIsWrittenIsRead(MrcMode mode) {
        MemoryVolume volume = random(7, 5, 3, mode != MrcMode.FLOAT32);
        Path file = folder.resolve("a.mrc");
        MrcWriter.write(file, new MrcForm(7, 5, 3, mode, 10, false), volume);
        float[] expected = new float[7 * 5 * 3];
        float[] found = new float[7 * 5 * 3];
        volume.read(0, 0, 0, 7, 5, 3, expected, 0);
        try (MrcVolume read = MrcVolume.open(file)) {
            read.read(0, 0, 0, 7, 5, 3, found, 0);
            assertThat(read.header().mode()).isEqualTo(mode);
            assertThat(read.voxelSize()).isEqualTo(10);
            assertThat(read.notes()).isEmpty();
            assertThat(read.get(6, 4, 2)).isEqualTo(volume.get(6, 4, 2));
        }
        assertThat(found).containsExactly(expected);
    }

    @Test
    void theHeaderHoldsTheStatistics() throws IOException {
        Path file = folder.resolve("a.mrc");
        MrcWriter.write(file, MrcForm.standard(2, 1, 2, 10), writer -> {
            writer.slice(new float[] {100_001, 100_003});
            writer.slice(new float[] {100_002, 100_006});
        });
        ByteBuffer header = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(header.getFloat(76)).isEqualTo(100_001f);
        assertThat(header.getFloat(80)).isEqualTo(100_006f);
        assertThat(header.getFloat(84)).isEqualTo(100_003f);
        assertThat(header.getFloat(216)).isEqualTo((float) Math.sqrt(14 / 4.0));
        assertThat(header.capacity()).isEqualTo(1024 + 16);
    }

    @Test
    void shrecsFormHasShrecsFaults() throws IOException {
        Path file = folder.resolve("a.mrc");
        MrcWriter.write(file, MrcForm.shrec(4, 3, 2), random(4, 3, 2, false));
        ByteBuffer header = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(header.getInt(208)).isZero();
        assertThat(header.getInt(212)).isEqualTo(0x4144);
        assertThat(header.getFloat(40) / header.getInt(28)).isEqualTo(1);
        try (MrcVolume read = MrcVolume.open(file)) {
            assertThat(read.size()).isEqualTo("4 x 3 x 2");
            assertThat(read.notes()).hasSize(2).anyMatch(note -> note.contains("SHREC 2020 does"));
        }
    }

    @Test
    void aFailedWriteLeavesNothing() throws IOException {
        Path file = folder.resolve("a.mrc");
        assertThatThrownBy(() -> MrcWriter.write(file, MrcForm.standard(2, 1, 2, 10), writer -> {
                    writer.slice(new float[] {1, 2});
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("1 slices written of 2");
        try (var files = Files.list(folder)) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void aFolderThatIsAFileIsNamed() throws IOException {
        Path blocker = Files.writeString(folder.resolve("blocker"), "x");
        Path file = blocker.resolve("a.mrc");
        assertThatThrownBy(() -> MrcWriter.write(file, MrcForm.standard(1, 1, 1, 10), random(1, 1, 1, false)))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith("Cannot write " + file);
    }

    @Test
    void valuesOutsideAnIntegerModeAreRefused() {
        MrcForm form = new MrcForm(1, 1, 1, MrcMode.INT8, 10, false);
        for (float value : List.of(128f, 1.5f, Float.NaN)) {
            assertThatThrownBy(() -> MrcWriter.write(folder.resolve("a.mrc"), form, w -> w.slice(new float[] {value})))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("mode INT8");
        }
    }
}
