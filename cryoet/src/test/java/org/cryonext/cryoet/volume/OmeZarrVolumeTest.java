package org.cryonext.cryoet.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Images of every kind that is read, against what zarr_fixtures.py put into them. */
class OmeZarrVolumeTest {
    private static final int NX = 13;
    private static final int NY = 10;
    private static final int NZ = 9;

    @TempDir
    private Path folder;

    /** What stands in a voxel: see values() in zarr_fixtures.py. */
    private static float expected(String type, int x, int y, int z) {
        int ramp = x + 5 * y + 8 * z;
        return switch (type) {
            case "floats" -> ramp / 2f;
            case "signed" -> ramp - 70;
            case "unsigned" -> ramp;
            default -> (x * 73856093L ^ y * 19349663L ^ z * 83492791L) * 2654435761L >>> 12 & 0xFFFF;
        };
    }

    @ParameterizedTest
    @CsvSource({
        "v2-plain, floats, 10.012",
        "v2-zlib, unsigned, 10",
        "v2-gzip, signed, 10",
        "v2-zstd, signed, 0",
        "v2-blosc-lz4, floats, 10",
        "v2-blosc-zstd, unsigned, 10",
        "v2-blosc-zlib, unsigned, 10",
        "v2-blosc-bits, floats, 10",
        "v2-blosc-few-bits, signed, 10",
        "v2-blosc-noise, noise, 10",
        "v3-plain, floats, 10",
        "v3-half, floats, 10",
        "v3-zstd, signed, 10",
        "v3-blosc, floats, 10",
        "v3-shards-start, unsigned, 10",
    })
    void isRead(String name, String type, double voxelSize) {
        try (VolumeFile volume = VolumeFile.open(OmeZarrImages.image(name))) {
            assertThat(volume.size()).isEqualTo("13 x 10 x 9");
            assertThat(volume.voxelSize()).isEqualTo(voxelSize);
            assertThat(volume.notes()).hasSize(voxelSize == 0 ? 1 : 0);
            assertThat(volume.name()).endsWith(name + ".zarr");
            float[] whole = new float[NX * NY * NZ];
            volume.read(0, 0, 0, NX, NY, NZ, whole, 0);
            for (int i = 0; i < whole.length; i++) {
                int x = i % NX;
                int y = i / NX % NY;
                int z = i / NX / NY;
                assertThat(whole[i]).as("(%d, %d, %d)", x, y, z).isEqualTo(expected(type, x, y, z));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"v2-plain, floats", "v2-gzip, signed", "v3-plain, floats", "v3-shards-start, unsigned"})
    void boxesOfAnySizeAreRead(String name, String type) {
        Random random = new Random(1);
        try (Volume volume = VolumeFile.open(OmeZarrImages.image(name))) {
            for (int n = 0; n < 200; n++) {
                int x = random.nextInt(NX);
                int y = random.nextInt(NY);
                int z = random.nextInt(NZ);
                int width = 1 + random.nextInt(NX - x);
                int height = 1 + random.nextInt(NY - y);
                int depth = 1 + random.nextInt(NZ - z);
                float[] box = new float[width * height * depth + 2];
                box[0] = -1;
                box[box.length - 1] = -2;
                volume.read(x, y, z, width, height, depth, box, 1);
                for (int i = 0; i < box.length - 2; i++) {
                    assertThat(box[i + 1])
                            .isEqualTo(expected(type, x + i % width, y + i / width % height, z + i / width / height));
                }
                assertThat(box[0]).isEqualTo(-1);
                assertThat(box[box.length - 1]).isEqualTo(-2);
                assertThat(volume.get(x, y, z)).isEqualTo(expected(type, x, y, z));
            }
            assertThatThrownBy(() -> volume.get(NX, 0, 0)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    /** Writers leave out chunks of nothing but the fill value. */
    @ParameterizedTest
    @CsvSource({"v2-hole, 7, 5", "v3-shards, 8, 0"})
    void aChunkThatIsNotThereIsFilled(String name, int holeX, int holeY) throws IOException {
        Path image = OmeZarrImages.copy(name, folder);
        OmeZarrImages.replace(
                image.resolve(name.startsWith("v2") ? "0/.zarray" : "0/zarr.json"),
                "\"fill_value\":0.0",
                "\"fill_value\":7.5");
        try (Volume volume = VolumeFile.open(image)) {
            for (int z = 0; z < NZ; z++) {
                for (int y = 0; y < NY; y++) {
                    for (int x = 0; x < NX; x++) {
                        boolean hole = x >= holeX && y >= holeY && z >= 8;
                        assertThat(volume.get(x, y, z)).isEqualTo(hole ? 7.5f : expected("floats", x, y, z));
                    }
                }
            }
        }
    }

    @Test
    void scalesOfImageAndDatasetAreMultipliedAndUnevenOnesNoted() throws IOException {
        Path image = OmeZarrImages.copy("v2-hole", folder);
        OmeZarrImages.replace(
                image.resolve(".zattrs"),
                "\"name\": \"v2-hole\",",
                "\"name\": \"v2-hole\", \"coordinateTransformations\": [{\"type\": \"translation\", \"translation\": [1, 1,"
                        + " 1]}, {\"type\": \"scale\", \"scale\": [4, 2, 2]}],");
        try (VolumeFile volume = VolumeFile.open(image)) {
            assertThat(volume.voxelSize()).isEqualTo(26.96);
            assertThat(volume.notes())
                    .containsExactly(
                            "the voxels are no cubes: [26.96, 26.96, 53.92] Angstrom along x, y and z; the first is"
                                    + " taken");
        }
    }

    @Test
    void aPassOverAllSlicesMeetsEveryVoxel() {
        try (Volume volume = VolumeFile.open(OmeZarrImages.image("v2-plain"))) {
            assertThat(VolumeStatistics.of(volume).mean()).isCloseTo((6 + 5 * 4.5 + 8 * 4) / 2, within(1e-9));
        }
    }

    @Test
    void aFolderIsToldByItsNameOrByWhatIsInIt() throws IOException {
        Path image = OmeZarrImages.copy("v3-half", folder);
        Path renamed = Files.move(image, folder.resolve("tomogram"));
        assertThat(VolumeFile.isThere(renamed)).isTrue();
        assertThat(VolumeFile.isThere(Files.createDirectory(folder.resolve("other"))))
                .isFalse();
        assertThat(VolumeFile.isThere(Files.createDirectory(folder.resolve("empty.ZARR"))))
                .isTrue();
        try (VolumeFile volume = VolumeFile.open(renamed)) {
            assertThat(List.of(volume.nx(), volume.ny(), volume.nz())).containsExactly(NX, NY, NZ);
        }
    }
}
