package org.cryonext.engine.backend.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Layer normalisation of rows and its gradient.
 *
 * <p>Mean and variance are taken of the differences to a first, rounded mean, and that mean is then corrected: rows that
 * are constant or far from 0 come out right.
 *
 * <p>Rows narrower than a vector make no vectors of sums: those would be the only ones that are still objects once this is
 * compiled.
 *
 * @param channels values in a row
 * @param epsilon added to the variance
 */
record LayerNormRows(int channels, double epsilon) {
    private static final VectorSpecies<Float> SPECIES = CpuSpecies.SPECIES;
    private static final int LENGTH = CpuSpecies.LENGTH;

    /** Working memory of a worker: three statistics, then sums of lanes, a cache line each. */
    static final int WORKING = 4 * LaneSum.ROOM;

    private int whole() {
        return channels - channels % LENGTH;
    }

    /** Writes a rounded mean, its correction and 1 / deviation; the sum of the first two is the mean. */
    private void statistics(float[] x, int at, float[] to, int toAt) {
        int whole = whole();
        int lanes = toAt + LaneSum.ROOM;
        float total = 0;
        if (whole > 0) {
            FloatVector sum = FloatVector.zero(SPECIES);
            for (int c = 0; c < whole; c += LENGTH) {
                sum = sum.add(FloatVector.fromArray(SPECIES, x, at + c));
            }
            sum.intoArray(to, lanes);
            total = LaneSum.of(to, lanes);
        }
        for (int c = whole; c < channels; c++) {
            total += x[at + c];
        }
        float mean = total / channels;
        float deviations = 0;
        float squares = 0;
        if (whole > 0) {
            FloatVector centre = FloatVector.broadcast(SPECIES, mean);
            FloatVector first = FloatVector.zero(SPECIES);
            FloatVector second = first;
            for (int c = 0; c < whole; c += LENGTH) {
                FloatVector d = FloatVector.fromArray(SPECIES, x, at + c).sub(centre);
                first = first.add(d);
                second = d.fma(d, second);
            }
            first.intoArray(to, lanes + LaneSum.ROOM);
            second.intoArray(to, lanes + 2 * LaneSum.ROOM);
            deviations = LaneSum.of(to, lanes + LaneSum.ROOM);
            squares = LaneSum.of(to, lanes + 2 * LaneSum.ROOM);
        }
        for (int c = whole; c < channels; c++) {
            float d = x[at + c] - mean;
            deviations += d;
            squares = Math.fma(d, d, squares);
        }
        float correction = deviations / channels;
        double variance = Math.max(0, squares / (double) channels - (double) correction * correction);
        to[toAt] = mean;
        to[toAt + 1] = correction;
        to[toAt + 2] = (float) (1 / Math.sqrt(variance + epsilon));
    }

    /** Normalises one row; {@code working} has {@link #WORKING} floats at {@code at}. */
    void forward(
            float[] x,
            int xAt,
            float[] weight,
            int weightAt,
            float[] bias,
            int biasAt,
            float[] y,
            int yAt,
            float[] working,
            int at) {
        statistics(x, xAt, working, at);
        int whole = whole();
        float mean = working[at];
        float correction = working[at + 1];
        float inverse = working[at + 2];
        FloatVector centre = FloatVector.broadcast(SPECIES, mean);
        FloatVector shift = FloatVector.broadcast(SPECIES, correction);
        FloatVector factor = FloatVector.broadcast(SPECIES, inverse);
        for (int c = 0; c < whole; c += LENGTH) {
            FloatVector normal = FloatVector.fromArray(SPECIES, x, xAt + c)
                    .sub(centre)
                    .sub(shift)
                    .mul(factor);
            normal.fma(
                            FloatVector.fromArray(SPECIES, weight, weightAt + c),
                            FloatVector.fromArray(SPECIES, bias, biasAt + c))
                    .intoArray(y, yAt + c);
        }
        for (int c = whole; c < channels; c++) {
            float normal = (x[xAt + c] - mean - correction) * inverse;
            y[yAt + c] = Math.fma(normal, weight[weightAt + c], bias[biasAt + c]);
        }
    }

    /**
     * The gradients of one row: writes dx, unless {@code dx} is null, and adds to dweight and dbias, which follow each
     * other in {@code sums}.
     */
    void backward(
            float[] dy,
            int dyAt,
            float[] x,
            int xAt,
            float[] weight,
            int weightAt,
            float[] dx,
            int dxAt,
            float[] sums,
            int sumsAt,
            float[] working,
            int at) {
        statistics(x, xAt, working, at);
        float mean = working[at];
        float correction = working[at + 1];
        float inverse = working[at + 2];
        int whole = whole();
        float sumG = 0;
        float sumGx = 0;
        if (whole > 0) {
            FloatVector centre = FloatVector.broadcast(SPECIES, mean);
            FloatVector shift = FloatVector.broadcast(SPECIES, correction);
            FloatVector factor = FloatVector.broadcast(SPECIES, inverse);
            FloatVector lanesG = FloatVector.zero(SPECIES);
            FloatVector lanesGx = lanesG;
            for (int c = 0; c < whole; c += LENGTH) {
                FloatVector normal = FloatVector.fromArray(SPECIES, x, xAt + c)
                        .sub(centre)
                        .sub(shift)
                        .mul(factor);
                FloatVector d = FloatVector.fromArray(SPECIES, dy, dyAt + c);
                FloatVector g = d.mul(FloatVector.fromArray(SPECIES, weight, weightAt + c));
                lanesG = lanesG.add(g);
                lanesGx = g.fma(normal, lanesGx);
                d.fma(normal, FloatVector.fromArray(SPECIES, sums, sumsAt + c)).intoArray(sums, sumsAt + c);
                int biasAt = sumsAt + channels + c;
                d.add(FloatVector.fromArray(SPECIES, sums, biasAt)).intoArray(sums, biasAt);
            }
            int lanes = at + LaneSum.ROOM;
            lanesG.intoArray(working, lanes);
            lanesGx.intoArray(working, lanes + LaneSum.ROOM);
            sumG = LaneSum.of(working, lanes);
            sumGx = LaneSum.of(working, lanes + LaneSum.ROOM);
        }
        for (int c = whole; c < channels; c++) {
            float normal = (x[xAt + c] - mean - correction) * inverse;
            float d = dy[dyAt + c];
            sumG += d * weight[weightAt + c];
            sumGx = Math.fma(d * weight[weightAt + c], normal, sumGx);
            sums[sumsAt + c] = Math.fma(d, normal, sums[sumsAt + c]);
            sums[sumsAt + channels + c] += d;
        }
        if (dx != null) {
            inputGradient(dy, dyAt, x, xAt, weight, weightAt, dx, dxAt, working, at, sumG / channels, sumGx / channels);
        }
    }

    private void inputGradient(
            float[] dy,
            int dyAt,
            float[] x,
            int xAt,
            float[] weight,
            int weightAt,
            float[] dx,
            int dxAt,
            float[] working,
            int at,
            float meanG,
            float meanGx) {
        int whole = whole();
        float mean = working[at];
        float correction = working[at + 1];
        float inverse = working[at + 2];
        for (int c = 0; c < whole; c += LENGTH) {
            FloatVector normal = FloatVector.fromArray(SPECIES, x, xAt + c)
                    .sub(mean)
                    .sub(correction)
                    .mul(inverse);
            FloatVector g = FloatVector.fromArray(SPECIES, dy, dyAt + c)
                    .mul(FloatVector.fromArray(SPECIES, weight, weightAt + c));
            normal.mul(-meanGx).add(g.sub(meanG)).mul(inverse).intoArray(dx, dxAt + c);
        }
        for (int c = whole; c < channels; c++) {
            float normal = (x[xAt + c] - mean - correction) * inverse;
            float g = dy[dyAt + c] * weight[weightAt + c];
            dx[dxAt + c] = (g - meanG - normal * meanGx) * inverse;
        }
    }
}
