package org.cryonext.cryoet.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ProjectorTest {
    private static final int NX = 61;
    private static final int NY = 35;
    private static final int NZ = 40;

    private final Workers workers = new Workers(2);
    private final TiltGeometry geometry = TiltGeometry.shrec();

    @AfterEach
    void close() {
        workers.close();
    }

    /** The line integral of a Gaussian of mass 1 is a Gaussian of mass 1 around the projected centre, in every tilt. */
    @Test
    void aGaussianIsProjectedToItsLineIntegral() {
        double x0 = 36.3;
        double z0 = 14.6;
        double sigma = 3;
        int row = 17;
        float[][] slices = new float[NZ][NX * NY];
        for (int z = 0; z < NZ; z++) {
            for (int x = 0; x < NX; x++) {
                double r2 = (x - x0) * (x - x0) + (z - z0) * (z - z0);
                slices[z][row * NX + x] = (float) (Math.exp(-r2 / (2 * sigma * sigma)) / (2 * Math.PI * sigma * sigma));
            }
        }
        TiltSeries series = Projector.project(slices, NX, NY, geometry, workers);
        float[] image = new float[NX * NY];
        // Voxels and pixels are squares and strips of width 1: together they widen the Gaussian by 1/12 each, but
        // not where their borders coincide, as at tilt 0: hence 1.5 % of the peak of 0.13.
        double wide = Math.sqrt(sigma * sigma + 1.0 / 6);
        for (int tilt = 0; tilt < geometry.tilts(); tilt++) {
            series.copyImage(tilt, 0, image);
            double angle = Math.toRadians(-60 + 3 * tilt);
            double seen =
                    (x0 - (NX - 1) / 2.0) * Math.cos(angle) + (z0 - (NZ - 1) / 2.0) * Math.sin(angle) + (NX - 1) / 2.0;
            for (int y = 0; y < NY; y++) {
                for (int x = 0; x < NX; x++) {
                    double d = x - seen;
                    double expected =
                            y == row ? Math.exp(-d * d / (2 * wide * wide)) / (Math.sqrt(2 * Math.PI) * wide) : 0;
                    assertThat((double) image[y * NX + x]).isCloseTo(expected, within(0.002));
                }
            }
        }
    }

    @Test
    void everyTiltKeepsTheMassThatStaysInTheImage() {
        float[][] slices = new float[NZ][NX * NY];
        double mass = 0;
        for (int z = 12; z < 28; z++) {
            for (int i = 0; i < NX * NY; i++) {
                if (i % NX >= 22 && i % NX < 40) {
                    slices[z][i] = (z * 31 + i * 17) % 13;
                    mass += slices[z][i];
                }
            }
        }
        TiltSeries series = Projector.project(slices, NX, NY, geometry, workers);
        float[] image = new float[NX * NY];
        for (int tilt = 0; tilt < geometry.tilts(); tilt++) {
            series.copyImage(tilt, 0, image);
            assertThat(Density.sum(image)).isCloseTo(mass, within(mass * 1e-6));
        }
    }

    @Test
    void backProjectionSumsWhatTheTiltsSeeAtAVoxel() {
        TiltSeries series = new TiltSeries(geometry.tilts(), NX, NY);
        float[] column = new float[NY];
        for (int tilt = 0; tilt < geometry.tilts(); tilt++) {
            for (int x = 0; x < NX; x++) {
                for (int y = 0; y < NY; y++) {
                    column[y] = tilt + 2 * x + 5 * y;
                }
                series.setColumn(tilt, x, column, 0);
            }
        }
        float[][] slices = new float[3][NX * NY];
        new BackProjector(series, geometry, NZ).slices(18, slices, 3, workers);
        for (int k = 0; k < 3; k++) {
            for (int x = 25; x < 36; x++) {
                for (int y = 0; y < NY; y++) {
                    double sum = 0;
                    for (int tilt = 0; tilt < geometry.tilts(); tilt++) {
                        double angle = Math.toRadians(-60 + 3 * tilt);
                        double seen = 30 + (x - 30) * Math.cos(angle) + (18 + k - 19.5) * Math.sin(angle);
                        sum += tilt + 2 * seen + 5 * y;
                    }
                    assertThat((double) slices[k][y * NX + x]).isCloseTo(sum, within(0.01));
                }
            }
        }
    }
}
