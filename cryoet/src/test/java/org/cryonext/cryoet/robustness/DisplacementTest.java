package org.cryonext.cryoet.robustness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.cryonext.cryoet.dataset.LabelledTomogram;
import org.cryonext.cryoet.dataset.ShrecDataset;
import org.cryonext.cryoet.dataset.Source;
import org.cryonext.cryoet.particle.Particle;
import org.cryonext.cryoet.volume.MemoryVolume;
import org.cryonext.cryoet.volume.MrcForm;
import org.cryonext.cryoet.volume.MrcWriter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DisplacementTest {
    private static final int EDGE = 30;
    private static final int PARTICLES = 400;

    @TempDir
    private Path folder;

    private LabelledTomogram tomogram;

    @BeforeEach
    void write() throws IOException {
        Path model = Files.createDirectory(folder.resolve("model_3"));
        MrcWriter.write(
                model.resolve("grandmodel.mrc"),
                MrcForm.shrec(EDGE, EDGE, EDGE),
                MemoryVolume.zeros("zeros", EDGE, EDGE, EDGE, 10));
        StringBuilder list = new StringBuilder();
        for (int i = 0; i < PARTICLES; i++) {
            list.append("1bxn 15 14 16 0 0 0\n");
        }
        list.append("3qm1 0 0 29 10 20 30\n");
        Files.writeString(model.resolve("particle_locations.txt"), list);
        tomogram = ShrecDataset.open(folder).tomograms().getFirst();
    }

    private List<Particle> moved(double length, long seed) {
        LabelledTomogram there = new Displacement(length, seed).of(tomogram, Source.GRANDMODEL);
        assertThat(there.name()).isEqualTo("model_3");
        return there.particles().particles();
    }

    private List<Particle> particles() {
        return tomogram.particles().particles();
    }

    @Test
    void theLengthIsThatAskedForAndNothingElseChanges() {
        for (double length : new double[] {0.5, 1, 6}) {
            List<Particle> moved = moved(length, 1);
            assertThat(moved).hasSameSizeAs(particles());
            for (int i = 0; i < moved.size(); i++) {
                Particle from = particles().get(i);
                Particle to = moved.get(i);
                assertThat(Math.sqrt(square(to.x() - from.x()) + square(to.y() - from.y()) + square(to.z() - from.z())))
                        .isCloseTo(length, within(1e-12));
                assertThat(to.at(from.x(), from.y(), from.z())).isEqualTo(from);
            }
        }
        assertThat(new Displacement(0, 1).of(tomogram, Source.GRANDMODEL)).isSameAs(tomogram);
    }

    private static double square(double value) {
        return value * value;
    }

    /** Of a uniform direction each coordinate has the mean 0 and the variance 1/3. */
    @Test
    void directionsAreUniform() {
        List<Particle> moved = moved(1, 7).subList(0, PARTICLES);
        double[] sums = new double[3];
        double[] squares = new double[3];
        for (Particle particle : moved) {
            double[] step = {particle.x() - 15, particle.y() - 14, particle.z() - 16};
            for (int axis = 0; axis < 3; axis++) {
                sums[axis] += step[axis] / PARTICLES;
                squares[axis] += step[axis] * step[axis] / PARTICLES;
            }
        }
        for (int axis = 0; axis < 3; axis++) {
            assertThat(sums[axis]).isCloseTo(0, within(0.1));
            assertThat(squares[axis]).isCloseTo(1 / 3.0, within(0.06));
        }
        assertThat(moved).doesNotHaveDuplicates();
    }

    @Test
    void theDirectionIsTheSameForEveryLengthAndAnotherForAnotherSeed() {
        Particle near = moved(1, 7).get(5);
        Particle far = moved(4, 7).get(5);
        assertThat(far.x() - 15).isCloseTo(4 * (near.x() - 15), within(1e-9));
        assertThat(far.z() - 16).isCloseTo(4 * (near.z() - 16), within(1e-9));
        assertThat(moved(1, 7)).isEqualTo(moved(1, 7));
        assertThat(moved(1, 8).get(5).x()).isNotEqualTo(near.x());
    }

    @Test
    void noParticleLeavesTheVolume() {
        for (long seed = 0; seed < 50; seed++) {
            Particle corner = moved(6, seed).getLast();
            assertThat(List.of(corner.x(), corner.y(), corner.z()))
                    .allMatch(coordinate -> coordinate >= -0.5 && coordinate < EDGE - 0.5);
        }
    }
}
