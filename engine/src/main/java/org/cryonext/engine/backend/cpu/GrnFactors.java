package org.cryonext.engine.backend.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * What global response normalisation makes of the sums over a sample's positions: a factor a channel, and in the gradient
 * two and a part of dgamma. Of small images there are more of these than anything else.
 *
 * @param channels of a sample
 * @param epsilon added to the mean norm
 */
record GrnFactors(int channels, double epsilon) {
    private static final VectorSpecies<Float> SPECIES = CpuSpecies.SPECIES;
    private static final int LENGTH = CpuSpecies.LENGTH;

    /**
     * Puts partial sums of a sample together, in the place of the first.
     *
     * @param pieces partial sums, {@code channels} values each
     */
    static void total(float[] data, int at, int pieces, int channels) {
        for (int c = 0; c < channels && pieces > 1; c++) {
            double sum = 0;
            for (int piece = 0; piece < pieces; piece++) {
                sum += data[at + piece * channels + c];
            }
            data[at + c] = (float) sum;
        }
    }

    private int whole() {
        return channels - channels % LENGTH;
    }

    /** Makes norms of sums of squares, both at {@code at}; gives 1 / (their mean + epsilon). */
    private float norms(float[] data, int at, float[] lanes, int lanesAt) {
        int whole = whole();
        FloatVector sum = FloatVector.zero(SPECIES);
        for (int c = 0; c < whole; c += LENGTH) {
            FloatVector norm = FloatVector.fromArray(SPECIES, data, at + c).lanewise(VectorOperators.SQRT);
            norm.intoArray(data, at + c);
            sum = sum.add(norm);
        }
        sum.intoArray(lanes, lanesAt);
        double total = LaneSum.of(lanes, lanesAt);
        for (int c = whole; c < channels; c++) {
            data[at + c] = (float) Math.sqrt(data[at + c]);
            total += data[at + c];
        }
        return (float) (1 / (total / channels + epsilon));
    }

    /**
     * The factor of each channel, 1 + gamma norm / mean.
     *
     * @param data has the sums of squares, and then the factors
     * @param lanes working memory of {@link LaneSum#ROOM} floats
     */
    void forward(float[] data, int at, CpuBlock gamma, float[] lanes, int lanesAt) {
        float inverse = norms(data, at, lanes, lanesAt);
        float[] weights = gamma.array();
        int weightsAt = gamma.offset();
        FloatVector one = FloatVector.broadcast(SPECIES, 1);
        int whole = whole();
        for (int c = 0; c < whole; c += LENGTH) {
            FloatVector.fromArray(SPECIES, data, at + c)
                    .mul(inverse)
                    .fma(FloatVector.fromArray(SPECIES, weights, weightsAt + c), one)
                    .intoArray(data, at + c);
        }
        for (int c = whole; c < channels; c++) {
            data[at + c] = Math.fma(data[at + c] * inverse, weights[weightsAt + c], 1);
        }
    }

    /**
     * The factors of dy and x in dx, and dgamma.
     *
     * @param data has the sums of squares at {@code at} and the sums of dy x at {@code productsAt}; then the factors of dy at
     *     {@code at}, those of x at {@code byInputAt} and dgamma at {@code productsAt}
     * @param lanes working memory of {@link LaneSum#ROOM} floats
     */
    void backward(float[] data, int at, int productsAt, int byInputAt, CpuBlock gamma, float[] lanes, int lanesAt) {
        float inverse = norms(data, at, lanes, lanesAt);
        float shared = shared(data, at, productsAt, gamma, inverse, lanes, lanesAt);
        float[] weights = gamma.array();
        int weightsAt = gamma.offset();
        FloatVector one = FloatVector.broadcast(SPECIES, 1);
        int whole = whole();
        for (int c = 0; c < whole; c += LENGTH) {
            FloatVector norm = FloatVector.fromArray(SPECIES, data, at + c);
            FloatVector product =
                    FloatVector.fromArray(SPECIES, data, productsAt + c).mul(inverse);
            FloatVector weight = FloatVector.fromArray(SPECIES, weights, weightsAt + c);
            FloatVector byInput = weight.mul(product).sub(shared).div(norm);
            byInput.blend(0, norm.compare(VectorOperators.EQ, 0)).intoArray(data, byInputAt + c);
            product.mul(norm).intoArray(data, productsAt + c);
            norm.mul(inverse).fma(weight, one).intoArray(data, at + c);
        }
        for (int c = whole; c < channels; c++) {
            float norm = data[at + c];
            float product = data[productsAt + c] * inverse;
            float weight = weights[weightsAt + c];
            data[byInputAt + c] = norm == 0 ? 0 : (weight * product - shared) / norm;
            data[productsAt + c] = product * norm;
            data[at + c] = Math.fma(norm * inverse, weight, 1);
        }
    }

    /** What each channel's norm does to all others: the mean of gamma (dy x) norm / mean^2. */
    private float shared(
            float[] data, int at, int productsAt, CpuBlock gamma, float inverse, float[] lanes, int lanesAt) {
        int whole = whole();
        FloatVector sum = FloatVector.zero(SPECIES);
        for (int c = 0; c < whole; c += LENGTH) {
            sum = FloatVector.fromArray(SPECIES, data, productsAt + c)
                    .mul(FloatVector.fromArray(SPECIES, gamma.array(), gamma.offset() + c))
                    .fma(FloatVector.fromArray(SPECIES, data, at + c), sum);
        }
        sum.intoArray(lanes, lanesAt);
        double total = LaneSum.of(lanes, lanesAt);
        for (int c = whole; c < channels; c++) {
            total += (double) data[productsAt + c] * gamma.array()[gamma.offset() + c] * data[at + c];
        }
        return (float) (total * inverse * inverse / channels);
    }
}
