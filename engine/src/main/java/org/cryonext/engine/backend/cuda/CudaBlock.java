package org.cryonext.engine.backend.cuda;

import org.cryonext.engine.backend.Block;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.TensorType;

/**
 * A tensor in the card's memory.
 *
 * @param address of its first element, a multiple of {@link CudaBackend#ALIGNMENT}
 * @param type what it holds
 */
record CudaBlock(long address, TensorType type) implements Block {
    DType dtype() {
        return type.dtype();
    }

    long size() {
        return type.shape().size();
    }

    /** Values of the last dimension. */
    int channels() {
        return Math.toIntExact(type.shape().channels());
    }

    /** Number of elements in all but the last dimension. */
    long rows() {
        return type.shape().rows();
    }

    int dim(int i) {
        return Math.toIntExact(type.shape().dim(i));
    }

    /** Positions of a sample: the product of all dimensions but the first and the last. */
    int positions() {
        return Math.toIntExact(rows() / type.shape().dim(0));
    }
}
