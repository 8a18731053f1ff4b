package org.cryonext.cryoet.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.cryonext.engine.io.InputException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SpecimenMakerTest {
    private static final VolumeSize SIZE = new VolumeSize(90, 80, 64);

    private final Workers workers = new Workers(2);
    private final List<Density> densities = Assemblies.densities();

    @AfterEach
    void close() {
        workers.close();
    }

    /** The particle list alone gives the volume again: each density, turned and put in its place, overlaps no other. */
    @Test
    void theListDescribesTheVolume() {
        int count = 25;
        Specimen specimen = SpecimenMaker.make(densities, SIZE, count, new RandomStreams(4, 1), workers);
        float[][] left = new float[SIZE.nz()][];
        for (int z = 0; z < left.length; z++) {
            left[z] = specimen.contrast()[z].clone();
        }
        assertThat(specimen.particles()).hasSize(count);
        for (int k = 0; k < count; k++) {
            Placement p = specimen.particles().get(k);
            Stamp stamp = Stamp.of(densities.get(p.protein()), p.rotation());
            boolean[] mask = stamp.mask();
            for (int i = 0; i < stamp.contrast().length; i++) {
                float value = stamp.contrast()[i];
                int x = p.x() + stamp.lowX() + i % stamp.nx();
                int y = p.y() + stamp.lowY() + i / stamp.nx() % stamp.ny();
                int z = p.z() + stamp.lowZ() + i / (stamp.nx() * stamp.ny());
                int at = y * SIZE.nx() + x;
                if (value > 0) {
                    assertThat(specimen.contrast()[z][at]).isEqualTo(value);
                    left[z][at] = 0;
                }
                assertThat(specimen.occupancy()[z][at] == k + 1).isEqualTo(mask[i]);
                if (mask[i]) {
                    assertThat((int) specimen.boxes()[z][at]).isPositive();
                }
            }
        }
        for (float[] slice : left) {
            assertThat(slice).containsOnly(0f);
        }
    }

    /** The centre of a hollow particle too: what lies at a listed position is the particle of that line. */
    @Test
    void everyPositionIsInTheMaskOfItsParticle() {
        Specimen specimen = SpecimenMaker.make(densities, SIZE, 25, new RandomStreams(4, 1), workers);
        for (int k = 0; k < 25; k++) {
            Placement p = specimen.particles().get(k);
            int number = specimen.occupancy()[p.z()][p.y() * SIZE.nx() + p.x()];
            assertThat(number).as(Protein.SHREC_2020.get(p.protein()).name()).isEqualTo(k + 1);
        }
    }

    @Test
    void classesAreEquallyLikely() {
        int[] counts = new int[12];
        for (int i = 0; i < 12000; i++) {
            counts[new RandomStreams(9, 0).of(RandomStreams.Use.CLASS, i).nextInt(12)]++;
        }
        for (int count : counts) {
            assertThat((double) count).isCloseTo(1000, within(120.0));
        }
    }

    @Test
    void waterNoiseHasItsDeviation() {
        Specimen specimen = SpecimenMaker.make(densities, SIZE, 1, new RandomStreams(4, 1), workers);
        float[][] before = new float[SIZE.nz()][];
        for (int z = 0; z < before.length; z++) {
            before[z] = specimen.contrast()[z].clone();
        }
        specimen.addWaterNoise(new RandomStreams(4, 1), workers);
        double squares = 0;
        for (int z = 0; z < before.length; z++) {
            for (int i = 0; i < before[z].length; i++) {
                double noise = specimen.contrast()[z][i] - before[z][i];
                squares += noise * noise;
            }
        }
        assertThat(Math.sqrt(squares / SIZE.voxels())).isCloseTo(0.01, within(1e-4));
    }

    @Test
    void saysHowManyFoundRoom() {
        assertThatThrownBy(() -> SpecimenMaker.make(
                        densities, new VolumeSize(64, 64, 64), 400, new RandomStreams(1, 0), workers))
                .isInstanceOf(InputException.class)
                .hasMessageMatching(
                        "Only \\d+ of 400 particles found room in 64 x 64 x 64 voxels, where the largest are"
                                + " placed first; ask for fewer with --particles \\(13 are usual\\) or for a larger --size");
    }
}
