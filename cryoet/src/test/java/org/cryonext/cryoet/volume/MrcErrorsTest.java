package org.cryonext.cryoet.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.cryonext.engine.io.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every way in which an MRC file can be bad, with the sentence that the user reads. */
class MrcErrorsTest {
    @TempDir
    private Path folder;

    private void refused(Path file, String message) {
        assertThatThrownBy(() -> MrcVolume.open(file))
                .isInstanceOf(InputException.class)
                .hasMessage(message);
    }

    private void refused(MrcBytes bytes, String message) {
        Path file = bytes.write(folder.resolve("a.mrc"));
        refused(file, file + message);
    }

    @Test
    void missing() {
        Path file = folder.resolve("none.mrc");
        refused(file, file + ": no such file; check the path");
        refused(folder, folder + " is a folder, an MRC file was expected; give the file in it");
    }

    @Test
    void truncated() {
        Path file = MrcBytes.floats().write(folder.resolve("a.mrc"), 1024 + 95);
        refused(
                file,
                file
                        + ": truncated: 1119 bytes, but 4 x 3 x 2 voxels of mode 2 and the headers need 1120; copy or download"
                        + " it again");
        MrcBytes.floats().write(file, 1000);
        refused(file, file + ": truncated: 1000 bytes, an MRC header alone has 1024; copy or download it again");
        MrcBytes.floats().putInt(92, 1_000_000).write(file);
        assertThatThrownBy(() -> MrcVolume.open(file)).hasMessageContaining("and the headers need 1001120");
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 0 x 3 x 2", "0, -4, -4 x 3 x 2", "4, 0, 4 x 0 x 2", "8, -1, 4 x 3 x -1"})
    void dimensionsBelowOne(int at, int value, String text) {
        refused(
                MrcBytes.floats().putInt(at, value),
                ": the header gives the dimensions " + text
                        + ", all must be at least 1; the file is damaged or not an MRC" + " file");
    }

    @Test
    void dimensionsThatOverflow() {
        int large = Integer.MAX_VALUE;
        refused(
                MrcBytes.floats().putInt(0, large).putInt(4, large).putInt(8, large),
                ": the header gives the dimensions 2147483647 x 2147483647 x 2147483647, more than any file can hold; the"
                        + " file is damaged or not an MRC file");
        refused(
                MrcBytes.floats().putInt(0, 1 << 20).putInt(4, 1 << 20).putInt(8, 1 << 20),
                ": truncated: 1120 bytes, but 1048576 x 1048576 x 1048576 voxels of mode 2 and the headers need "
                        + (1024 + (1L << 62)) + "; copy or download it again");
    }

    @Test
    void modes() {
        refused(
                MrcBytes.floats().putInt(12, 5),
                ": mode 5 is not one that can be read (0, 1, 2, 6 and 12 are); convert the file, for instance to mode 2 with"
                        + " IMOD's newstack -mode 2");
        refused(
                MrcBytes.floats().putInt(12, 4),
                ": mode 4 holds a Fourier transform; give the tomogram itself (mode 0, 1, 2, 6 or 12)");
    }

    @Test
    void byteOrder() {
        refused(
                MrcBytes.floats().put(212, 0x11, 0x11, 0, 0),
                ": wrong byte order: the machine stamp 11 11 00 00 says big endian, but mode and dimensions make sense only"
                        + " the other way round; correct bytes 213 to 216 or write the file again");
        refused(
                MrcBytes.of(2, ByteOrder.BIG_ENDIAN, 4, 3, 2, 0).put(212, 0x44, 0x44, 0, 0),
                ": wrong byte order: the machine stamp 44 44 00 00 says little endian, but mode and dimensions make sense"
                        + " only the other way round; correct bytes 213 to 216 or write the file again");
        refused(
                MrcBytes.floats().putInt(0, -1).put(212, 1, 2, 3, 4),
                ": the byte order cannot be told: the machine stamp is 01 02 03 04 (44 44 00 00 or 44 41 00 00 is little"
                        + " endian, 11 11 00 00 big endian) and mode and dimensions make sense neither way; correct bytes"
                        + " 213 to 216, or this is not an MRC file");
    }

    @Test
    void notAnMrcFile() throws IOException {
        Path file = folder.resolve("a.mrc");
        byte[] text = new byte[2000];
        Arrays.fill(text, (byte) 'x');
        Files.write(file, text);
        refused(
                file,
                file
                        + ": not an MRC file: bytes 209 to 212 are 78 78 78 78, \"MAP \" was expected; give a tomogram as .mrc,"
                        + " .map or .rec (also .gz)");
    }

    @Test
    void axesAndExtendedHeader() {
        refused(
                MrcBytes.floats().putInt(64, 2),
                ": the header gives the axis order [2, 2, 3] (MAPC, MAPR, MAPS), an order of 1, 2 and 3 was expected; the"
                        + " file is damaged");
        refused(
                MrcBytes.floats().putInt(92, -80),
                ": the header gives an extended header of -80 bytes (word 24), 0 or more was expected; the file is damaged");
    }

    @Test
    void gzip() throws IOException {
        Path file = folder.resolve("a.mrc.gz");
        MrcBytes.floats().write(file, 1024 + 90);
        refused(
                file,
                file
                        + ": truncated: 1114 bytes, but 4 x 3 x 2 voxels of mode 2 and the headers need 1120; copy or download"
                        + " it again");
        MrcBytes.floats().write(file, 100);
        refused(
                file,
                file + ": truncated: 100 bytes when unpacked, an MRC header alone has 1024; copy or download it again");
        byte[] packed = Files.readAllBytes(MrcBytes.floats().write(file));
        Files.write(file, Arrays.copyOf(packed, packed.length / 2));
        refused(file, file + ": truncated: the gzip data ends early; copy or download it again");
        Files.write(file, new byte[2000]);
        refused(
                file,
                file + ": its name ends in .gz but it cannot be unpacked (Not in GZIP format); rename it or download it"
                        + " again");
        MrcBytes.floats().putInt(0, 1 << 20).putInt(4, 1 << 20).write(file);
        assertThatThrownBy(() -> MrcVolume.open(file))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith(file + ": unpacks to 8796093022208 bytes, but only ")
                .hasMessageEndingWith("; unpack it yourself with gunzip and give the unpacked file");
        assertThat(folder).isDirectoryContaining(path -> path.equals(file));
    }
}
