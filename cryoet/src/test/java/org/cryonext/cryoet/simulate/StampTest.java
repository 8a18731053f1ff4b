package org.cryonext.cryoet.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.assertj.core.data.Index;
import org.junit.jupiter.api.Test;

class StampTest {
    @Test
    void anglesTurnAboutZThenXThenZ() {
        // The x axis turns about z onto y, about x onto z, and stays there.
        assertThat(turned(new Rotation(90, 90, 45), 1, 0, 0)).satisfies(p -> {
            assertThat(p[0]).isCloseTo(0, within(1e-12));
            assertThat(p[1]).isCloseTo(0, within(1e-12));
            assertThat(p[2]).isCloseTo(1, within(1e-12));
        });
        // The z axis: about z nothing, about x by 90 onto -y, about z by 90 onto x.
        assertThat(turned(new Rotation(33, 90, 90), 0, 0, 1)).satisfies(p -> {
            assertThat(p[0]).isCloseTo(1, within(1e-12));
            assertThat(p[1]).isCloseTo(0, within(1e-12));
            assertThat(p[2]).isCloseTo(0, within(1e-12));
        });
    }

    @Test
    void rotationsAreUniform() {
        RandomStreams streams = new RandomStreams(1, 2);
        int n = 20000;
        double[] mean = new double[3];
        double[] squares = new double[3];
        for (int i = 0; i < n; i++) {
            double[] p = turned(Rotation.random(streams.of(RandomStreams.Use.ROTATION, i)), 0.6, 0, 0.8);
            for (int axis = 0; axis < 3; axis++) {
                mean[axis] += p[axis] / n;
                squares[axis] += p[axis] * p[axis] / n;
            }
        }
        for (int axis = 0; axis < 3; axis++) {
            assertThat(mean[axis]).isCloseTo(0, within(0.02));
            assertThat(squares[axis]).isCloseTo(1.0 / 3, within(0.01));
        }
    }

    @Test
    void aTurnedDensityKeepsItsMassAndItsCentre() {
        Density rod = rod();
        for (Rotation rotation :
                new Rotation[] {new Rotation(0, 0, 0), new Rotation(12, 57, 201), new Rotation(300, 141, 5)}) {
            Stamp stamp = Stamp.of(rod, rotation);
            double sum = Density.sum(stamp.contrast());
            assertThat(sum).isCloseTo(Density.sum(rod.contrast()), within(1e-5));
            assertThat(moment(stamp, 0)).isCloseTo(0, within(0.1));
            assertThat(moment(stamp, 1)).isCloseTo(0, within(0.1));
            assertThat(moment(stamp, 2)).isCloseTo(0, within(0.1));
        }
    }

    /** A ring of eight voxels about the centre, one of them too faint, in a box of five by five by one. */
    @Test
    void aCavityBelongsToItsParticle() {
        float solid = 0.092f;
        float[] ring = new float[25];
        for (int i : new int[] {6, 7, 8, 11, 13, 16, 17, 18}) {
            ring[i] = solid;
        }
        ring[0] = 0.0019f;
        ring[4] = 0.0018f;
        boolean[] mask = new Stamp(-2, -2, 0, 5, 5, 1, ring).mask();
        assertThat(mask).contains(true, Index.atIndex(12));
        assertThat(mask).contains(true, Index.atIndex(0));
        assertThat(mask).contains(false, Index.atIndex(4));
        assertThat(mask).contains(false, Index.atIndex(10));
        ring[12] = solid;
        ring[13] = 0;
        assertThat(new Stamp(-2, -2, 0, 5, 5, 1, ring).mask()).contains(false, Index.atIndex(13));
    }

    @Test
    void aRodAlongXTurnedByZ1LiesAlongY() {
        Stamp unturned = Stamp.of(rod(), new Rotation(0, 0, 0));
        assertThat(unturned.nx()).isGreaterThan(2 * unturned.ny());
        Stamp along = Stamp.of(rod(), new Rotation(90, 0, 0));
        assertThat(along.ny()).isGreaterThan(2 * along.nx());
        Stamp up = Stamp.of(rod(), new Rotation(90, 90, 0));
        assertThat(up.nz()).isGreaterThan(2 * up.nx());
    }

    private static double[] turned(Rotation rotation, double x, double y, double z) {
        double[][] m = rotation.matrix();
        double[] out = new double[3];
        for (int i = 0; i < 3; i++) {
            out[i] = m[i][0] * x + m[i][1] * y + m[i][2] * z;
        }
        return out;
    }

    private static double moment(Stamp stamp, int axis) {
        double sum = 0;
        for (int i = 0; i < stamp.contrast().length; i++) {
            int at = switch (axis) {
                case 0 -> stamp.lowX() + i % stamp.nx();
                case 1 -> stamp.lowY() + i / stamp.nx() % stamp.ny();
                default -> stamp.lowZ() + i / (stamp.nx() * stamp.ny());
            };
            sum += stamp.contrast()[i] * (double) at;
        }
        return sum / Density.sum(stamp.contrast());
    }

    private static Density rod() {
        int edge = 31;
        float[] values = new float[edge * edge * edge];
        for (int i = 0; i < values.length; i++) {
            double x = (i % edge - 15) / 5.0;
            double y = (i / edge % edge - 14) / 1.5;
            double z = (i / (edge * edge) - 15) / 1.5;
            values[i] = (float) Math.exp(-(x * x + y * y + z * z) / 2);
        }
        return Density.ofMass(100, edge, edge, edge, values);
    }
}
