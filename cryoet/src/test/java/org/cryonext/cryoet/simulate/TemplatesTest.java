package org.cryonext.cryoet.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.cryonext.cryoet.volume.MemoryVolume;
import org.cryonext.cryoet.volume.MrcForm;
import org.cryonext.cryoet.volume.MrcWriter;
import org.cryonext.engine.io.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TemplatesTest {
    @TempDir
    private Path folder;

    @Test
    void namesTheMissingFile() {
        writeBlobs(10);
        Path missing = folder.resolve("1qvr.mrc");
        missing.toFile().delete();
        assertThatThrownBy(() -> Templates.read(folder))
                .isInstanceOf(InputException.class)
                .hasMessage(
                        "The density of protein 1qvr is missing: no file " + missing
                                + "; --templates needs one MRC file of 10 Angstrom a voxel for each of SHREC 2020's 12 proteins");
    }

    @Test
    void namesTheStandInThatIsMissingToo() {
        writeBlobs(10);
        folder.resolve("4v94.mrc").toFile().delete();
        assertThatThrownBy(() -> Templates.read(folder))
                .hasMessageContaining("no file " + folder.resolve("4d8q.mrc") + " and no 4v94.mrc to stand in for it");
    }

    @Test
    void refusesAnotherVoxelSize() {
        writeBlobs(8);
        assertThatThrownBy(() -> Templates.read(folder))
                .isInstanceOf(InputException.class)
                .hasMessage(folder.resolve("3cf3.mrc")
                        + ": its voxels are 8.0 Angstrom wide, a template's must be 10; resample it");
    }

    @Test
    void refusesAnEmptyDensity() {
        writeBlobs(10);
        write("3cf3", 10, new float[20 * 20 * 30]);
        assertThatThrownBy(() -> Templates.read(folder))
                .hasMessage(folder.resolve("3cf3.mrc") + ": holds no density above 0");
    }

    /** The stand-in is two blobs along z, the heavier one longer: half of it is one blob. */
    @Test
    void halfOfTheStandInIsKept() {
        writeBlobs(10);
        List<Density> densities = Templates.read(folder);
        Density half = densities.get(10);
        assertThat(half.mass()).isCloseTo(785, within(0.1));
        assertThat(half.nz()).isLessThanOrEqualTo(half.nx());
        assertThat(half.radius()).isLessThan(7);
    }

    /** Balls that are a tenth thinner than solid protein: every voxel of theirs counts, and none else. */
    @Test
    void eachDensityIsScaledToItsProteinsMass() {
        for (Protein protein : Protein.SHREC_2020) {
            int voxels = (int) Math.round(1.1 * protein.mass() / Density.MASS_DENSITY);
            write(protein.name(), 10, ball(voxels, 40), 40, 40);
        }
        List<Density> densities = Templates.read(folder);
        for (int i = 0; i < densities.size(); i++) {
            Protein protein = Protein.SHREC_2020.get(i);
            double solid = protein.mass() / Density.MASS_DENSITY;
            long expected = Math.round(1.1 * solid);
            int voxels = 0;
            for (float value : densities.get(i).contrast()) {
                if (value > Density.MASK_LEVEL * Density.SOLID) {
                    assertThat((double) value).isCloseTo(Density.SOLID * solid / expected, within(1e-6));
                    voxels++;
                }
            }
            assertThat(voxels).as(protein.name()).isEqualTo((int) expected);
            assertThat(densities.get(i).mass()).isCloseTo(protein.mass(), within(protein.mass() * 1e-4));
        }
    }

    /** A cube in whose middle so many voxels, the nearest, are 7, and the others 0. */
    private static float[] ball(int voxels, int edge) {
        float[] values = new float[edge * edge * edge];
        IntStream.range(0, values.length)
                .boxed()
                .sorted(Comparator.comparingInt(i -> squares(i % edge, i / edge % edge, i / (edge * edge), edge / 2)))
                .limit(voxels)
                .forEach(i -> values[i] = 7);
        return values;
    }

    private static int squares(int x, int y, int z, int middle) {
        return (x - middle) * (x - middle) + (y - middle) * (y - middle) + (z - middle) * (z - middle);
    }

    @Test
    void realDensitiesHaveShrecsVolumes() {
        Path module = Path.of("").toAbsolutePath();
        Path project = Files.exists(module.resolve("LICENSE")) ? module : module.getParent();
        Path real = project.resolveSibling("shared").resolve("data").resolve("templates");
        assumeTrue(Files.exists(real), real + " is not there: the test on real densities is skipped");
        List<Density> densities = Templates.read(real);
        for (int i = 0; i < densities.size(); i++) {
            Protein protein = Protein.SHREC_2020.get(i);
            int voxels = 0;
            for (float value : densities.get(i).contrast()) {
                assertThat((double) value).isLessThan(Density.SOLID);
                voxels += value > Density.MASK_LEVEL * Density.SOLID ? 1 : 0;
            }
            assertThat((double) voxels).as(protein.name()).isCloseTo(protein.volume(), within(protein.volume() * 0.12));
            assertThat(densities.get(i).mass()).isCloseTo(protein.mass(), within(protein.mass() * 1e-4));
        }
    }

    private void writeBlobs(double voxelSize) {
        for (Protein protein : Protein.SHREC_2020) {
            if (!protein.name().equals("4d8q")) {
                write(protein.name(), voxelSize, blobs(15, 15));
            }
        }
        write("4v94", voxelSize, blobs(9, 20));
    }

    private static float[] blobs(int firstZ, int secondZ) {
        float[] values = new float[20 * 20 * 30];
        for (int i = 0; i < values.length; i++) {
            int x = i % 20 - 10;
            int y = i / 20 % 20 - 10;
            int z = i / 400;
            values[i] = (float) (Math.exp(-(x * x + y * y + (z - firstZ) * (z - firstZ)) / 5.0)
                    + Math.exp(-(x * x + y * y + (z - secondZ) * (z - secondZ)) / 5.0));
        }
        return values;
    }

    private void write(String name, double voxelSize, float[] values) {
        write(name, voxelSize, values, 20, 30);
    }

    private void write(String name, double voxelSize, float[] values, int edge, int depth) {
        MrcWriter.write(
                folder.resolve(name + ".mrc"),
                MrcForm.standard(edge, edge, depth, voxelSize),
                MemoryVolume.of(name, edge, edge, depth, voxelSize, values));
    }
}
