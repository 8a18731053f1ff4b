package org.cryonext.engine.backend.cpu;

import org.cryonext.engine.graph.Node;
import org.cryonext.engine.tensor.Shape;

/**
 * Sizes of an MLP: rows of {@code channels} values, of which {@code hidden} are made, and of these {@code channels} again.
 *
 * @param samples groups of rows
 * @param positions rows of a sample
 * @param channels values of a row
 * @param hidden values of a row in between
 */
record MlpShape(int samples, int positions, int channels, int hidden) {
    static MlpShape of(Node node) {
        Shape x = node.input("x").type().shape();
        int samples = Math.toIntExact(x.dim(0));
        return new MlpShape(
                samples,
                Math.toIntExact(x.rows() / samples),
                Math.toIntExact(x.channels()),
                Math.toIntExact(node.input("weight1").type().shape().dim(0)));
    }

    /** All rows as one sample. */
    MlpShape joined() {
        return new MlpShape(1, samples * positions, channels, hidden);
    }

    /** The weight that makes the hidden values. */
    PackedMatrix first() {
        return new PackedMatrix(channels, hidden);
    }

    /** The weight behind them. */
    PackedMatrix second() {
        return new PackedMatrix(hidden, channels);
    }

    /** Cuts of the first product's sums. */
    DepthBlocks inputs() {
        return new DepthBlocks(channels);
    }

    /** Cuts of the second product's sums: the pieces in which the hidden values are made. */
    DepthBlocks chunks() {
        return new DepthBlocks(hidden);
    }
}
