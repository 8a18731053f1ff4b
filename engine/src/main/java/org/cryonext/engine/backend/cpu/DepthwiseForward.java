package org.cryonext.engine.backend.cpu;

import java.util.Arrays;

/**
 * Depthwise convolution with zero padding, or, with the filter turned by 180 degrees, its gradient by the image.
 *
 * <p>A task is one vector of channels of a band of rows of one image, so that the rows under the filter stay in the
 * first-level cache.
 */
final class DepthwiseForward {
    private static final int LENGTH = CpuSpecies.LENGTH;

    private final DepthwiseGeometry geometry;
    private final boolean turned;
    private final int workers;
    private final int bands;
    private final DepthwiseKernels.Forward[] kernels;

    DepthwiseForward(int batch, int height, int width, int channels, int k, boolean turned, int workers) {
        int outputs = Math.min(width, DepthwiseKernels.forwardOutputs(k));
        this.geometry = new DepthwiseGeometry(batch, height, width, channels, k, outputs);
        this.turned = turned;
        this.workers = workers;
        int whole = batch * (geometry.vectors() ? geometry.groups() : 1);
        int wanted = workers == 1 ? 1 : Math.ceilDiv(4 * workers, whole);
        bands = Math.clamp(wanted, 1, Math.max(1, height / 4));
        kernels = new DepthwiseKernels.Forward[geometry.vectors() ? geometry.tiles() : 0];
        for (int tile = 0; tile < kernels.length; tile++) {
            kernels[tile] = DepthwiseKernels.forward(k, outputs, geometry.left(tile), geometry.right(tile));
        }
    }

    int scratchFloats() {
        return geometry.vectors() ? workers * workerFloats() : 0;
    }

    /** Filter and bias of a vector of channels. */
    private int workerFloats() {
        return (geometry.k() * geometry.k() + 1) * LENGTH;
    }

    int tasks() {
        return geometry.batch() * (geometry.vectors() ? geometry.groups() : 1) * bands;
    }

    /** @param bias null for none */
    CpuPool.Body bind(CpuBlock x, CpuBlock w, CpuBlock bias, CpuBlock y, CpuBlock scratch) {
        if (!geometry.vectors()) {
            return (task, worker) -> plain(task / bands, task % bands, x, w, bias, y);
        }
        return (task, worker) -> {
            int at = scratch.offset() + worker * workerFloats();
            int group = task / bands % geometry.groups();
            int image = task / bands / geometry.groups();
            vectors(image, group, task % bands, x, w, bias, y, scratch.array(), at);
        };
    }

    private int bandStart(int band) {
        return (int) ((long) geometry.height() * band / bands);
    }

    private void vectors(
            int image,
            int group,
            int band,
            CpuBlock x,
            CpuBlock w,
            CpuBlock bias,
            CpuBlock y,
            float[] scratch,
            int at) {
        DepthwiseGeometry g = geometry;
        int k = g.k();
        int channel = g.channel(group);
        int biasAt = at + k * k * LENGTH;
        copyFilter(w, channel, scratch, at);
        if (bias == null) {
            Arrays.fill(scratch, biasAt, biasAt + LENGTH, 0);
        } else {
            System.arraycopy(bias.array(), bias.offset() + channel, scratch, biasAt, LENGTH);
        }
        int rowStride = g.width() * g.channels();
        int end = bandStart(band + 1);
        for (int row = bandStart(band); row < end; row++) {
            int first = g.firstRow(row);
            int rows = g.endRow(row) - first;
            int wAt = at + first * k * LENGTH;
            for (int tile = 0; tile < kernels.length; tile++) {
                int column = g.column(tile);
                int left = Math.max(0, column - g.radius());
                int xAt = x.offset() + g.position(image, row + first - g.radius(), left) + channel;
                int yAt = y.offset() + g.position(image, row, column) + channel;
                kernels[tile].run(
                        x.array(), xAt, rowStride, g.channels(), scratch, wAt, rows, scratch, biasAt, y.array(), yAt);
            }
        }
    }

    private void copyFilter(CpuBlock w, int channel, float[] to, int at) {
        int taps = geometry.k() * geometry.k();
        for (int tap = 0; tap < taps; tap++) {
            int source = w.offset() + (turned ? taps - 1 - tap : tap) * geometry.channels() + channel;
            System.arraycopy(w.array(), source, to, at + tap * LENGTH, LENGTH);
        }
    }

    /** Fewer channels than a vector has, or a huge filter. */
    private void plain(int image, int band, CpuBlock x, CpuBlock w, CpuBlock bias, CpuBlock y) {
        DepthwiseGeometry g = geometry;
        int k = g.k();
        int end = bandStart(band + 1);
        for (int row = bandStart(band); row < end; row++) {
            for (int column = 0; column < g.width(); column++) {
                int firstTap = Math.max(0, g.radius() - column);
                int endTap = Math.min(k, g.width() - column + g.radius());
                for (int c = 0; c < g.channels(); c++) {
                    float sum = bias == null ? 0 : bias.array()[bias.offset() + c];
                    for (int i = g.firstRow(row); i < g.endRow(row); i++) {
                        for (int t = firstTap; t < endTap; t++) {
                            int tap = turned ? k * k - 1 - i * k - t : i * k + t;
                            int from = g.position(image, row + i - g.radius(), column + t - g.radius()) + c;
                            sum = Math.fma(
                                    x.array()[x.offset() + from], w.array()[w.offset() + tap * g.channels() + c], sum);
                        }
                    }
                    y.array()[y.offset() + g.position(image, row, column) + c] = sum;
                }
            }
        }
    }
}
