package org.cryonext.engine.backend.cpu;

import org.cryonext.engine.backend.Block;
import org.cryonext.engine.tensor.TensorType;

/**
 * A tensor in an array of floats; I32 values are kept as their bits.
 *
 * @param array memory, shared with other tensors
 * @param offset first element
 * @param type what it holds
 */
record CpuBlock(float[] array, int offset, TensorType type) implements Block {
    int size() {
        return Math.toIntExact(type.shape().size());
    }

    /** Values of the last dimension. */
    int channels() {
        return Math.toIntExact(type.shape().channels());
    }

    /** Number of elements in all but the last dimension. */
    int rows() {
        return Math.toIntExact(type.shape().rows());
    }

    int dim(int i) {
        return Math.toIntExact(type.shape().dim(i));
    }
}
