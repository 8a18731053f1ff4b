package org.cryonext.cryoet.simulate;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.cryonext.cryoet.fourier.Fourier;

/**
 * Turns line integrals into images: structural noise along each ray, shot noise, contrast transfer; and the ramp filter
 * for the reconstruction. Filters act on images padded to powers of two, two images at a time as one complex image
 * (both filters are real in space).
 */
final class Microscope {
    /** Standard deviation of structural noise in a voxel; along a ray of n voxels the sum has sqrt(n) times that. */
    static final double STRUCTURE_NOISE = 0.04;

    /** Thickness of ice in voxels for which the shot noise is computed. */
    static final double NOISE_THICKNESS = 200;

    private final TiltGeometry geometry;
    private final ContrastTransfer transfer;
    private final int nx;
    private final int ny;
    private final int width;
    private final int height;
    private final Fourier alongX;
    private final Fourier alongY;
    private final float[] transferFilter;
    private final float[] ramp;

    /**
     * @param nx pixels of an image along x
     * @param ny pixels of an image along y, the tilt axis
     */
    Microscope(TiltGeometry geometry, ContrastTransfer transfer, int nx, int ny) {
        this.geometry = geometry;
        this.transfer = transfer;
        this.nx = nx;
        this.ny = ny;
        width = Fourier.paddedSize(nx);
        height = Fourier.paddedSize(ny);
        alongX = new Fourier(width);
        alongY = new Fourier(height);
        transferFilter = new float[height * width];
        for (int y = 0; y < height; y++) {
            double fy = signedFrequency(alongY.frequency(y), height);
            for (int x = 0; x < width; x++) {
                double fx = signedFrequency(alongX.frequency(x), width);
                transferFilter[y * width + x] = (float) transfer.at(Math.hypot(fx, fy));
            }
        }
        ramp = new float[width];
        double step = Math.toRadians(
                (geometry.degrees()[geometry.tilts() - 1] - geometry.degrees()[0]) / (geometry.tilts() - 1));
        for (int x = 0; x < width; x++) {
            ramp[x] = (float) (Math.abs(signedFrequency(alongX.frequency(x), width)) * step);
        }
    }

    private static double signedFrequency(int k, int n) {
        return (double) (k <= n / 2 ? k : k - n) / n;
    }

    /**
     * What the microscope gives.
     *
     * @param images with their means taken out
     * @param means of the images
     * @param filtered images after the ramp filter, for back-projection
     * @param shotDeviation standard deviation of the shot noise before the contrast transfer
     */
    record Exposure(TiltSeries images, float[] means, TiltSeries filtered, double shotDeviation) {}

    /**
     * Takes the images.
     *
     * @param projections line integrals of the contrast over water; structural noise is added to them
     * @param thickness of the specimen in voxels
     * @param snr signal-to-noise ratio, see docs/simulation.md
     */
    Exposure expose(TiltSeries projections, double thickness, double snr, RandomStreams streams, Workers workers) {
        addStructure(projections, thickness, streams, workers);
        int pairs = (geometry.tilts() + 1) / 2;
        float[][] re = new float[pairs][];
        float[][] im = new float[pairs][];
        float[] means = new float[geometry.tilts()];
        double[] variances = new double[geometry.tilts()];
        workers.each(pairs, pair -> {
            re[pair] = load(projections, 2 * pair, means, variances);
            im[pair] = load(projections, 2 * pair + 1, means, variances);
            toFrequencies(re, im, pair);
        });
        double deviation = shotDeviation(Arrays.stream(variances).average().orElseThrow(), thickness, snr);
        TiltSeries images = new TiltSeries(geometry.tilts(), nx, ny);
        TiltSeries filtered = new TiltSeries(geometry.tilts(), nx, ny);
        workers.each(pairs, pair -> {
            addShotNoise(re[pair], im[pair], deviation, streams.of(RandomStreams.Use.SHOT, pair));
            develop(re, im, pair, images, filtered);
        });
        for (int tilt = 0; tilt < geometry.tilts(); tilt++) {
            double ice = Specimen.WATER * thickness / geometry.cos(tilt);
            means[tilt] = (float) ((means[tilt] + ice) * transfer.at(0));
        }
        return new Exposure(images, means, filtered, deviation);
    }

    /**
     * Standard deviation of the shot noise before the contrast transfer, sqrt(0.5 variance A^2 / SNR): of the projections'
     * variance, amplitude contrast lets through A^2 at low frequencies. The variance is proportional to the thickness of
     * ice and taken for {@link #NOISE_THICKNESS}.
     *
     * @param variance of the projections with structural noise, the mean over the tilts
     * @param thickness of the specimen in voxels
     */
    double shotDeviation(double variance, double thickness, double snr) {
        double contrast = transfer.amplitudeContrast();
        return Math.sqrt(0.5 * variance * (NOISE_THICKNESS / thickness) * contrast * contrast / snr);
    }

    private void addStructure(TiltSeries projections, double thickness, RandomStreams streams, Workers workers) {
        workers.each(projections.blocks(), b -> {
            SplittableRandom random = streams.of(RandomStreams.Use.STRUCTURE, b);
            float[] block = projections.block(b);
            for (int tilt = 0; tilt < geometry.tilts(); tilt++) {
                double deviation = STRUCTURE_NOISE * Math.sqrt(thickness / geometry.cos(tilt));
                for (int i = projections.at(tilt, 0); i < projections.at(tilt, nx); i++) {
                    block[i] += (float) (deviation * random.nextGaussian());
                }
            }
        });
    }

    /** One image, [width, height] with y fastest, its mean taken out; notes mean and variance; zeros where there is none. */
    private float[] load(TiltSeries series, int tilt, float[] means, double[] variances) {
        float[] out = new float[width * height];
        if (tilt >= geometry.tilts()) {
            return out;
        }
        double sum = 0;
        for (int x = 0; x < nx; x++) {
            series.copyColumn(tilt, x, out, x * height);
            for (int y = 0; y < ny; y++) {
                sum += out[x * height + y];
            }
        }
        means[tilt] = (float) (sum / ((double) nx * ny));
        double squares = 0;
        for (int x = 0; x < nx; x++) {
            for (int y = 0; y < ny; y++) {
                float value = out[x * height + y] - means[tilt];
                out[x * height + y] = value;
                squares += value * value;
            }
        }
        variances[tilt] = squares / ((double) nx * ny);
        return out;
    }

    /** Leaves the pair's frequencies, [height, width], after the contrast transfer. */
    private void toFrequencies(float[][] re, float[][] im, int pair) {
        alongX.forward(re[pair], im[pair], height);
        re[pair] = transposed(re[pair], width, height);
        im[pair] = transposed(im[pair], width, height);
        alongY.forward(re[pair], im[pair], width);
        for (int i = 0; i < transferFilter.length; i++) {
            re[pair][i] *= transferFilter[i];
            im[pair][i] *= transferFilter[i];
        }
    }

    // White noise in two real images is white noise in the frequencies of their complex sum: no transform is needed.
    private void addShotNoise(float[] re, float[] im, double deviation, SplittableRandom random) {
        double scale = deviation * Math.sqrt((double) width * height);
        for (int i = 0; i < transferFilter.length; i++) {
            re[i] += (float) (scale * random.nextGaussian()) * transferFilter[i];
            im[i] += (float) (scale * random.nextGaussian()) * transferFilter[i];
        }
    }

    private void develop(float[][] re, float[][] im, int pair, TiltSeries images, TiltSeries filtered) {
        alongY.inverse(re[pair], im[pair], width);
        float[] imageRe = transposed(re[pair], height, width);
        float[] imageIm = transposed(im[pair], height, width);
        re[pair] = imageRe.clone();
        im[pair] = imageIm.clone();
        alongX.inverse(imageRe, imageIm, height);
        store(imageRe, imageIm, pair, images);
        for (int x = 0; x < width; x++) {
            for (int i = x * height; i < (x + 1) * height; i++) {
                re[pair][i] *= ramp[x];
                im[pair][i] *= ramp[x];
            }
        }
        alongX.inverse(re[pair], im[pair], height);
        store(re[pair], im[pair], pair, filtered);
        re[pair] = null;
        im[pair] = null;
    }

    private void store(float[] re, float[] im, int pair, TiltSeries to) {
        float scale = 1f / (width * height);
        for (int i = 0; i < re.length; i++) {
            re[i] *= scale;
            im[i] *= scale;
        }
        for (int x = 0; x < nx; x++) {
            to.setColumn(2 * pair, x, re, x * height);
            if (2 * pair + 1 < geometry.tilts()) {
                to.setColumn(2 * pair + 1, x, im, x * height);
            }
        }
    }

    private static float[] transposed(float[] from, int rows, int columns) {
        float[] to = new float[from.length];
        Fourier.transpose(from, to, rows, columns);
        return to;
    }
}
