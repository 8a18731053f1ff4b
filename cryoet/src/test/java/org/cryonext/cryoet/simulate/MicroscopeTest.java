package org.cryonext.cryoet.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MicroscopeTest {
    private static final int N = 64;

    private final Workers workers = new Workers(2);
    private final TiltGeometry geometry = TiltGeometry.shrec();
    private final RandomStreams streams = new RandomStreams(5, 0);

    @AfterEach
    void close() {
        workers.close();
    }

    /** A point, imaged by a microscope that only inverts the contrast, is reconstructed where it was. */
    @Test
    void aPointIsReconstructedAtItsPlace() {
        int slicesOfTruth = 32;
        float[][] truth = new float[slicesOfTruth][N * N];
        truth[21][40 * N + 17] = 100;
        ContrastTransfer inverting = new ContrastTransfer(300, 0, 0, 1, 1e6, 1);
        TiltSeries projections = Projector.project(truth, N, N, geometry, workers);
        // Next to no ice and no shot noise.
        Microscope.Exposure exposure =
                new Microscope(geometry, inverting, N, N).expose(projections, 1e-9, 1e30, streams, workers);
        float[][] reconstruction = new float[N][N * N];
        new BackProjector(exposure.filtered(), geometry, N).slices(0, reconstruction, N, workers);
        int[] darkest = new int[3];
        float least = 0;
        for (int z = 0; z < N; z++) {
            for (int i = 0; i < N * N; i++) {
                if (reconstruction[z][i] < least) {
                    least = reconstruction[z][i];
                    darkest = new int[] {i % N, i / N, z};
                }
            }
        }
        int offset = (N - slicesOfTruth) / 2;
        assertThat(darkest).containsExactly(17, 40, 21 + offset);
        assertThat(least).isBetween(-60f, -15f);
    }

    /** The difference of two exposures that differ in the shot noise alone is that noise, seen through the transfer. */
    @Test
    void shotNoiseHasTheVarianceOfTheGivenRatio() {
        double thickness = 100;
        double snr = 0.05;
        ContrastTransfer transfer = ContrastTransfer.shrec();
        Microscope microscope = new Microscope(geometry, transfer, N, N);
        TiltSeries quietProjections = noisyProjections();
        Microscope.Exposure quiet = microscope.expose(quietProjections, thickness, 1e30, streams, workers);
        Microscope.Exposure loud = microscope.expose(noisyProjections(), thickness, snr, streams, workers);
        // The projections now hold their structural noise.
        double variance = meanVariance(quietProjections);
        double expected = 0.5 * variance * (200 / thickness) * 0.08 * 0.08 / snr;
        assertThat(loud.shotDeviation() * loud.shotDeviation()).isCloseTo(expected, within(expected * 1e-5));

        double passed = 0;
        for (int ky = 0; ky < N; ky++) {
            for (int kx = 0; kx < N; kx++) {
                double fx = (kx < N / 2 ? kx : kx - N) / (double) N;
                double fy = (ky < N / 2 ? ky : ky - N) / (double) N;
                passed += Math.pow(transfer.at(Math.hypot(fx, fy)), 2) / (N * N);
            }
        }
        float[] a = new float[N * N];
        float[] b = new float[N * N];
        double squares = 0;
        for (int tilt = 0; tilt < geometry.tilts(); tilt++) {
            quiet.images().copyImage(tilt, 0, a);
            loud.images().copyImage(tilt, 0, b);
            for (int i = 0; i < a.length; i++) {
                squares += (b[i] - a[i]) * (b[i] - a[i]);
            }
        }
        double measured = squares / ((double) geometry.tilts() * N * N);
        assertThat(measured).isCloseTo(expected * passed, within(0.05 * expected * passed));
    }

    @Test
    void structuralNoiseAddsUpAlongTheRay() {
        double thickness = 150;
        TiltSeries empty = new TiltSeries(geometry.tilts(), N, N);
        new Microscope(geometry, ContrastTransfer.shrec(), N, N).expose(empty, thickness, 0.05, streams, workers);
        float[] image = new float[N * N];
        for (int tilt : new int[] {0, 20, 40}) {
            empty.copyImage(tilt, 0, image);
            double expected = 0.04 * 0.04 * thickness * (tilt == 20 ? 1 : 2);
            assertThat(variance(image)).isCloseTo(expected, within(0.1 * expected));
        }
    }

    /** Sizes that are no powers of two are padded; a smooth image far from the border comes out as in an unpadded one. */
    @Test
    void paddingDoesNotMoveTheImage() {
        ContrastTransfer transfer = ContrastTransfer.shrec();
        int odd = 49;
        float[] small = imageOfABlob(new Microscope(geometry, transfer, odd, odd), odd);
        float[] large = imageOfABlob(new Microscope(geometry, transfer, N, N), N);
        for (int y = 10; y < 38; y++) {
            for (int x = 10; x < 38; x++) {
                assertThat(small[y * odd + x]).isCloseTo(large[y * N + x], within(0.02f));
            }
        }
    }

    private float[] imageOfABlob(Microscope microscope, int n) {
        TiltSeries series = new TiltSeries(geometry.tilts(), n, n);
        float[] column = new float[n];
        for (int x = 0; x < n; x++) {
            for (int y = 0; y < n; y++) {
                column[y] = (float) (10 * Math.exp(-((x - 24) * (x - 24) + (y - 22) * (y - 22)) / 8.0));
            }
            series.setColumn(3, x, column, 0);
        }
        Microscope.Exposure exposure = microscope.expose(series, 1e-9, 1e30, streams, workers);
        float[] image = new float[n * n];
        exposure.images().copyImage(3, exposure.means()[3], image);
        return image;
    }

    private TiltSeries noisyProjections() {
        TiltSeries series = new TiltSeries(geometry.tilts(), N, N);
        Random random = new Random(3);
        float[] column = new float[N];
        for (int tilt = 0; tilt < geometry.tilts(); tilt++) {
            for (int x = 0; x < N; x++) {
                for (int y = 0; y < N; y++) {
                    column[y] = (float) (7 + random.nextGaussian());
                }
                series.setColumn(tilt, x, column, 0);
            }
        }
        return series;
    }

    private double meanVariance(TiltSeries series) {
        float[] image = new float[N * N];
        double sum = 0;
        for (int tilt = 0; tilt < series.tilts(); tilt++) {
            series.copyImage(tilt, 0, image);
            sum += variance(image) / series.tilts();
        }
        return sum;
    }

    private static double variance(float[] values) {
        double mean = Density.sum(values) / values.length;
        double sum = 0;
        for (float value : values) {
            sum += (value - mean) * (value - mean);
        }
        return sum / values.length;
    }
}
