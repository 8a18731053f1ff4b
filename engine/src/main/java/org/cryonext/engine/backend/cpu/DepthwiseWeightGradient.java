package org.cryonext.engine.backend.cpu;

import java.util.Arrays;

/**
 * Gradients of a depthwise convolution by its filter and bias.
 *
 * <p>A task is one vector of channels of a group of images; it sums a band of rows at a time in the first-level cache
 * and adds the bands up. The groups' sums are added last; groups and bands depend on the shape alone.
 */
final class DepthwiseWeightGradient {
    private static final int LENGTH = CpuSpecies.LENGTH;
    private static final int GROUPS = 8;
    private static final int BAND_PIXELS = 2048;

    private final DepthwiseGeometry geometry;
    private final CpuPool pool;
    private final int imageGroups;
    private final int bandRows;
    private final int taps;
    private final DepthwiseKernels.Weight[] kernels;

    DepthwiseWeightGradient(int batch, int height, int width, int channels, int k, CpuPool pool) {
        int outputs = Math.min(width, DepthwiseKernels.weightOutputs(k));
        geometry = new DepthwiseGeometry(batch, height, width, channels, k, outputs);
        this.pool = pool;
        imageGroups = Math.min(batch, GROUPS);
        bandRows = Math.clamp(BAND_PIXELS / width, 1, height);
        taps = k * k;
        // Outputs of an overlapping tile would count twice, so the last tile is narrower instead.
        kernels = new DepthwiseKernels.Weight[geometry.vectors() ? geometry.tiles() : 0];
        for (int tile = 0; tile < kernels.length; tile++) {
            int column = tile * outputs;
            int used = Math.min(outputs, width - column);
            int left = Math.max(0, geometry.radius() - column);
            int right = Math.max(0, column + used + geometry.radius() - width);
            kernels[tile] = DepthwiseKernels.weight(k, used, left, right);
        }
    }

    int scratchFloats() {
        return imageGroups * groupFloats() + pool.size() * workerFloats();
    }

    private int groupFloats() {
        return (taps + 1) * geometry.channels();
    }

    private int workerFloats() {
        return (taps + 1) * LENGTH;
    }

    private int channelTasks() {
        return geometry.vectors() ? geometry.groups() : 1;
    }

    /** Computes both gradients; either may be null. */
    void run(CpuBlock scratch, CpuBlock dw, CpuBlock db, CpuPool.Body sumGroups) {
        pool.parallel(imageGroups * channelTasks(), sumGroups);
        for (int tap = 0; tap <= taps; tap++) {
            CpuBlock target = tap < taps ? dw : db;
            if (target != null) {
                int at = target.offset() + (tap < taps ? tap * geometry.channels() : 0);
                addGroups(scratch, tap * geometry.channels(), target.array(), at);
            }
        }
    }

    private void addGroups(CpuBlock scratch, int from, float[] to, int at) {
        float[] partial = scratch.array();
        for (int c = 0; c < geometry.channels(); c++) {
            float sum = 0;
            for (int group = 0; group < imageGroups; group++) {
                sum += partial[scratch.offset() + group * groupFloats() + from + c];
            }
            to[at + c] = sum;
        }
    }

    /** The tasks that fill the groups' sums. */
    CpuPool.Body bind(CpuBlock dy, CpuBlock x, CpuBlock scratch) {
        return (task, worker) -> {
            int imageGroup = task / channelTasks();
            int first = geometry.batch() * imageGroup / imageGroups;
            int end = geometry.batch() * (imageGroup + 1) / imageGroups;
            int sums = scratch.offset() + imageGroup * groupFloats();
            if (geometry.vectors()) {
                int at = scratch.offset() + imageGroups * groupFloats() + worker * workerFloats();
                vectors(first, end, geometry.channel(task % channelTasks()), dy, x, scratch.array(), sums, at);
            } else {
                plain(first, end, dy, x, scratch.array(), sums);
            }
        };
    }

    private void vectors(
            int firstImage, int endImage, int channel, CpuBlock dy, CpuBlock x, float[] scratch, int sums, int at) {
        DepthwiseGeometry g = geometry;
        boolean first = true;
        for (int image = firstImage; image < endImage; image++) {
            for (int row = 0; row < g.height(); row += bandRows) {
                Arrays.fill(scratch, at, at + workerFloats(), 0);
                int end = Math.min(g.height(), row + bandRows);
                for (int y = row; y < end; y++) {
                    sumRow(image, y, channel, dy, x, scratch, at);
                }
                for (int tap = 0; tap <= taps; tap++) {
                    int to = sums + tap * g.channels() + channel;
                    addOwn(scratch, at + tap * LENGTH, channel, first, to);
                }
                first = false;
            }
        }
    }

    /** Adds the lanes that no other vector of channels covers. */
    private static void addOwn(float[] scratch, int from, int channel, boolean first, int to) {
        int lane = (LENGTH - channel % LENGTH) % LENGTH;
        if (first) {
            System.arraycopy(scratch, from + lane, scratch, to + lane, LENGTH - lane);
            return;
        }
        for (; lane < LENGTH; lane++) {
            scratch[to + lane] += scratch[from + lane];
        }
    }

    private void sumRow(int image, int row, int channel, CpuBlock dy, CpuBlock x, float[] scratch, int at) {
        DepthwiseGeometry g = geometry;
        int first = g.firstRow(row);
        int rows = g.endRow(row) - first;
        for (int tile = 0; tile < kernels.length; tile++) {
            int column = tile * g.outputs();
            int left = Math.max(0, column - g.radius());
            kernels[tile].run(
                    dy.array(),
                    dy.offset() + g.position(image, row, column) + channel,
                    x.array(),
                    x.offset() + g.position(image, row + first - g.radius(), left) + channel,
                    g.width() * g.channels(),
                    g.channels(),
                    rows,
                    scratch,
                    at + first * g.k() * LENGTH,
                    scratch,
                    at + taps * LENGTH);
        }
    }

    /** Fewer channels than a vector has, or a huge filter. */
    private void plain(int firstImage, int endImage, CpuBlock dy, CpuBlock x, float[] scratch, int sums) {
        DepthwiseGeometry g = geometry;
        for (int tap = 0; tap <= taps; tap++) {
            for (int c = 0; c < g.channels(); c++) {
                double sum = 0;
                for (int image = firstImage; image < endImage; image++) {
                    sum += plainTap(image, tap, c, dy, x);
                }
                scratch[sums + tap * g.channels() + c] = (float) sum;
            }
        }
    }

    private double plainTap(int image, int tap, int channel, CpuBlock dy, CpuBlock x) {
        DepthwiseGeometry g = geometry;
        int down = tap == taps ? 0 : tap / g.k() - g.radius();
        int right = tap == taps ? 0 : tap % g.k() - g.radius();
        double sum = 0;
        for (int row = Math.max(0, -down); row < g.height() - Math.max(0, down); row++) {
            for (int column = Math.max(0, -right); column < g.width() - Math.max(0, right); column++) {
                double d = dy.array()[dy.offset() + g.position(image, row, column) + channel];
                int from = x.offset() + g.position(image, row + down, column + right) + channel;
                sum += tap == taps ? d : d * x.array()[from];
            }
        }
        return sum;
    }
}
