package org.cryonext.engine.backend.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * Layer normalisation of rows and its gradient.
 *
 * <p>Mean and variance are taken of the differences to a first, rounded mean, and that mean is then corrected: rows that
 * are constant or far from 0 come out right.
 *
 * <p>Rows are worked on in blocks, each step for all rows of a block before the next: the steps of one row wait for each
 * other, and narrow rows are nothing but waiting otherwise.
 *
 * <p>What is normalised is written out wherever it is needed: as a method of its own it was not always inlined, and its
 * vectors became objects.
 *
 * @param channels values in a row
 * @param epsilon added to the variance
 */
record LayerNormRows(int channels, double epsilon) {
    private static final VectorSpecies<Float> SPECIES = CpuSpecies.SPECIES;
    private static final int LENGTH = CpuSpecies.LENGTH;

    /** Rows of a block at most. */
    static final int BLOCK = 16;

    private static final int CORRECTION = BLOCK;
    private static final int INVERSE = 2 * BLOCK;
    private static final int MEAN_G = 3 * BLOCK;
    private static final int MEAN_GX = 4 * BLOCK;
    private static final int LANES = 5 * BLOCK;

    /** Working memory of a worker: five numbers a row of a block, then sums of lanes. */
    static final int WORKING = LANES + 2 * LaneSum.ROOM;

    private int whole() {
        return channels - channels % LENGTH;
    }

    private VectorMask<Float> rest() {
        return SPECIES.indexInRange(whole(), channels);
    }

    /**
     * Takes the statistics of a block's rows, for {@link #normalise}.
     *
     * @param rows at most {@link #BLOCK}, one after the other in {@code x}
     * @param working has {@link #WORKING} floats at {@code at}
     */
    void statistics(float[] x, int xAt, int rows, float[] working, int at) {
        for (int row = 0; row < rows; row++) {
            mean(x, xAt + row * channels, working, at, row);
        }
        for (int row = 0; row < rows; row++) {
            deviations(x, xAt + row * channels, working, at, row);
        }
        for (int row = at; row < at + rows; row++) {
            double correction = working[row + CORRECTION];
            double variance = Math.max(0, working[row + INVERSE] / (double) channels - correction * correction);
            working[row + INVERSE] = (float) (1 / Math.sqrt(variance + epsilon));
        }
    }

    /** A rounded mean. */
    private void mean(float[] x, int xAt, float[] working, int at, int row) {
        int whole = whole();
        FloatVector sum = FloatVector.zero(SPECIES);
        for (int c = 0; c < whole; c += LENGTH) {
            sum = sum.add(FloatVector.fromArray(SPECIES, x, xAt + c));
        }
        if (whole < channels) {
            sum = sum.add(FloatVector.fromArray(SPECIES, x, xAt + whole, rest()));
        }
        sum.intoArray(working, at + LANES);
        working[at + row] = LaneSum.of(working, at + LANES) / channels;
    }

    /** The mean difference to the rounded mean, and the sum of the squares of the differences. */
    private void deviations(float[] x, int xAt, float[] working, int at, int row) {
        int whole = whole();
        FloatVector centre = FloatVector.broadcast(SPECIES, working[at + row]);
        FloatVector first = FloatVector.zero(SPECIES);
        FloatVector second = first;
        for (int c = 0; c < whole; c += LENGTH) {
            FloatVector d = FloatVector.fromArray(SPECIES, x, xAt + c).sub(centre);
            first = first.add(d);
            second = d.fma(d, second);
        }
        if (whole < channels) {
            VectorMask<Float> rest = rest();
            FloatVector d = FloatVector.fromArray(SPECIES, x, xAt + whole, rest).sub(centre, rest);
            first = first.add(d);
            second = d.fma(d, second);
        }
        int lanes = at + LANES;
        first.intoArray(working, lanes);
        second.intoArray(working, lanes + LaneSum.ROOM);
        working[at + row + CORRECTION] = LaneSum.of(working, lanes) / channels;
        working[at + row + INVERSE] = LaneSum.of(working, lanes + LaneSum.ROOM);
    }

    /**
     * Normalises a row.
     *
     * @param row its number in the block whose statistics {@code working} has
     */
    void normalise(
            float[] x,
            int xAt,
            float[] weight,
            int weightAt,
            float[] bias,
            int biasAt,
            float[] y,
            int yAt,
            float[] working,
            int at,
            int row) {
        int whole = whole();
        FloatVector centre = FloatVector.broadcast(SPECIES, working[at + row]);
        FloatVector shift = FloatVector.broadcast(SPECIES, working[at + row + CORRECTION]);
        FloatVector factor = FloatVector.broadcast(SPECIES, working[at + row + INVERSE]);
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
        if (whole < channels) {
            VectorMask<Float> rest = rest();
            FloatVector normal = FloatVector.fromArray(SPECIES, x, xAt + whole, rest)
                    .sub(centre)
                    .sub(shift)
                    .mul(factor);
            normal.fma(
                            FloatVector.fromArray(SPECIES, weight, weightAt + whole, rest),
                            FloatVector.fromArray(SPECIES, bias, biasAt + whole, rest))
                    .intoArray(y, yAt + whole, rest);
        }
    }

    /**
     * The gradients of a block's rows: writes dx, unless {@code dx} is null, and adds to dweight and dbias, which follow
     * each other in {@code sums}.
     *
     * @param rows at most {@link #BLOCK}, one after the other in {@code dy}, {@code x} and {@code dx}
     * @param working has {@link #WORKING} floats at {@code at}
     */
    void backward(
            float[] dy,
            int dyAt,
            float[] x,
            int xAt,
            int rows,
            float[] weight,
            int weightAt,
            float[] dx,
            int dxAt,
            float[] sums,
            int sumsAt,
            float[] working,
            int at) {
        statistics(x, xAt, rows, working, at);
        for (int row = 0; row < rows; row++) {
            int from = row * channels;
            parameterGradients(dy, dyAt + from, x, xAt + from, weight, weightAt, sums, sumsAt, working, at, row);
        }
        if (dx == null) {
            return;
        }
        for (int row = 0; row < rows; row++) {
            int from = row * channels;
            inputGradient(dy, dyAt + from, x, xAt + from, weight, weightAt, dx, dxAt + from, working, at + row);
        }
    }

    /** Adds to the gradients of weight and bias, and keeps the means that {@link #inputGradient} needs. */
    private void parameterGradients(
            float[] dy,
            int dyAt,
            float[] x,
            int xAt,
            float[] weight,
            int weightAt,
            float[] sums,
            int sumsAt,
            float[] working,
            int at,
            int row) {
        int whole = whole();
        FloatVector centre = FloatVector.broadcast(SPECIES, working[at + row]);
        FloatVector shift = FloatVector.broadcast(SPECIES, working[at + row + CORRECTION]);
        FloatVector factor = FloatVector.broadcast(SPECIES, working[at + row + INVERSE]);
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
        if (whole < channels) {
            // Where the mask ends both are 0, and with them all that is added.
            VectorMask<Float> rest = rest();
            FloatVector normal = FloatVector.fromArray(SPECIES, x, xAt + whole, rest)
                    .sub(centre, rest)
                    .sub(shift, rest)
                    .mul(factor);
            FloatVector d = FloatVector.fromArray(SPECIES, dy, dyAt + whole, rest);
            FloatVector g = d.mul(FloatVector.fromArray(SPECIES, weight, weightAt + whole, rest));
            lanesG = lanesG.add(g);
            lanesGx = g.fma(normal, lanesGx);
            int factorAt = sumsAt + whole;
            d.fma(normal, FloatVector.fromArray(SPECIES, sums, factorAt, rest)).intoArray(sums, factorAt, rest);
            int biasAt = sumsAt + channels + whole;
            d.add(FloatVector.fromArray(SPECIES, sums, biasAt, rest)).intoArray(sums, biasAt, rest);
        }
        int lanes = at + LANES;
        lanesG.intoArray(working, lanes);
        lanesGx.intoArray(working, lanes + LaneSum.ROOM);
        working[at + row + MEAN_G] = LaneSum.of(working, lanes) / channels;
        working[at + row + MEAN_GX] = LaneSum.of(working, lanes + LaneSum.ROOM) / channels;
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
            int statistics) {
        int whole = whole();
        FloatVector centre = FloatVector.broadcast(SPECIES, working[statistics]);
        FloatVector shift = FloatVector.broadcast(SPECIES, working[statistics + CORRECTION]);
        FloatVector factor = FloatVector.broadcast(SPECIES, working[statistics + INVERSE]);
        FloatVector meanG = FloatVector.broadcast(SPECIES, working[statistics + MEAN_G]);
        FloatVector slope = FloatVector.broadcast(SPECIES, -working[statistics + MEAN_GX]);
        for (int c = 0; c < whole; c += LENGTH) {
            FloatVector normal = FloatVector.fromArray(SPECIES, x, xAt + c)
                    .sub(centre)
                    .sub(shift)
                    .mul(factor);
            FloatVector g = FloatVector.fromArray(SPECIES, dy, dyAt + c)
                    .mul(FloatVector.fromArray(SPECIES, weight, weightAt + c));
            normal.mul(slope).add(g.sub(meanG)).mul(factor).intoArray(dx, dxAt + c);
        }
        if (whole < channels) {
            VectorMask<Float> rest = rest();
            FloatVector normal = FloatVector.fromArray(SPECIES, x, xAt + whole, rest)
                    .sub(centre)
                    .sub(shift)
                    .mul(factor);
            FloatVector g = FloatVector.fromArray(SPECIES, dy, dyAt + whole, rest)
                    .mul(FloatVector.fromArray(SPECIES, weight, weightAt + whole, rest));
            normal.mul(slope).add(g.sub(meanG)).mul(factor).intoArray(dx, dxAt + whole, rest);
        }
    }
}
