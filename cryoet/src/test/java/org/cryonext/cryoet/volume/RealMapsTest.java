package org.cryonext.cryoet.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * Maps as found in the wild, looked for in {@code shared/data} beside the project. The expected numbers come from NumPy,
 * which read the same bytes without a library for MRC files.
 */
class RealMapsTest {
    private static Path data(String name) {
        Path module = Path.of("").toAbsolutePath();
        Path project = Files.exists(module.resolve("LICENSE")) ? module : module.getParent();
        Path file = project.resolveSibling("shared").resolve("data").resolve(name);
        assumeTrue(Files.exists(file), file + " is not there: the test on real maps is skipped");
        return file;
    }

    private static double sum(Volume volume) {
        double sum = 0;
        float[] slice = new float[volume.nx() * volume.ny()];
        for (int z = 0; z < volume.nz(); z++) {
            volume.readSlice(z, slice);
            for (float value : slice) {
                sum += value;
            }
        }
        return sum;
    }

    @Test
    void emd3001HasColumnsAlongZ() {
        try (MrcVolume volume = MrcVolume.open(data("maps/EMD-3001.map"))) {
            assertThat(volume.size()).isEqualTo("43 x 25 x 73");
            assertThat(volume.get(24, 9, 15)).isEqualTo(0.72161025f);
            assertThat(volume.get(20, 6, 49)).isEqualTo(-0.36814296f);
            assertThat(volume.get(14, 8, 24)).isEqualTo(0.1115623f);
            assertThat(volume.get(1, 2, 3)).isEqualTo(0.08857872f);
            assertThat(sum(volume)).isCloseTo(41.82456039309909, within(1e-9));
            assertThat(volume.header().voxelSize().get(1)).isCloseTo(4.71 / 12, within(1e-6));
            assertThat(volume.notes())
                    .containsExactly(
                            "the voxels are no cubes: [0.44825, 0.3925, 0.45874998] Angstrom along x, y and z; the"
                                    + " first is taken");
        }
    }

    @Test
    void emd3197PlainAndGzipped() {
        for (String name : new String[] {"maps/EMD-3197.map", "maps/emd_3197.map.gz"}) {
            try (MrcVolume volume = MrcVolume.open(data(name))) {
                assertThat(volume.size()).isEqualTo("20 x 20 x 20");
                assertThat(volume.voxelSize()).isEqualTo(11.4);
                assertThat(volume.get(1, 6, 6)).isEqualTo(5.576737f);
                assertThat(volume.get(9, 8, 10)).isEqualTo(-4.1337457f);
                assertThat(volume.get(1, 2, 3)).isEqualTo(-2.780306f);
                assertThat(sum(volume)).isCloseTo(6268.896269149147, within(1e-9));
            }
        }
    }

    @Test
    void proteinDensities() {
        try (MrcVolume volume = MrcVolume.open(data("templates/1bxn.mrc"))) {
            assertThat(volume.size()).isEqualTo("52 x 52 x 52");
            assertThat(volume.voxelSize()).isEqualTo(10);
            assertThat(volume.get(28, 24, 27)).isEqualTo(244.79587f);
            assertThat(sum(volume)).isCloseTo(87360.63791338284, within(1e-7));
        }
    }
}
