package org.cryonext.cryoet.triplet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.cryonext.cryoet.particle.Particle;
import org.cryonext.cryoet.volume.MemoryVolume;
import org.cryonext.cryoet.volume.MrcForm;
import org.cryonext.cryoet.volume.MrcVolume;
import org.cryonext.cryoet.volume.MrcWriter;
import org.cryonext.engine.io.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SliceCutterTest {
    private static final int SLICE = SliceCutter.SLICE;

    private static byte[] cut(MemoryVolume volume, int zOffset, Borders borders, Particle particle, View... views) {
        SliceCutter cutter = new SliceCutter(volume, zOffset, List.of(views), borders);
        byte[] out = new byte[cutter.bytes()];
        cutter.cut(particle, out, 0);
        return out;
    }

    private static View slice(Plane plane, int offset, int thickness) {
        return new View(plane, offset, thickness, Normalisation.SLICE);
    }

    @Test
    void slicesAreNumPysToTheBit() {
        byte[] expected = Fixtures.bytes("slices.u8");
        int at = 0;
        for (float scale : new float[] {1, 1e-8f, 1e6f}) {
            MemoryVolume volume = Fixtures.volume(60, 57, 53, scale);
            SliceCutter cutter = new SliceCutter(volume, 0, View.PAPER, Borders.SKIP);
            for (int[] centre : new int[][] {{24, 24, 24}, {35, 32, 28}, {30, 25, 27}}) {
                byte[] found = new byte[3 * SLICE];
                Particle particle = Fixtures.at(centre[0], centre[1], centre[2]);
                cutter.cut(particle, found, 0);
                assertThat(found)
                        .as("scale %s, centre %s", scale, Arrays.toString(centre))
                        .isEqualTo(Arrays.copyOfRange(expected, at, at += 3 * SLICE));
            }
        }
        assertThat(at).isEqualTo(expected.length);
    }

    @Test
    void aMappedFileGivesTheSameSlices(@TempDir Path folder) {
        MemoryVolume volume = Fixtures.volume(60, 57, 53, 1);
        Path file = folder.resolve("a.mrc");
        MrcWriter.write(file, MrcForm.standard(60, 57, 53, 10), volume);
        Particle particle = Fixtures.at(3, 55, 20);
        byte[] out = new byte[3 * SLICE];
        try (MrcVolume mapped = MrcVolume.open(file)) {
            new SliceCutter(mapped, 0, View.PAPER, Borders.PAD).cut(particle, out, 0);
        }
        assertThat(out).isEqualTo(cut(volume, 0, Borders.PAD, particle, View.PAPER.toArray(View[]::new)));
    }

    /** As a larger volume shows it that is dark where the volume is, and bright around. */
    @Test
    void whatLiesBeyondTheVolumeIsKnown() {
        View oblique = View.parse("30/50:2:1:tomogram:48").getFirst();
        View wide = View.parse("xz:-3:1:tomogram:64").getFirst();
        List<View> views = List.of(View.PAPER.get(0), View.PAPER.get(2), oblique, wide);
        MemoryVolume volume = MemoryVolume.zeros("inner", 60, 57, 70, 1);
        MemoryVolume bright = MemoryVolume.zeros("outer", 160, 157, 170, 1);
        for (int z = 0; z < 170; z++) {
            Arrays.fill(bright.slice(z), 1);
            for (int y = 50; z >= 50 && z < 120 && y < 107; y++) {
                Arrays.fill(bright.slice(z), y * 160 + 50, y * 160 + 110, 0);
            }
        }
        for (double[] at : new double[][] {{3, 55, 20}, {30, 28, 66}, {59, 0, 35}, {30, 28, 35}}) {
            Particle particle = Fixtures.at(at[0], at[1], at[2]);
            boolean[] beyond = new SliceCutter(volume, Placement.AS_LISTED, views, Borders.PAD, 48).beyond(particle);
            Particle inside = Fixtures.at(at[0] + 50, at[1] + 50, at[2] + 50);
            for (int v = 0; v < views.size(); v++) {
                int differing = 0;
                float[] values = new float[views.get(v).edge() * views.get(v).edge()];
                ViewSampler sampler = new ViewSampler(views);
                Vector voxel = new Vector(inside.x(), inside.y(), inside.z());
                sampler.aim(bright, voxel, 0, 169, Variation.NONE);
                sampler.values(v, values);
                int edge = views.get(v).edge();
                for (int i = 0; i < SLICE; i++) {
                    double row = (i / 48 + 0.5) * edge / 48 - 0.5;
                    double column = (i % 48 + 0.5) * edge / 48 - 0.5;
                    float value = values[(int) Math.round(row) * edge + (int) Math.round(column)];
                    if (beyond[v * SLICE + i] != value > 0.5) {
                        differing++;
                    }
                }
                // A value of an oblique view lies between voxels, and a resized slice's pixel between values.
                assertThat(differing)
                        .as("%s at %s", views.get(v).text(), particle.position())
                        .isLessThanOrEqualTo(v < 2 ? 0 : 48);
            }
        }
    }

    @Test
    void theZOffsetMovesTheCentre() {
        MemoryVolume volume = Fixtures.volume(60, 57, 70, 1);
        assertThat(cut(volume, 11, Borders.PAD, Fixtures.at(30, 30, 20), View.PAPER.get(1)))
                .isEqualTo(cut(volume, 0, Borders.PAD, Fixtures.at(30, 30, 31), View.PAPER.get(1)));
    }

    @ParameterizedTest
    @CsvSource({"29.5, 30", "30.49, 30", "30.5, 31", "30.0, 30"})
    void coordinatesAreRoundedToTheNearestVoxel(double coordinate, int voxel) {
        MemoryVolume volume = Fixtures.volume(60, 60, 60, 1);
        View[] views = View.PAPER.toArray(View[]::new);
        assertThat(cut(volume, 0, Borders.PAD, Fixtures.at(coordinate, coordinate, coordinate), views))
                .isEqualTo(cut(volume, 0, Borders.PAD, Fixtures.at(voxel, voxel, voxel), views));
    }

    /** The volume's value is its x, so that a slice shows which columns were taken. */
    private static MemoryVolume ramp(int nx, int ny, int nz) {
        MemoryVolume volume = MemoryVolume.zeros("ramp.mrc", nx, ny, nz, 10);
        for (int z = 0; z < nz; z++) {
            for (int i = 0; i < nx * ny; i++) {
                volume.slice(z)[i] = i % nx;
            }
        }
        return volume;
    }

    @Test
    void paddingTakesTheNearestVoxelAndKeepsTheContrast() {
        byte[] out = cut(ramp(100, 3, 2), 0, Borders.PAD, Fixtures.at(10, 1, 0), slice(Plane.XY, 0, 1));
        for (int row = 0; row < 48; row++) {
            for (int column = 0; column < 48; column++) {
                int x = Math.max(0, 10 - 24 + column);
                int expected = (int) (x / (33f + 1e-8f) * 255f);
                assertThat(out[row * 48 + column] & 0xFF).isEqualTo(expected);
            }
        }
    }

    @Test
    void aThickSliceIsTheMean() {
        MemoryVolume volume = Fixtures.volume(60, 57, 53, 1);
        for (Plane plane : List.of(Plane.XY, Plane.XZ, Plane.YZ)) {
            MemoryVolume mean = MemoryVolume.zeros("mean", 60, 57, 53, 10);
            for (int z = 0; z < 53; z++) {
                for (int y = 0; y < 57; y++) {
                    for (int x = 0; x < 60; x++) {
                        double sum = 0;
                        for (int i = 3; i < 7; i++) {
                            sum += switch (plane) {
                                case XY -> volume.get(x, y, Math.min(z + i, 52));
                                case XZ -> volume.get(x, Math.min(y + i, 56), z);
                                case YZ -> volume.get(Math.min(x + i, 59), y, z);
                                case OBLIQUE -> throw new AssertionError(plane);
                            };
                        }
                        mean.slice(z)[y * 60 + x] = (float) (sum / 4);
                    }
                }
            }
            Particle particle = Fixtures.at(35, 32, 28);
            assertThat(cut(volume, 0, Borders.PAD, particle, slice(plane, 5, 4)))
                    .as("%s", plane)
                    .isEqualTo(cut(mean, 0, Borders.PAD, particle, slice(plane, 0, 1)));
        }
    }

    @Test
    void normalisationByTomogramKeepsDensitiesComparable() {
        MemoryVolume volume = Fixtures.volume(60, 57, 53, 1);
        volume.slice(28)[32 * 60 + 35] = 1e6f;
        GreyRange range = GreyRange.of(volume);
        View view = new View(Plane.XY, 0, 1, Normalisation.TOMOGRAM);
        byte[] out = cut(volume, 0, Borders.PAD, Fixtures.at(35, 32, 28), view);
        assertThat(out[24 * 48 + 24]).as("beyond the range").isEqualTo((byte) 255);
        float value = volume.get(34, 32, 28);
        assertThat(out[24 * 48 + 23] & 0xFF)
                .isEqualTo((int) ((value - range.low()) / (range.high() - range.low()) * 255));
    }

    @Test
    void theRangeIsMeanAndFourDeviations() {
        float[] values = new float[3 * 5 * 7];
        for (int i = 0; i < values.length; i++) {
            values[i] = 1000 + i % 11;
        }
        double mean = 0;
        for (float value : values) {
            mean += value / values.length;
        }
        double variance = 0;
        for (float value : values) {
            variance += (value - mean) * (value - mean) / values.length;
        }
        GreyRange range = GreyRange.of(MemoryVolume.of("a", 3, 5, 7, 10, values));
        assertThat(range.low()).isCloseTo((float) (mean - 4 * Math.sqrt(variance)), within(1e-4f));
        assertThat(range.high()).isCloseTo((float) (mean + 4 * Math.sqrt(variance)), within(1e-4f));
    }

    @ParameterizedTest
    @CsvSource({"24, true", "23, false", "75, true", "76, false", "23.5, true"})
    void skipIsThePapersRule(double x, boolean accepted) {
        MemoryVolume volume = ramp(100, 50, 50);
        SliceCutter skip = new SliceCutter(volume, 0, View.PAPER, Borders.SKIP);
        SliceCutter pad = new SliceCutter(volume, 0, View.PAPER, Borders.PAD);
        assertThat(skip.accepts(Fixtures.at(x, 24, 24))).isEqualTo(accepted);
        assertThat(pad.accepts(Fixtures.at(x, 24, 24))).isTrue();
    }

    @Test
    void skipSeesTheTallerReconstruction() {
        Particle particle = Fixtures.at(30, 30, 5);
        SliceCutter truth = new SliceCutter(ramp(60, 60, 20), 0, View.PAPER, Borders.SKIP);
        SliceCutter reconstruction = new SliceCutter(ramp(60, 60, 60), 20, View.PAPER, Borders.SKIP);
        assertThat(truth.accepts(particle)).isFalse();
        assertThat(reconstruction.accepts(particle)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"-1, 0, 0", "0, 50, 0", "0, 0, 20", "0, 49.5, 0", "1e12, 0, 0"})
    void aParticleOutsideIsNamed(double x, double y, double z) {
        MemoryVolume volume = ramp(100, 50, 20);
        Particle particle = Fixtures.at(x, y, z);
        for (Borders borders : Borders.values()) {
            SliceCutter cutter = new SliceCutter(volume, 0, View.PAPER, borders);
            assertThatThrownBy(() -> cutter.cut(particle, new byte[3 * SLICE], 0))
                    .isInstanceOf(InputException.class)
                    .hasMessage("picks.csv line 7: the particle at " + particle.position()
                            + " lies outside ramp.mrc, which has 100 x 50 x 20 voxels; check that list and tomogram"
                            + " belong together and that the coordinates are voxels of this binning, from 0"
                            + " (--binning divides unbinned ones)");
            assertThatThrownBy(() -> cutter.accepts(particle)).isInstanceOf(InputException.class);
        }
    }

    @Test
    void theZOffsetIsNamedToo() {
        assertThatThrownBy(() -> cut(ramp(9, 9, 9), 5, Borders.PAD, Fixtures.at(1, 1, 4), View.PAPER.get(0)))
                .hasMessageContaining("the particle at (1, 1, 4) (z 9.0 with the offset 5) lies outside");
    }

    @Test
    void aVoxelThatIsNoNumberIsNamed() {
        MemoryVolume volume = ramp(60, 60, 60);
        volume.slice(30)[10 * 60 + 12] = Float.NaN;
        assertThatThrownBy(() -> cut(volume, 0, Borders.PAD, Fixtures.at(30, 30, 30), View.PAPER.get(0)))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith("ramp.mrc: voxel (12, 10, 30) is NaN");
    }
}
